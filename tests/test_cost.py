"""The bench of costs runs and counts what it should; its figures are nobody's business here."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import feedparser
import pytest

from bench.cost import COLD, KNOWN, ONE, SAME, STATES, run, table
from bench.feeds import ENTRIES, feeds


def test_invented_feeds_have_the_shares_they_are_said_to_have() -> None:
    some = feeds(100)
    assert Counter(each.format for each in some) == {"rss": 60, "atom": 35, "rdf": 5}
    assert sum(each.encoding != "utf-8" for each in some) == 4
    assert sum(not each.well_formed for each in some) == 2
    assert sum(each.podcast for each in some) == 5
    assert len({each.host for each in some}) == 100


@pytest.mark.parametrize("number", [0, 12, 17, 19, 21, 35])
def test_a_later_document_has_one_new_entry_and_the_rest_as_it_was(number: int) -> None:
    feed = feeds(36)[number]
    assert feed.document() == feed.document()
    before, after = (feedparser.parse(feed.document(later=n)).entries for n in (0, 1))
    assert len(before) == len(after) == ENTRIES
    assert [each.link for each in after[1:]] == [each.link for each in before[:-1]]
    assert after[0].link not in {each.link for each in before}
    assert 60_000 < len(feed.document()) < 160_000


@pytest.mark.skipif(sys.platform != "linux", reason="127.1.2.3 and /proc are Linux's")
@pytest.mark.parametrize("server", ["nginx", "our own"])
def test_ten_feeds_are_polled_in_all_states(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if server == "our own":
        monkeypatch.setenv("PATH", "")
    costs, origin = run(10, reader=False, parent=str(tmp_path))
    if server == "nginx" and origin != "nginx":
        pytest.skip("nginx is not installed")

    mine, parser, other = costs
    assert set(mine.ms) == {COLD, KNOWN, SAME, ONE}
    assert set(parser.ms) == {COLD}
    assert other.note == "left out"
    lines = list(table(costs, 10))
    assert [line.split("  ")[0] for line in lines[2:6]] == list(STATES)
