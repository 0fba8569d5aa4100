"""C25: which article an entry is."""

from __future__ import annotations

import time
from dataclasses import replace

from syndicator.model import ParsedEntry
from syndicator.stages.identify import identify, seen_hash
from tests.feeds.documents import URL


def keys(*entries: ParsedEntry) -> list[str]:
    return [key for key, _ in identify(entries, base=URL)]


def test_c25_the_id_as_given_is_the_key() -> None:
    assert keys(ParsedEntry(guid=" 42 ", link="/a"), ParsedEntry(guid="tag:x,1")) == [
        "42",
        "tag:x,1",
    ]


def test_c25_without_an_id_the_canonical_url_is_the_key() -> None:
    assert keys(ParsedEntry(link="/a?utm_source=rss&b=1#top")) == ["https://example.org/a?b=1"]


def test_c25_without_both_title_and_date_are_the_key() -> None:
    one = ParsedEntry(title="One", published="2026-01-01")
    first, second, third = keys(one, replace(one, published="2026-01-02"), ParsedEntry(title="Two"))

    assert len({first, second, third}) == 3
    assert keys(replace(one, summary="changed")) == [first]


def test_entries_of_nothing_but_text_are_told_apart_by_it() -> None:
    assert len(keys(ParsedEntry(summary="one"), ParsedEntry(summary="two"))) == 2


def test_of_items_with_one_id_the_last_wins() -> None:
    entries = (
        ParsedEntry(guid="1", link="/a", title="A", summary="old"),
        ParsedEntry(guid="2", link="/b", title="B"),
        ParsedEntry(guid="1", link="/a", title="A, corrected", summary="new"),
    )
    found = identify(entries, base=URL)

    assert [(key, entry.title) for key, entry in found] == [("2", "B"), ("1", "A, corrected")]


def test_items_with_one_id_that_differ_in_link_and_title_are_articles_of_their_own() -> None:
    one, two = (
        ParsedEntry(guid="1", link="/a", title="A"),
        ParsedEntry(guid="1", link="/b", title="B"),
    )
    found = keys(one, two)

    assert len(set(found)) == 2
    assert all(key.startswith("1#") for key in found)
    assert keys(two, one) == found[::-1]


def test_r12_ten_thousand_items_of_one_id_are_told_apart_in_time() -> None:
    entries = [ParsedEntry(guid="1", link=f"/{n}", title=f"T{n}") for n in range(10_000)]
    began = time.process_time()

    assert len(set(keys(*entries, *entries))) == 10_000
    assert time.process_time() - began < 4


def test_document_order_is_kept() -> None:
    entries = [ParsedEntry(guid=str(n)) for n in (5, 3, 9, 1)]

    assert keys(*entries) == ["5", "3", "9", "1"]


def test_what_was_seen_is_the_same_until_anything_in_it_changes() -> None:
    entry = ParsedEntry(guid="1", summary="a\ud800")

    assert seen_hash(entry) == seen_hash(replace(entry))
    assert seen_hash(entry) != seen_hash(replace(entry, rights="ours"))
