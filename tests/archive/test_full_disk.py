"""A full disk, or one that can only be read: told with its file and the way out.

Nothing is lost, what was published stays, and all goes on once there is room. It is a real disk, a
small one in memory.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from syndicator import jobs
from syndicator.app import WORKSHOP, load_config, maker_guard, open_parts
from syndicator.errors import ArchiveError, PublishError, StoreError, SyndicatorError
from syndicator.jobs.parts import Parts
from tests.daemon.house import SOURCE, House, Process, rss, served, site_config, titles, until
from tests.site import Reply, Site

PLACES = {
    "store": "store/syndicator.db",
    "archive": "store/archive",
    "feeds": "feeds",
}


@dataclass(frozen=True, slots=True)
class Disk:
    """A small disk, mounted."""

    path: Path

    def fill(self) -> None:
        """Leave not a byte."""
        with (self.path / "ballast").open("ab", buffering=0) as file:
            size = 1 << 20
            while size:
                try:
                    file.write(b"x" * size)
                except OSError:
                    size //= 2

    def make_room(self) -> None:
        (self.path / "ballast").unlink()

    def only_read(self, *, only: bool) -> None:
        _mount("-o", f"remount,{'ro' if only else 'rw'}", str(self.path))

    def half_written(self) -> list[Path]:
        """What an interrupted write would leave."""
        return [path for path in self.path.rglob("*") if path.name.endswith(".tmp")]


def _mount(*words: str) -> None:
    subprocess.run(["mount", *words], check=True, capture_output=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """Of 16 MB."""
    path = tmp_path / "disk"
    path.mkdir()
    try:
        _mount("-t", "tmpfs", "-o", "size=16m", "tmpfs", str(path))
    except (subprocess.CalledProcessError, OSError):
        pytest.skip("only root may mount a disk")
    yield Disk(path)
    subprocess.run(["umount", "--lazy", str(path)], check=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A configuration of which some places are on the disk, and the site that it reads."""

    config: Path
    places: dict[str, Path]
    site: Site

    @contextmanager
    def opened(self) -> Iterator[Parts]:
        with open_parts(self.config, environ={}) as parts:
            yield parts

    def read(self, number: int) -> None:
        """Pull, when the source shows so many articles, and publish."""
        _show(self.site, number)
        with self.opened() as parts:
            (pulled,) = jobs.pull(parts, force=True)
            assert not pulled.error, pulled
            jobs.publish(parts)

    def shown(self) -> int:
        """How many articles the feed has."""
        return len(titles((self.places["feeds"] / "themes/mali/atom.xml").read_bytes()))

    def faults(self) -> list[str]:
        with self.opened() as parts:
            return [str(fault) for fault in jobs.verify(parts).faults]


def _show(site: Site, number: int) -> None:
    site.pages["/wire.xml"] = Reply(
        body=rss(site.base, *[f"Mali, part {n}" for n in range(number)])
    )


def _settings(places: dict[str, Path]) -> str:
    return (
        f'[store]\nurl = "sqlite:///{places["store"]}"\narchive = "{places["archive"]}"\n'
        f'capture = "all"\n\n[publish]\ndir = "{places["feeds"]}"\n'
    )


def _room(folder: Path, site: Site, disk: Disk, *on_disk: str) -> Room:
    folder.mkdir()
    places = {
        name: (disk.path if name in on_disk else folder) / path for name, path in PLACES.items()
    }
    config = folder / "config.toml"
    config.write_text(_settings(places) + site_config(site.base, "/wire.xml"), "utf-8")
    return Room(config=config, places=places, site=site)


@pytest.mark.parametrize(
    ("on_disk", "shown"),
    [(("store", "archive", "feeds"), 3), (("feeds",), 3), (("archive",), 6)],
    ids=["everything", "what is published", "the archive"],
)
@pytest.mark.parametrize("only_read", [False, True], ids=["full", "only read"])
def test_nothing_is_lost_and_all_goes_on_when_there_is_room(
    tmp_path: Path,
    site: Site,
    disk: Disk,
    on_disk: tuple[str, ...],
    shown: int,
    only_read: bool,
) -> None:
    room = _room(tmp_path / "room", site, disk, *on_disk)
    room.read(3)

    if only_read:
        disk.only_read(only=True)
    else:
        disk.fill()
    said = ""
    try:
        room.read(6)
    except SyndicatorError as error:
        said = str(error)
    assert room.shown() == shown
    if only_read:
        disk.only_read(only=False)
    else:
        disk.make_room()

    if said:
        assert str(room.places["store"]) in said or "themes/" in said or "articles/" in said
        assert ("mount it for writing" if only_read else "make room") in said or "look at" in said
    room.read(6)
    assert room.shown() == 6
    assert room.faults() == []
    assert disk.half_written() == []


@pytest.mark.parametrize("only_read", [False, True], ids=["full", "only read"])
def test_what_carries_a_store_about_leaves_nothing_half_made(
    tmp_path: Path,
    site: Site,
    disk: Disk,
    only_read: bool,
) -> None:
    room = _room(tmp_path / "room", site, disk)
    room.read(20)
    other = _room(tmp_path / "other", site, disk, "store", "archive", "feeds")
    loaded = load_config(other.config, {})
    (disk.path / "store").mkdir()
    export = tmp_path / "all.jsonl"
    with room.opened() as parts:
        export.write_bytes(b"".join(jobs.carry_out(parts)))
        jobs.backup(parts, tmp_path / "b.tar")
        if only_read:
            disk.only_read(only=True)
        else:
            disk.fill()
        before = sorted(disk.path.rglob("*"))

        with pytest.raises((ArchiveError, StoreError)) as of_backup:
            jobs.backup(parts, disk.path / "b.tar")
        with pytest.raises((ArchiveError, PublishError)) as of_bag:
            jobs.bag(parts, disk.path / "bag", None)
    with pytest.raises((ArchiveError, StoreError)) as of_restore:
        jobs.restore(loaded, maker_guard(loaded), tmp_path / "b.tar")
    with pytest.raises((ArchiveError, StoreError)) as of_import, export.open("rb") as lines:
        jobs.carry_in(loaded, WORKSHOP, maker_guard(loaded), lines, str(export))

    for words in (str(one.value) for one in (of_backup, of_bag, of_restore, of_import)):
        assert str(disk.path) in words
        assert ("mount it for writing" if only_read else "make room") in words
    locks = {disk.path / "store" / f"{name}.lock" for name in ("daemon", "making")}
    assert sorted(set(disk.path.rglob("*")) - locks) == before


def test_an_output_that_is_full_is_said_in_a_line(tmp_path: Path, site: Site, disk: Disk) -> None:
    room = _room(tmp_path / "room", site, disk)
    room.read(3)
    words = [sys.executable, "-m", "syndicator", "-c", str(room.config), "export", "jsonl"]

    with Path("/dev/full").open("wb") as full:
        said = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, text=True, check=False)

    assert said.returncode == 1
    assert said.stderr == "syndicator: the output: No space left on device; make room on its disk\n"


def test_a_daemon_serves_what_it_has_and_goes_on_by_itself(
    tmp_path: Path, site: Site, disk: Disk
) -> None:
    places = {name: disk.path / path for name, path in PLACES.items()}
    text = _settings(places) + site_config(site.base, "/wire.xml")
    house = House(tmp_path / "house", text)
    _show(site, 3)
    try:
        daemon = house.start("run")
        until(lambda: _served(daemon) == 3, within_s=120, what="three articles")
        disk.fill()
        _show(site, 6)
        daemon.told("make room", within_s=120)
        assert _served(daemon) == 3

        disk.make_room()
        until(lambda: _served(daemon) == 6, within_s=120, what="all articles")

        assert daemon.stop(within_s=60) == 0
        assert "Traceback" not in daemon.err
        said = [line for line in daemon.err.splitlines() if "make room" in line]
        assert len(said) == len(set(said))  # once, not at each tick
        assert house.run("archive", "verify", within_s=300).out == ""
    finally:
        house.close()


def _full_before_answers(disk: Disk, *sites: Site) -> None:
    """Fill the disk while all sites are being asked, so that what they say cannot be saved."""
    until(lambda: all(each.asked for each in sites), within_s=60, what="all are asked")
    disk.fill()


def _slow(site: Site) -> None:
    site.pages["/wire.xml"] = Reply(body=rss(site.base, "Mali " * 20_000), delay_s=4)


def test_a_pull_that_cannot_save_is_1_and_says_why_in_a_line(
    tmp_path: Path, site: Site, disk: Disk
) -> None:
    places = {name: disk.path / path for name, path in PLACES.items()}
    house = House(tmp_path / "house", _settings(places) + site_config(site.base, "/wire.xml"))
    _slow(site)
    try:
        pull = house.start("pull")
        _full_before_answers(disk, site)

        assert pull.wait(120) == 1
        assert "Traceback" not in pull.err
        assert pull.err.count(f"syndicator: the store {places['store']}: ") == 1
        assert pull.err.count("make room there") == 1
    finally:
        house.close()


def test_a_daemon_that_can_save_nothing_says_it_once_for_all_sources(
    tmp_path: Path, site: Site, disk: Disk
) -> None:
    places = {name: disk.path / path for name, path in PLACES.items()}
    with Site() as other:
        own = site_config(site.base, "/wire.xml", every="1h")
        other_host = f'[fetch.hosts."{other.base.removeprefix("http://")}"]\ngap = 0\n'
        source = SOURCE.format(id="other", url=f"{other.base}/wire.xml", every="1h")
        house = House(tmp_path / "house", _settings(places) + own + other_host + source)
        _slow(site)
        _slow(other)
        try:
            daemon = house.start("run")
            _full_before_answers(disk, site, other)
            daemon.told(f"the store {places['store']}: ", within_s=60)
            time.sleep(5)  # for the second, which is not to be said

            assert daemon.stop(within_s=60) == 0
            assert "Traceback" not in daemon.err
            assert daemon.err.count(f"the store {places['store']}: ") == 1
        finally:
            house.close()


def _served(daemon: Process) -> int:
    return len(titles(served(daemon.address, "/themes/mali/atom.xml")))
