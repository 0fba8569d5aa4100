"""What a backup holds: `backup.json`, written and compared line by line.

The first line says when and in which format, each that follows names a member. A library has
several for each article, so that the list lies in a file without a name and not in memory.
"""

from __future__ import annotations

import json
import re
import tempfile
from itertools import zip_longest
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from syndicator.errors import ArchiveError

_FORMAT = "syndicator backup 2"
_END = b"}}\n"
_LONGEST = 1 << 16  # bytes of a line
_NAMED = re.compile(rb',?"([^"]*)"')


class Listing:
    """The list of what was met so far, in its order.

    Args:
        folder: on the disk that has room for it.
        at: when the backup is made, RFC 3339; "" where one is read.
    """

    def __init__(self, folder: Path, *, at: str = "") -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - see __exit__
        self.files = self.size = 0
        head = json.dumps({"at": at, "format": _FORMAT, "files": {}})
        self._file.write(head.removesuffix("}}").encode() + b"\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def add(self, name: str, size: int, sha256: str) -> None:
        """One more member."""
        comma = "," if self.files else ""
        told = json.dumps({"sha256": sha256, "size": size})
        self._file.write(f'{comma}"{name}": {told}\n'.encode())
        self.files += 1
        self.size += size

    def written(self) -> tuple[IO[bytes], int]:
        """It ends here: a file to read it from, and its length."""
        self._file.write(_END)
        length = self._file.tell()
        self._file.seek(0)
        return self._file, length

    def differs(self, told: IO[bytes]) -> str:
        """The first member of which another list, read behind its head, says something else; ""."""
        mine, _ = self.written()
        mine.readline(_LONGEST)
        for ours, theirs in zip_longest(mine, iter(lambda: told.readline(_LONGEST), b"")):
            if ours != theirs:
                found = _NAMED.match(ours if ours not in (None, _END) else theirs or b"")
                return found[1].decode("utf-8", "replace") if found else "its list"
        return ""


def head_of(file: Path, told: IO[bytes]) -> str:
    """When the backup was made whose list begins here.

    Args:
        file: the backup, for errors.

    Raises:
        ArchiveError: it is none that this version knows.
    """
    try:
        head: Any = json.loads(told.readline(_LONGEST).rstrip(b"\n") + b"}}")
        if head["format"] == _FORMAT:
            return str(head["at"])
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    raise ArchiveError(f"{file}: is no backup that this version knows")
