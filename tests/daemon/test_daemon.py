"""`syndicator run` as an operator has it: started, signalled, killed, and not alone."""

from __future__ import annotations

import random
import signal
import time
from itertools import pairwise

import pytest

from syndicator import daemon
from syndicator.demo.server import PressServer
from tests.daemon.conftest import Build
from tests.daemon.house import (
    SOURCE,
    House,
    Process,
    press_config,
    rss,
    served,
    site_config,
    titles,
    until,
)
from tests.site import Reply, Site

pytestmark = pytest.mark.timeout(300)  # for a machine that has much else to do

MALI = "/themes/mali/atom.xml"
ALL = "/themes/all/atom.xml"


def _says(site: Site, path: str, *names: str) -> None:
    """Put a feed of items with these titles there."""
    site.pages[path] = Reply(
        body=rss(site.url(path), *names), headers={"Content-Type": "application/rss+xml"}
    )


def _shows(address: str, path: str, title: str, *, within_s: float = 10) -> None:
    until(
        lambda: title in titles(served(address, path)),
        within_s=within_s,
        what=f"{title!r} in {path}",
    )


def _stalled(house: House, site: Site) -> Process:
    """A daemon that waits for an answer which will not come."""
    site.pages["/slow.xml"] = Reply(body=b"", delay_s=60)
    before = site.times_asked("/slow.xml")
    process = house.start("run")
    until(lambda: site.times_asked("/slow.xml") > before, within_s=30, what="it asks")
    return process


# ------------------------------------------------------------------ its work


def test_what_the_press_publishes_shows_up_in_the_served_feeds(
    build: Build, press: PressServer
) -> None:
    house = build(press_config(press, every="1s"))
    process = house.start("run")
    address = process.address
    until(
        lambda: len(titles(served(address, ALL))) >= 50, within_s=60, what="the past is published"
    )

    shown = []
    while release := press.release_next():
        shown.append(release.title)
    for title in shown:
        _shows(address, ALL, title, within_s=20)
    _shows(address, MALI, "Village truce around Mopti extended to the harvest")

    assert process.stop() == 0
    assert "a fault of ours" not in process.err
    until(lambda: not house.alive(), within_s=5, what="its workers have ended")


def test_one_request_at_a_time_and_a_gap_between_them(build: Build, site: Site) -> None:
    """C17, also where the command line asks beside the daemon."""
    paths = [f"/{name}.xml" for name in ("one", "two", "three", "four")]
    for path in paths:
        body = rss(site.url(path), f"Mali, as {path} sees it")
        site.pages[path] = Reply(body=body, delay_s=0.3)
    house = build(site_config(site.base, *paths, gap='"1s"', every="2s"))

    process = house.start("run")
    by_hand = house.start("pull", "--force")
    assert by_hand.wait(60) == 0
    until(lambda: len(site.asked) >= 10, within_s=60, what="ten requests")
    assert process.stop() == 0

    assert {asked.path for asked in site.asked} == set(paths)
    assert site.peak_open == 1
    gaps = [later.at - earlier.at for earlier, later in pairwise(site.asked)]
    assert min(gaps) >= 1.0


def test_the_command_line_reads_beside_the_daemon_which_publishes(build: Build, site: Site) -> None:
    _says(site, "/news.xml", "Old news of Mali")
    house = build(site_config(site.base, "/news.xml", every="1h"))
    process = house.start("run")
    _shows(process.address, MALI, "Old news of Mali")

    _says(site, "/news.xml", "Old news of Mali", "New news of Mali")
    said = house.run("pull", "--force")

    assert said.out == "news: changed, 1 new, 0 revised\n"
    _shows(process.address, MALI, "New news of Mali", within_s=8)
    assert process.stop() == 0


def test_run_once_is_3_when_a_source_failed_and_publishes_the_others(
    build: Build, site: Site
) -> None:
    _says(site, "/good.xml", "Good news of Mali")
    site.pages["/bad.xml"] = Reply(status=500)
    house = build(site_config(site.base, "/good.xml", "/bad.xml"))

    house.run("run", "--once", code=3)

    assert titles(house.files()["themes/mali/atom.xml"]) == ["Good news of Mali"]


def test_run_once_says_of_each_source_that_fails_why(build: Build, site: Site) -> None:
    site.pages["/gone.xml"] = Reply(status=404)
    site.pages["/odd.xml"] = Reply(body=b"no feed at all")
    house = build(site_config(site.base, "/gone.xml", "/odd.xml"))

    err = house.run("run", "--once", code=3).err

    assert "WARNING syndicator.daemon: gone: HTTP 404" in err
    assert "WARNING syndicator.daemon: odd: answered text without any element" in err
    assert "2 sources read, 2 of them failed" in err


def test_run_once_reads_pages_that_wait_and_nothing_twice(
    build: Build, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """... however long their host's pauses are and however short the intervals."""
    monkeypatch.setattr("syndicator.sources.round.AT_ONCE", 2)  # else 20 pages and pauses
    names = ["well", "bridge", "market"]
    links = "".join(f'<li><h2><a href="/{name}">The {name} in Mali</a></h2></li>' for name in names)
    site.pages["/list"] = Reply(body=f"<html><body><ul>{links}</ul></body></html>".encode())
    prose = "<p>" + "They met under the mango tree and spoke of water for a while. " * 15 + "</p>"
    for name in names:
        title = f"The {name} in Mali"
        page = f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{prose}"
        site.pages[f"/{name}"] = Reply(body=f"{page}</article></body></html>".encode())
    house = build(site_config(site.base, "/list", gap='"1s"').replace('"feed"', '"page"'))

    assert daemon.run(house.config, once=True, environ={}) == 0

    assert sorted(titles(house.files()["themes/mali/atom.xml"])) == [
        "The bridge in Mali",
        "The market in Mali",
        "The well in Mali",
    ]
    assert [site.times_asked(f"/{name}") for name in names] == [1, 1, 1]
    assert site.times_asked("/list") <= 2
    assert house.ask("select count(distinct outcome) from polls") == [(2,)]  # so some did wait


# ------------------------------------------------------------------ signals


def test_both_signals_end_it_in_time_while_a_source_stalls(build: Build, site: Site) -> None:
    with Site() as other:
        term = build(site_config(site.base, "/slow.xml"), "term")
        int_ = build(site_config(other.base, "/slow.xml"), "int")
        stalled = {
            signal.SIGTERM: _stalled(term, site),
            signal.SIGINT: _stalled(int_, other),
        }
        began = time.monotonic()
        for number, process in stalled.items():
            process.send(number)
        codes = [process.wait(12) for process in stalled.values()]

        assert codes == [0, 0], [process.err for process in stalled.values()]
        assert time.monotonic() - began < 30
        until(lambda: not (term.alive() | int_.alive()), within_s=2, what="nothing is left")
        assert term.ask("select claimed_by, next_check_at < claimed_until from sources") == [
            ("", None)
        ]


def test_ctrl_c_ends_a_pull_and_leaves_the_source_as_it_was(build: Build, site: Site) -> None:
    house = build(site_config(site.base, "/slow.xml"))
    site.pages["/slow.xml"] = Reply(delay_s=60)
    process = house.start("pull")
    until(lambda: site.asked, within_s=30, what="it asks")
    began = time.monotonic()

    assert process.stop(signal.SIGINT) == 130
    assert time.monotonic() - began < 30
    assert process.err.endswith("syndicator: interrupted\n")
    assert house.ask("select claimed_by, failures, error from sources") == [("", 0, "")]


def test_r37_stopped_at_random_moments_it_ends_well_and_goes_on(
    build: Build, press: PressServer
) -> None:
    house = build(press_config(press, every="1s"))
    held = "select owner from hosts where owner <> ''"
    chance = random.Random(37)
    for _ in range(5):
        process = house.start("run")
        assert process.address
        time.sleep(chance.random() * 2)
        began = time.monotonic()
        assert process.stop() == 0
        assert time.monotonic() - began < 30
        assert "Traceback" not in process.err
        # Within ten seconds goes before all: what it then still holds the next start gives back.
        if "ended in the middle of something" not in process.err:
            assert house.ask(held) == []

    house.run("run", "--once")
    assert house.ask(held) == []
    assert house.ask("select count(*), count(distinct id) from articles") == [(78, 78)]


def test_an_idle_daemon_ends_at_once(build: Build, site: Site) -> None:
    _says(site, "/news.xml", "News of Mali")
    house = build(site_config(site.base, "/news.xml", every="1h"))
    process = house.start("run")
    _shows(process.address, MALI, "News of Mali")
    began = time.monotonic()

    assert process.stop(signal.SIGINT) == 0
    assert time.monotonic() - began < 30


def test_sighup_takes_over_a_good_file_and_leaves_a_bad_one(build: Build, site: Site) -> None:
    _says(site, "/news.xml", "News of Mali")
    _says(site, "/more.xml", "More news of Chad")
    text = site_config(site.base, "/news.xml")
    house = build(text)
    process = house.start("run")
    address = process.address
    _shows(address, MALI, "News of Mali")

    more = SOURCE.format(id="more", url=site.url("/more.xml"), every="1s")
    chad = "\n[themes.chad]\ntitle = \"Chad\"\nmatch = 'title:chad'\n"
    house.config.write_text(text + more + chad)
    process.send(signal.SIGHUP)
    process.told("reloaded: 2 sources, 2 themes declared")
    _shows(address, "/themes/chad/atom.xml", "More news of Chad")

    broken = text + more + chad + "\n[themes.niger]\ntitel = \"Niger\"\nmatch = 'title:niger'\n"
    house.config.write_text(broken)
    line = broken.splitlines().index('titel = "Niger"') + 1
    process.send(signal.SIGHUP)
    complaint = process.told("titel")
    assert f"not reloaded: {house.config}:{line}: " in complaint
    assert 'did you mean "title"?' in complaint

    _says(site, "/more.xml", "More news of Chad", "Still news of Chad")
    _shows(address, "/themes/chad/atom.xml", "Still news of Chad")
    assert process.stop() == 0


# ------------------------------------------------------------------ not alone


def test_a_second_daemon_is_1_at_once_and_run_once_leaves_it_the_work(
    build: Build, site: Site
) -> None:
    _says(site, "/news.xml", "News of Mali")
    house = build(site_config(site.base, "/news.xml", every="1h"))
    process = house.start("run")
    _shows(process.address, MALI, "News of Mali")
    asked = len(site.asked)

    second = house.run("run", code=1, within_s=10)
    assert second.err == (f"syndicator: a daemon is running on {house.folder / 'store'} already\n")
    once = house.run("run", "--once", within_s=10)
    assert "a daemon is running" in once.err
    assert once.out == ""

    assert len(site.asked) == asked
    assert served(process.address, MALI)
    assert process.stop() == 0


def test_after_kill_9_the_next_run_starts_and_reads_at_once(build: Build, site: Site) -> None:
    house = build(site_config(site.base, "/slow.xml", every="1h"))
    _stalled(house, site).kill()
    _says(site, "/slow.xml", "News of Mali")
    began = time.monotonic()

    process = house.start("run")
    _shows(process.address, MALI, "News of Mali")

    assert time.monotonic() - began < 60  # a lease that nobody voids lasts for minutes
    assert process.stop() == 0
