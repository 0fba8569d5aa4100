"""What is looked at in every format."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import pairwise

_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_SCRIPT = re.compile(r"<\s*(?:script|iframe|object|embed|style|form)\b|\son\w+\s*=", re.IGNORECASE)


def is_stamp(text: str) -> bool:
    """RFC 3339 in UTC, with T and Z, whole seconds (P7)."""
    if not _STAMP.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def repeated(names: Iterable[str]) -> list[str]:
    """Those that come more than once."""
    return sorted(name for name, times in Counter(names).items() if times > 1)


def out_of_order(what: str, rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Newest first, ties by name (design 9.5); rows are (stamp, name)."""
    for (at, name), (later_at, later_name) in pairwise(rows):
        if at < later_at or (at == later_at and name > later_name):
            yield f"{what} out of order: {name} before {later_name}"


def runs_something(html: str) -> bool:
    """Whether markup holds what no reader should run (R17).

    The tags alone are looked at, without what stands in quotes: text may speak of scripts.
    """
    tags = re.findall(r"<[^>]*>", re.sub(r'"[^"]*"', '""', html))
    return bool(_SCRIPT.search(" ".join(tags)))
