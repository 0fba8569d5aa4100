"""Corrections: puts of a feed's log that changed what an entry showed before.

They are found in the log alone, so that whatever restores a log restores them with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, exists, func, select

from syndicator.model import EntryView, RowKind
from syndicator.stores.base import Part
from syndicator.stores.codec import value_of
from syndicator.stores.columns import Number
from syndicator.stores.feeds import feed_row
from syndicator.stores.schema import log, payloads

WINDOW = 5_000  # rows up to the newest correction in which others are looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """What an entry showed, and what it showed from row `n` on."""

    n: int
    at: datetime
    old: EntryView
    new: EntryView


class Corrections(Part):
    """What publishing asks about corrections."""

    def corrects(self, key: str, *, after_n: int, upto_n: int) -> bool:
        """Whether these rows of a feed's log correct an entry, or take one away."""
        with self.database.read() as db:
            asked = {"feed": feed_row(db, key)["number"], "after": after_n, "upto": upto_n}
            return any(db.scalar(query, asked) is not None for query in (_NEWEST, _DROPPED))

    def corrections(self, key: str, *, limit: int) -> tuple[Sequence[Corrected], datetime | None]:
        """The newest corrections of entries that did not leave the feed since, newest first; and
        when the newest of all was made, or else the log began."""
        with self.database.read() as db:
            feed = feed_row(db, key)["number"]
            asked = {"feed": feed, "after": 0, "upto": 2**62}
            newest = db.execute(_NEWEST, asked).first()
            if newest is None:
                return [], db.scalar(_BEGAN, {"feed": feed})
            window = asked | {"after": newest.n - WINDOW}
            rows = db.execute(_CORRECTIONS.limit(limit), window).all()
        found = [
            Corrected(n=n, at=at, old=value_of(EntryView, old), new=value_of(EntryView, new))
            for n, at, old, new in rows
        ]
        return found, newest.at


_earlier = log.alias("earlier")
_said, _says = payloads.alias("said"), payloads.alias("says")
_FEED = bindparam("feed", type_=Number)
_ROWS = and_(
    log.c.feed == _FEED,
    log.c.n > bindparam("after", type_=Number),
    log.c.n <= bindparam("upto", type_=Number),
)
_before = log.alias("before")
_LAST_BEFORE = (
    select(func.max(_before.c.n))
    .where(
        _before.c.feed == log.c.feed,
        _before.c.entry_id == log.c.entry_id,
        _before.c.n < log.c.n,
    )
    .correlate(log)
    .scalar_subquery()
)
_later = log.alias("later")
_LEFT_SINCE = exists().where(
    _later.c.feed == log.c.feed,
    _later.c.entry_id == log.c.entry_id,
    _later.c.n > log.c.n,
    _later.c.kind == RowKind.DROP.value,
)


def _corrections(*columns: Any) -> Select[Any]:
    """Puts that are not of the past, whose entry was put before and showed something else."""
    return (
        select(*columns)
        .select_from(log)
        .join(_earlier, and_(_earlier.c.feed == log.c.feed, _earlier.c.n == _LAST_BEFORE))
        .where(
            _ROWS,
            log.c.kind == RowKind.PUT.value,
            ~log.c.past,
            _earlier.c.kind == RowKind.PUT.value,
            _earlier.c.payload != log.c.payload,
        )
        .order_by(log.c.n.desc())
    )


_NEWEST = _corrections(log.c.n, log.c.at).limit(1)
_DROPPED = select(log.c.n).where(_ROWS, log.c.kind == RowKind.DROP.value).limit(1)
_CORRECTIONS = (
    _corrections(log.c.n, log.c.at, _said.c.body, _says.c.body)
    .join(_said, _said.c.number == _earlier.c.payload)
    .join(_says, _says.c.number == log.c.payload)
    .where(~_LEFT_SINCE)
)
_BEGAN = select(log.c.at).where(log.c.feed == _FEED).order_by(log.c.n).limit(1)
