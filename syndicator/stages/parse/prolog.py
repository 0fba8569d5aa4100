"""What stands before a document's first element, and what that element is (C23, R11).

The document type is taken off here, before any XML parser sees it: what it may contribute is a few
short entities, so that neither a bomb nor an external file is ever reached.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.entities import name2codepoint

from syndicator.errors import ParseError

_BEFORE = re.compile(r"\s+|<\?.*?(?:\?>|\Z)|<!--.*?(?:-->|\Z)", re.DOTALL)
_DOCTYPE = re.compile(r"<!DOCTYPE\b(?:[^\[>\"']|\"[^\"]*+\"|'[^']*+')*+", re.IGNORECASE)
_SUBSET_END = re.compile(r"\]\s*>")
_ELEMENT = re.compile(r"<((?:[A-Za-z_][\w.\-]*:)?([A-Za-z_][\w.\-]*))")
_ENTITY = re.compile(
    r"<!ENTITY\s+(\w{1,40})\s+(?:\"([^\"&%<]{0,64}|&#\w{1,8};)\"|'([^'&%<]{0,64}|&#\w{1,8};)')\s*>"
)
# Not those of XML itself, of which there are thousands.
_REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]{1,30});")
_HTML = {
    *("html", "head", "body", "title", "meta", "link", "script", "style", "div", "p", "h1", "h2"),
    *("h3", "center", "table", "span", "a", "b", "br", "hr", "img", "pre", "main", "noscript"),
}
_OTHERS = {
    "opml": "a list of feeds (OPML)",
    "urlset": "a sitemap",
    "sitemapindex": "a sitemap index",
    "service": "an Atom service document",
    "svg": "a picture (SVG)",
    "error": "an error message",
}
_FEEDS = {"rss", "rdf", "feed", "channel", "entry"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A document without its prolog."""

    root: str  # local name of the first element, lower case
    body: str  # from the first element on
    entities: dict[str, str]  # name -> replacement, as XML text
    netscape: bool = False  # the document type of RSS 0.91 by Netscape


def opened(text: str) -> Opened:
    """The document from its first element on.

    Raises:
        ParseError: there is no element, or it is one of HTML or of another known format.
    """
    at, doctype = _skipped(text)
    element = _ELEMENT.match(text, at) or _ELEMENT.search(text, at)
    if not element:
        raise ParseError("answered text without any element, not a feed" if text[at:] else _EMPTY)
    name, body = element[2].lower(), text[element.start() :]
    if name not in _FEEDS:
        _refuse(name, doctype)
    return Opened(
        root=name,
        body=body,
        entities=_entities(doctype, body),
        netscape="netscape" in doctype.lower(),
    )


_EMPTY = "answered nothing: the body is empty"


def _skipped(text: str) -> tuple[int, str]:
    """Where the first element may begin, and the document types met on the way."""
    at, doctypes = 0, ""
    while True:
        if blank := _BEFORE.match(text, at):
            at = blank.end()
        elif declared := _DOCTYPE.match(text, at):
            end = _doctype_end(text, declared.end())
            doctypes, at = doctypes + text[at:end], end
        else:
            return at, doctypes


def _doctype_end(text: str, at: int) -> int:
    if text[at : at + 1] != "[":
        return at + 1
    end = _SUBSET_END.search(text, at)
    return end.end() if end else len(text)


def _refuse(name: str, doctype: str) -> None:
    """Say what it is, where that is known; an unknown element is left to the feed parser."""
    if name in _HTML or re.match(r"<!DOCTYPE\s+html\b", doctype, re.IGNORECASE):
        raise ParseError("answered an HTML page, not a feed")
    if name in _OTHERS:
        raise ParseError(f"answered {_OTHERS[name]}, not a feed")


def _entities(doctype: str, body: str) -> dict[str, str]:
    """Entities that the document may use: its own short ones, and HTML's names where it uses them.

    Nothing of them refers to another, so what a document can blow up to stays within 30 times.
    """
    own = {match[1]: match[2] or match[3] or "" for match in _ENTITY.finditer(doctype)}
    used = set(_REFERENCE.findall(body))
    html = {name: f"&#{name2codepoint[name]};" for name in used if name in name2codepoint}
    return {name: value for name, value in {**html, **own}.items() if name in used}
