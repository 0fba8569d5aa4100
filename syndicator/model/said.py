"""What a source said: untrusted, as stated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from syndicator.model.parts import Category, Enclosure, Image, Link, Origin, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedEntry:
    """One item as the source stated it, untrusted; texts may hold whatever a document can carry."""

    guid: str = ""
    link: str = ""
    title: str = ""  # plain text or HTML, see title_is_html
    title_is_html: bool = False
    summary: str = ""
    summary_is_html: bool = True
    content: str = ""
    content_is_html: bool = True
    authors: tuple[Person, ...] = ()
    contributors: tuple[Person, ...] = ()
    published: str = ""  # raw text of the date
    updated: str = ""
    published_at: datetime | None = None  # as a feed parser read it
    updated_at: datetime | None = None
    categories: tuple[Category, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    images: tuple[Image, ...] = ()
    links: tuple[Link, ...] = ()  # via, related, replies, license, translations, transcripts ...
    language: str = ""
    base: str = ""  # xml:base in force, already absolute
    rights: str = ""
    origin: Origin | None = None  # the entry's own atom:source
    extra: Mapping[str, str] = field(default_factory=dict)  # georss and the like, kept as data


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """An entry its source took back; RFC 6721."""

    ref: str
    when: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """One feed document as stated, untrusted."""

    version: str  # "rss20", "atom10", "json11" ...
    title: str = ""
    subtitle: str = ""
    id: str = ""
    url: str = ""  # the site it belongs to
    self_url: str = ""
    language: str = ""
    authors: tuple[Person, ...] = ()
    categories: tuple[Category, ...] = ()
    rights: str = ""
    icon: str = ""
    updated_at: datetime | None = None
    entries: tuple[ParsedEntry, ...] = ()
    tombstones: tuple[Tombstone, ...] = ()
    links: tuple[Link, ...] = ()  # hub, next, prev-archive ...
    complete: bool = False  # fh:complete
    ttl_s: int | None = None  # the larger of ttl and sy:updatePeriod / updateFrequency
    skip_hours: frozenset[int] = frozenset()  # GMT
    skip_days: frozenset[int] = frozenset()  # 0 is Monday
    cut: Mapping[str, int] = field(default_factory=dict)  # what R13 left out, by name
    notes: tuple[str, ...] = ()  # "encoding guessed", "not well-formed" ...
    marks: tuple[str, ...] = ()  # of the raw items behind `entries`; () where they are not sure
    dropped: tuple[str, ...] = ()  # marks of items that were known and not parsed again
    inherited: str = ""  # what entries take from the document, as a hash
    served_language: str = ""  # Content-Language of the answer; servers often state their own
