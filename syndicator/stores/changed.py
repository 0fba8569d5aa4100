"""The articles of an outcome: new ones, edits, what was only seen again, and what is gone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, text, update

from syndicator.model import Article, ArticleChange, Content, Outcome
from syndicator.stores.bands import put_bands, take_bands
from syndicator.stores.base import chunks
from syndicator.stores.codec import digest, pack
from syndicator.stores.columns import Listed, among
from syndicator.stores.filing import refile, themes_of
from syndicator.stores.prepared import Query, Write
from syndicator.stores.schema import articles, revisions


@dataclass(slots=True, kw_only=True)
class Touched:
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


def keep_articles(db: Connection, source: int, outcome: Outcome) -> Touched:
    """Write what an outcome says of the articles of a source, memberships included."""
    changes = {change.key: change for change in outcome.changes}
    known = _known(db, source, {*changes, *outcome.pagers, *outcome.gone})
    known |= _seen_otherwise(db, source, outcome.seen)
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


def _seen_otherwise(db: Connection, source: int, seen: Mapping[str, str]) -> dict[str, Any]:
    """Of the articles that were seen again those that stand otherwise: gone, or under another
    hash. Of a document hardly any are."""
    values = {"of": source, "seen": seen.items()}
    return {row.key: row for row in _SEEN_OTHERWISE.rows(db, values)} if seen else {}


# CROSS JOIN, or SQLite would walk all articles of the source.
_SEEN_OTHERWISE = Query(
    text(f"""
    SELECT {", ".join(f"a.{column.name}" for column in _KNOWN)} FROM json_each(:seen) said
    CROSS JOIN articles a ON a.source = :of AND a.key = said.value ->> 0
    WHERE a.gone_at IS NOT NULL OR a.seen_hash != said.value ->> 1""")  # noqa: S608 - our columns
    .bindparams(bindparam("seen", type_=Listed()))
    .columns(*_KNOWN)
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
    _set_each(db, _SEEN, _others(known, "seen_hash", seen))


def _pagers(same: Iterable[ArticleChange]) -> dict[str, Any]:
    return {change.key: change.content.pager for change in same if change.content.pager}


def _note_pagers(db: Connection, known: Mapping[str, Any], pagers: Mapping[str, Any]) -> None:
    _set_each(db, _PAGER, _others(known, "pager", pagers))


def _others(known: Mapping[str, Any], column: str, said: Mapping[str, Any]) -> dict[int, Any]:
    """Number -> what is said of a known article now, where that is another than what stands."""
    return {
        known[key].number: to
        for key, to in said.items()
        if key in known and getattr(known[key], column) != to
    }


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
        content = pack(without_pager(article.content))
        rows.append(
            {
                "article": article.number,
                "no": article.revision,
                "at": at,
                "fingerprint": article.fingerprint,
                "content": content,
                "sha256": digest(content),
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
) -> Touched:
    decided = {number: changes[article.key] for number, article in fresh.items()}
    published = {number: article.published_at for number, article in fresh.items()}
    left = refile(db, decided, published, now=at) if decided else set()
    left |= themes_of(db, others)
    return Touched(numbers=[*fresh, *(n for n in others if n not in fresh)], fresh=fresh, left=left)
