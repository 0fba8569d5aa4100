"""A whole store with its archive as JSON Lines, and back.

The first line names the format and the store. Then each line is a row as the ledger tells it
(`kind`, `key`, `row`, and as `body` what is told beside it), or a piece of a file of the archive
(`file`, `at`, `base64`): closed documents, raw answers and pictures. The last line has the SHA-256
of all that comes before it, so that what is cut short or was changed on the way is not taken.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from syndicator.archive.folder import files_below, make_folder, named
from syndicator.errors import ArchiveError
from syndicator.ports import Note

FORMAT = "syndicator export 1"
_PARTS = (
    "documents",
    "captures",
    "media",
)  # of the archive; the ledger and its objects are made anew
_PIECE = 1 << 20
_LONGEST = 1 << 26  # bytes of a line: an article of 32 MiB, escaped
_NAME = re.compile(rf"({'|'.join(_PARTS)})(/[A-Za-z0-9][A-Za-z0-9._-]*)+")

Row = tuple[str, Sequence[Any], Mapping[str, Any] | None, str]


def written(store: str, rows: Iterable[Note], archive: Path) -> Iterator[bytes]:
    """The lines, each with its end.

    Args:
        store: its id.
    """
    sha = sha256()
    for line in _lines(store, rows, archive):
        raw = line.encode() + b"\n"
        sha.update(raw)
        yield raw
    yield _json({"sha256": sha.hexdigest()}).encode() + b"\n"


def _lines(store: str, rows: Iterable[Note], archive: Path) -> Iterator[str]:
    yield _json({"format": FORMAT, "store": store})
    for one in rows:
        body = f',"body":{_json(one.body)}' if one.body else ""
        yield f'{{"kind":"{one.kind}","key":{one.key},"row":{one.row}{body}}}'
    for part in _PARTS:
        for path in files_below(archive / part):
            yield from _pieces(path, path.relative_to(archive).as_posix())


def _pieces(path: Path, name: str) -> Iterator[str]:
    at = 0
    with named(path), path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield _json({"file": name, "at": at, "base64": base64.b64encode(piece).decode()})
            at += len(piece)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


# ------------------------------------------------------------------ back in


class Lines:
    """What an export holds, read once; `store` is known when the rows are asked for, and `number`
    is that of the line which was read last, from 1.

    Args:
        name: of the file, for errors.
        to: where the archive's files go; nothing is overwritten.
    """

    def __init__(self, file: IO[bytes], name: str, to: Path) -> None:
        self._file = file
        self._name = name
        self._to = to
        self._sha = sha256()
        self.number = 0
        head = self._next()
        if head is None or head.get("format") != FORMAT:
            raise ArchiveError(f"{name}: is no export of a whole store that this version knows")
        self.store = str(head["store"])

    def rows(self) -> Iterator[Row]:
        """Rows for a store that is made; files are written on the way.

        Raises:
            ArchiveError: it is cut short, or not what was exported.
        """
        while True:
            before = self._sha.hexdigest()
            line = self._next()
            if line is None:
                raise ArchiveError(f"{self._name}: is cut short")
            if "sha256" in line:
                if line["sha256"] != before or self._file.read(1):
                    raise ArchiveError(f"{self._name}: is not what was exported")
                return
            try:
                if "file" in line:
                    self._write(line["file"], line["at"], base64.b64decode(line["base64"]))
                else:
                    yield line["kind"], line["key"], line["row"], line.get("body", "")
            except (KeyError, TypeError, ValueError) as error:
                raise ArchiveError(self.unreadable(error)) from error

    def unreadable(self, why: object) -> str:
        """What to say of the line which was read last."""
        return f"{self._name}: line {self.number} cannot be read: {why}"

    def _next(self) -> dict[str, Any] | None:
        raw = self._file.readline(_LONGEST)
        if not raw.endswith(b"\n"):
            return None
        self._sha.update(raw)
        self.number += 1
        try:
            line = json.loads(raw)
        except (ValueError, RecursionError) as error:
            raise ArchiveError(self.unreadable(error)) from error
        return line if isinstance(line, dict) else {}

    def _write(self, name: str, at: int, piece: bytes) -> None:
        if not _NAME.fullmatch(name):
            raise ArchiveError(f"{self._name}: {name[:100]!r} has no place in an archive")
        path = self._to / name
        with named(path):
            make_folder(path.parent)
            with path.open("xb" if at == 0 else "ab") as file:
                if file.tell() != at:
                    raise ArchiveError(f"{self._name}: pieces of {name} are missing")
                file.write(piece)
