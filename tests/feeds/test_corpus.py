"""Real and hostile feeds of other people: read whole, and as feedparser reads them."""

from __future__ import annotations

import io
import json
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import feedparser
import pytest

from syndicator.errors import ParseError
from syndicator.model import ParsedEntry, ParsedFeed
from syndicator.stages.identify import identify, seen_hash
from syndicator.stages.normalise import normalise
from syndicator.stages.parse import parse_feed
from syndicator.text.clean import clean
from tests.feeds.documents import NOW, SETTINGS, URL
from tests.text.test_markup import live

pytestmark = pytest.mark.corpus
SETS = [
    *("feedparser", "feedvalidator", "gofeed", "feed-rs", "feedreader", "feedjira", "miniflux"),
    *("newsboat", "rss-parser", "rss-parser-kotlin", "feedsmith"),
]


def documents(corpus: Path, name: str) -> Iterator[tuple[Path, dict[str, str]]]:
    """Every file of a set, with the headers it is to be served with."""
    stated = corpus / name / "expect.json"
    headers = json.loads(stated.read_text()) if stated.exists() else {}
    for path in sorted((corpus / name).rglob("*")):
        if path.is_file() and path != stated:
            row = headers.get(str(path.relative_to(corpus / name)), {})
            yield path, {key.lower(): str(value) for key, value in row.get("headers", {}).items()}


def by_feedparser(body: bytes) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return feedparser.parse(io.BytesIO(body), sanitize_html=False)


@pytest.mark.parametrize("name", SETS)
def test_every_document_is_a_feed_with_all_its_entries_or_a_parse_error(
    corpus: Path, name: str
) -> None:
    for path, headers in documents(corpus, name):
        body = path.read_bytes()
        try:
            feed = parse_feed(body, headers=headers, url=URL)
        except ParseError:
            continue
        if not feed.version.startswith("json"):
            assert len(feed.entries) == len(by_feedparser(body).entries), path
        _kept_without_error(feed)


def _kept_without_error(feed: ParsedFeed) -> None:
    for key, entry in identify(feed.entries, base=URL):
        assert key
        assert seen_hash(entry)
        content, _ = normalise(entry, feed=feed, settings=SETTINGS, url=URL, now=NOW)
        assert content.title
        assert content.authors
        assert content.url.startswith("http")
        assert live(content.html) == []
        assert clean(content.html) == content.html


def _real_feeds(corpus: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((corpus / "real-feeds.json").read_text())
    return rows


def test_every_real_feed_is_read_and_what_is_none_is_refused(corpus: Path) -> None:
    for row in _real_feeds(corpus):
        body = (corpus / row["file"]).read_bytes()
        cut = not row["entries"] and row.get("well_formed") is False
        if row["format"] == "none" or cut:
            with pytest.raises(ParseError):
                parse_feed(body, headers={}, url=URL)
        else:
            assert len(parse_feed(body, headers={}, url=URL).entries) == row["entries"], row["file"]


def test_real_entries_have_the_title_link_id_and_date_that_feedparser_finds(corpus: Path) -> None:
    for row in _real_feeds(corpus):
        if row["format"] in ("none", "json-feed") or not row["entries"]:
            continue
        body = (corpus / row["file"]).read_bytes()
        ours = parse_feed(body, headers={}, url=URL).entries
        for one, other in zip(ours, by_feedparser(body).entries, strict=True):
            assert _of(one) == _found(other), row["file"]


def _of(entry: ParsedEntry) -> tuple[object, ...]:
    at = entry.published_at or entry.updated_at
    return entry.title, entry.link, entry.guid, at.timetuple()[:6] if at else None


def _found(entry: dict[str, Any]) -> tuple[object, ...]:
    at = dict.get(entry, "published_parsed") or dict.get(entry, "updated_parsed")
    fields = (clean(dict.get(entry, key, "")).strip() for key in ("title", "link", "id"))
    return *fields, at[:6] if at else None


# What feedparser's own tests assert of the first entry, in plain words and nothing else.
_TOLD = re.compile(
    r"(?:not bozo and )?entries\[0\]\['(?P<field>title|link|id)'\] == '(?P<value>[^'\\]*)'"
)
_NAMES = {"title": "title", "link": "link", "id": "guid"}
_ON_PURPOSE = {
    "/sanitize/": "what can run is taken out when an entry is normalised, not when it is parsed",
    "/base/": "addresses are made absolute when an entry is normalised; a parsed one is as stated",
}


def test_c23_feedparsers_own_expectations_of_titles_links_and_ids_hold(corpus: Path) -> None:
    """Of the tests that assert one plain value, those that feedparser itself meets."""
    rows = json.loads((corpus / "feedparser/expect.json").read_text())
    checked = 0
    for name, row in rows.items():
        told = _TOLD.fullmatch(row["expect"])
        if not told or not row["met_by_feedparser_6_0_14"]:
            continue
        headers = {key.lower(): value for key, value in row.get("headers", {}).items()}
        body = (corpus / "feedparser" / name).read_bytes()
        entry = parse_feed(body, headers=headers, url=URL).entries[0]
        if not any(folder in f"/{name}" for folder in _ON_PURPOSE):
            checked += 1
            assert getattr(entry, _NAMES[told["field"]]) == told["value"], name
    assert checked > 20
