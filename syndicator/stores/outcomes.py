"""Saving an outcome: the only write of a refresh, all in one transaction (R28)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from syndicator.errors import StaleOutcome, UsageError
from syndicator.model import HostLease, Outcome
from syndicator.stores.asked import keep_documents, keep_requests
from syndicator.stores.base import Part
from syndicator.stores.changed import Touched, keep_articles
from syndicator.stores.claims import UNCLAIMED, release
from syndicator.stores.entering import enter
from syndicator.stores.feeds import live_feeds
from syndicator.stores.held import due, hold_back
from syndicator.stores.meanwhile import with_stories
from syndicator.stores.pictures import want_pictures
from syndicator.stores.prepared import Columns, Query, Write
from syndicator.stores.redacting import without_redacted
from syndicator.stores.rows import source_of
from syndicator.stores.schema import hosts, items, polls, sources
from syndicator.stores.sources import row_numbered, scope_of, sources_changed
from syndicator.stores.sqlite import upsert
from syndicator.stores.subscriptions import count_untold
from syndicator.stores.together import Together


class Outcomes(Part):
    """The writing end of the pipeline."""

    def save(self, outcome: Outcome) -> bool:
        """Write everything an outcome decided, and the log rows that follow.

        Outcomes that several threads save at once share a transaction.

        Returns: False when this very outcome was saved before.
        Raises:
            StaleOutcome: the source has moved on, or the host's lease was overtaken.
            UsageError: there is no such source.
        """
        return self._together.do(outcome)

    @cached_property
    def _together(self) -> Together[Outcome, bool]:
        return Together(self.database, self._save)

    def keep_held(self, now: datetime) -> int:
        """Make revisions of the edits that were held back before today (R24); how many."""
        with self.database.write() as db:
            return self._keep_held(db, None, now)

    def _keep_held(self, db: Connection, of: int | None, now: datetime) -> int:
        found = due(db, of, now)
        for number, changes in found.items():
            source = source_of(row_numbered(db, number))
            nobody = HostLease(scope="", owner="", token=0)
            outcome = Outcome(
                id="", at=now, lease=nobody, source=source, result="", changes=tuple(changes)
            )
            touched = keep_articles(db, number, without_redacted(db, outcome))
            _log(db, self, touched, outcome)
            want_pictures(db, number, touched.said, self.pictured, now)
        return sum(map(len, found.values()))

    def _save(self, db: Connection, outcome: Outcome) -> bool:
        row = _standing(db, outcome)
        if _saved_before(db, row, outcome):
            return False
        _refuse_stale(row, outcome)
        if outcome.changes or outcome.seen:
            self._keep_held(db, row["number"], outcome.at)
            outcome = with_stories(db, hold_back(db, row["number"], outcome))
        outcome = without_redacted(db, outcome)
        _keep_source(db, row, outcome)  # first: what entries show names their source
        touched = keep_articles(db, row["number"], outcome)
        _log(db, self, touched, outcome)
        want_pictures(db, row["number"], touched.said, self.pictured, outcome.at)
        keep_documents(db, row["number"], outcome.documents)
        _keep_items(db, row["number"], outcome.items)
        keep_requests(
            db,
            row["number"],
            outcome.requests,
            outcome=outcome.id,
            due_at=outcome.source.next_check_at,
            due_why=outcome.source.next_check_why,
        )
        count_untold(db, row, outcome)
        release(
            db,
            outcome.lease,
            next_start_at=outcome.host_free_at,
            silent_until=outcome.host_silent_until,
        )
        return True


_STANDING = Query(
    select(
        sources.c.number,
        sources.c.id,
        sources.c.settings,
        sources.c.title,
        sources.c.url,
        sources.c.kind,
        sources.c.body_sha256,
        sources.c.polled_at,
        sources.c.paused_at,
        sources.c.poll_seq,
        sources.c.counts,
        sources.c.last_outcome,
        hosts.c.owner.label("holder"),  # of the host, if the lease is still the newest
    )
    .outerjoin(hosts, (hosts.c.scope == bindparam("scope")) & (hosts.c.token == bindparam("token")))
    .where(sources.c.id == bindparam("id"))
)


def _standing(db: Connection, outcome: Outcome) -> Columns:
    """Of the source's row, what saving depends on, and who holds its host."""
    lease = outcome.lease
    asked = {"id": outcome.source.id, "scope": lease.scope, "token": lease.token}
    found = _STANDING.maps(db, asked)
    if not found:
        raise UsageError(f"there is no source {outcome.source.id!r} any more")
    return found[0]


def _saved_before(db: Connection, row: Columns, outcome: Outcome) -> bool:
    if row["last_outcome"] == outcome.id:
        return True
    if row["poll_seq"] == outcome.source.poll_seq:
        return False
    mine = (polls.c.source == row["number"]) & (polls.c.outcome == outcome.id)
    return db.scalar(select(polls.c.number).where(mine).limit(1)) is not None


def _refuse_stale(row: Columns, outcome: Outcome) -> None:
    if row["poll_seq"] != outcome.source.poll_seq:
        raise StaleOutcome(f"source {row['id']} has moved on since it was read")
    if row["holder"] != outcome.lease.owner:
        raise StaleOutcome(f"source {row['id']}: the lease of {outcome.lease.scope} was overtaken")


def _log(db: Connection, part: Part, touched: Touched, outcome: Outcome) -> None:
    if touched.numbers:
        into = live_feeds(db, touched.left, with_all=True)
        enter(
            db,
            part,
            touched.numbers,
            into,
            now=outcome.at,
            past=outcome.past,
            fresh=touched.fresh,
        )


# ------------------------------------------------------------------ the rest


_ITEMS = Write(upsert(items, "source", "marks"), ("source", "marks"))


def _keep_items(db: Connection, source: int, marks: Mapping[str, str] | None) -> None:
    if marks is not None:
        _ITEMS.run(db, [{"source": source, "marks": marks}])


_LEARNT = (
    "url",
    "kind",
    "origin",
    "body_sha256",
    "next_check_at",
    "next_check_why",
    "polled_at",
    "success_at",
    "changed_at",
    "failures",
    "failing_since",
    "error",
    "gone_at",
    "held_until",
    "floor_until",
    "notes",
    "cadence",
    "stated",
    "move",
    "alarms",
)
_LEARN = Write(
    update(sources).where(sources.c.number == bindparam("of")),
    (
        *_LEARNT,
        "etag",
        "last_modified",
        "title",
        "scope",
        "counts",
        "paused_at",
        "poll_seq",
        "last_outcome",
        *UNCLAIMED,
    ),
)


def _keep_source(db: Connection, row: Columns, outcome: Outcome) -> None:
    """What reading taught us. What the operator says (settings, pauses) may have changed while
    the source was being read, and stands; a pause that the outcome itself decided is added."""
    source = outcome.source
    columns: dict[str, Any] = {name: getattr(source, name) for name in _LEARNT}
    columns |= {
        "etag": source.validators.etag,
        "last_modified": source.validators.last_modified,
        "title": row["settings"].title or source.title or row["title"],
        "scope": scope_of(source.id, source.kind, source.url),
        "counts": dict(Counter(row["counts"]) + Counter(outcome.counts)),
        "paused_at": source.paused_at or row["paused_at"],
        "poll_seq": row["poll_seq"] + 1,
        "last_outcome": outcome.id,
        **UNCLAIMED,
    }
    _LEARN.run(db, [{"of": row["number"], **columns}])
    if any(columns[name] != row[name] for name in ("title", "url", "kind")):
        sources_changed(db)
