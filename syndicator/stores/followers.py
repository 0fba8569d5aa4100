"""Who follows our feeds, and what they are still to be told (P31).

Due is a time in a row and nothing else: whatever is interrupted is due again at the next start.
A change of a topic makes its followers due and is counted, so that what is told while the topic
moves on is told once more. Nobody waits for more than the newest state.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import (
    Connection,
    RowMapping,
    and_,
    bindparam,
    case,
    delete,
    func,
    select,
    update,
)

from syndicator.model import Follower
from syndicator.stores.base import Part, chunks
from syndicator.stores.columns import Instant, among
from syndicator.stores.schema import followers, intents, pings
from syndicator.stores.together import Together

_NOW = bindparam("now", type_=Instant())
_DUE = (
    select(followers)
    .where(
        followers.c.slow == bindparam("slow"),
        followers.c.due_at <= _NOW,
        followers.c.lease_until > _NOW,
        followers.c.host.not_in(among("busy")),
    )
    .order_by(followers.c.due_at, followers.c.number)
    .limit(bindparam("limit"))
)
_MORE_NEWS: dict[str, Any] = {
    "news": followers.c.news + 1,
    "due_at": func.coalesce(followers.c.due_at, _NOW, type_=Instant()),
}
_ANY = select(followers.c.number).where(followers.c.topic.in_(among("topics"))).limit(1)
_TELL = update(followers).where(followers.c.topic.in_(among("topics"))).values(_MORE_NEWS)
_TOLD = (
    update(followers)
    .where(followers.c.number == bindparam("of"))
    .values(
        told=bindparam("sha"),
        told_at=func.coalesce(bindparam("at", type_=Instant()), followers.c.told_at),
        slow=bindparam("is_slow"),
        failures=0,
        error="",
        due_at=case((followers.c.news == bindparam("seen"), None), else_=_NOW),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    follower: Follower
    sha256: str
    sent: bool
    slow: bool
    now: datetime


class Followers(Part):
    """Those who follow our feeds (ports.Followers)."""

    def note_news(self, topics: Iterable[str], *, now: datetime) -> int:
        """These topics say something else now; how many followers are to be told."""
        # Who begins to follow just now is due by itself, so that nobody has to be locked out.
        with self.database.read() as db:
            some = [each for each in chunks(topics) if db.scalar(_ANY, {"topics": each})]
        if not some:
            return 0
        with self.database.write() as db:
            told = [db.execute(_TELL, {"topics": each, "now": now}) for each in some]
            return sum(each.rowcount for each in told)

    def due_followers(
        self, *, now: datetime, slow: bool, limit: int, busy: Iterable[str]
    ) -> Sequence[Follower]:
        """Those to be told now, longest due first, but of no busy host; leases that ended aside.

        Args:
            slow: those that failed or took their time, or those that did not.
        """
        asked = {"now": now, "slow": slow, "busy": list(busy), "limit": limit}
        with self.database.read() as db:
            return [_follower(row) for row in db.execute(_DUE, asked).mappings()]

    def follower(self, number: int) -> Follower | None:
        """As it stands now."""
        with self.database.read() as db:
            which = select(followers).where(followers.c.number == number)
            row = db.execute(which).mappings().first()
        return _follower(row) if row else None

    def follower_told(
        self,
        follower: Follower,
        sha256: str,
        *,
        now: datetime,
        sent: bool = True,
        slow: bool = False,
    ) -> None:
        """It knows what has this hash; it stays due if the topic has moved on since it was read.

        What several threads note at once shares a transaction.

        Args:
            sent: False: it knew already.
            slow: it took its time.
        """
        told = _Told(follower=follower, sha256=sha256, sent=sent, slow=slow, now=now)
        self._telling.do(told)

    def follower_not_told(
        self, follower: Follower, error: str, *, retry_at: datetime, silent: bool = False
    ) -> None:
        """It could not be told; then again.

        Args:
            silent: its host did not answer at all, so nobody there is told sooner.
        """
        mine = followers.c.number == follower.number
        said = {
            "failures": followers.c.failures + 1,
            "error": error,
            "slow": True,
            "due_at": retry_at,
        }
        with self.database.write() as db:
            db.execute(update(followers).where(mine).values(said))
            if silent:
                there = and_(followers.c.host == follower.host, followers.c.due_at < retry_at)
                db.execute(update(followers).where(there), {"slow": True, "due_at": retry_at})

    def drop_follower(self, number: int) -> None:
        """It wants nothing any more, or there is nothing left to follow."""
        with self.database.write() as db:
            db.execute(delete(followers).where(followers.c.number == number))

    def forget_followers(self, *, now: datetime, longest: timedelta) -> int:
        """Drop those whose lease has ended; how many.

        Times that only a wrong clock can have set so far ahead are brought back (R36).

        Args:
            longest: of a lease.
        """
        ahead = followers.c.lease_until > now + longest
        waits = followers.c.due_at > now + longest
        with self.database.write() as db:
            db.execute(update(followers).where(ahead), {"lease_until": now + longest})
            db.execute(update(followers).where(waits), {"due_at": now})
            db.execute(update(pings).where(pings.c.due_at > now + longest), {"due_at": now})
            return db.execute(delete(followers).where(followers.c.lease_until <= now)).rowcount

    def followed_topics(self) -> Sequence[str]:
        """Every topic that has a follower."""
        with self.database.read() as db:
            return list(db.scalars(select(followers.c.topic).distinct()))

    def mend_followers(self, topic: str, sha256: str, *, now: datetime) -> int:
        """Make due those who know something else than what has this hash; how many."""
        behind = and_(
            followers.c.topic == topic, followers.c.told != sha256, followers.c.due_at.is_(None)
        )
        with self.database.write() as db:
            return db.execute(
                update(followers).where(behind).values(_MORE_NEWS), {"now": now}
            ).rowcount

    def hub_counts(self, *, now: datetime) -> Mapping[str, int]:
        """How our hub does, or how telling another does, by name."""
        alive = followers.c.lease_until > now
        kept = {
            "followers": select(func.count()).where(alive),
            "due": select(func.count()).where(alive, followers.c.due_at <= now),
            "failing": select(func.count()).where(alive, followers.c.failures > 0),
            "to_confirm": select(func.count()).where(~intents.c.over),
            "pings": select(func.count()).select_from(pings),
        }
        with self.database.read() as db:
            return {name: db.scalar(query) or 0 for name, query in kept.items()}

    @cached_property
    def _telling(self) -> Together[_Told, None]:
        return Together(self.database, _note_told)


def _note_told(db: Connection, told: _Told) -> None:
    db.execute(
        _TOLD,
        {
            "of": told.follower.number,
            "seen": told.follower.news,
            "sha": told.sha256,
            "at": told.now if told.sent else None,
            "is_slow": told.slow,
            "now": told.now,
        },
    )


def _follower(row: RowMapping) -> Follower:
    return Follower(
        number=row["number"],
        topic=row["topic"],
        callback=row["callback"],
        host=row["host"],
        secret=row["secret"],
        lease_until=row["lease_until"],
        told=row["told"],
        news=row["news"],
        due_at=row["due_at"],
        failures=row["failures"],
    )
