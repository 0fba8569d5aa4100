"""Logs of feeds, and what their rows carry (design section 9)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from syndicator.model.parts import (
    Category,
    DateBasis,
    Enclosure,
    Image,
    Link,
    Origin,
    Person,
    Precision,
)


class RowKind(StrEnum):
    """What a row of a theme's log says."""

    PUT = "put"
    DROP = "drop"
    META = "meta"
    CLOSE = "close"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """All that an entry shows in any format; a put carries it whole, nothing is looked up later."""

    id: str
    article_id: str
    title: str
    url: str  # alternate: the original
    authors: tuple[Person, ...]
    contributors: tuple[Person, ...] = ()
    published_at: datetime | None = None
    date_basis: DateBasis = DateBasis.SOURCE  # of published_at, where there is one
    date_precision: Precision = Precision.TIME
    categories: tuple[Category, ...] = ()
    rights: str = ""
    license: str = ""
    standfirst: str = ""
    html: str = ""  # body as republished, photo with caption and credit inside it
    image: Image | None = None
    enclosures: tuple[Enclosure, ...] = ()
    language: str = ""
    via: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    source: Origin | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedData:
    """What a feed says of itself; carried by meta rows."""

    title: str
    subtitle: str = ""
    author: str = ""
    rights: str = ""
    language: str = ""
    theme: str = ""  # term of the theme category (P15); "" for the feed of all
    complete: bool = False  # it is finite: its document holds all there is (P18)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRow:
    """One row of a feed's append-only log."""

    n: int
    at: datetime
    kind: RowKind
    segment: int  # 1 is the oldest
    entry_id: str = ""
    updated: datetime | None = None  # of the put; RFC 4287 updated
    when: datetime | None = None  # of the drop; RFC 6721 when
    past: bool = False
    erase: bool = False
    entry: EntryView | None = None  # put
    data: FeedData | None = None  # meta


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """Where a feed's log stands. `key` is its path under themes/: "mali", "mali/fr", "all"."""

    key: str
    id: str  # P3
    theme: str  # slug, or "all"
    language: str = ""
    data: FeedData
    last_n: int = 0
    last_at: datetime | None = None
    segment: int = 1  # the open one
    segment_ids: int = 0  # different ids in the open segment
    published_n: int = 0  # what feeds/ shows
    private: bool = False
    token: str = field(default="", repr=False)  # of a private theme: whoever knows it, reads

    @property
    def folder(self) -> str:
        """Where it lies below feeds/ and in public addresses; a private one under its token."""
        place = f"private/{self.token}" if self.private else f"themes/{self.theme}"
        return f"{place}/{self.language}" if self.language else place
