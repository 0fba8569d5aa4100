"""Subscriptions with hubs, and the hints they give (C30a to C30e)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    Text,
    and_,
    bindparam,
    delete,
    exists,
    insert,
    or_,
    select,
    type_coerce,
    update,
)

from syndicator.model import Outcome, Request, Source, Subscription, SubscriptionState
from syndicator.stages.hubs import HINT_WHY, untold
from syndicator.stores.base import Part
from syndicator.stores.prepared import Columns, Query
from syndicator.stores.rows import source_of
from syndicator.stores.schema import polls, sources, subscriptions
from syndicator.stores.sources import needed_row, row_numbered, set_source

_HINT_GAP = timedelta(minutes=1)  # C30d: between two polls that pushes ask for

_OPEN = (SubscriptionState.PENDING, SubscriptionState.ACTIVE, SubscriptionState.LEAVING)
_TELLING = (SubscriptionState.ACTIVE, SubscriptionState.LEAVING)
_RECORD = ("since", "pushed_at", "hinted_at", "resume_at", "missed")  # of the hub, over renewals


class Subscriptions(Part):
    """Who tells us of news (ports.Subscriptions)."""

    def hub_sources(self) -> Sequence[Source]:
        """Sources that are read and name a hub, or have a subscription that is not over."""
        mine = exists().where(
            subscriptions.c.source == sources.c.number, subscriptions.c.state.in_(_OPEN)
        )
        names_one = type_coerce(sources.c.notes, Text).like('%"hub":%')
        query = select(sources).where(_is_read(), or_(names_one, mine)).order_by(sources.c.id)
        with self.database.read() as db:
            return [source_of(row) for row in db.execute(query).mappings()]

    def subscriptions(self) -> Sequence[Subscription]:
        """All that are remembered, oldest first."""
        with self.database.read() as db:
            return [_subscription(row) for row in db.execute(_ALL).mappings()]

    def subscription_of(self, source_id: str) -> Subscription | None:
        """The one under which the source's hub tells us of news now."""
        query = _ALL.where(sources.c.id == source_id, _is_active())
        with self.database.read() as db:
            row = db.execute(query).mappings().first()
        return _subscription(row) if row else None

    def subscription_at(self, callback: str) -> Subscription | None:
        """The one with this callback."""
        with self.database.read() as db:
            row = _row_at(db, callback)
        return _subscription(row) if row else None

    def add_subscription(self, subscription: Subscription) -> bool:
        """Before a hub is asked. False: it has been asked for this source and has not answered."""
        with self.database.write() as db:
            source = needed_row(db, subscription.source_id)["number"]
            waiting = select(subscriptions.c.number).where(
                subscriptions.c.source == source,
                subscriptions.c.state == SubscriptionState.PENDING,
                subscriptions.c.hub == subscription.hub,
                subscriptions.c.topic == subscription.topic,
            )
            if db.scalar(waiting) is not None:
                return False
            row = {name: getattr(subscription, name) for name in _COLUMNS}
            db.execute(insert(subscriptions), {**row, "source": source})
            return True

    def change_subscription(
        self,
        callback: str,
        to: SubscriptionState,
        *,
        was: Iterable[SubscriptionState],
        retry_at: datetime | None = None,
        failures: int = 0,
        error: str = "",
    ) -> bool:
        """Move on, if it still stands as it `was`; whether it did."""
        it = and_(subscriptions.c.callback == callback, subscriptions.c.state.in_(list(was)))
        columns = {"state": to, "retry_at": retry_at, "failures": failures, "error": error}
        with self.database.write() as db:
            return db.execute(update(subscriptions).where(it), columns).rowcount > 0

    def confirm_subscription(
        self, callback: str, *, lease_until: datetime, now: datetime
    ) -> Subscription | None:
        """The hub confirms what is pending: it is active, and what it renews is to be left."""
        with self.database.write() as db:
            row = _row_at(db, callback)
            if row is None or row["state"] != SubscriptionState.PENDING:
                return None
            before = _active_row(db, row["source"])
            same = before is not None and before["hub"] == row["hub"]
            record = {name: before[name] for name in _RECORD} if before and same else {"since": now}
            if before is not None:
                leaving = {"state": SubscriptionState.LEAVING, "retry_at": now, "failures": 0}
                _set(db, subscriptions.c.number == before["number"], **leaving)
            active = {
                "state": SubscriptionState.ACTIVE,
                "verified_at": now,
                "lease_until": lease_until,
                "retry_at": None,
                "failures": 0,
                "error": "",
            }
            _set(db, subscriptions.c.number == row["number"], **active, **record)
            found = _row_at(db, callback)
        return _subscription(found) if found else None

    def forget_subscriptions(self, *, before: datetime) -> int:
        """Drop those that ended long ago; how many."""
        over = and_(
            subscriptions.c.state == SubscriptionState.ENDED, subscriptions.c.requested_at < before
        )
        with self.database.write() as db:
            return db.execute(delete(subscriptions).where(over)).rowcount

    # -- hints

    def hub_told(self, callback: str, *, now: datetime) -> None:
        """A good push: the source is due now, once a minute at most."""
        with self.database.write() as db:
            row = _row_at(db, callback)
            if row is not None and row["state"] in _TELLING:
                _set(db, _telling(row["source"]), pushed_at=now, missed=0)
                _hint(db, row["source"], now)

    def follow_hints(self, now: datetime) -> int:
        """Make due what pushes asked for less than a minute after others; how many sources."""
        query = (
            select(subscriptions.c.source)
            .join(sources, sources.c.number == subscriptions.c.source)
            .where(
                subscriptions.c.state.in_(_TELLING),
                subscriptions.c.pushed_at > subscriptions.c.hinted_at,
                subscriptions.c.hinted_at <= now - _HINT_GAP,
                or_(sources.c.claimed_by == "", sources.c.claimed_until <= now),
            )
            .distinct()
        )
        with self.database.read() as db:
            waiting = list(db.scalars(query))
        if not waiting:
            return 0
        with self.database.write() as db:
            return sum(_hint(db, source, now) for source in waiting)

    # -- records

    def keep_requests(self, source_id: str, requests: Iterable[Request]) -> None:
        """Record what was asked of hubs (C33)."""
        rows = [
            {
                "url": each.url,
                "at": each.at,
                "reason": each.reason,
                "status": each.status,
                "wire_bytes": each.wire_bytes,
                "elapsed_s": each.elapsed_s,
                "error": each.error,
            }
            for each in requests
        ]
        if rows:
            with self.database.write() as db:
                source = needed_row(db, source_id)["number"]
                db.execute(insert(polls), [{**row, "source": source} for row in rows])


def count_untold(db: Connection, row: Columns, outcome: Outcome) -> None:
    """Note on the hub's record that a poll found what it did not tell of (C30e).

    Args:
        row: of the source, before the outcome.
    """
    if not outcome.changes or outcome.past or outcome.source.body_sha256 == row["body_sha256"]:
        return
    active = _active_row(db, row["number"])
    if active is not None and untold(_subscription(active), polled_at=row["polled_at"]):
        _set(db, subscriptions.c.number == active["number"], missed=active["missed"] + 1)


# ------------------------------------------------------------------ hints


def _hint(db: Connection, source: int, now: datetime) -> bool:
    """Make a source due, unless a push has just done so or it is being read: then it waits."""
    row = row_numbered(db, source)
    hub = db.execute(_ALL.where(_telling(source))).mappings().first()
    if hub is None or (row["claimed_by"] and row["claimed_until"] > now):
        if hub is not None and hub["hinted_at"] is None:
            _set(db, _telling(source), hinted_at=now - _HINT_GAP)
        return False
    last: datetime | None = hub["hinted_at"]
    if last is not None and now - _HINT_GAP < last <= now:
        return False
    due: datetime | None = row["next_check_at"]
    moves = _may_be_asked(row, now) and (due is None or due > now)
    resume_at = hub["resume_at"]
    if moves and (resume_at is None or resume_at <= now):
        resume_at = due
    _set(db, _telling(source), hinted_at=now, resume_at=resume_at)
    if moves:
        set_source(db, source, next_check_at=now, next_check_why=HINT_WHY)
    return moves


def _may_be_asked(row: RowMapping, now: datetime) -> bool:
    """A push lifts no silence that the host asked for, nor a pause."""
    stopped = row["paused_at"] or row["gone_at"] or row["retired_at"] or not row["enabled"]
    return not stopped and (row["held_until"] is None or row["held_until"] <= now)


# ------------------------------------------------------------------ rows

_ALL: Select[Any] = (
    select(subscriptions, sources.c.id.label("source_id"))
    .join(sources, sources.c.number == subscriptions.c.source)
    .order_by(subscriptions.c.number)
)
_COLUMNS = tuple(each.name for each in fields(Subscription) if each.name != "source_id")


def _subscription(row: Columns) -> Subscription:
    columns = {name: row[name] for name in _COLUMNS if name != "state"}
    return Subscription(
        **columns, source_id=row["source_id"], state=SubscriptionState(row["state"])
    )


def _row_at(db: Connection, callback: str) -> RowMapping | None:
    return db.execute(_ALL.where(subscriptions.c.callback == callback)).mappings().first()


def _active_row(db: Connection, source: int) -> Columns | None:
    found = _ACTIVE.maps(db, {"of": source})
    return found[0] if found else None


def _is_active() -> ColumnElement[bool]:
    return subscriptions.c.state == SubscriptionState.ACTIVE


_ACTIVE = Query(_ALL.where(subscriptions.c.source == bindparam("of"), _is_active()))


def _telling(source: int) -> ColumnElement[bool]:
    return and_(subscriptions.c.source == source, subscriptions.c.state.in_(_TELLING))


def _is_read() -> ColumnElement[bool]:
    return and_(
        sources.c.enabled,
        sources.c.paused_at.is_(None),
        sources.c.gone_at.is_(None),
        sources.c.retired_at.is_(None),
    )


def _set(db: Connection, which: ColumnElement[bool], **columns: Any) -> None:
    db.execute(update(subscriptions).where(which), columns)
