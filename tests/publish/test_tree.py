"""Published files are whole or absent, and stay where they belong."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest

from syndicator.errors import PublishError
from syndicator.publishers.tree import Tree
from tests.publish.logs import NOON, days


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "feeds"


def _version(path: Path) -> tuple[int, int, int]:
    status = path.stat()
    return status.st_ino, status.st_mtime_ns, status.st_ctime_ns


def test_a_file_is_written_with_its_folders_and_its_time(root: Path) -> None:
    assert Tree(root).write("themes/mali/atom.xml", b"one", modified=NOON)

    file = root / "themes/mali/atom.xml"
    assert file.read_bytes() == b"one"
    assert file.stat().st_mtime == NOON.timestamp()
    assert [one.name for one in file.parent.iterdir()] == ["atom.xml"]
    assert Tree(root).read("themes/mali/atom.xml") == b"one"


def test_equal_bytes_leave_the_file_untouched(root: Path) -> None:
    tree = Tree(root)
    tree.write("a.xml", b"one", modified=NOON)
    before = _version(root / "a.xml")

    assert not tree.write("a.xml", b"one", modified=NOON + days(1))
    assert _version(root / "a.xml") == before
    assert tree.write("a.xml", b"two", modified=None)


def test_a_file_can_be_removed_once(root: Path) -> None:
    tree = Tree(root)
    tree.write("x/a.xml", b"one", modified=None)

    assert tree.remove("x/a.xml")
    assert not tree.remove("x/a.xml")
    assert not tree.remove("nowhere/a.xml")
    assert tree.read("x/a.xml") is None
    assert tree.read("nowhere/a.xml") is None


@pytest.mark.parametrize(
    "path",
    [
        *("../x", "/etc/x", "a/../x", "a//b", "", ".hidden", "a/.b", "a\0b", "a/b/", "é.xml"),
        *("x" * 200, "%2e%2e/x", "a\\b", "x.tmp", "a\n"),
    ],
)
def test_r44_a_path_that_is_no_name_of_ours_is_refused(root: Path, path: str) -> None:
    tree = Tree(root)

    for act in (tree.read, tree.remove, lambda p: tree.write(p, b"", modified=None)):
        with pytest.raises(PublishError, match="no path below"):
            act(path)


def test_r44_no_symbolic_link_is_followed(root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.xml").write_bytes(b"secret")
    root.mkdir()
    (root / "themes").symlink_to(outside)
    (root / "b.xml").symlink_to(outside / "a.xml")
    tree = Tree(root)

    for act in (tree.read, tree.remove, lambda p: tree.write(p, b"", modified=None)):
        with pytest.raises(PublishError, match=r"themes/a\.xml: "):
            act("themes/a.xml")
    with pytest.raises(PublishError):
        tree.read("b.xml")
    assert (outside / "a.xml").read_bytes() == b"secret"


def test_a_reader_never_sees_half_a_file(root: Path) -> None:
    tree, path, seen = Tree(root), root / "a.xml", set()
    bodies = [bytes([letter]) * 300_000 for letter in b"ab"]
    tree.write("a.xml", bodies[0], modified=None)
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            seen.add(path.read_bytes())

    watcher = threading.Thread(target=watch)
    watcher.start()
    for turn in range(40):
        tree.write("a.xml", bodies[turn % 2], modified=None)
    done.set()
    watcher.join()

    assert seen <= set(bodies)


def test_what_an_interrupted_write_left_is_swept(root: Path) -> None:
    tree = Tree(root)
    tree.write("x/a.xml", b"one", modified=None)
    (root / "x/.b.xml.0123456789abcdef.tmp").write_bytes(b"ha")
    (root / ".gitignore").write_bytes(b"*")

    assert tree.sweep() == 1
    assert tree.sweep() == 0
    assert sorted(one.name for one in root.rglob("*")) == [".gitignore", "a.xml", "x"]


def test_a_run_sweeps_only_what_one_left_that_was_killed(root: Path, tmp_path: Path) -> None:
    tree, killed = Tree(root), tmp_path / "killed"
    half = "x/.b.xml.0123456789abcdef.tmp"
    with tree.run():
        tree.write("x/a.xml", b"one", modified=None)
        (root / half).write_bytes(b"ha")
        shutil.copytree(root, killed)  # as it lies when it ends here

    with tree.run():
        assert (root / half).exists()  # nobody walked through the folders
    assert {one.name for one in root.iterdir()} == {"x"}

    with Tree(killed).run():
        assert not (killed / half).exists()
    assert [str(one.relative_to(killed)) for one in killed.rglob("*")] == ["x", "x/a.xml"]


def test_a_refusal_of_the_system_names_the_path(root: Path) -> None:
    tree = Tree(root)
    tree.write("a", b"a file, no folder", modified=None)

    with pytest.raises(PublishError, match=r"a/b\.xml: "):
        tree.write("a/b.xml", b"", modified=None)
    assert [one.name for one in root.iterdir()] == ["a"]


def test_a_folder_that_is_not_there_has_nothing_to_sweep(root: Path) -> None:
    assert Tree(root).sweep() == 0
