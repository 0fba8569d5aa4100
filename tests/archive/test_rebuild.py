"""From the archive alone a new store is made, and the same feeds/ byte for byte."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.archive.conftest import Library


def test_a_rebuild_gives_identical_feeds_and_goes_on_with_the_ledger(library: Library) -> None:
    feeds = library.house.files()
    for path in library.store.parent.glob("syndicator.db*"):
        path.unlink()
    shutil.rmtree(library.house.feeds)

    said = library.run("archive", "rebuild")

    assert "made from" in said.err
    assert library.house.files() == feeds
    assert library.run("archive", "verify").out == ""
    library.press.release_next()
    assert library.run("pull", "--force").code == 0
    library.run("publish")
    assert library.run("archive", "verify").out == ""


def test_an_edit_at_the_source_is_rebuilt_too(library: Library) -> None:
    library.press.release_next()
    library.run("pull", "--force")
    library.run("publish")
    other = library.another("other")

    library.run("archive", "rebuild", "--into", str(other.folder))

    assert other.files() == library.house.files()
    assert library.run("archive", "verify", "--compare", str(other.config)).out == ""


def test_nothing_is_overwritten(library: Library, tmp_path: Path) -> None:
    before = library.store.read_bytes()

    there = library.run("archive", "rebuild", code=2)
    full = library.run("archive", "rebuild", "--into", str(library.house.folder), code=2)
    empty = library.another("other").run("archive", "rebuild", code=2)

    for taken in (library.house.feeds, library.archive / "deep"):
        inside = library.run("archive", "rebuild", "--into", str(taken), code=2)
        assert "lies inside" in inside.err

    assert "is there: move it away" in there.err
    assert "is not empty" in full.err
    assert "holds no ledger" in empty.err
    assert library.store.read_bytes() == before


def test_a_damaged_archive_makes_no_store(library: Library) -> None:
    other = library.another("other")
    named = library.rows("SELECT sha256 FROM revisions")[0][0]
    path = library.archive / "objects" / named[:2] / named
    path.write_bytes(path.read_bytes() + b" ")

    said = library.run("archive", "rebuild", "--into", str(other.folder), code=1)

    assert named in said.err
    assert not list((other.folder / "store").glob("syndicator.db*"))


def test_p32_r50_addresses_outlast_the_store(library: Library) -> None:
    library.run("theme", "add", "rivers", "--match", "text:water")
    library.run("theme", "rename", "rivers", "streams")
    library.run("theme", "add", "hidden", "--match", "text:water", "--private")
    library.run("theme", "add", "passing", "--match", "text:water")
    library.run("theme", "remove", "passing")
    address = library.run("theme", "token", "hidden").out
    library.run("publish")
    maps = {path.name: path.read_text() for path in library.store.parent.glob("nginx/*.map")}
    other = library.another("other")

    library.run("archive", "rebuild", "--into", str(other.folder))

    assert other.run("theme", "token", "hidden").out == address
    assert other.files() == library.house.files()
    assert maps["moved.map"].count("/themes/streams") == 2
    assert "passing" in maps["gone.map"]
    for name, said in maps.items():
        assert (other.folder / "store/nginx" / name).read_text() == said
    assert library.run("archive", "verify").out == ""
