"""A document as Atom (P1 to P15)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from lxml import etree

from syndicator.model import EntryView
from syndicator.publishers import generator
from syndicator.publishers.documents import Document
from syndicator.publishers.elements import (
    ATOM_TYPE,
    HISTORY,
    LANG,
    TOMBSTONES,
    Node,
    categories,
    link,
    say,
    stamp,
)
from syndicator.publishers.entries import write_entry
from syndicator.publishers.facts import head_author, theme_of
from syndicator.publishers.rendering import Rendered, rendered
from syndicator.text.clean import squash


def render(document: Document, *, base_url: str, hub: str = "") -> Rendered:
    """The document as Atom; the same document gives the same bytes.

    Args:
        base_url: of our site, as configured.
        hub: address of the WebSub hub that tells of changes, if there is one (P30).

    Raises:
        PublishError: the feed itself cannot be written, with or without its entries.
    """
    writer = _Atom(document, base_url.rstrip("/"), hub)
    return rendered(document, lambda rows: generator.atom(writer, rows))


class _Atom:
    """Writes the head, tombstones included, and entries."""

    def __init__(self, document: Document, base_url: str, hub: str) -> None:
        self._document = document
        self._base_url = base_url
        self._hub = hub
        self._theme = theme_of(document, base_url)

    def namespaces(self) -> Mapping[str, str]:
        said = {}
        if self._document.is_archive or self._document.complete:
            said["fh"] = HISTORY
        if self._document.drops:
            said["at"] = TOMBSTONES
        return said

    def write_entry(self, entry: Node, view: EntryView, *, updated: datetime) -> None:
        write_entry(entry, view, updated=updated, theme=self._theme, base_url=self._base_url)

    def write_head(self, feed: Node) -> None:
        document, data = self._document, self._document.data
        if document.language:
            feed.set(LANG, document.language)
        say(feed, "id", document.feed_id)
        say(feed, "title", squash(data.title), type="text")
        if data.subtitle:
            say(feed, "subtitle", squash(data.subtitle), type="text")
        say(feed, "updated", stamp(document.updated))
        author = etree.SubElement(feed, "author")
        say(author, "name", head_author(document))
        self._links(feed)
        categories(feed, self._theme)
        say(feed, "generator", generator.NAME, uri=f"{self._base_url}/")
        if data.rights:
            say(feed, "rights", squash(data.rights), type="text")
        self._marks(feed)

    def _links(self, feed: Node) -> None:
        document = self._document
        place = f"{self._base_url}/{document.folder}"
        page = f"{self._base_url}/{document.page}" if document.page else f"{place}/"
        link(feed, "alternate", page, type="text/html")
        link(feed, "self", f"{self._base_url}/{document.path}", type=ATOM_TYPE)
        if self._hub:
            link(feed, "hub", self._hub)
        if document.is_archive:
            link(feed, "current", f"{place}/atom.xml", type=ATOM_TYPE)
        if document.prev_archive:
            link(feed, "prev-archive", f"{place}/archive/{document.prev_archive}.xml")
        if document.next_archive:
            link(feed, "next-archive", f"{place}/archive/{document.next_archive}.xml")

    def _marks(self, feed: Node) -> None:
        if self._document.complete:
            etree.SubElement(feed, f"{{{HISTORY}}}complete")
        if self._document.is_archive:
            etree.SubElement(feed, f"{{{HISTORY}}}archive")
        for row in self._document.drops:
            facts = {"ref": row.entry_id, "when": stamp(row.when or row.at)}
            etree.SubElement(feed, f"{{{TOMBSTONES}}}deleted-entry", facts)
