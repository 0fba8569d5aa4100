"""Sets that state no expectation: what feedparser reads in each entry, as claims."""

from __future__ import annotations

import io
import warnings
from calendar import timegm
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import feedparser
import feedparser.encodings

from bench.suites.claims import FEED, Claim, claims, each, texts
from bench.suites.documents import Document

# It guesses with chardet where another package has brought that along; what is expected of us is
# not to depend on it.
feedparser.encodings.lazy_chardet_encoding = None


def parsed(document: Document) -> Any:
    """feedparser's result, with HTML and addresses left as they are."""
    headers = {key.lower(): value for key, value in document.headers.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return feedparser.parse(
            io.BytesIO(document.body),
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=False,
        )


def read(result: Any) -> Iterator[Claim]:
    """The common fields of each entry and of the feed."""
    yield from claims(FEED, _common(result.feed))
    for at, entry in enumerate(result.entries):
        yield from claims(at, _common(entry))
        contents = [one.get("value") for one in dict.get(entry, "content") or ()]
        summary = dict.get(entry, "summary")
        yield from claims(
            at,
            {
                "id": dict.get(entry, "id"),
                "words": texts([summary, *contents]),
                "published": _moment(entry, "published_parsed"),
                "updated": _moment(entry, "updated_parsed"),
                "categories": texts(one.get("term") for one in dict.get(entry, "tags") or ()),
            },
        )
        for link in dict.get(entry, "links") or ():
            if dict.get(link, "rel") == "enclosure":
                yield from each(at, "enclosure", [dict.get(link, "href")])


def _common(data: Any) -> dict[str, Any]:
    return {
        "title": dict.get(data, "title"),
        "link": dict.get(data, "link"),
        "author": dict.get(data, "author"),
        "rights": dict.get(data, "rights"),
    }


def _moment(data: Any, key: str) -> datetime | None:
    parts = dict.get(data, key)
    try:
        return datetime.fromtimestamp(timegm(parts), UTC) if parts else None
    except (ValueError, OverflowError):
        return None
