"""In what order a feed's articles stand on pages: by their dates, those of one date by number.

That is the order of an index, so that finding one's neighbours, or the newest, or a place in a
year, costs the same in a feed of any size.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select, union_all

from syndicator.model import EntryView, RowKind
from syndicator.stores.base import Part, chunks
from syndicator.stores.codec import value_of
from syndicator.stores.columns import Instant, Number, among
from syndicator.stores.feeds import feed_row
from syndicator.stores.schema import articles, members, payloads, revisions

_PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """An article as its neighbours name it."""

    number: int
    article_id: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An article as lists show it; `at` is the date it stands under."""

    number: int
    at: datetime
    entry: EntryView


class Order(Part):
    """What pages ask about places and neighbours."""

    def dated(self, numbers: Iterable[int]) -> Mapping[int, Sequence[datetime]]:
        """Article number -> the dates it has or had, whose places it takes or took in feeds."""
        found: dict[int, set[datetime]] = defaultdict(set)
        with self.database.read() as db:
            for some in chunks(numbers):
                for number, at, first_seen_at, revision in db.execute(_DATES, {"numbers": some}):
                    found[number] |= {at} if revision == 1 else {at, first_seen_at}
                for number, content in db.execute(_REVISED, {"numbers": some}):
                    if text := json.loads(content).get("published_at"):
                        found[number].add(datetime.fromisoformat(text))
        return {number: sorted(dates) for number, dates in found.items()}

    def line(self, key: str, *, limit: int) -> Sequence[Beside]:
        """The first `limit` articles that a feed shows, oldest first."""
        with self.database.read() as db:
            query = _placed(_ALL, newer=True).limit(limit)
            rows = db.execute(query, {"feed": feed_row(db, key)["number"]})
            return [_named(row) for row in rows]

    def beside(
        self, key: str, places: Iterable[tuple[int, datetime | None]]
    ) -> Sequence[tuple[Beside | None, Beside | None]]:
        """Who comes before and after each of these places in a feed.

        Args:
            places: article number and date, None for the one it has there.
        """
        found = []
        with self.database.read() as db:
            feed = feed_row(db, key)["number"]
            for number, at in places:
                here = {"feed": feed, "number": number}
                here["at"] = at or db.scalar(_PLACE, here)
                rows = [db.execute(query, here).first() for query in (_OLDER, _NEWER)]
                older, newer = (_named(row) if row else None for row in rows)
                found.append((older, newer))
        return found

    def newest(self, key: str, *, limit: int) -> Sequence[Listed]:
        """The newest articles that a feed shows, newest first."""
        with self.database.read() as db:
            query = _placed(_ALL, newer=False).limit(limit)
            rows = db.execute(query, {"feed": feed_row(db, key)["number"]})
            return [_listed(row) for row in rows]

    def listed(
        self, key: str, *, since: datetime, before: datetime, skip: int = 0
    ) -> Iterator[Listed]:
        """Articles of a span of time, oldest first, but for the first `skip` of them.

        Reads a page at a time, so that a slow reader holds nothing up.
        """
        page: list[Listed] = []
        while True:
            with self.database.read() as db:
                span = {"feed": feed_row(db, key)["number"], "since": since, "before": before}
                if page:
                    span |= {"at": page[-1].at, "number": page[-1].number}
                elif skip:
                    last = db.execute(_PLACES.offset(skip - 1), span).first()
                    if last is None:
                        return
                    span |= {"at": last.published_at, "number": last.article}
                query = _REST_OF_SPAN if page or skip else _WHOLE_SPAN
                page = [_listed(row) for row in db.execute(query, span)]
            yield from page
            if len(page) < _PAGE:
                return

    def newer(self, key: str, place: tuple[int, datetime], *, before: datetime) -> int:
        """How many articles of a feed stand after a place, up to a time."""
        number, at = place
        with self.database.read() as db:
            here = {"feed": feed_row(db, key)["number"], "number": number, "at": at}
            return db.scalar(_COUNT_NEWER, {**here, "before": before}) or 0


# ------------------------------------------------------------------ queries


_NUMBER, _AT = bindparam("number", type_=Number), bindparam("at", type_=Instant)
_DATE = members.c.published_at
_ALL = and_(members.c.feed == bindparam("feed", type_=Number), members.c.kind == RowKind.PUT.value)
_SPAN = and_(
    _ALL,
    bindparam("since", type_=Instant) <= _DATE,
    bindparam("before", type_=Instant) > _DATE,
)
_ENTRY_ID = select(articles.c.entry_id).where(articles.c.number == _NUMBER).scalar_subquery()
_PLACE = select(_DATE).where(_ALL, members.c.entry_id == _ENTRY_ID, members.c.article == _NUMBER)


def _placed(which: ColumnElement[bool], *, newer: bool) -> Select[Any]:
    """Members of a feed, with what they show; oldest first if `newer` ones come next."""
    return (
        select(members.c.article, _DATE, payloads.c.body)
        .join(payloads, payloads.c.number == members.c.payload)
        .where(which)
        .order_by(*_order(_DATE, members.c.article, newer=newer))
    )


def _order(at: ColumnElement[Any], number: ColumnElement[Any], *, newer: bool) -> Sequence[Any]:
    # The index holds the newest first and those of one date by number, and is read either way.
    return (at, number.desc()) if newer else (at.desc(), number)


def _beyond(which: ColumnElement[bool], *, newer: bool, limit: int) -> Select[Any]:
    """The first of them on that side of a place, with what they show.

    Those of its date and those of other dates are two places of the index. Asked for in one
    condition, by OR, SQLite would walk through all of the date for each place; and what a source
    gives without dates, or a whole import, may all be of one.
    """
    sides = (
        (_DATE == _AT, members.c.article < _NUMBER if newer else members.c.article > _NUMBER),
        (_DATE > _AT if newer else _DATE < _AT,),
    )
    found = (
        select(members.c.article, _DATE, members.c.payload)
        .where(which, *side)
        .order_by(*_order(_DATE, members.c.article, newer=newer))
        .limit(limit)
        .subquery()
        for side in sides
    )
    both = union_all(*map(select, found)).subquery()
    return (
        select(both.c.article, both.c.published_at, payloads.c.body)
        .join(payloads, payloads.c.number == both.c.payload)
        .order_by(*_order(both.c.published_at, both.c.article, newer=newer))
        .limit(limit)
    )


_OLDER, _NEWER = (_beyond(_ALL, newer=newer, limit=1) for newer in (False, True))
_WHOLE_SPAN = _placed(_SPAN, newer=True).limit(_PAGE)
_REST_OF_SPAN = _beyond(_SPAN, newer=True, limit=_PAGE)
# Of the index alone: to pass over articles costs no look at what they show.
_PLACES = (
    select(members.c.article, _DATE).where(_SPAN).order_by(_DATE, members.c.article.desc()).limit(1)
)
_COUNT_NEWER = (
    select(func.count())
    .select_from(members)
    .where(
        _ALL,
        _DATE >= _AT,
        bindparam("before", type_=Instant) > _DATE,
        or_(_DATE > _AT, members.c.article < _NUMBER),
    )
)
_DATES = select(
    articles.c.number, articles.c.published_at, articles.c.first_seen_at, articles.c.revision
).where(articles.c.number.in_(among("numbers")))
_REVISED = (
    select(revisions.c.article, revisions.c.content)
    .join(articles, articles.c.number == revisions.c.article)
    .where(revisions.c.article.in_(among("numbers")), articles.c.revision > 1)
)


def _named(row: Any) -> Beside:
    number, _, body = row
    said = json.loads(body)  # of all it holds the title alone: no need to build the rest
    return Beside(number=number, article_id=said["article_id"], title=said["title"] or said["url"])


def _listed(row: Any) -> Listed:
    number, at, body = row
    return Listed(number=number, at=at, entry=value_of(EntryView, body))
