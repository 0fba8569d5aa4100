"""What the request headers ask for: "only when changed", and in which coding."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_TAG = re.compile(r'"([^"]*)"')
_QUALITY = re.compile(r"(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\Z")


def unchanged(
    *,
    if_none_match: str | None,
    if_modified_since: str | None,
    tags: Iterable[str],
    modified_s: int,
) -> bool:
    """Whether a 304 is the answer (P22).

    Args:
        if_none_match: the header, repeated lines joined by commas; None when it was not sent.
        tags: the entity tags of every coding we would send now, with their quotes.
        modified_s: Last-Modified as Unix time.

    Source: RFC 9110 sections 13.1.2, 13.1.3 and 13.2.2.
    """
    if if_none_match is not None:
        return _names_one_of(if_none_match, {tag.strip('"') for tag in tags})
    since = _http_date(if_modified_since or "")
    return since is not None and since.timestamp() >= modified_s


def _names_one_of(header: str, current: set[str]) -> bool:
    if header.strip() == "*":
        return True
    # Apache's mod_deflate appends -gzip to tags it did not make and hands them back so.
    return any(
        tag in current or tag.removesuffix("-gzip") in current for tag in _TAG.findall(header)
    )


def _http_date(text: str) -> datetime | None:
    """One of the three forms of RFC 9110 section 5.6.7; anything else is no date."""
    stamp = text.strip()
    if not stamp[:3].isalpha() or not (stamp.endswith("GMT") or stamp[-4:].isdecimal()):
        return None
    try:
        read = parsedate_to_datetime(stamp)
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def choose_coding(accept_encoding: str, offered: Iterable[str]) -> str:
    """The best coding the client takes, "identity" when it names none of ours (P24).

    Args:
        offered: our codings beside identity, best first; equal wishes go to the earlier one.

    A client that refuses everything still gets identity: better readable than 406.
    """
    wishes = _wishes(accept_encoding)
    plain = wishes.get("identity", 0.0)  # unless named, identity is taken but not preferred

    def quality(coding: str) -> float:
        return wishes.get(coding, wishes.get("*", 0.0))

    welcome = [coding for coding in offered if quality(coding) > 0 and quality(coding) >= plain]
    return max(welcome, key=quality, default="identity")


def _wishes(header: str) -> Mapping[str, float]:
    wishes: dict[str, float] = {}
    for part in header.lower().split(","):
        name, _, rest = part.partition(";")
        name = name.strip().removeprefix("x-")
        if name:
            wishes[name] = _quality(rest)
    return wishes


def _quality(parameters: str) -> float:
    """The q of one choice; 1 when absent, 0 when it cannot be read."""
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            return float(value) if _QUALITY.match(value.strip()) else 0.0
    return 1.0
