"""Files named by the SHA-256 of their bytes: what the ledger tells beside its lines, and pictures.

`objects/ab/ab12...` holds the UTF-8 of a text or of facts, most of them JSON; `media/ab/ab12...`
the bytes of a picture. A file is written once; it goes only when its article is taken back for
good.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from syndicator.archive.folder import OURS_ALONE, named, settle, settle_all

_REMEMBERED = 50_000  # names known to be there


class Objects:
    """A folder of such files; one process writes at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: set[str] = set()

    def path(self, name: str) -> Path:
        """Where the object of that SHA-256 lies."""
        return self._folder / name[:2] / name

    def put(self, bodies: Mapping[str, bytes]) -> None:
        """Have these on the disk, by their SHA-256. Raises ArchiveError."""
        new = {name: body for name, body in bodies.items() if name not in self._known}
        with named(self._folder):
            written = [name for name, body in new.items() if self._write(name, body)]
            if written:
                settle_all(self._folder)
        if len(self._known) + len(new) > _REMEMBERED:
            self._known.clear()
        self._known.update(new)

    def _write(self, name: str, body: bytes) -> bool:
        """False when it is there and whole: one that a crash left half written is replaced."""
        path = self.path(name)
        try:
            if path.read_bytes() == body:
                return False
        except FileNotFoundError:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = path.with_name(f".{name}.{secrets.token_hex(4)}.tmp")
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OURS_ALONE)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(body)
            temporary.rename(path)
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise
        return True

    def get(self, name: str) -> bytes | None:
        """None when there is none. Raises ArchiveError."""
        with named(self.path(name)):
            try:
                return self.path(name).read_bytes()
            except FileNotFoundError:
                return None

    def get_whole(self, name: str) -> bytes | None:
        """None when there is none, or its bytes are others. Raises ArchiveError."""
        body = self.get(name)
        return body if body is not None and name_of(body) == name else None

    def purge(self, name: str) -> bool:
        """Take one away for good; whether it was there. Raises ArchiveError."""
        path = self.path(name)
        self._known.discard(name)
        with named(path):
            try:
                path.unlink()
            except FileNotFoundError:
                return False
            settle(path.parent)
            return True

    def names(self) -> Iterator[str]:
        """Of all that are there, in order."""
        if not self._folder.is_dir():
            return
        for folder in sorted(p for p in self._folder.iterdir() if p.is_dir()):
            yield from sorted(p.name for p in folder.iterdir() if not p.name.endswith(".tmp"))


def name_of(body: bytes) -> str:
    """The SHA-256 that names it."""
    return sha256(body).hexdigest()
