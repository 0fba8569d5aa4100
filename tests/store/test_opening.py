"""Opening: the version gate, the settings, the schema and the steps to it."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from syndicator.errors import StoreError, UsageError
from syndicator.stores import sqlite
from syndicator.stores.schema import VERSION, metadata
from syndicator.stores.store import open_store
from tests.store.conftest import SITE, open_at

OPEN = """
import sys
from pathlib import Path
from syndicator.stores.store import SiteFacts, open_store
open_store("sqlite:///x.db", folder=Path(sys.argv[1]), base_url="", site=SiteFacts(title="T"))
"""


@pytest.mark.parametrize(
    ("version", "sound"),
    [
        ((3, 6, 23), True),
        ((3, 7, 0), False),
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((4, 0, 0), True),
    ],
    ids=str,
)
def test_r27_only_sound_versions_write_ahead(version: sqlite.Version, sound: bool) -> None:
    assert sqlite.sound_in_wal(version) is sound
    assert sqlite.journal_mode(version) == ("wal" if sound else "delete")


def test_r27_the_sqlite_we_bring_is_sound() -> None:
    assert sqlite.sound_in_wal(sqlite.library_version())


def test_r27_settings_read_back_from_a_connection(tmp_path: Path) -> None:
    store = open_at(tmp_path)
    found = dict(store.settings())
    store.close()
    assert found.pop("sqlite")
    assert found == {
        "journal_mode": "wal",
        "synchronous": "2",
        "foreign_keys": "1",
        "busy_timeout": "10000",
    }


def test_r27_an_affected_version_leaves_write_ahead_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    open_at(tmp_path).close()
    monkeypatch.setattr(sqlite, "library_version", lambda: (3, 40, 1))

    store = open_at(tmp_path)

    assert store.settings()["journal_mode"] == "delete"
    assert "may not use WAL" in caplog.text
    store.close()


def test_a_new_database_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    open_at(tmp_path).close()
    mode = (tmp_path / "store/syndicator.db").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_the_migrations_lead_to_the_schema(tmp_path: Path) -> None:
    store = open_at(tmp_path)
    with store.database.read() as db:
        context = MigrationContext.configure(db, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    store.close()


def test_the_migrations_leave_the_very_statements_of_the_schema(tmp_path: Path) -> None:
    store = open_at(tmp_path)
    engine = sqlite.open_engine(tmp_path / "direct.db")
    metadata.create_all(engine)
    query = text("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'alembic%'")
    with store.database.read() as db, engine.connect() as direct:
        migrated = {(row.type, row.name): _columns(row.sql) for row in db.execute(query)}
        created = {(row.type, row.name): _columns(row.sql) for row in direct.execute(query)}
    store.close()
    engine.dispose()
    assert {key: sql for key, sql in migrated.items() if "alembic" not in key[1]} == created


def _columns(sql: str | None) -> list[str]:
    """The parts of a statement, whatever their order and lines: a later column stands last."""
    parts = (sql or "").replace("(", ",").replace(")", ",").replace('"', "").split(",")
    return sorted(" ".join(part.split()) for part in parts if part.strip())


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    open_at(tmp_path).close()
    before = (tmp_path / "store/syndicator.db").read_bytes()
    open_at(tmp_path).close()
    assert (tmp_path / "store/syndicator.db").read_bytes() == before


def test_opening_a_store_of_this_version_does_not_import_alembic(tmp_path: Path) -> None:
    again = OPEN + "assert 'alembic' not in sys.modules"
    for code in (OPEN, again):
        subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)


def test_four_processes_may_open_an_empty_folder_at_once(tmp_path: Path) -> None:
    some = [subprocess.Popen([sys.executable, "-c", OPEN, str(tmp_path)]) for _ in range(4)]
    assert [each.wait(60) for each in some] == [0, 0, 0, 0]


def test_a_database_of_a_newer_syndicator_is_left_alone(tmp_path: Path) -> None:
    store = open_at(tmp_path)
    with store.database.write() as db:
        db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    with pytest.raises(StoreError, match=f"schema 9999, this syndicator knows {VERSION}"):
        open_at(tmp_path)


def test_a_file_that_is_no_database_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store/syndicator.db").write_bytes(b"this is not a database, not by far" * 100)
    with pytest.raises(StoreError, match="not a database"):
        open_at(tmp_path)


def test_r33_what_is_said_of_a_damaged_file_names_it_and_the_way_out(tmp_path: Path) -> None:
    open_at(tmp_path).close()
    file = tmp_path / "store/syndicator.db"
    body = bytearray(file.read_bytes())
    body[4096:] = b"\xff" * (len(body) - 4096)
    file.write_bytes(body)

    with pytest.raises(StoreError, match=r"malformed.* `archive rebuild`") as caught:
        open_at(tmp_path).sources()

    assert str(file) in str(caught.value)


def test_a_folder_that_cannot_be_made_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("in the way")
    with pytest.raises(StoreError, match=r"syndicator\.db"):
        open_at(tmp_path)


@pytest.mark.parametrize("url", ["sqlite://", "mysql://x/y", "nonsense"])
def test_a_url_of_no_database_we_know_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(UsageError, match=r"\[store\] url"):
        open_store(url, folder=tmp_path, base_url="", site=SITE)


def test_an_absolute_path_is_taken_as_it_is(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/elsewhere.db"
    open_store(url, folder=tmp_path / "not here", base_url="", site=SITE).close()
    assert (tmp_path / "elsewhere.db").is_file()
