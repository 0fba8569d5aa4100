"""Readers that ask too often are asked to wait, if the operator wants it so (P33)."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from syndicator.server import Health, Server, build
from syndicator.server.patience import Patience
from tests.server.conftest import Ask, asking

FEED = "/themes/mali/atom.xml"


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limited(root: Path, clock: Clock) -> Iterator[Ask]:
    """Ask a server that has [serve] rate_limit on."""
    app = build(
        root,
        status=Health,
        metrics=None,
        publish_max_age_s=900,
        rate_limit=True,
        elapsed=clock,
    )
    with Server(app, host="127.0.0.1", port=0) as server:
        yield asking(server.host, server.port)


def test_p33_who_takes_everything_twice_an_hour_is_asked_to_wait(
    limited: Ask, clock: Clock
) -> None:
    tag = limited(FEED)["ETag"] or ""
    clock.now += 600

    refused = limited(FEED)
    assert refused.status == 429
    assert refused["Retry-After"] == "3000"
    assert refused["Cache-Control"] == "no-store"
    assert "Retry-After" in (refused["Access-Control-Expose-Headers"] or "")
    assert limited(FEED, if_none_match=tag).status == 304
    assert limited(FEED, if_none_match='"old"').status == 200

    clock.now += 3000
    assert limited(FEED).status == 200


def test_p33_four_polls_fit_into_the_time_that_caches_keep_a_feed(
    limited: Ask, clock: Clock
) -> None:
    for _ in range(4):
        assert limited(FEED, if_none_match='"old"').status == 200
        clock.now += 100

    refused = limited(FEED, if_none_match='"old"')
    assert (refused.status, refused["Retry-After"]) == (429, "500")
    clock.now += 500
    assert limited(FEED, if_none_match='"old"').status == 200


def test_p33_others_and_other_feeds_are_not_held_up(limited: Ask) -> None:
    assert limited(FEED, user_agent="one").status == 200
    assert limited(FEED, user_agent="one").status == 429
    assert limited(FEED, user_agent="another").status == 200
    assert limited("/themes/mali/rss.xml", user_agent="one").status == 200


@pytest.mark.parametrize("path", ["/", "/themes/mali/", "/themes/mali/archive/1.xml", "/style.css"])
def test_p33_pages_and_archives_are_not_counted(limited: Ask, path: str) -> None:
    assert [limited(path).status for _ in range(6)] == [200] * 6


@pytest.mark.parametrize("name", ["via", "x_forwarded_for", "forwarded"])
def test_p33_whoever_a_proxy_speaks_for_is_not_judged(limited: Ask, name: str) -> None:
    assert [limited(FEED, **{name: "192.0.2.1"}).status for _ in range(6)] == [200] * 6


def test_p33_nobody_is_asked_to_wait_by_default(ours: Ask) -> None:
    assert [ours(FEED).status for _ in range(6)] == [200] * 6


def test_p33_what_is_known_of_readers_is_bounded(clock: Clock) -> None:
    patience = Patience(max_age_s=900, clock=clock)
    tracemalloc.start()
    for n in range(30_000):
        patience.wait_s(f"192.0.2.{n}", "x" * 10_000, "themes/mali/atom.xml", conditional=False)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert held < 20 * 2**20
    wait_s = patience.wait_s("192.0.2.29999", "x" * 100, "themes/mali/atom.xml", conditional=False)
    assert wait_s == 3600


def test_p33_one_network_of_ipv6_is_one_reader(clock: Clock) -> None:
    patience = Patience(max_age_s=900, clock=clock)

    assert patience.wait_s("2001:db8::1", "", "a", conditional=False) == 0
    assert patience.wait_s("2001:db8::2", "", "a", conditional=False) > 0
    assert patience.wait_s("2001:db8:0:1::1", "", "a", conditional=False) == 0
