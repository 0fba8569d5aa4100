"""What an answer's head says to us, and one clear line for each way a request can fail."""

from __future__ import annotations

import http.client
import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import urljoin

from requests.utils import parse_header_links
from urllib3 import HTTPHeaderDict
from urllib3.exceptions import InvalidHeader

from syndicator.model import Link, Validators
from syndicator.text.urls import strict

LONGEST_WAIT = timedelta(days=7)  # R7, C10: what a server may ask for
_VALIDATOR_BYTES = 1024  # R9
# Said twice, the first counts; of other headers all do, joined as RFC 9110 section 5.3 has it.
_ONCE = {
    "age", "content-location", "content-type", "date", "etag", "expires", "last-modified",
    "location", "retry-after",
}  # fmt: skip


def read_headers(raw: HTTPHeaderDict) -> dict[str, str]:
    """Header names in lower case and their values, still as the server wrote them."""
    return {
        name.lower(): (raw.getlist(name)[0] if name.lower() in _ONCE else raw[name]).strip()
        for name in raw
    }


def validators_of(headers: Mapping[str, str]) -> Validators:
    """ETag and Last-Modified exactly as received; what could not be sent back is dropped (R9)."""
    return Validators(
        etag=_usable(headers.get("etag", "")),
        last_modified=_usable(headers.get("last-modified", "")),
    )


def _usable(value: str) -> str:
    fits = len(value) <= _VALIDATOR_BYTES and value.isascii() and value.isprintable()
    return value if fits else ""


def links_of(headers: Mapping[str, str], *, base: str) -> tuple[Link, ...]:
    """The Link headers (RFC 8288) in their order, one for each relation; bad addresses left out."""
    found: list[Link] = []
    for each in parse_header_links(headers.get("link", "")):
        try:
            url = urljoin(base, each["url"])
            strict(url)
        except ValueError:
            continue
        found += [Link(url=url, rel=rel) for rel in each.get("rel", "").lower().split()]
    return tuple(found)


def wished_wait(headers: Mapping[str, str], *, now: datetime) -> datetime | None:
    """Until when Retry-After asks for quiet, 7 days at most; None when it says nothing usable.

    A date counts from the answer's own Date, so that a wrong clock over there does no harm (C10).
    """
    asked = headers.get("retry-after", "")
    wait = _seconds(asked) or _until(asked, _date(headers.get("date", "")) or now)
    return now + min(wait, LONGEST_WAIT) if wait else None


def _seconds(text: str) -> timedelta | None:
    if not re.fullmatch(r"[0-9]{1,300}", text):
        return None
    return timedelta(seconds=min(int(text), 10**9))


def _until(text: str, start: datetime) -> timedelta | None:
    end = _date(text)
    return end - start if end and end > start else None


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def status_line(status: int) -> str:
    """A status with its usual name; what the server calls it is not repeated."""
    try:
        return f"HTTP {status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"HTTP {status}"


def reason_of(error: BaseException) -> str:
    """One line about a failed exchange, without words of the other side (R41, R42)."""
    for cause in _causes(error):
        if known := _known(cause):
            return known
    return "the exchange failed"


def hung_up(error: BaseException) -> bool:
    """Whether the other side had closed the connection."""
    return any(isinstance(one, ConnectionResetError | BrokenPipeError) for one in _causes(error))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The innermost first: what libraries wrap around it says less."""
    chain = []
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__cause__ or error.__context__
    return reversed(chain)


def _known(error: BaseException) -> str:
    match error:
        case socket.gaierror():
            return "the host name does not resolve"
        case ssl.SSLCertVerificationError():
            return f"TLS: {error.verify_message}"
        case ssl.SSLError():
            return f"TLS: {(error.reason or 'failed').replace('_', ' ').lower()}"
        case TimeoutError():
            return "no answer in time"
        case ConnectionRefusedError():
            return "connection refused"
        case http.client.RemoteDisconnected():
            return "the server hung up without an answer"
        case ConnectionResetError() | BrokenPipeError():
            return "the connection was reset"
        case http.client.IncompleteRead():
            return "the answer is cut short"
        case http.client.LineTooLong():
            return "a header line is too long"
        case http.client.BadStatusLine() | http.client.UnknownProtocol():
            return "the answer is not HTTP"
        case InvalidHeader():
            return "contradictory headers"
        case http.client.HTTPException() if "headers" in str(error):
            return "more than 100 header lines"
        case OSError() if error.strerror and type(error).__module__ == "builtins":
            return error.strerror.lower()
    return ""
