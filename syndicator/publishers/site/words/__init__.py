"""Our own words on pages, in the languages we have: a file of them for each.

A page speaks the language of what it shows, else that of the site, else English. To add a language,
write its file beside the others; a test holds all of them to the same words.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any

_LAST = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words of one language; called with a name and what fills its braces."""

    language: str
    one: frozenset[int]
    months: Sequence[str]
    short_months: Sequence[str]
    words: dict[str, str]

    def __call__(self, name: str, **fill: object) -> str:
        return self.words[name].format(**fill) if fill else self.words[name]

    def count(self, name: str, n: int) -> str:
        """ "1 article", "2,345 articles"."""
        form = "one" if n in self.one else "many"
        return self(f"{name}_{form}", n=self.number(n))

    def number(self, n: int) -> str:
        """With its thousands apart."""
        return f"{n:,}".replace(",", self.words["thousands"])

    def day(self, at: datetime) -> str:
        """ "3 March 2026"; the day in UTC."""
        at = at.astimezone(UTC)
        return self("date", day=at.day, month=self.months[at.month - 1], year=at.year)

    def moment(self, at: datetime) -> str:
        """ "3 March 2026, 14:05 UTC"."""
        return self("time", date=self.day(at), clock=f"{at.astimezone(UTC):%H:%M}")

    def month(self, year: int, month: int) -> str:
        """ "March 2026"."""
        return self("month", month=self.months[month - 1], year=year)

    def point(self, label: str) -> str:
        """ "Mar 2026" for "2026-03", "2026" for "2026"."""
        year, _, month = label.partition("-")
        name = self.short_months[int(month) - 1] if month else ""
        return self("month", month=name, year=year) if month else year

    def listed(self, names: Sequence[str]) -> str:
        """ "A, B and C"."""
        *most, last = names or [""]
        link = self("and")
        return f"{', '.join(most)} {link} {last}" if most else last


def words(*languages: str) -> Words:
    """The words of the first of these languages that we have, else in English.

    Args:
        languages: tags, of which the first part counts ("fr-BE" is French); "" is passed over.
    """
    known = spoken()
    bases = (tag.partition("-")[0].lower() for tag in languages)
    return _read(next((base for base in bases if base in known), _LAST))


@cache
def spoken() -> Sequence[str]:
    """The languages that we have words of."""
    names = (each.name for each in files(__package__).iterdir())
    return sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml"))


@cache
def _read(language: str) -> Words:
    text = files(__package__).joinpath(f"{language}.toml").read_text("utf-8")
    said: dict[str, Any] = tomllib.loads(text)
    return Words(
        language=language,
        one=frozenset(said["one"]),
        months=tuple(said["months"]),
        short_months=tuple(said["short_months"]),
        words=said["words"],
    )
