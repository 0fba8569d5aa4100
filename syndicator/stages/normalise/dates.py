"""When an article was published and updated, as far as its source can be believed (C25, R15)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from syndicator.model import DateBasis, ParsedEntry, Precision, SourceSettings
from syndicator.text.dates import ReadDate, read_date

_EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIME = re.compile(r"\d:\d\d|\dT\d\d|\d\s?[hH]\s?\d\d")
_ZONE = re.compile(r"(?:\d\s*Z|[+-]\d\d:?\d\d|\d\s*[(]?[A-Za-z]{2,5}[)]?)\s*$")
_SHOWN = 60  # characters of a bad date in a note


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """`raw` is what the source wrote; without `published_at` the time of first sight counts."""

    published_at: datetime | None
    updated_at: datetime | None
    raw: str
    basis: DateBasis
    precision: Precision
    notes: tuple[str, ...] = ()


def read_dates(
    entry: ParsedEntry, *, language: str, settings: SourceSettings, now: datetime
) -> Dates:
    """The entry's dates; one of update stands in for a missing one of publication."""
    habits = _Habits(language=language, settings=settings, now=now)
    published = habits.read(entry.published, entry.published_at)
    updated = habits.read(entry.updated, entry.updated_at)
    shown = published or updated
    return Dates(
        published_at=shown.at if shown else None,
        updated_at=updated.at if updated else None,
        raw=(entry.published if published or not updated else "") or entry.updated,
        basis=DateBasis.SOURCE if shown else DateBasis.FIRST_SEEN,
        precision=shown.precision if shown else Precision.TIME,
        notes=tuple(_notes(entry, published, updated, now)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Habits:
    """How this source writes dates."""

    language: str
    settings: SourceSettings
    now: datetime

    def read(self, raw: str, parsed: datetime | None) -> ReadDate | None:
        """feedparser's reading, unless the operator said something that changes it."""
        zone, order = self.settings.timezone, self.settings.date_order
        own_reading = order or (zone and not _ZONE.search(raw)) or not parsed
        found = self._by_ourselves(raw) if own_reading and raw else None
        if not found and parsed:
            precise = Precision.TIME if _TIME.search(raw) or not raw else Precision.DAY
            found = ReadDate(at=parsed, precision=precise)
        return found if found and believable(found.at, self.now) else None

    def _by_ourselves(self, raw: str) -> ReadDate | None:
        return read_date(
            raw,
            language=self.language,
            order=self.settings.date_order,
            timezone=self.settings.timezone,
            now=self.now,
        )


def believable(at: datetime, now: datetime) -> bool:
    """Not before 1900, not exactly the epoch, not in the future."""
    return _EARLIEST <= at <= now and at != _EPOCH


def _notes(
    entry: ParsedEntry, published: ReadDate | None, updated: ReadDate | None, now: datetime
) -> Iterator[str]:
    stated = ((entry.published, entry.published_at, published),)
    for raw, parsed, found in (*stated, (entry.updated, entry.updated_at, updated)):
        if (raw or parsed) and not found:
            why = "in the future" if parsed and parsed > now else "not believable"
            yield f"date {why}: {raw[:_SHOWN]}"
    if not published and not updated:
        yield "no usable date: first seen counts"
