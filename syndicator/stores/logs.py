"""Reading the logs: what publishing renders, and nothing more than it renders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, false, func, or_, select, true

from syndicator.model import LogRow, RowKind
from syndicator.stores.base import Part, chunks
from syndicator.stores.columns import Number
from syndicator.stores.feeds import feed_row
from syndicator.stores.rows import log_row_of
from syndicator.stores.schema import log, members, payloads

MOST_ENTRIES = 500  # of a document (design 9.6); more recent members than that are never shown
_PAGE = 200

_ROWS = select(log, payloads.c.body).outerjoin(payloads, payloads.c.number == log.c.payload)


class Logs(Part):
    """Rows of the logs, with what they show."""

    def segment_rows(self, key: str, segment: int) -> Sequence[LogRow]:
        """All rows of one segment, by n."""
        with self.database.read() as db:
            mine = and_(log.c.feed == feed_row(db, key)["number"], log.c.segment == segment)
            rows = db.execute(_ROWS.where(mine).order_by(log.c.n)).mappings()
            return [log_row_of(row) for row in rows]

    def tail_rows(
        self, key: str, *, entries: int, since: datetime, drops_since: datetime
    ) -> Sequence[LogRow]:
        """The last rows, by n, of: the newest `entries` members; the newest 500 of the members put
        at `since` or later and not past; entries dropped at `drops_since` or later."""
        with self.database.read() as db:
            feed = feed_row(db, key)["number"]
            newest = _members(feed, RowKind.PUT).limit(entries)
            fresh = _members(feed, RowKind.PUT).where(
                members.c.past == false(), members.c.at >= since
            )
            drops = (
                select(members.c.n).where(
                    members.c.feed == feed,
                    members.c.kind == RowKind.DROP,
                    members.c.past == past,
                    members.c.at >= drops_since,
                )
                for past in (false(), true())  # one by one, else SQLite walks all members
            )
            queries = (newest, fresh.limit(MOST_ENTRIES), *drops)
            numbers = {n for query in queries for n in db.scalars(query)}
            return _rows(db, feed, sorted(numbers))

    def erasing_rows(self, key: str, segment: int) -> Sequence[LogRow]:
        """The later drops that erase what a segment puts, the first for each entry."""
        with self.database.read() as db:
            feed = feed_row(db, key)["number"]
            numbers = db.scalars(_ERASING, {"feed": feed, "segment": segment})
            return _rows(db, feed, sorted(numbers))

    def erased_segments(self, key: str, *, after_n: int) -> Sequence[int]:
        """The segments that put what rows after `after_n` erase, before these rows."""
        with self.database.read() as db:
            asked = {"feed": feed_row(db, key)["number"], "after": after_n}
            if db.scalar(_ANY_ERASED, asked) is None:
                return []
            return sorted(db.scalars(_ERASED_FROM, asked))

    def members(self, key: str) -> Iterator[LogRow]:
        """The last put of every present member, newest first by updated, then id.

        Reads a page at a time, so that a slow reader holds nothing up.
        """
        after: LogRow | None = None
        while True:
            with self.database.read() as db:
                feed = feed_row(db, key)["number"]
                query = _beyond(_members(feed, RowKind.PUT), after).limit(_PAGE)
                page = _in_order(_rows(db, feed, sorted(db.scalars(query))))
            yield from page
            if len(page) < _PAGE:
                return
            after = page[-1]


_MINE = log.c.feed == bindparam("feed", type_=Number)
_PUT = log.alias("put")
_PUT_THERE = select(_PUT.c.entry_id).where(
    _PUT.c.feed == bindparam("feed", type_=Number),
    _PUT.c.segment == bindparam("segment", type_=Number),
    _PUT.c.kind == RowKind.PUT.value,
)
_ERASING = (
    select(func.min(log.c.n))
    .where(_MINE, log.c.erase, log.c.segment > bindparam("segment", type_=Number))
    .where(log.c.entry_id.in_(_PUT_THERE))
    .group_by(log.c.entry_id)
)
_NEWLY_ERASED = and_(_MINE, log.c.erase, log.c.n > bindparam("after", type_=Number))
_ANY_ERASED = select(log.c.n).where(_NEWLY_ERASED).limit(1)
_ERASED_FROM = (
    select(_PUT.c.segment)
    .join(log, and_(log.c.feed == _PUT.c.feed, log.c.entry_id == _PUT.c.entry_id))
    .where(_NEWLY_ERASED, _PUT.c.kind == RowKind.PUT.value, _PUT.c.segment < log.c.segment)
    .distinct()
)


def _members(feed: int, kind: RowKind) -> Select[tuple[int]]:
    """The positions of the last rows of entries, newest first."""
    return (
        select(members.c.n)
        .where(members.c.feed == feed, members.c.kind == kind)
        .order_by(members.c.updated.desc(), members.c.entry_id)
    )


def _beyond(query: Select[Any], after: LogRow | None) -> Select[Any]:
    if after is None:
        return query
    same = and_(members.c.updated == after.updated, members.c.entry_id > after.entry_id)
    return query.where(
        members.c.updated <= after.updated, or_(members.c.updated < after.updated, same)
    )


def _rows(db: Connection, feed: int, numbers: Sequence[int]) -> list[LogRow]:
    found: list[LogRow] = []
    for some in chunks(numbers):
        query = _ROWS.where(log.c.feed == feed, log.c.n.in_(some)).order_by(log.c.n)
        found += [log_row_of(row) for row in db.execute(query).mappings()]
    return found


def _in_order(rows: list[LogRow]) -> list[LogRow]:
    by_id = sorted(rows, key=lambda row: row.entry_id)
    return sorted(by_id, key=lambda row: row.updated or row.at, reverse=True)
