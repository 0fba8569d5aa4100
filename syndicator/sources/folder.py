"""Files below one folder, opened without ever following a symbolic link (R44)."""

from __future__ import annotations

import errno
import os
import stat
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from syndicator.errors import ParseError

MOST_FILES = 10_000
MOST_BYTES = 32 * 2**20  # of one file (C18)
_DEEPEST = 32  # folders
# Not blocking: a named pipe must not hold us.
_SAFELY = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A file: its path below the place looked at, and a mark that changes when it does."""

    path: str
    mark: str


@dataclass(slots=True)
class Folder:
    """The files of one place below a root; `counts` says what was passed over.

    Args:
        root: nothing outside of it is ever opened.
        name: of a file or folder, relative to the root.

    Raises:
        ParseError: it lies outside of the root, or is not there.
    """

    root: Path
    name: str
    counts: Counter[str] = field(default_factory=Counter)
    is_file: bool = field(init=False)

    def __post_init__(self) -> None:
        with self._opened(self._parts()) as place:
            kind = os.fstat(place).st_mode
        if not stat.S_ISREG(kind) and not stat.S_ISDIR(kind):
            raise ParseError(f"{self.name} is neither a file nor a folder")
        self.is_file = stat.S_ISREG(kind)

    def files(self, wanted: Callable[[str], bool]) -> list[Found]:
        """All files of the wanted names by path, or the one file that the place is itself."""
        if self.is_file:
            parts = self._parts()
            with self._opened(parts) as file:
                return [Found(path=parts[-1], mark=_mark(os.fstat(file)))]
        with self._opened(self._parts()) as top:
            found = sorted(self._below(top, wanted), key=lambda each: each.path)
        if len(found) > MOST_FILES:
            self.counts["files"] += len(found) - MOST_FILES
        return found[:MOST_FILES]

    def read(self, path: str) -> bytes:
        """The bytes of a file that `files` named.

        Raises:
            ParseError: it is gone, larger than 32 MiB, or no file any more.
        """
        inside = () if self.is_file else PurePosixPath(path).parts
        with self._opened((*self._parts(), *inside)) as file:
            if not stat.S_ISREG(os.fstat(file).st_mode):
                raise ParseError(f"{path} is not a file")
            with os.fdopen(os.dup(file), "rb") as opened:
                body = opened.read(MOST_BYTES + 1)
        if len(body) > MOST_BYTES:
            raise ParseError(f"{path} is larger than {MOST_BYTES // 2**20} MiB")
        return body

    def _below(self, top: int, wanted: Callable[[str], bool]) -> Iterator[Found]:
        for where, folders, names, place in os.fwalk(".", dir_fd=top, follow_symlinks=False):
            inside = PurePosixPath(where)
            folders[:] = sorted(name for name in folders if self._may_enter(name, place, inside))
            for name in names:
                try:
                    about = os.stat(name, dir_fd=place, follow_symlinks=False)
                except FileNotFoundError:
                    continue  # it went meanwhile
                if stat.S_ISLNK(about.st_mode):
                    self.counts["symbolic links"] += 1
                elif stat.S_ISREG(about.st_mode) and _is_plain(name) and wanted(name):
                    yield Found(path=str(inside / name), mark=_mark(about))

    def _may_enter(self, name: str, place: int, inside: PurePosixPath) -> bool:
        if stat.S_ISLNK(os.stat(name, dir_fd=place, follow_symlinks=False).st_mode):
            self.counts["symbolic links"] += 1
            return False
        return _is_plain(name) and len(inside.parts) < _DEEPEST

    def _parts(self) -> tuple[str, ...]:
        """The names from the root down to the place."""
        root = Path(os.path.normpath(self.root.absolute()))
        place = Path(os.path.normpath(root / self.name.removeprefix("file://")))
        if not place.is_relative_to(root):
            raise ParseError(f"{self.name} is not in the folder of [files]")
        return place.relative_to(root).parts

    @contextmanager
    def _opened(self, parts: tuple[str, ...]) -> Iterator[int]:
        """A descriptor of what these names lead to from the root, step by step."""
        here = -1
        try:
            here = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            for part in parts:
                below = os.open(part, _SAFELY, dir_fd=here)
                os.close(here)
                here = below
            yield here
        except OSError as error:
            raise ParseError(f"{self.name}: {_reason(error)}") from error
        finally:
            if here >= 0:
                os.close(here)


def _reason(error: OSError) -> str:
    if error.errno == errno.ELOOP:  # by O_NOFOLLOW
        return "a symbolic link is not followed"
    return (error.strerror or str(error)).lower()


def _mark(about: os.stat_result) -> str:
    return f"{about.st_mtime_ns} {about.st_size}"


def _is_plain(name: str) -> bool:
    """Neither hidden nor of bytes that are no text."""
    return not name.startswith(".") and name.isprintable()
