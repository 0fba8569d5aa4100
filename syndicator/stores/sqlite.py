"""What is SQLite's own: which version is sound, how a connection is set up, how writing begins.

We bring the SQLite that pysqlite3 bundles. Versions 3.7.0 to 3.51.2 can corrupt a database or
lose commits when two connections write and checkpoint in WAL mode (mended in 3.51.3 and in the
back-ports 3.44.6 and 3.50.7): on those we keep the rollback journal, slower and sound (R27).
Turned down: the system's sqlite3 module, for that reason; apsw, which SQLAlchemy does not know.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pysqlite3.dbapi2 as driver
from sqlalchemy import URL, Connection, Engine, NullPool, Table, create_engine, event
from sqlalchemy.dialects.sqlite import Insert, insert

from syndicator.errors import StoreError

Version = tuple[int, int, int]
DriverError: type[Exception] = driver.Error

BUSY_TIMEOUT_S = 10
_MENDED_IN_LINE = {(3, 44): 6, (3, 50): 7}


def sound_in_wal(version: Version) -> bool:
    """Whether this SQLite may use WAL (R27)."""
    if version < (3, 7, 0) or version >= (3, 51, 3):
        return True
    mended = _MENDED_IN_LINE.get(version[:2])
    return mended is not None and version[2] >= mended


def library_version() -> Version:
    """Of the SQLite in use."""
    return driver.sqlite_version_info  # type: ignore[no-any-return]


def journal_mode(version: Version) -> str:
    """The journal mode that is safe with this version."""
    return "wal" if sound_in_wal(version) else "delete"


def open_engine(path: Path, *, pooled: bool = True) -> Engine:
    """An engine on the file at `path`, which is made if need be, readable by its owner alone.

    Args:
        pooled: connections are kept open for the next who needs one.
    """
    pool: dict[str, Any] = {"poolclass": NullPool}
    if pooled:
        # Database keeps those that read and write; one more for what is done outside of both.
        pool = {"pool_size": 1, "max_overflow": -1, "pool_reset_on_return": "rollback"}
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        module=driver,
        **pool,
        connect_args={"timeout": BUSY_TIMEOUT_S, "cached_statements": 256},
    )
    event.listen(engine, "connect", _set_up)
    return engine


def _set_up(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, the driver would say it too late
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_S * 1000}",
        "foreign_keys=ON",
        "synchronous=FULL",
        "trusted_schema=OFF",
        "journal_size_limit=67108864",
        "cache_size=-8000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def begin(connection: Connection, *, writes: bool) -> None:
    """Begin a transaction in the database; SQLAlchemy does so once it runs something.

    Writers take their lock at once: a read that turns into a write may fail without waiting.
    Turned down: SQLAlchemy's `begin` event; with one event, each statement looks for all of them.
    """
    raw = connection.connection.driver_connection
    assert raw is not None
    raw.execute("BEGIN IMMEDIATE" if writes else "BEGIN")


def commit(connection: Connection) -> None:
    """End a transaction that wrote, on both sides."""
    if connection.in_transaction():
        connection.commit()
    else:  # nothing went through SQLAlchemy
        connection.connection.commit()


def roll_back(connection: Connection) -> None:
    """End a transaction that only read, on both sides."""
    if connection.in_transaction():
        connection.rollback()
    else:  # nothing went through SQLAlchemy
        connection.connection.rollback()


def set_journal(engine: Engine, mode: str) -> None:
    """Put the file into a journal mode; a no-op when it is in it.

    Raises:
        StoreError: it cannot be, because another program has the file open.
    """
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        if _pragma(cursor, "journal_mode") == mode:
            return
        found = _pragma(cursor, f"journal_mode={mode}")
    finally:
        raw.close()
    if found != mode:
        raise StoreError(f"the database stays in journal mode {found}; it must be {mode} (R27)")


def settings(engine: Engine) -> dict[str, str]:
    """The settings that soundness rests on, read back from a connection."""
    names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    raw = engine.raw_connection()
    try:
        found = {name: str(_pragma(raw.cursor(), name)) for name in names}
    finally:
        raw.close()
    return {"sqlite": ".".join(map(str, library_version())), **found}


def _pragma(cursor: Any, name: str) -> Any:
    return cursor.execute(f"PRAGMA {name}").fetchone()[0]


def upsert(table: Table, *columns: str, keys: Sequence[str] = ()) -> Insert:
    """Insert rows of these columns; one that stands under the same key is overwritten.

    Args:
        keys: what makes two rows the same, by default the primary key.
    """
    keys = keys or [each.name for each in table.primary_key]
    statement = insert(table)
    new = {name: statement.excluded[name] for name in columns if name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=new)


def insert_missing(table: Table) -> Insert:
    """Insert rows; those that stand under the same key are left as they are."""
    return insert(table).on_conflict_do_nothing()


def copy_database(engine: Engine, path: Path) -> None:
    """Copy the database to a file, as of one moment; writers need not wait for it.

    The copy is one file, without a journal beside it.
    """
    copy = driver.connect(str(path))
    raw = engine.raw_connection()
    try:
        assert raw.driver_connection is not None
        raw.driver_connection.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
    finally:
        raw.close()
        copy.close()


def faults_of(path: Path, *, digest: Callable[[str], str]) -> list[str]:
    """What is wrong with a database file: its pages, and kept texts that are not those of their
    SHA-256 (R26); SQLite itself does not notice these."""
    database = driver.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
    try:
        faults = [row[0] for row in database.execute("PRAGMA integrity_check") if row[0] != "ok"]
        for name, text, sha256 in database.execute(_KEPT_TEXTS):
            if not isinstance(text, str) or digest(text) != sha256:
                faults.append(f"{name} is not what was kept")
    finally:
        database.close()
    return faults


_KEPT_TEXTS = """
    SELECT 'revision ' || no || ' of article ' || articles.id, content, sha256
    FROM revisions JOIN articles ON articles.number = revisions.article
    UNION ALL SELECT 'entry ' || sha256, body, sha256 FROM payloads
"""


def open_plain(path: Path, *, writes: bool = True) -> Any:
    """A bare connection to a file of which nobody else knows; transactions are said by hand."""
    mode = "rw" if writes else "ro"
    return driver.connect(f"file:{quote(str(path))}?mode={mode}", uri=True, isolation_level=None)


def attached(path: Path, wanted: Path) -> Any:
    """The same to read from, with a second file as `wanted`."""
    database = open_plain(path, writes=False)
    database.execute("ATTACH ? AS wanted", (f"file:{quote(str(wanted))}?mode=ro",))
    return database
