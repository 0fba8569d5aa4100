"""One file that holds the store and all of the archive, and both made from it again.

A backup is a plain tar: `archive/...`, the database as `store.db`, and last `backup.json`, which
names every member with its size and SHA-256. It is read back before it gets its name, so that a
backup that exists is a good one. feeds/ is not in it: it follows from the rest.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import secrets
import shutil
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from syndicator.archive.folder import files_below, make_folder, named, settle
from syndicator.errors import ArchiveError

_LIST, _STORE, _ARCHIVE = "backup.json", "store.db", "archive"
_FORMAT = "syndicator backup 1"
_MEMBER = re.compile(rf"{re.escape(_STORE)}|{_ARCHIVE}(/[A-Za-z0-9][A-Za-z0-9._-]*)+")
_PIECE = 1 << 20
_MOST_LISTED = 1 << 28  # bytes of backup.json: a million members and more


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a backup holds."""

    at: str  # RFC 3339
    files: int
    size: int  # bytes, unpacked


@dataclass(frozen=True, slots=True, kw_only=True)
class _Member:
    size: int
    sha256: str


# ------------------------------------------------------------------ out


def write_backup(file: Path, *, store: Path, archive: Path, now: datetime) -> Kept:
    """Write a backup under a name that is free.

    Args:
        store: a whole and closed copy of the database; nobody writes to it.
        archive: what is added there meanwhile is not in the backup.

    Raises:
        ArchiveError: there is such a file, or it cannot be written, or reads back otherwise.
    """
    refuse_taken(file, archive)
    temporary = file.with_name(f".{file.name}.{secrets.token_hex(8)}.tmp")
    with named(file):
        try:
            members = _pack(temporary, store, archive, now)
            _compare(temporary, members)
            os.link(temporary, file)  # unlike a rename, it replaces nothing
            settle(file.parent)
        except FileExistsError as error:
            raise ArchiveError(f"{file} exists already: name another file") from error
        finally:
            with suppress(OSError):
                temporary.unlink()
    return _kept(now.isoformat(), members)


def refuse_taken(file: Path, archive: Path) -> None:
    """Raise ArchiveError where a backup would lie on what it is to keep."""
    if file.exists() or file.is_symlink():
        raise ArchiveError(f"{file} exists already: name another file")
    if not file.parent.is_dir():
        raise ArchiveError(f"{file.parent}: there is no such folder")
    if file.parent.resolve().is_relative_to(archive.resolve()):
        raise ArchiveError(f"{file} lies within the archive that it is to keep: name another place")


def _pack(path: Path, store: Path, archive: Path, now: datetime) -> dict[str, _Member]:
    members: dict[str, _Member] = {}
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as raw:
        with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as tar:
            for one in files_below(archive):
                name = f"{_ARCHIVE}/{one.relative_to(archive).as_posix()}"
                if _MEMBER.fullmatch(name):
                    members[name] = _add(tar, name, one, now)
            members[_STORE] = _add(tar, _STORE, store, now)
            _add_list(tar, members, now)
        raw.flush()
        os.fsync(raw.fileno())
    return members


def _add(tar: tarfile.TarFile, name: str, path: Path, now: datetime) -> _Member:
    """Add a file as long as it is now: it may grow meanwhile."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        reader = _Hashing(file)
        tar.addfile(_head(name, size, now), reader)
    return _Member(size=size, sha256=reader.digest())


def _add_list(tar: tarfile.TarFile, members: Mapping[str, _Member], now: datetime) -> None:
    files = {name: {"sha256": one.sha256, "size": one.size} for name, one in members.items()}
    told = {"format": _FORMAT, "at": now.isoformat(), "files": files}
    body = json.dumps(told, sort_keys=True, indent=1).encode()
    tar.addfile(_head(_LIST, len(body), now), io.BytesIO(body))


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


def _compare(path: Path, members: Mapping[str, _Member]) -> None:
    """Read a backup through; it is to hold exactly these."""
    with _members(path) as found:
        seen = {name: _hash(file) for name, file in found if name != _LIST}
    if seen != members:
        raise ArchiveError(f"{path}: reads back otherwise than it was written; is the disk sound?")


# ------------------------------------------------------------------ back in


def restore_backup(file: Path, *, store: Path, archive: Path) -> Kept:
    """Make the database and the archive from a backup, both or neither.

    Raises:
        ArchiveError: there is something already, or the file is no whole backup.
    """
    _refuse_standing(store, archive)
    mark = secrets.token_hex(8)
    scratch = archive.with_name(f".{archive.name}.{mark}.tmp")
    database = store.with_name(f".{store.name}.{mark}.tmp")
    with named(file):
        try:
            make_folder(scratch)
            make_folder(store.parent)
            told = _unpack(file, scratch, database)
            if archive.is_dir():
                _remove_empty(archive)
            scratch.rename(archive)
            settle(archive.parent)
            os.link(database, store)
            settle(store.parent)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
            with suppress(OSError):
                database.unlink()
    return told


def _refuse_standing(store: Path, archive: Path) -> None:
    beside = [store, *(store.with_name(store.name + end) for end in ("-wal", "-shm", "-journal"))]
    for path in [*(each for each in beside if each.exists()), *files_below(archive)]:
        raise ArchiveError(f"{path} is there: nothing is overwritten; move it away first")


def _remove_empty(folder: Path) -> None:
    for here, _, _ in os.walk(folder, topdown=False):
        Path(here).rmdir()


def _unpack(file: Path, archive: Path, database: Path) -> Kept:
    found: dict[str, _Member] = {}
    told: Any = None
    with _members(file) as members:
        for name, body in members:
            if told is not None:
                raise ArchiveError(f"{file}: something follows the list of what it holds")
            if name == _LIST:
                told = _list_of(file, body)
                continue
            path = database if name == _STORE else archive / name.removeprefix(f"{_ARCHIVE}/")
            found[name] = _copy(body, path)
    if told is None:
        raise ArchiveError(f"{file}: is cut short, or no backup of ours")
    wanted = {name: _Member(**one) for name, one in told["files"].items()}
    for name in sorted(wanted.keys() | found.keys()):
        if wanted.get(name) != found.get(name):
            raise ArchiveError(f"{file}: {name} is not what was backed up")
    for folder in {path.parent for path in files_below(archive)}:
        settle(folder)
    return _kept(told["at"], found)


def _list_of(file: Path, body: IO[bytes]) -> Any:
    try:
        told = json.loads(body.read(_MOST_LISTED))
        whole = told["format"] == _FORMAT and all(
            set(one) == {"size", "sha256"} for one in told["files"].values()
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ArchiveError(f"{file}: its {_LIST} cannot be read") from error
    if not whole or _STORE not in told["files"]:
        raise ArchiveError(f"{file}: is no backup that this version knows")
    return told


def _copy(body: IO[bytes], path: Path) -> _Member:
    make_folder(path.parent)
    sha, size = hashlib.sha256(), 0
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while piece := body.read(_PIECE):
            sha.update(piece)
            size += file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return _Member(size=size, sha256=sha.hexdigest())


# ------------------------------------------------------------------ both ways


@contextmanager
def _members(path: Path) -> Iterator[Iterator[tuple[str, IO[bytes]]]]:
    """Name and body of each member, in order; only plain files under names of ours (R47)."""
    try:
        with tarfile.open(path, "r:") as tar:
            yield _plain(path, tar)
    except (tarfile.TarError, EOFError) as error:
        raise ArchiveError(f"{path}: is cut short, or no backup of ours: {error}") from error


def _plain(path: Path, tar: tarfile.TarFile) -> Iterator[tuple[str, IO[bytes]]]:
    met: set[str] = set()
    for head in tar:
        name = head.name
        if not head.isreg() or not (name == _LIST or _MEMBER.fullmatch(name)) or name in met:
            raise ArchiveError(f"{path}: {name[:100]!r} has no place in a backup")
        met.add(name)
        body = tar.extractfile(head)
        assert body is not None  # as it is a plain file
        yield name, body


def _hash(file: IO[bytes]) -> _Member:
    sha, size = hashlib.sha256(), 0
    while piece := file.read(_PIECE):
        sha.update(piece)
        size += len(piece)
    return _Member(size=size, sha256=sha.hexdigest())


def _kept(at: str, members: Mapping[str, _Member]) -> Kept:
    return Kept(at=at, files=len(members), size=sum(one.size for one in members.values()))
