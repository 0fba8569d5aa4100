"""Pages of a feed: its newest articles, and those of each year."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from syndicator.model import FeedState
from syndicator.ports import Listed, Month
from syndicator.publishers.documents import Document
from syndicator.publishers.site import charts
from syndicator.publishers.site.frame import Site, page

PER_PAGE = 50  # articles

_ARCHIVES_LISTED = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What all pages of one feed tell of it."""

    folder: str  # below feeds/
    title: str
    subtitle: str
    language: str  # of its title
    only: str  # the one language of its articles, "" for all
    languages: Sequence[str]  # those that have a feed of their own beside the one of all
    updated: datetime
    private: bool
    archives: int  # how many there are

    @property
    def top(self) -> str:
        """The folder of the feed of all languages."""
        return self.folder.removesuffix(f"/{self.only}") if self.only else self.folder


def face(state: FeedState, document: Document, languages: Sequence[str]) -> Face:
    """Of a feed as its document finds it."""
    return Face(
        folder=document.folder,
        title=document.data.title,
        subtitle=document.data.subtitle,
        language=document.language,
        only=state.language,
        languages=languages,
        updated=document.updated,
        private=state.private,
        archives=document.prev_archive or 0,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """How a year's articles are spread over pages.

    Its own page holds the newest, at most PER_PAGE; those before fill further pages, of which the
    first holds the oldest. So a page once full stays as it is while the year goes on.
    """

    year: int
    total: int

    @property
    def parts(self) -> int:
        """How many further pages there are."""
        return max(self.total - 1, 0) // PER_PAGE

    def part_of(self, place: int) -> int:
        """On which page the article at a place is, 0 being the oldest; 0 is the year's own page."""
        part = place // PER_PAGE + 1
        return part if part <= self.parts else 0

    def path(self, folder: str, part: int) -> str:
        """The folder of one of its pages."""
        return f"{folder}/{self.year}/{part}" if part else f"{folder}/{self.year}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The articles of one month in a list, newest first."""

    year: int
    month: int
    entries: Sequence[Listed]


def theme_page(site: Site, face: Face, newest: Sequence[Listed], months: Sequence[Month]) -> bytes:
    """The page of a feed: its newest articles, formats, languages, years, and how many a month.

    Args:
        months: all of the feed, oldest first.
    """
    years = charts.years(months)
    facts = {
        "face": face,
        "groups": list(_groups(newest)),
        "total": sum(years.values()),
        "years": sorted(years.items(), reverse=True),
        "chart": charts.of_months(months),
        "table": charts.table(months),
        "archives": range(face.archives, max(face.archives - _ARCHIVES_LISTED, 0), -1),
    }
    return page("theme.html", site, facts, face.only, face.language)


def year_page(
    site: Site,
    face: Face,
    year: Year,
    part: int,
    entries: Sequence[Listed],
    *,
    months: Sequence[Month] = (),
    years: Sequence[int] = (),
) -> bytes:
    """One of the pages of a year.

    Args:
        part: which; 0 is the year's own page, which alone lists months and other years.
        entries: oldest first.
        months: of this year, oldest first.
    """
    facts = {
        "face": face,
        "year": year,
        "part": part,
        "groups": list(_groups(entries[::-1])),
        "older": (part - 1 if part else year.parts) or None,
        "newer": (part + 1 if part < year.parts else 0) if part else None,
        "months": list(_where(year, months)),
        "years": sorted(years, reverse=True),
    }
    return page("year.html", site, facts, face.only, face.language)


def _groups(entries: Sequence[Listed]) -> Iterator[Group]:
    """Articles by month."""
    found: list[Listed] = []
    for one in entries:
        if found and _month(found[0]) != _month(one):
            yield _group(found)
            found = []
        found.append(one)
    if found:
        yield _group(found)


def _group(entries: Sequence[Listed]) -> Group:
    year, month = _month(entries[0])
    return Group(year=year, month=month, entries=entries)


def _month(one: Listed) -> tuple[int, int]:
    at = one.at.astimezone(UTC)
    return at.year, at.month


def _where(year: Year, months: Sequence[Month]) -> Iterator[tuple[int, int, int]]:
    """Each month with articles, how many, and the page on which its newest stands; latest first."""
    end = year.total
    for one in reversed(months):
        if one.articles:
            yield one.month, one.articles, year.part_of(end - 1)
            end -= one.articles
