"""Questions to the search index: which articles, newest first."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from syndicator.errors import SlowQueryError, UsageError
from syndicator.stages.match import Rule, document
from syndicator.stores.articles import articles_numbered
from syndicator.stores.columns import micros
from syndicator.stores.search.expression import (
    expression,
    is_exact,
    is_tellable,
    narrowly,
    spelled_out,
)
from syndicator.stores.search.indexing import Indexing
from syndicator.stores.search.shape import RANK, places_of
from syndicator.text.rules import And, Node, Not, Or, Phrase, Same, parse_rule

MAX_QUERY = 500  # characters (R45)
MAX_PREFIXES = 8  # each makes FTS5 read the lists of all words that begin so
MOST_NAMED = 200  # words that begin alike; FTS5 reads the lists of more than that faster itself
RANKED = 10_000  # of so many, the newest, --rank finds the best
_LOOK_EVERY = 1000  # steps of SQLite's machine
_CHECKED = 100  # hits looked at in memory at a time


class Finding(Indexing):
    """Asking the index."""

    def find(
        self,
        query: str,
        *,
        theme: str | None = None,
        source: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        public: bool = False,
        rank: bool = False,
        limit: int,
        offset: int = 0,
        patience_s: float,
    ) -> Sequence[int]:
        """Numbers of the articles for which a query holds, newest first, or best first.

        Args:
            query: in the language of theme rules (design section 5).
            since: published then or later.
            until: published before.
            public: only what the feed of all shows, each story once.
            rank: the best of the newest 10,000, by the words' rarity and the fields they stand in.

        Raises:
            RuleError: the query cannot be taken; with the column.
            SlowQueryError: it took longer than `patience_s`.
        """
        wanted = _parsed(query)
        if not self.index_file.is_there:
            return []
        with self.index_file.read() as db, _boxed(db, patience_s) as box:
            if not rank:  # what a word is worth then hangs on its own rarity
                wanted = spelled_out(wanted, lambda begun: _words_that_begin(db, begun))
            question = _Question(wanted, since=since, until=until)
            question.narrow(_PUBLIC if public else _NOT_WITHDRAWN)
            if theme is not None:
                question.narrow(_IN_THEME, theme)
            if source is not None:
                question.narrow(_OF_SOURCE, source)
            return _answer(db, box, question, rank=rank, limit=limit, offset=offset)


def _parsed(query: str) -> Node:
    if len(query) > MAX_QUERY:
        raise UsageError(f"the query is longer than {MAX_QUERY} characters")
    wanted = parse_rule(query)
    if _prefixes(wanted) > MAX_PREFIXES:
        raise UsageError(f"more than {MAX_PREFIXES} words of the query end in *")
    return wanted


def _words_that_begin(db: Connection, begun: str) -> Sequence[str]:
    """The words of the index that begin so, none if they are too many to be named."""
    values = {"begun": begun, "end": f"{begun}\U0010ffff", "most": MOST_NAMED + 1}
    words = db.scalars(_BEGIN_SO, values).all()
    return words if len(words) <= MOST_NAMED else []


_BEGIN_SO = text("SELECT word FROM terms WHERE word >= :begun AND word < :end LIMIT :most")


def _prefixes(node: Node) -> int:
    if isinstance(node, And | Or):
        return sum(map(_prefixes, node.parts))
    if isinstance(node, Not):
        return _prefixes(node.part)
    return int(isinstance(node, Phrase) and node.prefix)


_NOT_WITHDRAWN = """NOT EXISTS (
  SELECT 1 FROM articles w WHERE w.story = a.story AND w.withdrawn_at IS NOT NULL)"""
_PUBLIC = """EXISTS (
  SELECT 1 FROM members m WHERE m.feed = (SELECT number FROM feeds WHERE theme IS NULL)
  AND m.entry_id = a.entry_id AND m.article = a.number AND m.kind = 'put')"""
_IN_THEME = """EXISTS (
  SELECT 1 FROM memberships m WHERE m.theme = (SELECT number FROM themes WHERE slug = {})
  AND m.article = a.number AND m.present)"""
_OF_SOURCE = "a.source = (SELECT number FROM sources WHERE id = {})"

# CROSS JOIN says who leads: SQLite then reads FTS5's list, or the places, in order.
_ANY = "placed p CROSS JOIN articles a ON a.number = p.article"
_HIT = f"found CROSS JOIN {_ANY} AND p.place = found.rowid"


class _Question:
    """A query as SQL, with the values that it binds."""

    def __init__(self, wanted: Node, *, since: datetime | None, until: datetime | None) -> None:
        self.wanted = wanted
        self.is_exact = is_exact(wanted)
        self.values: dict[str, Any] = {}
        self._conditions: list[str] = []
        parts = wanted.parts if isinstance(wanted, And) else (wanted,)
        told = tuple(part for part in parts if is_tellable(part))
        if all(isinstance(part, Not) for part in told):
            told = ()  # FTS5 needs something that is wanted
        rest = [part for part in parts if part not in told]
        self._leads = bool(told)
        self._place = "found.rowid" if told else "p.place"
        self.narrowly = ""  # what FTS5 is to find for a hit to need no second look
        if told:
            match = told[0] if len(told) == 1 else And(parts=told)
            self._conditions.append(f"found MATCH {self._bound(expression(match))}")
            self.narrowly = narrowly(match) if all(map(is_exact, rest)) else ""
        first, last = places_of(since, until)
        self.narrow(f"{self._place} BETWEEN {{}} AND {{}}", first, last)
        if since is not None:
            self.narrow("a.published_at >= {}", micros(since))
        if until is not None:
            self.narrow("a.published_at < {}", micros(until))
        for part in rest:
            self.narrow(self._holds(part))

    def narrow(self, condition: str, *values: Any) -> None:
        """Ask for articles for which this holds as well; values go where the braces are."""
        self._conditions.append(condition.format(*map(self._bound, values)))

    def newest(self) -> str:
        """Numbers and places of all articles found, in order."""
        return f"SELECT p.article, p.place {self._rest()}"

    def best(self) -> str:
        """The same, the best of the newest first."""
        if not self._leads:
            return self.newest()
        newest = f"SELECT p.article, p.place, {RANK} AS rank {self._rest()} LIMIT {RANKED}"
        return f"SELECT article, place FROM ({newest}) ORDER BY rank, place"  # noqa: S608

    def _rest(self) -> str:
        tables = _HIT if self._leads else _ANY
        return f"FROM {tables} WHERE {' AND '.join(self._conditions)} ORDER BY {self._place}"

    def _holds(self, node: Node) -> str:
        """A part of the query as a condition, where FTS5 cannot lead."""
        if not is_exact(node) and (isinstance(node, Not) or is_tellable(node)):
            return "1"  # to be looked at in memory
        if isinstance(node, Not):
            return f"NOT {self._holds(node.part)}"
        if is_tellable(node):
            match = self._bound(expression(node))
            return f"p.place IN (SELECT rowid FROM found WHERE found MATCH {match})"  # noqa: S608
        if isinstance(node, And | Or):
            operator = " AND " if isinstance(node, And) else " OR "
            return f"({operator.join(map(self._holds, node.parts))})"
        assert isinstance(node, Same)
        return f"instr(p.urls, {self._bound(node.value)}) > 0" if "\n" not in node.value else "0"

    def _bound(self, value: Any) -> str:
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f":{name}"


# ------------------------------------------------------------------ answers


def _answer(
    db: Connection, box: _Box, question: _Question, *, rank: bool, limit: int, offset: int
) -> Sequence[int]:
    query = question.best() if rank else question.newest()
    if question.is_exact:
        return [number for number, _ in _rows(db, query, question, limit=limit, offset=offset)]
    found: list[int] = []
    seen = 0
    while (missing := offset + limit - len(found)) > 0:
        some = _rows(db, query, question, limit=min(missing, _CHECKED), offset=seen)
        if not some:
            break
        found += _checked(db, some, question)
        seen += len(some)
        box.look()
    return found[offset : offset + limit]


def _rows(
    db: Connection, query: str, question: _Question, *, limit: int, offset: int
) -> Sequence[Any]:
    values = question.values | {"limit": limit, "offset": offset}
    return db.execute(text(f"{query} LIMIT :limit OFFSET :offset"), values).all()


def _checked(db: Connection, hits: Sequence[Any], question: _Question) -> list[int]:
    """Those for which the query holds by all means; the index may have told of too many."""
    sure = _sure(db, hits, question)
    doubtful = [hit.article for hit in hits if hit.place not in sure]
    rule = Rule(text="", tree=question.wanted)
    holding = {
        one.number
        for one in (articles_numbered(db, doubtful) if doubtful else ())
        if rule.match(document(one.content, one.source_id)) is not None
    }
    return [hit.article for hit in hits if hit.place in sure or hit.article in holding]


def _sure(db: Connection, hits: Sequence[Any], question: _Question) -> set[int]:
    """The places of hits that FTS5 finds by a narrower question too; to read them takes longer."""
    if not question.narrowly:
        return set()
    places = [hit.place for hit in hits]
    asked = {"match": question.narrowly, "first": min(places), "last": max(places)}
    return {*db.scalars(_BETWEEN, asked)} & {*places}


_BETWEEN = text(
    "SELECT rowid FROM found WHERE found MATCH :match AND rowid BETWEEN :first AND :last"
)


class _Box:
    """The time that a question may take."""

    def __init__(self, patience_s: float) -> None:
        self._ends_at = time.monotonic() + patience_s

    def is_over(self) -> bool:
        return time.monotonic() >= self._ends_at

    def look(self) -> None:
        """Raises SlowQueryError once the time is over."""
        if self.is_over():
            raise SlowQueryError("this takes too long; look for rarer words, or for fewer")


@contextmanager
def _boxed(db: Connection, patience_s: float) -> Iterator[_Box]:
    """Have SQLite give up when the time is over (R45)."""
    box = _Box(patience_s)
    raw: Any = db.connection.driver_connection
    raw.set_progress_handler(box.is_over, _LOOK_EVERY)
    try:
        yield box
    except OperationalError:
        box.look()
        raise
    finally:
        raw.set_progress_handler(None, 0)
