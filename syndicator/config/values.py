"""The accepted forms of single values; each function returns the value or says what it wants."""

from __future__ import annotations

import re
import shlex
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import PlainValidator, ValidationInfo

from syndicator.characters import UNWRITABLE

LONGEST = 3650 * 86400  # seconds; a longer time is a slip, and would overflow dates

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_SIZES = {"": 1, "B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
_DURATION = re.compile(r"([1-9][0-9]*)([smhdw])")
_SIZE = re.compile(r"([1-9][0-9]*) ?(B|KiB|MiB|GiB)?")
_NO_UTF_8 = re.compile("[\udc80-\udcff]")  # how Python shows such bytes of a command line
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z]{4})?(-([a-z]{2}|[0-9]{3}))?", re.IGNORECASE)

RESERVED_SLUGS = frozenset({"all"})  # /themes/all/ holds every article


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean "x"?`, or nothing when no known word is near; case does not count."""
    words = {each.lower(): each for each in sorted(known)}
    found = get_close_matches(word.lower(), words, n=1, cutoff=0.6)
    return f'; did you mean "{words[found[0]]}"?' if found else ""


def quoted(value: object) -> str:
    """A value as it stands in the file, short enough for a message."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    text = f'"{value}"' if isinstance(value, str) else str(value)
    printable = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return printable if len(printable) <= 80 else printable[:77] + "..."


def text(value: object) -> str:
    """A text, whatever it says, in characters that can be shown."""
    if not isinstance(value, str):
        raise ValueError(f"expected text in quotes, not {quoted(value)}")
    refuse_other_bytes(value)
    if odd := UNWRITABLE.search(value):
        code = f"U+{ord(odd[0]):04X}"
        raise ValueError(f"{quoted(value)} has a control character in it ({code}); leave it out")
    return value


def refuse_other_bytes(value: str) -> None:
    """Raise ValueError for a text in which Python stands something for bytes that are no UTF-8."""
    if odd := _NO_UTF_8.search(value):
        byte = ord(odd[0]) - 0xDC00
        raise ValueError(
            f"{quoted(value)} is not UTF-8: it has the byte 0x{byte:02X} in it; write it in UTF-8, "
            "or leave it out"
        )


# ------------------------------------------------------------------ time and size


def duration(value: object) -> int:
    """Seconds of a text such as "15m"."""
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError(
            f"{quoted(value)} is not a duration; write a whole number above 0 and"
            ' s, m, h, d or w in quotes, such as "15m"'
        )
    seconds = int(match[1]) * _UNITS[match[2]] if len(match[1]) < 12 else LONGEST + 1
    if seconds > LONGEST:
        raise ValueError(f"{quoted(value)} is too long; 520w is the most")
    return seconds


def duration_text(seconds: float) -> str:
    """The text that `duration` reads back, in the largest unit that fits; part seconds are lost."""
    whole = int(seconds)
    for unit in ("w", "d", "h", "m"):
        if whole and whole % _UNITS[unit] == 0:
            return f"{whole // _UNITS[unit]}{unit}"
    return f"{whole}s"


def size(value: object) -> int:
    """Bytes of a number or of a text such as "10MiB"."""
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    match = _SIZE.fullmatch(value) if isinstance(value, str) else None
    if match is None or len(match[1]) > 15:
        raise ValueError(f'{quoted(value)} is not a size; write bytes or a text such as "10MiB"')
    return int(match[1]) * _SIZES[match[2] or ""]


def size_text(count: int) -> str | int:
    """What `size` reads back: the largest unit that fits, or plain bytes."""
    for unit in ("GiB", "MiB", "KiB"):
        if count % _SIZES[unit] == 0:
            return f"{count // _SIZES[unit]}{unit}"
    return count


def _from_file(info: ValidationInfo) -> bool:
    """Files and variables are read with a context; Python code gives values ready made."""
    return info.context is not None


def _seconds(value: object, info: ValidationInfo) -> float:
    if not _from_file(info) and isinstance(value, (int, float)):
        return float(value)
    return float(duration(value))


def _pause(value: object, info: ValidationInfo) -> float:
    if isinstance(value, int) and not isinstance(value, bool) and value == 0:
        return 0.0
    return _seconds(value, info)


# ------------------------------------------------------------------ names


def slug(value: str) -> str:
    """A theme slug or source id (R44)."""
    if _SLUG.fullmatch(value):
        return value
    better = slug_from(value)
    hint = f'; did you mean "{better}"?' if better else ""
    raise ValueError(
        f"{quoted(value)} is no name we can use: lower case letters, digits and hyphens,"
        f" 64 at most, no hyphen first{hint}"
    )


def slug_from(title: str) -> str:
    """The nearest slug of a title, "" when nothing of it can be kept."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:64].strip("-")


def theme_slug(value: str) -> str:
    """A slug that does not hide one of our own addresses."""
    if value in RESERVED_SLUGS:
        raise ValueError(f'"{value}" is reserved: /themes/{value}/ is ours; take another slug')
    return slug(value)


def language(value: object) -> str:
    """A language tag in its usual case: "fr", "fr-BE", "zh-Hant-TW"."""
    if not isinstance(value, str) or (value and not _LANGUAGE.fullmatch(value)):
        raise ValueError(f'{quoted(value)} is not a language tag, such as "en" or "fr-BE"')
    first, *rest = value.split("-")
    return "-".join([first.lower(), *(p.title() if len(p) == 4 else p.upper() for p in rest)])


def _timezone(value: object) -> str:
    name = text(value)
    try:
        if name:
            ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        hint = nearest(name, available_timezones()) or ', such as "Europe/Brussels"'
        raise ValueError(f"{quoted(value)} is not a time zone{hint}") from None
    return name


def _date_order(value: object) -> str:
    if value not in ("", "DMY", "MDY", "YMD"):
        raise ValueError(f'{quoted(value)} is not a date order; write "DMY", "MDY" or "YMD"')
    return str(value)


# ------------------------------------------------------------------ lists and tables


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) for item in value):
        raise ValueError(f'expected a list of texts such as ["mali"], not {quoted(value)}')
    return tuple(dict.fromkeys(map(text, value)))


def _command(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        try:
            return tuple(shlex.split(value))
        except ValueError as error:
            raise ValueError(f"the command cannot be split into words: {error}") from None
    if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) for item in value):
        raise ValueError(f"expected a command line or a list of its words, not {quoted(value)}")
    return tuple(value)


def _texts_by_language(value: object) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
        raise ValueError('expected a text per language, such as fr = "Mali"')
    found = {language(key): text(item) for key, item in value.items() if key}
    if len(found) < len(value):
        raise ValueError("a language is missing, or given twice")
    return found


Seconds = Annotated[float, PlainValidator(_seconds)]
Pause = Annotated[float, PlainValidator(_pause)]
WholeSeconds = Annotated[int, PlainValidator(duration)]
Size = Annotated[int, PlainValidator(size)]
Text = Annotated[str, PlainValidator(text)]
Language = Annotated[str, PlainValidator(language)]
TimeZone = Annotated[str, PlainValidator(_timezone)]
DateOrder = Annotated[str, PlainValidator(_date_order)]
Texts = Annotated[tuple[str, ...], PlainValidator(_texts)]
Command = Annotated[tuple[str, ...], PlainValidator(_command)]
TextsByLanguage = Annotated[dict[str, str], PlainValidator(_texts_by_language)]
