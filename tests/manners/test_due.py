"""The next poll between what the rate asks for and what others lay down (C9, C10, C12 to C16)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from syndicator.model import Cadence, Source, SourceSettings, Stated, Validators
from syndicator.stages.cadence import Rhythm, after_failure, after_success
from tests.manners.test_rate import steady

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)  # a Tuesday
HOUR_S = 3600.0
DAY_S = 24 * HOUR_S
QUICK = steady(300.0)  # one event in five minutes: it always pays to look at once
URL = "https://courier.example/feed"
USUAL = Rhythm()


def source(**known: Any) -> Source:
    settings = known.pop("settings", SourceSettings(url=URL))
    given = {"validators": Validators(etag='"1"'), "cadence": QUICK, **known}
    return Source(id="s", settings=settings, first_url=URL, url=URL, kind=settings.kind, **given)


def wait_s(it: Source, rhythm: Rhythm = USUAL, **more: Any) -> float:
    """Seconds to the next poll."""
    return (after_success(it, rhythm, now=NOW, **more).at - NOW).total_seconds()


def within(seconds: float, at_least: float) -> bool:
    """C16: up to a tenth more, never less."""
    return at_least <= seconds <= at_least * 1.1


# ------------------------------------------------------------------ floors


@pytest.mark.parametrize(
    ("known", "floor_s", "why"),
    [
        ({}, HOUR_S, "the least interval"),
        ({"validators": Validators()}, 2 * HOUR_S, "its server sends no validators"),
        ({"stated": Stated(max_age_s=1800)}, 1800, "the shorter time it states"),
        ({"stated": Stated(max_age_s=60)}, 900, "the shorter time it states"),
        ({"stated": Stated(max_age_s=86400)}, HOUR_S, "the least interval"),
        (
            {"stated": Stated(max_age_s=1800), "validators": Validators()},
            1800,
            "the shorter time it states",
        ),
        ({"cadence": replace(QUICK, haste=0.5)}, 1800, "much was new"),
        ({"cadence": replace(QUICK, haste=0.25)}, 900, "much was new"),
    ],
)
def test_c14_the_floor(known: dict[str, Any], floor_s: float, why: str) -> None:
    assert within(wait_s(source(**known)), floor_s)
    assert after_success(source(**known), Rhythm(), now=NOW).why == why


def test_c14_nothing_but_a_host_of_ones_own_goes_below_15_minutes() -> None:
    often = SourceSettings(url=URL, every_s=60)
    in_haste = source(stated=Stated(max_age_s=1), cadence=replace(QUICK, haste=0.25))

    assert within(wait_s(source(settings=often)), 900)
    assert within(wait_s(in_haste, within_s=0), 900)
    assert within(wait_s(source(settings=often), Rhythm(own_min_s=60)), 60)


def test_c15_between_the_floor_and_a_day_the_rate_decides() -> None:
    four_hourly = source(cadence=steady(16 * HOUR_S))

    assert within(wait_s(four_hourly), 2 * HOUR_S)
    assert within(wait_s(source(cadence=steady(365 * DAY_S))), DAY_S)
    assert within(wait_s(source(cadence=QUICK)), HOUR_S)


def test_every_as_set_stands_for_the_rate_but_not_for_what_the_server_asks() -> None:
    weekly = SourceSettings(url=URL, every_s=int(7 * DAY_S))
    often = SourceSettings(url=URL, every_s=1200)

    assert within(wait_s(source(settings=weekly)), 7 * DAY_S)
    assert within(wait_s(source(settings=often)), 1200)
    floor = NOW + timedelta(hours=5)
    assert within(wait_s(source(settings=often, floor_until=floor)), 5 * HOUR_S)


def test_c12_the_servers_floor_stands_and_an_operator_may_lower_it_to_an_hour() -> None:
    floor = NOW + timedelta(days=7)
    asked = source(floor_until=floor)
    lowered = SourceSettings(url=URL, max_age_override_s=7200)
    too_low = SourceSettings(url=URL, max_age_override_s=60)

    assert within(wait_s(asked), 7 * DAY_S)
    assert after_success(asked, Rhythm(), now=NOW).why == "its server's max-age"
    assert within(wait_s(source(floor_until=floor, settings=lowered)), 2 * HOUR_S)
    assert within(wait_s(source(floor_until=floor, settings=too_low)), HOUR_S)


def test_c13_a_ttl_is_a_floor_up_to_a_day() -> None:
    assert within(wait_s(source(stated=Stated(ttl_s=3 * 3600))), 3 * HOUR_S)
    assert within(wait_s(source(stated=Stated(ttl_s=30 * 86400))), DAY_S)


# ------------------------------------------------------------------ skipHours, skipDays


def test_c13_skipped_hours_and_days_delay_to_the_end_of_the_window() -> None:
    noon_to_three = source(stated=Stated(skip_hours=frozenset({12, 13, 14})))
    after_tuesday = source(stated=Stated(skip_days=frozenset({1})))
    both = source(stated=Stated(skip_days=frozenset({1}), skip_hours=frozenset(range(6))))

    assert after_success(noon_to_three, Rhythm(), now=NOW).at.hour == 15
    assert after_success(after_tuesday, Rhythm(), now=NOW).at.date() == NOW.date() + timedelta(1)
    found = after_success(both, Rhythm(), now=NOW)
    assert (found.at.day, found.at.hour) == (4, 6)
    assert found.why == "the least interval, then past the hours it asks to skip"


def test_c13_a_list_that_leaves_no_time_is_ignored() -> None:
    never = source(stated=Stated(skip_hours=frozenset(range(24))))
    no_day = source(stated=Stated(skip_days=frozenset(range(7))))

    assert within(wait_s(never), HOUR_S)
    assert within(wait_s(no_day), HOUR_S)


def test_c13_a_poll_that_follows_a_failure_is_delayed_as_well() -> None:
    skips = source(stated=Stated(skip_hours=frozenset({13})), failures=1)
    due = after_failure(skips, Rhythm(), now=NOW, status=500, not_before=None)

    assert due.at.hour == 14


# ------------------------------------------------------------------ failures


def failing(status: int | None, failures: int, *, days: float = 0, **more: Any) -> float:
    """Seconds to the next poll after so many failures in a row."""
    not_before = more.pop("not_before", None)
    since = NOW - timedelta(days=days)
    it = source(failures=failures, failing_since=since, **more)
    due = after_failure(it, Rhythm(), now=NOW, status=status, not_before=not_before)
    return (due.at - NOW).total_seconds()


@pytest.mark.parametrize(
    ("status", "hours"),
    [
        pytest.param(500, [1, 2, 4, 8, 16, 24, 24, 24, 24], id="5xx: to a day"),
        pytest.param(418, [1, 2, 4, 8, 16, 24, 24, 24, 24], id="other 4xx: to a day"),
        pytest.param(None, [1, 2, 4, 8, 16, 24, 24, 24, 24], id="no answer: to a day"),
        pytest.param(404, [1, 2, 4, 8, 16, 32, 64, 128, 168], id="404: to a week"),
        pytest.param(403, [1, 2, 4, 8, 16, 32, 64, 128, 168], id="403: to a week"),
    ],
)
def test_c09_failures_double_the_pause(status: int | None, hours: list[int]) -> None:
    for failures, expected in enumerate(hours, 1):
        assert within(failing(status, failures), expected * HOUR_S), failures


def test_c09_after_thirty_days_it_is_asked_weekly() -> None:
    assert within(failing(500, 40, days=29), DAY_S)
    assert within(failing(500, 40, days=30), 7 * DAY_S)


def test_c09_410_ends_polling() -> None:
    assert after_failure(source(failures=1), Rhythm(), now=NOW, status=410, not_before=None).gone


def test_c12_a_failure_does_not_lift_the_servers_floor() -> None:
    floor = NOW + timedelta(hours=20)
    quiet = NOW + timedelta(hours=2)

    assert failing(500, 1, floor_until=floor) >= 20 * HOUR_S
    assert failing(429, 1, floor_until=floor, not_before=quiet) >= 20 * HOUR_S


@pytest.mark.parametrize("status", [429, 503])
def test_c10_quiet_is_kept_for_as_long_as_asked_and_jitter(status: int) -> None:
    asked = NOW + timedelta(days=7)
    it = source(failures=1)
    due = after_failure(it, Rhythm(), now=NOW, status=status, not_before=asked)

    assert due.held_until is not None
    assert within((due.held_until - NOW).total_seconds(), 7 * DAY_S)
    assert due.at >= due.held_until


def test_c10_without_a_time_it_is_an_hour_and_doubles_to_a_day() -> None:
    for failures, hours in enumerate([1, 2, 4, 8, 16, 24, 24], 1):
        assert within(failing(429, failures), hours * HOUR_S)


def test_c10_a_host_that_always_says_soon_is_asked_ever_more_rarely() -> None:
    soon = NOW + timedelta(seconds=30)
    waits = [failing(503, failures, not_before=soon) for failures in range(1, 10)]

    assert within(waits[0], 900)
    assert waits == sorted(waits)
    assert within(waits[-1], DAY_S)


# ------------------------------------------------------------------ jitter


def test_c16_jitter_adds_up_to_a_tenth_and_is_spread() -> None:
    waits = [
        wait_s(replace(source(), id=f"s{n}", poll_seq=seq)) for n in range(60) for seq in range(5)
    ]

    assert all(HOUR_S <= one <= 1.1 * HOUR_S for one in waits)
    assert max(waits) - min(waits) > 0.09 * HOUR_S
    assert wait_s(source()) == wait_s(source())  # the same poll, decided twice


def test_c15_a_hub_that_tells_of_news_leaves_a_look_a_day() -> None:
    assert within(wait_s(source(), Rhythm(trusted_s=DAY_S)), DAY_S)


def test_a_source_never_read_before_is_asked_again_by_the_prior() -> None:
    """r = 0.5 / 3.5 d: 30 / sqrt(r) = 23,327 s, six and a half hours."""
    assert within(wait_s(source(cadence=Cadence())), 23_327)
