"""The next poll: what the rate asks for, between the floors that others lay down."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from syndicator.model import Source
from syndicator.stages.cadence.rate import KAPPA, restful

_HOUR_S = 3600.0
_DAY_S = 24 * _HOUR_S
_WEEK_S = 7 * _DAY_S
_WITHOUT_VALIDATORS = 2.0  # C14: each poll costs such a server the whole body
_JITTER = 0.1  # C16: adds, never subtracts
_LONG_FAILING = timedelta(days=30)
_CLOSED_DOORS = (401, 403, 404)
_QUIET = (429, 503)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """What the operator lays down, in seconds.

    Args:
        default_s: the floor where nobody states anything (C14).
        own_min_s: of a host of one's own, which alone may be asked more often than `min_s`.
        trusted_s: a hub tells of news, so look only so often (C30e); None: no hub does.
        kappa: how eagerly (C15).
    """

    default_s: float = _HOUR_S
    min_s: float = 900.0
    max_s: float = _DAY_S
    own_min_s: float | None = None
    trusted_s: float | None = None
    kappa: float = KAPPA


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """The next poll, and in words what set it; `held_until` where the host asked for quiet."""

    at: datetime
    why: str
    held_until: datetime | None = None
    gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    seconds: float
    why: str


# ------------------------------------------------------------------ after an answer


def after_success(
    source: Source, rhythm: Rhythm, *, now: datetime, within_s: float | None = None
) -> Due:
    """The next poll after an answer that was read.

    Args:
        source: as it stands after this poll; its `floor_until` is the server's max-age.
        within_s: half of a full document was new and spans so long: be back before it is over
            (C29).
    """
    wish = max(_wish(source, rhythm, now, within_s), *_floors(source, now), key=_seconds)
    at, waits = _out_of_skipped(now + _jittered(wish.seconds, source), source)
    return Due(at=at, why=f"{wish.why}, then {waits}" if waits else wish.why)


def _seconds(wish: _Wish) -> float:
    return wish.seconds


def _wish(source: Source, rhythm: Rhythm, now: datetime, within_s: float | None) -> _Wish:
    least_s = _least(rhythm)
    if source.settings.every_s is not None:
        return _Wish(seconds=max(float(source.settings.every_s), least_s), why="every, as set")
    if rhythm.trusted_s is not None:
        return _Wish(seconds=rhythm.trusted_s, why="its hub tells of news")
    floor = _floor(source, rhythm, least_s)
    paying_s = restful(source.cadence, now=now, most_s=rhythm.max_s, kappa=rhythm.kappa)
    if within_s is not None:
        paying_s = min(paying_s, within_s)
    if paying_s <= floor.seconds:
        return floor
    if paying_s >= rhythm.max_s:
        return _Wish(seconds=max(rhythm.max_s, least_s), why="it speaks seldom")
    return _Wish(seconds=paying_s, why="how often it speaks")


def _least(rhythm: Rhythm) -> float:
    return rhythm.min_s if rhythm.own_min_s is None else rhythm.own_min_s


def _floor(source: Source, rhythm: Rhythm, least_s: float) -> _Wish:
    """C14: an hour, two without validators, less where a shorter time is stated; C29 halves it."""
    if rhythm.own_min_s is not None:
        return _Wish(seconds=least_s, why="min_interval of its host")
    seconds, why = rhythm.default_s, "the least interval"
    if not source.validators and source.kind != "file":
        seconds, why = seconds * _WITHOUT_VALIDATORS, "its server sends no validators"
    stated = [float(each) for each in (source.stated.max_age_s, source.stated.ttl_s) if each]
    if stated and min(stated) < seconds:
        seconds, why = min(stated), "the shorter time it states"
    seconds *= source.cadence.haste
    if source.cadence.haste < 1:
        why = "much was new"
    return _Wish(seconds=max(min(seconds, max(rhythm.max_s, least_s)), least_s), why=why)


def _floors(source: Source, now: datetime) -> list[_Wish]:
    """What others ask for: the server's caching (C12), the feed's ttl (C13)."""
    floors = [_Wish(seconds=0.0, why="")]
    if source.stated.ttl_s:
        floors.append(_Wish(seconds=min(float(source.stated.ttl_s), _DAY_S), why="its own ttl"))
    if source.floor_until:
        asked_s = (source.floor_until - now).total_seconds()
        if source.settings.max_age_override_s is not None:
            asked_s = min(asked_s, max(float(source.settings.max_age_override_s), _HOUR_S))
        floors.append(_Wish(seconds=asked_s, why="its server's max-age"))
    return floors


def _out_of_skipped(at: datetime, source: Source) -> tuple[datetime, str]:
    """C13: past the hours and days that the feed asks to skip; a list without end is ignored."""
    moved = at
    for _ in range(24 * 8):
        here = moved.astimezone(UTC)
        hour = here.hour in source.stated.skip_hours
        if not hour and here.weekday() not in source.stated.skip_days:
            return moved, "past the hours it asks to skip" if moved != at else ""
        # The minute is kept, so that sources that skip alike do not come all at once.
        moved = moved + timedelta(hours=1)
    return at, ""


# ------------------------------------------------------------------ after a failure


def after_failure(
    source: Source,
    rhythm: Rhythm,
    *,
    now: datetime,
    status: int | None,
    not_before: datetime | None,
) -> Due:
    """The next poll after one that failed.

    Args:
        source: as it stands after this poll, this failure counted.
        status: of HTTP, where there was an answer.
        not_before: what the server asked for.
    """
    if status == 410:
        return Due(at=now, why="410: polling ends until it is resumed", gone=True)
    floor = max((one.seconds for one in _floors(source, now)), default=0.0)
    if status in _QUIET:
        wait = not_before or now + timedelta(seconds=_backoff(source, _HOUR_S, _DAY_S))
        wait += _jitter(source, (wait - now).total_seconds())
        # A host that only ever says "in a minute" is asked more and more rarely all the same.
        seldom_s = max(_backoff(source, _least(rhythm), _DAY_S), floor)
        at, _ = _out_of_skipped(max(wait, now + _jittered(seldom_s, source)), source)
        return Due(at=at, why=f"its host asked for quiet ({status})", held_until=wait)
    start_s = _HOUR_S if rhythm.own_min_s is None else min(rhythm.own_min_s, _HOUR_S)
    most_s = _WEEK_S if status in _CLOSED_DOORS else _DAY_S
    if source.failing_since and now - source.failing_since >= _LONG_FAILING:
        start_s, most_s = _WEEK_S, _WEEK_S
    after_s = max(_backoff(source, start_s, most_s), floor)
    at = now + _jittered(after_s, source)
    why = f"failed {source.failures} times in a row" if source.failures > 1 else "failed"
    return Due(at=_out_of_skipped(max(at, not_before or at), source)[0], why=why)


def _backoff(source: Source, start_s: float, most_s: float) -> float:
    """Doubled with every failure in a row."""
    return min(start_s * 2.0 ** min(source.failures - 1, 20), most_s)


# ------------------------------------------------------------------ jitter (C16)


def _jittered(seconds: float, source: Source) -> timedelta:
    return timedelta(seconds=max(seconds, 0.0)) + _jitter(source, seconds)


def _jitter(source: Source, of_s: float) -> timedelta:
    """Up to a tenth, spread over sources and polls, the same for the same poll; it makes no wait
    longer than a week (R7)."""
    mark = hashlib.sha256(f"{source.id} {source.poll_seq}".encode()).digest()
    share = int.from_bytes(mark[:4], "big") / 2**32
    of_s = max(of_s, 0.0)
    return timedelta(seconds=min(of_s * _JITTER * share, max(_WEEK_S - of_s, 0.0)))
