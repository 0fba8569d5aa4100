"""Saving an outcome: the only write of a refresh, all in one transaction (R28)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from syndicator.errors import StaleOutcome, UsageError
from syndicator.model import Article, ArticleChange, Content, HostLease, Outcome
from syndicator.stores.asked import keep_documents, keep_requests
from syndicator.stores.bands import put_bands, take_bands
from syndicator.stores.base import Part, chunks
from syndicator.stores.claims import UNCLAIMED, release
from syndicator.stores.codec import digest, pack
from syndicator.stores.columns import among
from syndicator.stores.entering import enter
from syndicator.stores.feeds import live_feeds
from syndicator.stores.filing import refile, themes_of
from syndicator.stores.held import due, hold_back
from syndicator.stores.meanwhile import with_stories
from syndicator.stores.pictures import want_pictures
from syndicator.stores.prepared import Columns, Query, Write
from syndicator.stores.rows import source_of
from syndicator.stores.schema import articles, hosts, items, polls, revisions, sources
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
            touched = _keep_articles(db, number, outcome)
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
        _keep_source(db, row, outcome)  # first: what entries show names their source
        touched = _keep_articles(db, row["number"], outcome)
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


# ------------------------------------------------------------------ articles


@dataclass(slots=True, kw_only=True)
class _Touched:
    """Articles that an outcome changed for the logs."""

    numbers: list[int] = field(default_factory=list)
    fresh: dict[int, Article] = field(default_factory=dict)  # new or with a new revision
    left: set[int] = field(default_factory=set)  # themes that any of them is or was in

    @property
    def said(self) -> Mapping[int, Content]:
        """Article number -> what it newly says."""
        return {number: article.content for number, article in self.fresh.items()}


_KNOWN = (
    articles.c.number,
    articles.c.id,
    articles.c.entry_id,
    articles.c.key,
    articles.c.story,
    articles.c.revision,
    articles.c.fingerprint,
    articles.c.first_seen_at,
    articles.c.seen_hash,
    articles.c.gone_at,
    articles.c.pager,
    articles.c.redacted_at,
)


def _keep_articles(db: Connection, source: int, outcome: Outcome) -> _Touched:
    changes = {change.key: change for change in outcome.changes}
    known = _known(db, source, {*changes, *outcome.seen, *outcome.pagers, *outcome.gone})
    new = [change for key, change in changes.items() if key not in known]
    edited = [c for key, c in changes.items() if key in known and _is_edit(c, known[key])]
    same = [c for key, c in changes.items() if key in known and not _is_edit(c, known[key])]
    same = [c for c in same if known[c.key].redacted_at is None]

    numbers = _insert(db, source, new, outcome.at)
    _update(db, edited, known, outcome.at)
    put_bands(db, {numbers[c.key]: (c.content.published_at or outcome.at, c.bands) for c in new})
    _renew_bands(db, edited, known)
    _note_seen(db, known, {**outcome.seen, **{c.key: c.seen_hash for c in same}})
    _note_pagers(db, known, {**outcome.pagers, **_pagers(same)})
    came, went = _note_gone(db, known, outcome, {*changes, *outcome.seen})

    fresh = _fresh(outcome, new, edited, known, numbers)
    _insert_revisions(db, fresh.values(), changes, outcome.at)
    return _touched(db, fresh, changes, [*came, *went], outcome.at)


def _known(db: Connection, source: int, keys: Iterable[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for some in chunks(keys):
        found |= {row.key: row for row in _KNOWN_ARTICLES.rows(db, {"of": source, "keys": some})}
    return found


_KNOWN_ARTICLES = Query(
    select(*_KNOWN).where(articles.c.source == bindparam("of"), articles.c.key.in_(among("keys")))
)


def _is_edit(change: ArticleChange, known: Any) -> bool:
    """One that was taken back for good says nothing any more."""
    return bool(change.fingerprint != known.fingerprint) and known.redacted_at is None


def _insert(db: Connection, source: int, new: list[ArticleChange], at: datetime) -> dict[str, int]:
    """New rows; key -> number."""
    if not new:
        return {}
    rows = [
        {
            "id": change.id,
            "entry_id": change.entry_id,
            "source": source,
            "key": change.key,
            "revision": 1,
            "first_seen_at": at,
            **_columns(change, first_seen_at=at, at=at),
        }
        for change in new
    ]
    _ARTICLES.run(db, rows)
    keys = [change.key for change in new]
    return {
        key: number
        for some in chunks(keys)
        for key, number in _NUMBERS.rows(db, {"of": source, "keys": some})
    }


_NEVER_YET = ("number", "gone_at", "withdrawn_at", "redacted_at")
_ARTICLES = Write(
    insert(articles), [each.name for each in articles.columns if each.name not in _NEVER_YET]
)
_NUMBERS = Query(
    select(articles.c.key, articles.c.number).where(
        articles.c.source == bindparam("of"), articles.c.key.in_(among("keys"))
    )
)
_SET = update(articles).where(articles.c.number == bindparam("of"))
_EDIT = Write(
    _SET,
    (
        "revision",
        "story_hash",
        "text_hash",
        "seen_hash",
        "fingerprint",
        "url",
        "canonical_url",
        "language",
        "published_at",
        "updated_at",
        "changed_at",
        "pager",
    ),
)


def _update(
    db: Connection, edited: list[ArticleChange], known: Mapping[str, Any], at: datetime
) -> None:
    rows = []
    for change in edited:
        row = known[change.key]
        columns = _columns(change, first_seen_at=row.first_seen_at, at=at)
        del columns["story"]  # decided once, or by hand since the source was read
        rows.append({"of": row.number, "revision": row.revision + 1, **columns})
    _EDIT.run(db, rows)


def _renew_bands(db: Connection, edited: list[ArticleChange], known: Mapping[str, Any]) -> None:
    some = {}
    for change in edited:
        row = known[change.key]
        some[row.number] = (change.content.published_at or row.first_seen_at, change.bands)
    take_bands(db, some)
    put_bands(db, some)


def _columns(change: ArticleChange, *, first_seen_at: datetime, at: datetime) -> dict[str, Any]:
    content = change.content
    published = content.published_at or first_seen_at
    return {
        "story": change.story,
        "story_hash": change.story_hash,
        "text_hash": change.text_hash,
        "seen_hash": change.seen_hash,
        "fingerprint": change.fingerprint,
        "url": content.url,
        "canonical_url": content.canonical_url,
        "language": content.language,
        "published_at": published,
        "updated_at": content.updated_at or published,
        "changed_at": at,
        "pager": content.pager,
    }


_SEEN = Write(_SET.values(seen_hash=bindparam("to")))
_PAGER = Write(_SET.values(pager=bindparam("to")))
_GONE = Write(_SET.values(gone_at=bindparam("to")))


def _note_seen(db: Connection, known: Mapping[str, Any], seen: Mapping[str, str]) -> None:
    other = {
        known[key].number: to
        for key, to in seen.items()
        if key in known and known[key].seen_hash != to
    }
    _set_each(db, _SEEN, other)


def _pagers(same: Iterable[ArticleChange]) -> dict[str, Any]:
    return {change.key: change.content.pager for change in same if change.content.pager}


def _note_pagers(db: Connection, known: Mapping[str, Any], pagers: Mapping[str, Any]) -> None:
    moved = {
        known[key].number: pager
        for key, pager in pagers.items()
        if key in known and known[key].pager != pager
    }
    _set_each(db, _PAGER, moved)


def _note_gone(
    db: Connection, known: Mapping[str, Any], outcome: Outcome, here: set[str]
) -> tuple[list[int], list[int]]:
    """Numbers of articles that came back, and of those that their source deleted (C26)."""
    gone = {key for key in outcome.gone if key in known and known[key].gone_at is None}
    back = {key for key in here if key in known and known[key].gone_at is not None}
    went = [known[key].number for key in sorted(gone - here)]
    came = [known[key].number for key in sorted(back)]
    _set_each(db, _GONE, {**dict.fromkeys(went, outcome.at), **dict.fromkeys(came)})
    return came, went


def _set_each(db: Connection, write: Write, values: Mapping[int, Any]) -> None:
    write.run(db, [{"of": number, "to": to} for number, to in values.items()])


def _fresh(
    outcome: Outcome,
    new: Iterable[ArticleChange],
    edited: Iterable[ArticleChange],
    known: Mapping[str, Any],
    numbers: Mapping[str, int],
) -> dict[int, Article]:
    """The articles that got a revision, as they stand now, by number."""
    made = {numbers[change.key]: _article(outcome, change, numbers[change.key]) for change in new}
    for change in edited:
        row = known[change.key]
        made[row.number] = replace(
            _article(outcome, change, row.number),
            entry_id=row.entry_id,
            story=row.story,
            revision=row.revision + 1,
            first_seen_at=row.first_seen_at,
        )
    return made


def _article(outcome: Outcome, change: ArticleChange, number: int) -> Article:
    return Article(
        number=number,
        id=change.id,
        entry_id=change.entry_id,
        source_id=outcome.source.id,
        key=change.key,
        story=change.story,
        revision=1,
        first_seen_at=outcome.at,
        changed_at=outcome.at,
        content=change.content,
        seen_hash=change.seen_hash,
        fingerprint=change.fingerprint,
    )


def _insert_revisions(
    db: Connection,
    fresh: Iterable[Article],
    changes: Mapping[str, ArticleChange],
    at: datetime,
) -> None:
    rows = []
    for article in fresh:
        text = pack(without_pager(article.content))
        rows.append(
            {
                "article": article.number,
                "no": article.revision,
                "at": at,
                "fingerprint": article.fingerprint,
                "content": text,
                "sha256": digest(text),
                "notes": changes[article.key].notes,
            }
        )
    _REVISIONS.run(db, rows)


_REVISIONS = Write(
    insert(revisions), ("article", "no", "at", "fingerprint", "content", "sha256", "notes")
)


def without_pager(content: Content) -> Content:
    """What a revision keeps: a pager moves without the article changing."""
    return content if content.pager is None else replace(content, pager=None)


def _touched(
    db: Connection,
    fresh: dict[int, Article],
    changes: Mapping[str, ArticleChange],
    others: list[int],
    at: datetime,
) -> _Touched:
    decided = {number: changes[article.key] for number, article in fresh.items()}
    published = {number: article.published_at for number, article in fresh.items()}
    left = refile(db, decided, published, now=at) if decided else set()
    left |= themes_of(db, others)
    return _Touched(
        numbers=[*fresh, *(n for n in others if n not in fresh)], fresh=fresh, left=left
    )


def _log(db: Connection, part: Part, touched: _Touched, outcome: Outcome) -> None:
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
