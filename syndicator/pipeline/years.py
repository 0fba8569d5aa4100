"""The pages of one feed: its newest articles, and those of each year, as far as they changed.

A year's articles fill pages from the oldest on (publishers/site/feed.py), so that a new one touches
the year's own page, and one that comes to stand before others the pages from there on. Which these
are follows from the months that the store counts: no page is read back, no member is scanned.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice

from syndicator.model import FeedState
from syndicator.pipeline.publish import Press, Published
from syndicator.ports import Listed, Month
from syndicator.publishers import site
from syndicator.publishers.site import PER_PAGE, Face, Year

_MOST_LOOKED_UP = 20  # changed articles of a year; of more, the whole year is made anew

Place = tuple[int, datetime]  # article number and date


def feed_pages(one: Published, state: FeedState, languages: Sequence[str], press: Press) -> None:
    """Write those pages of a feed that follow from the rows that were published.

    Args:
        languages: those that have a feed of their own beside this theme's feed of all.

    Raises:
        PublishError: one of them cannot be written.
    """
    months = press.store.months(one.key)
    face = site.face(state, one.document, languages)
    newest = press.store.newest(one.key, limit=PER_PAGE)
    body = site.theme_page(press.site, face, newest, months)
    press.tree.write(f"{one.folder}/index.html", body, modified=one.document.updated)
    pages = _Years(one, face, months, press)
    for year, parts in pages.due().items():
        pages.write(year, parts)


class _Years:
    """The years of a feed and their pages."""

    def __init__(self, one: Published, face: Face, months: Sequence[Month], press: Press) -> None:
        self._one = one
        self._face = face
        self._months = months
        self._press = press
        totals: dict[int, int] = {}
        for each in months:
            totals[each.year] = totals.get(each.year, 0) + each.articles
        self._years = {year: Year(year=year, total=total) for year, total in totals.items()}

    # -------------------------------------------------------------- which

    def due(self) -> Mapping[Year, set[int]]:
        """Year -> its pages that have to be made; of a year that is empty now, none."""
        if not self._one.after_n:
            return {year: set(range(year.parts + 1)) for year in self._years.values()}
        found: dict[Year, set[int]] = {}
        came_or_went = False
        for year, (moved, told) in self._touched().items():
            found[year] = {*self._from(year, moved), *self._holding(year, told)}
            came_or_went |= bool(moved) and year.total <= len(moved)
        if came_or_went:  # the others name it, or did
            for year in self._years.values():
                found.setdefault(year, set()).add(0)
        return found

    def _touched(self) -> Mapping[Year, tuple[list[Place], list[Place]]]:
        """Year -> the places where articles came, left or moved, and those where one only says
        something else."""
        store, after_n = self._press.store, self._one.after_n
        shifted = {(one.year, one.month) for one in self._months if one.n > after_n}
        numbers = store.touched(self._one.key, after_n=after_n, upto_n=self._one.upto_n)
        found: dict[Year, tuple[list[Place], list[Place]]] = {}
        for number, dates in store.dated(numbers).items():
            for at in (date.astimezone(UTC) for date in dates):
                if year := self._years.get(at.year):
                    moved, told = found.setdefault(year, ([], []))
                    (moved if (at.year, at.month) in shifted else told).append((number, at))
        return found

    def _from(self, year: Year, moved: Sequence[Place]) -> Iterable[int]:
        """The pages that a shift reaches: from its first place on, and the year's own."""
        if not moved:
            return ()
        # The page before may now be full, or have another one after it.
        first = self._place(year, min(moved, key=lambda place: place[1])) - len(moved)
        return (0, *range(max(first // PER_PAGE, 1), year.parts + 1))

    def _holding(self, year: Year, told: Sequence[Place]) -> Iterable[int]:
        if len(told) > _MOST_LOOKED_UP:
            return range(year.parts + 1)
        return {year.part_of(self._place(year, place)) for place in told}

    def _place(self, year: Year, place: Place) -> int:
        """Where it is (or would be) in its year, 0 being the oldest."""
        newer = self._press.store.newer(self._one.key, place, before=_begins(year.year + 1))
        return max(year.total - 1 - newer, 0)

    # -------------------------------------------------------------- writing

    def write(self, year: Year, parts: set[int]) -> None:
        """Make these pages of a year; take away those that it no longer has."""
        folder, tree = self._one.folder, self._press.tree
        if not year.total:
            tree.clear(year.path(folder, 0))
            return
        for run in _runs(parts):
            entries = self._press.store.listed(
                self._one.key,
                since=_begins(year.year),
                before=_begins(year.year + 1),
                skip=((run[0] or year.parts + 1) - 1) * PER_PAGE,
            )
            for part in run:
                body = self._page(year, part, list(islice(entries, PER_PAGE)))
                tree.write(f"{year.path(folder, part)}/index.html", body, modified=None)
        beyond = year.parts + 1
        while tree.clear(year.path(folder, beyond)):
            beyond += 1

    def _page(self, year: Year, part: int, entries: Sequence[Listed]) -> bytes:
        if part:
            return site.year_page(self._press.site, self._face, year, part, entries)
        months = [one for one in self._months if one.year == year.year]
        years = [one.year for one in self._years.values() if one.total]
        return site.year_page(
            self._press.site, self._face, year, part, entries, months=months, years=years
        )


def _begins(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=UTC)


def _runs(parts: Iterable[int]) -> Iterator[list[int]]:
    """Pages that follow each other, which are read in one go; the year's own page by itself."""
    run: list[int] = []
    for part in sorted(parts):
        if run and (not run[0] or part != run[-1] + 1):
            yield run
            run = []
        run.append(part)
    if run:
        yield run
