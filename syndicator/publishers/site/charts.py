"""Bars for numbers over time, as an SVG may draw them: without style, script or text to squeeze."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from syndicator.ports import Month

_MOST_MONTHS = 240  # beyond, a bar for each year
_MOST_YEARS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar of a chart, in units of its view box, whose `y` runs down from its upper edge."""

    x: int
    y: int
    width: int
    height: int
    label: str
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Bars side by side, and the first and last of what they stand for."""

    width: int
    height: int
    bars: Sequence[Bar]
    first: str
    last: str
    yearly: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A year of the table beside a chart."""

    year: int
    months: Sequence[int]  # January to December
    total: int


def of_months(months: Iterable[Month]) -> Chart | None:
    """A bar for each month from the first to the last with articles; None without any."""
    counts = {one.year * 12 + one.month - 1: one.articles for one in months if one.articles}
    if not counts:
        return None
    span = range(min(counts), max(counts) + 1)
    if len(span) > _MOST_MONTHS:
        return of_years(years(months), range(span[0] // 12, span[-1] // 12 + 1))
    named = {f"{at // 12}-{at % 12 + 1:02}": counts.get(at, 0) for at in span}
    return _chart(named, height=96, yearly=False)


def of_years(counts: Mapping[int, int], span: range) -> Chart | None:
    """A bar for each year; of a span that is too long, the last ones."""
    return _chart({str(year): counts.get(year, 0) for year in span[-_MOST_YEARS:]}, height=40)


def years(months: Iterable[Month]) -> dict[int, int]:
    """Year -> articles, for the years that have any."""
    found: dict[int, int] = {}
    for one in months:
        if one.articles:
            found[one.year] = found.get(one.year, 0) + one.articles
    return found


def table(months: Iterable[Month]) -> Sequence[Row]:
    """The numbers behind a chart, a row a year, the latest first."""
    found: dict[int, list[int]] = {}
    for one in months:
        if one.articles:
            found.setdefault(one.year, [0] * 12)[one.month - 1] = one.articles
    return [
        Row(year=year, months=numbers, total=sum(numbers))
        for year, numbers in sorted(found.items(), reverse=True)
    ]


def _chart(counts: Mapping[str, int], *, height: int, yearly: bool = True) -> Chart | None:
    most = max(counts.values(), default=0)
    if not most:
        return None
    step = max(4, min(24, 720 // len(counts)))
    bars = []
    for place, (label, value) in enumerate(counts.items()):
        tall = max(round(value / most * height), 2) if value else 0
        gap = 1 if step < 8 else 2
        bars.append(
            Bar(
                x=place * step,
                y=height - tall,
                width=step - gap,
                height=tall,
                label=label,
                value=value,
            )
        )
    first, *_, last = [*counts, *counts]
    width = max(step * len(counts), step * 8)
    return Chart(width=width, height=height, bars=bars, first=first, last=last, yearly=yearly)
