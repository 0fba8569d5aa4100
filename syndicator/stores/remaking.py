"""Rows as the ledger tells them, put into a store that is made anew."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column

from syndicator.errors import RowError
from syndicator.model import Kind as SourceKind
from syndicator.stores.codec import pack
from syndicator.stores.columns import Instant, Json, micros
from syndicator.stores.kept import BY_NAME, Kind
from syndicator.stores.sources import NEW_WHY, scope_of

# Kind, key, what is told openly (None: it is there no more), what is told beside it.
Row = tuple[str, Sequence[Any], Mapping[str, Any] | None, str]

_AT_ONCE = 2000  # rows


class Remaking:
    """Puts rows into an empty store; of several of one key the last stays."""

    def __init__(self, db: Any) -> None:
        self._db = db
        self._waiting: dict[str, list[tuple[Any, ...]]] = defaultdict(list)

    def all(self, rows: Iterable[Row]) -> None:
        """Raises RowError: a row is none that this version knows."""
        for name, key, shown, beside in rows:
            kind = BY_NAME.get(name)
            if kind is None:
                raise RowError(f"there is a {name!r}, which this version does not know")
            if shown is None:
                self._flush(name)
                where = " AND ".join(f'"{column}" = ?' for column in kind.key)
                self._db.execute(f'DELETE FROM "{kind.table.name}" WHERE {where}', key)  # noqa: S608
                continue
            try:
                self._waiting[name].append(_values(kind, key, shown, beside))
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                raise RowError(f"{name} {list(key)} cannot be read: {error}") from error
            if len(self._waiting[name]) >= _AT_ONCE:
                self._flush(name)
        for name in list(self._waiting):
            self._flush(name)

    def _flush(self, name: str) -> None:
        rows = self._waiting.pop(name, [])
        if rows:
            kind = BY_NAME[name]
            columns = [*(column.name for column in kind.columns), *_STARTING.get(name, ())]
            named = ", ".join(f'"{column}"' for column in columns)
            self._db.executemany(
                f'INSERT OR REPLACE INTO "{kind.table.name}" ({named})'  # noqa: S608
                f" VALUES ({', '.join('?' * len(columns))})",
                rows,
            )


def _values(
    kind: Kind, key: Sequence[Any], shown: Mapping[str, Any], beside: str
) -> tuple[Any, ...]:
    told = {**dict(zip(kind.key, key, strict=True)), **shown}
    if kind.bare:
        told[kind.hidden[0]] = beside
    elif beside:
        told |= json.loads(beside)
    values = tuple(_kept(column, told.get(column.name), bare=kind.bare) for column in kind.columns)
    starting = _STARTING.get(kind.name)
    return values if starting is None else values + tuple(_started(told).values())


def _kept(column: Column[object], value: Any, *, bare: bool) -> Any:
    if value is None or (bare and isinstance(value, str) and column.name in ("content", "body")):
        return value
    if isinstance(column.type, Instant):
        return micros(datetime.fromisoformat(value))
    return pack(value) if isinstance(column.type, Json) else value


def _started(told: Mapping[str, Any]) -> dict[str, Any]:
    """How a source that was made anew stands: due at once, and what it says is no longer the past
    if anything is kept of it."""
    return {
        "scope": scope_of(told["id"], SourceKind(told["kind"]), told["url"]),
        "enabled": told["settings"].get("enabled", True),
        "next_check_at": 0,
        "next_check_why": NEW_WHY,
        "success_at": micros(datetime.fromisoformat(told["changed_at"]))
        if told["changed_at"]
        else None,
        "notes": "{}",
        "counts": "{}",
        "cadence": "{}",
        "stated": "{}",
        "alarms": "[]",
    }


_STARTING = {
    "source": (
        *("scope", "enabled", "next_check_at", "next_check_why", "success_at"),
        *("notes", "counts", "cadence", "stated", "alarms"),
    )
}
