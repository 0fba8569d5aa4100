"""One file that holds the store and all of the archive, and both made from it again.

A backup is a plain tar: `archive/...`, the database as `store.db`, and last `backup.json`, which
names every member in its order, with its size and SHA-256. It is read back before it gets its name,
so that a backup that exists is a good one. feeds/ is not in it: it follows from the rest.
"""

from __future__ import annotations

import hashlib
import os
import re
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import count
from pathlib import Path
from typing import IO

from syndicator.archive.folder import files_below, make_folder, named, settle, settle_all
from syndicator.archive.listing import Listing, head_of
from syndicator.archive.making import clear_unfinished, discard, unfinished
from syndicator.errors import ArchiveError
from syndicator.ports import Progress, counted, unwatched

_LIST, _STORE, _ARCHIVE = "backup.json", "store.db", "archive"
_MEMBER = re.compile(rf"{re.escape(_STORE)}|{_ARCHIVE}(/[A-Za-z0-9][A-Za-z0-9._-]*)+")
_PIECE = 1 << 20
_TOLD_EVERY = 100  # members


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a backup holds."""

    at: str  # RFC 3339
    files: int
    size: int  # bytes, unpacked


# ------------------------------------------------------------------ out


def write_backup(
    file: Path,
    *,
    place: Path,
    store: Path,
    archive: Path,
    now: datetime,
    progress: Progress = unwatched,
) -> Kept:
    """Write a backup under a name that is free.

    Args:
        place: a folder on its disk, to make it in.
        store: a whole and closed copy of the database; nobody writes to it.
        archive: what is added there meanwhile is not in the backup.

    Raises:
        ArchiveError: there is such a file, or it cannot be written, or reads back otherwise.
    """
    refuse_taken(file, archive)
    temporary = place / "backup.tar"
    with named(file):
        try:
            with Listing(place, at=now.isoformat()) as listing:
                _pack(temporary, store, archive, now, listing, progress)
            told = partial(progress, "reading the backup again")
            kept = _read(temporary, place, lambda _, body: _hash(body), told)
            os.link(temporary, file)  # unlike a rename, it replaces nothing
            settle(file.parent)
        except FileExistsError as error:
            raise ArchiveError(f"{file} exists already: name another file") from error
    return kept


def refuse_taken(file: Path, archive: Path) -> None:
    """Raise ArchiveError where a backup would lie on what it is to keep."""
    if file.exists() or file.is_symlink():
        raise ArchiveError(f"{file} exists already: name another file")
    if not file.parent.is_dir():
        raise ArchiveError(f"{file.parent}: there is no such folder")
    if file.parent.resolve().is_relative_to(archive.resolve()):
        raise ArchiveError(f"{file} lies within the archive that it is to keep: name another place")


def _pack(
    path: Path, store: Path, archive: Path, now: datetime, listing: Listing, progress: Progress
) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as raw:
        with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as tar:
            for one in counted(files_below(archive), progress, "writing the backup"):
                name = f"{_ARCHIVE}/{one.relative_to(archive).as_posix()}"
                if _MEMBER.fullmatch(name):
                    _add(tar, name, one, now, listing)
            _add(tar, _STORE, store, now, listing)
            body, length = listing.written()
            tar.addfile(_head(_LIST, length, now), body)
        raw.flush()
        os.fsync(raw.fileno())


def _add(tar: tarfile.TarFile, name: str, path: Path, now: datetime, listing: Listing) -> None:
    """Add a file as long as it is now: it may grow meanwhile."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        reader = _Hashing(file)
        tar.addfile(_head(name, size, now), reader)
    _forget(tar)
    listing.add(name, size, reader.digest())


def _head(name: str, size: int, now: datetime) -> tarfile.TarInfo:
    head = tarfile.TarInfo(name)
    head.size, head.mode, head.mtime = size, 0o600, int(now.timestamp())
    return head


class _Hashing:
    """A file that is hashed while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._sha = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self._file.read(size)
        self._sha.update(piece)
        return piece

    def digest(self) -> str:
        return self._sha.hexdigest()


# ------------------------------------------------------------------ back in


def restore_backup(
    file: Path, *, store: Path, archive: Path, progress: Progress = unwatched
) -> Kept:
    """Make the database and the archive from a backup, both or neither; the caller holds
    what whoever makes a store holds.

    Raises:
        ArchiveError: there is something already, or the file is no whole backup.
    """
    clear_unfinished(store, archive)
    _refuse_standing(store, archive)
    scratch, database = unfinished(archive), unfinished(store)
    with named(archive):  # or `store`; what is wrong with `file` is told of it
        try:
            make_folder(scratch)
            make_folder(store.parent)

            def take(name: str, body: IO[bytes]) -> tuple[int, str]:
                path = database if name == _STORE else scratch / name.removeprefix(f"{_ARCHIVE}/")
                return _copy(file, name, body, path)

            kept = _read(file, store.parent, take, partial(progress, "restoring"))
            if not database.exists():
                raise ArchiveError(f"{file}: holds no {_STORE}")
            for folder in (scratch, store.parent):
                settle_all(folder)
            if archive.is_dir():
                _remove_empty(archive)
            scratch.rename(archive)
            settle(archive.parent)
            os.link(database, store)
            settle(store.parent)
        finally:
            discard(scratch)
            discard(database)
    return kept


def _refuse_standing(store: Path, archive: Path) -> None:
    beside = [store, *(store.with_name(store.name + end) for end in ("-wal", "-shm", "-journal"))]
    for path in [*(each for each in beside if each.exists()), *files_below(archive)]:
        raise ArchiveError(f"{path} is there: nothing is overwritten; move it away first")


def _remove_empty(folder: Path) -> None:
    for here, _, _ in os.walk(folder, topdown=False):
        Path(here).rmdir()


def _copy(file: Path, name: str, body: IO[bytes], path: Path) -> tuple[int, str]:
    make_folder(path.parent)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise ArchiveError(f"{file}: {name} is in it twice") from error
    with os.fdopen(handle, "wb") as out:
        return _hash(body, out)


# ------------------------------------------------------------------ both ways


def _read(
    file: Path,
    folder: Path,
    take: Callable[[str, IO[bytes]], tuple[int, str]],
    told: Callable[[int, int], None],
) -> Kept:
    """Read a backup through; it is to hold what its list says.

    Args:
        folder: where the list of what is met may lie meanwhile.
        take: does something with a member; its size and SHA-256.
        told: how many bytes were read, and of how many.
    """
    at = ""
    with _members(file, told) as members, Listing(folder) as listing:
        for name, body in members:
            if at:
                raise ArchiveError(f"{file}: something follows the list of what it holds")
            if name != _LIST:
                listing.add(name, *take(name, body))
                continue
            at = head_of(file, body)
            if other := listing.differs(body):
                raise ArchiveError(f"{file}: {other} is not what was backed up; is the disk sound?")
        if not at:
            raise ArchiveError(f"{file}: is cut short, or no backup of ours")
        return Kept(at=at, files=listing.files, size=listing.size)


@contextmanager
def _members(
    path: Path, told: Callable[[int, int], None]
) -> Iterator[Iterator[tuple[str, IO[bytes]]]]:
    """Name and body of each member, in order; only plain files under names of ours (R47)."""
    try:
        with named(path):
            tar = tarfile.open(path, "r:")  # noqa: SIM115 - closed below
        with tar:
            yield _plain(path, tar, told)
    except (tarfile.TarError, EOFError) as error:
        raise ArchiveError(f"{path}: is cut short, or no backup of ours: {error}") from error


def _plain(
    path: Path, tar: tarfile.TarFile, told: Callable[[int, int], None]
) -> Iterator[tuple[str, IO[bytes]]]:
    size = path.stat().st_size
    for place in count():
        if (head := tar.next()) is None:
            return
        if place % _TOLD_EVERY == 0:
            told(head.offset, size)
        name = head.name
        if not head.isreg() or not (name == _LIST or _MEMBER.fullmatch(name)):
            raise ArchiveError(f"{path}: {name[:100]!r} has no place in a backup")
        body = tar.extractfile(head)
        assert body is not None  # as it is a plain file
        _forget(tar)
        yield name, body


def _forget(tar: tarfile.TarFile) -> None:
    """Or it would remember each member."""
    tar.members.clear()  # type: ignore[attr-defined]  # not in the stubs


def _hash(file: IO[bytes], out: IO[bytes] | None = None) -> tuple[int, str]:
    """Size and SHA-256 of what is read, and written to `out`."""
    sha, size = hashlib.sha256(), 0
    while piece := file.read(_PIECE):
        sha.update(piece)
        size += len(piece)
        if out is not None:
            out.write(piece)
    return size, sha.hexdigest()
