"""A store that cannot be opened: what was published stays up, and all else waits for it."""

from __future__ import annotations

import fcntl
import re
import shutil
import signal
from pathlib import Path

import pytest
import requests

from tests.daemon.conftest import Build
from tests.daemon.house import House, Process, rss, served, site_config, titles, until
from tests.site import Reply, Site

pytestmark = pytest.mark.timeout(300)  # for a machine that has much else to do

MALI = "/themes/mali/atom.xml"
_GOES_ON = re.compile(r"serving at (http://[^/\s]+)")


@pytest.fixture
def house(build: Build, site: Site) -> House:
    """One that has published, and whose store is damaged since."""
    site.pages["/news.xml"] = Reply(
        body=rss(site.url("/news.xml"), "News of Mali"),
        headers={"Content-Type": "application/rss+xml"},
    )
    made = build(site_config(site.base, "/news.xml", every="1h"))
    made.run("run", "--once")
    shutil.copy(_store(made), made.folder / "whole.db")
    _store(made).write_bytes(b"this is no database, not by far" * 500)
    return made


def _store(house: House) -> Path:
    return house.folder / "store" / "syndicator.db"


def _mend(house: House) -> None:
    """Put back what the store was, as a whole."""
    (house.folder / "whole.db").replace(_store(house))


def _goes_on(process: Process) -> None:
    said = until(lambda: _GOES_ON.search(process.err), within_s=30, what="it goes on")
    assert requests.get(f"{said[1]}/readyz", timeout=10).status_code == 200
    assert titles(served(said[1], MALI)) == ["News of Mali"]


def _is_served_alone(address: str) -> None:
    """Files as ever, and no word of what only the store knows."""
    first = requests.get(address + MALI, timeout=10)
    assert titles(first.content) == ["News of Mali"]
    again = requests.get(
        address + MALI, headers={"If-None-Match": first.headers["ETag"]}, timeout=10
    )
    assert again.status_code == 304
    assert requests.get(f"{address}/healthz", timeout=10).status_code == 200
    ready = requests.get(f"{address}/readyz", timeout=10)
    assert (ready.status_code, ready.text) == (503, "not ready: store\n")
    for path in ("/search?q=mali", "/search/atom.xml?q=mali", "/websub/x", "/themes/nowhere/"):
        answer = requests.get(address + path, timeout=10)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60"), path
    assert requests.post(f"{address}/hub", data={"a": "b"}, timeout=10).status_code == 503
    assert requests.get(f"{address}/metrics", timeout=10).status_code == 200


def test_run_serves_what_is_published_and_goes_on_when_the_store_is_made_anew(
    house: House,
) -> None:
    process = house.start("run")
    _is_served_alone(process.address)
    assert "not a database; it is damaged" in process.err
    assert "archive rebuild" in process.err

    _store(house).rename(house.folder / "damaged.db")
    process.send(signal.SIGHUP)
    assert served(process.address, MALI)
    assert not _store(house).exists()  # nobody made an empty one
    house.run("archive", "rebuild")
    process.send(signal.SIGHUP)

    _goes_on(process)
    assert process.stop() == 0


def test_beside_a_rebuild_run_serves_what_is_published_and_nobody_makes_an_empty_store(
    house: House,
) -> None:
    _store(house).rename(house.folder / "damaged.db")
    with (house.folder / "store" / "making.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # as a rebuild does
        process = house.start("run")
        assert "a store is being made in" in house.run("pull", code=1).err
        _is_served_alone(process.address)
        assert "a store is being made in" in process.err

    process.send(signal.SIGHUP)  # and where the rebuild was killed
    assert served(process.address, MALI)
    assert not _store(house).exists()
    house.run("archive", "rebuild")
    process.send(signal.SIGHUP)

    _goes_on(process)
    assert process.stop() == 0


def test_run_that_waits_for_its_store_ends_when_it_is_told_to(house: House) -> None:
    process = house.start("run")

    assert titles(served(process.address, MALI)) == ["News of Mali"]
    assert process.stop() == 0


def test_run_that_waits_outlives_a_mistake_in_its_configuration(house: House) -> None:
    process = house.start("run")
    address = process.address
    text = house.config.read_text()

    house.config.write_text(text + "x = [\n")
    process.send(signal.SIGHUP)
    process.told("config.toml:", within_s=20)
    process.send(signal.SIGHUP)
    assert titles(served(address, MALI)) == ["News of Mali"]

    house.config.write_text(text)
    _mend(house)
    process.send(signal.SIGHUP)
    _goes_on(process)
    assert process.err.count("config.toml:") == 1
    assert process.stop() == 0


def test_run_that_waits_outlives_another_who_holds_the_store(house: House) -> None:
    process = house.start("run")
    address = process.address

    with (house.folder / "store" / "daemon.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # as `run --once` does, and the end of a restore
        _mend(house)
        process.send(signal.SIGHUP)
        process.told("is running on", within_s=20)
        process.send(signal.SIGHUP)
        assert titles(served(address, MALI)) == ["News of Mali"]

    process.send(signal.SIGHUP)
    _goes_on(process)
    assert process.err.count("is running on") == 1
    assert process.stop() == 0


def test_serve_hands_out_what_is_published(house: House) -> None:
    process = house.start("serve")

    _is_served_alone(process.address)
    assert "what is published is served all the same" in process.err
    assert process.stop() == 0


def test_where_nothing_was_published_or_nobody_stays_the_error_is_all(house: House) -> None:
    assert "it is damaged" in house.run("run", "--once", code=1).err
    (house.feeds / ".syndicator.json").unlink()

    for verb in ("run", "serve"):
        assert "archive rebuild" in house.run(verb, code=1).err
