"""The published folder: which file an address means, and its bytes in every coding."""

from __future__ import annotations

import gzip
import os
import re
import stat
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import Lock
from urllib.parse import quote, unquote_to_bytes

import brotli

from syndicator.server.kinds import Kind, kind_of

# Every name our publisher makes is of this shape: no dot file, no temporary file (R44).
_NAME = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._-]{0,127}\Z")
_INDEX = "index.html"
_NOTICE = "gone.html"  # where an article's page was that is withdrawn
_TEMPORARY = (b".tmp", b".part", b".new")


def _brotli(body: bytes) -> bytes:
    # 5 takes as long as gzip does and a third less room; 11 would take a hundred times as long.
    compressed: bytes = brotli.compress(body, quality=5)
    return compressed


def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, compresslevel=6, mtime=0)


# Codings we offer, best first; one more is one more line (its tag follows from its bytes).
CODINGS: Mapping[str, Callable[[bytes], bytes]] = {"br": _brotli, "gzip": _gzip}


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A file's bytes in one coding; the strong tag is their hash (P21)."""

    body: bytes
    etag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A file that an address means."""

    path: Path
    place: str  # below the root, with slashes
    kind: Kind
    private: bool
    gone: bool = False  # it is the notice of what was withdrawn: to be sent with 410


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """The address of a folder without its closing slash; `location` is relative."""

    location: str


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One state of a file: read whole, so never half of two states."""

    forms: Mapping[str, Form]  # by coding, "identity" always
    modified_s: int  # Unix time; the publisher sets it to the document's `updated`

    @property
    def size(self) -> int:
        """Bytes of memory it takes."""
        return sum(len(form.body) for form in self.forms.values())


_Version = tuple[int, int, int]  # mtime_ns, size, inode


class Folder:
    """Files below one root, kept in memory up to `limit_bytes` as long as they do not change."""

    def __init__(self, root: Path, *, limit_bytes: int = 64 * 2**20) -> None:
        self._root = Path(os.path.realpath(root))
        self._limit = limit_bytes
        self._kept: OrderedDict[Path, tuple[_Version, File]] = OrderedDict()
        self._size = 0
        self._lock = Lock()  # of the two above
        self._reading = Lock()  # one file is read and compressed at a time: bounded memory

    def find(self, raw_path: bytes) -> Found | Moved | None:
        """What the path of a request means, or None: not ours, or not there."""
        names = _names(raw_path)
        if names is None:
            return None
        path = self._root.joinpath(*names)
        if os.path.realpath(path) != str(path):  # a link, somewhere along the way
            return None
        if path.is_dir():
            is_page = _is_file(path / _INDEX) or _is_file(path / _NOTICE)
            return Moved(location=f"./{quote(path.name)}/") if is_page else None
        if path.name == _INDEX and not path.exists():
            path, names = path.with_name(_NOTICE), [*names[:-1], _NOTICE]
        kind = kind_of(path)
        if kind is None or not _is_file(path):
            return None
        place = "/".join(names)
        return Found(
            path=path,
            place=place,
            kind=kind,
            private=names[0] == "private",
            gone=path.name == _NOTICE,
        )

    def kept(self, found: Found) -> File | None:
        """The file if memory has its present state."""
        try:
            version = _version(found.path.lstat())
        except OSError:
            return None
        with self._lock:
            entry = self._kept.get(found.path)
            if entry is None or entry[0] != version:
                return None
            self._kept.move_to_end(found.path)
            return entry[1]

    def read(self, found: Found) -> File | None:
        """The file from disk; None when it has gone. Takes time: not for the event loop."""
        with self._reading:
            if file := self.kept(found):
                return file
            try:
                version, body = _read(found.path)
            except OSError:
                return None
            file = File(forms=_forms(body, found.kind), modified_s=version[0] // 10**9)
            self._keep(found.path, version, file)
            return file

    def _keep(self, path: Path, version: _Version, file: File) -> None:
        with self._lock:
            if old := self._kept.pop(path, None):
                self._size -= old[1].size
            self._kept[path] = (version, file)
            self._size += file.size
            while self._size > self._limit:
                _, (_, oldest) = self._kept.popitem(last=False)
                self._size -= oldest.size


def place_of(raw_path: bytes) -> str | None:
    """What the path of a request names below feeds/, whether it is there or not; a folder with its
    slash. None: nothing of ours can be called so."""
    names = _names(raw_path)
    if names is None:
        return None
    if raw_path.endswith(b"/"):
        names[-1] = ""
    return "/".join(names)


def _names(raw_path: bytes) -> list[str] | None:
    """Path segments as file names; None when one is no name of ours.

    Split before decoding, so that an encoded slash never becomes a real one.
    """
    *folders, last = [unquote_to_bytes(part) for part in raw_path.removeprefix(b"/").split(b"/")]
    names = [*folders, last or b"index.html"]
    if not all(_NAME.match(name) and not name.endswith(_TEMPORARY) for name in names):
        return None
    return [name.decode("ascii") for name in names]


def _is_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _version(status: os.stat_result) -> _Version:
    return (status.st_mtime_ns, status.st_size, status.st_ino)


def _read(path: Path) -> tuple[_Version, bytes]:
    """Version and bytes of one open file: what replaces it meanwhile does not matter."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise FileNotFoundError(path)
        return _version(status), file.read()


def _forms(body: bytes, kind: Kind) -> dict[str, Form]:
    forms = {"identity": _form(body)}
    for coding, compress in CODINGS.items() if kind.squeeze else ():
        small = compress(body)
        if len(small) < len(body):
            forms[coding] = _form(small)
    return forms


def _form(body: bytes) -> Form:
    return Form(body=body, etag=f'"{sha256(body).hexdigest()[:32]}"')
