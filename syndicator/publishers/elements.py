"""Small hands for writing Atom elements.

Elements are made without a namespace, as feedgen makes its own: the feed element declares Atom as
the default, and a prefix on some children only would trip weak readers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from lxml import etree

from syndicator.model import Category, Person
from syndicator.text.urls import is_iri

Node = etree._Element

ATOM = "http://www.w3.org/2005/Atom"
HISTORY = "http://purl.org/syndication/history/1.0"  # RFC 5005
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"  # RFC 6721
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
ATOM_TYPE = "application/atom+xml"
_REL = re.compile(r"[A-Za-z0-9._~-]+")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+")


def stamp(moment: datetime) -> str:
    """RFC 3339 in UTC with T and Z, whole seconds (P7)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")


def say(parent: Node, name: str, text: str, **attributes: str) -> Node:
    """Add an element with text; attributes without a value are left out."""
    child = etree.SubElement(parent, name, {k: v for k, v in attributes.items() if v})
    child.text = text
    return child


def link(parent: Node, rel: str, href: str, **attributes: str) -> None:
    """Add a link, unless its address cannot stand in a feed or the same one is there already."""
    if not is_iri(href):
        return
    rel = rel if _REL.fullmatch(rel) or is_iri(rel) else "related"
    facts = {"rel": rel, "href": href, **{k: v for k, v in attributes.items() if v}}
    same = ("rel", "href", "type", "hreflang")
    for other in parent.iterchildren("link"):
        if all(other.get(name) == facts.get(name) for name in same):
            return
    etree.SubElement(parent, "link", facts)


def person(parent: Node, name: str, who: Person) -> None:
    """Add an author or contributor."""
    child = etree.SubElement(parent, name)
    say(child, "name", who.name)
    if is_iri(who.uri):
        say(child, "uri", who.uri)
    if _MAIL.fullmatch(who.email):
        say(child, "email", who.email)


def categories(parent: Node, subjects: Iterable[Category]) -> None:
    """Add subjects, each once; a scheme that is no IRI is not one (P15)."""
    seen = set()
    for subject in subjects:
        scheme = subject.scheme if is_iri(subject.scheme) else ""
        if subject.term and (subject.term, scheme) not in seen:
            seen.add((subject.term, scheme))
            facts = {"term": subject.term, "scheme": scheme, "label": subject.label}
            etree.SubElement(parent, "category", {k: v for k, v in facts.items() if v})
