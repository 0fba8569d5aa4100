"""Single fields of feedparser's dictionaries as our values.

`dict.get` is used on purpose: feedparser's own `get` answers for other keys than the one asked.
"""

from __future__ import annotations

import re
from calendar import timegm
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from syndicator.model import Category, Enclosure, Link, Origin, Person
from syndicator.stages.parse.tree import number
from syndicator.text import people
from syndicator.text.markup import strip_title

Raw = dict[str, Any]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HTML = {"text/html", "application/xhtml+xml"}
_UNNAMED = "application/octet-stream"  # Atom's base64, decoded, of a type that it does not say
_TAG = re.compile(r"</?[a-z][a-z0-9]*\b[^<>]*>", re.IGNORECASE)
_MAIL_AND_NAME = re.compile(r"^[\w.+\-]{1,64}@(?:[\w\-]+\.)+\w{5,}\s*\(")
_NO_ORIGIN = Origin(id="", title="")


def raw(data: Raw, key: str) -> Any:
    """The value under `key` and no other."""
    return dict.get(data, key)


def text(data: Raw, key: str) -> str:
    """A string, "" for anything else."""
    value = dict.get(data, key)
    return value.strip() if isinstance(value, str) else ""


def is_html(data: Raw, key: str) -> bool:
    """What the source, or else feedparser's guess, says of a text."""
    detail = dict.get(data, f"{key}_detail") or {}
    return stated_type(detail, text(data, key)) in _HTML


def stated_type(detail: Raw, value: str) -> str:
    """The media type of a text; one that does not say what it is may turn out to be HTML."""
    stated = str(detail.get("type") or "")
    unnamed = stated == _UNNAMED and bool(_TAG.search(value))
    return "text/html" if unnamed else stated


def plain(data: Raw, key: str) -> str:
    """A title or the like on one line without markup."""
    return strip_title(text(data, key), is_html(data, key))


def moment(data: Raw, key: str) -> datetime | None:
    """A date that feedparser could read."""
    parts = dict.get(data, f"{key}_parsed")
    try:
        return _EPOCH + timedelta(seconds=timegm(parts)) if parts else None
    except (ValueError, OverflowError, TypeError):
        return None


def persons(data: Raw, key: str) -> tuple[Person, ...]:
    """`authors` or `contributors`; a name that is a by-line is taken apart."""
    told = dict.get(data, key) or ()
    raw_author = text(data, "author") if key == "authors" and len(told) == 1 else ""
    if _MAIL_AND_NAME.search(raw_author):  # feedparser cuts addresses short: .industries, .agency
        return people.people(raw_author)
    found: list[Person] = []
    for one in told:
        found += people.credited(text(one, "name"), uri=text(one, "href"), email=text(one, "email"))
    return people.unique(found)


def categories(data: Raw) -> tuple[Category, ...]:
    """Subjects, each once."""
    found = {}
    for tag in dict.get(data, "tags") or ():
        label = strip_title(tag.get("label") or "", True)
        term = strip_title(tag.get("term") or "", True) or label
        if term:
            found[term, tag.get("scheme"), label] = Category(
                term=term, scheme=tag.get("scheme") or "", label=label
            )
    return tuple(found.values())


def links(data: Raw) -> Iterator[Link]:
    """All links that point somewhere."""
    for one in dict.get(data, "links") or ():
        if href := text(one, "href"):
            yield Link(
                url=href,
                rel=text(one, "rel"),
                title=text(one, "title"),
                language=text(one, "hreflang"),
                type=text(one, "type"),
            )


def enclosures(data: Raw) -> Iterator[Enclosure]:
    """Links with rel enclosure, which RSS's elements have become too."""
    for one in dict.get(data, "links") or ():
        if one.get("rel") == "enclosure" and text(one, "href"):
            yield Enclosure(
                url=text(one, "href"),
                type=text(one, "type"),
                length=number(text(one, "length")),
                title=text(one, "title"),
            )


def origin(data: Raw) -> Origin | None:
    """Where an entry says it was taken from: Atom's `source`, or RSS's with URL and title only."""
    source = dict.get(data, "source")
    if not source:
        return None
    by_rel = {link.rel: link.url for link in links(source)}
    feed_url = text(source, "href") or by_rel.get("self", "")
    said = Origin(
        id=text(source, "id") or feed_url,
        title=plain(source, "title"),
        url=text(source, "link"),
        self_url=feed_url,
        updated_at=moment(source, "updated"),
        authors=persons(source, "authors"),
        categories=categories(source),
        rights=plain(source, "rights"),
        icon=text(source, "icon") or text(source, "logo"),
    )
    return said if said != _NO_ORIGIN else None
