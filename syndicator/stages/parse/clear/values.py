"""Texts and attributes of clear items as feedparser has them; all others are unclear."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, field

from lxml import etree

from syndicator.stages.parse.fields import Raw

LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_CONTROLS = re.compile("[\x80-\x9f]")  # which may be windows-1252
_TYPES = {
    **dict.fromkeys(("", "text", "text/plain"), "text/plain"),
    **dict.fromkeys(("html", "text/html"), "text/html"),
}


class UnclearError(Exception):
    """The item is feedparser's to read."""


@dataclass(slots=True, kw_only=True)
class Item:
    """An item while it is read.

    Args:
        language: xml:lang of the document, as feedparser has it.
        said: what feedparser would say of it, so far.
        met: elements that may stand there once only, and do.
    """

    element: etree._Element
    language: str | None
    said: Raw = field(default_factory=dict)
    met: set[str] = field(default_factory=set)

    def once(self, name: str) -> None:
        """Note an element of which a second would change the meaning of the first."""
        if name in self.met:
            raise UnclearError
        self.met.add(name)

    def detail(self, value: str, kind: str) -> Raw:
        """A text with its media type and what it inherits."""
        return {"type": kind, "language": self.language, "base": "", "value": value}

    def add(self, name: str, value: Raw) -> None:
        """Add to a list."""
        self.said.setdefault(name, []).append(value)


def bare(element: etree._Element) -> str:
    """The text of an element, when there is nothing else in it."""
    if len(element):
        raise UnclearError
    return (element.text or "").strip()


def text(element: etree._Element) -> str:
    """The same, read again where it is UTF-8 that was once taken for ISO-8859-1."""
    found = bare(element)
    if found.isascii():
        return found
    with contextlib.suppress(UnicodeError):
        found = found.encode("iso-8859-1").decode("utf-8")
    if _CONTROLS.search(found):
        raise UnclearError
    return found


def address(url: str) -> str:
    """An address that feedparser would not touch."""
    if "///" in url:
        raise UnclearError
    return url


def attributes(element: etree._Element, *allowed: str) -> dict[str, str]:
    """The attributes of an element, when it has no others than these."""
    found: dict[str, str] = {}
    for name, value in element.items():
        if name not in allowed:
            raise UnclearError
        found[str(name)] = str(value).lower() if name in ("rel", "type") else str(value)
    return found


def stated_type(element: etree._Element) -> str:
    """The media type of a text of Atom."""
    kind = attributes(element, "type").get("type", "")
    if kind not in _TYPES:
        raise UnclearError
    return _TYPES[kind]
