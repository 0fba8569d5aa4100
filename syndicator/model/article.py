"""An article: what it says at one revision, and what we keep of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from syndicator.model.parts import (
    Category,
    DateBasis,
    Enclosure,
    Image,
    Link,
    Origin,
    Pager,
    Person,
    Precision,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What an article says at one revision: normalised, sanitised, absolute."""

    url: str
    title: str
    canonical_url: str = ""
    authors: tuple[Person, ...] = ()
    contributors: tuple[Person, ...] = ()
    published_at: datetime | None = None
    updated_at: datetime | None = None
    date_raw: str = ""
    date_basis: DateBasis = DateBasis.FIRST_SEEN
    date_precision: Precision = Precision.TIME
    standfirst: str = ""  # plain text
    html: str = ""  # sanitised
    text: str = ""  # html as plain text
    image: Image | None = None
    enclosures: tuple[Enclosure, ...] = ()
    categories: tuple[Category, ...] = ()
    language: str = ""
    translations: tuple[Link, ...] = ()  # hreflang
    section: Link | None = None  # the link back to its section
    rights: str = ""
    license: str = ""
    links: tuple[Link, ...] = ()  # via, related, replies ... worth passing on
    origin: Origin | None = None  # where the source itself took it from
    pager: Pager | None = None  # not part of a revision: it moves without the article changing
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A new or changed article as read, before it is compared with the store."""

    key: str  # the entry key: identity within the source (design section 4)
    guid: str  # the id as the source gave it, or ""
    seen_hash: str  # hash of the raw item; equal means nothing to do
    content: Content
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """By what an article of another source is known to tell the same text; each may be empty.

    Args:
        title: says whether what has the same address is the same article.
        published_at: nearly the same text is looked for near this date only.
    """

    story_hash: str = ""
    canonical_url: str = ""
    title: str = ""
    language: str = ""
    bands: tuple[int, ...] = ()
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Likely:
    """An article of another source that may tell the same text: its story, and what it says."""

    story: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """An article taken back by hand, and with it every copy of its story."""

    article_id: str
    at: datetime
    by: str
    reason: str  # said in public
    undone_at: datetime | None = None
    undone_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What we keep of one entry: its current revision and its permanent ids."""

    number: int  # the store's row
    id: str
    entry_id: str
    source_id: str
    key: str
    story: str
    revision: int  # 1, 2, 3 ...
    first_seen_at: datetime
    changed_at: datetime
    content: Content
    seen_hash: str = ""
    fingerprint: str = ""
    gone_at: datetime | None = None  # deleted at the source
    withdrawn_at: datetime | None = None  # taken back by hand
    themes: tuple[str, ...] = ()

    @property
    def published_at(self) -> datetime:
        """The date it is ordered by: as given, else when we first saw it."""
        return self.content.published_at or self.first_seen_at
