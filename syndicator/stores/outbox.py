"""What has changed and is to be told to the ledger, noted in the transaction that changed it.

The notes are made by triggers, so that no way of writing can forget them. They are temporary ones,
of the connections that we write on: what another program changes in the file is not ours to tell,
and a verification finds it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256

from sqlalchemy import Column, TextClause, delete, func, select, text

from syndicator.stores.base import Part
from syndicator.stores.columns import Instant, Json
from syndicator.stores.kept import BY_NAME, KINDS, Kind
from syndicator.stores.records import put_fact
from syndicator.stores.schema import facts, outbox

HEAD = "ledger"  # fact: where the ledger ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A row that changed, as it is now.

    Args:
        key, row: JSON; `row` is "null" when it is there no more.
        body: what is told beside the line; "" for nothing.
    """

    out: int
    kind: str
    key: str
    row: str
    body: str
    sha256: str


class Outbox(Part):
    """What the ledger's writer asks."""

    def to_tell(self, limit: int) -> Sequence[Note]:
        """The oldest changes that have not been told, a row once, in the order of `out`."""
        oldest = select(outbox.c.number).order_by(outbox.c.number).limit(limit).subquery()
        with self.database.read() as db:
            upto = db.scalar(select(func.max(oldest.c.number)))
            if upto is None:
                return []
            notes = [
                Note(
                    out=out,
                    kind=kind,
                    key=key,
                    row=row or "null",
                    body=body or "",
                    sha256=sha256(body.encode()).hexdigest() if body else "",
                )
                for kind in db.scalars(_KINDS_TO_TELL, {"upto": upto}).all()
                for out, key, row, body in db.execute(_to_tell(kind), {"upto": upto})
            ]
        return sorted(notes, key=lambda note: note.out)

    def kept_rows(self) -> Iterator[Note]:
        """Everything that the ledger tells, as it is now; `out` counts."""
        count = 0
        with self.database.read() as db:
            for kind in KINDS:
                for key, row, body in db.execute(_kept_rows(kind.name)):
                    count += 1
                    yield Note(
                        out=count, kind=kind.name, key=key, row=row, body=body or "", sha256=""
                    )

    def told(self, *, upto: int, head: str) -> None:
        """Forget changes up to this place, and remember where the ledger ends."""
        with self.database.write() as db:
            db.execute(delete(outbox).where(outbox.c.number <= upto))
            put_fact(db, HEAD, head)

    def last_to_tell(self) -> int:
        """The greatest place that was ever given to a change, told or not."""
        with self.database.read() as db:
            return db.scalar(_LAST) or 0

    def ledger_head(self) -> str:
        """Where the ledger ends, "" for one that has not begun."""
        with self.database.read() as db:
            return db.scalar(select(facts.c.value).where(facts.c.name == HEAD)) or ""


_LAST = text("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'")
_KINDS_TO_TELL = text("SELECT DISTINCT kind FROM outbox WHERE number <= :upto")


@cache
def _to_tell(kind: str) -> TextClause:
    known = BY_NAME[kind]
    same = " AND ".join(
        f"t.\"{name}\" = json_extract(o.key, '$[{place}]')" for place, name in enumerate(known.key)
    )
    there = f't."{known.key[0]}" IS NOT NULL'
    return text(
        f"SELECT max(o.number), o.key, iif({there}, {shown_json(known)}, NULL),"  # noqa: S608
        f" iif({there}, {hidden_json(known)}, NULL)"
        f' FROM outbox o LEFT JOIN "{known.table.name}" t ON {same}'
        f" WHERE o.kind = '{kind}' AND o.number <= :upto GROUP BY o.key"
    )


@cache
def _kept_rows(kind: str) -> TextClause:
    known = BY_NAME[kind]
    key = ", ".join(f't."{name}"' for name in known.key)
    only = f" WHERE {known.only.format(row='t')}" if known.only else ""
    return text(
        f"SELECT json_array({key}), {shown_json(known)}, {hidden_json(known)}"  # noqa: S608
        f' FROM "{known.table.name}" t{only} ORDER BY {key}'
    )


def noting_all() -> Iterator[str]:
    """Statements that note everything there is, to be told anew."""
    for kind in KINDS:
        key = ", ".join(f't."{name}"' for name in kind.key)
        only = f" WHERE {kind.only.format(row='t')}" if kind.only else ""
        yield (
            f"INSERT INTO outbox (kind, key) SELECT '{kind.name}', json_array({key})"  # noqa: S608
            f' FROM "{kind.table.name}" t{only} ORDER BY {key}'
        )


# ------------------------------------------------------------------ rows as JSON


def shown_json(kind: Kind) -> str:
    """SQL for what is told openly of a row `t`: an object, its members in order of their names."""
    return _object(kind, kind.shown)


def hidden_json(kind: Kind) -> str:
    """SQL for what is told beside the line; NULL where there is nothing."""
    if not kind.hidden:
        return "NULL"
    if kind.bare:
        return f't."{kind.hidden[0]}"'
    nothing = " AND ".join(f't."{name}" IS NULL' for name in kind.hidden)
    return f"iif({nothing}, NULL, {_object(kind, kind.hidden)})"


def _object(kind: Kind, names: Sequence[str]) -> str:
    members = (f"'{name}', {_value(kind.table.c[name])}" for name in sorted(names))
    return f"json_object({', '.join(members)})"


def _value(column: Column[object]) -> str:
    name = f't."{column.name}"'
    if isinstance(column.type, Instant):
        fraction = f"(({name} % 1000000 + 1000000) % 1000000)"  # before 1970 too
        return (
            f"strftime('%Y-%m-%dT%H:%M:%S', ({name} - {fraction}) / 1000000, 'unixepoch')"
            f" || printf('.%06dZ', {fraction})"
        )
    return f"json({name})" if isinstance(column.type, Json) else name


# ------------------------------------------------------------------ triggers


def watching() -> Iterator[str]:
    """Statements that make a connection note what it changes."""
    for kind in KINDS:
        only = f" AND {kind.only.format(row='NEW')}" if kind.only else ""
        names = (*kind.shown, *kind.hidden)
        yield _trigger(kind, "INSERT", "NEW", f"1{only}")
        if names:
            other = " OR ".join(f'OLD."{name}" IS NOT NEW."{name}"' for name in names)
            yield _trigger(kind, "UPDATE", "NEW", f"({other}){only}")
        yield _trigger(kind, "DELETE", "OLD", f"1{only.replace('NEW', 'OLD')}")


def _trigger(kind: Kind, event: str, row: str, when: str) -> str:
    key = ", ".join(f'{row}."{name}"' for name in kind.key)
    return (
        f"CREATE TEMP TRIGGER IF NOT EXISTS kept_{kind.name}_{event.lower()}"  # noqa: S608
        f' AFTER {event} ON "{kind.table.name}" WHEN {when} BEGIN'
        f" INSERT INTO outbox (kind, key) VALUES ('{kind.name}', json_array({key})); END"
    )
