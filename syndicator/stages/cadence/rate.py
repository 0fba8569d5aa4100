"""How often a source speaks, and when it pays to look again (C15).

The rate is r = (events + 0.5) / (time + 3.5 d), both decayed with a half-life of 21 days; p is how
much more or less likely than on average an event is at an hour and on a weekend. The next look is
where the integral of sqrt(r p) reaches kappa. The square root is what minimises the mean delay for
a given number of requests; the half event lets a silent source be forgotten slowly.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from syndicator.model import CADENCE_HALF_LIFE_S, Cadence

KAPPA = 30.0  # square root of a second: an hourly source is looked at every half hour
_PRIOR_EVENTS = 0.5
_PRIOR_S = 3.5 * 24 * 3600.0
_ONE_EVENT = timedelta(minutes=10)
_LONGEST_LOOK_BACK = timedelta(days=90)  # of a first document
_PROFILE_PRIOR = 6.0  # events, spread over the day, that an hour's share is smoothed with
_NO_TIME = time()  # of a day whose hour nobody said
_STEP_S = 600.0
_DAY_S = 24 * 3600
_HASTE_LEAST = 0.25  # of the floor: an hour becomes 15 minutes
_RECOVERY = 1.05  # a poll


def learnt(
    before: Cadence, said: Iterable[datetime | None], *, now: datetime, first: bool = False
) -> Cadence:
    """The cadence after a poll.

    Args:
        said: dates of the entries that were new; None where there is none, which counts as now.
        first: the document is the first one seen, so its span counts as time watched.
    """
    said = list(said)
    events = _events(said, before=before, now=now, first=first)
    if before.at is None:
        since = _begin(said, now) if first else now
        faded, kept = 0.0, _watched((now - since).total_seconds())
    else:
        elapsed = max((now - before.at).total_seconds(), 0.0)
        faded = _decay(elapsed)
        kept = before.seconds * faded + _watched(elapsed)
    weights = [(at, _decay((now - at).total_seconds())) for at in events]
    return Cadence(
        at=now,
        events=before.events * faded + sum(weight for _, weight in weights),
        seconds=kept,
        hours=_hours(before.hours, faded, weights),
        weekend=before.weekend * faded + sum(w for at, w in weights if at.weekday() >= 5),
        haste=before.haste,
    )


def _events(
    said: Iterable[datetime | None], *, before: Cadence, now: datetime, first: bool
) -> list[datetime]:
    """When the source spoke: dates within ten minutes are once; those that cannot be are now."""
    earliest = now - _LONGEST_LOOK_BACK if first else (before.at or now) - _ONE_EVENT
    dates = [at if at and earliest <= at <= now else now for at in said if at or not first]
    if first:
        dates = [at for at in dates if at != now]
    events: list[datetime] = []
    for at in sorted(dates):
        if not events or at - events[-1] > _ONE_EVENT:
            events.append(at)
    return events


def _begin(said: Iterable[datetime | None], now: datetime) -> datetime:
    """Since when a first document tells of everything."""
    return max(min((at for at in said if at), default=now), now - _LONGEST_LOOK_BACK)


def _decay(seconds: float) -> float:
    return math.exp2(-max(seconds, 0.0) / CADENCE_HALF_LIFE_S)


def _watched(seconds: float) -> float:
    """Decayed length of a span that ends now."""
    return CADENCE_HALF_LIFE_S / math.log(2) * (1 - _decay(seconds))


def _hours(
    before: Sequence[float], faded: float, weights: Iterable[tuple[datetime, float]]
) -> tuple[float, ...]:
    hours = [count * faded for count in before] or [0.0] * 24
    for at, weight in weights:
        if at.time() == _NO_TIME:
            hours = [count + weight / 24 for count in hours]
        else:
            hours[at.astimezone(UTC).hour] += weight
    return tuple(round(count, 6) for count in hours)


# ------------------------------------------------------------------ when to look


def restful(cadence: Cadence, *, now: datetime, most_s: float, kappa: float = KAPPA) -> float:
    """Seconds until it pays to look again, `most_s` at most."""
    speeds = _speeds(cadence)
    since_monday = ((now.weekday() * 24 + now.hour) * 60 + now.minute) * 60 + now.second
    reached, seconds = 0.0, 0.0
    while seconds < most_s:
        day, in_day = divmod(since_monday + seconds, _DAY_S)
        speed = speeds[day % 7 >= 5][int(in_day // 3600)]
        if reached + speed * _STEP_S >= kappa:
            return min(seconds + (kappa - reached) / speed, most_s)
        reached += speed * _STEP_S
        seconds += _STEP_S
    return most_s


def _speeds(cadence: Cadence) -> tuple[Sequence[float], Sequence[float]]:
    """How fast it becomes worth while to look, by hour of a weekday and of the weekend."""
    rate = (cadence.events + _PRIOR_EVENTS) / (cadence.seconds + _PRIOR_S)
    profile = _profile(cadence)
    weekend, weekday = _week(cadence)
    return (
        [math.sqrt(rate * (share * weekday)) for share in profile],
        [math.sqrt(rate * (share * weekend)) for share in profile],
    )


def _profile(cadence: Cadence) -> list[float]:
    """Each hour's share of events, mean 1, smoothed with its neighbours and towards evenness."""
    hours = cadence.hours or (0.0,) * 24
    soft = [(hours[h - 1] + 2 * hours[h] + hours[(h + 1) % 24]) / 4 for h in range(24)]
    even = (sum(soft) + _PROFILE_PRIOR) / 24
    return [(count + _PROFILE_PRIOR / 24) / even for count in soft]


def _week(cadence: Cadence) -> tuple[float, float]:
    """How much more or less is said at an hour of the weekend, and of other days; mean 1."""
    total = cadence.events + _PROFILE_PRIOR
    share = (cadence.weekend + _PROFILE_PRIOR * 2 / 7) / total
    return max(share * 7 / 2, 0.05), max((1 - share) * 7 / 5, 0.05)


# ------------------------------------------------------------------ haste (C29)


def hurried(cadence: Cadence, *, new: int, listed: int) -> Cadence:
    """Halve the floor after a full document of which half or more was new; else let it recover."""
    if listed >= 4 and new * 2 >= listed:
        return replace(cadence, haste=max(cadence.haste / 2, _HASTE_LEAST))
    return replace(cadence, haste=min(cadence.haste * _RECOVERY, 1.0))
