"""What the ledger tells, with the objects beside it: all that a store is made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from syndicator.archive.objects import Objects, name_of
from syndicator.archive.proof import Chain, Fault

_OF_THE_LEDGER = frozenset({"begin"})  # kinds that are of no row
_PURGE = "redaction"


@dataclass(slots=True)
class Replay:
    """Rows in the order in which they were told.

    Of objects that a redaction purged only earlier lines may tell: then the row is as a later line
    has it.
    """

    chain: Chain
    objects: Objects
    _lacking: dict[str, Fault] = field(default_factory=dict)  # by object
    _untold: dict[tuple[str, str], str] = field(default_factory=dict)  # row -> its lacking object
    _purged: set[str] = field(default_factory=set)

    def rows(self) -> Iterator[tuple[str, Sequence[Any], Mapping[str, Any] | None, str]]:
        """Kind, key, what is told openly (None: it is there no more), what is told beside it."""
        for line in self.chain.lines():
            if line.kind in _OF_THE_LEDGER:
                continue
            key = (line.kind, repr(line.key))
            body = self._body(line.object)
            if body is None:
                self._untold[key] = line.object
                self._lacking[line.object] = Fault(
                    where=f"objects/{line.object[:2]}/{line.object}",
                    what=f"is missing or damaged: line {line.n}, {line.kind} {line.key}",
                )
                continue
            self._untold.pop(key, None)
            if line.kind == _PURGE and line.row:
                self._purged.update(line.row["objects"])
            yield line.kind, line.key, line.row, body

    def _body(self, name: str) -> str | None:
        body = self.objects.get(name) if name else b""
        if body is None or (name and name_of(body) != name):
            return None
        return body.decode()

    @property
    def faults(self) -> list[Fault]:
        """What is wrong, once all rows were read."""
        forgiven = self._purged.difference(self._untold.values())
        lacking = (fault for name, fault in self._lacking.items() if name not in forgiven)
        return [*self.chain.faults, *lacking]
