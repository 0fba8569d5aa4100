"""One request and its whole answer: the part of a fetch that knows no manners, only limits."""

from __future__ import annotations

import contextlib
import http.client
import io
import re
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

import requests
import urllib3

from syndicator.errors import FetchError
from syndicator.model import Capture, Validators
from syndicator.net.coding import decode
from syndicator.net.errand import CONNECT_S, Errand
from syndicator.net.rules import FetchRules
from syndicator.net.transport import on_behalf_of
from syndicator.net.wording import hung_up, read_headers, reason_of, validators_of

_IDLE_S = 10.0  # R5: between two reads
_MAX_HEADERS = 100
_MAX_HEAD_BYTES = 64 * 1024
_PIECE = 64 * 1024
_REDIRECTS = (301, 302, 303, 307, 308)
_FAILURES = (
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    http.client.HTTPException,
    OSError,
    ValueError,
)


@dataclass(slots=True, kw_only=True)
class Reply:
    """What came back, filled in while it comes, so that a failed exchange can be told as well."""

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    received: Validators = Validators()
    body: bytes = b""
    wire: bytes | None = None  # the body as received, where it was to be kept
    wire_bytes: int = 0
    version: str = ""
    reason: str = ""
    raw_headers: tuple[tuple[str, str], ...] = ()
    capture: Capture | None = None

    @property
    def location(self) -> str:
        """Where a redirect points; "" when the answer is none."""
        return self.headers.get("location", "") if self.status in _REDIRECTS else ""


def exchange(
    session: requests.Session,
    request: requests.PreparedRequest,
    errand: Errand,
    reply: Reply,
    *,
    rules: FetchRules,
    proxy: str,
    reads: Container[int] = (200,),
    keeps: Callable[[str], bool] = lambda _: False,
) -> None:
    """Send `request` and fill in `reply`; a body is only read whole.

    Args:
        reads: statuses of answers whose body is read.
        keeps: whether a body of this Content-Type is to be kept as it was received, too.

    Raises:
        FetchError: no whole answer came within the limits. RefusedError: its address is private.
        Stopped: the errand was called off.
    """
    try:
        with on_behalf_of(errand):
            _send(
                session, request, errand, reply, rules=rules, proxy=proxy, reads=reads, keeps=keeps
            )
        errand.check()
    except FetchError:
        errand.check()  # a socket we shut ourselves looks like an answer that ends too soon
        raise
    except _FAILURES as error:
        errand.check()
        raise FetchError(reason_of(error), status=reply.status) from error
    finally:
        reply.wire_bytes = errand.wire_bytes


def _send(
    session: requests.Session,
    request: requests.PreparedRequest,
    errand: Errand,
    reply: Reply,
    *,
    rules: FetchRules,
    proxy: str,
    reads: Container[int],
    keeps: Callable[[str], bool],
) -> None:
    response = _begun(session, request, errand, proxy)
    with contextlib.closing(response):
        _take_head(response, reply)
        if reply.status in reads:
            errand.make_room(rules.max_bytes)
            wire = io.BytesIO() if keeps(reply.headers.get("content-type", "")) else None
            reply.body = _read_body(response.raw, reply.headers, rules, wire)
            reply.wire = wire.getvalue() if wire else None
        elif reply.status == 304:
            response.raw.read(1, decode_content=False)  # nothing, but it frees the connection


def _begun(
    session: requests.Session, request: requests.PreparedRequest, errand: Errand, proxy: str
) -> requests.Response:
    """The answer's head; asked for anew when a kept connection turns out to have been closed.

    Source: RFC 9112 section 9.3.1, for a GET that got not a byte of an answer.
    """
    send = partial(
        session.send,
        request,
        stream=True,
        timeout=(CONNECT_S, _IDLE_S),
        allow_redirects=False,
        proxies={"http": proxy, "https": proxy} if proxy else {},
    )
    try:
        return send()
    except requests.ConnectionError as error:
        if not (errand.may_go_again() and hung_up(error)):
            raise
    return send()


def _take_head(response: requests.Response, reply: Reply) -> None:
    raw = response.raw.headers
    reply.status = response.status_code
    size = sum(len(name) + len(value) + 4 for name, value in raw.iteritems())
    if len(list(raw.iteritems())) > _MAX_HEADERS or size > _MAX_HEAD_BYTES:
        raise FetchError("too many or too long headers", status=reply.status)
    reply.headers = read_headers(raw)
    reply.received = validators_of(reply.headers)
    reply.version = f"HTTP/{(response.raw.version or 11) / 10}"
    reply.reason = response.reason or ""
    reply.raw_headers = tuple(raw.iteritems())


def _read_body(
    raw: urllib3.HTTPResponse,
    headers: Mapping[str, str],
    rules: FetchRules,
    wire: io.BytesIO | None,
) -> bytes:
    _refuse_odd_framing(headers, rules.max_bytes)
    pieces = _pieces(raw) if wire is None else _noted(_pieces(raw), wire)
    return decode(pieces, headers.get("content-encoding", ""), limit=rules.max_decoded_bytes)


def _noted(pieces: Iterator[bytes], wire: io.BytesIO) -> Iterator[bytes]:
    for piece in pieces:
        wire.write(piece)
        yield piece


def _refuse_odd_framing(headers: Mapping[str, str], max_bytes: int) -> None:
    """An answer whose end is not certain could be half of one, or of another (R6)."""
    if headers.get("transfer-encoding", "chunked").lower() != "chunked":
        raise FetchError("an unknown transfer coding", status=200)
    length = headers.get("content-length", "0").partition(",")[0].strip()
    if not re.fullmatch(r"[0-9]{1,18}", length):
        raise FetchError("Content-Length is not a number", status=200)
    if int(length) > max_bytes and "transfer-encoding" not in headers:
        raise FetchError(f"the answer says it is {int(length)} bytes long", status=200)


def _pieces(raw: urllib3.HTTPResponse) -> Iterator[bytes]:
    # Not raw.stream(): its reader of chunks takes a line of any length.
    while piece := raw.read(_PIECE, decode_content=False):
        yield piece
