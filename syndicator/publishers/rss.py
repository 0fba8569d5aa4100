"""A document as RSS 2.0 (P34).

Sources: RSS 2.0 specification and the RSS Advisory Board's best practices profile; Dublin Core and
content modules; RFC 5005 appendix B for what of it means the same here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape

from lxml import etree

from syndicator.model import Category, Enclosure, EntryView, Origin
from syndicator.publishers import generator
from syndicator.publishers.documents import Document
from syndicator.publishers.elements import ATOM, ATOM_TYPE, HISTORY, Node, say, stamp
from syndicator.publishers.facts import (
    address_of,
    authors_of,
    contributors_of,
    page_of,
    theme_of,
    words_of,
)
from syndicator.publishers.rendering import Rendered, rendered
from syndicator.text.clean import squash
from syndicator.text.urls import is_iri

NAME = "rss.xml"
RSS_TYPE = "application/rss+xml"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"

_ANY_TYPE = "application/octet-stream"


def render(document: Document, *, base_url: str, max_age_s: int, hub: str = "") -> Rendered:
    """The subscription document as RSS; the same document gives the same bytes.

    It has no word for a deletion: what has left is merely missing. Archives are Atom's.

    Args:
        base_url: of our site, as configured.
        max_age_s: for how long caches keep it; readers are told not to come sooner.
        hub: address of the WebSub hub that tells of changes, if there is one (P30).

    Raises:
        PublishError: the feed itself cannot be written, with or without its entries.
    """
    writer = _Rss(document, base_url.rstrip("/"), max_age_s, hub)
    return rendered(document, lambda rows: generator.rss(writer, rows))


def date_of(moment: datetime) -> str:
    """RFC 822 as RFC 2822 mends it: four digits of year, and GMT."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


class _Rss:
    """Writes the channel and its items."""

    def __init__(self, document: Document, base_url: str, max_age_s: int, hub: str) -> None:
        self._document = document
        self._base_url = base_url
        self._ttl_min = max(max_age_s // 60, 1)
        self._hub = hub
        self._theme = theme_of(document, base_url)

    def namespaces(self) -> Mapping[str, str]:
        said = {"dc": DC}
        if self._document.complete:
            said["fh"] = HISTORY
        return said

    def write_head(self, channel: Node) -> None:
        document, data = self._document, self._document.data
        place = f"{self._base_url}/{document.folder}"
        say(channel, "title", squash(data.title))
        say(channel, "link", f"{place}/")
        say(channel, "description", _as_html(squash(data.subtitle) or squash(data.title)))
        _atom_link(channel, "self", f"{place}/{NAME}", RSS_TYPE)
        if self._hub:
            _atom_link(channel, "hub", self._hub)
        if document.prev_archive:
            archive = f"{place}/archive/{document.prev_archive}.xml"
            _atom_link(channel, "prev-archive", archive, ATOM_TYPE)
        if document.language:
            say(channel, "language", document.language)
        if data.rights:
            say(channel, "copyright", squash(data.rights))
        say(channel, "lastBuildDate", date_of(document.updated))
        for subject in self._theme:
            _category(channel, subject)
        say(channel, "generator", generator.NAME)
        say(channel, "ttl", str(self._ttl_min))
        if document.complete:
            etree.SubElement(channel, f"{{{HISTORY}}}complete")

    def write_entry(self, entry: Node, view: EntryView, *, updated: datetime) -> None:
        say(entry, "title", view.title)
        say(entry, "link", address_of(view, self._base_url))
        say(entry, "guid", view.id, isPermaLink="false")
        say(entry, "pubDate", date_of(view.published_at or updated))
        say(entry, f"{{{ATOM}}}updated", stamp(updated))
        for who in authors_of(view):
            say(entry, f"{{{DC}}}creator", who.name)
        for who in contributors_of(view):
            say(entry, f"{{{DC}}}contributor", who.name)
        if view.language:
            say(entry, f"{{{DC}}}language", view.language)
        for subject in dict.fromkeys((*self._theme, *view.categories)):
            _category(entry, subject)
        if words := words_of(view, self._base_url):
            say(entry, "description", _as_html(words))
        if view.html.strip():
            say(entry, f"{{{CONTENT}}}encoded", view.html)
        self._rest(entry, view)

    def _rest(self, entry: Node, view: EntryView) -> None:
        """Where it comes from, where our copy is, what hangs on it."""
        if view.source and (feed := _address(view.source)):
            say(entry, "source", view.source.title, url=feed)
        if view.rights:
            say(entry, f"{{{DC}}}rights", view.rights)
        for one in [each for each in view.enclosures if is_iri(each.url)][:1]:
            etree.SubElement(entry, "enclosure", _enclosure(one))
        for url in view.via:
            _atom_link(entry, "via", url)
        _atom_link(entry, "related", page_of(view, self._base_url), "text/html")
        _atom_link(entry, "license", view.license)


def _as_html(words: str) -> str:
    """Readers take a description for HTML: plain text has to be written as such."""
    return escape(words, quote=False)


def _address(origin: Origin) -> str:
    return next((url for url in (origin.self_url, origin.url) if is_iri(url)), "")


def _category(parent: Node, subject: Category) -> None:
    words = squash(subject.label) or squash(subject.term)
    if words:
        scheme = subject.scheme if is_iri(subject.scheme) else ""
        say(parent, "category", words, domain=scheme)


def _enclosure(one: Enclosure) -> dict[str, str]:
    """All three are asked for; a length that nobody told is 0, as the profile has it."""
    length = str(max(one.length or 0, 0))
    return {"url": one.url, "length": length, "type": one.type or _ANY_TYPE}


def _atom_link(parent: Node, rel: str, href: str, type_: str = "") -> None:
    if is_iri(href):
        facts = {"rel": rel, "href": href, "type": type_}
        etree.SubElement(parent, f"{{{ATOM}}}link", {k: v for k, v in facts.items() if v})
