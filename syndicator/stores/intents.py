"""What our hub was asked, until callbacks have confirmed it (P31, R49).

What nobody confirmed is remembered for an hour, and so is what was asked again meanwhile: each of
them made us send a request to somebody who may not have wanted it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from syndicator.model import Intent, Mode, Shares, Taken
from syndicator.stores.base import Part
from syndicator.stores.columns import among
from syndicator.stores.schema import followers, intents
from syndicator.stores.sqlite import upsert

_REMEMBERED = timedelta(hours=1)
_PATIENCE = timedelta(days=1)  # with a daemon that does not run

_FOLLOW = upsert(
    followers,
    *("topic", "callback", "host", "scope", "secret", "since", "lease_until", "told", "due_at"),
    keys=("topic", "callback"),
)
_WAITING = (
    select(intents)
    .where(~intents.c.over, intents.c.host.not_in(among("busy")))
    .order_by(intents.c.number)
    .limit(bindparam("limit"))
)


class Intents(Part):
    """Requests to our hub (ports.Followers)."""

    def add_intent(self, intent: Intent, *, shares: Shares) -> Taken:
        """Take a request, unless too many wait; an earlier one for the same is over."""
        now = intent.asked_at
        with self.database.write() as db:
            refused = _refusal(db, intent, shares, now)
            if refused is not None:
                return refused
            db.execute(update(intents).where(_same(intent), ~intents.c.over), {"over": True})
            db.execute(insert(intents), _row(intent))
        return Taken.TAKEN

    def waiting_intents(self, *, limit: int, busy: Iterable[str]) -> Sequence[Intent]:
        """Requests to be confirmed, oldest first, but of no busy host."""
        with self.database.read() as db:
            rows = db.execute(_WAITING, {"busy": list(busy), "limit": limit}).mappings()
            return [_intent(row) for row in rows]

    def confirm_intent(self, intent: Intent, *, now: datetime) -> bool:
        """The callback has confirmed: it follows from now on, or not any more.

        Returns: False when it has been overtaken by a later request.
        """
        with self.database.write() as db:
            mine = and_(intents.c.number == intent.number, ~intents.c.over)
            if not db.execute(delete(intents).where(mine)).rowcount:
                return False
            if intent.mode is Mode.SUBSCRIBE:
                _follow(db, intent, now)
            else:
                db.execute(delete(followers).where(_follows(intent)))
        return True

    def refuse_intent(self, intent: Intent) -> None:
        """The callback has not confirmed."""
        with self.database.write() as db:
            db.execute(update(intents).where(intents.c.number == intent.number), {"over": True})

    def forget_intents(self, *, now: datetime) -> int:
        """Drop what need not be remembered any more; how many."""
        old = or_(
            and_(intents.c.over, intents.c.asked_at < now - _REMEMBERED),
            intents.c.asked_at < now - _PATIENCE,
            intents.c.asked_at > now + _REMEMBERED,  # by a wrong clock (R36)
        )
        with self.database.write() as db:
            return db.execute(delete(intents).where(old)).rowcount


# ------------------------------------------------------------------ shares


def _refusal(db: Connection, intent: Intent, shares: Shares, now: datetime) -> Taken | None:
    follows = db.scalar(select(followers.c.number).where(_follows(intent))) is not None
    if intent.mode is Mode.UNSUBSCRIBE and not follows:
        return Taken.UNKNOWN
    if _number_of(db, intents, ~intents.c.over) >= shares.waiting:
        return Taken.FULL
    lately = intents.c.asked_at > now - _REMEMBERED
    if follows:  # it confirmed before, whatever others ask in the name of its neighbours
        many = _number_of(db, intents, _same(intent), lately) >= shares.known
        return Taken.MANY if many else None
    of_scope = _number_of(db, followers, followers.c.scope == intent.scope)
    share = shares.known if of_scope else shares.strange
    asked = _number_of(db, intents, intents.c.scope == intent.scope, lately)
    if of_scope >= shares.a_scope or asked >= share:
        return Taken.MANY
    return Taken.FULL if _number_of(db, followers) >= shares.all else None


def _number_of(db: Connection, table: Any, *which: ColumnElement[bool]) -> int:
    return db.scalar(select(func.count()).select_from(table).where(*which)) or 0


# ------------------------------------------------------------------ rows


def _follow(db: Connection, intent: Intent, now: datetime) -> None:
    """What it was told before holds; it is due, for the topic may have changed meanwhile."""
    known = db.execute(select(followers).where(_follows(intent))).mappings().first()
    row = {
        "topic": intent.topic,
        "callback": intent.callback,
        "host": intent.host,
        "scope": intent.scope,
        "secret": intent.secret,
        "since": known["since"] if known else now,
        "lease_until": now + timedelta(seconds=intent.lease_s),
        "told": known["told"] if known else intent.told,
        "due_at": now,
    }
    db.execute(_FOLLOW, row)


def _same(intent: Intent) -> ColumnElement[bool]:
    return and_(
        intents.c.scope == intent.scope,  # which has an index
        intents.c.topic == intent.topic,
        intents.c.callback == intent.callback,
    )


def _follows(intent: Intent) -> ColumnElement[bool]:
    return and_(followers.c.topic == intent.topic, followers.c.callback == intent.callback)


def _row(intent: Intent) -> dict[str, Any]:
    return {
        "mode": intent.mode,
        "topic": intent.topic,
        "callback": intent.callback,
        "host": intent.host,
        "scope": intent.scope,
        "secret": intent.secret,
        "lease_s": intent.lease_s,
        "told": intent.told,
        "asked_at": intent.asked_at,
    }


def _intent(row: RowMapping) -> Intent:
    return Intent(
        mode=Mode(row["mode"]),
        topic=row["topic"],
        callback=row["callback"],
        scope=row["scope"],
        secret=row["secret"],
        lease_s=row["lease_s"],
        told=row["told"],
        asked_at=row["asked_at"],
        number=row["number"],
    )
