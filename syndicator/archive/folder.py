"""Files that are written once: whole or absent, on the disk before anything points to them."""

from __future__ import annotations

import ctypes
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from syndicator.errors import ArchiveError, refusal

OURS_ALONE = 0o600  # what was fetched with a password may be in it
_TEMPORARY = ".tmp"


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Errors of the system become ArchiveError, with the file's name."""
    try:
        yield
    except OSError as error:
        raise ArchiveError(f"{path}: {refusal(error)}") from error


def write_whole(path: Path, body: bytes) -> None:
    """Put a file there in one step, durably. Raises ArchiveError."""
    with written_whole(path) as file:
        file.write(body)


@contextmanager
def written_whole(path: Path) -> Iterator[IO[bytes]]:
    """The same, piece by piece: it is there when all of it is written. Raises ArchiveError."""
    with named(path):
        make_folder(path.parent)
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}{_TEMPORARY}")
        try:
            with os.fdopen(
                os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OURS_ALONE), "wb"
            ) as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise
        settle(path.parent)


def make_folder(path: Path) -> None:
    """The folder, with those above it; each is durable. For the owner alone."""
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir(mode=0o700, exist_ok=True)
    settle(path.parent)


def settle(folder: Path) -> None:
    """Have the names in a folder on the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def settle_all(folder: Path) -> None:
    """Have everything on the disk that the folder is on, names and folders too: for many files one
    call costs less than two for each."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        syncfs = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
        if syncfs is None:  # not Linux
            os.sync()
        elif syncfs(handle) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    finally:
        os.close(handle)


def files_below(root: Path) -> Iterator[Path]:
    """All files of a folder in order, temporary ones left out; no symbolic link is followed."""
    if not root.is_dir():
        return
    for here, folders, names in os.walk(root):
        folders.sort()
        for name in sorted(names):
            path = Path(here, name)
            if not name.endswith(_TEMPORARY) and not path.is_symlink():
                yield path
