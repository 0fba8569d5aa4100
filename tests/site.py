"""Origins on loopback: a press site that remembers who asked, and sockets that misbehave."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self, cast


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as it reached the site; `asked["etag"]` is short for its headers."""

    method: str
    path: str  # with its query
    headers: Mapping[str, str]  # names in lower case
    header_list: tuple[tuple[str, str], ...]  # as sent, in order
    at: float  # time.monotonic() at arrival
    open_at_once: int  # requests being answered by this site just then, this one included

    def __getitem__(self, name: str) -> str:
        return self.headers[name.lower()]

    def __contains__(self, name: str) -> bool:
        return name.lower() in self.headers


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a page answers.

    Args:
        conditional: answer 304 when the request's validators match our ETag or Last-Modified.
        chunks: sent with chunked transfer coding in place of `body`.
        length: Content-Length to claim, where it is to be a lie.
        raw: takes over the socket after the request was read; nothing else is sent.
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    conditional: bool = False
    chunks: Iterable[bytes] | None = None
    length: int | None = None
    raw: Callable[[socket.socket], None] | None = None


Page = Reply | Callable[[Asked], Reply]


class Site:
    """A web site on loopback; pages may be changed while it runs, 404 is the rest.

    A page is looked up by path and query, then by path alone.
    """

    def __init__(self, host: str = "127.0.0.1", *, tls: ssl.SSLContext | None = None) -> None:
        self.pages: dict[str, Page] = {}
        self.asked: list[Asked] = []
        self.connections = 0
        self.peak_open = 0
        self._open = 0
        self._lock = threading.Lock()
        self._server = _Server((host, 0), self, tls)
        self.host, self.port = host, int(self._server.server_address[1])
        self._scheme = "https" if tls else "http"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True, name="site"
        )
        self._thread.start()

    @property
    def base(self) -> str:
        """Its address without a trailing slash."""
        return f"{self._scheme}://{self.host}:{self.port}"

    def url(self, path: str = "/") -> str:
        """The absolute URL of one of its paths."""
        return self.base + path

    def times_asked(self, path: str) -> int:
        """How often this path was requested."""
        return sum(1 for asked in self.asked if asked.path == path)

    def forget(self) -> None:
        """Start counting anew."""
        with self._lock:
            self.asked.clear()
            self.connections = self.peak_open = 0

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def page(self, asked: Asked) -> Reply:
        """The answer to one request."""
        found = self.pages.get(asked.path) or self.pages.get(asked.path.partition("?")[0])
        if found is None:
            return Reply(status=404, body=b"nothing here")
        return found if isinstance(found, Reply) else found(asked)

    def note_connection(self) -> None:
        with self._lock:
            self.connections += 1

    @contextlib.contextmanager
    def answering(self, method: str, path: str, headers: list[tuple[str, str]]) -> Iterator[Asked]:
        """Record a request for as long as it is being answered."""
        with self._lock:
            self._open += 1
            self.peak_open = max(self.peak_open, self._open)
            asked = Asked(
                method=method,
                path=path,
                headers={name.lower(): value for name, value in headers},
                header_list=tuple(headers),
                at=time.monotonic(),
                open_at_once=self._open,
            )
            self.asked.append(asked)
        try:
            yield asked
        finally:
            with self._lock:
                self._open -= 1


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], site: Site, tls: ssl.SSLContext | None) -> None:
        self.site = site
        self.tls = tls
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        # The library looks its own name up here, which may ask a name server; no test needs it.
        socket.socket.bind(self.socket, self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "site", int(self.server_address[1])

    def finish_request(self, request: Any, client_address: Any) -> None:
        if self.tls is None:
            super().finish_request(request, client_address)
        else:
            with self.tls.wrap_socket(request, server_side=True) as secured:
                super().finish_request(secured, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients of these tests hang up on purpose."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        cast(_Server, self.server).site.note_connection()

    def do_GET(self) -> None:
        site = cast(_Server, self.server).site
        if length := int(self.headers.get("content-length") or 0):
            self.rfile.read(length)
        with site.answering(self.command, self.path, list(self.headers.items())) as asked:
            self._send(site.page(asked), asked)

    do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_GET  # noqa: N815

    def _send(self, reply: Reply, asked: Asked) -> None:
        time.sleep(reply.delay_s)
        if reply.raw is not None:
            self.close_connection = True
            reply.raw(self.connection)
        elif reply.conditional and _matches(reply, asked):
            self._send_head(304, reply.headers, {})
        elif reply.chunks is not None:
            self._send_head(reply.status, reply.headers, {"Transfer-Encoding": "chunked"})
            self._send_chunks(reply.chunks)
        else:
            self._send_body(reply)

    def _send_head(self, status: int, given: Mapping[str, str], own: Mapping[str, str]) -> None:
        names = {name.lower() for name in given}
        self.send_response_only(status)
        if "date" not in names:
            self.send_header("Date", self.date_time_string())
        for name, value in [*given.items(), *own.items()]:
            if value:
                self.send_header(name, value)
        self.end_headers()

    def _send_chunks(self, chunks: Iterable[bytes]) -> None:
        for chunk in chunks:
            self.wfile.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
        self.wfile.write(b"0\r\n\r\n")

    def _send_body(self, reply: Reply) -> None:
        own = {}
        if reply.status not in (204, 304):
            own["Content-Length"] = str(len(reply.body) if reply.length is None else reply.length)
        self._send_head(reply.status, reply.headers, own)
        if self.command != "HEAD" and reply.status not in (204, 304):
            self.wfile.write(reply.body)
        if reply.length is not None:
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Tests look at `site.asked` instead."""


def _matches(reply: Reply, asked: Asked) -> bool:
    ours = {name.lower(): value for name, value in reply.headers.items()}
    if "if-none-match" in asked:
        return asked["if-none-match"] == ours.get("etag", "")
    since, changed = asked.headers.get("if-modified-since"), ours.get("last-modified")
    if not since or not changed:
        return False
    try:
        return parsedate_to_datetime(changed) <= parsedate_to_datetime(since)
    except ValueError:
        return since == changed


class RawServer:
    """A listening socket whose every connection is handed to `behave`, in a thread of its own.

    With `behave=None` it is a canary: it only counts who connects.
    """

    def __init__(
        self, behave: Callable[[socket.socket], None] | None = None, host: str = "127.0.0.1"
    ) -> None:
        self.connections = 0
        self._behave = behave
        self._listener = socket.create_server((host, 0))
        self.host, self.port = host, int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True, name="raw-server").start()

    def url(self, path: str = "/") -> str:
        return f"http://{self.host}:{self.port}{path}"

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            if self._behave is not None:
                read_request(connection)
                self._behave(connection)


def read_request(connection: socket.socket) -> bytes:
    """The head of one request; b"" when the client hung up first."""
    head = b""
    while b"\r\n\r\n" not in head:
        data = connection.recv(65536)
        if not data:
            return b""
        head += data
    return head


def saying(*parts: bytes, pause_s: float = 0.0) -> Callable[[socket.socket], None]:
    """A behaviour that sends these parts, pausing before each, and hangs up."""

    def behave(connection: socket.socket) -> None:
        for part in parts:
            time.sleep(pause_s)
            connection.sendall(part)

    return behave


def repeating(
    part: bytes, *, first: bytes = b"", pause_s: float = 0.0, for_s: float = 20.0
) -> Callable[[socket.socket], None]:
    """A behaviour that sends `first`, then `part` over and over until the client leaves."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(first)
        end = time.monotonic() + for_s
        while time.monotonic() < end:
            connection.sendall(part)
            time.sleep(pause_s)

    return behave


def resetting(first: bytes) -> Callable[[socket.socket], None]:
    """A behaviour that sends `first` and then resets the connection (RST)."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(first)
        time.sleep(0.01)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return behave
