"""When a source is asked: C12 to C17, C29, C32, C33, end to end."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import pairwise

import pytest

from syndicator import jobs
from syndicator.model import State
from tests.manners.conftest import House, spread
from tests.manners.documents import RSS, START, names, reply, rss
from tests.site import Asked, Reply

HOUR = timedelta(hours=1)
QUICK = rss(*names(60), at=START)  # an entry an hour: it pays to look every half hour


# ------------------------------------------------------------------ floors


def test_c12_max_age_is_a_floor_from_200_and_304_also_across_a_restart(house: House) -> None:
    house.site.pages["/feed"] = reply(QUICK, '"1"', Cache_Control="max-age=36000", Age="3600")
    house.open("/feed")
    house.pull()
    house.restart()
    assert spread(house.due_in(), 9 * HOUR)
    assert house.source().next_check_why == "its server's max-age"
    house.wait(hours=8.9)
    assert house.run() == {}

    house.site.pages["/feed"] = Reply(status=304, headers={"Cache-Control": "max-age=86400"})
    house.next()
    assert spread(house.due_in(), 24 * HOUR)
    house.site.pages["/feed"] = Reply(status=304)  # says nothing, and comes early: by hand
    floor = house.source().floor_until
    house.wait(hours=1)
    house.pull()
    house.restart()
    assert house.source().floor_until == floor
    assert spread(house.due_in(), 23 * HOUR)


@pytest.mark.parametrize(
    "headers",
    [
        {"Cache_Control": "no-cache"},
        {"Cache_Control": "no-store, max-age=86400"},
        {"Cache_Control": "max-age=0"},
        {"Expires": "0"},
    ],
)
def test_c12_what_may_not_be_kept_gives_no_floor_and_keeps_its_validators(
    house: House, headers: dict[str, str]
) -> None:
    house.site.pages["/feed"] = reply(QUICK, '"1"', **headers)
    house.open("/feed")
    house.pull()

    assert spread(house.due_in(), HOUR)
    assert house.next() == "unchanged"
    assert house.asked()[1]["if-none-match"] == '"1"'


def test_c12_a_floor_is_kept_to_seven_days_and_may_be_lowered_by_the_operator(
    house: House,
) -> None:
    house.site.pages["/feed"] = reply(QUICK, '"1"', Cache_Control="max-age=31536000")
    house.open("/feed")
    house.pull()
    assert spread(house.due_in(), timedelta(days=7))

    house.close()
    house.open("/feed", max_age_override='"5h"')
    house.next()
    assert spread(house.due_in(), 5 * HOUR)
    assert house.source().stated.max_age_s == 31_536_000  # what the publisher asks is still known


def test_c12_a_listing_is_not_asked_inside_max_age_while_its_articles_are_read(
    house: House,
) -> None:
    titles = [f"The well that {word} villages own" for word in names(15)]
    links = "".join(
        f'<h2><a href="/article/{n}">{title}</a></h2>' for n, title in enumerate(titles)
    )
    head = {"Content-Type": "text/html", "ETag": '"1"'}
    house.site.pages["/"] = Reply(
        body=f"<html><body><main>{links}</main></body></html>".encode(),
        headers={**head, "Cache-Control": "max-age=86400"},
    )
    text = "<p>Every spring the elders meet to decide who draws water first.</p>" * 20
    for n, title in enumerate(titles):
        page = f"<html><body><article><h1>{title}</h1>{text}</article></body></html>"
        house.site.pages[f"/article/{n}"] = Reply(body=page.encode(), headers=head)
    slow = f'[fetch.hosts."{house.site.host}:{house.site.port}"]\ngap = "6m"\n'
    house.open("/", kind='"page"', more=slow)
    while house.source().polled_at is None or house.due_in() < HOUR:
        house.next()

    assert len([one for one in house.asked() if one.path.startswith("/article/")]) == 15
    assert house.site.times_asked("/") == 1
    assert house.now() - START > 1.5 * HOUR


def test_c13_ttl_and_update_period_are_floors(house: House) -> None:
    period = "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>"
    house.site.pages["/ttl"] = reply(rss(*names(60), at=START, channel="<ttl>180</ttl>"), '"1"')
    house.site.pages["/sy"] = reply(rss(*names(60), at=START, channel=period), '"2"')
    house.open("/ttl", "/sy")
    house.run()

    assert spread(house.due_in("s0"), 3 * HOUR)
    assert spread(house.due_in("s1"), 6 * HOUR)


def test_c13_skipped_hours_and_days_are_slept_through(house: House) -> None:
    hours = "".join(f"<hour>{hour}</hour>" for hour in range(13, 20))
    days = "<day>Sunday</day><day>Monday</day>"
    every_day = days + "".join(
        f"<day>{day}</day>" for day in ("Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
    )
    channels = {
        "/hours": f"<skipHours>{hours}</skipHours>",
        "/days": f"<skipDays>{days}</skipDays>",
        "/never": f"<skipDays>{every_day}</skipDays>",
    }
    for path, channel in channels.items():
        house.site.pages[path] = reply(rss(*names(60), at=START, channel=channel), f'"{path}"')
    house.open(*channels)
    house.run()  # Sunday, noon

    due = [house.source(one).next_check_at for one in ("s0", "s1", "s2")]
    assert [(at.day, at.hour) for at in due if at] == [(1, 20), (3, 0), (1, 13)]


@pytest.mark.parametrize(
    ("answer", "minutes"),
    [
        pytest.param(reply(QUICK, '"1"'), 60, id="an hour"),
        pytest.param(reply(QUICK), 120, id="two without validators"),
        pytest.param(reply(QUICK, '"1"', Cache_Control="max-age=1200"), 30, id="as it pays"),
        pytest.param(reply(QUICK, Cache_Control="max-age=2400"), 40, id="a stated shorter time"),
        pytest.param(reply(QUICK, Cache_Control="max-age=5400"), 90, id="a stated longer time"),
    ],
)
def test_c14_the_floor_is_an_hour_unless_the_server_states_less(
    house: House, answer: Reply, minutes: int
) -> None:
    house.site.pages["/feed"] = answer
    house.open("/feed")
    house.pull()
    house.next()

    least = timedelta(minutes=minutes)
    assert spread(house.due_in(), least) or (minutes == 30 and house.due_in() < 1.3 * least)


def test_c14_it_is_never_less_than_a_quarter_of_an_hour(house: House) -> None:
    often = rss(*names(500), at=START).replace(b"<ttl>", b"")
    house.site.pages["/feed"] = reply(often, '"1"', Cache_Control="max-age=5")
    house.open("/feed", every='"15m"')
    house.pull()
    for _ in range(5):
        house.next()
        assert spread(house.due_in(), timedelta(minutes=15))


# ------------------------------------------------------------------ rate


def speaking(house: House, every: timedelta) -> object:
    """A page that has said something every so often until now, and states a short time."""

    def page(asked: Asked) -> Reply:
        number = int((house.now() - START) / every)
        at = START + number * every
        shown = rss(*(f"a{n}" for n in range(number, max(number - 25, -1), -1)), at=at)
        # The dates of the older ones do not matter: they are known.
        return reply(shown, f'"{number}"', Cache_Control="max-age=60")

    return page


def test_c15_a_source_with_an_event_an_hour_is_looked_at_every_half_hour(house: House) -> None:
    house.site.pages["/feed"] = speaking(house, HOUR)  # type: ignore[assignment]
    house.open("/feed")
    house.pull()
    while house.now() - START < timedelta(days=12):
        house.next()

    last_day = [one.at for one in house.record() if house.now() - one.at < timedelta(days=1)]
    assert 42 <= len(last_day) <= 48  # 48 less jitter, which adds a twentieth on average
    assert house.source().next_check_why == "how often it speaks"


def test_c15_a_source_that_says_nothing_drifts_towards_a_day_and_is_remembered(
    house: House,
) -> None:
    house.site.pages["/feed"] = reply(rss("a"), '"1"')
    house.open("/feed")
    house.pull()
    waits = []
    while house.now() - START < timedelta(days=150):
        house.next()
        waits.append(house.due_in())
    house.restart()

    assert waits[0] < 8 * HOUR
    assert 19.5 * HOUR < waits[-1] <= 24 * HOUR
    assert house.due_in() == waits[-1]


# ------------------------------------------------------------------ jitter, restarts, pauses


def test_c16_jitter_only_adds_and_differs_between_sources(house: House) -> None:
    paths = [f"/{n}" for n in range(8)]
    for path in paths:
        house.site.pages[path] = reply(QUICK, '"1"')
    house.open(*paths)
    house.run()

    waits = [
        source.next_check_at - source.polled_at
        for source in house.parts.store.sources()
        if source.next_check_at and source.polled_at
    ]
    assert all(HOUR <= one <= 1.1 * HOUR for one in waits)
    assert len(set(waits)) == len(waits)


def test_c16_a_restart_polls_nothing_early(house: House) -> None:
    house.site.pages["/feed"] = reply(QUICK, '"1"')
    house.open("/feed")
    house.pull()
    due = house.source().next_check_at
    for _ in range(4):
        house.restart()
        jobs.upkeep(house.parts)
        jobs.spread_overdue(house.parts)
        assert house.run() == {}
        assert house.source().next_check_at == due
        house.wait(minutes=14)

    assert len(house.asked()) == 1


def test_c16_a_clock_that_jumps_polls_nothing_early(house: House) -> None:
    house.site.pages["/feed"] = reply(QUICK, '"1"')
    house.open("/feed")
    house.pull()
    house.clock.set(house.now() - timedelta(days=300))  # it was wrong, and is put right
    house.clock_was_wrong = True
    jobs.upkeep(house.parts)
    house.run()
    asked = len(house.asked())

    house.restart()
    jobs.upkeep(house.parts)
    house.run()
    assert asked == len(house.asked()) <= 2  # once, since nobody knows how long ago it was
    assert timedelta(0) < house.due_in() <= timedelta(days=1)


def test_c16_what_a_pause_left_overdue_is_spread_over_a_floor(house: House) -> None:
    paths = [f"/{n}" for n in range(10)]
    for path in paths:
        house.site.pages[path] = reply(QUICK, '"1"')
    house.open(*paths)
    house.run()
    house.close()
    house.wait(days=3)
    house.restart()
    assert jobs.spread_overdue(house.parts) == 10

    dues = sorted(house.due_in(f"s{n}") for n in range(10))
    assert dues == [n * HOUR / 10 for n in range(10)]
    house.restart()
    assert jobs.spread_overdue(house.parts) == 0  # spread once, and not put off again


def test_c17_one_request_at_a_time_and_two_seconds_between(house: House) -> None:
    paths = [f"/{n}" for n in range(6)]
    for path in paths:
        house.site.pages[path] = reply(QUICK, '"1"')
    house.open(*paths)
    house.run()

    starts = [one.at for _, one in house.parts.store.poll_log()]
    gaps = [after - before for before, after in pairwise(starts)]
    assert len(starts) == 6
    assert min(gaps) >= timedelta(seconds=2)
    assert house.site.peak_open == 1


# ------------------------------------------------------------------ C29


def test_c29_a_poll_that_came_too_late_brings_the_next_one_forward(house: House) -> None:
    house.site.pages["/feed"] = reply(rss(*names(10), at=START - timedelta(days=3)), '"1"')
    house.open("/feed")
    house.pull()
    usual = house.due_in()
    at = house.now() + usual
    burst = rss("b2", "b1", "b0", *names(2, 8), at=at)  # three in two hours, of five shown
    house.site.pages["/feed"] = reply(burst, '"2"')
    house.next()

    assert usual > 2.2 * HOUR
    assert spread(house.due_in(), HOUR)
    assert house.source().cadence.haste == 0.5
    house.next()  # a 304: it recovers
    assert house.source().cadence.haste == pytest.approx(0.525)


# ------------------------------------------------------------------ by hand, on record


def test_c32_a_manual_refresh_is_conditional_and_obeys_a_host_that_wants_quiet(
    house: House,
) -> None:
    house.site.pages["/feed"] = reply(QUICK, '"1"', Cache_Control="max-age=86400")
    house.open("/feed")
    assert house.pull(force=False) == "changed"
    house.wait(minutes=14)
    assert house.pull(force=False) == "fresh"
    assert len(house.asked()) == 1
    house.wait(minutes=2)
    assert house.pull(force=False) == "unchanged"  # within max-age: a person wants to know
    assert house.asked()[1]["if-none-match"] == '"1"'

    house.site.pages["/feed"] = Reply(status=429, headers={"Retry-After": "7200"})
    assert house.pull(force=True) == "failed"
    house.wait(hours=1.9)
    assert house.pull(force=True) == "skipped"
    assert len(house.asked()) == 3
    assert house.source().state is State.HELD


def test_c33_each_request_is_on_record_with_what_came_of_it(house: House) -> None:
    house.site.pages["/feed"] = reply(QUICK, '"1"', changed="Sun, 01 Mar 2026 10:00:00 GMT")
    house.open("/feed")
    house.pull()
    house.next()

    first, second = house.record()
    assert (first.reason, first.status, bool(first.sent)) == ("poll", 200, False)
    assert first.received == second.sent == house.source().validators
    assert first.wire_bytes > len(QUICK)
    assert (second.status, second.manual, first.manual) == (304, False, True)
    assert house.source().next_check_why == "the least interval"


def test_c33_the_report_of_a_month_of_trouble_is_all_zero(
    house: House, capsys: pytest.CaptureFixture[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    from syndicator.cli.main import main

    troubles = {
        9: Reply(status=429, headers={"Retry-After": "40000"}),
        14: Reply(status=503),
        20: Reply(status=301, headers={"Location": "/moved"}),
        30: Reply(status=500),
        31: Reply(body=b"<html>soon</html>", headers={**RSS, "ETag": '"html"'}),
    }

    def page(asked: Asked) -> Reply:
        count = len(house.site.asked)
        if count in troubles:
            return troubles[count]
        tag = f'"{count // 3}"' if count % 4 else ""
        body = rss(*names(10, count // 2), at=house.now())
        return reply(body, tag, Cache_Control=f"max-age={count % 5 * 2000}")

    house.site.pages.update({"/feed": page, "/moved": page, "/other": page})
    house.open("/feed", "/other", every='"12h"')
    while house.now() - START < timedelta(days=30):
        house.next("s0")
        if house.source("s0").poll_seq % 10 == 5:
            house.restart()
            house.wait(hours=1)
            house.pull(force=True)
    house.close()
    path = house.path
    with pytest.raises(SystemExit):
        main(["-c", str(path), "status", "--politeness", "--json"])
    house.restart()

    report = json.loads(capsys.readouterr().out)
    assert report["total"]["requests"] == len(house.asked()) > 100
    for one in [report["total"], *report["sources"].values()]:
        faults = ("unconditional", "invented", "early", "hasty")
        assert {name: one[name] for name in faults} == dict.fromkeys(faults, 0)
        assert one["shortest_gap_s"] >= 2
        assert one["shortest_wait_s"] >= 3600
