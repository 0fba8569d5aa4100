"""What is wrong with an Atom document: what no grammar sees, and what a grammar would.

Sources: RFC 4287, RFC 5005, RFC 6721; rules P1 to P19.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from lxml import etree

from syndicator.publishers.check.common import (
    is_stamp,
    out_of_order,
    repeated,
    runs_something,
)
from syndicator.publishers.elements import ATOM, HISTORY, TOMBSTONES, Node
from syndicator.text.urls import is_iri

_NS = {"a": ATOM, "fh": HISTORY, "at": TOMBSTONES}
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
# P10; a link is its relation, so that the alternate comes first.
_ORDER = (
    *("id", "title", "alternate", "link", "updated", "published", "author", "contributor"),
    *("category", "rights", "summary", "content", "source"),
)


def problems(root: Node) -> Iterator[str]:
    """Every fault found."""
    yield from _of_feed(root)
    yield from _of_tombstones(root)
    for entry in root.iterchildren(f"{{{ATOM}}}entry"):
        name = _text(entry, "a:id") or "an entry without id"
        yield from (f"{name}: {fault}" for fault in _of_entry(entry))
    yield from _of_order(root)
    yield from _of_addresses(root)


# ------------------------------------------------------------------ the document as a whole


def _of_feed(feed: Node) -> Iterator[str]:
    yield from _once(feed, "id", "title", "updated")
    yield from _at_most_once(feed, "subtitle", "generator", "rights", "icon", "logo")
    if not _text(feed, "a:author/a:name"):
        yield "no author"
    for rel in ("self", "alternate"):
        if len(_links(feed, rel)) != 1:
            yield f"{len(_links(feed, rel))} {rel} links"
    yield from _alternates(feed)
    generator = feed.find("a:generator", _NS)
    if generator is not None and generator.get("version"):
        yield "the generator tells its version"
    yield from _of_history(feed)


def _of_history(feed: Node) -> Iterator[str]:
    is_archive = feed.find("fh:archive", _NS) is not None
    complete = feed.find("fh:complete", _NS) is not None
    for rel in ("current", "prev-archive", "next-archive"):
        if len(_links(feed, rel)) > 1:
            yield f"more than one {rel} link"
    if is_archive and not _links(feed, "current"):
        yield "an archive without current link"
    if _links(feed, "next-archive") and not is_archive:
        yield "next-archive outside an archive"
    if complete and (is_archive or _links(feed, "prev-archive")):
        yield "complete, and yet paged"


def _of_tombstones(feed: Node) -> Iterator[str]:
    tombs = feed.findall("at:deleted-entry", _NS)
    refs = [tomb.get("ref", "") for tomb in tombs]
    for ref in repeated(refs):
        yield f"{ref}: two tombstones"
    for ref in sorted({_text(entry, "a:id") for entry in _entries(feed)} & set(refs)):
        yield f"{ref}: an entry and its tombstone"
    for tomb in tombs:
        if not is_iri(tomb.get("ref", "")):
            yield f"tombstone of {tomb.get('ref')!r}, which is no IRI"
        if not is_stamp(tomb.get("when", "")):
            yield f"{tomb.get('ref')}: when is {tomb.get('when')!r}"
    seen_entry = False
    for child in feed:
        seen_entry = seen_entry or child.tag == f"{{{ATOM}}}entry"
        if seen_entry and child.tag == f"{{{TOMBSTONES}}}deleted-entry":
            yield f"{child.get('ref')}: a tombstone after an entry"


def _of_order(feed: Node) -> Iterator[str]:
    """Newest first, ties by id; tombstones latest first, ties by ref (design 9.5)."""
    entries = [(_text(one, "a:updated"), _text(one, "a:id")) for one in _entries(feed)]
    tombs = [(t.get("when", ""), t.get("ref", "")) for t in feed.findall("at:deleted-entry", _NS)]
    yield from out_of_order("entries", entries)
    yield from out_of_order("tombstones", tombs)
    for name in repeated(name for _, name in entries):
        yield f"{name}: more than one entry"
    newest = max((at for at, _ in entries), default="")
    if newest > _text(feed, "a:updated"):
        yield "an entry is newer than the feed"


def _of_addresses(feed: Node) -> Iterator[str]:
    for node in feed.iter(f"{{{ATOM}}}*"):
        if node.get(_BASE) is not None:
            yield "xml:base is used"
        name = etree.QName(node).localname
        if name == "link" and not is_iri(node.get("href", "")):
            yield f"link to {node.get('href')!r}, which is not absolute"
        if name == "category" and not node.get("term"):
            yield "a category without term"
        if name in ("id", "uri", "icon", "logo") and not is_iri(node.text or ""):
            yield f"{name} {node.text!r} is no absolute IRI"
        if name in ("updated", "published") and not is_stamp(node.text or ""):
            yield f"{name} {node.text!r} is not RFC 3339 with Z"
        if name in ("author", "contributor") and not _text(node, "a:name"):
            yield f"{name} without a name"


# ------------------------------------------------------------------ an entry


def _of_entry(entry: Node) -> Iterator[str]:
    yield from _once(entry, "id", "title", "updated")
    yield from _at_most_once(entry, "published", "rights", "summary", "content", "source")
    if entry.find("a:author", _NS) is None:
        yield "no author of its own"
    if not _links(entry, "alternate"):
        yield "no alternate link"
    yield from _alternates(entry)
    if not _text(entry, "a:content") and not _text(entry, "a:summary"):
        yield "neither content nor summary"
    if entry.find("a:source", _NS) is None:
        yield "no source"
    yield from _of_texts(entry)
    places = [_ORDER.index(_part(child)) for child in entry if _part(child) in _ORDER]
    if places != sorted(places):
        yield "elements out of order"


def _of_texts(entry: Node) -> Iterator[str]:
    for name in ("title", "summary"):
        node = entry.find(f"a:{name}", _NS)
        if node is not None and node.get("type", "text") != "text":
            yield f"{name} is not plain text"
    content = entry.find("a:content", _NS)
    if content is None:
        return
    if content.get("type") != "html" or len(content):
        yield "content is not escaped HTML"
    if runs_something(content.text or ""):
        yield "content holds what no reader should run"


def _part(child: Node) -> str:
    name = str(etree.QName(child).localname)
    return "alternate" if name == "link" and child.get("rel") == "alternate" else name


# ------------------------------------------------------------------ hands


def _entries(feed: Node) -> list[Node]:
    return feed.findall("a:entry", _NS)


def _text(node: Node, path: str) -> str:
    return (node.findtext(path, "", _NS) or "").strip()


def _links(node: Node, rel: str) -> list[Node]:
    return [one for one in node.findall("a:link", _NS) if one.get("rel", "alternate") == rel]


def _alternates(node: Node) -> Iterator[str]:
    """RFC 4287 4.1.1: one alternate for each type and language."""
    kinds = ((one.get("type"), one.get("hreflang")) for one in _links(node, "alternate"))
    if max(Counter(kinds).values(), default=0) > 1:
        yield "two alternates of one type and language"


def _once(node: Node, *names: str) -> Iterator[str]:
    for name in names:
        if len(node.findall(f"a:{name}", _NS)) != 1:
            yield f"{len(node.findall(f'a:{name}', _NS))} times {name}"


def _at_most_once(node: Node, *names: str) -> Iterator[str]:
    for name in names:
        if len(node.findall(f"a:{name}", _NS)) > 1:
            yield f"more than one {name}"
