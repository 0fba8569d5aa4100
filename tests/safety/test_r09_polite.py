"""R8, R9, end to end: nothing ambient is used, and nobody makes us ask more than a few times."""

from __future__ import annotations

from pathlib import Path

import pytest

from syndicator import jobs
from syndicator.model import Kind, SourceSettings
from tests.conftest import FakeClock
from tests.safety.conftest import OpenRoom
from tests.safety.documents import HTML_TYPE, RSS_TYPE, honest, item, page, rss
from tests.site import Asked, RawServer, Reply, Site


def test_r08_neither_proxies_nor_netrc_of_the_environment_are_used(
    open_room: OpenRoom, site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text("default login me password secret\n")
    (tmp_path / ".netrc").chmod(0o600)
    site.pages["/feed"] = Reply(
        body=honest([1]), headers={**RSS_TYPE, "Set-Cookie": "session=1; Path=/"}
    )
    with RawServer() as canary:
        for name in ("http_proxy", "https_proxy", "all_proxy", "ftp_proxy", "no_proxy"):
            monkeypatch.setenv(name, canary.url())
            monkeypatch.setenv(name.upper(), canary.url())
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))
        room = open_room({"press": site.url("/feed")})
        for _ in range(2):
            assert not room.pull()["press"].error

        assert canary.connections == 0
    assert len(site.asked) == 2
    assert not {"authorization", "cookie", "proxy-authorization"} & {
        name for asked in site.asked for name in asked.headers
    }


def test_r09_of_5000_announced_feeds_four_are_tried(open_room: OpenRoom, site: Site) -> None:
    links = "".join(
        f'<link rel="alternate" type="application/rss+xml" href="/feed/{n}">' for n in range(5000)
    )
    site.pages["/"] = Reply(body=page("", head=links), headers=HTML_TYPE)
    room = open_room({"press": SourceSettings(url=site.url())})

    assert room.pull()["press"].result == "failed"
    assert len(site.asked) <= 5


def test_r09_pages_that_never_end_are_followed_ten_times_at_most(
    open_room: OpenRoom, site: Site, clock: FakeClock
) -> None:
    """Each page names one new article, which is read too, and a page behind it."""

    def listing(asked: Asked) -> Reply:
        number = int(asked.path.rpartition("=")[2] or 0)
        row = f'<li><a href="/story/{number}">A story of five words</a></li>'
        onward = f'<a rel="next" href="/list?page={number + 1}">Next page</a>'
        return Reply(body=page(f"<ul>{row}</ul>{onward}"), headers=HTML_TYPE)

    site.pages["/list"] = listing
    room = open_room(
        {"press": SourceSettings(url=site.url("/list?page=0"), kind=Kind.PAGE)},
        clock=clock,
        hands="inline",
    )
    for _ in range(3):
        site.forget()
        room.pull()
        lists = [asked.path for asked in site.asked if asked.path.startswith("/list")]

        assert len(lists) == len(set(lists)) <= 10


def test_r09_feeds_that_never_end_are_followed_ten_times_at_most(
    open_room: OpenRoom, site: Site, clock: FakeClock
) -> None:
    """Everything is new at every poll, as after a gap, and each document names a next one (C27)."""
    polls = iter(range(10_000))

    def feed(asked: Asked) -> Reply:
        number = next(polls)
        onward = f'<atom:link rel="next" href="/feed?page={number + 1}"/>'
        body = rss("".join(item(f"{number}-{n}") for n in range(5)), head=onward)
        return Reply(body=body, headers=RSS_TYPE)

    site.pages["/feed"] = feed
    room = open_room({"press": site.url("/feed")}, clock=clock, hands="inline")
    room.pull()
    clock.move(2 * 86_400)
    site.forget()
    refreshes = []
    while not refreshes or refreshes[-1]:
        before = len(site.asked)
        jobs.take_due(room.parts, lambda *_, **__: None)
        refreshes.append(len(site.asked) - before)

    assert 1 < max(refreshes) <= 1 + 10
    assert sum(refreshes) <= 1 + 50
    assert not room.source("press").error


@pytest.mark.parametrize(
    "etag",
    [
        pytest.param('"' + "x" * 1024 + '"', id="longer than 1 kB"),
        pytest.param('"\xe9"', id="not ASCII"),
        pytest.param('"\x01"', id="a control character"),
    ],
)
def test_r09_a_validator_that_is_out_of_bounds_is_dropped(
    open_room: OpenRoom, site: Site, etag: str
) -> None:
    site.pages["/feed"] = Reply(body=honest([1]), headers={**RSS_TYPE, "ETag": etag})
    room = open_room({"press": site.url("/feed")})
    for _ in range(2):
        assert not room.pull()["press"].error

    assert not room.source("press").validators
    assert "if-none-match" not in site.asked[1]
