"""R35, R36: failing sources come back, and no clock, ours or theirs, makes us forget one."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from syndicator import jobs
from syndicator.sandbox import Sandbox
from tests.conftest import FakeClock
from tests.safety.conftest import OpenRoom, Room, loopback, newsroom
from tests.safety.documents import RSS_TYPE, honest
from tests.site import Reply, Site, resetting

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
JITTER = 1.1  # C16


def poll_when_due(room: Room, clock: FakeClock, name: str = "press") -> timedelta:
    """Wait until the source is due and poll it; how long that was."""
    at = room.source(name).next_check_at
    assert at is not None
    wait = at - clock.now()
    clock.move(max(wait.total_seconds(), 0.0))
    jobs.read_due(room.parts)
    return wait


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param(Reply(status=500), id="500"),
        pytest.param(Reply(status=404), id="404"),
        pytest.param(Reply(status=503), id="503"),
        pytest.param(Reply(raw=resetting(b"HTTP")), id="reset"),
        pytest.param(Reply(body=b"<html><p>Parked</p></html>"), id="HTML"),
    ],
)
def test_r35_fifty_failures_and_then_all_is_caught_up_within_the_cap(
    open_room: OpenRoom, site: Site, clock: FakeClock, failure: Reply
) -> None:
    """The cap is a day for the first 30 days of failing, then a week; for 404 a week (C9)."""
    site.pages["/feed"] = Reply(body=honest(range(3)), headers=RSS_TYPE)
    room = open_room({"press": site.url("/feed")}, clock=clock, hands="inline")
    room.pull()
    site.pages["/feed"] = failure
    began = clock.now()
    waits = []
    for number in range(50):
        since = clock.now() - began
        waits.append(poll_when_due(room, clock))
        cap = WEEK if since > 30 * DAY - WEEK or failure.status == 404 else DAY
        assert waits[-1] <= cap * JITTER, number
        assert room.source("press").failures == number + 1
    site.pages["/feed"] = Reply(body=honest(range(40)), headers=RSS_TYPE)
    last = poll_when_due(room, clock)

    assert last <= WEEK * JITTER
    assert len(room.articles("press")) == 40
    assert (room.source("press").failures, room.source("press").error) == (0, "")
    assert poll_when_due(room, clock) <= DAY * JITTER


def test_r35_a_source_that_is_gone_waits_for_a_person(
    open_room: OpenRoom, site: Site, clock: FakeClock
) -> None:
    site.pages["/feed"] = Reply(body=honest(range(3)), headers=RSS_TYPE)
    room = open_room({"press": site.url("/feed")}, clock=clock, hands="inline")
    room.pull()
    site.pages["/feed"] = Reply(status=410)
    room.pull()
    site.forget()
    for _ in range(12):
        clock.move(30 * DAY.total_seconds())
        jobs.upkeep(room.parts)
        jobs.read_due(room.parts)
    gone = room.source("press")

    assert (gone.state, site.asked, len(room.articles("press"))) == ("gone", [], 3)
    assert [alarm.kind for alarm in gone.alarms] == ["gone"]
    site.pages["/feed"] = Reply(body=honest(range(5)), headers=RSS_TYPE)
    room.parts.store.pause_source("press", at=None)
    jobs.read_due(room.parts)

    assert len(room.articles("press")) == 5


# ------------------------------------------------------------------ R36

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MANY = 12


@pytest.fixture
def press(site: Site) -> dict[str, str]:
    """Sources, each on a host of its own; some fail, are held, or ask for rest."""
    odd = {
        0: Reply(status=500),
        1: Reply(status=503, headers={"Retry-After": "9999999"}),
        2: Reply(body=honest([2]), headers={"Cache-Control": "max-age=99999999"}),
        3: Reply(status=404),
    }
    sources = {}
    for n in range(MANY):
        site.pages[f"/{n}"] = odd.get(n, Reply(body=honest([n]), headers=RSS_TYPE))
        sources[f"s{n}"] = f"http://s{n}.example:{site.port}/{n}"
    return sources


def run(
    folder: Path, sources: dict[str, str], parsers: Sandbox, clock: FakeClock, hours: int
) -> None:
    """The daemon's work for some hours, from its start: upkeep, then what is due, now and then."""
    with newsroom(
        folder, sources, clock=clock, sandbox=parsers, resolve=loopback, hands="inline"
    ) as room:
        jobs.void_dead(room.parts)
        jobs.upkeep(room.parts)
        for _ in range(hours * 2):
            jobs.read_due(room.parts)
            clock.move(1800)
            jobs.upkeep(room.parts)
        jobs.publish(room.parts)


@pytest.mark.parametrize(
    ("first", "then", "within_h"),
    [
        pytest.param(NOW + 365.25 * 30 * DAY, NOW, 3, id="30 years ahead, and back"),
        pytest.param(NOW + 30 * DAY, NOW, 3, id="a month ahead, and back"),
        pytest.param(NOW, NOW - DAY, 24 + 27, id="a day back"),
        pytest.param(NOW, NOW + 365.25 * 30 * DAY, 3, id="30 years on"),
        pytest.param(
            datetime(2038, 1, 19, 2, tzinfo=UTC),
            datetime(2038, 1, 19, 3, 14, tzinfo=UTC),
            27,
            id="into 2038",
        ),
    ],
)
def test_r36_after_a_jump_of_the_clock_all_are_polled_within_an_interval(
    tmp_path: Path,
    site: Site,
    press: dict[str, str],
    parsers: Sandbox,
    first: datetime,
    then: datetime,
    within_h: int,
) -> None:
    """The longest interval is a day with its jitter. What the clock was set back comes on top where
    it is less than that: nothing may be polled early either (C16)."""
    run(tmp_path, press, parsers, FakeClock(first), hours=1)
    for n in range(4):  # all are well again
        site.pages[f"/{n}"] = Reply(body=honest([n]), headers=RSS_TYPE)
    site.forget()
    run(tmp_path, press, parsers, FakeClock(then), hours=within_h)

    # What asked us to wait for a week may be waited for, unless the time for it was nonsense.
    patient = {"/1", "/2"} if then - first < DAY and first - then <= DAY else set()
    assert {asked.path for asked in site.asked} >= {f"/{n}" for n in range(MANY)} - patient


def test_r36_a_clock_set_back_makes_no_source_fresh_for_long(
    open_room: OpenRoom, site: Site, clock: FakeClock
) -> None:
    """C32's quarter of an hour is over when the last poll lies ahead of us."""
    site.pages["/feed"] = Reply(body=honest([1]), headers=RSS_TYPE)
    room = open_room({"press": site.url("/feed")}, clock=clock, hands="inline")
    room.pull()
    clock.move(-DAY.total_seconds())
    jobs.upkeep(room.parts)

    (pulled,) = jobs.pull(room.parts)
    assert pulled.result in ("changed", "unchanged")


@pytest.mark.parametrize("change", ["2026-03-29T00:30Z", "2026-10-25T00:30Z"])
def test_r36_summer_time_moves_nothing(
    open_room: OpenRoom,
    site: Site,
    change: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both changes of Brussels are at 01:00 UTC."""
    monkeypatch.setenv("TZ", "Europe/Brussels")
    time.tzset()
    try:
        clock = FakeClock(datetime.fromisoformat(change))
        site.pages["/feed"] = Reply(body=honest([1]), headers={**RSS_TYPE, "ETag": '"1"'})
        room = open_room({"press": site.url("/feed")}, clock=clock, hands="inline")
        room.pull()
        waits = [poll_when_due(room, clock) for _ in range(3)]
    finally:
        monkeypatch.undo()
        time.tzset()

    assert all(HOUR <= wait <= DAY * JITTER for wait in waits)
    assert len(site.asked) == 4
