"""What is wrong with an RSS document (P34).

Sources: RSS 2.0 specification, best practices profile of the RSS Advisory Board.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime

from syndicator.publishers.check.common import (
    is_stamp,
    out_of_order,
    repeated,
    runs_something,
)
from syndicator.publishers.elements import ATOM, HISTORY, Node
from syndicator.text.urls import is_iri

_NS = {
    "a": ATOM,
    "fh": HISTORY,
    "dc": "http://purl.org/dc/elements/1.1/",
    "content": "http://purl.org/rss/1.0/modules/content/",
}
_DATE = re.compile(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT")


def problems(root: Node) -> Iterator[str]:
    """Every fault found."""
    channels = root.findall("channel")
    if root.get("version") != "2.0" or len(channels) != 1:
        yield "no RSS 2.0 with one channel"
        return
    channel = channels[0]
    yield from _of_channel(channel)
    items = channel.findall("item")
    for item in items:
        name = _text(item, "guid") or "an item without guid"
        yield from (f"{name}: {fault}" for fault in _of_item(item))
    yield from out_of_order("items", [(_text(i, "a:updated"), _text(i, "guid")) for i in items])
    for name in repeated(_text(item, "guid") for item in items):
        yield f"{name}: more than one item"


def _of_channel(channel: Node) -> Iterator[str]:
    for name in ("title", "link", "description", "lastBuildDate", "generator", "ttl"):
        if len(channel.findall(name)) != 1:
            yield f"{len(channel.findall(name))} times {name}"
    if len(_links(channel, "self")) != 1:
        yield f"{len(_links(channel, 'self'))} self links"
    if not _is_date(_text(channel, "lastBuildDate")):
        yield f"lastBuildDate {_text(channel, 'lastBuildDate')!r} is not RFC 822 in GMT"
    if not (_text(channel, "ttl").isdecimal() and int(_text(channel, "ttl")) > 0):
        yield f"ttl is {_text(channel, 'ttl')!r}"
    complete = channel.find("fh:complete", _NS) is not None
    if complete and _links(channel, "prev-archive"):
        yield "complete, and yet paged"
    yield from _of_addresses(channel)


def _of_addresses(channel: Node) -> Iterator[str]:
    plain = [*channel.iter("link", "docs")]
    given = [*((node.text or "") for node in plain)]
    given += [node.get("href", "") for node in channel.iter(f"{{{ATOM}}}link")]
    given += [node.get("url", "") for node in channel.iter("enclosure", "source")]
    given += [node.get("domain", "-") for node in channel.iter("category") if node.get("domain")]
    for address in given:
        if not is_iri(address):
            yield f"{address!r} is no absolute address"


def _of_item(item: Node) -> Iterator[str]:
    for name in ("title", "link", "guid", "pubDate", "a:updated"):
        if len(item.findall(name, _NS)) != 1:
            yield f"{len(item.findall(name, _NS))} times {name}"
    for name in ("description", "content:encoded", "source", "enclosure"):
        if len(item.findall(name, _NS)) > 1:
            yield f"more than one {name}"
    guid = item.find("guid")
    if guid is not None and guid.get("isPermaLink") != "false":
        yield "a guid that passes for an address"
    if not is_iri(_text(item, "guid")):
        yield "an id that is no IRI"
    if not _is_date(_text(item, "pubDate")):
        yield f"pubDate {_text(item, 'pubDate')!r} is not RFC 822 in GMT"
    if not is_stamp(_text(item, "a:updated")):
        yield f"updated {_text(item, 'a:updated')!r} is not RFC 3339 with Z"
    if not _text(item, "dc:creator"):
        yield "no author of its own"
    yield from _of_texts(item)


def _of_texts(item: Node) -> Iterator[str]:
    if not _text(item, "content:encoded") and not _text(item, "description"):
        yield "neither content nor description"
    if "<" in _text(item, "description"):
        yield "description is not plain text"
    if runs_something(_text(item, "content:encoded")):
        yield "content holds what no reader should run"
    for enclosure in item.findall("enclosure"):
        if not enclosure.get("length", "").isdecimal() or not enclosure.get("type"):
            yield "an enclosure without length or type"


def _is_date(text: str) -> bool:
    if not _DATE.fullmatch(text):
        return False
    try:
        parsedate_to_datetime(text)
    except ValueError:
        return False
    return True


def _links(node: Node, rel: str) -> list[Node]:
    return [one for one in node.findall("a:link", _NS) if one.get("rel") == rel]


def _text(node: Node, path: str) -> str:
    return (node.findtext(path, "", _NS) or "").strip()
