"""Statements that are worked out once say the same as SQLAlchemy does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Integer,
    MetaData,
    Select,
    Table,
    Text,
    bindparam,
    delete,
    insert,
    select,
    text,
    update,
)

from syndicator.model import Validators
from syndicator.stores.columns import Instant, Json, among
from syndicator.stores.prepared import Query, Write
from syndicator.stores.store import SqlStore
from tests.store.conftest import NOON

_NOTES = Table(
    "some_notes",
    MetaData(),
    Column("number", Integer, primary_key=True),
    Column("word", Text),
    Column("is_old", Boolean),
    Column("at", Instant()),
    Column("said", Json(Validators)),
)
_ALL = select(_NOTES).order_by(_NOTES.c.number)
_AFTER = _ALL.where(_NOTES.c.at > bindparam("at"), _NOTES.c.is_old.is_(False))
_WORDS = select(_NOTES.c.number, _NOTES.c.word).where(_NOTES.c.word.in_(among("words")))
_ROWS: list[dict[str, Any]] = [
    {
        "number": n,
        "word": f"w{n}" if n % 3 else None,
        "is_old": n % 2 == 0,
        "at": NOON + timedelta(hours=n),
        "said": Validators(etag=f'"{n}"') if n % 2 else None,
    }
    for n in range(1, 8)
]


@pytest.fixture
def db(store: SqlStore) -> Iterator[Connection]:
    with store.database.write() as connection:
        _NOTES.create(connection)
        Write(insert(_NOTES), _NOTES.columns.keys()).run(connection, _ROWS)
        yield connection


@pytest.mark.parametrize(
    ("statement", "values"),
    [(_ALL, {}), (_AFTER, {"at": NOON + timedelta(hours=2)}), (_WORDS, {"words": ["w1", "w7"]})],
    ids=["all", "values and a constant", "a list"],
)
def test_a_query_brings_what_sqlalchemy_brings(
    db: Connection, statement: Select[Any], values: dict[str, Any]
) -> None:
    wanted = [dict(row) for row in db.execute(statement, values).mappings()]
    query = Query(statement)

    assert wanted
    assert query.maps(db, values) == wanted
    assert [row._asdict() for row in query.rows(db, values)] == wanted
    assert [row._asdict() for row in query.each(db, values)] == wanted
    assert query.value(db, values) == wanted[0]["number"]


def test_a_query_of_two_columns_is_a_mapping(db: Connection) -> None:
    assert Query(_WORDS).pairs(db, {"words": ["w4", "w2", "none"]}) == {2: "w2", 4: "w4"}


def test_a_query_that_finds_nothing_has_no_value(db: Connection) -> None:
    assert Query(_WORDS).value(db, {"words": []}) is None


def test_words_of_ours_are_a_query_too(db: Connection) -> None:
    count = text("SELECT count(*) AS many FROM some_notes WHERE is_old = :is_old")
    assert Query(count.columns(_NOTES.c.number)).value(db, {"is_old": True}) == 3


def test_a_value_that_is_missing_is_an_error(db: Connection) -> None:
    with pytest.raises(KeyError, match="at"):
        Query(_AFTER).rows(db)


def test_rows_are_changed_one_by_one(db: Connection) -> None:
    here = _NOTES.c.number == bindparam("of")
    Write(update(_NOTES).where(here), ("said", "at")).run(
        db, [{"of": 1, "said": None, "at": None}, {"of": 2, "said": Validators(), "at": NOON}]
    )
    Write(delete(_NOTES).where(_NOTES.c.number > bindparam("above"))).run(db, [{"above": 2}])

    found = db.execute(select(_NOTES.c.number, _NOTES.c.said, _NOTES.c.at).order_by("number")).all()
    assert found == [(1, None, None), (2, Validators(), NOON)]


def test_no_rows_are_no_change(db: Connection) -> None:
    Write(insert(_NOTES), ("number",)).run(db, [])
    assert len(db.execute(_ALL).all()) == len(_ROWS)
