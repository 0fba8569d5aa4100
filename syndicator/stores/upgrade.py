"""Brings a database to the newest schema at opening.

Alembic takes 0.4 s to import, so the version is read without it and nothing else happens when it
is the newest. Otherwise one process at a time upgrades, kept apart by a lock on a file beside the
database.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from syndicator.errors import StoreError
from syndicator.stores.database import Database
from syndicator.stores.schema import VERSION


def version_of(database: Database) -> str:
    """The schema version of a database, "" for an empty one."""
    with database.read() as db:
        return _version(db)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold the lock beside the database at `path`; it ends with its holder, however that ends."""
    with path.with_name(path.name + ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def upgrade(database: Database) -> None:
    """Run the steps that are missing, in one transaction. The caller holds `alone`.

    Raises:
        StoreError: the database was made by a newer syndicator, or a step failed.
    """
    with database.write() as db:
        found = _version(db)
        if found != VERSION:
            _refuse_newer(found)
            _run_steps(db)


def _version(db: Connection) -> str:
    if not inspect(db).has_table("alembic_version"):
        return ""
    return db.scalar(text("SELECT version_num FROM alembic_version")) or ""


def _refuse_newer(found: str) -> None:
    if found > VERSION:
        raise StoreError(
            f"the database has schema {found}, this syndicator knows {VERSION}: "
            "use the newer syndicator that wrote it"
        )


def _run_steps(db: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "syndicator.stores:migrations")
    config.attributes["connection"] = db
    command.upgrade(config, "head")
