"""What a suite expects of one document, in our words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

FEED = -1  # in place of an entry's number: the document itself


@dataclass(frozen=True, slots=True)
class Claim:
    """Entry number `at` (or FEED) has `value` under `field`, one of stored.FIELDS.

    A tuple is a list in its order.
    """

    at: int
    field: str
    value: Any


def claims(at: int, said: Mapping[str, Any]) -> Iterator[Claim]:
    """One for each field with a value; what is empty says nothing."""
    for field, value in said.items():
        if value not in (None, "", [], (), {}):
            yield Claim(at, field, value)


def texts(values: Iterable[Any]) -> tuple[str, ...]:
    """The strings among the values that hold more than blanks."""
    return tuple(one for one in values if isinstance(one, str) and one.strip())


def each(at: int, field: str, values: Iterable[Any]) -> Iterator[Claim]:
    """A claim for each value, of a field that may hold several."""
    for value in values:
        if value not in (None, ""):
            yield Claim(at, field, value)
