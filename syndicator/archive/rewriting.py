"""WARC files written anew without some of their records."""

from __future__ import annotations

import fcntl
import gzip
import io
import os
import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import brotli
from warcio.archiveiterator import ArchiveIterator

from syndicator.archive.captures import DAMAGED, index, index_name
from syndicator.archive.folder import named, settle, written_whole
from syndicator.errors import ArchiveError
from syndicator.model import Capture

_TIMES = re.compile(r"(?:-r(\d+))?\.warc\.gz$")


def rewrite(path: Path, left: Mapping[int, Capture]) -> Mapping[int, Capture]:
    """Write a new file with the captures that are left, and its index; where they lie there.

    The old file stays until the store knows.

    Raises:
        ArchiveError: it cannot be written, or another process still writes the old one.
    """
    _refuse_open(path)
    if not left:
        return {}
    target = _next(path)
    moved: dict[int, Capture] = {}
    size = 0
    with named(path), path.open("rb") as old, written_whole(target) as new:
        for number, one in sorted(left.items(), key=lambda each: each[1].begins):
            old.seek(one.begins)
            group = old.read(one.ends - one.begins)
            if (
                sha256(group).hexdigest() != one.sha256
            ):  # or damage would be kept as if it were right
                raise ArchiveError(
                    f"{path}: the record at {one.offset} is not what was kept; what is taken back "
                    "has left the store and leaves this file once it is restored from a backup"
                )
            moved[number] = replace(
                one,
                file=target.name,
                begins=size,
                ends=size + len(group),
                offset=one.offset + size - one.begins,
            )
            new.write(group)
            size += len(group)
    index(target)
    return moved


def remove(path: Path) -> None:
    """Take a file away with its index. Raises ArchiveError."""
    with named(path):
        for each in (index_name(path), path):
            each.unlink(missing_ok=True)
        settle(path.parent)


def shows(path: Path, capture: Capture, signs: Iterable[str]) -> bool:
    """Whether the answer that was kept has one of these in it. Raises ArchiveError."""
    wanted = [sign.encode() for sign in signs]
    with named(path), path.open("rb") as file:
        file.seek(capture.offset)
        try:
            record = next(iter(ArchiveIterator(io.BytesIO(file.read(capture.length)))))
            coding = (record.http_headers.get_header("Content-Encoding") or "").lower()
            body = _plain(record.raw_stream.read(), coding)
        except (*DAMAGED, StopIteration) as error:
            raise ArchiveError(
                f"{path}: the record at {capture.offset} is damaged, so nobody can say whether "
                "it shows what is taken back; restore the file from a backup"
            ) from error
    return any(sign in body for sign in wanted)


def _plain(body: bytes, coding: str) -> bytes:
    try:
        if "gzip" in coding:
            return gzip.decompress(body)
        if "deflate" in coding:
            return zlib.decompress(body)
        if coding == "br":
            return bytes(brotli.decompress(body))
    except (OSError, EOFError, zlib.error, brotli.error):
        return body
    return body


def _refuse_open(path: Path) -> None:
    with named(path):
        handle = os.open(path, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ArchiveError(
                f"{path.name} is being written by another process, which closes it within a day: "
                "upkeep purges it then; end the daemon to have it at once"
            ) from error
        finally:
            os.close(handle)


def origins(folder: Path) -> frozenset[str]:
    """Of all files in a folder, what they were called first. Raises ArchiveError."""
    with named(folder):
        return frozenset(origin_of(path.name) for path in folder.glob("*.warc.gz"))


def origin_of(name: str) -> str:
    """What a file was called before it was ever rewritten, without its ending."""
    return _TIMES.sub("", name)


def _next(path: Path) -> Path:
    times = _TIMES.search(path.name)
    assert times is not None
    number = int(times[1] or 0) + 1
    return path.with_name(f"{origin_of(path.name)}-r{number}.warc.gz")
