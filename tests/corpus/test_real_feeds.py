"""The real feeds of the corpus, served, pulled, stored and published by bench/corpus.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.corpus import Run, faults, run, table
from tests.publish.grammar import faults as ungrammatical
from tests.publish.roundtrip.readers import NODE, PYTHON, node_lacks
from tests.publish.roundtrip.trip import misread, published

pytestmark = pytest.mark.corpus

_DONE: list[Run] = []


@pytest.fixture
def done(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The one run that all tests here look at."""
    if not _DONE:
        _DONE.append(run(corpus, tmp_path_factory.mktemp("real-feeds")))
    return _DONE[0]


def test_every_document_of_the_list_is_served_and_read(done: Run) -> None:
    assert len(done.rows) >= 138
    assert {row.result for row in done.rows} <= {"changed", "unchanged", "failed"}
    assert not [row.error for row in done.rows if "fault of ours" in row.error]


def test_what_is_stored_is_what_feedparser_finds_each_article_once(done: Run) -> None:
    for row in done.rows:
        assert row.stored == row.expected.articles, row.feed.file


def test_only_what_is_no_feed_or_breaks_off_before_its_entries_fails_and_says_so(done: Run) -> None:
    failed = {row.feed.file: row.error for row in done.rows if row.result == "failed"}

    assert set(failed) == {row.feed.file for row in done.rows if not row.feed.readable}
    assert all(error.startswith("answered ") for error in failed.values())


def test_no_published_document_has_a_problem(done: Run) -> None:
    assert done.documents > 20
    assert done.problems == {}


def test_every_published_document_is_one_of_its_format_by_the_grammar(done: Run) -> None:
    assert ungrammatical(published(done.folder).files()) == {}


@pytest.mark.parametrize(
    "parser",
    [
        *PYTHON,
        *(
            pytest.param(name, marks=pytest.mark.skipif(bool(node_lacks()), reason=node_lacks()))
            for name in NODE
        ),
    ],
)
def test_a_parser_reads_what_we_meant(done: Run, parser: str) -> None:
    assert misread(published(done.folder), parser) == []


def test_a_walk_from_the_feed_of_everything_meets_every_story_once(done: Run) -> None:
    assert done.walked == done.stories
    assert all(done.themes.values()), done.themes


def test_polling_again_adds_nothing_and_changes_no_file(done: Run) -> None:
    """With validators, and once more without, when the bodies are others of the same content."""
    assert done.not_modified == len(done.rows)
    assert all(one.new == one.changed == 0 for poll in done.again for one in poll)
    assert done.stored_at_end == sum(row.stored for row in done.rows)
    assert done.changed_files == []


def test_the_table_finds_nothing_wrong(done: Run) -> None:
    assert faults(done) == []
    assert any(line.startswith("all ") for line in table(done))
