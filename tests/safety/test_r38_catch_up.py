"""R38: after a day down each source is polled once, at a measured pace, never twice at a time."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import update

from syndicator import jobs
from syndicator.sandbox import Sandbox
from syndicator.stores.schema import sources
from tests.conftest import FakeClock
from tests.safety.conftest import OpenRoom, loopback, newsroom
from tests.safety.documents import honest
from tests.site import Asked, Reply, Site

MANY = 500
DAY_S = 86_400.0
HOUR_S = 3600.0


def press(site: Site, many: int = MANY) -> dict[str, str]:
    """Sources, each on a host of its own."""
    for n in range(many):
        site.pages[f"/{n}"] = Reply(body=honest([n]), headers={"ETag": f'"{n}"'})
    return {f"s{n}": f"http://s{n}.example:{site.port}/{n}" for n in range(many)}


def busiest(times: Iterable[float], window_s: float) -> int:
    """The most events in any window of this length."""
    ordered = sorted(times)
    most = start = 0
    for end, at in enumerate(ordered):
        while ordered[start] <= at - window_s:
            start += 1
        most = max(most, end - start + 1)
    return most


def test_r38_500_overdue_sources_are_spread_and_polled_once(
    open_room: OpenRoom, site: Site, clock: FakeClock
) -> None:
    """What a daemon does when it starts after a day, for an hour."""
    room = open_room(press(site), clock=clock, hands="inline", resolve=loopback, pace=5)
    with room.parts.store.database.write() as db:  # type: ignore[attr-defined]
        db.execute(update(sources).values(polled_at=clock.now()))
    clock.move(DAY_S)
    began = clock.monotonic()
    jobs.spread_overdue(room.parts)
    while clock.monotonic() < began + HOUR_S:
        jobs.take_due(room.parts, lambda *_, **__: None)
        clock.move(2.0)
    starts = [request.at.timestamp() for request in room.parts.store.polls(limit=10 * MANY)]

    assert Counter(asked.path for asked in site.asked) == {f"/{n}": 1 for n in range(MANY)}
    assert busiest(starts, 1.0) <= 5
    assert busiest(starts, 60.0) <= 3 * MANY / 60  # spread over the hour, as chance has it


def test_r38_without_a_pause_to_spread_over_the_pace_holds(open_room: OpenRoom, site: Site) -> None:
    """`run --once` reads all that is due, by 16 hands, in real time."""
    room = open_room(press(site, 80), resolve=loopback, pace=40)
    jobs.read_due(room.parts)

    assert Counter(asked.path for asked in site.asked) == {f"/{n}": 1 for n in range(80)}
    assert busiest((asked.at for asked in site.asked), 1.0) <= 60  # 40, and the wobble of threads


def test_r38_two_processes_share_the_work_and_never_meet_at_a_source(
    tmp_path: Path, site: Site, parsers: Sandbox
) -> None:
    open_now: Counter[str] = Counter()
    met: list[str] = []

    def slow(asked: Asked) -> Reply:
        open_now[asked.path] += 1
        if open_now[asked.path] > 1:
            met.append(asked.path)
        time.sleep(0.05)
        open_now[asked.path] -= 1
        return Reply(body=honest([1]))

    shared = press(site, 40)
    for path in list(site.pages):
        site.pages[path] = slow
    with (
        newsroom(tmp_path, shared, sandbox=parsers, resolve=loopback) as one,
        newsroom(tmp_path, shared, sandbox=parsers, resolve=loopback) as two,
    ):
        threads = [
            threading.Thread(target=jobs.read_due, args=(room.parts,)) for room in (one, two)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert met == []
    assert Counter(asked.path for asked in site.asked) == {f"/{n}": 1 for n in range(40)}
