"""Folders to work in, in a place that others use too, gone with their maker however it ends.

Whoever works in one holds a lock on a file in it, which ends with its process. So what can be
locked is of a process that was killed, be it of this store or of another, and whoever comes next
takes it away.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_LOCK = "lock"


@contextmanager
def workplace(folder: Path, purpose: str) -> Iterator[Path]:
    """A new folder in `folder`; those that killed processes had there for this purpose go first.

    Args:
        purpose: a word that stands in its name.

    Raises:
        OSError: it cannot be made.
    """
    _sweep(folder, purpose)
    place, handle = _begun(folder, purpose)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
        os.close(handle)


def _sweep(folder: Path, purpose: str) -> None:
    pattern = re.compile(rf"\.{re.escape(purpose)}-[0-9a-f]{{16}}\.tmp")
    for path in [one for one in folder.iterdir() if pattern.fullmatch(one.name)]:
        with suppress(OSError):  # somebody works in it, or it is not ours
            handle = _locked(path)
            shutil.rmtree(path, ignore_errors=True)
            os.close(handle)


def _begun(folder: Path, purpose: str) -> tuple[Path, int]:
    while True:
        place = folder / f".{purpose}-{secrets.token_hex(8)}.tmp"
        place.mkdir(mode=0o700)
        try:
            return place, _locked(place)
        except (BlockingIOError, FileNotFoundError):
            continue  # swept before it was locked
        except OSError:
            shutil.rmtree(place, ignore_errors=True)  # there are no locks on this disk
            raise


def _locked(place: Path) -> int:
    """A handle that holds its lock; an OSError where another process does, or took it away."""
    if place.is_symlink():
        raise FileNotFoundError(place)
    flags = os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW
    handle = os.open(place / _LOCK, flags, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not os.fstat(handle).st_nlink:
            raise FileNotFoundError(place)
    except OSError:
        os.close(handle)
        raise
    return handle
