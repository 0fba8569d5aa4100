"""A store of before former folders and tokens were kept."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config

from syndicator.stores import sqlite
from syndicator.stores.database import Database
from tests.store.conftest import NOON, open_at

ROWS = """
INSERT INTO themes (number, slug, theme, added_at)
 VALUES (1, 'mali', '{"slug":"mali","title":"Mali"}', 0);
INSERT INTO themes (number, slug, theme, added_at)
 VALUES (2, 'secret', '{"private":true,"slug":"secret","title":"Secret"}', 0);
INSERT INTO feeds (number, key, id, theme, data) VALUES (7, 'mali', 'urn:a', 1, '{"title":"M"}');
INSERT INTO feeds (number, key, id, theme, data, private)
 VALUES (8, 'secret', 'urn:uuid:b', 2, '{"title":"Secret"}', 1);
INSERT INTO closed_documents VALUES (7, 'themes/mali/archive/1.xml', 'one');
INSERT INTO closed_documents VALUES (7, 'themes/mali/archive/2.xml', 'two');
INSERT INTO closed_documents VALUES (7, 'themes/earlier/archive/1.xml', 'left over');
"""


def test_a_store_of_before_keeps_its_closed_documents_and_gets_tokens(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    database = Database(sqlite.open_engine(tmp_path / "store/syndicator.db"))
    with database.write() as db:
        config = Config()
        config.set_main_option("script_location", "syndicator.stores:migrations")
        config.attributes["connection"] = db
        command.upgrade(config, "0006")
        for statement in ROWS.strip().split(";\n"):
            db.exec_driver_sql(statement.strip(";"))
    database.close()

    store = open_at(tmp_path)

    assert store.closed_documents("mali") == {"1.xml": "one", "2.xml": "two"}
    token = store.theme_token("secret", now=NOON)
    assert len(token) == 32
    folders = {feed.key: feed.folder for feed in store.feeds()}
    assert folders["secret"] == f"private/{token}"
    assert folders["mali"] == "themes/mali"
    assert store.signposts() == []
    store.close()
