"""One entry as Atom elements, in the order of P10."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from lxml import etree

from syndicator.model import Category, EntryView, Origin
from syndicator.publishers.elements import (
    LANG,
    Node,
    categories,
    link,
    person,
    say,
    stamp,
)
from syndicator.publishers.facts import address_of, authors_of, contributors_of, page_of, words_of
from syndicator.text.urls import is_iri

# Said by us, or true only of the document the entry came in.
_NOT_PASSED_ON = {
    *("self", "edit", "edit-media", "canonical", "hub", "first", "last", "next", "prev"),
    *("previous", "current", "prev-archive", "next-archive"),
}


def write_entry(
    entry: Node,
    view: EntryView,
    *,
    updated: datetime,
    theme: Sequence[Category],
    base_url: str,
) -> None:
    """Write the entry into an empty element.

    Args:
        updated: of its row.
        theme: the subject it is filed under here (P15).
    """
    if view.language:
        entry.set(LANG, view.language)
    say(entry, "id", view.id)
    say(entry, "title", view.title, type="text")
    _links(entry, view, base_url)
    say(entry, "updated", stamp(updated))
    if view.published_at:
        say(entry, "published", stamp(view.published_at))
    for who in authors_of(view):
        person(entry, "author", who)
    for who in contributors_of(view):
        person(entry, "contributor", who)
    categories(entry, [*theme, *view.categories])
    if view.rights:
        say(entry, "rights", view.rights, type="text")
    _texts(entry, view, base_url)
    if view.source:
        _source(entry, view.source)


def _links(entry: Node, view: EntryView, base_url: str) -> None:
    link(entry, "alternate", address_of(view, base_url))
    for url in view.via:
        link(entry, "via", url)
    link(entry, "related", page_of(view, base_url), type="text/html")
    link(entry, "license", view.license)
    for one in view.enclosures:
        length = "" if one.length is None or one.length < 0 else str(one.length)
        link(entry, "enclosure", one.url, type=one.type, length=length, title=one.title)
    for other in view.links:
        if other.rel in _NOT_PASSED_ON:
            continue
        # A translation is no second alternate: many readers take the last of them for the entry.
        rel = "related" if other.rel == "alternate" else other.rel
        facts = {"type": other.type, "hreflang": other.language, "title": other.title}
        link(entry, rel, other.url, **facts)


def _texts(entry: Node, view: EntryView, base_url: str) -> None:
    if words := words_of(view, base_url):
        say(entry, "summary", words, type="text")
    if view.html.strip():
        say(entry, "content", view.html, type="html")


def _source(entry: Node, origin: Origin) -> None:
    """P13."""
    source = etree.SubElement(entry, "source")
    ids = (one for one in (origin.id, origin.self_url, origin.url) if is_iri(one))
    if known := next(ids, ""):
        say(source, "id", known)
    say(source, "title", origin.title, type="text")
    if origin.updated_at:
        say(source, "updated", stamp(origin.updated_at))
    link(source, "alternate", origin.url)
    link(source, "self", origin.self_url)
    if origin.rights:
        say(source, "rights", origin.rights, type="text")
    for who in origin.authors:
        if who.name.strip():
            person(source, "author", who)
    categories(source, origin.categories)
    if is_iri(origin.icon):
        say(source, "icon", origin.icon)
