"""Puts the press site on loopback: one small HTTP server per publisher, each on its own port."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from types import TracebackType
from typing import ClassVar

from syndicator.demo.houses import HOUSES
from syndicator.demo.pieces import LANGUAGES, PUBLISHERS, editions
from syndicator.demo.rendering import rfc822
from syndicator.demo.site import Page, PressSite, release_titles

HOST = "127.0.0.1"
PACKED = ("text/", "application/")  # what is worth compressing


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request that reached a publisher, and how it was answered."""

    publisher: str
    method: str
    target: str
    headers: Mapping[str, str]  # names in lower case
    status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A piece that has just come out."""

    publisher: str
    title: str
    at: datetime


def utc_now() -> datetime:
    """The present, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


class PressServer:
    """Six publishers on loopback until stopped; also a context manager.

    Args:
        released: how many of the later pieces are out from the start; None for all of them.
        ports: publisher -> port; those not named get a free one.
        now: what dates a release.
    """

    def __init__(
        self,
        *,
        released: int | None = 0,
        ports: Mapping[str, int] | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        titles = release_titles()
        self.requests: list[Asked] = []
        self._ports = ports or {}
        self._now = now
        self._releases = [now()] * (len(titles) if released is None else released)
        self._servers: dict[str, _Server] = {}
        self._lock = Lock()
        self._site: PressSite | None = None

    def start(self) -> PressServer:
        """Listen on all ports; each server has a thread of its own."""
        for publisher in PUBLISHERS:
            handler = type("Handler", (_Handler,), {"press": self, "publisher": publisher})
            server = _Server((HOST, self._ports.get(publisher, 0)), handler)
            self._servers[publisher] = server
        self._site = PressSite(self.bases, self._releases)
        for publisher, server in self._servers.items():
            name = f"press {publisher}"
            Thread(target=server.serve_forever, args=(0.05,), name=name, daemon=True).start()
        return self

    def stop(self) -> None:
        """Close all ports; the request log stays."""
        for server in self._servers.values():
            server.shutdown()
            server.server_close()
        self._servers.clear()

    def __enter__(self) -> PressServer:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def bases(self) -> dict[str, str]:
        """publisher -> origin, such as "http://127.0.0.1:9001"."""
        return {p: f"http://{HOST}:{s.server_address[1]}" for p, s in self._servers.items()}

    @property
    def urls(self) -> dict[str, str]:
        """publisher -> what one would subscribe to: the listing of an edition, or a feed.

        Of the blog it is the home page, which names its feed.
        """
        bases = self.bases
        listings = {p: f"{bases[p]}/{p}/{editions()[p].phrases['listing'][0]}" for p in LANGUAGES}
        feeds = {p: f"{bases[p]}{house.feed_path}" for p, house in HOUSES.items()}
        return {**listings, **feeds, "blog": f"{bases['blog']}/"}

    @property
    def site(self) -> PressSite:
        """What is being served at this moment."""
        assert self._site, "not started"
        return self._site

    def release_next(self) -> Release | None:
        """Let the next piece come out, dated now; None when all are out."""
        with self._lock:
            titles = release_titles()[len(self._releases) :]
            if not titles:
                return None
            at = self._now()
            self._releases.append(at)
            self._site = PressSite(self.bases, self._releases)
            publisher, title = titles[0]
            return Release(publisher=publisher, title=title, at=at)


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A reader that hangs up early is no news."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD from the site, with validators and gzip (RFC 9110, 9112)."""

    press: ClassVar[PressServer]
    publisher: ClassVar[str]
    protocol_version = "HTTP/1.1"
    server_version = "press"
    sys_version = ""

    def do_GET(self) -> None:
        page = self.press.site.page(self.publisher, self.path)
        if page is None:
            self._answer(404, {"Content-Type": "text/plain; charset=utf-8"}, b"Not found.\n")
            return
        body, headers = self._represent(page)
        if self._has(headers["ETag"], page.modified):
            self._answer(304, {k: v for k, v in headers.items() if k != "Content-Type"}, b"")
        else:
            self._answer(200, headers, body)

    do_HEAD = do_GET  # noqa: N815 - the names are http.server's

    def do_POST(self) -> None:
        self.close_connection = True  # the body is not read
        self._answer(405, {"Allow": "GET, HEAD"}, b"")

    do_PUT = do_DELETE = do_PATCH = do_OPTIONS = do_POST  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Silent; `PressServer.requests` is the log."""

    def _represent(self, page: Page) -> tuple[bytes, dict[str, str]]:
        """The body in the coding asked for, and its headers; each coding has its own ETag."""
        tag = sha256(page.body).hexdigest()[:20]
        headers = {
            "Content-Type": page.type,
            "Last-Modified": rfc822(page.modified),
            "Cache-Control": "no-cache",
            "Vary": "Accept-Encoding",
        }
        accepts = self.headers.get("Accept-Encoding", "")
        if "gzip" not in accepts or not page.type.startswith(PACKED):
            return page.body, {**headers, "ETag": f'"{tag}"'}
        packed = gzip.compress(page.body, compresslevel=6, mtime=0)
        return packed, {**headers, "ETag": f'"{tag}-gzip"', "Content-Encoding": "gzip"}

    def _has(self, etag: str, modified: datetime) -> bool:
        """Does the client hold this very representation? RFC 9110 section 13.2.2."""
        if stated := self.headers.get("If-None-Match"):
            held = [tag.strip().removeprefix("W/") for tag in stated.split(",")]
            return etag in held or "*" in held
        since = self.headers.get("If-Modified-Since", "")
        try:
            return modified.replace(microsecond=0) <= parsedate_to_datetime(since)
        except (TypeError, ValueError):  # absent, or no date with a zone
            return False

    def _answer(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.press.requests.append(
            Asked(
                publisher=self.publisher,
                method=self.command,
                target=self.path,
                headers={name.lower(): value for name, value in self.headers.items()},
                status=status,
            )
        )
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
