"""kill -9 at any moment leaves an archive that is whole, and tells everything once (R28)."""

from __future__ import annotations

import json
import os
import random
import re
import time
from pathlib import Path

from syndicator.demo.server import PressServer
from tests.archive.conftest import Library
from tests.daemon.house import SOURCE, House, press_config, rss, until
from tests.site import Reply, Site

KILLS = int(os.environ.get("SYNDICATOR_TEST_KILLS", "8"))  # more of them for a long night
CAPTURING = '[store]\ncapture = "all"\n\n'
SEED = int(os.environ.get("SYNDICATOR_TEST_SEED", "1"))


def _config(press: PressServer, wire: Site) -> str:
    text = CAPTURING + press_config(press, every="1s")
    host = f'\n[fetch.hosts."{wire.host}:{wire.port}"]\ngap = 0\nmin_interval = "1s"\n'
    return text + host + SOURCE.format(id="wire", url=wire.url("/wire.xml"), every="1s")


def test_r28_no_kill_harms_ledger_captures_or_what_follows_from_them(
    tmp_path: Path, site: Site
) -> None:
    chosen = random.Random(SEED)
    with PressServer() as press:
        house = House(tmp_path / "house", _config(press, site))
        try:
            for kill in range(1, KILLS + 1):
                names = [f"Mali and the peace agreement, part {n}" for n in range(3 * kill)]
                site.pages["/wire.xml"] = Reply(body=rss(site.base, *names))
                process = house.start("run", "--once")
                ends_at = time.monotonic() + chosen.uniform(1.5, 6.0)
                while time.monotonic() < ends_at and not process.ended:
                    time.sleep(0.02)
                process.kill()
            house.run("run", "--once", within_s=120)

            said = house.run("archive", "verify", within_s=120)

            assert said.out == ""
            assert house.ask("SELECT count(*) FROM outbox") == [(0,)]
            told = house.ask(f"SELECT count(*) FROM articles WHERE id IN ({_told(house)})")
            assert told == house.ask("SELECT count(*) FROM articles")
        finally:
            house.close()


def test_what_a_killed_rebuild_or_restore_left_goes_and_what_is_being_made_stays(
    library: Library, tmp_path: Path
) -> None:
    house, store = library.house, library.store
    library.run("archive", "backup", str(tmp_path / "b.tar"))
    text = library.rows("SELECT sha256 FROM revisions")[0][0]
    named = library.archive / "objects" / text[:2] / text
    body = named.read_bytes()
    store.unlink()
    named.unlink()
    os.mkfifo(named)  # whoever reads it waits
    rebuilding = house.start("archive", "rebuild")
    until(lambda: _unfinished(house), within_s=60, what="a store is being made")

    refused = library.run("archive", "rebuild", code=1)
    early = library.run("pull", code=1)

    assert "a daemon is running" in refused.err
    assert "a store is being made in" in early.err
    assert not store.exists()
    (left,) = (path for path in _unfinished(house) if path.suffix == ".tmp")
    rebuilding.kill()
    named.unlink()
    named.write_bytes(body)
    assert left.exists()
    library.run("archive", "rebuild")
    assert _unfinished(house) == []

    _leave(left, library.archive)
    assert f"{left}: removed; a command that was killed" in library.run("run", "--once").err
    assert _unfinished(house) == []

    _leave(left, library.archive)
    for path in (*store.parent.glob("syndicator.db*"), library.archive):
        path.rename(tmp_path / path.name)
    library.run("archive", "restore", str(tmp_path / "b.tar"))
    assert _unfinished(house) == []
    assert store.exists()
    assert (library.archive.parent / ".archive.of-mine.tmp").exists()


def test_what_a_killed_backup_left_goes_with_the_next_and_what_another_makes_stays(
    library: Library, tmp_path: Path
) -> None:
    place = tmp_path / "backups"
    place.mkdir()
    os.mkfifo(library.archive / "objects" / "waits")  # whoever reads it does
    backing_up = library.house.start("archive", "backup", str(place / "a.tar"))
    until(lambda: list(place.glob(".backup-*/backup.tar")), within_s=60, what="it is being made")
    (made,) = place.iterdir()
    other = library.another("other")
    other.run("publish")

    other.run("archive", "backup", str(place / "b.tar"))
    assert {path.name for path in place.iterdir()} == {made.name, "b.tar"}

    backing_up.kill()
    other.run("archive", "backup", str(place / "c.tar"))
    assert {path.name for path in place.iterdir()} == {"b.tar", "c.tar"}


def test_what_a_killed_verification_left_goes_with_the_next(library: Library) -> None:
    left = library.store.parent / ".verify-0123456789abcdef.tmp"
    of_mine = library.store.parent / ".verify-of-mine.tmp"
    for path in (left, of_mine):
        path.mkdir()
        (path / "found.db").write_bytes(b"half a store")

    library.run("archive", "verify")

    assert of_mine.exists()
    assert not left.exists()


def _unfinished(house: House) -> list[Path]:
    """What lies beside store and archive under a name for what is being made."""
    pattern = re.compile(r"\.(syndicator\.db|archive)\.[0-9a-f]{16}\.tmp.*")
    return [path for path in (house.folder / "store").iterdir() if pattern.fullmatch(path.name)]


def _leave(store: Path, archive: Path) -> None:
    """What a restore leaves that is killed, and something of somebody else's beside it."""
    for end in ("", "-wal", "-shm"):
        store.with_name(store.name + end).write_bytes(b"half a store")
    for name in (".archive.0123456789abcdef.tmp", ".archive.of-mine.tmp"):
        (archive.with_name(name) / "objects").mkdir(parents=True, exist_ok=True)


def _told(house: House) -> str:
    """Ids of the articles that the ledger tells of."""
    ledger = house.folder / "store" / "archive" / "ledger"
    texts = [path.read_text("utf-8") for path in ledger.glob("*.jsonl")]
    lines = [json.loads(line) for text in texts for line in text.splitlines()]
    ids = {line["row"]["id"] for line in lines if line["kind"] == "article"}
    return ", ".join(f"'{one}'" for one in ids)
