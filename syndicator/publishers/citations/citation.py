"""What a citation says, in whatever format."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

from syndicator.model import Content, DateBasis, EntryView, Person
from syndicator.text.clean import squash
from syndicator.text.names import Name, name


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day of publication, as far as the source told it: a year may stand alone."""

    year: int
    month: int = 0
    day: int = 0

    @property
    def parts(self) -> tuple[int, ...]:
        """Those that are known."""
        return tuple(part for part in (self.year, self.month, self.day) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """One revision of an article.

    Args:
        seen: the day on which this revision was first seen.
        url: the original. kept: the address of our copy, for good.
        publication: where it appeared. archive: who keeps it.
    """

    id: str
    title: str
    authors: tuple[Name, ...]
    published: Day | None
    seen: date
    url: str
    kept: str
    revision: int
    publication: str
    archive: str
    language: str = ""
    rights: str = ""
    abstract: str = ""

    @property
    def note(self) -> str:
        """Which copy is meant."""
        return f"Revision {self.revision}, kept by {self.archive}: {self.kept}"


def citation(
    content: Content,
    *,
    article_id: str,
    revision: int,
    seen_at: datetime,
    publication: str,
    archive: str,
    base_url: str,
) -> Citation:
    """The citation of what an article said at one revision.

    Args:
        seen_at: when this revision was first seen.
        publication: title of the source. archive: title of our site.
    """
    return Citation(
        id=article_id,
        title=squash(content.title) or content.url,
        authors=tuple(_authors(content.authors)),
        published=_published(content),
        seen=seen_at.astimezone(UTC).date(),
        url=content.url,
        kept=f"{base_url.rstrip('/')}/articles/{article_id}/",
        revision=revision,
        publication=squash(publication),
        archive=squash(archive),
        language=content.language,
        rights=squash(content.rights),
        abstract=squash(content.standfirst),
    )


def of_entry(
    entry: EntryView, *, revision: int, seen_at: datetime, archive: str, base_url: str
) -> Citation:
    """The citation of what an entry shows; who stands in for an unknown author is no author."""
    source = entry.source.title if entry.source else ""
    named = tuple(one for one in entry.authors if one.name != source)
    return citation(
        Content(
            url=entry.url,
            title=entry.title,
            authors=named,
            published_at=entry.published_at,
            date_basis=entry.date_basis,
            standfirst=entry.standfirst,
            language=entry.language,
            rights=entry.rights,
        ),
        article_id=entry.article_id,
        revision=revision,
        seen_at=seen_at,
        publication=source,
        archive=archive,
        base_url=base_url,
    )


def _authors(people: tuple[Person, ...]) -> list[Name]:
    return [name(one.name) for one in people if one.name.strip()]


def _published(content: Content) -> Day | None:
    """The day of publication, no more exact than the source stated it."""
    if content.published_at is None or content.date_basis is DateBasis.FIRST_SEEN:
        return None
    at = content.published_at.astimezone(UTC)
    numbers = re.findall(r"\d+", content.date_raw)
    if content.date_raw.strip() == str(at.year):
        return Day(year=at.year)
    if numbers in ([str(at.year)], [str(at.year), f"{at.month:02}"]):  # "March 2016", "2016-03"
        return Day(year=at.year, month=at.month)
    return Day(year=at.year, month=at.month, day=at.day)
