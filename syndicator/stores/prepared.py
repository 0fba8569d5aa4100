"""Statements on the way of every poll, worked out once.

To run a small statement takes SQLite less time than it takes SQLAlchemy to look at it: so the words
of these, and how each of their values is written and read, are worked out at their first use, and
rows go to the driver and come from it without a detour.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from functools import partial
from operator import itemgetter
from types import MappingProxyType
from typing import Any, cast

from sqlalchemy import Connection, Dialect, Select, TextualSelect
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.sql.dml import Delete, Insert, Update
from sqlalchemy.types import TypeDecorator, TypeEngine

Row = Any  # a tuple with the names of the columns
Columns = Mapping[Any, Any]  # of a row by their names, ours or SQLAlchemy's
_Raw = Sequence[Any]
_Converted = Callable[[Any], Any] | None
_Place = tuple[str, Any, _Converted]  # a value's name, or "" and what always stands there
_Values = Callable[[Mapping[str, Any]], Sequence[Any]]
_NONE: Mapping[str, Any] = MappingProxyType({})


class Query:
    """A query of rows.

    Args:
        statement: of columns with different names; its values are `bindparam`s.
    """

    def __init__(self, statement: Select[Any] | TextualSelect) -> None:
        self._statement = statement
        self._made: _Made | None = None

    def rows(self, db: Connection, values: Mapping[str, Any] = _NONE) -> list[Row]:
        """All rows, as tuples with the names of the columns."""
        made = self._ready(db)
        return [made.named(made.read(raw)) for raw in made.fetched(db, values)]

    def each(self, db: Connection, values: Mapping[str, Any] = _NONE) -> Generator[Row]:
        """The same one after the other; to be closed where not all are taken."""
        made = self._ready(db)
        with closing(made.asked(db, values)) as cursor:
            while raw := cursor.fetchone():
                yield made.named(made.read(raw))

    def maps(self, db: Connection, values: Mapping[str, Any] = _NONE) -> list[dict[str, Any]]:
        """All rows, as column -> value."""
        made = self._ready(db)
        return [
            dict(zip(made.names, made.read(raw), strict=True)) for raw in made.fetched(db, values)
        ]

    def pairs(self, db: Connection, values: Mapping[str, Any] = _NONE) -> dict[Any, Any]:
        """The first column -> the second, of a query that has two."""
        made = self._ready(db)
        return dict(cast(tuple[Any, Any], made.read(raw)) for raw in made.fetched(db, values))

    def value(self, db: Connection, values: Mapping[str, Any] = _NONE) -> Any:
        """The first column of the first row, None where there is none."""
        found = self.rows(db, values)
        return found[0][0] if found else None

    def _ready(self, db: Connection) -> _Made:
        self._made = self._made or _Made(self._statement, db.dialect)
        return self._made


class Write:
    """A statement that changes rows.

    Args:
        names: of the columns it sets, as keys of each row; values that it compares with are
            `bindparam`s and stand in the rows too.
    """

    def __init__(self, statement: Insert | Update | Delete, names: Sequence[str] = ()) -> None:
        self._statement = statement
        self._names = list(names) or None
        self._made: tuple[str, _Values] | None = None

    def run(self, db: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run it for each of the rows, in their order; none is fine."""
        if rows:
            words, values = self._made = self._made or self._make(db.dialect)
            _cursor(db).executemany(words, [values(row) for row in rows])

    def _make(self, dialect: Dialect) -> tuple[str, _Values]:
        made = self._statement.compile(dialect=dialect, column_keys=self._names)
        return str(made), _values(made, dialect)


class _Made:
    """A query as the driver takes it, and how its columns are read."""

    def __init__(self, statement: Select[Any] | TextualSelect, dialect: Dialect) -> None:
        made = statement.compile(dialect=dialect)
        columns = list(statement.selected_columns)
        reads = [_reading(each.type.dialect_impl(dialect), dialect) for each in columns]
        self.names = [str(each.key) for each in columns]
        self.named = cast(Callable[[_Raw], Row], cast(Any, namedtuple("Row", self.names))._make)
        self._words = str(made)
        self._values = _values(made, dialect)
        self._reads = [(place, read) for place, read in enumerate(reads) if read]

    def asked(self, db: Connection, values: Mapping[str, Any]) -> DBAPICursor:
        cursor = _cursor(db)
        cursor.execute(self._words, self._values(values))
        return cursor

    def fetched(self, db: Connection, values: Mapping[str, Any]) -> Sequence[_Raw]:
        return self.asked(db, values).fetchall()

    def read(self, raw: _Raw) -> _Raw:
        if not self._reads:
            return raw
        found = list(raw)
        for place, read in self._reads:
            found[place] = read(found[place])
        return found


def _cursor(db: Connection) -> DBAPICursor:
    return db.connection.cursor()


def _values(made: Any, dialect: Dialect) -> _Values:
    """How the values of a statement are put into its places, converted."""
    places = [_place(made.binds[name], name, dialect) for name in made.positiontup or ()]
    names = [name for name, _, _ in places if name]
    if len(names) < max(len(places), 2):
        return partial(_each_value, places)
    written = [(place, write) for place, (_, _, write) in enumerate(places) if write]
    pick = itemgetter(*names)
    return partial(_all_values, pick, written) if written else pick


def _each_value(places: Sequence[_Place], values: Mapping[str, Any]) -> Sequence[Any]:
    return [
        (write(values[name]) if write else values[name]) if name else constant
        for name, constant, write in places
    ]


def _all_values(
    pick: Callable[[Mapping[str, Any]], tuple[Any, ...]],
    written: Sequence[tuple[int, Callable[[Any], Any]]],
    values: Mapping[str, Any],
) -> Sequence[Any]:
    """The same where a value of the caller's stands in each of several places."""
    found = list(pick(values))
    for place, write in written:
        found[place] = write(found[place])
    return found


def _place(bind: Any, name: str, dialect: Dialect) -> _Place:
    write = _writing(bind.type.dialect_impl(dialect), dialect)
    if bind.required:
        return name, None, write
    return "", write(bind.value) if write else bind.value, None


def _writing(kind: TypeEngine[Any], dialect: Dialect) -> _Converted:
    """How values of a type are written; those of ours without SQLAlchemy's way around them."""
    if isinstance(kind, TypeDecorator) and not kind.impl_instance.bind_processor(dialect):
        return partial(kind.process_bind_param, dialect=dialect)
    return kind.bind_processor(dialect)


def _reading(kind: TypeEngine[Any], dialect: Dialect) -> _Converted:
    """Likewise how they are read."""
    if isinstance(kind, TypeDecorator) and not kind.impl_instance.result_processor(dialect, None):
        return partial(kind.process_result_value, dialect=dialect)
    return kind.result_processor(dialect, None)
