"""A reader on loopback that subscribes: confirms what it is asked, and keeps what it is told."""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self, cast
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request of a hub."""

    method: str
    path: str
    query: Mapping[str, str]
    raw_query: str
    headers: Mapping[str, str]
    body: bytes
    at: float  # time.monotonic() when it was whole

    def signed_with(self, secret: str) -> bool:
        made = hmac.new(secret.encode(), self.body, hashlib.sha256).hexdigest()
        return self.headers.get("x-hub-signature") == f"sha256={made}"


Answer = tuple[int, Mapping[str, str], bytes]


def confirm(call: Call) -> Answer:
    """What a reader answers that meant it."""
    return 200, {}, call.query.get("hub.challenge", "").encode()


def take(_: Call) -> Answer:
    """What a reader answers to news."""
    return 204, {}, b""


def hang_up(_: Call) -> Answer:
    """No answer at all."""
    raise ConnectionError


class Reader:
    """Callbacks at any path; what they answer may be set by path, for GET and POST."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.calls: list[Call] = []
        self.on_get: dict[str, Callable[[Call], Answer]] = {}
        self.on_post: dict[str, Callable[[Call], Answer]] = {}
        self._server = _Server((host, 0), _Handler)
        self._server.reader = self
        self.host, self.port = host, int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def url(self, path: str = "/callback") -> str:
        return f"http://{self.host}:{self.port}{path}"

    def asked(self, path: str = "/callback") -> list[Call]:
        return [call for call in self.calls if call.method == "GET" and call.path == path]

    def told(self, path: str = "/callback") -> list[Call]:
        return [call for call in self.calls if call.method == "POST" and call.path == path]

    def answer(self, call: Call) -> Answer:
        if call.method == "GET":
            return self.on_get.get(call.path, confirm)(call)
        return self.on_post.get(call.path, take)(call)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    reader: Reader

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Hubs hang up on who is too slow."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        reader = cast(_Server, self.server).reader
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        parts = urlsplit(self.path)
        call = Call(
            method=self.command,
            path=parts.path,
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            raw_query=parts.query,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=body,
            at=time.monotonic(),
        )
        reader.calls.append(call)
        status, headers, said = reader.answer(call)
        self.send_response_only(status)
        own = {} if status == 204 else {"Content-Length": str(len(said))}
        for name, value in {**own, **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(said)

    do_POST = do_GET  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Tests look at `calls` instead."""
