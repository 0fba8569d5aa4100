"""Stories corrected by hand: which articles tell the same, where the program decided wrongly.

An article's story is decided when it first comes, and never again: so what is decided here stays,
whatever later polls bring. The feeds follow in the same transaction: a story stands in each once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from syndicator.errors import UsageError
from syndicator.model import Article
from syndicator.stores.articles import articles_numbered, base_language
from syndicator.stores.base import Part
from syndicator.stores.entering import enter
from syndicator.stores.feeds import live_feeds
from syndicator.stores.filing import themes_of
from syndicator.stores.schema import articles, members, sources
from syndicator.text.ids import minted


@dataclass(frozen=True, slots=True, kw_only=True)
class _Copy:
    """An article as one of a story's copies."""

    number: int
    id: str
    entry_id: str
    key: str
    story: str
    language: str
    source: int
    source_id: str
    first_url: str
    withdrawn: bool
    gone_at: datetime | None


class Stories(Part):
    """The verbs `article split` and `article join`."""

    def copies(self, number: int) -> Sequence[Article]:
        """All articles that tell the story of this one, itself included, first seen first."""
        mine = select(articles.c.story).where(articles.c.number == number).scalar_subquery()
        query = select(articles.c.number).where(articles.c.story == mine)
        with self.database.read() as db:
            found = articles_numbered(db, db.scalars(query).all())
        return sorted(found, key=lambda one: one.number)

    def split(self, number: int, *, now: datetime) -> Sequence[str]:
        """Make an article a story of its own; ids of the copies it leaves.

        Raises:
            UsageError: it stands alone, or is withdrawn.
        """
        with self.database.write() as db:
            some = _copies(db, [number])
            (mine,) = (one for one in some if one.number == number)
            others = [one for one in some if one.number != number]
            if not others:
                raise UsageError(f"article {mine.id} is the only one that tells its story")
            _refuse_withdrawn(some)
            moving, story = ([mine], mine.id)
            if mine.story == mine.id:  # the others are a story without it
                moving, story = others, others[0].id
            _tell_apart(db, self, some, moving, now)
            _restory(db, moving, story)
            _follow(db, self, some, now)
        return [one.id for one in others]

    def join(self, number: int, to: int, *, now: datetime) -> str:
        """Make an article, and all that tell its story, copies of another's; the story's id.

        Raises:
            UsageError: they tell one story already; are of one source, or in different languages;
                or one is withdrawn.
        """
        with self.database.write() as db:
            some = _copies(db, [number, to])
            stories = {one.story for one in some}
            if len(stories) == 1:
                raise UsageError("they are one story already")
            _refuse_withdrawn(some)
            _refuse_unlike(some)
            story = some[0].story  # of the one that was seen first
            _restory(db, [one for one in some if one.story != story], story)
            _follow(db, self, some, now)
        return story


# ------------------------------------------------------------------ what may be


def _refuse_withdrawn(some: Iterable[_Copy]) -> None:
    for one in some:
        if one.withdrawn:
            raise UsageError(f"article {one.id} is withdrawn, and with it every copy of its story")


def _refuse_unlike(some: Sequence[_Copy]) -> None:
    languages = {base_language(one.language) for one in some}
    if len(languages) > 1:
        raise UsageError(
            "a story is told in one language: these are in " + " and ".join(sorted(languages))
        )
    of_source: dict[int, _Copy] = {}
    for one in some:
        other = of_source.setdefault(one.source, one)
        if other is not one:
            raise UsageError(
                f"articles {other.id} and {one.id} are both of {one.source_id}: "
                "what one source tells twice is two stories"
            )


# ------------------------------------------------------------------ how it is done


def _copies(db: Connection, numbers: Sequence[int]) -> list[_Copy]:
    """All copies of the stories that these articles tell, first seen first."""
    told = select(articles.c.story).where(articles.c.number.in_(numbers))
    query = (
        select(
            *(articles.c[name] for name in ("number", "id", "entry_id", "key", "story")),
            articles.c.language,
            articles.c.source,
            articles.c.gone_at,
            articles.c.withdrawn_at,
            sources.c.id.label("source_id"),
            sources.c.first_url,
        )
        .join(sources, sources.c.number == articles.c.source)
        .where(articles.c.story.in_(told))
        .order_by(articles.c.number)
    )
    rows = [dict(row) for row in db.execute(query).mappings()]
    return [_Copy(withdrawn=row.pop("withdrawn_at") is not None, **row) for row in rows]


def _tell_apart(
    db: Connection, part: Part, some: Sequence[_Copy], moving: Sequence[_Copy], now: datetime
) -> None:
    """Give those that go an entry id of their own where one that stays has the same (P5, R22): out
    of the feeds under the old one, and later in under the new."""
    gone = {one.number for one in moving}
    staying = {one.entry_id for one in some if one.number not in gone}
    alike = [one for one in moving if one.entry_id in staying]
    if not alike:
        return
    _set(db, _GONE, [{"of": one.number, "to": one.gone_at or now} for one in alike])
    _follow(db, part, alike, now)
    _set(db, _GONE, [{"of": one.number, "to": one.gone_at} for one in alike])
    ids = [{"of": one.number, "to": minted(one.first_url, one.key)} for one in alike]
    _set(db, _ENTRY_ID, ids)


def _restory(db: Connection, moving: Iterable[_Copy], story: str) -> None:
    rows = [{"of": one.number, "to": story} for one in moving]
    _set(db, _STORY, rows)
    _set(db, _MEMBERS_STORY, rows)


def _set(db: Connection, statement: Any, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        db.execute(statement, rows)


def _follow(db: Connection, part: Part, some: Sequence[_Copy], now: datetime) -> None:
    """Bring the feeds up to date about these articles."""
    numbers = [one.number for one in some]
    enter(db, part, numbers, live_feeds(db, themes_of(db, numbers), with_all=True), now=now)


_THIS = update(articles).where(articles.c.number == bindparam("of"))
_STORY = _THIS.values(story=bindparam("to"))
_ENTRY_ID = _THIS.values(entry_id=bindparam("to"))
_GONE = _THIS.values(gone_at=bindparam("to"))
_MEMBERS_STORY = (
    update(members).where(members.c.article == bindparam("of")).values(story=bindparam("to"))
)
