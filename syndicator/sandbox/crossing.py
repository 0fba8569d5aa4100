"""How values that cross the process border by the hundred are pickled.

Frozen dataclasses with slots can do it by themselves, but ask for the names of their fields anew at
each value: that takes twice the time, and a feed has some hundreds of them.
"""

from __future__ import annotations

import copyreg
from collections.abc import Callable
from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import Any


def crosses(*kinds: type) -> None:
    """Have values of these frozen dataclasses, with slots and two fields or more, pickled by what
    their fields hold in turn. Whoever reads them need not have said so."""
    for kind in kinds:
        copyreg.pickle(kind, _taken_apart)


def _taken_apart(value: object) -> tuple[Callable[..., object], tuple[Any, ...]]:
    kind: Any = type(value)
    return _put_together, (kind, *_values(kind)(value))


def _put_together(kind: type, *values: object) -> object:
    """The value whose fields hold this, one for each; to its slots it is not frozen."""
    made: object = object.__new__(kind)
    for set_field, value in zip(_setters(kind), values, strict=False):
        set_field(made, value)
    return made


@cache
def _values(kind: type) -> attrgetter[tuple[Any, ...]]:
    return attrgetter(*(each.name for each in fields(kind)))


@cache
def _setters(kind: type) -> tuple[Callable[[object, object], None], ...]:
    return tuple(getattr(kind, each.name).__set__ for each in fields(kind))
