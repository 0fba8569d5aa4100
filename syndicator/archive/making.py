"""Stores and archives while they are made: beside their place, under a name of their own.

Whoever makes one holds the daemon's lock until it is done or taken away again. So what lies there
for somebody who has just got that lock is of a process that was killed. Nor does anybody open the
store meanwhile, who would make an empty one in its place (`app.maker_guard`).
"""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

_MARK = re.compile(r"[0-9a-f]{16}\.tmp")


def unfinished(place: Path) -> Path:
    """A name that is free, for what is to lie at `place` when it is whole."""
    return place.with_name(f".{place.name}.{secrets.token_hex(8)}.tmp")


def discard(made: Path) -> None:
    """Take away what was made under such a name, with what a database keeps beside itself."""
    for path in _beginning(made.parent, made.name):
        _remove(path)


def clear_unfinished(*places: Path) -> Sequence[Path]:
    """Take away what killed processes were making for these places; the caller holds the daemon's
    lock. What went; what cannot be removed stays for the next time."""
    return [
        path
        for place in places
        for path in _beginning(place.parent, f".{place.name}.")
        if _MARK.match(path.name.removeprefix(f".{place.name}.")) and _remove(path)
    ]


def _beginning(folder: Path, start: str) -> Iterator[Path]:
    with suppress(OSError):  # there is no such folder yet
        yield from [path for path in folder.iterdir() if path.name.startswith(start)]


def _remove(path: Path) -> bool:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()
    return not path.exists()
