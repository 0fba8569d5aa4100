"""Single bytes changed in an archive, a published folder and a store, for `bench.archive`.

Each change knows how a verification is to name it. All that is chosen is chosen by chance, no line,
record, row or file twice, so that what is found can be told apart.
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from syndicator.stores.kept import KINDS, Kind


@dataclass(slots=True, kw_only=True)
class Spoilt:
    """A byte of a file.

    Args:
        told: what a line of a verification says of it.
    """

    path: Path
    at: int
    told: str

    def flip(self) -> None:
        """Change it, or change it back; the file's time stays."""
        times = self.path.stat()
        with self.path.open("r+b") as file:
            file.seek(self.at)
            (byte,) = file.read(1)
            file.seek(self.at)
            file.write(bytes([byte ^ 1]))
        os.utime(self.path, ns=(times.st_atime_ns, times.st_mtime_ns))

    def is_in(self, lines: Sequence[str]) -> bool:
        """Whether a verification named it."""
        return any(self.told in line for line in lines)


# ------------------------------------------------------------------ archive


def of_archive(archive: Path, store: Path, draw: random.Random, count: int) -> list[Spoilt]:
    """In objects, ledger, raw answers and closed documents, some of each."""
    documents = sorted(archive.glob("documents/*/*"))
    few = min(count // 10, len(documents))
    third = (count - few - 1) // 3
    return [
        Spoilt(path=archive / "ledger" / "ledger.schema.json", at=100, told="schema.json: is not"),
        *_files(archive, draw.sample(documents, few), draw, "is not what was closed"),
        *_objects(archive, draw, third),
        *_answers(archive, store, draw, third),
        *_lines(archive, draw, count - few - 1 - 2 * third),
    ]


def of_feeds(feeds: Path, archive: Path, draw: random.Random, count: int) -> list[Spoilt]:
    """In published files, and in an index of raw answers."""
    published = sorted(path for path in feeds.rglob("[!.]*") if path.is_file())
    index = draw.choice(sorted(archive.glob("captures/*.cdxj")))
    chosen = draw.sample(published, count - 1)
    return [
        *(
            Spoilt(path=path, at=_anywhere(path, draw), told=f"feeds/{path.relative_to(feeds)}: is")
            for path in chosen
        ),
        Spoilt(path=index, at=_anywhere(index, draw), told=f"captures/{index.name}: does not fit"),
    ]


def _files(
    archive: Path, paths: Sequence[Path], draw: random.Random, what: str
) -> Iterator[Spoilt]:
    for path in paths:
        told = f"{path.relative_to(archive)}: {what}"
        yield Spoilt(path=path, at=_anywhere(path, draw), told=told)


def _objects(archive: Path, draw: random.Random, count: int) -> Iterator[Spoilt]:
    names = sorted(archive.glob("objects/*/*"))
    return _files(archive, draw.sample(names, count), draw, "is")


def _lines(archive: Path, draw: random.Random, count: int) -> Iterator[Spoilt]:
    """Not two in a row, or nobody could say which of them it is."""
    day = max(archive.glob("ledger/*.jsonl"))
    with day.open("rb") as file:
        begins = [0]
        for line in file:
            begins.append(begins[-1] + len(line))
    for n in draw.sample(range(0, len(begins) - 1, 3), count):
        at = draw.randrange(begins[n], begins[n + 1] - 1)
        yield Spoilt(path=day, at=at, told=f"{day.name}: line {n + 1} is not")


def _answers(archive: Path, store: Path, draw: random.Random, count: int) -> Iterator[Spoilt]:
    with closing(sqlite3.connect(store)) as db:
        kept = db.execute('SELECT file, begins, ends, "offset" FROM captures').fetchall()
    for file, begins, ends, offset in draw.sample(kept, count):
        told = f"captures/{file}: record at {offset} is not"
        path = archive / "captures" / file
        yield Spoilt(path=path, at=draw.randrange(begins, ends), told=told)


def _anywhere(path: Path, draw: random.Random) -> int:
    return draw.randrange(path.stat().st_size)


# ------------------------------------------------------------------ store


@dataclass(slots=True, kw_only=True)
class Changed:
    """A byte of a kept value of the store."""

    kind: str
    key: str  # JSON array
    column: str

    def is_in(self, lines: Sequence[str]) -> bool:
        """Whether a verification named its row, and the column or that there is no such row."""
        row = f"store: {self.kind} {self.key} "
        return any(line.startswith(row) for line in lines)


@dataclass(slots=True)
class Columns:
    """Changes kept values of a store, each place once: a second time could put it back."""

    store: Path
    draw: random.Random
    _met: set[tuple[str, str, str]] = field(default_factory=set)

    def spoil(self, count: int) -> list[Changed]:
        """Change so many."""
        found: list[Changed] = []
        kinds = [kind for kind in KINDS if kind.name != "fact"]
        with closing(sqlite3.connect(self.store)) as db:
            sizes = {kind.name: self._size(db, kind) for kind in kinds}
            kinds = [kind for kind in kinds if sizes[kind.name]]
            while len(found) < count:
                kind = self.draw.choice(kinds)
                if one := self._one(db, kind, self.draw.randrange(sizes[kind.name])):
                    found.append(one)
            db.commit()
        return found

    def _size(self, db: sqlite3.Connection, kind: Kind) -> int:
        ((size,),) = db.execute(f'SELECT count(*) FROM "{kind.table.name}"')
        return int(size)

    def _one(self, db: sqlite3.Connection, kind: Kind, place: int) -> Changed | None:
        names = ", ".join(f'"{name}"' for name in kind.key)
        query = f'SELECT json_array({names}), {names} FROM "{kind.table.name}" LIMIT 1 OFFSET ?'
        ((key, *values),) = db.execute(query, (place,))
        column = self.draw.choice([*kind.shown, *kind.hidden])
        where = " AND ".join(f'"{name}" = ?' for name in kind.key)
        table = kind.table.name
        ((value,),) = db.execute(f'SELECT "{column}" FROM "{table}" WHERE {where}', values)
        other = self._other(value)
        if other is None or (kind.name, key, column) in self._met:
            return None
        try:
            db.execute(f'UPDATE "{table}" SET "{column}" = ? WHERE {where}', (other, *values))
        except sqlite3.IntegrityError:
            return None
        self._met.add((kind.name, key, column))
        return Changed(kind=kind.name, key=key, column=column)

    def _other(self, value: object) -> object:
        if isinstance(value, int):
            return value ^ (1 << self.draw.randrange(8))
        if isinstance(value, str) and value:
            at = self.draw.randrange(len(value))
            return value[:at] + chr(ord(value[at]) ^ 1) + value[at + 1 :]
        return None


def in_file(store: Path, draw: random.Random) -> Spoilt:
    """A byte anywhere in the database file, behind its head."""
    at = draw.randrange(100, store.stat().st_size)
    return Spoilt(path=store, at=at, told="store: ")


@contextmanager
def put_back(store: Path) -> Iterator[None]:
    """The database file as it was, afterwards."""
    with closing(sqlite3.connect(store)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    kept = store.with_name("kept.db")
    shutil.copyfile(store, kept)
    try:
        yield
    finally:
        kept.replace(store)
        for end in ("-wal", "-shm"):
            store.with_name(store.name + end).unlink(missing_ok=True)
