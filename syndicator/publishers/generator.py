"""feedgen held by the hand: it puts a feed together, our writers say everything in its stead.

feedgen writes heads and entries with its own order, drops most attributes of entry links, and takes
now for a date that is missing. So an extension of ours at the feed and at each entry empties what
it wrote, and hands the element to a writer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from feedgen.entry import FeedEntry  # isort: skip
from feedgen.feed import FeedGenerator  # isort: skip

from syndicator.model import EntryView, LogRow
from syndicator.publishers.elements import Node
from syndicator.publishers.facts import updated_of, view_of

NAME = "syndicator"  # of our extensions, and of us as the generator of a feed
_ANY_TIME = datetime(1970, 1, 1, tzinfo=UTC)


class Writer(Protocol):
    """What a feed and its entries look like in one format."""

    def namespaces(self) -> Mapping[str, str]:
        """Prefix -> name, of what is declared beside feedgen's own."""

    def write_head(self, feed: Node) -> None:
        """Fill the empty element of the feed (RSS: the channel)."""

    def write_entry(self, entry: Node, view: EntryView, *, updated: datetime) -> None:
        """Fill the empty element of one entry."""


def atom(writer: Writer, rows: Sequence[LogRow]) -> bytes:
    """An Atom document. Raises ValueError for what XML cannot say."""
    body: bytes = _feed(writer, rows, rss=False).atom_str(pretty=True)
    return body


def rss(writer: Writer, rows: Sequence[LogRow]) -> bytes:
    """An RSS 2.0 document. Raises ValueError for what XML cannot say."""
    body: bytes = _feed(writer, rows, rss=True).rss_str(pretty=True)
    return body


def _feed(writer: Writer, rows: Sequence[LogRow], *, rss: bool) -> Any:
    feed: Any = FeedGenerator()
    # feedgen insists on these; they are written anew.
    feed.id("-"), feed.title("-"), feed.description("-"), feed.updated(_ANY_TIME)
    feed.link(href="-")
    feed.register_extension(NAME, lambda: _Head(writer), _Entry, atom=not rss, rss=rss)
    for row in rows:
        entry: Any = feed.add_entry(FeedEntry(), order="append")
        entry.id("-"), entry.title("-"), entry.content("-"), entry.updated(_ANY_TIME)
        extension: _Entry = getattr(entry, NAME)
        extension.writer, extension.view = writer, view_of(row)
        extension.updated = updated_of(row)
    return feed


class _Head:
    """feedgen's feed extension."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def extend_ns(self) -> dict[str, str]:
        return dict(self._writer.namespaces())

    def extend_atom(self, feed: Node) -> Node:
        self._writer.write_head(_emptied(feed))
        return feed

    def extend_rss(self, feed: Node) -> Node:
        channel = feed.find("channel")
        assert channel is not None
        self._writer.write_head(_emptied(channel))
        return feed


class _Entry:
    """feedgen's entry extension."""

    writer: Writer
    view: EntryView
    updated: datetime

    def extend_ns(self) -> dict[str, str]:
        return {}

    def extend_atom(self, entry: Node) -> Node:
        self.writer.write_entry(_emptied(entry), self.view, updated=self.updated)
        return entry

    extend_rss = extend_atom


def _emptied(element: Node) -> Node:
    """The element without what feedgen wrote into it."""
    for child in list(element):
        element.remove(child)
    return element
