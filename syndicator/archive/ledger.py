"""The ledger: one line for each thing that was kept or changed, each naming the one before.

`ledger/2026-03-01.jsonl` holds the lines appended on a day (UTC), `ledger.schema.json` says what
stands in them. A line names the SHA-256 of the line before it, so that none can be changed, left
out or moved without all later ones being wrong. When a day is over its file is closed by a
manifest, which names the SHA-256 of the file and of the manifest before.

One process appends at a time, under a lock that its caller holds. Lines are on the disk before the
store forgets that they are to be written, so that what a crash cuts short is written again: the
store then tells the last line it knows of, and what follows it is taken over, or cut off where it
is not whole.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from importlib import resources
from pathlib import Path

from syndicator.archive.folder import make_folder, named, settle, write_whole
from syndicator.errors import ArchiveError

NOTHING = "0" * 64  # what the first line names as the one before
SCHEMA = "ledger.schema.json"
_END = ".jsonl"
_MANIFEST = ".manifest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One thing to be told.

    Args:
        out: its place in the store's list of what is to be told; grows.
        key: what names the row, a JSON array.
        row: what is told of it openly, a JSON object; "null" when it is there no more.
        object: SHA-256 of what is told beside the line, or "".
    """

    out: int
    kind: str
    key: str
    row: str
    object: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """How far the ledger goes, as the store remembers it."""

    file: str = ""
    size: int = 0  # bytes of that file
    n: int = 0
    out: int = 0
    sha256: str = NOTHING

    @classmethod
    def read(cls, text: str) -> Head:
        """From what `written` gave; "" is the head of an empty ledger."""
        return cls(**json.loads(text)) if text else cls()

    @property
    def written(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)


class Ledger:
    """The writing end.

    Args:
        folder: of the ledger.
        store: the id of the store it tells of.
    """

    def __init__(self, folder: Path, *, store: str) -> None:
        self._folder = folder
        self._store = store

    def append(self, head: Head, told: Iterable[Told], *, last: int, now: datetime) -> Head:
        """Append lines, durably; where the ledger ends then.

        Args:
            head: where it ended when last heard of.
            told: in the order of `out`; what is in the ledger already is passed over.
            last: the greatest `out` that the store ever gave.

        Raises:
            ArchiveError: it is another ledger, or shorter than it was, or cannot be written.
        """
        with named(self._folder):
            head = self._followed(head)
            if head.out > last:
                raise ArchiveError(
                    f"{self._folder} tells more than the store ever knew: the store is an older "
                    "one; make it anew from the ledger with `archive rebuild`"
                )
            fresh = [one for one in told if one.out > head.out]
            if not fresh:
                return head
            if not head.file:
                self._begin()
                fresh = [self._first(), *fresh]
            day = self._open_day(head, now.astimezone(UTC).date())
            if day + _END != head.file and head.file:
                self._close(head.file)
                head = Head(file="", size=0, n=head.n, out=head.out, sha256=head.sha256)
            return self._write(head, day + _END, fresh, now)

    def close_past(self, head: Head, *, now: datetime) -> None:
        """Close the file of a day that is over, and have the schema beside it that this version
        writes. Raises ArchiveError."""
        if not head.file:
            return
        with named(self._folder):
            if not self._has_schema():
                self._begin()
            if head.file.removesuffix(_END) < f"{now.astimezone(UTC):%Y-%m-%d}":
                self._close(head.file)

    def _has_schema(self) -> bool:
        path = self._folder / SCHEMA
        with named(path):
            return path.exists() and path.read_bytes() == schema()

    # ------------------------------------------------------------------ writing

    def _open_day(self, head: Head, day: date) -> str:
        """The day to write on: not before the last, nor one that a clock gone wrong has closed."""
        if head.file:
            day = max(day, date.fromisoformat(head.file.removesuffix(_END)))
        while (self._folder / manifest_name(f"{day}{_END}")).exists():
            day += timedelta(days=1)
        return f"{day}"

    def _begin(self) -> None:
        make_folder(self._folder)
        write_whole(self._folder / SCHEMA, schema())

    def _first(self) -> Told:
        row = json.dumps({"ledger": 1, "store": self._store}, separators=(",", ":"))
        return Told(out=0, kind="begin", key="[]", row=row)

    def _write(self, head: Head, file: str, told: Sequence[Told], now: datetime) -> Head:
        at = f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        n, prev = head.n, head.sha256
        lines = []
        for one in told:
            n += 1
            line = line_of(one, n=n, at=at, prev=prev)
            prev = sha256(line).hexdigest()
            lines.append(line)
        body = b"".join(line + b"\n" for line in lines)
        path = self._folder / file
        is_new = not path.exists()
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            _write_all(handle, body)
            os.fsync(handle)
        except OSError:
            os.ftruncate(handle, head.size)  # a full disk leaves no half a line
            raise
        finally:
            os.close(handle)
        if is_new:
            settle(self._folder)
        return Head(file=file, size=head.size + len(body), n=n, out=told[-1].out, sha256=prev)

    def _close(self, file: str) -> None:
        path = self._folder / file.replace(_END, _MANIFEST)
        if path.exists():
            return
        before = [one for one in day_files(self._folder) if one < file]
        prev = before[-1].replace(_END, _MANIFEST) if before else ""
        with named(self._folder / prev):
            previous = (self._folder / prev).read_bytes() if prev else b""
        day = Day()
        with (self._folder / file).open("rb") as lines:
            for line in lines:
                day.add(line)
        write_whole(path, day.manifest(file, previous))

    # ------------------------------------------------------------------ after a crash

    def _followed(self, head: Head) -> Head:
        """Where the ledger really ends: it may have grown before the store could be told."""
        files = day_files(self._folder)
        if not files and not head.file:
            return head
        if head.file and head.file not in files:
            raise ArchiveError(
                f"{self._folder / head.file} is missing, although the store knows of line "
                f"{head.n}; restore store/archive from a backup"
            )
        for file in files:
            if file >= head.file:
                head = self._follow(head, file)
        return head

    def _follow(self, head: Head, file: str) -> Head:
        path = self._folder / file
        begins = head.size if file == head.file else 0
        size = path.stat().st_size
        if size == begins and size:
            return head
        if size < begins:
            raise ArchiveError(
                f"{path} has {size} bytes and had {begins}; restore store/archive from a backup"
            )
        with path.open("r+b") as ledger:
            ledger.seek(begins)
            for line in ledger:
                known = self._next(line, head)
                if known is None:
                    ledger.truncate(begins)
                    os.fsync(ledger.fileno())
                    break
                begins += len(line)
                head = Head(
                    file=file,
                    size=begins,
                    n=head.n + 1,
                    out=known,
                    sha256=sha256(line[:-1]).hexdigest(),
                )
        if not begins:  # a file begun and not a line in it
            path.unlink()
        return head

    def _next(self, line: bytes, head: Head) -> int | None:
        """Which place of the store's list a line tells; None: it is not whole.

        Raises:
            ArchiveError: it is whole and of another store.
        """
        try:
            said = json.loads(line)
            whole = line.endswith(b"\n") and said["prev"] == head.sha256 and said["n"] == head.n + 1
            out = int(said["out"])
            if whole and said["kind"] == "begin" and said["row"]["store"] != self._store:
                raise ArchiveError(
                    f"{self._folder} is the ledger of another store: make that one anew from it "
                    "with `archive rebuild`, or move it away"
                )
        except (ValueError, KeyError, TypeError):
            return None
        return out if whole and out >= head.out else None


def _write_all(handle: int, body: bytes) -> None:
    left = memoryview(body)
    while left:
        left = left[os.write(handle, left) :]


# ------------------------------------------------------------------ shapes


def line_of(told: Told, *, n: int, at: str, prev: str) -> bytes:
    """The line, without its end; members in order of their names, no white space."""
    hidden = f'"{told.object}"' if told.object else "null"
    return (
        f'{{"at":"{at}","key":{told.key},"kind":"{told.kind}","n":{n},"object":{hidden},'
        f'"out":{told.out},"prev":"{prev}","row":{told.row}}}'
    ).encode()


class Day:
    """A day's file summed up line by line: it may be larger than memory."""

    def __init__(self) -> None:
        self._sha = sha256()
        self._size = 0
        self._first = self._last = b""

    def add(self, line: bytes) -> None:
        """The next line, with its end."""
        self._sha.update(line)
        self._size += len(line)
        self._first = self._first or line
        self._last = line

    def manifest(self, file: str, previous: bytes) -> bytes:
        """What closes the day.

        Args:
            previous: the manifest before, b"" if there is none.

        Raises:
            ValueError, KeyError, TypeError: its first or last line cannot be read.
        """
        told = {
            "file": file,
            "first": json.loads(self._first)["n"],
            "last": json.loads(self._last)["n"],
            "last_line_sha256": sha256(self._last.rstrip(b"\n")).hexdigest(),
            "prev": sha256(previous).hexdigest() if previous else "",
            "sha256": self._sha.hexdigest(),
            "size": self._size,
        }
        return json.dumps(told, sort_keys=True, indent=1).encode() + b"\n"


def schema() -> bytes:
    """What says what stands in a line: a JSON Schema."""
    return resources.files("syndicator.archive").joinpath(SCHEMA).read_bytes()


def day_files(folder: Path) -> list[str]:
    """Names of the files of lines, oldest first."""
    return sorted(path.name for path in folder.glob(f"????-??-??{_END}"))


def manifests(folder: Path) -> list[Path]:
    """Of all days that are closed, oldest first."""
    return sorted(folder.glob(f"????-??-??{_MANIFEST}"))


def manifest_name(file: str) -> str:
    """Of the manifest that closes a day's file."""
    return file.replace(_END, _MANIFEST)
