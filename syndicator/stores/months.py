"""How many articles of each month a feed shows, kept up with its log.

Charts, years and pages of a year follow from these few rows, so that what a page costs does not
depend on how much a feed holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.dialects.sqlite import insert

from syndicator.model import RowKind
from syndicator.stores.base import Part
from syndicator.stores.columns import Number
from syndicator.stores.feeds import feed_row
from syndicator.stores.prepared import Columns, Write
from syndicator.stores.schema import feeds, months, themes


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month in a feed; `n` is the last row of its log that changed who is in it, or where."""

    year: int
    month: int
    articles: int
    n: int


class Months(Part):
    """What charts and pages of years ask."""

    def months(self, key: str) -> Sequence[Month]:
        """The months in which a feed has, or had, articles; oldest first."""
        with self.database.read() as db:
            rows = db.execute(_OF_FEED, {"feed": feed_row(db, key)["number"]}).all()
        return [
            Month(year=month // 100, month=month % 100, articles=articles, n=n)
            for month, articles, n in rows
        ]

    def years_of_themes(self) -> Mapping[str, Mapping[int, int]]:
        """Slug -> year -> articles, for every theme that is not retired."""
        found: dict[str, dict[int, int]] = {}
        with self.database.read() as db:
            for slug, year, articles in db.execute(_YEARS):
                found.setdefault(slug, {})[year] = articles
        return found


_OF_FEED = (
    select(months.c.month, months.c.articles, months.c.n)
    .where(months.c.feed == bindparam("feed", type_=Number))
    .order_by(months.c.month)
)
_YEAR = months.c.month.op("/")(100)
_YEARS = (
    select(themes.c.slug, _YEAR, func.sum(months.c.articles))
    .select_from(months)
    .join(feeds, feeds.c.number == months.c.feed)
    .join(themes, themes.c.number == feeds.c.theme)
    .where(feeds.c.language == "", themes.c.retired_at.is_(None))
    .group_by(themes.c.slug, _YEAR)
)


# ------------------------------------------------------------------ kept up


def count_months(
    db: Connection,
    feed: int,
    before: Mapping[str, Columns],
    after: Iterable[Mapping[str, Any]],
) -> None:
    """Follow members of a feed from what they were to what they are.

    Args:
        before: entry id -> its member before, if it had one.
        after: the members as they were just written.
    """
    counts: Counter[int] = Counter()
    moved: dict[int, int] = {}
    for member in after:
        was, now = _place(before.get(member["entry_id"])), _place(member)
        if was == now:
            continue
        for at, change in ((was, -1), (now, 1)):
            if at is not None:
                counts[_month(at)] += change
                moved[_month(at)] = max(member["n"], moved.get(_month(at), 0))
    if moved:
        rows = [
            {"feed": feed, "month": month, "articles": counts[month], "n": n}
            for month, n in moved.items()
        ]
        _COUNT.run(db, rows)


def _place(member: Columns | None) -> datetime | None:
    """Where a member stands in its feed; None where it does not."""
    if member is None or member["kind"] != RowKind.PUT:
        return None
    at: datetime | None = member["published_at"]
    return at


def _month(at: datetime) -> int:
    at = at.astimezone(UTC)
    return at.year * 100 + at.month


_INSERT = insert(months)
_COUNT = Write(
    _INSERT.on_conflict_do_update(
        index_elements=["feed", "month"],
        set_={
            "articles": months.c.articles + _INSERT.excluded.articles,
            "n": _INSERT.excluded.n,
        },
    ),
    months.columns.keys(),
)
