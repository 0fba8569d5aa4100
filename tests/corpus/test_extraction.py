"""Article pages with ground truth, read by bench/extraction.py beside trafilatura alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.extraction import FLOORS, Run, below, run, table

pytestmark = [pytest.mark.corpus, pytest.mark.timeout(300)]

_DONE: list[Run] = []


@pytest.fixture
def done(corpus: Path) -> Run:
    """The one run that all tests here look at."""
    if not _DONE:
        _DONE.append(run(corpus))
    return _DONE[0]


def test_no_page_is_refused_or_breaks_its_reader(done: Run) -> None:
    assert done.refused == []


def test_every_field_meets_its_floor(done: Run) -> None:
    assert below(done) == []


def test_no_field_with_a_floor_is_read_worse_than_by_trafilatura_alone(done: Run) -> None:
    for place in FLOORS:
        assert done.scores[place].ours >= done.scores[place].alone, place


@pytest.mark.parametrize("source", ["postlight-parser", "trafilatura"])
@pytest.mark.parametrize("name", ["title", "author"])
def test_titles_and_authors_are_read_well_above_it(done: Run, source: str, name: str) -> None:
    score = done.scores[source, name]

    assert score.ours >= score.alone + 0.08 * score.pages


def test_the_days_that_differ_differ_by_their_time_zone(done: Run) -> None:
    """A Japanese page's midnight is another day in UTC; a date without a zone is kept as UTC."""
    score = done.scores["postlight-parser", "date, the site's own day"]

    assert score.ours >= score.pages - 1


def test_the_table_has_a_row_for_every_source_and_field(done: Run) -> None:
    lines = list(table(done))

    assert len(lines) > len(done.scores)
    assert all(any(source in line and name in line for line in lines) for source, name in FLOORS)
