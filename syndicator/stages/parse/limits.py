"""The bounds of R13, and clean text (R14), for everything a feed says; what is over is counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache
from operator import is_
from typing import Any, TypeVar

from syndicator.model import ParsedEntry, ParsedFeed
from syndicator.stages.parse.prolog import Opened
from syndicator.text.clean import clean
from syndicator.text.people import LIMIT as AUTHOR
from syndicator.text.urls import LIMIT as URL

ITEMS = 10_000
CONTENT = 2_000_000  # characters, so as to not cut one in two; R13 says 2 MB
TITLE = 1000
CATEGORIES = 100
ENCLOSURES = 20
OTHERS = 100  # links, images, people
EXTRA = 500
_ITEM = r"(?:[A-Za-z_][\w.\-]*:)?(?:item|entry)"
_ITEM_END = re.compile(rf"</{_ITEM}\s*>")
_ITEM_START = re.compile(rf"<{_ITEM}(?=[\s>]|\Z)(?![^<>]*/>)")
_END = re.compile(r"</(?:[\w.\-]+:)?([\w.\-]+)\s*>")

T = TypeVar("T")


def whole_items(document: Opened) -> tuple[Opened, int]:
    """An XML feed without the item in which it breaks off, and how many that are: 1 or 0.

    A parser that forgives would make an article of what there is of it: half a text, or no more
    than an empty title, under an id that may be half as well.
    """
    body = document.body
    last = _END.match(body, max(body.rfind("</"), 0))
    if last and last[1].lower() == document.root:
        return document, 0
    ends = [match.end() for match in _ITEM_END.finditer(body)]
    torn = _ITEM_START.search(body, ends[-1] if ends else 0)
    if torn is None or torn.start() == 0:  # an Atom document of one entry is its root
        return document, 0
    return replace(document, body=body[: torn.start()]), 1


def fewer_items(document: Opened) -> tuple[Opened, int]:
    """An XML feed without the items after the 10,000th, and how many those were.

    This is done before parsing, because parsing more of them is what takes too long.
    """
    body = document.body
    if body.count("<") <= ITEMS or body.count("</") <= ITEMS:  # the first is had sooner
        return document, 0
    ends = [match.end() for match in _ITEM_END.finditer(body)]
    if len(ends) <= ITEMS:
        return document, 0
    shorter = body[: ends[ITEMS - 1]] + body[ends[-1] :]
    return replace(document, body=shorter), len(ends) - ITEMS


def limited(feed: ParsedFeed, *, already_cut: Mapping[str, int] | None = None) -> ParsedFeed:
    """`feed` within bounds and with clean text; `cut` says by name what was left out."""
    cut = Counter(feed.cut)
    cut.update(already_cut or {})
    cut["items"] += max(len(feed.entries) - ITEMS, 0)
    head = _cleaned(replace(feed, entries=(), cut={}))
    return replace(
        head,
        title=_short(head.title, TITLE, "title", cut),
        subtitle=head.subtitle[:TITLE],
        id=_fits(head.id, "id", cut),
        url=_fits(head.url, "url", cut),
        self_url=_fits(head.self_url, "url", cut),
        links=_first(head.links, OTHERS, "links", cut),
        categories=_first(head.categories, CATEGORIES, "categories", cut),
        entries=tuple(_entry(one, cut) for one in feed.entries[:ITEMS]),
        cut={name: number for name, number in cut.items() if number},
    )


def _entry(entry: ParsedEntry, cut: Counter[str]) -> ParsedEntry:
    entry = _cleaned(entry)
    return _changed(
        entry,
        guid=_fits(entry.guid, "id", cut),
        link=_fits(entry.link, "url", cut),
        title=_short(entry.title, TITLE, "title", cut),
        summary=_short(entry.summary, CONTENT, "content", cut),
        content=_short(entry.content, CONTENT, "content", cut),
        authors=_first(entry.authors, OTHERS, "authors", cut),
        contributors=_first(entry.contributors, OTHERS, "authors", cut),
        published=entry.published[:AUTHOR],
        updated=entry.updated[:AUTHOR],
        categories=_first(entry.categories, CATEGORIES, "categories", cut),
        enclosures=_first(entry.enclosures, ENCLOSURES, "enclosures", cut),
        images=_first(entry.images, OTHERS, "images", cut),
        links=_first(entry.links, OTHERS, "links", cut),
        rights=entry.rights[:TITLE],
        extra=_clipped(entry.extra),
    )


def _clipped(extra: Mapping[str, str]) -> Mapping[str, str]:
    return {key: value[:EXTRA] for key, value in extra.items()} if extra else extra


def _short(text: str, limit: int, name: str, cut: Counter[str]) -> str:
    if len(text) <= limit:
        return text
    cut[name] += 1
    return text[:limit]


def _fits(text: str, name: str, cut: Counter[str]) -> str:
    """An id or address is of no use in part."""
    if len(text) <= URL:
        return text
    cut[name] += 1
    return ""


def _first(values: tuple[T, ...], limit: int, name: str, cut: Counter[str]) -> tuple[T, ...]:
    if len(values) <= limit:
        return values
    cut[name] += len(values) - limit
    return values[:limit]


def _cleaned(value: T) -> T:
    """The same value with every string in it clean."""
    changes: dict[str, Any] = {}
    kind: Any = type(value)
    for name in _names(kind):
        old = getattr(value, name)
        if old and (new := _clean(old)) is not old:
            changes[name] = new
    return replace(value, **changes) if changes else value  # type: ignore[type-var]


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind)) if is_dataclass(kind) else ()


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, tuple):
        new = tuple(map(_clean, value))
        return value if all(map(is_, new, value)) else new
    if isinstance(value, dict):
        return {clean(key): clean(text) for key, text in value.items()}
    return _cleaned(value)


def _changed(value: T, **held: Any) -> T:
    """The value with these fields; itself where they are as they were, as nearly always."""
    changes = {name: new for name, new in held.items() if new is not getattr(value, name)}
    return replace(value, **changes) if changes else value  # type: ignore[type-var]
