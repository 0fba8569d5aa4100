"""When requests may start: C10, C11, C17, C22, R7."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from syndicator.errors import BusyError, FetchError, RefusedError, Stopped
from syndicator.model import HostLease
from syndicator.net import HostRule
from syndicator.net.wording import wished_wait
from syndicator.text.urls import scope
from tests.conftest import FakeClock
from tests.net.helpers import World, source, world
from tests.site import RawServer, Reply, Site, repeating

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class RealClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


def starts(world: World, visit_url: str, paths: list[str], site: Site) -> list[datetime]:
    visit = world.visit(visit_url)
    for path in paths:
        visit.get(site.url(path), reason="article")
    return [request.at for request in visit.requests]


def gaps_s(moments: list[datetime]) -> list[float]:
    return [(b - a).total_seconds() for a, b in pairwise(moments)]


def test_c17_two_seconds_lie_between_two_starts(here: World, site: Site) -> None:
    site.pages["/"] = Reply(body=b"x")

    assert gaps_s(starts(here, site.url(), ["/", "/", "/"], site)) == [2.0, 2.0]


def test_c17_a_redirect_within_the_host_waits_as_well(here: World, site: Site) -> None:
    site.pages["/old"] = Reply(status=301, headers={"Location": "/"})
    site.pages["/"] = Reply(body=b"x")

    assert gaps_s(starts(here, site.url(), ["/old"], site)) == [2.0]


def test_c17_a_failed_request_counts_as_a_start(here: World, site: Site) -> None:
    visit = here.visit(site.url())
    for _ in range(2):
        with pytest.raises(FetchError):
            visit.get(site.url("/none"), reason="poll")

    assert gaps_s([request.at for request in visit.requests]) == [2.0]


@pytest.mark.parametrize("name", ["127.0.0.1:{port}", "127.0.0.1"])
def test_c17_hosts_of_ones_own_may_have_another_gap(
    clock: FakeClock, site: Site, name: str
) -> None:
    site.pages["/"] = Reply(body=b"x")
    rule = {name.format(port=site.port): HostRule(gap_s=0.25)}
    with world(clock, hosts=rule) as w:
        assert gaps_s(starts(w, site.url(), ["/", "/"], site)) == [0.25]


def test_c17_a_rule_for_the_schedule_alone_leaves_the_gap(clock: FakeClock, site: Site) -> None:
    site.pages["/"] = Reply(body=b"x")
    rule = {f"127.0.0.1:{site.port}": HostRule(min_interval_s=1)}
    with world(clock, hosts=rule) as w:
        assert gaps_s(starts(w, site.url(), ["/", "/"], site)) == [2.0]


@pytest.mark.parametrize(("wish", "gap"), [(10.0, 10.0), (0.1, 2.0), (3600.0, 60.0)])
def test_c22_a_host_may_ask_for_a_longer_gap(
    here: World, site: Site, wish: float, gap: float
) -> None:
    site.pages["/"] = Reply(body=b"x")
    visit = here.visit(site.url())
    visit.slow_down(site.url(), wish)

    for _ in range(2):
        visit.get(site.url(), reason="article")

    assert gaps_s([request.at for request in visit.requests]) == [gap]


def test_c17_the_gap_holds_as_the_server_sees_it() -> None:
    """Measured at the other end, where a slow answer must not shorten it."""
    with Site() as site, world(RealClock(), gap_s=0.3) as w:
        site.pages["/"] = Reply(body=b"x", delay_s=0.1)
        visit = w.visit(site.url())
        for _ in range(3):
            visit.get(site.url(), reason="poll")

    moments = [asked.at for asked in site.asked]
    assert all(b - a >= 0.3 for a, b in pairwise(moments))


def test_c17_connections_are_reused_within_a_visit(site: Site) -> None:
    site.pages["/"] = Reply(body=b"x", headers={"ETag": '"1"'}, conditional=True)
    with world(RealClock(), gap_s=0.05) as w:
        visit = w.visit(site.url())
        got = visit.get(site.url(), reason="poll")
        for _ in range(3):
            visit.get(site.url(), reason="poll", validators=got.validators)

    assert (len(site.asked), site.connections) == (4, 1)


def test_c17_the_lease_says_when_the_first_request_may_start(clock: FakeClock, site: Site) -> None:
    site.pages["/"] = Reply(body=b"x")
    with world(clock) as w:
        lease = HostLease(
            scope=scope(site.url()), owner="t", token=1, next_start_at=NOW + timedelta(seconds=7)
        )
        visit = w.net.visit(source(site.url()), lease)
        visit.get(site.url(), reason="poll")

    assert visit.last_start == NOW + timedelta(seconds=7)
    assert visit.free_at() == NOW + timedelta(seconds=9)


def test_c17_a_host_that_is_not_free_for_long_is_busy(clock: FakeClock, site: Site) -> None:
    later = NOW + timedelta(minutes=5)
    lease = HostLease(scope=scope(site.url()), owner="t", token=1, next_start_at=later)
    with world(clock) as w:
        visit = w.net.visit(source(site.url()), lease)
        with pytest.raises(BusyError) as caught:
            visit.get(site.url(), reason="poll")

    assert caught.value.not_before == later
    assert (visit.requests, site.connections) == ([], 0)


def test_c17_another_host_is_leased_for_one_request(here: World, site: Site) -> None:
    site.pages["/"] = Reply(body=b"x")
    with Site("127.0.0.2") as other:
        held: list[set[str]] = []

        def page(_: object) -> Reply:
            held.append(set(here.hosts.held))
            return Reply(body=b"x")

        other.pages["/"] = page
        visit = here.visit(site.url())
        for _ in range(2):
            visit.get(other.url(), reason="article")

        assert held == [{scope(site.url()), scope(other.url())}] * 2
        assert set(here.hosts.held) == {scope(site.url())}
        assert gaps_s([request.at for request in visit.requests]) == [2.0]
        assert here.hosts.free_from[scope(other.url())] == NOW + timedelta(seconds=4)
        assert visit.last_start is None


def test_c17_a_host_that_others_hold_is_busy_after_30_seconds(
    here: World, clock: FakeClock, site: Site
) -> None:
    with Site("127.0.0.2") as other:
        here.hosts.take_host(scope(other.url()), owner="somebody", now=NOW)
        visit = here.visit(site.url())
        with pytest.raises(BusyError, match="busy") as caught:
            visit.get(other.url(), reason="article")

        assert other.connections == 0
    assert timedelta(seconds=20) < clock.now() - NOW <= timedelta(seconds=31)
    assert caught.value.not_before is not None


def test_c17_a_refused_request_gives_its_host_back(clock: FakeClock, site: Site) -> None:
    with world(clock, allow_private=("127.0.0.1/32",)) as w:
        visit = w.visit(site.url())
        with pytest.raises(RefusedError):
            visit.get("http://127.0.0.2:1/", reason="article")

        assert set(w.hosts.held) == {scope(site.url())}


def test_c17_without_a_lease_each_request_takes_its_own(here: World, site: Site) -> None:
    site.pages["/"] = Reply(body=b"x")
    visit = here.net.visit(source(site.url()), None)

    for _ in range(2):
        visit.get(site.url(), reason="test")

    assert gaps_s([request.at for request in visit.requests]) == [2.0]
    assert here.hosts.held == {}


def test_c17_the_process_starts_five_requests_a_second_at_most() -> None:
    sites = [Site(f"127.0.0.{n}") for n in range(2, 10)]
    for one in sites:
        one.pages["/"] = Reply(body=b"x")
    try:
        with world(RealClock(), starts_per_s=20.0) as w, ThreadPoolExecutor(8) as threads:
            visits = [w.visit(one.url()) for one in sites]
            began = time.monotonic()
            list(
                threads.map(
                    lambda pair: pair[0].get(pair[1].url(), reason="poll"),
                    zip(visits, sites, strict=True),
                )
            )
            took = time.monotonic() - began
    finally:
        for one in sites:
            one.close()

    assert took >= 7 / 20


# ------------------------------------------------------------------ 429 and 503


@pytest.mark.parametrize(
    ("said", "date", "seconds"),
    [
        pytest.param("120", "", 120, id="seconds"),
        pytest.param("Sun, 01 Mar 2026 12:05:00 GMT", "", 300, id="a date"),
        pytest.param(
            "Sun, 01 Mar 2026 15:05:00 GMT",
            "Sun, 01 Mar 2026 15:00:00 GMT",
            300,
            id="a date by a clock that is three hours fast",
        ),
        pytest.param("Sun, 01 Mar 2026 12:05:00 GMT", "nonsense", 300, id="beside a bad Date"),
        pytest.param("99999999999", "", 7 * 86400, id="for thousands of years"),
        pytest.param("9" * 250, "", 7 * 86400, id="for ever"),
        pytest.param("Fri, 31 Dec 9999 23:59:59 GMT", "", 7 * 86400, id="until the end of time"),
        pytest.param("0", "", None, id="zero"),
        pytest.param("-5", "", None, id="negative"),
        pytest.param("1e11", "", None, id="scientific"),
        pytest.param("-1e309", "", None, id="minus infinity"),
        pytest.param("9" * 5000, "", None, id="a number of 5000 digits"),
        pytest.param("soon", "", None, id="a word"),
        pytest.param("Mon, 99 Foo 2026 12:00:00 GMT", "", None, id="no date"),
        pytest.param("Sun, 01 Mar 2026 11:00:00 GMT", "", None, id="the past"),
        pytest.param("", "", None, id="nothing"),
        pytest.param("١٢٠", "", None, id="other digits"),
    ],
)
def test_c10_retry_after_is_read_with_sense(said: str, date: str, seconds: int | None) -> None:
    wait = wished_wait({"retry-after": said, "date": date}, now=NOW)

    assert wait == (NOW + timedelta(seconds=seconds) if seconds else None)


@pytest.mark.parametrize("status", [429, 503])
def test_c10_a_host_that_asks_for_quiet_gets_it(here: World, site: Site, status: int) -> None:
    site.pages["/"] = Reply(status=status, headers={"Retry-After": "3600"})
    visit = here.visit(site.url())

    with pytest.raises(FetchError) as caught:
        visit.get(site.url(), reason="poll")
    with pytest.raises(BusyError) as then:
        visit.get(site.url("/other"), reason="article")

    until = NOW + timedelta(hours=1)
    assert (caught.value.not_before, caught.value.status) == (until, status)
    assert then.value.not_before == until
    assert visit.silent_until == until
    assert len(site.asked) == 1


def test_c10_without_a_time_the_caller_decides_but_nothing_more_is_sent(
    here: World, site: Site
) -> None:
    site.pages["/"] = Reply(status=503)
    visit = here.visit(site.url())

    with pytest.raises(FetchError) as caught:
        visit.get(site.url(), reason="poll")
    with pytest.raises(BusyError):
        visit.get(site.url(), reason="poll")

    assert caught.value.not_before is None
    assert visit.silent_until is None
    assert len(site.asked) == 1


def test_c10_another_host_that_asks_for_quiet_is_silenced_for_all(here: World, site: Site) -> None:
    with Site("127.0.0.2") as other:
        other.pages["/"] = Reply(status=429, headers={"Retry-After": "600"})
        visit = here.visit(site.url())
        with pytest.raises(FetchError):
            visit.get(other.url(), reason="article")

        assert visit.silent_until is None
        assert here.hosts.free_from[scope(other.url())] == NOW + timedelta(seconds=600)


# ------------------------------------------------------------------ stopping


def test_r37_stopping_ends_a_request_at_once() -> None:
    with RawServer(repeating(b"x", pause_s=0.05)) as server, world(RealClock(), timeout_s=30) as w:
        visit = w.visit(server.url())
        threading.Timer(0.3, w.net.stop).start()
        began = time.monotonic()
        with pytest.raises(Stopped):
            visit.get(server.url(), reason="poll")

    assert time.monotonic() - began < 15


def test_r37_stopping_wakes_a_sleeper(site: Site) -> None:
    site.pages["/"] = Reply(body=b"x")
    with world(RealClock(), gap_s=20) as w:
        visit = w.visit(site.url())
        visit.get(site.url(), reason="poll")
        threading.Timer(0.2, w.net.stop).start()
        began = time.monotonic()
        with pytest.raises(Stopped):
            visit.get(site.url(), reason="poll")

    assert time.monotonic() - began < 15


def test_r37_nothing_is_sent_after_stopping(here: World, site: Site) -> None:
    visit = here.visit(site.url())
    here.net.stop()

    with pytest.raises(Stopped):
        visit.get(site.url(), reason="poll")

    assert site.connections == 0
