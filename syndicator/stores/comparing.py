"""Two stores compared, row by row, in all that the ledger tells."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from syndicator.stores.kept import KINDS, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A row that two stores do not hold alike; `how` says in what."""

    kind: str
    key: str  # JSON array
    how: str
    article: str = ""  # its id, where the row is of one


def differences(db: Any) -> Iterator[Difference]:
    """What the store holds otherwise than the attached one, `wanted`; changes that it has still to
    tell are left out."""
    for kind in KINDS:
        for query in (_changed(kind), _missing(kind)):
            for key, how in db.execute(query, (kind.name,)).fetchall():
                article = _article(db, kind, json.loads(key))
                yield Difference(kind=kind.name, key=key, how=how, article=article)


def _changed(kind: Kind) -> str:
    """Rows that differ or are too many, with the names of the columns that do."""
    names = [*kind.shown, *kind.hidden]
    differing = "".join(
        f" || iif(f.\"{name}\" IS NOT w.\"{name}\", '{name} ', '')" for name in names
    )
    absent = f'w."{kind.key[0]}" IS NULL'
    return (
        f"SELECT {_key(kind, 'f')}, iif({absent}, 'was never told', ('' {differing}) || 'differ')"  # noqa: S608
        f' FROM main."{kind.table.name}" f LEFT JOIN wanted."{kind.table.name}" w'
        f" ON {_same(kind)} WHERE ({absent} OR ('' {differing}) <> ''){_kept(kind, 'f')}"
    )


def _missing(kind: Kind) -> str:
    return (
        f"SELECT {_key(kind, 'w')}, 'is missing'"  # noqa: S608
        f' FROM wanted."{kind.table.name}" w LEFT JOIN main."{kind.table.name}" f'
        f' ON {_same(kind)} WHERE f."{kind.key[0]}" IS NULL{_kept(kind, "w")}'
    )


def _key(kind: Kind, row: str) -> str:
    columns = ", ".join(f'{row}."{name}"' for name in kind.key)
    return f"json_array({columns})"


def _same(kind: Kind) -> str:
    return " AND ".join(f'f."{name}" = w."{name}"' for name in kind.key)


def _kept(kind: Kind, row: str) -> str:
    only = f" AND {kind.only.format(row=row)}" if kind.only else ""
    waiting = "SELECT key FROM main.outbox WHERE kind = ?"
    return f"{only} AND {_key(kind, row)} NOT IN ({waiting})"


_ARTICLE_OF: Mapping[str, str] = {
    "article": "SELECT id FROM {db}.articles WHERE number = ?1",
    "revision": "SELECT id FROM {db}.articles WHERE number = ?1",
    "picture": "SELECT id FROM {db}.articles WHERE number = ?1",
    "membership": "SELECT id FROM {db}.articles WHERE number = ?2 AND ?1 IS NOT NULL",
    "entry": "SELECT json_extract(body, '$.article_id') FROM {db}.payloads"
    " WHERE number = ?1 AND json_valid(body)",
    "member": "SELECT a.id FROM {db}.members m JOIN {db}.articles a ON a.number = m.article"
    " WHERE m.feed = ?1 AND m.entry_id = ?2",
    "row": "SELECT a.id FROM {db}.log l JOIN {db}.articles a ON a.entry_id = l.entry_id"
    " WHERE l.feed = ?1 AND l.n = ?2",
}


def _article(db: Any, kind: Kind, key: Sequence[Any]) -> str:
    """Id of the article that a row is of, by the store that is right, else by the other."""
    query = _ARTICLE_OF.get(kind.name, "")
    for name in ("wanted", "main") if query else ():
        values = tuple(key)[: 2 if "?2" in query else 1]
        row = db.execute(query.format(db=name), values).fetchone()
        if row and row[0]:
            return str(row[0])
    return ""
