"""Edits held back: an article that changes all day long keeps ten revisions of it and the last one.

Some pages change at each look, by an error or by intent. Past the tenth revision of a day what such
an article says is only noted, each time in place of the last; when the day is over the note becomes
a revision. So nobody can fill the store by flipping a word, and no last word is lost (R24).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select

from syndicator.model import ArticleChange, Outcome
from syndicator.stores.base import chunks
from syndicator.stores.columns import among
from syndicator.stores.prepared import Query
from syndicator.stores.schema import articles, held_back, revisions
from syndicator.stores.sqlite import upsert

MOST_A_DAY = 10  # revisions of one article
COUNTED = "edits held back"  # under this name, on the source (R13)


def hold_back(db: Connection, source: int, outcome: Outcome) -> Outcome:
    """The outcome without the edits that are held back, which are noted; what is kept of an
    article, or what it says again, takes the place of an earlier note."""
    noted = _NOTED.pairs(db, {"of": source}) if _any(db) else {}
    edits = {change.key: change for change in outcome.changes if not change.is_new}
    if not edits and not noted:
        return outcome
    known = _known(db, source, [*edits, *(noted.keys() & outcome.seen.keys())])
    full = _full(db, [row.number for row in known.values()], outcome.at)
    held = [
        change
        for key, change in edits.items()
        if key in known
        and known[key].number in full
        and known[key].fingerprint != change.fingerprint
    ]
    if held:
        rows = [{"article": known[c.key].number, "at": outcome.at, "change": c} for c in held]
        db.execute(_HOLD, rows)
    keys = {change.key for change in held}
    reverted = {key for key in noted.keys() & outcome.seen.keys() if _is_news(outcome, known, key)}
    _drop(db, (noted[key] for key in noted.keys() & ((edits.keys() - keys) | reverted)))
    if not held:
        return outcome
    return replace(
        outcome,
        changes=tuple(change for change in outcome.changes if change.key not in keys),
        seen={**outcome.seen, **{change.key: change.seen_hash for change in held}},
        counts={**outcome.counts, COUNTED: outcome.counts.get(COUNTED, 0) + len(held)},
    )


def due(db: Connection, source: int | None, now: datetime) -> Mapping[int, Sequence[ArticleChange]]:
    """Source -> the edits that were held back before today; they are taken off the notes."""
    if not _any(db):
        return {}
    query = _DUE if source is None else _DUE.where(articles.c.source == source)
    found: dict[int, list[ArticleChange]] = {}
    rows = db.execute(query, {"today": _midnight(now)}).all()
    for of, _, change in rows:
        found.setdefault(of, []).append(change)
    _drop(db, (article for _, article, _ in rows))
    return found


def _any(db: Connection) -> bool:
    """Most often there is no note at all, and no need to look for a source's."""
    return bool(_FIRST.rows(db))


def _is_news(outcome: Outcome, known: Mapping[str, Any], key: str) -> bool:
    """Whether the raw item is another than when it was noted: then it says what is kept again."""
    return key in known and outcome.seen[key] != known[key].seen_hash


def _midnight(at: datetime) -> datetime:
    return datetime.combine(at.date(), time(), tzinfo=at.tzinfo)


def _known(db: Connection, source: int, keys: Iterable[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for some in chunks(keys):
        found |= {row.key: row for row in _KNOWN.rows(db, {"of": source, "keys": some})}
    return found


def _full(db: Connection, numbers: Iterable[int], at: datetime) -> set[int]:
    """Those that have as many revisions of this day as may be."""
    found: set[int] = set()
    for some in chunks(numbers):
        rows = _FULL.rows(db, {"numbers": some, "today": _midnight(at)})
        found |= {row.article for row in rows}
    return found


def _drop(db: Connection, numbers: Iterable[int]) -> None:
    rows = [{"of": number} for number in numbers]
    if rows:
        db.execute(_DROP, rows)


_OF = articles.c.source == bindparam("of")
_TODAY = bindparam("today", type_=revisions.c.at.type)
_FIRST = Query(select(held_back.c.article).limit(1))
_NOTED = Query(
    select(articles.c.key, held_back.c.article)
    .join(articles, articles.c.number == held_back.c.article)
    .where(_OF)
)
_KNOWN = Query(
    select(articles.c.key, articles.c.number, articles.c.fingerprint, articles.c.seen_hash).where(
        _OF, articles.c.key.in_(among("keys"))
    )
)
_FULL = Query(
    select(revisions.c.article)
    .where(revisions.c.article.in_(among("numbers")), revisions.c.at >= _TODAY)
    .group_by(revisions.c.article)
    .having(func.count() >= MOST_A_DAY)
)
_DUE = (
    select(articles.c.source, held_back.c.article, held_back.c.change)
    .join(articles, articles.c.number == held_back.c.article)
    .where(held_back.c.at < _TODAY)
    .order_by(held_back.c.article)
)
_HOLD = upsert(held_back, "article", "at", "change")
_DROP = delete(held_back).where(held_back.c.article == bindparam("of"))
