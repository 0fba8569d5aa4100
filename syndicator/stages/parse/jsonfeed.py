"""JSON Feed 1.0 and 1.1, read leniently (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from syndicator.errors import ParseError
from syndicator.model import (
    Category,
    Enclosure,
    Image,
    Link,
    ParsedEntry,
    ParsedFeed,
    Person,
)
from syndicator.text import people

DEPTH = 64  # R16
DIGITS = 20
_STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_VERSION = re.compile(r"https?://(?:www\.)?jsonfeed\.org/version/1(\.1)?/?")
_SHOWN = ("title", "content_html", "content_text", "summary", "url", "external_url")
_BARE_VERSION = re.compile(r"1(?:\.0|(\.1))?")  # as some write it; then it must have items


def parse_json(text: str, *, note: str = "") -> ParsedFeed:
    """The JSON Feed that `text` is.

    Raises:
        ParseError: not JSON within R16, or JSON that is no JSON Feed.
    """
    data = loaded(text)
    said = _text(data, "version")
    listed = data.get("items")
    bare = _BARE_VERSION.fullmatch(said) if isinstance(listed, list) else None
    version = _VERSION.fullmatch(said) or bare
    if not version:
        raise ParseError("answered JSON that is not a JSON Feed")
    links = tuple(_feed_links(data))
    items = [item for item in _objects(data, "items") if not _is_garbled(item)]
    expired = ("the feed says it is finished (expired)",) if data.get("expired") is True else ()
    return ParsedFeed(
        version="json11" if version[1] else "json1",
        title=_text(data, "title"),
        subtitle=_text(data, "description"),
        id=_text(data, "feed_url"),
        url=_text(data, "home_page_url"),
        self_url=_text(data, "feed_url"),
        language=_text(data, "language"),
        authors=_authors(data),
        icon=_text(data, "icon") or _text(data, "favicon"),
        entries=tuple(entry_of(item) for item in items),
        links=links,
        cut={"items unreadable": len(listed) - len(items) if isinstance(listed, list) else 0},
        notes=tuple(one for one in (note, *expired) if one),
    )


# ------------------------------------------------------------------ JSON within bounds (R16)


def loaded(text: str) -> Mapping[str, Any]:
    """The object that `text` is. Raises ParseError: it is none, or not within R16."""
    if _depth(text) > DEPTH:
        raise ParseError(f"answered JSON nested more than {DEPTH} deep")
    try:
        data = json.loads(text, parse_constant=_refused, parse_int=_integer, strict=False)
    except (ValueError, RecursionError) as error:
        raise ParseError(f"answered JSON that cannot be read: {error}") from error
    if not isinstance(data, dict):
        raise ParseError("answered JSON that is not a JSON Feed")
    return data


def _depth(text: str) -> int:
    """How deep brackets nest outside of strings; one pass, no recursion."""
    depth = deepest = 0
    for bracket in re.findall(r"[\[\]{}]", _STRING.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _refused(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _integer(digits: str) -> int:
    if len(digits) > DIGITS:
        raise ValueError(f"a number of {len(digits)} digits")
    return int(digits)


# ------------------------------------------------------------------ its parts


def _text(data: Mapping[str, Any], key: str) -> str:
    """A string, or a number where a string is meant (ids, often)."""
    value = data.get(key)
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _objects(data: Mapping[str, Any], key: str) -> Iterator[Mapping[str, Any]]:
    values = data.get(key)
    return (
        (one for one in values if isinstance(one, dict)) if isinstance(values, list) else iter(())
    )


def _feed_links(data: Mapping[str, Any]) -> Iterator[Link]:
    if url := _text(data, "feed_url"):
        yield Link(url=url, rel="self", type="application/feed+json")
    if url := _text(data, "next_url"):
        yield Link(url=url, rel="next")
    for hub in _objects(data, "hubs"):
        if _text(hub, "type").lower() == "websub" and (url := _text(hub, "url")):
            yield Link(url=url, rel="hub")


def _is_garbled(item: Mapping[str, Any]) -> bool:
    """Whether all that would show what an item says is there and is no text."""
    said = [item[key] for key in _SHOWN if item.get(key) is not None]
    return bool(said) and not any(isinstance(one, str) or type(one) in (int, float) for one in said)


def entry_of(item: Mapping[str, Any]) -> ParsedEntry:
    """An item as the feed states it."""
    html = _text(item, "content_html")
    return ParsedEntry(
        guid=_text(item, "id"),
        link=_text(item, "url") or _text(item, "external_url"),
        title=_text(item, "title"),
        summary=_text(item, "summary"),
        summary_is_html=False,
        content=html or _text(item, "content_text"),
        content_is_html=bool(html),
        authors=_authors(item),
        published=_text(item, "date_published"),
        updated=_text(item, "date_modified"),
        categories=tuple(_tags(item)),
        enclosures=tuple(_attachments(item)),
        images=tuple(_images(item)),
        links=tuple(_links(item)),
        language=_text(item, "language"),
    )


def _authors(data: Mapping[str, Any]) -> tuple[Person, ...]:
    """`authors` of 1.1, else `author` of 1.0; a name that is a by-line is taken apart."""
    single = data.get("author")
    told = [*_objects(data, "authors")] or ([single] if isinstance(single, dict) else [])
    found: list[Person] = []
    for one in told:
        found += people.credited(_text(one, "name"), uri=_text(one, "url"))
    return people.unique(found)


def _tags(item: Mapping[str, Any]) -> Iterator[Category]:
    tags = item.get("tags")
    for tag in tags if isinstance(tags, list) else ():
        if isinstance(tag, str) and tag.strip():
            yield Category(term=tag.strip())


def _attachments(item: Mapping[str, Any]) -> Iterator[Enclosure]:
    for one in _objects(item, "attachments"):
        size = one.get("size_in_bytes")
        yield Enclosure(
            url=_text(one, "url"),
            type=_text(one, "mime_type"),
            length=size if isinstance(size, int) and 0 <= size < 2**63 else None,
            title=_text(one, "title"),
        )


def _images(item: Mapping[str, Any]) -> Iterator[Image]:
    for key in ("image", "banner_image"):
        if url := _text(item, key):
            yield Image(url=url)


def _links(item: Mapping[str, Any]) -> Iterator[Link]:
    """What an item of a link blog is about is a link of its own, beside the item's page."""
    if (external := _text(item, "external_url")) and _text(item, "url"):
        yield Link(url=external, rel="related")
