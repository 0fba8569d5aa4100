"""Raw answers as WARC 1.1 (ISO 28500): request, response or revisit, each record gzipped by itself.

`captures/20260301T120000Z-4711-1.warc.gz` belongs to the process that began it, until it is full,
or its day or the process is over; then `...cdxj` beside it says where each answer is, for replay. A
file without one is being written, or was left behind by a crash: then what is not whole at its end
is cut off. A capture is on the disk before the store points to it.
"""

from __future__ import annotations

import fcntl
import io
import json
import logging
import os
import re
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from urllib.parse import urlsplit

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from syndicator.archive.folder import make_folder, named, settle, write_whole
from syndicator.archive.surt import surt
from syndicator.errors import ArchiveError
from syndicator.model import Capture, Exchange
from syndicator.ports import Clock
from syndicator.turn import waiting

logger = logging.getLogger(__name__)

ROLLED_AT = 1 << 30  # bytes
_END, _INDEX = ".warc.gz", ".cdxj"
PICTURE = "picture"  # reason of a request for one
_PAGES = frozenset({"article", "full text", "next page", "poll", "discovery"})
# What warcio and zlib raise over bytes that are no records.
DAMAGED = (ArchiveLoadFailed, ValueError, EOFError, AttributeError, TypeError, zlib.error)
_HTML = re.compile(r"\s*(text/html|application/xhtml\+xml)\s*(;|$)", re.IGNORECASE)

Known = Callable[[str, str], datetime | None]  # address and digest -> when they were kept in full
Barred = Callable[[str], bool]  # whether what is read at an address was taken back for good


class Captures:
    """The writing end (ports.Recorder); for many threads.

    Args:
        what: "pages", "all" or "none".
        known: when an answer with this body was kept in full, if it was.
        barred: whether answers of an address are not to be kept.
        version: of this program, for the records that tell of themselves.
    """

    def __init__(
        self, folder: Path, *, what: str, clock: Clock, known: Known, barred: Barred, version: str
    ) -> None:
        self._folder = folder
        self._what = what
        self._clock = clock
        self._known = known
        self._barred = barred
        self._version = version
        self._lock = threading.Lock()
        self._file: _File | None = None
        self._begun = 0
        self._trouble = ""

    def wants(self, purpose: str, content_type: str) -> bool:
        """Whether an answer is kept: as pages, what a person would read, and its pictures.

        A page in place of a picture (a login, where it is led to) is neither, and whoever takes the
        article back would not know it.
        """
        if self._what == "pages":
            is_html = bool(_HTML.match(content_type))
            return purpose in _PAGES if is_html else purpose == PICTURE
        return self._what == "all"

    def keep(self, exchange: Exchange) -> Capture | None:
        """Write it down; None where that fails, which is said once: reading goes on without."""
        if self._barred(exchange.url):
            return None
        try:
            with waiting(), self._lock, named(self._folder):
                kept = self._current().append(exchange, self._known)
        except ArchiveError as error:
            self._say(str(error))
            return None
        self._say("")
        return kept

    def close(self) -> None:
        """Close the file in hand; one that cannot be is left to the next sweep."""
        try:
            with self._lock, named(self._folder):
                self._seal()
        except ArchiveError as error:
            self._say(str(error))

    def _current(self) -> _File:
        day = f"{self._clock.now():%Y%m%d}"
        if self._file and (self._file.size >= ROLLED_AT or not self._file.name.startswith(day)):
            self._seal()
        if self._file is None:
            self._begun += 1
            name = f"{self._clock.now():%Y%m%dT%H%M%SZ}-{os.getpid()}-{self._begun}{_END}"
            make_folder(self._folder)
            self._file = _File(self._folder / name, self._version)
        return self._file

    def _seal(self) -> None:
        if self._file is not None:
            file, self._file = self._file, None
            file.close()
            index(file.path)

    def _say(self, trouble: str) -> None:
        if trouble and trouble != self._trouble:
            logger.error("raw answers are not kept, reading goes on: %s", trouble)
        self._trouble = trouble


class _File:
    """A WARC file in the making, which no other process touches."""

    def __init__(self, path: Path, version: str) -> None:
        self.path, self.name = path, path.name
        self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        settle(path.parent)
        self.size = 0
        self._ahead = _warcinfo(path.name, version)  # goes with the first capture

    def append(self, exchange: Exchange, known: Known) -> Capture:
        """Raises OSError; nothing of it is left then."""
        records = _records(exchange, known)
        begins, offset = self.size, self.size + len(self._ahead)
        body = self._ahead + records.answer + records.request
        try:
            left = memoryview(body)
            while left:
                left = left[os.write(self._handle, left) :]
            os.fsync(self._handle)
        except OSError:
            os.ftruncate(self._handle, self.size)
            raise
        self.size += len(body)
        self._ahead = b""
        return Capture(
            url=exchange.url,
            at=exchange.at,
            status=exchange.status,
            mime=records.mime,
            digest=records.digest,
            revisit=records.revisit,
            file=self.name,
            begins=begins,
            ends=self.size,
            offset=offset,
            length=len(records.answer),
            sha256=sha256(body).hexdigest(),
        )

    def close(self) -> None:
        os.close(self._handle)


# ------------------------------------------------------------------ records


class _Writer(WARCWriter):  # type: ignore[misc]  # warcio states no types
    """Writes into memory, and needs no files on the way, which warcio would leave open."""

    def __init__(self, out: io.BytesIO) -> None:
        super().__init__(out, gzip=True, warc_version="1.1")

    @staticmethod
    def _create_temp_file() -> io.BytesIO:
        return io.BytesIO()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Records:
    answer: bytes
    request: bytes
    digest: str
    mime: str
    revisit: bool


def _records(exchange: Exchange, known: Known) -> _Records:
    """An answer and its request, each a gzip member."""
    out = io.BytesIO()
    writer = _Writer(out)
    date = _date(exchange.at)
    parts = urlsplit(exchange.url)
    path = parts.path or "/"
    line = f"{exchange.method} {path}{'?' + parts.query if parts.query else ''} {exchange.version}"
    request = writer.create_warc_record(
        exchange.url,
        "request",
        http_headers=StatusAndHeaders(
            line, [("Host", parts.netloc), *exchange.sent], is_http_request=True
        ),
        warc_headers_dict={"WARC-Date": date},
    )
    head = StatusAndHeaders(
        f"{exchange.status} {exchange.reason}".strip(),
        [(name, value) for name, value in exchange.received if name.lower() != "transfer-encoding"],
        protocol=exchange.version,
    )
    answer = writer.create_warc_record(
        exchange.url,
        "response",
        payload=io.BytesIO(exchange.body),
        http_headers=head,
        warc_headers_dict={"WARC-Date": date},
    )
    writer.ensure_digest(answer, block=False, payload=True)
    digest = answer.rec_headers.get_header("WARC-Payload-Digest")
    earlier = known(exchange.url, digest)
    if earlier is not None:
        answer = writer.create_revisit_record(
            exchange.url,
            digest,
            exchange.url,
            _date(earlier),
            http_headers=head,
            warc_headers_dict={"WARC-Date": date},
        )
    identity = answer.rec_headers.get_header("WARC-Record-ID")
    request.rec_headers.add_header("WARC-Concurrent-To", identity)
    writer.write_record(answer)
    length = out.tell()
    writer.write_record(request)
    body = out.getvalue()
    return _Records(
        answer=body[:length],
        request=body[length:],
        digest=digest,
        mime=(head.get_header("Content-Type") or "").partition(";")[0].strip().lower(),
        revisit=earlier is not None,
    )


def _date(at: datetime) -> str:
    """As WARC 1.1 wants it (5.4); warcio's own function writes "+00:00Z" of an aware time."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def _warcinfo(name: str, version: str) -> bytes:
    out = io.BytesIO()
    writer = _Writer(out)
    told = {
        "software": f"syndicator/{version}",
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
    }
    writer.write_record(writer.create_warcinfo_record(name, told))
    return out.getvalue()


# ------------------------------------------------------------------ the index


def index(path: Path) -> None:
    """Write the index of a file that is whole and no longer written. Raises ArchiveError."""
    write_whole(index_name(path), index_of(path))


def index_name(path: Path) -> Path:
    return path.with_name(path.name.removesuffix(_END) + _INDEX)


def index_of(path: Path) -> bytes:
    """CDXJ: reversed host and path, time, and where the record is; sorted, a line each."""
    lines = []
    for record, offset, length in records_of(path):
        if record.rec_type in ("response", "revisit"):
            lines.append(_cdxj(record, path.name, offset, length))
    return "".join(sorted(lines)).encode()


def _cdxj(record: ArcWarcRecord, file: str, offset: int, length: int) -> str:
    url = record.rec_headers.get_header("WARC-Target-URI")
    date = record.rec_headers.get_header("WARC-Date")
    revisit = record.rec_type == "revisit"
    mime = (record.http_headers.get_header("Content-Type") or "").partition(";")[0].strip()
    told = {
        "url": url,
        "mime": "warc/revisit" if revisit else mime.lower() or "unk",
        "status": record.http_headers.get_statuscode(),
        "digest": record.rec_headers.get_header("WARC-Payload-Digest"),
        "length": str(length),
        "offset": str(offset),
        "filename": file,
    }
    stamp = re.sub(r"\D", "", date)[:14]
    return f"{surt(url)} {stamp} {json.dumps(told, ensure_ascii=False)}\n"


def records_of(path: Path) -> Iterator[tuple[ArcWarcRecord, int, int]]:
    """Each record, read through, with its place in the file and its length there.

    Raises:
        ArchiveError: the file is damaged.
    """
    with _opened(path) as records:
        for record in records:
            offset = records.get_record_offset()  # reads to its end
            yield record, offset, records.get_record_length()


def unread_records(path: Path) -> Iterator[ArcWarcRecord]:
    """Each record, its body still to be read before the next. Raises ArchiveError."""
    with _opened(path) as records:
        yield from records


@contextmanager
def _opened(path: Path) -> Iterator[ArchiveIterator]:
    with named(path), path.open("rb") as file:
        try:
            yield ArchiveIterator(file)
        except DAMAGED as error:
            said = str(error).encode("unicode_escape").decode()[:100]  # may hold any bytes
            raise ArchiveError(f"{path}: is damaged, or no WARC file: {said}") from error


# ------------------------------------------------------------------ looked through


def faults_of(folder: Path, kept: Iterable[Capture]) -> Iterator[tuple[str, str, Capture | None]]:
    """What is wrong: file, words, and the capture it is about.

    Args:
        kept: all captures there are, in the order of their files and places.
    """
    for name, some in groupby(kept, attrgetter("file")):
        path = folder / name
        if not path.is_file():
            yield name, "is missing", None
            continue
        with path.open("rb") as file:
            for capture in some:
                file.seek(capture.begins)
                if sha256(file.read(capture.ends - capture.begins)).hexdigest() != capture.sha256:
                    yield name, f"record at {capture.offset} is not what was kept", capture
    for path in sorted(folder.glob(f"*{_END}")):
        if index_name(path).exists():
            yield from _faults_of_index(path)


def _faults_of_index(path: Path) -> Iterator[tuple[str, str, Capture | None]]:
    try:
        if index_name(path).read_bytes() != index_of(path):
            yield (
                index_name(path).name,
                "does not fit its records; remove it and it is made anew",
                None,
            )
    except ArchiveError as error:
        yield path.name, f"cannot be read through: {error}", None


# ------------------------------------------------------------------ left behind


def sweep(folder: Path, *, ends: Callable[[str], int]) -> int:
    """Cut off and index what a crash left behind; how many files.

    Args:
        ends: up to where the store knows of captures in a file.
    """
    swept = 0
    for path in sorted(folder.glob(f"*{_END}")):
        if index_name(path).exists():
            continue
        with named(path):
            handle = os.open(path, os.O_RDWR)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.ftruncate(handle, min(ends(path.name), os.fstat(handle).st_size))
                os.fsync(handle)
                if os.fstat(handle).st_size:
                    index(path)
                else:
                    path.unlink()
            except BlockingIOError:
                continue  # it is being written
            finally:
                os.close(handle)
            swept += 1
    return swept
