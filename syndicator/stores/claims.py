"""Who may talk to which host, and which source is read next: the only schedule there is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    and_,
    bindparam,
    func,
    or_,
    select,
    update,
)

from syndicator.model import Claim, HostLease
from syndicator.stores.base import Part, chunks
from syndicator.stores.columns import Instant, Number, among
from syndicator.stores.pictures import picture_owners, pictures_claimed, void_pictures
from syndicator.stores.prepared import Columns, Query, Write
from syndicator.stores.readable import Moment, not_after, readable
from syndicator.stores.rows import source_of
from syndicator.stores.schema import documents, hosts, sources, wanted_pictures
from syndicator.stores.sqlite import upsert

HOST_LEASE_S = 120  # of a host taken alone: far above one request's whole time (R5)
ASK_AGAIN_S = 2  # another request is under way; requests are short

_TAKEN = ("scope", "owner", "token", "lease_until")
_TAKE = Write(upsert(hosts, *_TAKEN), _TAKEN)


class Claims(Part):
    """Leases of hosts and claims of sources; each lease of a host has a larger token."""

    def claim_due(
        self,
        *,
        owner: str,
        now: datetime,
        lease_s: float,
        limit: int,
        only: Iterable[str] | None = None,
        forced: bool = False,
    ) -> Sequence[Claim]:
        """See ports.Store: due sources, longest due first, one for each host that is free."""
        asked = {"now": now} if only is None else {"now": now, "only": list(only)}
        until = now + timedelta(seconds=lease_s)
        with self.database.write() as db:
            with closing(_CLAIMABLE[forced, only is not None].each(db, asked)) as due:
                numbers = list(_one_per_host(due, limit))
            rows = _CLAIMED.maps(db, {"numbers": numbers}) if numbers else ()
            return _claims(db, rows, owner=owner, until=until, manual=forced)

    def free_claim(self, claim: Claim) -> None:
        """Give a claim back untouched; the source is due as before."""
        with self.database.write() as db:
            _free_host(db, claim.lease)
            mine = and_(
                sources.c.id == claim.source.id,
                sources.c.claimed_by == claim.lease.owner,
                sources.c.claimed_token == claim.lease.token,
            )
            _unclaim(db, mine)

    def take_host(self, scope: str, *, owner: str, now: datetime) -> HostLease | datetime:
        """The lease, or the time at which it is worth asking again."""
        with self.database.write() as db:
            row = db.execute(select(hosts).where(hosts.c.scope == scope)).mappings().first()
            wait = _wait(row, now) if row else None
            if wait is not None:
                return wait
            lease = HostLease(
                scope=scope,
                owner=owner,
                token=row["token"] + 1 if row else 1,
                next_start_at=row["next_start_at"] if row else None,
            )
            _TAKE.run(db, [_taken(lease, now + timedelta(seconds=HOST_LEASE_S))])
            return lease

    def free_host(self, lease: HostLease, *, next_start_at: datetime) -> None:
        """Give a host back; a lease that was overtaken is left alone."""
        with self.database.write() as db:
            _free_host(db, lease, next_start_at=next_start_at)

    def void_dead_leases(self, alive: Callable[[str], bool]) -> int:
        """Free what owners that are gone still hold; how many hosts and sources.

        Sources are due again as they were before they were claimed.
        """
        with self.database.write() as db:
            dead = [owner for owner in _owners(db) if not alive(owner)]
            void_pictures(db, dead)
            freed = db.execute(
                update(hosts).where(hosts.c.owner.in_(dead)), {"owner": "", "lease_until": None}
            )
            return freed.rowcount + _unclaim(db, sources.c.claimed_by.in_(dead))

    def claims_held(self, owner: str) -> frozenset[str]:
        """The claims of sources and pictures that an owner holds, each by a name of its own."""
        with self.database.read() as db:
            mine = select(sources.c.number, sources.c.claimed_token).where(
                sources.c.claimed_by == owner
            )
            found = {f"source {number} {token}" for number, token in db.execute(mine)}
            return frozenset(found | pictures_claimed(db, owner))

    def silenced(self, ids: Iterable[str], *, now: datetime) -> Sequence[str]:
        """Those of the sources whose host asked for quiet beyond now (C10)."""
        found: list[str] = []
        with self.database.read() as db:
            for some in chunks(sorted(ids)):
                query = (
                    select(sources.c.id)
                    .join(hosts, hosts.c.scope == sources.c.scope)
                    .where(sources.c.id.in_(some), hosts.c.silent_until > now)
                )
                found += db.scalars(query)
        return found

    def spread(self, *, now: datetime, late_s: float, over_s: float) -> int:
        """Spread sources that are overdue by more than `late_s` over the next `over_s` seconds, the
        longest due first; how many. After a pause not everything comes at once (C16, R38)."""
        overdue = and_(
            readable(now),
            _unclaimed(now),
            sources.c.next_check_at < now - timedelta(seconds=late_s),
            sources.c.polled_at.is_not(None),
        )
        late = select(sources.c.number).where(overdue).order_by(sources.c.next_check_at)
        with self.database.write() as db:
            numbers = db.scalars(late).all()
            step_s = over_s / max(len(numbers), 1)
            for place, number in enumerate(numbers):
                at = now + timedelta(seconds=place * step_s)
                mine = update(sources).where(sources.c.number == number)
                db.execute(mine, {"next_check_at": at, "next_check_why": "spread after a pause"})
        return len(numbers)

    def pull_back(self, now: datetime, max_s: float, soon_s: float) -> int:
        """Bring times that lie further ahead than any rule allows back to now (R36); how many
        sources and hosts. They stem from a clock that was wrong."""
        with self.database.write() as db:
            return sum(_pull_back(db, *column) for column in _ahead(now, max_s, soon_s))


def release(
    db: Connection,
    lease: HostLease,
    *,
    next_start_at: datetime | None,
    silent_until: datetime | None,
) -> None:
    """End a lease with what was learnt about the host; None leaves a time as it stands."""
    _free_host(db, lease, next_start_at=next_start_at, silent_until=silent_until)


# ------------------------------------------------------------------ which


def _host_free(now: Moment) -> ColumnElement[bool]:
    return and_(
        or_(hosts.c.owner.is_(None), hosts.c.owner == "", hosts.c.lease_until <= now),
        not_after(hosts.c.next_start_at, now),
        not_after(hosts.c.silent_until, now),
    )


def _unclaimed(now: Moment) -> ColumnElement[bool]:
    return or_(sources.c.claimed_by == "", sources.c.claimed_until <= now)


def _claimable(*, forced: bool, named: bool) -> Select[Any]:
    """The query of a claim; with values `now`, and `only` when sources are named.

    Of each source no more than its place: SQLite sorts them, and many come for the few taken.
    """
    now = bindparam("now", type_=Instant())
    query = (
        select(sources.c.number, sources.c.scope)
        .outerjoin(hosts, hosts.c.scope == sources.c.scope)
        .where(readable(now), _host_free(now), _unclaimed(now))
        .order_by(sources.c.next_check_at, sources.c.number)
    )
    if not forced:
        query = query.where(sources.c.next_check_at <= now)
    if named:
        query = query.where(sources.c.id.in_(among("only")))
    return query


# Made once: to write such a query takes longer than to run it.
_CLAIMABLE = {
    (forced, named): Query(_claimable(forced=forced, named=named))
    for forced in (False, True)
    for named in (False, True)
}


_CLAIMED = Query(
    select(
        sources,
        hosts.c.token.label("host_token"),
        hosts.c.next_start_at.label("host_next_start_at"),
    )
    .outerjoin(hosts, hosts.c.scope == sources.c.scope)
    .where(sources.c.number.in_(among("numbers")))
    .order_by(sources.c.next_check_at, sources.c.number)
)


def _one_per_host(due: Iterable[Any], limit: int) -> Iterator[int]:
    taken: set[str] = set()
    for number, scope in due:
        if len(taken) >= limit:
            return
        if scope not in taken:
            taken.add(scope)
            yield number


# ------------------------------------------------------------------ taking and giving back


def _claims(
    db: Connection, rows: Iterable[Columns], *, owner: str, until: datetime, manual: bool
) -> list[Claim]:
    by_number = {row["number"]: _claim(row, owner=owner, manual=manual) for row in rows}
    claims = list(by_number.values())
    if claims:
        _TAKE.run(db, [_taken(claim.lease, until) for claim in claims])
        _MARK.run(db, [_marked(number, each, until) for number, each in by_number.items()])
    return claims


def _claim(row: Columns, *, owner: str, manual: bool) -> Claim:
    lease = HostLease(
        scope=row["scope"],
        owner=owner,
        token=(row["host_token"] or 0) + 1,
        next_start_at=row["host_next_start_at"],
    )
    return Claim(source=source_of(row), lease=lease, manual=manual)


def _taken(lease: HostLease, until: datetime) -> dict[str, Any]:
    return {
        "scope": lease.scope,
        "owner": lease.owner,
        "token": lease.token,
        "lease_until": until,
    }


def _marked(number: int, claim: Claim, until: datetime) -> dict[str, Any]:
    return {
        "of": number,
        "claimed_by": claim.lease.owner,
        "claimed_token": claim.lease.token,
        "claimed_until": until,
        "claimed_from": claim.source.next_check_at,
        "next_check_at": until,
    }


_MARK = Write(
    update(sources).where(sources.c.number == bindparam("of", type_=Number)),
    ("claimed_by", "claimed_token", "claimed_until", "claimed_from", "next_check_at"),
)


def _wait(row: RowMapping, now: datetime) -> datetime | None:
    """Until when a host cannot be taken, None when it can."""
    times = [at for at in (row["next_start_at"], row["silent_until"]) if at and at > now]
    if row["owner"] and row["lease_until"] > now:
        times.append(min(row["lease_until"], now + timedelta(seconds=ASK_AGAIN_S)))
    return max(times, default=None)


_FREE = Write(
    update(hosts)
    .where(
        hosts.c.scope == bindparam("of"),
        hosts.c.owner == bindparam("holder"),
        hosts.c.token == bindparam("held"),
    )
    .values(
        owner="",
        lease_until=None,
        next_start_at=func.coalesce(bindparam("starts", type_=Instant()), hosts.c.next_start_at),
        silent_until=func.coalesce(bindparam("silent", type_=Instant()), hosts.c.silent_until),
    )
)


def _free_host(
    db: Connection,
    lease: HostLease,
    *,
    next_start_at: datetime | None = None,
    silent_until: datetime | None = None,
) -> None:
    mine = {"of": lease.scope, "holder": lease.owner, "held": lease.token}
    _FREE.run(db, [{**mine, "starts": next_start_at, "silent": silent_until}])


UNCLAIMED: dict[str, Any] = {
    "claimed_by": "",
    "claimed_token": None,
    "claimed_until": None,
    "claimed_from": None,
}


def _unclaim(db: Connection, which: ColumnElement[bool]) -> int:
    due_again = update(sources).where(which).values(next_check_at=sources.c.claimed_from)
    return db.execute(due_again.values(UNCLAIMED)).rowcount


def _owners(db: Connection) -> set[str]:
    holders = select(hosts.c.owner).union(select(sources.c.claimed_by))
    return (set(db.scalars(holders)) | picture_owners(db)) - {""}


def _ahead(
    now: datetime, max_s: float, soon_s: float
) -> Sequence[tuple[Any, datetime | None, datetime]]:
    """Columns that hold a time to wait for, what to put where it lies too far ahead, and how far
    that is."""
    far, soon = now + timedelta(seconds=max_s), now + timedelta(seconds=soon_s)
    return (
        (sources.c.next_check_at, now, far),
        (sources.c.claimed_until, now, soon),
        (sources.c.held_until, None, far),
        (sources.c.floor_until, None, far),
        (hosts.c.lease_until, now, soon),
        (hosts.c.next_start_at, None, soon),
        (hosts.c.silent_until, None, far),
        (documents.c.next_check_at, now, far),
        (wanted_pictures.c.next_try_at, now, far),
    )


def _pull_back(db: Connection, column: Any, to: datetime | None, horizon: datetime) -> int:
    found = update(column.table).where(column > horizon).values({column.name: to})
    return db.execute(found).rowcount
