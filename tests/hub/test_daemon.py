"""The hub of a real daemon: news is told at once, and what was due at a kill -9 afterwards."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

import pytest
import requests

from tests.daemon.conftest import Build, build
from tests.daemon.house import House, Process, rss, served, site_config, titles, until
from tests.hub.reader import Call, Reader
from tests.site import Reply, Site

__all__ = ["build"]

MALI = "/themes/mali/atom.xml"


@pytest.fixture
def house(build: Build, site: Site) -> House:
    """One that reads a feed every second, and whose readers may be on this machine."""
    site.pages["/agency"] = Reply(body=rss(site.base, "Mali one"))
    text = site_config(site.base, "/agency")
    return build(text + "\n[hub]\nallow_private = true\n")


def running(house: House) -> Process:
    """A daemon that has published its first article."""
    daemon = house.start("run")
    until(lambda: titles(served(daemon.address, MALI)), within_s=60, what="the first article")
    return daemon


def follow(daemon: Process, reader: Reader, path: str = "/callback", *, secret: str = "") -> str:
    """Subscribe as a reader does that knows no more than the feed; the topic."""
    links = requests.get(daemon.address + MALI, timeout=10).links
    hub, topic = links["hub"]["url"], links["self"]["url"]
    # The daemon serves at any free port, and its base_url does not know which.
    form = {"hub.mode": "subscribe", "hub.topic": topic, "hub.callback": reader.url(path)}
    answer = requests.post(
        daemon.address + "/" + hub.rpartition("/")[2],
        data=form | ({"hub.secret": secret} if secret else {}),
        timeout=10,
    )
    assert answer.status_code == 202, answer.text
    return topic


def followers(house: House) -> int:
    return house.ask("SELECT count(*) FROM followers")[0][0]


def test_p31_a_follower_has_a_new_article_within_a_second_of_its_commit(
    house: House, site: Site, reader: Reader
) -> None:
    daemon = running(house)
    follow(daemon, reader, secret="shared")
    until(lambda: followers(house) == 1, within_s=5, what="it is confirmed")

    site.pages["/agency"] = Reply(body=rss(site.base, "Mali one", "Mali two"))
    until(lambda: reader.told(), within_s=30, what="it is told")
    told_at = datetime.now(UTC)

    (told,) = reader.told()
    assert told.signed_with("shared")
    assert told.body == served(daemon.address, MALI)
    assert set(titles(told.body)) == {"Mali one", "Mali two"}
    # When the article was decided on, which is before its commit; two seconds on a busy machine.
    (micros,) = house.ask("SELECT max(first_seen_at) FROM articles")[0]
    assert told_at.timestamp() - micros / 1e6 < 2
    assert house.status()["hub"]["followers"] == 1
    assert b'syndicator_hub_calls_total{call="deliver",result="ok"} 1.0' in served(
        daemon.address, "/metrics"
    )
    assert daemon.stop() == 0


def test_r28_what_was_due_at_a_kill_is_told_after_the_next_start(
    house: House, site: Site, reader: Reader
) -> None:
    daemon = running(house)
    follow(daemon, reader)
    until(lambda: followers(house) == 1, within_s=5, what="it is confirmed")
    released = threading.Event()

    def hang(_: Call) -> tuple[int, dict[str, str], bytes]:
        released.wait(20)
        return 500, {}, b""

    reader.on_post["/callback"] = hang
    site.pages["/agency"] = Reply(body=rss(site.base, "Mali one", "Mali two"))
    until(lambda: reader.told(), within_s=30, what="it is being told")
    daemon.kill()
    del reader.on_post["/callback"]
    released.set()

    again = house.start("run")
    assert again.address
    until(lambda: len(reader.told()) > 1, within_s=5, what="it is told again")

    assert set(titles(reader.told()[-1].body)) == {"Mali one", "Mali two"}
    until(
        lambda: house.ask("SELECT due_at FROM followers") == [(None,)],
        within_s=5,
        what="nothing is due any more",
    )
    assert again.stop() == 0


def test_r34_who_hangs_redirects_or_says_too_much_delays_no_other(
    house: House, site: Site, reader: Reader
) -> None:
    daemon = running(house)
    readers = [Reader() for _ in range(24)]  # more than there are places to hang in
    released = threading.Event()

    def hang(_: Call) -> tuple[int, dict[str, str], bytes]:
        released.wait(60)
        return 204, {}, b""

    def flood(_: Call) -> tuple[int, dict[str, str], bytes]:
        return 200, {}, b"x" * 50_000_000

    try:
        for n, one in enumerate(readers):
            one.on_post["/callback"] = [
                hang, flood, lambda _: (307, {"Location": reader.url("/led")}, b"")
            ][n % 3]  # fmt: skip
            follow(daemon, one)
        until(lambda: followers(house) == len(readers), within_s=20, what="all are confirmed")
        follow(daemon, reader)
        until(lambda: followers(house) == len(readers) + 1, within_s=10, what="and one more")

        site.pages["/agency"] = Reply(body=rss(site.base, "Mali one", "Mali two"))
        until(lambda: any(one.told() for one in readers), within_s=30, what="the first is told")
        began = time.monotonic()
        until(reader.told, within_s=8, what="the last, and nobody waited for, is told")

        assert time.monotonic() - began < 40
        assert reader.told("/led") == []
    finally:
        released.set()
        for one in readers:
            one.close()
    assert daemon.stop() == 0


@pytest.mark.timeout(240)
def test_r28_kills_at_any_moment_lose_no_news(house: House, site: Site, reader: Reader) -> None:
    many = [f"/{n}" for n in range(10)]
    daemon = running(house)
    for path in many:
        follow(daemon, reader, path)
    until(lambda: followers(house) == len(many), within_s=20, what="all are confirmed")

    said = ["Mali one"]
    for moment_s in (0.0, 0.02, 0.2, 1.0):
        said.append(f"Mali {len(said) + 1}")
        site.pages["/agency"] = Reply(body=rss(site.base, *said))
        until(
            lambda: said[-1].encode() in b"".join(call.body for call in reader.calls),
            within_s=60,
            what="somebody is told",
        )
        time.sleep(moment_s)  # the only thing that makes moments different
        daemon.kill()
        daemon = house.start("run")
        assert daemon.address

    def know() -> bool:
        newest = served(daemon.address, MALI)
        if set(titles(newest)) != set(said):
            return False
        return all(reader.told(path) and reader.told(path)[-1].body == newest for path in many)

    until(know, within_s=60, what="everybody knows the newest")
    assert daemon.stop() == 0


def test_p31_without_a_daemon_one_run_confirms_and_tells(
    house: House, site: Site, reader: Reader
) -> None:
    house.run("run", "--once")
    server = house.start("serve")
    follow(server, reader)
    house.run("run", "--once")
    assert followers(house) == 1

    site.pages["/agency"] = Reply(body=rss(site.base, "Mali one", "Mali two"))
    house.run("pull", "--force")
    house.run("publish")
    assert reader.told() == []
    house.run("run", "--once")

    assert [call.body for call in reader.told()] == [served(server.address, MALI)]
    assert server.stop() == 0
