"""C15 worked out by hand: how often a source speaks, and when it pays to look again."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from syndicator.model import Cadence
from syndicator.stages.cadence import hurried, learnt, restful

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)  # a Tuesday
DAY_S = 24 * 3600.0
HALF_LIFE_S = 21 * DAY_S


def steady(period_s: float) -> Cadence:
    """A source whose rate is exactly one event in `period_s`, the same at all hours."""
    seconds = 20 * DAY_S
    events = (seconds + 3.5 * DAY_S) / period_s - 0.5
    return Cadence(
        at=NOW,
        events=events,
        seconds=seconds,
        hours=(events / 24,) * 24,
        weekend=events * 2 / 7,
    )


def watched(cadence: Cadence, *, every_s: float, days: float, speaks: bool) -> Cadence:
    """The cadence after polling for so long, with one event at each poll or none."""
    at = cadence.at or NOW
    for _ in range(int(days * DAY_S / every_s)):
        at += timedelta(seconds=every_s)
        cadence = learnt(cadence, [at] if speaks else [], now=at)
    return cadence


# ------------------------------------------------------------------ when to look


@pytest.mark.parametrize(
    ("period_s", "wait_s"),
    [
        pytest.param(3600, 1800, id="hourly: 30 * sqrt(3600) = half an hour"),
        pytest.param(900, 900, id="four an hour: 30 * sqrt(900) = a quarter"),
        pytest.param(4 * 3600, 3600, id="every four hours: an hour"),
        pytest.param(DAY_S, 30 * math.sqrt(DAY_S), id="daily: 2.45 hours"),
        pytest.param(7 * DAY_S, 30 * math.sqrt(7 * DAY_S), id="weekly: 6.48 hours"),
    ],
)
def test_c15_the_pause_is_kappa_by_the_root_of_the_rate(period_s: float, wait_s: float) -> None:
    assert restful(steady(period_s), now=NOW, most_s=DAY_S) == pytest.approx(wait_s, rel=1e-9)


def test_c15_kappa_is_how_eager() -> None:
    assert restful(steady(3600), now=NOW, most_s=DAY_S, kappa=60) == pytest.approx(3600)


def test_c15_no_pause_is_longer_than_the_most() -> None:
    assert restful(steady(365 * DAY_S), now=NOW, most_s=DAY_S) == DAY_S


def test_c15_a_silent_source_drifts_to_twenty_hours_and_with_jitter_to_a_day() -> None:
    """r = 0.5 / (21 d / ln 2 + 3.5 d) = 1.712e-7, and 30 / sqrt(r) = 72,498 s = 20.1 h."""
    never = watched(Cadence(at=NOW), every_s=DAY_S, days=400, speaks=False)

    assert restful(never, now=NOW, most_s=DAY_S) == pytest.approx(72_498, rel=1e-3)


def test_c15_a_source_that_falls_silent_is_forgotten_slowly() -> None:
    hourly = watched(Cadence(at=NOW), every_s=3600, days=60, speaks=True)
    waits = []
    for days in (0, 7, 30, 90, 180):
        silent = watched(hourly, every_s=12 * 3600, days=days, speaks=False)
        waits.append(restful(silent, now=silent.at or NOW, most_s=DAY_S) / 3600)

    assert waits == sorted(waits)
    assert waits[0] == pytest.approx(0.5, rel=0.1)
    assert 0.5 < waits[1] < 0.7
    assert waits[3] < 4
    assert 9 < waits[4] < 11


def test_c15_it_is_looked_at_more_often_when_it_uses_to_speak() -> None:
    at_nine = replace(steady(DAY_S / 4), hours=tuple(90.0 if h == 9 else 0.0 for h in range(24)))
    before_nine = restful(at_nine, now=NOW.replace(hour=8, minute=30), most_s=DAY_S)
    in_the_evening = restful(at_nine, now=NOW.replace(hour=20), most_s=DAY_S)

    assert before_nine < 3600
    # A sixteenth of the mean rate: 6 / 24 of smoothing in (90 + 6) / 24 events an hour.
    assert in_the_evening == pytest.approx(30 * math.sqrt(16 * DAY_S / 4))


def test_c15_it_is_looked_at_less_often_on_a_weekend_it_never_speaks_on() -> None:
    on_weekdays = replace(steady(3600), weekend=0.0)
    on_tuesday = restful(on_weekdays, now=NOW, most_s=DAY_S)
    on_saturday = restful(on_weekdays, now=NOW + timedelta(days=4), most_s=DAY_S)

    assert on_tuesday < 1800  # 7/5 of the mean rate: 30 * sqrt(3600 * 5/7)
    assert on_tuesday == pytest.approx(30 * math.sqrt(3600 * 5 / 7), rel=0.01)
    assert on_saturday > 3 * on_tuesday


# ------------------------------------------------------------------ what is learnt


def test_c15_events_and_time_fade_by_half_in_21_days() -> None:
    before = Cadence(at=NOW, events=8, seconds=DAY_S, hours=(8.0, *[0.0] * 23), weekend=4)
    after = learnt(before, [], now=NOW + timedelta(days=21))

    assert (after.events, after.weekend, after.hours[0]) == (4, 2, 4)
    # Half of the old day, and 21 days of which the oldest counts half: H / ln 2 * (1 - 1/2).
    assert after.seconds == pytest.approx(DAY_S / 2 + HALF_LIFE_S / math.log(2) / 2)


def test_c15_entries_within_ten_minutes_are_one_event() -> None:
    said = [NOW - timedelta(minutes=m) for m in (60, 55, 51, 49, 30, 5, 0)]
    after = learnt(Cadence(at=NOW - timedelta(hours=2)), said, now=NOW)

    assert after.events == pytest.approx(4, rel=0.01)  # 60 to 51, 49, 30, 5 to 0


def test_c15_the_first_document_counts_as_time_watched() -> None:
    """Ten events in ten days: as if it had been watched for those ten days."""
    said = [NOW - timedelta(days=d) for d in range(1, 11)]
    after = learnt(Cadence(), said, now=NOW, first=True)

    weights = [2 ** (-d / 21) for d in range(1, 11)]
    assert after.events == pytest.approx(sum(weights))
    assert after.seconds == pytest.approx(HALF_LIFE_S / math.log(2) * (1 - 2 ** (-10 / 21)))


def test_c15_of_a_first_document_ninety_days_count_and_all_of_them() -> None:
    said = [NOW - timedelta(days=1), NOW - timedelta(days=400)]
    after = learnt(Cadence(), said, now=NOW, first=True)

    assert after.events == pytest.approx(2 ** (-1 / 21))
    assert after.seconds == pytest.approx(HALF_LIFE_S / math.log(2) * (1 - 2 ** (-90 / 21)))


def test_c15_dates_that_cannot_be_are_taken_as_now() -> None:
    said = [None, NOW + timedelta(days=3), NOW - timedelta(days=300)]
    after = learnt(Cadence(at=NOW - timedelta(hours=1)), said, now=NOW)

    assert after.events == 1
    assert after.hours[12] == 1


def test_c15_a_day_without_an_hour_says_nothing_of_the_hour() -> None:
    said = [NOW.replace(hour=0) - timedelta(days=d) for d in range(30)]
    after = learnt(Cadence(), said, now=NOW, first=True)

    assert max(after.hours) == pytest.approx(min(after.hours), abs=1e-4)


# ------------------------------------------------------------------ C29


def test_c29_much_news_halves_the_floor_down_to_a_quarter() -> None:
    cadence = Cadence()
    hastes = []
    for _ in range(4):
        cadence = hurried(cadence, new=5, listed=10)
        hastes.append(cadence.haste)

    assert hastes == [0.5, 0.25, 0.25, 0.25]


def test_c29_the_floor_recovers_by_a_twentieth_a_poll_whatever_the_answer() -> None:
    cadence = Cadence(haste=0.5)
    for listed in (10, 0, 10):  # 0: a 304
        cadence = hurried(cadence, new=0, listed=listed)

    assert cadence.haste == pytest.approx(0.5 * 1.05**3)
    assert hurried(Cadence(haste=0.99), new=4, listed=10).haste == 1


@pytest.mark.parametrize(("new", "listed"), [(4, 10), (3, 3), (0, 0)])
def test_c29_little_news_and_short_documents_do_not(new: int, listed: int) -> None:
    assert hurried(Cadence(), new=new, listed=listed).haste == 1
