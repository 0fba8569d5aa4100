"""A backup made beside the running daemon is whole, and gives the same store back (R33)."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import pytest

from syndicator.archive.backup import restore_backup
from syndicator.errors import ArchiveError
from tests.archive.conftest import Library
from tests.daemon.house import SOURCE, rss
from tests.site import Reply, Site

KEPT = ("articles", "revisions", "log", "payloads", "memberships", "members", "closed_documents")


def test_r33_a_restored_backup_equals_the_store_and_gives_the_same_feeds(
    library: Library, tmp_path: Path
) -> None:
    library.run("archive", "backup", str(tmp_path / "b.tar"))
    other = library.another("other")

    other.run("archive", "restore", str(tmp_path / "b.tar"))
    other.run("publish", "--all")

    for table in KEPT:
        query = f"SELECT * FROM {table}"
        assert sorted(other.ask(query), key=repr) == sorted(library.rows(query), key=repr)
    assert other.files() == library.house.files()


def test_r33_a_backup_during_a_pull_restores_to_a_consistent_state(
    library: Library, site: Site, tmp_path: Path
) -> None:
    config = library.house.config
    titles = [f"Mali, part {n}" for n in range(200)]
    names = [f"wire-{n}" for n in range(8)]
    for name in names:
        site.pages[f"/{name}.xml"] = Reply(body=rss(f"{site.base}/{name}", *titles))
    more = "".join(
        SOURCE.format(id=name, url=site.url(f"/{name}.xml"), every="1h") for name in names
    )
    host = f'\n[fetch.hosts."{site.host}:{site.port}"]\ngap = 0\n'
    config.write_text(config.read_text("utf-8") + host + more, "utf-8")

    pull = library.house.start("pull")
    backups = []
    while not pull.ended:
        backups.append(tmp_path / f"{len(backups)}.tar")
        library.run("archive", "backup", str(backups[-1]))
    assert pull.wait(60) == 0

    for number, backup in enumerate([backups[0], backups[-1]]):
        other = library.another(f"other {number}")
        other.run("archive", "restore", str(backup))
        other.run("publish", "--all", within_s=240)  # thousands of pages
        (whole,) = other.ask("PRAGMA integrity_check")
        assert whole == ("ok",)
        ((articles, revised),) = other.ask(
            "SELECT count(*), (SELECT count(DISTINCT article) FROM revisions) FROM articles"
        )
        assert articles == revised > 0
        read = {
            row[0] for row in other.ask("SELECT id FROM sources WHERE etag || body_sha256 <> ''")
        }
        told = {
            row[0]
            for row in other.ask(
                "SELECT s.id FROM articles a JOIN sources s ON s.number = a.source"
                " GROUP BY s.id HAVING count(*) = 200"
            )
        }
        assert told == read & set(names)


# ------------------------------------------------------------------ nothing is overwritten


def test_a_backup_onto_itself_is_refused(library: Library, tmp_path: Path) -> None:
    before = library.store.read_bytes()

    onto_store = library.run("archive", "backup", str(library.store), code=2)
    within = library.run("archive", "backup", str(library.archive / "b.tar"), code=2)
    (tmp_path / "b.tar").write_text("an older one")
    taken = library.run("archive", "backup", str(tmp_path / "b.tar"), code=2)
    nowhere = library.run("archive", "backup", str(tmp_path / "no" / "b.tar"), code=2)
    closed = library.run("archive", "backup", "/proc/b.tar", code=1)  # not even for root

    assert "exists already" in onto_store.err
    assert "within the archive" in within.err
    assert "exists already" in taken.err
    assert "no such folder" in nowhere.err
    assert closed.err.startswith("syndicator: /proc: ")
    assert library.store.read_bytes() == before
    assert (tmp_path / "b.tar").read_text() == "an older one"


def test_restoring_overwrites_nothing(library: Library, tmp_path: Path) -> None:
    library.run("archive", "backup", str(tmp_path / "b.tar"))
    feeds = library.house.files()

    refused = library.run("archive", "restore", str(tmp_path / "b.tar"), code=1)
    library.store.unlink()
    for beside in library.store.parent.glob("syndicator.db-*"):
        beside.unlink()
    again = library.run("archive", "restore", str(tmp_path / "b.tar"), code=1)

    assert "syndicator.db is there: nothing is overwritten" in refused.err
    assert "archive" in again.err
    assert not library.store.exists()
    assert library.house.files() == feeds


def test_a_backup_that_is_not_whole_is_refused_and_leaves_nothing(
    library: Library, tmp_path: Path
) -> None:
    backup = tmp_path / "b.tar"
    library.run("archive", "backup", str(backup))
    body = backup.read_bytes()
    other = library.another("other")

    for spoilt in (body[: len(body) // 2], body[:4000] + b"?" + body[4001:], b"no tar at all"):
        backup.write_bytes(spoilt)
        said = other.run("archive", "restore", str(backup), code=1)
        assert str(backup) in said.err
        assert not (other.folder / "store" / "syndicator.db").exists()
        assert not (other.folder / "store" / "archive").exists()


@pytest.mark.parametrize(
    "name",
    ["../evil", "/etc/evil", "archive/../../evil", "archive/.hidden", "archive/a b", "other"],
)
def test_r47_a_backup_with_a_way_out_is_refused(tmp_path: Path, name: str) -> None:
    _refused(tmp_path, tarfile.TarInfo(name))


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE]
)
def test_r47_a_backup_with_something_else_than_files_is_refused(
    tmp_path: Path, kind: bytes
) -> None:
    head = tarfile.TarInfo("archive/link")
    head.type, head.linkname = kind, "../../evil"
    _refused(tmp_path, head)


def _refused(folder: Path, head: tarfile.TarInfo) -> None:
    backup, home = folder / "b.tar", folder / "home"
    with tarfile.open(backup, "w") as tar:
        tar.addfile(head, io.BytesIO())
        told = {"format": "syndicator backup 1", "at": "now", "files": {}}
        body = json.dumps(told).encode()
        last = tarfile.TarInfo("backup.json")
        last.size = len(body)
        tar.addfile(last, io.BytesIO(body))

    with pytest.raises(ArchiveError, match="has no place in a backup"):
        restore_backup(backup, store=home / "s" / "x.db", archive=home / "s" / "archive")

    assert [path for path in home.rglob("*") if path.is_file()] == []
    assert sorted(path.name for path in folder.iterdir()) == ["b.tar", "home"]


# ------------------------------------------------------------------ what it tells


def test_r26_a_backup_of_a_damaged_store_says_what_is_damaged(
    library: Library, tmp_path: Path
) -> None:
    import sqlite3

    with sqlite3.connect(library.store) as db:
        ((article, number),) = db.execute("SELECT id, number FROM articles ORDER BY id LIMIT 1")
        db.execute("UPDATE revisions SET content = content || ' ' WHERE article = ?", (number,))
    db.close()

    said = library.run("archive", "backup", str(tmp_path / "b.tar"), code=1)

    assert f"revision 1 of article {article}" in said.err
    assert not (tmp_path / "b.tar").exists()


def test_stats_tell_how_much_is_kept(library: Library) -> None:
    told = library.json("archive", "stats")

    ((articles,),) = library.rows("SELECT count(*) FROM articles")
    assert told["articles"] == articles
    assert told["files"]["documents"] > 0
    assert told["sizes"]["documents"] > 0
    assert told["store_size"] >= library.store.stat().st_size
    assert "articles:" in library.run("archive", "stats").out
