"""Parts that entries, articles and sources are made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class DateBasis(StrEnum):
    """Where an article's date comes from, surest first."""

    SOURCE = "source"
    PAGE = "page"
    FIRST_SEEN = "first seen"


class Precision(StrEnum):
    """How exact a date is: a day without a time is kept as 00:00Z and marked so."""

    TIME = "time"
    DAY = "day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who wrote or contributed; RFC 4287 section 3.2."""

    name: str
    uri: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A subject as the source gave it; RFC 4287 section 4.2.2."""

    term: str
    scheme: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture with caption and credit as fields of their own."""

    url: str
    caption: str = ""
    credit: str = ""
    alt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A linked medium; `length` in bytes."""

    url: str
    type: str = ""
    length: int | None = None
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link that is worth keeping with its relation, language and words."""

    url: str
    rel: str = ""
    title: str = ""
    language: str = ""
    type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pager:
    """Where an article stands in its source's own series ("Article 9 /19")."""

    label: str = ""
    position: int | None = None
    total: int | None = None
    next_url: str = ""
    next_title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The feed or site an entry came from, as `atom:source` will tell it (P13)."""

    id: str
    title: str
    url: str = ""
    self_url: str = ""
    updated_at: datetime | None = None
    authors: tuple[Person, ...] = ()
    categories: tuple[Category, ...] = ()
    rights: str = ""
    icon: str = ""
