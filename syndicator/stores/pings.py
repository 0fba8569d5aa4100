"""Topics that a hub of others is still to be told of (P30), each one row however often it moves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import and_, delete, select, update

from syndicator.model import Ping
from syndicator.stores.base import Part
from syndicator.stores.schema import pings
from syndicator.stores.sqlite import insert_missing

_MISSING = insert_missing(pings)


class Pings(Part):
    """News for another hub (ports.Pings)."""

    def note_pings(self, topics: Iterable[str], *, now: datetime) -> None:
        """These topics say something else now; one that waits already keeps its time."""
        rows = [{"topic": topic, "due_at": now} for topic in topics]
        if rows:
            more = update(pings).where(pings.c.topic.in_([row["topic"] for row in rows]))
            with self.database.write() as db:
                db.execute(_MISSING, rows)
                db.execute(more.values(news=pings.c.news + 1))

    def due_pings(self, *, now: datetime, limit: int, busy: Iterable[str]) -> Sequence[Ping]:
        """Those to be sent now, longest due first, but for no busy topic."""
        due = (
            select(pings)
            .where(pings.c.due_at <= now, pings.c.topic.not_in(list(busy)))
            .order_by(pings.c.due_at, pings.c.topic)
            .limit(limit)
        )
        with self.database.read() as db:
            return [
                Ping(topic=row["topic"], news=row["news"], failures=row["failures"])
                for row in db.execute(due).mappings()
            ]

    def pinged(self, ping: Ping, *, now: datetime) -> None:
        """The hub knows; the ping stays due if the topic has moved on meanwhile."""
        mine = pings.c.topic == ping.topic
        again = {"failures": 0, "error": "", "due_at": now}
        with self.database.write() as db:
            db.execute(delete(pings).where(and_(mine, pings.c.news == ping.news)))
            db.execute(update(pings).where(mine), again)

    def not_pinged(self, ping: Ping, error: str, *, retry_at: datetime) -> None:
        """The hub could not be told; then again."""
        said = {"failures": pings.c.failures + 1, "error": error, "due_at": retry_at}
        with self.database.write() as db:
            db.execute(update(pings).where(pings.c.topic == ping.topic).values(said))

    def forget_pings(self) -> int:
        """Drop all: nobody is to be told any more; how many."""
        with self.database.write() as db:
            return db.execute(delete(pings)).rowcount
