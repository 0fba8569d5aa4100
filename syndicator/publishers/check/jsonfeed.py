"""What is wrong with a JSON Feed document (P35).

Source: https://www.jsonfeed.org/version/1.1/
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from syndicator.publishers.check.common import (
    is_stamp,
    out_of_order,
    repeated,
    runs_something,
)
from syndicator.text.urls import is_iri

_VERSION = "https://jsonfeed.org/version/1.1"
_ADDRESSES = frozenset({"home_page_url", "feed_url", "url", "image", "archived", "license"})

Json = Mapping[str, Any]


def problems(body: bytes) -> Iterator[str]:
    """Every fault found."""
    try:
        feed = json.loads(body.decode("utf-8"))
    except ValueError as error:
        yield f"not JSON in UTF-8: {error}"
        return
    if feed.get("version") != _VERSION or not isinstance(feed.get("items"), list):
        yield "no JSON Feed 1.1"
        return
    yield from _of_feed(feed)
    items = feed["items"]
    for item in items:
        name = item.get("id") or "an item without id"
        yield from (f"{name}: {fault}" for fault in _of_item(item))
    yield from out_of_order("items", [(i.get("date_modified", ""), i.get("id", "")) for i in items])
    for name in repeated(item.get("id", "") for item in items):
        yield f"{name}: more than one item"


def _of_feed(feed: Json) -> Iterator[str]:
    yield from _lacking(feed, "title", "home_page_url", "feed_url", "authors")
    yield from _of_addresses(feed)
    ours = feed.get("_syndicator", {})
    if ours.get("complete") and ours.get("prev_archive"):
        yield "complete, and yet paged"
    tombs = [(one.get("when", ""), one.get("ref", "")) for one in ours.get("deleted", ())]
    yield from out_of_order("tombstones", tombs)
    ids = {item.get("id") for item in feed["items"]}
    for when, ref in tombs:
        if not is_iri(ref) or not is_stamp(when):
            yield f"tombstone of {ref!r} at {when!r}"
        if ref in ids:
            yield f"{ref}: an entry and its tombstone"


def _of_item(item: Json) -> Iterator[str]:
    yield from _lacking(item, "id", "url", "date_modified", "authors")
    if not isinstance(item.get("id"), str) or not is_iri(item["id"]):
        yield "an id that is no IRI"
    for name in ("date_published", "date_modified"):
        if name in item and not is_stamp(item[name]):
            yield f"{name} {item[name]!r} is not RFC 3339 with Z"
    if not item.get("content_html") and not item.get("content_text"):
        yield "neither content_html nor content_text"
    if runs_something(item.get("content_html", "")):
        yield "content holds what no reader should run"
    for one in item.get("attachments", ()):
        if not is_iri(one.get("url", "")) or not one.get("mime_type"):
            yield "an attachment without address or type"
    yield from _of_addresses(item)
    yield from _of_addresses(item.get("_syndicator", {}))


def _of_addresses(facts: Json) -> Iterator[str]:
    for name in sorted(_ADDRESSES & facts.keys()):
        if not is_iri(facts[name]):
            yield f"{name} {facts[name]!r} is no absolute address"


def _lacking(facts: Json, *names: str) -> Iterator[str]:
    for name in names:
        if not facts.get(name):
            yield f"no {name}"
