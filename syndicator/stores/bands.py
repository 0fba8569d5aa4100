"""By what texts are found again that are nearly the same: kept up, asked, made up for.

An article's bands are those of its newest revision, and follow from it: the ledger does not tell
them. A store without them, of an earlier version or made anew, is made up for in the background.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, column, delete, insert, select, text

from syndicator.model import Content, Likely, Telling
from syndicator.stores.articles import NEWEST, base_language, said
from syndicator.stores.base import Part, chunks
from syndicator.stores.codec import value_of
from syndicator.stores.prepared import Query, Write
from syndicator.stores.records import put_fact
from syndicator.stores.schema import articles, bands, facts, revisions
from syndicator.text import bands as made
from syndicator.text.plain import plain_words

WINDOW_DAYS = 14  # copies of a text are published within these
_MOST = 5  # articles that are compared with one
_MOST_READ = 100  # rows an article, so that what very many have in common costs no more
_AT_ONCE = 100  # articles made up for in one transaction
_MADE = "bands"  # fact: of which scheme, and up to which article
_ALL = "all"

# Most new articles share none with any other, which is found out first and at little cost.
_MET = Query(
    text("""
    SELECT asked.value AS band FROM json_each(:bands) asked
    WHERE EXISTS (SELECT 1 FROM bands b WHERE b.band = asked.value
      AND b.day BETWEEN :first AND :last AND b.article > :since)""").columns(column("band"))
)
# A row, whatever its language: the bands of two languages differ.
_SHARING = Query(
    text("""
    SELECT a.number, a.story, count(*) AS shared
    FROM (SELECT b.article FROM json_each(:bands) asked
          CROSS JOIN bands b ON b.band = asked.value AND b.day BETWEEN :first AND :last
          LIMIT :most) sharing
    JOIN articles a ON a.number = sharing.article
    WHERE a.source IS NOT (SELECT number FROM sources WHERE id = :not_source)
    AND NOT EXISTS (SELECT 1 FROM articles mine WHERE mine.story = a.story
      AND mine.source = (SELECT number FROM sources WHERE id = :not_source))
    GROUP BY 1 ORDER BY shared DESC, a.number LIMIT :nearest""").columns(
        column("number"), column("story"), column("shared")
    )
)
_TEXTS = Query(said("text"))
_NEXT = (
    select(articles.c.number, articles.c.published_at, revisions.c.content)
    .join(revisions, NEWEST)
    .where(articles.c.number > bindparam("after"), articles.c.redacted_at.is_(None))
    .order_by(articles.c.number)
    .limit(_AT_ONCE)
)
_PUT = Write(insert(bands), ("band", "day", "article"))
_TAKE = Write(delete(bands).where(bands.c.article == bindparam("of")))


class Banding(Part):
    """What a refresh asks about nearly the same texts, and the making up for what is older."""

    def stories_likely(
        self, tellings: Iterable[Telling], *, not_source: str
    ) -> Mapping[Telling, Sequence[Likely]]:
        """Articles of other sources that may tell nearly the same, the likeliest first."""
        found: dict[Telling, Sequence[Likely]] = {}
        for some in chunks(each for each in tellings if each.bands and each.published_at):
            with self.database.read() as db:
                found |= stories_likely(db, some, not_source)
        return found

    def band_some(self) -> int:
        """Make up for the next few articles; how many."""
        with self.database.read() as db:
            done = _made_up_to(db) == _ALL
        if done:
            return 0
        with self.database.write() as db:
            after = _made_up_to(db)
            if after == _ALL:
                return 0
            rows = db.execute(_NEXT, {"after": int(after)}).all()
            take_bands(db, [row.number for row in rows])
            put_bands(db, {number: _bands(at, content) for number, at, content in rows})
            upto = str(rows[-1].number) if rows else _ALL
            put_fact(db, _MADE, f"{made.scheme()} {upto}")
        return len(rows)


def put_bands(db: Connection, some: Mapping[int, tuple[datetime, Sequence[int]]]) -> None:
    """Note the bands of articles that have none.

    Args:
        some: article number -> date of publication, bands.
    """
    rows = [
        {"band": band, "day": day, "article": number}
        for number, (at, own) in some.items()
        for day in [at.toordinal()]
        for band in own
    ]
    _PUT.run(db, rows)


def take_bands(db: Connection, numbers: Iterable[int]) -> None:
    """Forget the bands of articles."""
    _TAKE.run(db, [{"of": number} for number in numbers])


def _bands(at: datetime, content: str) -> tuple[datetime, Sequence[int]]:
    its = value_of(Content, content)
    return at, made.bands(plain_words(its.text), base_language(its.language))


def _made_up_to(db: Connection) -> str:
    """The last article that has been made up for, _ALL when none is left."""
    scheme, _, upto = (
        db.scalar(select(facts.c.value).where(facts.c.name == _MADE)) or ""
    ).partition(" ")
    return upto if upto and scheme == made.scheme() else "0"


def sharing_bands(
    db: Connection, tellings: Collection[Telling], *, since: int = 0
) -> list[Telling]:
    """Those that share a band with some article about as old, and so may be nearly the same.

    Args:
        since: number of the article after which those have to be kept.
    """
    days = [each.published_at.toordinal() for each in tellings if each.published_at]
    asked = [band for each in tellings for band in each.bands]
    if not days or not asked:
        return []
    window = {"first": min(days) - WINDOW_DAYS, "last": max(days) + WINDOW_DAYS}
    values = {"bands": orjson.dumps(asked).decode(), "since": since, **window}
    met = {row.band for row in _MET.rows(db, values)}
    return [each for each in tellings if not met.isdisjoint(each.bands)] if met else []


def stories_likely(
    db: Connection, tellings: Sequence[Telling], not_source: str
) -> dict[Telling, Sequence[Likely]]:
    """Articles of other sources that may tell nearly the same, the likeliest first."""
    nearest = {each: _nearest(db, each, not_source) for each in sharing_bands(db, tellings)}
    texts: dict[int, str] = {}
    for some in chunks({row.number for rows in nearest.values() for row in rows}):
        texts |= _TEXTS.pairs(db, {"numbers": some})
    return {
        telling: [Likely(story=row.story, text=texts.get(row.number) or "") for row in rows]
        for telling, rows in nearest.items()
        if rows
    }


def _nearest(db: Connection, telling: Telling, not_source: str) -> Sequence[Any]:
    """Asked for each by itself: what one has in common with very many must not keep another from
    being found."""
    if telling.published_at is None:
        return ()
    day = telling.published_at.toordinal()
    values = {
        "bands": orjson.dumps(telling.bands).decode(),
        "first": day - WINDOW_DAYS,
        "last": day + WINDOW_DAYS,
        "not_source": not_source,
        "most": _MOST_READ,
        "nearest": _MOST,
    }
    return _SHARING.rows(db, values)
