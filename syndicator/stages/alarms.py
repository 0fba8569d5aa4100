"""What a person should look at: alarms of a source begin and end here."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from syndicator.model import CADENCE_HALF_LIFE_S, Alarm, Cadence

_KNOWN_EVENTS = 1.5  # decayed; below that nobody knows its rhythm
_FAR_LONGER = 10.0  # times the usual pause
_SHORTEST_SILENCE = timedelta(days=7)
_VERY_LONG = timedelta(days=2 * 365)  # silent whatever its rhythm was
_REMEMBERED = timedelta(days=30)  # a move or a gap is told for so long
_TOO_MANY = 3  # pages without an article that are no accident
_ENOUGH = 100  # words below which articles are short anyway
_MUCH_LESS = 0.2
_LASTING = ("gap", "moved")  # told on, though the next poll does not find them again


def alarms(
    before: Iterable[Alarm], found: Mapping[str, str], *, now: datetime
) -> tuple[Alarm, ...]:
    """The alarms that stand after a poll; one that goes on keeps its beginning.

    Args:
        found: kind -> words, of what is amiss now; "" ends one that would be told on.
    """
    old = {alarm.kind: alarm for alarm in before}
    standing = {
        kind: Alarm(kind=kind, since=old[kind].since if kind in old else now, words=words)
        for kind, words in found.items()
        if words
    }
    for kind in _LASTING:
        if kind in old and kind not in found and now - old[kind].since < _REMEMBERED:
            standing[kind] = old[kind]
    return tuple(standing[kind] for kind in sorted(standing))


def thinning(words: Sequence[int], *, unread: int, usual: int) -> str:
    """In words, when article pages suddenly yield nothing or much less than they used to; else "".

    Args:
        words: of each article that was read. unread: pages on which none was found.
        usual: words of the source's articles until now, 0 when that is not known.
    """
    if unread >= _TOO_MANY and unread >= 2 * len(words):
        return f"no article was found on {unread} of {unread + len(words)} pages"
    middle = sorted(words)[len(words) // 2] if words else 0
    if len(words) >= 2 and usual >= _ENOUGH and middle < usual * _MUCH_LESS:
        return f"articles have about {middle} words, and used to have {usual}"
    return ""


def usual_words(before: int, words: Sequence[int]) -> int:
    """What is usual once these were read: the middle of them, slowly taken over."""
    if not words:
        return before
    middle = sorted(words)[len(words) // 2]
    return middle if not before else (before * 3 + middle) // 4


def silence(cadence: Cadence, changed_at: datetime | None, *, now: datetime) -> str:
    """In words, when a source has said nothing for far longer than its own rhythm; else ""."""
    if changed_at is None or cadence.at is None or now <= changed_at:
        return ""
    quiet = now - changed_at
    pause = _VERY_LONG if quiet > _VERY_LONG else _usual_pause(cadence, quiet)
    if quiet <= _SHORTEST_SILENCE or pause is None:
        return ""
    if quiet > _VERY_LONG:
        return f"nothing new for {_days(quiet)}"
    if quiet <= pause * _FAR_LONGER:
        return ""
    return f"nothing new for {_days(quiet)}; it used to speak every {_span(pause)}"


def _usual_pause(cadence: Cadence, quiet: timedelta) -> timedelta | None:
    """Its rhythm as it was before the silence, which dimmed what we know; None: nobody knows."""
    left = math.exp2(-quiet.total_seconds() / CADENCE_HALF_LIFE_S)
    spoke_s = cadence.seconds - CADENCE_HALF_LIFE_S / math.log(2) * (1 - left)
    if cadence.events / left < _KNOWN_EVENTS or spoke_s <= 0:
        return None
    return timedelta(seconds=spoke_s / cadence.events)


def _days(span: timedelta) -> str:
    return f"{span.days} days"


def _span(span: timedelta) -> str:
    hours = span.total_seconds() / 3600
    return f"{hours / 24:.0f} days" if hours >= 48 else f"{max(hours, 1):.0f} hours"
