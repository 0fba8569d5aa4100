"""A folder of published files, each of them whole or absent, never half written."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from syndicator.errors import PublishError, refusal
from syndicator.redaction import unaddressed

LABEL = ".syndicator.json"  # of whom the folder is; the server hands out no dot file
# The shape the server hands out (R44): no dot file, no temporary file, no way out of the folder.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_TEMPORARY = re.compile(r"\.[A-Za-z0-9._-]+\.[0-9a-f]{16}\.tmp")
_BEGUN = f".begun.{'0' * 16}.tmp"  # in the root while a run writes; goes as those do it tells of
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_NOFOLLOW | os.O_CLOEXEC


class Tree:
    """Files below one root: feeds/, or store/archive/documents where closed archives are kept.

    Paths are relative, with slashes. No symbolic link below the root is followed.

    Args:
        settled: what is written is on the disk when the call returns; else nobody cares whether it
            outlives a crash.

    `written` counts the files that got other bytes, or were not there.
    """

    def __init__(self, root: Path, *, settled: bool = True) -> None:
        self._root = root
        self._settle = os.fsync if settled else _let_be
        self.written = 0
        self._runs = self._has_begun = False

    @contextmanager
    def run(self) -> Iterator[None]:
        """Write many files; before, take away what a run left that was killed in the midst of it.

        For who writes there alone.

        Raises:
            PublishError: the system refused.
        """
        if self._is_left():
            self.sweep()
        self._runs = True
        try:
            yield
        finally:
            self._runs = False
            if self._has_begun:
                self._has_begun = False
                with suppress(OSError):
                    (self._root / _BEGUN).unlink()

    def write(self, path: str, body: bytes, *, modified: datetime | None) -> bool:
        """Put `body` there in one step; False when these very bytes are there already.

        Args:
            modified: what the file's time says, and with it Last-Modified (P21); None for now.

        Raises:
            PublishError: the path is no name of ours, or the system refused.
        """
        folders, name = _split(path)
        with _named(path), self._folder(folders, create=True) as folder:
            if _read(folder, name) == body:
                return False
            if self._runs and not self._has_begun:
                self._begin()
            _replace(folder, name, body, modified, self._settle)
            self.written += 1
            return True

    def read(self, path: str) -> bytes | None:
        """The file's bytes; None when there is none. Raises PublishError."""
        folders, name = _split(path)
        with _named(path):
            try:
                with self._folder(folders) as folder:
                    return _read(folder, name)
            except FileNotFoundError:
                return None

    def has(self, path: str) -> bool:
        """Whether there is such a file. Raises PublishError."""
        folders, name = _split(path)
        with _named(path):
            try:
                with self._folder(folders) as folder:
                    there = os.stat(name, dir_fd=folder, follow_symlinks=False)
                    return stat.S_ISREG(there.st_mode)
            except FileNotFoundError:
                return False

    def remove(self, path: str) -> bool:
        """Take the file away; False when there was none. Raises PublishError."""
        folders, name = _split(path)
        with _named(path):
            try:
                with self._folder(folders) as folder:
                    os.unlink(name, dir_fd=folder)
                    os.fsync(folder)
            except FileNotFoundError:
                return False
            return True

    def holds(self, folder: str, names: Iterable[str] = ()) -> bool:
        """Whether there is such a folder, with all of these in it. Raises PublishError."""
        folders, _ = _split(f"{folder}/index.html")
        with _named(folder):
            try:
                with self._folder(folders) as here:
                    for name in names:
                        os.stat(name, dir_fd=here, follow_symlinks=False)
                    return True
            except FileNotFoundError:
                return False

    def clear(self, folder: str) -> bool:
        """Take a folder away with all that is in it; False when there was none.

        Raises:
            PublishError: the path is no name of ours, or the system refused.
        """
        folders, name = _split(folder)
        with _named(folder):
            try:
                with self._folder(folders) as parent:
                    shutil.rmtree(name, dir_fd=parent)
                    os.fsync(parent)
            except FileNotFoundError:
                return False
            return True

    def sweep(self) -> int:
        """Remove what an interrupted write left behind; how many there were. Raises PublishError.

        It walks through all folders. For who writes there alone: it would take another writer's
        file in the making.
        """
        swept = 0
        if not self._root.exists():
            return swept
        with _named(str(self._root)):
            # The root comes last, so that what is cut short here is begun again.
            for _, _, names, folder in os.fwalk(self._root, topdown=False, follow_symlinks=False):
                for name in filter(_TEMPORARY.fullmatch, names):
                    os.unlink(name, dir_fd=folder)
                    swept += name != _BEGUN
        return swept

    def _is_left(self) -> bool:
        with _named(str(self._root)):
            return (self._root / _BEGUN).exists()

    def _begin(self) -> None:
        """Before the first file of a run is in the making."""
        with self._folder([]) as root:
            os.close(os.open(_BEGUN, os.O_WRONLY | os.O_CREAT | _FILE, 0o644, dir_fd=root))
            self._settle(root)
        self._has_begun = True

    @contextmanager
    def _folder(self, names: list[str], *, create: bool = False) -> Iterator[int]:
        """The folder, opened name by name so that no link on the way is followed."""
        if create:
            self._root.mkdir(parents=True, exist_ok=True)
        here = os.open(self._root, _FOLDER & ~os.O_NOFOLLOW)  # the root is the operator's choice
        try:
            for name in names:
                if create:
                    _make(here, name, self._settle)
                there = os.open(name, _FOLDER, dir_fd=here)
                os.close(here)
                here = there
            yield here
        finally:
            os.close(here)


def _split(path: str) -> tuple[list[str], str]:
    if path == LABEL:
        return [], path
    names = path.split("/")
    if not all(_NAME.fullmatch(name) and not name.endswith(".tmp") for name in names):
        raise PublishError(f"{unaddressed(path)!r} is no path below the published folder")
    return names[:-1], names[-1]


@contextmanager
def _named(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise PublishError(f"{unaddressed(path)}: {refusal(error)}") from error


def _let_be(_: int) -> None:
    """For files that are looked at and thrown away."""


def _make(parent: int, name: str, settle: Callable[[int], None]) -> None:
    try:
        os.mkdir(name, dir_fd=parent)
    except FileExistsError:
        return
    settle(parent)


def _read(folder: int, name: str) -> bytes | None:
    try:
        handle = os.open(name, os.O_RDONLY | os.O_NONBLOCK | _FILE, dir_fd=folder)
    except FileNotFoundError:
        return None
    with os.fdopen(handle, "rb") as file:
        return file.read()


def _replace(
    folder: int,
    name: str,
    body: bytes,
    modified: datetime | None,
    settle: Callable[[int], None],
) -> None:
    temporary = f".{name}.{secrets.token_hex(8)}.tmp"
    create = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _FILE
    handle = os.open(temporary, create, 0o644, dir_fd=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(body)
            file.flush()
            if modified is not None:
                when_s = int(modified.timestamp())
                os.utime(file.fileno(), (when_s, when_s))
            settle(file.fileno())
        os.replace(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary, dir_fd=folder)
        raise
    settle(folder)
