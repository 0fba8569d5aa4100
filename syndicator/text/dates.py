"""Reading a date that a feed or a page states, in any language, without ever failing.

Three readers in turn, the surest first: exact formats (ISO 8601, RFC 822), a date found inside
the text ("Published: 8 Feb 2018 at 14:05 CET"), and last the whole text as words ("2 hours ago").
Names of months and days are dateparser's; it is loaded at the first date that needs it, because
it costs 0.1 s and feeds seldom do.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from datetime import timezone as fixed_zone
from email.utils import parsedate_tz
from zoneinfo import ZoneInfo

from syndicator.model import Precision

MAX_CHARS = 200
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)

_ZONE = r"(?:Z\b|(?:GMT|UTC)?[+-]\d\d(?::?\d\d)?|(?-i:[A-Z]{2,5})\b)"
_CLOCK = (
    r"\d{1,2}(?::|\s?h\s?|\.|時|시)\s?\d{2}(?:(?:[:.]|分|분)\s?\d{2}(?:\.\d+)?)?"
    r"(?:\s*(?:[ap]m\b|[ap]\.\s?m\.))?"
)
_ISO = re.compile(
    r"(\d{4})(?:-?(\d\d)(?:-?(\d\d)(?:[T\s]\s*(\d\d):?(\d\d)(?::?(\d\d)(?:[.,]\d+)?)?"
    r"\s*(Z|[+-]\d\d(?::?\d\d)?)?)?)?)?",
    re.IGNORECASE,
)
_RFC822 = re.compile(
    r"(?:[a-z]{3,9},?\s+)?\d{1,2}[\s-][a-z]{3,9}[\s-]\d{2,4}\s+\d\d?:\d\d(?::\d\d)?"
    r"(\s+(?:[+-]\d{4}|GMT|UTC?|Z|[ECMP][SD]T)(?:\s+\([^)]*\))?)?",
    re.IGNORECASE,
)
# A date inside other words: the day, then perhaps a time with its zone not far behind it.
_YEAR_FIRST = (
    r"(?P<y>\d{4})\s?[年년./-]\s?(?P<m>\d{1,2})\s?[月월./-]\s?(?P<d>\d{1,2})(?!\d)\s?[日일]?"
)
_WORD = r"(?!(?:st|nd|rd|th)\b)[^\W\d_][^\W\d_'’.]*\.?"
_DAY_FIRST = (
    r"\d{1,2}(?!\d)(?:st|nd|rd|th|er|ère|re|º|ª|°|\.)?[\s./-]{0,3}(?:(?:de|of|di|d['’])\s?)?"
    rf"{_WORD},?[\s./-]{{0,3}}(?:(?:de|del|of)\s)?\d{{4}}(?!\d)"
)
_MONTH_FIRST = rf"{_WORD}\s\d{{1,2}}(?:st|nd|rd|th)?(?:,\s?|\s)\d{{4}}(?!\d)"
_NUMBERS = r"\d{1,2}[./-]\s?\d{1,2}[./-]\s?(?:\d{4}|\d{2})(?!\d)"
_MONTH_ONLY = rf"{_WORD}\s\d{{4}}(?!\d)"
_TIME = (
    rf"(?:(?P<gap>[^\d:]{{0,12}}?)(?<!\d)(?P<time>{_CLOCK})\s?(?:Uhr|uur)?"
    rf"(?:\s?\(?(?P<zone>{_ZONE}))?)?"
)
_INSIDE = [
    re.compile(rf"(?<!\d)(?P<day>{day}){_TIME}", re.IGNORECASE)
    for day in (_YEAR_FIRST, _NUMBERS, _MONTH_FIRST, _DAY_FIRST, _MONTH_ONLY)
]
_AFTERNOON = re.compile("오후|午後|下午")
_YEAR = re.compile(r"(?<!\d)(?:1[89]|20)\d\d(?!\d)")
# Asked when the page's own language cannot read the text or is not known.
_USUAL_LANGUAGES = ("en", "fr", "nl", "de", "es", "it", "pt")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadDate:
    """A moment as stated; a day without a time is 00:00Z with precision DAY."""

    at: datetime
    precision: Precision


@dataclass(frozen=True, slots=True, kw_only=True)
class _Habits:
    """How this page writes dates."""

    language: str
    order: str
    zone: tzinfo
    now: datetime


def read_date(
    raw: str, *, language: str = "", order: str = "", timezone: str = "", now: datetime
) -> ReadDate | None:
    """The date that `raw` states, or None where it states none that can be true.

    Args:
        raw: any text; beyond 200 characters it is no date.
        language: of the page, as a tag; names of months and the order of numbers follow it.
        order: "DMY", "MDY" or "YMD"; without it day first, but month first under en-US.
        timezone: IANA name for times without a zone; UTC otherwise.
        now: what "2 hours ago" counts from. A date after it, before 1900, or exactly the epoch
            is not believed (R15).
    """
    text = _plain_digits(" ".join(raw[: 4 * MAX_CHARS].split()))
    if not text or len(text) > MAX_CHARS:
        return None
    habits = _Habits(
        language=language,
        order=order or ("MDY" if language.replace("_", "-").lower() == "en-us" else "DMY"),
        zone=_zone(timezone),
        now=now,
    )
    try:
        found = _exact(text, habits) or _inside(text, habits) or _parsed(text, habits)
    except (ValueError, OverflowError):  # a month 13, a year 9999 moved over its end
        return None
    return found if found and _believable(found.at, now) else None


def _believable(at: datetime, now: datetime) -> bool:
    return _EARLIEST <= at <= now and at != _EPOCH


def _plain_digits(text: str) -> str:
    """Arabic-Indic, Devanagari and full-width digits as ASCII ones."""
    return "".join(
        str(unicodedata.decimal(char)) if ord(char) > 127 and char.isdecimal() else char
        for char in text
    )


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name) if name else UTC
    except (ValueError, OSError):  # not a zone; a refused name is configuration's business
        return UTC


def _moment(at: datetime) -> ReadDate:
    return ReadDate(at=at.astimezone(UTC), precision=Precision.TIME)


def _aware(at: datetime, habits: _Habits) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=habits.zone)


def _day(year: int, month: int, day: int) -> ReadDate:
    return ReadDate(at=datetime(year, month, day, tzinfo=UTC), precision=Precision.DAY)


# ------------------------------------------------------------------ exact formats


def _exact(text: str, habits: _Habits) -> ReadDate | None:
    if match := _ISO.fullmatch(text):
        return _iso(match, habits)
    if (match := _RFC822.fullmatch(text)) and (fields := parsedate_tz(text)):
        year, month, day, hour, minute, second = fields[:6]
        offset = fixed_zone(timedelta(seconds=fields[9] or 0)) if match[1] else habits.zone
        return _moment(datetime(year, month, day, hour, minute, min(second, 59), tzinfo=offset))
    return None


def _iso(match: re.Match[str], habits: _Habits) -> ReadDate:
    year, month, day, hour, minute, second, offset = match.groups()
    if hour is None:
        return _day(int(year), int(month or 1), int(day or 1))
    clock = f"{hour}:{minute}:{min(int(second or 0), 59):02}"  # :60 is a leap second
    at = datetime.fromisoformat(f"{year}-{month}-{day}T{clock}{(offset or '').upper()}")
    return _moment(_aware(at, habits))


# ------------------------------------------------------------------ a date among other words


def _inside(text: str, habits: _Habits) -> ReadDate | None:
    for pattern in _INSIDE:
        for match in pattern.finditer(text):
            if found := _stated(match, habits):
                return found
    return None


def _stated(match: re.Match[str], habits: _Habits) -> ReadDate | None:
    """The day as found; with its time when there is one and it can be read."""
    parts = match.groupdict()
    day = f"{parts['y']}-{parts['m']:0>2}-{parts['d']:0>2}" if parts.get("y") else parts["day"]
    if not parts["time"]:
        return _parsed(day, habits)
    clock = re.sub(r"\s?[h時시]\s?|\.(?=\d)", ":", parts["time"], count=1, flags=re.IGNORECASE)
    clock = re.sub(r"[分분]\s?", ":", clock).rstrip(":")
    half = "PM" if _AFTERNOON.search(parts["gap"]) else ""
    for rest in (f"{clock} {half} {(parts['zone'] or '').upper()}", f"{clock} {half}", ""):
        if found := _parsed(f"{day} {rest}".strip(), habits):
            return found
    return None


# ------------------------------------------------------------------ dateparser


def _parsed(text: str, habits: _Habits) -> ReadDate | None:
    """`text` as dateparser reads it, by the page's language before the usual ones.

    A year that is written must be the one found: "30 years of 2018" is not 30 years before now.
    """
    from dateparser.date import DateDataParser  # 0.1 s, and most feeds need none

    years = _YEAR.findall(text)
    for languages in _languages(habits.language, text):
        parser = DateDataParser(languages=languages, settings=_settings(text, habits))
        data = parser.get_date_data(text)
        at = data.date_obj
        if at and (not years or str(at.year) in years):
            if data.period == "time":
                return _moment(_aware(at, habits))
            return _day(at.year, at.month, at.day)
    return None


def _languages(language: str, text: str) -> Iterator[list[str] | None]:
    from dateparser.data.languages_info import language_order

    own = language.replace("_", "-").split("-")[0].lower()
    if own in language_order:
        yield [own]
    yield [code for code in _USUAL_LANGUAGES if code != own]
    if own not in _USUAL_LANGUAGES and _YEAR.search(text):
        yield None  # every language it knows: 1 s the first time, so only for what looks dated


def _settings(text: str, habits: _Habits) -> dict[str, object]:
    year_first = re.match(r"\d{4}[./-]", text)
    return {
        "DATE_ORDER": "YMD" if year_first else habits.order,
        "PREFER_LOCALE_DATE_ORDER": False,
        "PREFER_DAY_OF_MONTH": "first",
        "PREFER_DATES_FROM": "past",
        "REQUIRE_PARTS": ["year", "month"],
        "RELATIVE_BASE": habits.now.astimezone(habits.zone).replace(tzinfo=None),
        "RETURN_TIME_AS_PERIOD": True,
    }
