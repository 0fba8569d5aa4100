"""Writing: the connection is kept, and nothing of a write that failed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event, text

from syndicator import turn
from syndicator.errors import StoreError
from syndicator.stores import sqlite
from syndicator.stores.database import Database
from syndicator.stores.sqlite import driver, open_engine
from syndicator.turn import computing


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """With one table, and little patience with others."""
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_S", 0.1)
    made = Database(open_engine(tmp_path / "some.db"))
    with made.write() as db:
        db.execute(text("CREATE TABLE said (word TEXT UNIQUE)"))
    yield made
    made.close()


def say(database: Database, *words: str) -> None:
    """Past SQLAlchemy, as most of our statements go (`stores.prepared`)."""
    with database.write() as db:
        db.connection.cursor().executemany("INSERT INTO said VALUES (?)", [(w,) for w in words])


def say_and_fail(database: Database, word: str) -> None:
    with database.write() as db:
        db.connection.cursor().execute("INSERT INTO said VALUES (?)", [word])
        raise KeyError(word)


def said(database: Database) -> list[str]:
    with database.read() as db:
        return [*db.scalars(text("SELECT word FROM said ORDER BY word"))]


def test_nothing_is_left_of_a_write_that_failed_and_the_next_goes_through(
    database: Database,
) -> None:
    say(database, "one")
    with pytest.raises(StoreError, match="UNIQUE"):
        say(database, "two", "one")
    with pytest.raises(KeyError):
        say_and_fail(database, "three")
    say(database, "four")

    assert said(database) == ["four", "one"]


def test_what_another_process_keeps_is_told_with_a_way_out_and_had_afterwards(
    database: Database, tmp_path: Path
) -> None:
    other = driver.connect(tmp_path / "some.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match=r"is locked; another process .* try again"):
        say(database, "one")
    other.execute("ROLLBACK")
    other.close()
    say(database, "two")

    assert said(database) == ["two"]


def test_to_close_waits_for_who_writes(database: Database) -> None:
    writes, closes = threading.Event(), threading.Event()

    def write() -> None:
        with database.write() as db:
            db.execute(text("INSERT INTO said VALUES ('one')"))
            writes.set()
            closes.wait(0.2)

    writer = threading.Thread(target=write)
    writer.start()
    writes.wait()
    database.close()
    closes.set()
    writer.join()

    assert said(database) == ["one"]


def test_statements_are_run_in_turn_and_a_commit_is_waited_for_without_it(
    database: Database,
) -> None:
    held: list[bool] = []
    event.listen(database.engine, "commit", lambda _: held.append(turn._turn.locked()))
    with computing():
        with database.write() as db:
            db.execute(text("INSERT INTO said VALUES ('once')"))
            held.append(turn._turn.locked())
        held.append(turn._turn.locked())

    assert held == [True, False, True]
