"""How long an answer says that it is fresh: a floor under the next poll (C12)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST = timedelta(days=7)  # R7: what a server may ask for
_PART = re.compile(r'\s*([\w-]+)\s*(?:=\s*(?:"([^"]*)"|([^,\s]*)))?\s*(?:,|$)')


def fresh_until(headers: Mapping[str, str], *, at: datetime, before: datetime | None) -> datetime:
    """The earliest time for the next poll as far as the answer's caching goes, in 7 days at most.

    The `lifetime` counts, less the `Age` it already has where it is a `max-age`; what says nothing
    leaves the floor as it was.

    Args:
        headers: names in lower case.
        at: when the answer was whole.
        before: the floor that stood until now.
    """
    stated = lifetime(headers, at=at)
    if stated is None:
        return max(at, before or at)
    is_max_age = "max-age" in _directives(headers.get("cache-control", ""))
    age_s = _seconds(headers.get("age", "")) if is_max_age else 0.0
    return at + _bounded(stated.total_seconds() - age_s)


def lifetime(headers: Mapping[str, str], *, at: datetime) -> timedelta | None:
    """For how long an answer is good; None where it does not say.

    `max-age` counts, and `Expires` less `Date` only where there is none. `no-cache`, `no-store` and
    `max-age=0` are no time at all.
    Source: RFC 9111 sections 4.2 and 5.2.

    Args:
        headers: names in lower case.
        at: when the answer was whole, in place of a `Date` it lacks.
    """
    said = _directives(headers.get("cache-control", ""))
    if "no-cache" in said or "no-store" in said:
        return timedelta(0)
    if "max-age" in said:
        return timedelta(seconds=_seconds(said["max-age"]))
    if "expires" in headers:
        expires, date = _date(headers["expires"]), _date(headers.get("date", "")) or at
        return max(expires - date, timedelta(0)) if expires else timedelta(0)
    return None


def _directives(text: str) -> dict[str, str]:
    return {name.lower(): quoted or bare for name, quoted, bare in _PART.findall(text)}


def _seconds(text: str) -> float:
    return float(min(int(text), 10**9)) if re.fullmatch(r"[0-9]{1,300}", text.strip()) else 0.0


def _bounded(seconds: float) -> timedelta:
    return min(timedelta(seconds=max(seconds, 0.0)), LONGEST)


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
