"""The ledger read back: whether its chain holds, and what it tells.

A line that was changed no longer has the hash that the next one names; where the next one does not
fit its own successor either, it is that one which was changed. So each fault is told of the line it
is in. The end of the chain is checked against what the store remembers, as long as there is one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from syndicator.archive.folder import named
from syndicator.archive.ledger import (
    NOTHING,
    SCHEMA,
    Day,
    Head,
    day_files,
    manifest_name,
    schema,
)
from syndicator.errors import refusal
from syndicator.ports import Progress, unwatched

_TOLD_EVERY = 1000  # lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that is not as it was kept.

    Args:
        where: the file, below the archive or below feeds/, or "store".
        what: the line, record or row, and what is wrong with it.
        article: id of the article it belongs to, where that is known.
    """

    where: str
    what: str
    article: str = ""

    def __str__(self) -> str:
        of = f" (article {self.article})" if self.article else ""
        return f"{self.where}: {self.what}{of}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line; `row` None: what it tells of is there no more."""

    n: int
    kind: str
    key: list[Any]
    row: dict[str, Any] | None
    object: str


@dataclass(slots=True)
class Chain:
    """The ledger of a folder, read once.

    Args:
        head: where it ends as the store remembers; None: nobody does.
        progress: told how many bytes were read.
    """

    folder: Path
    head: Head | None = None
    progress: Progress = unwatched
    faults: list[Fault] = field(default_factory=list)
    store: str = ""  # id of the store it tells of; known once the lines are read
    end: Head = field(default_factory=Head)  # where it ends as it stands
    _size: int = 0  # of all files, in bytes
    _passed: int = 0
    _prev: str = NOTHING
    _before: tuple[str, int] = ("", 0)  # file and place of the line before
    _doubted: tuple[str, int] | None = None  # a line that does not fit its successor
    _blamed: set[str] = field(default_factory=set)  # files with a line that was told of

    def lines(self) -> Iterator[Line]:
        """All lines that can be read, in order; what is wrong gathers in `faults`.

        Raises:
            ArchiveError: the folder cannot be read.
        """
        files = day_files(self.folder)
        previous: bytes | None = b""
        with named(self.folder):
            self._size = sum((self.folder / file).stat().st_size for file in files)
        for file in files:
            day = Day()
            with named(self.folder / file), (self.folder / file).open("rb") as lines:
                yield from self._read(file, lines, day)
            previous = self._manifest(file, day, previous, last=file == files[-1])
        self._end_of_chain(files)
        self._schema(files)

    def _read(self, file: str, lines: Iterable[bytes], day: Day) -> Iterator[Line]:
        size = 0
        for place, raw in enumerate(lines, 1):
            day.add(raw)
            if place % _TOLD_EVERY == 1:
                self.progress("reading the ledger", self._passed, self._size)
            self._passed += len(raw)
            if not raw.endswith(b"\n"):
                self._fault(file, place, "is cut short")
                break
            size += len(raw)
            line = self._line(file, place, raw[:-1])
            if line is not None:
                yield line
        self.end = Head(file=file, size=size, n=self.end.n, out=self.end.out, sha256=self._prev)

    def _line(self, file: str, place: int, raw: bytes) -> Line | None:
        said: Any = None
        try:
            said = json.loads(raw)
            line = Line(
                n=int(said["n"]),
                kind=said["kind"],
                key=said["key"],
                row=said["row"],
                object=said["object"] or "",
            )
            prev, out = said["prev"], int(said["out"])
        except (ValueError, KeyError, TypeError):
            line, prev, out = None, "", self.end.out
        self._judge(file, place, fits=prev == self._prev)
        self._prev, self._before = sha256(raw).hexdigest(), (file, place)
        self.end = Head(n=line.n if line else self.end.n + 1, out=out)
        if line and line.kind == "begin" and line.row:
            self.store = line.row.get("store", "")
        return line

    def _judge(self, file: str, place: int, *, fits: bool) -> None:
        """Whether the line before is what this one says it is."""
        if fits:
            self._blame_doubted()
        elif self._doubted is not None:  # neither fits its successor: the one between is wrong
            self._doubted = None
            self._fault(*self._before, "is not the line that was written")
        elif self._before[1]:
            self._doubted = self._before
        else:
            self._fault(file, place, "is not the first line that was written")

    def _blame_doubted(self) -> None:
        if self._doubted is not None:
            self._fault(*self._doubted, "is not the line that was written")
            self._doubted = None

    def _end_of_chain(self, files: list[str]) -> None:
        if self.head is None or not self.head.n:
            self._blame_doubted()
            return
        if self.end.n < self.head.n or not files:
            self._blame_doubted()
            what = f"ends at line {self.end.n} of {self.head.n}"
            self.faults.append(Fault(where=f"ledger/{self.head.file}", what=what))
            return
        self._judge("", 0, fits=self._prev == self.head.sha256)
        self._blame_doubted()

    def _manifest(self, file: str, day: Day, previous: bytes | None, *, last: bool) -> bytes | None:
        """What closes the day; None where it cannot be read, and no word about the next."""
        name = manifest_name(file)
        path = self.folder / name
        if not path.exists():
            if not last:
                self.faults.append(Fault(where=f"ledger/{name}", what="is missing"))
            return b""
        found = self._bytes(path)
        try:
            wanted = day.manifest(file, previous) if previous is not None else b""
        except (ValueError, KeyError, TypeError):
            wanted = b""  # of damaged lines, which are told of by themselves
        if wanted and found not in (None, wanted) and not self._explained(file):
            self.faults.append(Fault(where=f"ledger/{name}", what="does not fit its day's lines"))
        return found

    def _schema(self, files: list[str]) -> None:
        path = self.folder / SCHEMA
        if not files:
            return
        found = self._bytes(path) if path.exists() else b""
        if found not in (None, schema()):
            what = "is not the schema that this version writes"
            self.faults.append(Fault(where=f"ledger/{SCHEMA}", what=what))

    def _bytes(self, path: Path) -> bytes | None:
        """Of a file beside the lines; None where it cannot be read, and that is told."""
        try:
            return path.read_bytes()
        except OSError as error:
            what = f"cannot be read: {refusal(error)}"
            self.faults.append(Fault(where=f"ledger/{path.name}", what=what))
            return None

    def _explained(self, file: str) -> bool:
        return file in self._blamed or (self._doubted is not None and self._doubted[0] == file)

    def _fault(self, file: str, place: int, what: str) -> None:
        self._blamed.add(file)
        self.faults.append(Fault(where=f"ledger/{file}", what=f"line {place} {what}"))
