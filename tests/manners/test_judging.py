"""The pure stages that judge an answer, a move, an alarm, and ourselves (C8, C12, C33)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from syndicator.model import Alarm, Cadence, Move, Request, Validators
from syndicator.stages.alarms import alarms, silence
from syndicator.stages.cadence import learnt
from syndicator.stages.freshness import fresh_until, lifetime
from syndicator.stages.manners import Manners, Observer, total
from syndicator.stages.move import move

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
DAY = timedelta(days=1)


# ------------------------------------------------------------------ freshness (C12)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"cache-control": "max-age=3600"}, 3600),
        ({"cache-control": 'public, Max-Age="3600", must-revalidate'}, 3600),
        ({"cache-control": "max-age=3600", "age": "600"}, 3000),
        ({"cache-control": "max-age=600", "age": "3600"}, 0),
        ({"cache-control": "max-age=0"}, 0),
        ({"cache-control": "no-cache"}, 0),
        ({"cache-control": "no-store, max-age=3600"}, 0),
        ({"cache-control": "max-age=soon"}, 0),
        ({"cache-control": "max-age=999999999999"}, 7 * 86400),
        ({"cache-control": "max-age=2592000", "age": "2500000"}, 92000),
        ({"cache-control": "s-maxage=5"}, None),
        ({"cache-control": "max-age=60", "expires": "Tue, 03 Mar 2026 18:00:00 GMT"}, 60),
        (
            {
                "expires": "Mon, 01 Jan 2001 02:00:00 GMT",
                "date": "Mon, 01 Jan 2001 00:00:00 GMT",
            },
            7200,
        ),
        ({"expires": "Tue, 03 Mar 2026 13:00:00 GMT"}, 3600),
        ({"expires": "0"}, 0),
        ({"expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, 0),
        ({}, None),
    ],
)
def test_c12_what_an_answer_says_of_its_freshness(
    headers: dict[str, str], seconds: int | None
) -> None:
    stood = NOW + timedelta(minutes=7)
    floor = fresh_until(headers, at=NOW, before=stood)

    assert floor == (stood if seconds is None else NOW + timedelta(seconds=seconds))
    assert fresh_until(headers, at=NOW, before=None) >= NOW


def test_c14_the_stated_time_is_the_whole_of_it_however_old_a_cache_says_it_is() -> None:
    headers = {"cache-control": "max-age=3600", "age": "3500"}

    assert lifetime(headers, at=NOW) == timedelta(hours=1)


# ------------------------------------------------------------------ moves (C8)

OLD, NEW = "http://courier.example/feed", "https://news.example/feed"


def seen(*days: float, target: str = NEW) -> tuple[Move | None, bool]:
    """What is believed after a permanent redirect was seen on these days."""
    before, believed = None, False
    for day in days:
        before, believed = move(before, url=OLD, target=target, now=NOW + day * DAY)
    return before, believed


def test_c08_three_polls_over_seven_days_are_needed() -> None:
    assert seen(0, 0.1, 0.2, 6.9)[1] is False
    assert seen(0, 8)[1] is False
    assert seen(0, 3, 7)[1] is True


def test_c08_a_poll_without_the_redirect_begins_anew() -> None:
    before, _ = seen(0, 3)
    none, _ = move(before, url=OLD, target="", now=NOW + 5 * DAY)
    assert none is None


def test_c08_another_target_begins_anew() -> None:
    before, _ = seen(0, 3)
    other, believed = move(before, url=OLD, target="https://x.example/", now=NOW + 8 * DAY)

    assert (other, believed) == (Move(url="https://x.example/", since=NOW + 8 * DAY), False)


def test_c08_from_http_to_https_of_the_same_address_is_believed_at_once() -> None:
    assert seen(0, target="https://courier.example/feed")[1] is True
    assert seen(0, target="https://courier.example/other")[1] is False


# ------------------------------------------------------------------ alarms


def test_an_alarm_keeps_its_beginning_and_ends_when_it_is_over() -> None:
    first = alarms((), {"churn": "3 known"}, now=NOW)
    later = alarms(first, {"churn": "9 known"}, now=NOW + DAY)

    assert later == (Alarm(kind="churn", since=NOW, words="9 known"),)
    assert alarms(later, {}, now=NOW + 2 * DAY) == ()


@pytest.mark.parametrize("kind", ["moved", "gap"])
def test_a_move_and_a_gap_are_told_for_thirty_days_or_until_they_are_filled(kind: str) -> None:
    first = alarms((), {kind: "words"}, now=NOW)

    assert alarms(first, {}, now=NOW + 29 * DAY) == first
    assert alarms(first, {}, now=NOW + 30 * DAY) == ()
    assert alarms(first, {kind: ""}, now=NOW + DAY) == ()


def rhythm(every: timedelta, times: int, then: timedelta) -> tuple[Cadence, datetime]:
    """A source that spoke so often and was then polled daily; what is known, and its last word."""
    cadence, at = Cadence(at=NOW), NOW
    for _ in range(times):
        at += every
        cadence = learnt(cadence, [at], now=at)
    spoke = at
    while at - spoke < then:
        at += DAY
        cadence = learnt(cadence, [], now=at)
    return cadence, spoke


@pytest.mark.parametrize(
    ("every", "times", "silent_days", "words"),
    [
        (timedelta(hours=6), 80, 6, ""),
        (timedelta(hours=6), 80, 8, "nothing new for 8 days; it used to speak every 6 hours"),
        (timedelta(hours=6), 80, 60, "nothing new for 60 days; it used to speak every 6 hours"),
        (timedelta(hours=6), 80, 500, "nothing new for 500 days; it used to speak every 6 hours"),
        (timedelta(hours=6), 80, 900, "nothing new for 900 days"),
        (timedelta(days=3), 20, 25, ""),
        (timedelta(days=3), 20, 32, "nothing new for 32 days; it used to speak every 3 days"),
        (timedelta(days=3), 1, 300, ""),
    ],
)
def test_silence_is_far_longer_than_its_own_rhythm(
    every: timedelta, times: int, silent_days: int, words: str
) -> None:
    cadence, spoke = rhythm(every, times, silent_days * DAY)

    assert silence(cadence, spoke, now=spoke + silent_days * DAY) == words


def test_a_source_that_never_spoke_is_not_silent() -> None:
    assert silence(Cadence(), None, now=NOW) == ""
    assert silence(Cadence(at=NOW), NOW, now=NOW) == ""


# ------------------------------------------------------------------ our own manners (C33)

FEED = "https://courier.example/feed"
TAG, DATE = Validators(etag='"1"'), Validators(last_modified="Sun, 01 Mar 2026 10:00:00 GMT")


def polled(minutes: float, **more: Any) -> Request:
    given = {"url": FEED, "reason": "poll", "status": 200, **more}
    return Request(at=NOW + timedelta(minutes=minutes), **given)


def observed(*requests: Request, scope: str = "courier.example", **more: Any) -> Manners:
    observer = Observer(**more)
    for request in requests:
        observer.note("s", request, scope=scope, gap_s=2.0)
    return observer.manners()["s"]


def faults(found: Manners) -> tuple[int, int, int, int]:
    return found.unconditional, found.invented, found.early, found.hasty


def test_c33_a_good_guest_has_nothing_on_record() -> None:
    both = Validators(etag='"1"', last_modified=DATE.last_modified)
    fresh = NOW + timedelta(hours=2)
    found = observed(
        polled(0, received=both, fresh_until=fresh),
        polled(121, sent=both, status=304, received=TAG),  # which leaves the date as it was
        polled(200, sent=both, status=503, quiet_until=NOW + timedelta(hours=9)),
        polled(600, sent=both, received=Validators()),
        polled(700),
    )

    assert found == Manners(requests=5, shortest_gap_s=79 * 60.0, shortest_wait_s=79 * 60.0)


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        pytest.param(
            [polled(0, received=TAG), polled(60), polled(120)],
            (1, 0, 0, 0),
            id="unconditional although it was given a tag, once: then the answer took it back",
        ),
        pytest.param(
            [polled(0, received=TAG), polled(60, status=500), polled(120)],
            (2, 0, 0, 0),
            id="unconditional twice: an error takes nothing back",
        ),
        pytest.param([polled(0, sent=DATE)], (0, 1, 0, 0), id="a date nobody gave"),
        pytest.param(
            [polled(0, received=TAG), polled(60, sent=Validators(etag="1"))],
            (0, 1, 0, 0),
            id="a tag without its quotes",
        ),
        pytest.param(
            [polled(0, received=TAG), polled(60, sent=TAG, url=FEED + "/new")],
            (0, 1, 0, 0),
            id="a tag of another URL",
        ),
        pytest.param(
            [polled(0, received=TAG), polled(60, sent=TAG), polled(120, sent=TAG)],
            (0, 1, 0, 0),
            id="a tag that a 200 took away",
        ),
        pytest.param(
            [polled(0, fresh_until=NOW + timedelta(hours=2)), polled(119)],
            (0, 0, 1, 0),
            id="inside max-age",
        ),
        pytest.param(
            [polled(0, status=429, quiet_until=NOW + timedelta(hours=2)), polled(119)],
            (0, 0, 1, 0),
            id="inside Retry-After",
        ),
        pytest.param(
            [
                polled(0, status=429, quiet_until=NOW + timedelta(hours=2)),
                polled(60, manual=True, url=FEED + "/other", reason="article"),
            ],
            (0, 0, 1, 0),
            id="inside Retry-After, whatever and whoever asks",
        ),
        pytest.param([polled(0), polled(1.9 / 60)], (0, 0, 0, 1), id="inside the host's gap"),
    ],
)
def test_c33_an_impolite_record_is_not_zero(
    record: list[Request], expected: tuple[int, int, int, int]
) -> None:
    assert faults(observed(*record)) == expected


def test_c33_a_person_may_ask_inside_max_age_and_what_follows_from_it_is_no_poll() -> None:
    fresh = NOW + timedelta(hours=2)
    found = observed(
        polled(0, fresh_until=fresh),
        polled(20, manual=True),
        polled(30, reason="article", url=FEED + "/a"),
    )

    assert faults(found) == (0, 0, 0, 0)
    assert found.shortest_wait_s is None


def test_c33_a_body_that_an_upgrade_may_read_is_asked_for_whole() -> None:
    found = observed(polled(0, received=TAG), polled(60, reason="poll after an upgrade"))

    assert faults(found) == (0, 0, 0, 0)


def test_c33_a_record_that_was_cut_does_not_speak_against_us() -> None:
    record = (polled(0, sent=TAG, status=304), polled(60, sent=TAG, status=304), polled(120))

    assert faults(observed(*record, older={"s"})) == (1, 0, 0, 0)
    assert faults(observed(*record)) == (0, 2, 0, 0)


def test_c33_sources_of_one_host_share_its_gap_and_its_quiet() -> None:
    observer = Observer()
    quiet = NOW + timedelta(hours=1)
    observer.note("a", polled(0, status=503, quiet_until=quiet), scope="x.example", gap_s=2)
    observer.note("b", polled(30, url=FEED + "/b"), scope="x.example", gap_s=2)
    observer.note("c", polled(30, url=FEED + "/c"), scope="y.example", gap_s=2)

    assert observer.manners()["b"].early == 1
    assert observer.manners()["c"].early == 0
    assert total(observer.manners().values()) == Manners(requests=3, early=1, shortest_gap_s=1800.0)
