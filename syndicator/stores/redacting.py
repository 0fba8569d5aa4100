"""What is taken back for good: texts go, who and when and why stays."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, text, update

from syndicator.model import Content, EntryView, Outcome, Pager, Reason
from syndicator.stores.bands import take_bands
from syndicator.stores.base import Part
from syndicator.stores.codec import digest, pack, value_of
from syndicator.stores.late import barred_by, hash_of
from syndicator.stores.pictures import purge_pictures
from syndicator.stores.schema import (
    articles,
    held_back,
    memberships,
    payloads,
    redactions,
    revisions,
)

_SHORTEST_SIGN = 8  # characters; less stands in too much else


@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction:
    """An article whose text has left the store and has still to leave the archive.

    Args:
        entries: numbers of what rows of logs showed of it.
        addresses: where it was read.
        signs: by these it is known in what else was captured of its source.
        lost: captures that are to go, noted before they do: number, SHA-256, file.
        pictures: where its pictures were read.
        media: SHA-256 of their copies.
        neighbours: articles, by number, whose pager led to it.
    """

    number: int
    article: int
    source: int
    entries: Sequence[int]
    addresses: Sequence[str]
    signs: Sequence[str]
    lost: Sequence[tuple[int, str, str]] = ()
    pictures: Sequence[str] = ()
    media: Sequence[str] = ()
    neighbours: Sequence[int] = ()


def without_redacted(db: Connection, outcome: Outcome) -> Outcome:
    """The outcome, its pagers naming no article that was taken back for good."""
    said = {change.key: change.content.pager for change in outcome.changes}
    pagers = {key: pager for key, pager in {**said, **outcome.pagers}.items() if pager}
    if not pagers or db.scalar(_ANY) is None:
        return outcome
    barred = {
        key: _leading_nowhere(pager)
        for key, pager in pagers.items()
        if pager.next_url and barred_by(db, pager.next_url) is not None
    }
    if not barred:
        return outcome
    changes = tuple(
        replace(each, content=replace(each.content, pager=barred[each.key]))
        if each.key in barred and each.content.pager
        else each
        for each in outcome.changes
    )
    pagers = {key: barred.get(key, pager) for key, pager in outcome.pagers.items()}
    return replace(outcome, changes=changes, pagers=pagers)


class Redacting(Part):
    """The end of `article withdraw --redact` that is the store's."""

    def redact(self, number: int, *, now: datetime) -> int:
        """Blank whatever a withdrawn article and the copies of its story say; how many there are.

        Their numbers, ids, entry ids, keys, dates and hashes stay: tombstones name them, and no
        poll is to bring them back. Nothing of it can be undone.
        """
        with self.database.write() as db:
            db.execute(text("PRAGMA secure_delete=ON"))
            story = select(articles.c.story).where(articles.c.number == number).scalar_subquery()
            query = select(articles).where(articles.c.story == story)
            rows = db.execute(query.where(articles.c.redacted_at.is_(None))).mappings().all()
            reason = db.scalar(_REASON, {"number": number}) or ""
            for row in rows:
                _note(db, row, reason, now)
                _blank(db, row, now)
        return len(rows)

    def redactions_to_do(self) -> Sequence[Redaction]:
        """Those that the archive has still to follow."""
        query = select(redactions, articles.c.id, articles.c.source).join(
            articles, articles.c.number == redactions.c.article
        )
        with self.database.read() as db:
            rows = db.execute(query.where(redactions.c.done_at.is_(None))).mappings().all()
            return [
                Redaction(
                    number=row["number"],
                    article=row["article"],
                    source=row["source"],
                    entries=_entries(db, row["id"]),
                    **json.loads(row["todo"]),
                )
                for row in rows
            ]

    def scrub(self) -> None:
        """Leave on the disk only what rows say now; takes as much room again while it runs."""
        self.database.vacuum()

    def losing(self, number: int, lost: Sequence[tuple[int, str, str]]) -> None:
        """Note which captures are to go: once they are gone from here nobody could tell."""
        this = redactions.c.number == number
        with self.database.write() as db:
            todo = json.loads(db.scalar(select(redactions.c.todo).where(this)) or "{}")
            said = pack({**todo, "lost": list(lost)})
            db.execute(update(redactions).where(this), {"todo": said})

    def redacted(
        self, number: int, *, objects: Sequence[str], captures: Sequence[str], now: datetime
    ) -> None:
        """The archive has followed; what it lost, by SHA-256, stays on record."""
        done = {
            "objects": tuple(objects),
            "captures": tuple(captures),
            "done_at": now,
            "todo": "",
        }
        with self.database.write() as db:
            db.execute(text("PRAGMA secure_delete=ON"))
            db.execute(update(redactions).where(redactions.c.number == number), done)

    def is_redacted(self, url: str) -> bool:
        """Whether an article was taken back for good that was read there."""
        with self.database.read() as db:
            return barred_by(db, url) is not None


_REASON = text(
    "SELECT reason FROM withdrawals w JOIN articles a ON a.number = w.article"
    " WHERE a.story = (SELECT story FROM articles WHERE number = :number)"
    " AND undone_at IS NULL ORDER BY w.number DESC"
)
_ANY = select(redactions.c.number).limit(1)
_BODY = update(payloads).where(payloads.c.number == bindparam("of"))


def _note(db: Connection, row: Any, reason: str, now: datetime) -> None:
    """What is to be done, noted before what it is known by goes."""
    said = [
        value_of(Content, body)
        for body in db.scalars(
            select(revisions.c.content).where(revisions.c.article == row["number"])
        )
    ]
    found = {row["url"], row["canonical_url"]}
    found |= {url for one in said for url in (one.url, one.canonical_url)}
    addresses = sorted(found - {""})
    pictures, media = purge_pictures(db, row["number"])
    neighbours = _pass_over(db, row, addresses)
    signs = sorted({s for s in (row["key"], *addresses) if len(s) >= _SHORTEST_SIGN})
    db.execute(
        insert(redactions),
        {
            "article": row["number"],
            "at": now,
            "reason": reason,
            "addresses": tuple(hash_of(url) for url in addresses),
            "todo": pack(
                {
                    "addresses": addresses,
                    "signs": signs,
                    "pictures": pictures,
                    "media": media,
                    "neighbours": neighbours,
                }
            ),
            "objects": (),
            "captures": (),
        },
    )


def _pass_over(db: Connection, row: Any, addresses: Sequence[str]) -> list[int]:
    """Let the pagers of other articles of its source name it no more; the numbers of these."""
    leading = func.json_extract(articles.c.pager, "$.next_url").in_(addresses)
    query = select(articles.c.number, articles.c.pager).where(
        articles.c.source == row["source"], articles.c.pager.is_not(None), leading
    )
    found = {number: pager for number, pager in db.execute(query) if number != row["number"]}
    for number, pager in found.items():
        this = update(articles).where(articles.c.number == number)
        db.execute(this, {"pager": _leading_nowhere(pager)})
    return sorted(found)


def _leading_nowhere(pager: Pager) -> Pager:
    return replace(pager, next_url="", next_title="")


def _blank(db: Connection, row: Any, now: datetime) -> None:
    mine = articles.c.number == row["number"]
    gone = {"url": "", "canonical_url": "", "pager": None, "redacted_at": now, "seen_hash": ""}
    db.execute(update(articles).where(mine), gone)
    nothing = pack(Content(url="", title=""))
    said = {"content": nothing, "sha256": digest(nothing), "notes": ()}
    db.execute(update(revisions).where(revisions.c.article == row["number"]), said)
    take_bands(db, [row["number"]])
    db.execute(delete(held_back).where(held_back.c.article == row["number"]))
    for theme, reason in db.execute(
        select(memberships.c.theme, memberships.c.reason).where(
            memberships.c.article == row["number"]
        )
    ).all():
        kept = Reason(how=reason.how, rule_version=reason.rule_version)
        this = (memberships.c.theme == theme) & (memberships.c.article == row["number"])
        db.execute(update(memberships).where(this), {"reason": kept})
    for number in _entries(db, row["id"]):
        shown = EntryView(
            id=row["entry_id"],
            article_id=row["id"],
            title="",
            url="",
            authors=(),
            rights=str(number),
        )
        body = pack(shown)
        db.execute(_BODY, {"of": number, "body": body, "sha256": digest(body)})


def _entries(db: Connection, article_id: str) -> list[int]:
    this = func.json_extract(payloads.c.body, "$.article_id") == article_id
    return list(db.scalars(select(payloads.c.number).where(this).order_by(payloads.c.number)))
