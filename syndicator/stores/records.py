"""Records of requests (C33), the store's notes about itself, and counts for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, delete, func, or_, select

from syndicator.model import Request
from syndicator.stores.base import Part
from syndicator.stores.columns import EPOCH
from syndicator.stores.database import translated
from syndicator.stores.rows import request_of
from syndicator.stores.schema import articles, facts, feeds, polls, revisions, sources, themes
from syndicator.stores.sqlite import settings, upsert

STORE_ID = "store id"  # fact: the id by which the ledger knows its store

_PAGE = 1000
_FACT = upsert(facts, "name", "value")


class Records(Part):
    """What `status` and `doctor` show."""

    def polls(self, source_id: str | None = None, *, limit: int = 50) -> Sequence[Request]:
        """The last requests, newest first; of one source, or of all."""
        query = select(polls).order_by(polls.c.at.desc(), polls.c.number.desc()).limit(limit)
        if source_id is not None:
            mine = select(sources.c.number).where(sources.c.id == source_id).scalar_subquery()
            query = query.where(polls.c.source == mine)
        with self.database.read() as db:
            return [request_of(row) for row in db.execute(query).mappings()]

    def poll_log(self) -> Iterator[tuple[str, Request]]:
        """(source id, request) of every request kept, oldest first, a page at a time."""
        query = select(polls, sources.c.id.label("source_id")).join(
            sources, sources.c.number == polls.c.source
        )
        after = (EPOCH, 0)
        while True:
            beyond = or_(
                polls.c.at > after[0], and_(polls.c.at == after[0], polls.c.number > after[1])
            )
            page = query.where(beyond).order_by(polls.c.at, polls.c.number).limit(_PAGE)
            with self.database.read() as db:
                rows = db.execute(page).mappings().all()
            for row in rows:
                yield row["source_id"], request_of(row)
            if len(rows) < _PAGE:
                return
            after = (rows[-1]["at"], rows[-1]["number"])

    def trim_polls(self, *, before: datetime) -> int:
        """Forget poll records older than this; how many."""
        with self.database.write() as db:
            return db.execute(delete(polls).where(polls.c.at < before)).rowcount

    def get_meta(self, name: str) -> str:
        """A note of the store about itself, "" when there is none."""
        with self.database.read() as db:
            return db.scalar(select(facts.c.value).where(facts.c.name == name)) or ""

    def set_meta(self, name: str, value: str) -> None:
        """Keep a note under a name."""
        with self.database.write() as db:
            put_fact(db, name, value)

    def counts(self) -> Mapping[str, int]:
        """How much of everything is kept, by name."""
        kept = {
            "sources": select(func.count())
            .select_from(sources)
            .where(sources.c.retired_at.is_(None)),
            "themes": select(func.count()).select_from(themes).where(themes.c.retired_at.is_(None)),
            "articles": select(func.count()).select_from(articles),
            "revisions": select(func.count()).select_from(revisions),
            "feeds": select(func.count()).select_from(feeds).where(feeds.c.retired_at.is_(None)),
            "log_rows": select(func.coalesce(func.sum(feeds.c.last_n), 0)),
        }
        with self.database.read() as db:
            return {name: db.scalar(query) or 0 for name, query in kept.items()}

    def settings(self) -> Mapping[str, str]:
        """The database's version and the settings its soundness rests on, read back (R27)."""
        with translated():
            return settings(self.database.engine)


def put_fact(db: Connection, name: str, value: str) -> None:
    """Keep a note under a name."""
    db.execute(_FACT, {"name": name, "value": value})
