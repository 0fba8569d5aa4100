"""Raw requests and answers, and where they are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request as it was sent, secrets left out, and the whole answer as it came.

    `body` is as received, in its content coding; a transfer coding has been undone.
    """

    url: str
    at: datetime
    method: str
    sent: tuple[tuple[str, str], ...]
    version: str  # "HTTP/1.1"
    status: int
    reason: str
    received: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """Where an exchange is kept: records of a WARC file that follow each other.

    `begins` and `ends` are of all of them, in bytes of the file; `offset` and `length` of the
    record of the answer. `sha256` is of the bytes from `begins` to `ends`.
    """

    url: str
    at: datetime
    status: int
    mime: str
    digest: str  # of the body, as WARC-Payload-Digest has it
    revisit: bool  # the body is that of an earlier capture
    file: str
    begins: int
    ends: int
    offset: int
    length: int
    sha256: str
