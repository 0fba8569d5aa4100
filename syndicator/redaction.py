"""Secrets kept out of what we show: log, screen, lists of feeds, and the feeds themselves (R42)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar
from urllib.parse import unquote

T = TypeVar("T")

HIDDEN = "***"  # stands where a secret was
# Names of query values that let somebody in. Whole words of a name, or there would be no `author`,
# `keyword` or `design` left to see.
_NAME = (
    r"[^=&#]*(?:token|secret|passw(?:or)?d|signature|credentials?)"
    r"|(?:[^=&#]*[_.-])?(?:(?:api|access|auth|app|feed|rss|user|private)?key|auth|sig|pass|pwd|jwt)"
)
_VALUE = re.compile(rf"([?&;](?:{_NAME})=)([^&;#]+)", re.IGNORECASE)
_LEFT_OUT = re.compile(rf"://[^/@:]*:{re.escape(HIDDEN)}@")
_PRIVATE = re.compile(r"\bprivate/[a-z2-7]{32}\b")  # where a private theme of ours is read (R50)
_SHORTEST = 4  # characters of a value that is looked for elsewhere


def redacted(url: str) -> str:
    """A URL without its password and without query values that look like secrets."""
    # Outside the web a password may hold a bare slash: SQLAlchemy reads up to the last "@".
    end = "[^/?#@]*" if url.startswith("http") else ".*"
    url = re.sub(rf"(?<=://)([^/@:]*):{end}(?=@)", rf"\1:{HIDDEN}", url)
    return _VALUE.sub(rf"\1{HIDDEN}", url)


def left_out(url: str) -> bool:
    """Whether something was taken out of a URL by `redacted`, and not put in again."""
    values = (value for _, value in _VALUE.findall(url))
    return HIDDEN in values or _LEFT_OUT.search(url) is not None


def unaddressed(text: str) -> str:
    """A text in which no address of a private theme stands."""
    return _PRIVATE.sub(f"private/{HIDDEN}", text)


def secrets_in(urls: Iterable[str]) -> tuple[str, ...]:
    """The query values of these URLs that look like secrets, the longest first."""
    found = {value for url in urls for _, value in _VALUE.findall(url)}
    found |= {unquote(value) for value in found}
    return tuple(sorted((one for one in found if len(one) >= _SHORTEST), key=len, reverse=True))


def without(value: T, secrets: tuple[str, ...]) -> T:
    """A value of ours in which these secrets stand nowhere."""
    return _without(value, secrets) if secrets else value


def _without(value: Any, secrets: tuple[str, ...]) -> Any:
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, HIDDEN)
        return value
    if isinstance(value, tuple):
        return tuple(_without(one, secrets) for one in value)
    if isinstance(value, Mapping):
        return {name: _without(one, secrets) for name, one in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        told = {each.name: getattr(value, each.name) for each in fields(value)}
        return replace(value, **{name: _without(one, secrets) for name, one in told.items()})
    return value
