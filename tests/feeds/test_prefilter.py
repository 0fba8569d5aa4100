"""Items that are as they were are left out before parsing, and nothing else changes by it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from syndicator.errors import ParseError
from syndicator.model import ParsedFeed, SourceSettings
from syndicator.sources.inside import FeedDigest, digest_feed
from syndicator.stages.parse import parse_feed
from syndicator.stages.parse.prefilter import item_spans, sift
from syndicator.stages.parse.prolog import opened

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
URL = "https://www.example.org/feed"
ITEM = "<item><guid>{0}</guid><title>Title {0}</title><link>https://a.example/{0}</link></item>"


def rss(*items: str, head: str = "<title>Agency</title>") -> bytes:
    return f"<rss version='2.0'><channel>{head}{''.join(items)}</channel></rss>".encode()


def digest(body: bytes, before: FeedDigest | None = None) -> FeedDigest:
    seen = {} if before is None else {**before.seen, **{d.key: d.seen_hash for d in before.drafts}}
    return digest_feed(
        body,
        headers={"content-type": "application/xml"},
        url=URL,
        settings=SourceSettings(url=URL),
        seen=seen,
        items=before.items if before else {},
        now=NOW,
    )


def test_known_items_are_not_parsed_again_but_still_counted() -> None:
    first = digest(rss(ITEM.format(1), ITEM.format(2)))
    second = digest(rss(ITEM.format(3), ITEM.format(1), ITEM.format(2)), first)

    assert [draft.key for draft in second.drafts] == ["3"]
    assert second.keys == {"1", "2", "3"}
    assert set(second.seen) == {"1", "2"}
    assert len(second.items) == 4


def test_it_is_known_where_the_items_that_are_left_begin_and_end() -> None:
    document = opened(rss(*map(ITEM.format, "abcde")).decode())
    whole = sift(document, ())
    assert whole
    for known in (whole.kept[:1], whole.kept[1::2], whole.kept[-1:], whole.kept):
        fewer = sift(document, known)
        assert fewer
        assert [*fewer.spans] == item_spans(fewer.document.body)


def test_an_item_that_changed_is_parsed() -> None:
    first = digest(rss(ITEM.format(1), ITEM.format(2)))
    changed = ITEM.format(1).replace("Title 1", "Another title")
    second = digest(rss(changed, ITEM.format(2)), first)

    assert [draft.content.title for draft in second.drafts] == ["Another title"]


def test_what_items_inherit_has_all_of_them_looked_at_again() -> None:
    first = digest(rss(ITEM.format(1), ITEM.format(2)))
    head = "<title>Agency</title><language>fr</language>"
    second = digest(rss(ITEM.format(1), ITEM.format(2), head=head), first)

    assert second.items != first.items
    assert second.keys == {"1", "2"}


def test_a_new_item_under_a_known_id_is_told_apart_from_the_known_one() -> None:
    one = ITEM.format(1)
    other = one.replace("Title 1", "Quite another").replace("a.example/1", "a.example/other")
    whole = digest(rss(other, one))
    after = digest(rss(other, one), digest(rss(one)))

    assert after.keys == whole.keys
    assert len(whole.keys) == 2


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            rss("<item><guid>1</guid><description><![CDATA[</item>]]></description></item>"),
            id="an end within CDATA",
        ),
        pytest.param(
            rss("<item><guid>1</guid><x><item>in</item></x></item>"), id="items within items"
        ),
        pytest.param(rss("<!--<item>-->", ITEM.format(1)), id="a start within a comment"),
        pytest.param(rss(ITEM.format(1), ITEM.format(1)), id="the same item twice"),
    ],
)
def test_where_items_are_not_sure_the_whole_is_parsed(body: bytes) -> None:
    first = digest(body)

    assert first.items == {}
    assert digest(body, first).keys == first.keys


@pytest.mark.corpus
def test_leaving_out_half_of_the_items_changes_nothing_about_the_others(corpus: Path) -> None:
    folders = ("feedreader", "feedjira", "miniflux", "rss-parser", "gofeed", "feedparser")
    files = [file for folder in folders for file in sorted((corpus / folder).rglob("*.xml"))]
    compared = 0
    for file in files:
        compared += _agrees(file.read_bytes())
    assert compared > 100


def _agrees(body: bytes) -> int:
    try:
        whole = _parsed(body)
    except ParseError:
        return 0
    if not whole.marks:
        return 0
    left_out = set(whole.marks[::2])
    some = _parsed(body, left_out)
    if not some.dropped:
        return 0
    expected = [
        entry
        for entry, mark in zip(whole.entries, whole.marks, strict=True)
        if mark not in left_out
    ]
    assert list(some.entries) == expected
    return 1


def _parsed(body: bytes, known: set[str] | None = None) -> ParsedFeed:
    headers = {"content-type": "application/xml"}
    return parse_feed(body, headers=headers, url=URL, known=known or ())
