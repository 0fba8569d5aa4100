"""Pictures of articles that were kept before pictures were: which of them are still to be had.

Saving notes the pictures of what is new. When another setting comes to hold (`capture_images`), all
that is kept is looked through once, each source by itself, newest articles first; a few pictures of
a source are noted, and the next when these have been asked for. So what is new never waits for long
behind the past, and the past of a source that may not be asked waits with it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, exists, insert, literal, select, update

from syndicator.model import Content, Pictured
from syndicator.stores.articles import NEWEST, beyond
from syndicator.stores.base import Part
from syndicator.stores.codec import value_of
from syndicator.stores.columns import Instant
from syndicator.stores.pictures import want_pictures
from syndicator.stores.readable import readable
from syndicator.stores.records import put_fact
from syndicator.stores.schema import (
    articles,
    facts,
    past_pictures,
    revisions,
    sources,
    wanted_pictures,
)

_MOST = 20  # pictures of a source that wait at a time, or those of one article
_AT_ONCE = 100  # articles looked through in one transaction
_HOLDS = "pictures kept"  # fact: the setting that held last


class PastPictures(Part):
    """What becomes of the past when pictures are to be kept, or others."""

    def follow_pictured(self) -> None:
        """Bring what is to be had in line with `pictured`, where another setting held before.

        What waits is forgotten, and what is kept is to be looked through anew. Copies stay, and
        what was given up stays so.
        """
        held = select(facts.c.value).where(facts.c.name == _HOLDS)
        with self.database.read() as db:
            if (db.scalar(held) or Pictured.NONE) == self.pictured:
                return
        with self.database.write() as db:
            put_fact(db, _HOLDS, self.pictured.value)
            db.execute(_FORGET)
            db.execute(delete(past_pictures))
            if self.pictured is not Pictured.NONE:
                db.execute(_BEGIN, {"which": self.pictured.value})

    def pictures_past(
        self, *, now: datetime, only: Collection[str] | None = None, limit: int | None = None
    ) -> Sequence[str]:
        """See ports.Pictures."""
        query = _OPEN if only is None else _OPEN.where(sources.c.id.in_(only))
        with self.database.read() as db:
            asked = {"now": now, "which": self.pictured.value}
            return db.scalars(query.limit(limit), asked).all()

    def want_past(self, source_id: str, *, now: datetime) -> bool:
        """Note the pictures of the next older articles of a source, until a few wait.

        Returns: False when none was found yet and there are more articles.
        """
        with self.database.write() as db:
            asked = {"id": source_id, "which": self.pictured.value}
            row = db.execute(_ONE, asked).mappings().first()
            if row is None:
                return True
            source = row["source"]
            after = (row["last_at"], row["last_id"]) if row["last_at"] else None
            found = db.execute(beyond(_NEXT, after), {"of": source}).all()
            noted = 0
            for each in found:
                said = {each.number: value_of(Content, each.content)}
                noted += want_pictures(db, source, said, self.pictured, now)
                if noted >= _MOST:
                    break
            if noted < _MOST and len(found) < _AT_ONCE:
                db.execute(_OVER, {"of": source})
                return True
            db.execute(_DONE, {"of": source, "at": each.published_at, "last": each.id})
            return noted > 0


# Those that somebody is about to ask for are seen to by him.
_FORGET = delete(wanted_pictures).where(
    wanted_pictures.c.claimed_by == "", wanted_pictures.c.next_try_at.is_not(None)
)
_BEGIN = insert(past_pictures).from_select(
    ["source", "which"],
    select(sources.c.number, bindparam("which", type_=past_pictures.c.which.type)).where(
        exists(select(literal(1)).where(articles.c.source == sources.c.number))
    ),
)
_UNTRIED = exists(
    select(literal(1)).where(
        wanted_pictures.c.source == past_pictures.c.source,
        wanted_pictures.c.next_try_at.is_not(None),
        wanted_pictures.c.tries == 0,
    )
)
_MINE = past_pictures.c.which == bindparam("which")  # another process may go by another setting
_OPEN = (
    select(sources.c.id)
    .join(past_pictures, past_pictures.c.source == sources.c.number)
    .where(_MINE, readable(bindparam("now", type_=Instant())), ~_UNTRIED)
    .order_by(sources.c.number)
)
_ONE = (
    select(past_pictures)
    .join(sources, past_pictures.c.source == sources.c.number)
    .where(sources.c.id == bindparam("id"), _MINE)
)
_NEXT = (
    select(articles.c.number, articles.c.id, articles.c.published_at, revisions.c.content)
    .join(revisions, NEWEST)
    .where(articles.c.source == bindparam("of"), articles.c.redacted_at.is_(None))
    .order_by(articles.c.published_at.desc(), articles.c.id)
    .limit(_AT_ONCE)
)
_THIS = past_pictures.c.source == bindparam("of")
_OVER = delete(past_pictures).where(_THIS)
_DONE = (
    update(past_pictures).where(_THIS).values(last_at=bindparam("at"), last_id=bindparam("last"))
)
