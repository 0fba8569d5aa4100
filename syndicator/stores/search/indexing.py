"""What is new or has changed, taken into the search index in batches."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, column, delete, func, select, table, text

from syndicator.errors import StoreError
from syndicator.model import Article
from syndicator.stores.articles import articles_numbered, is_withdrawn
from syndicator.stores.base import Part, chunks
from syndicator.stores.columns import among
from syndicator.stores.schema import articles, unindexed
from syndicator.stores.search.expression import BETWEEN, COLUMNS
from syndicator.stores.search.shape import IndexFile, next_place, place_of
from syndicator.stores.sqlite import insert_missing
from syndicator.stores.upgrade import alone
from syndicator.text.rules.article import document
from syndicator.text.rules.tree import WORD_FIELDS

_AT_ONCE = 200  # articles, held in memory as words


class Indexing(Part):
    """Keeping the index up; whoever does, does it alone."""

    @cached_property
    def index_file(self) -> IndexFile:
        path = self.database.engine.url.database
        assert path is not None
        return IndexFile(Path(path))

    def unindexed(self) -> int:
        """How many articles the index has yet to take up."""
        with self.database.read() as db:
            return db.scalar(select(func.count()).select_from(unindexed)) or 0

    def index_some(self) -> int:
        """Take up a few, the latest first; how many. 0: the index has all there is.

        Words are counted while no lock is held, and the store's is held to strike out notes alone.

        Raises:
            StoreError: the index is damaged; `index_anew` mends it.
        """
        with self.database.read() as db:
            waiting = db.execute(_WAITING).all()
        if not waiting and self.index_file.is_there:
            return 0
        with alone(self.index_file.path):
            return self._take_up()

    def index_anew(self) -> int:
        """Throw the index away and note every article to be taken up again; how many there are."""
        with alone(self.index_file.path):
            return self._begin()

    def _begin(self) -> int:
        """The notes first: an index that is there is one whose articles are taken up or noted."""
        self.index_file.remove()
        with self.database.write() as db:
            db.execute(_NOTE_ALL)
        self.index_file.make()
        return self.unindexed()

    def _take_up(self) -> int:
        if not self.index_file.is_there:
            self._begin()
        with self.database.read() as db:
            waiting = db.execute(_WAITING).all()
            shown = _shown(db, [article for _, article in waiting])
        entries = [_entry(article) for article in shown]
        with self.index_file.write() as db:
            _take_out(db, [article for _, article in waiting], entries)
            _put_in(db, entries)
        with self.database.write() as db:
            db.execute(_STRIKE_OUT, {"numbers": [n for n, _ in waiting]})
        return len(waiting)

    def purge_index(self) -> None:
        """Leave nothing in the file of what was taken out of the index; takes a while.

        FTS5 only notes that a row is gone, and drops its words when lists are merged.
        """
        with alone(self.index_file.path):
            if self.index_file.is_there:
                self.index_file.purge()

    def index_faults(self, *, deep: bool = True) -> Sequence[str]:
        """What is wrong with the index, in words; nothing when it is sound, or still to be made.

        Args:
            deep: have FTS5 look through all of it as well.
        """
        try:
            if not self.index_file.is_there:
                return []
            if deep:
                with self.index_file.write() as db:
                    db.execute(text("INSERT INTO found (found) VALUES ('integrity-check')"))
            with self.index_file.read() as db:
                counts = {name: db.scalar(text(query)) for name, query in _COUNTS.items()}
        except StoreError as error:
            return [str(error)]
        return [words.format(counts[name]) for name, words in _FAULTS.items() if counts[name]]


_WAITING = select(unindexed.c.n, unindexed.c.article).order_by(unindexed.c.n.desc()).limit(_AT_ONCE)
_STRIKE_OUT = delete(unindexed).where(unindexed.c.n.in_(among("numbers")))
_NOTE_ALL = insert_missing(unindexed).from_select(
    ["article"], select(articles.c.number).order_by(articles.c.published_at)
)
_COUNTS = {
    "missing": """
        SELECT count(*) FROM articles WHERE number NOT IN (SELECT article FROM placed)
        AND number NOT IN (SELECT article FROM unindexed)
        AND story NOT IN (SELECT story FROM articles WHERE withdrawn_at IS NOT NULL)""",
    "left": "SELECT count(*) FROM placed WHERE article NOT IN (SELECT number FROM articles)",
    "alone": "SELECT count(*) FROM placed WHERE place NOT IN (SELECT id FROM found_docsize)",
    "nowhere": "SELECT count(*) FROM found_docsize WHERE id NOT IN (SELECT place FROM placed)",
}
_FAULTS = {
    "missing": "{} articles are not in it",
    "left": "{} articles in it are not kept",
    "alone": "{} articles in it have no words",
    "nowhere": "{} entries belong to no article",
}


# ------------------------------------------------------------------ entries


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """An article as the index takes it up."""

    article: int
    place: int  # the first it may take
    urls: str
    words: Mapping[str, str]  # column -> words, parted by blanks


def _shown(db: Connection, numbers: Sequence[int]) -> Sequence[Article]:
    """Those of the articles that may be found."""
    hidden = select(articles.c.number).where(articles.c.number.in_(numbers), is_withdrawn())
    left_out = set(db.scalars(hidden))
    return articles_numbered(db, [number for number in numbers if number not in left_out])


def _entry(article: Article) -> _Entry:
    cut = document(article.content, article.source_id)
    words = {
        name: f" {BETWEEN} ".join(" ".join(value.words) for value in cut.fields[name].values)
        for name in WORD_FIELDS
    }
    exact = {"source": cut.source.lower(), "lang": " ".join(sorted(cut.tags))}
    return _Entry(
        article=article.number,
        place=place_of(article.published_at),
        urls="\n".join(cut.urls),
        words=words | exact,
    )


def _take_out(db: Connection, numbers: Iterable[int], entries: Iterable[_Entry]) -> None:
    """All words of these articles; the places too, unless they are taken again."""
    stays = {entry.article: entry.place for entry in entries}
    for some in chunks(numbers):
        rows = db.execute(_PLACES, {"articles": some}).all()
        if rows:
            db.execute(_FORGET, [{"place": row.place} for row in rows])
        moved = [{"place": p} for p, n in rows if next_place(p) != next_place(stays.get(n, -1))]
        if moved:
            db.execute(_LEAVE, moved)


def _put_in(db: Connection, entries: Iterable[_Entry]) -> None:
    """In the order of their places: FTS5 writes to disk whenever a number is not the next."""
    placed = [(_placed(db, entry), entry) for entry in entries]
    rows = [{"place": place, **entry.words} for place, entry in sorted(placed, key=_by_place)]
    if rows:
        db.execute(_WORDS, rows)
        fields = (entry.words[name] for _, entry in placed for name in WORD_FIELDS)
        terms = sorted({word for field in fields for word in field.split()} - {BETWEEN})
        db.execute(_NAME, {"words": json.dumps(terms)})


def _by_place(one: tuple[int, Any]) -> int:
    return one[0]


def _placed(db: Connection, entry: _Entry) -> int:
    """The place the article has, or the first free one from that of its date on."""
    known: int | None = db.scalar(_PLACE, {"article": entry.article})
    place = known if known is not None else _free(db, entry.place)
    db.execute(_TAKE, {"place": place, "article": entry.article, "urls": entry.urls})
    return place


def _free(db: Connection, place: int) -> int:
    while True:
        after = next_place(place)
        last = db.scalar(_TAKEN, {"place": place, "after": after})
        if last is None or last + 1 < after:
            return place if last is None else last + 1
        place = after


_PLACED = table("placed", column("place"), column("article"))
_PLACES = select(_PLACED).where(_PLACED.c.article.in_(among("articles")))
_PLACE = text("SELECT place FROM placed WHERE article = :article")
_TAKEN = text("SELECT max(place) FROM placed WHERE place >= :place AND place < :after")
_TAKE = text("INSERT OR REPLACE INTO placed VALUES (:place, :article, :urls)")
_NAME = text("INSERT OR IGNORE INTO terms SELECT value FROM json_each(:words)")
_LEAVE = text("DELETE FROM placed WHERE place = :place")
_FORGET = text("DELETE FROM found WHERE rowid = :place")
_NAMES, _VALUES = ", ".join(COLUMNS), ", ".join(f":{column}" for column in COLUMNS)
_WORDS = text(f"INSERT INTO found (rowid, {_NAMES}) VALUES (:place, {_VALUES})")  # noqa: S608
