"""A hub of our own on loopback, which asks back and delivers when told."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import ssl
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self, cast
from urllib.parse import parse_qsl, urlencode, urlsplit


@dataclass(frozen=True, slots=True)
class Got:
    """An answer, read to its end."""

    status: int
    body: bytes
    headers: http.client.HTTPMessage


@dataclass(frozen=True, slots=True)
class Wish:
    """What a subscriber asked of the hub."""

    path: str
    method: str
    headers: Mapping[str, str]
    form: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.form[f"hub.{name}"]

    @property
    def path_here(self) -> str:
        """Of its callback at the server itself, which knows nothing of what stands before it."""
        return f"/websub/{urlsplit(self['callback']).path.rpartition('/')[2]}"


class Hub:
    """Takes wishes with 202; `answer` may do otherwise.

    Args:
        subscriber: where callbacks are really served, whatever address they name.
    """

    def __init__(
        self, subscriber: tuple[str, int] = ("127.0.0.1", 0), *, tls: ssl.SSLContext | None = None
    ) -> None:
        self.wishes: list[Wish] = []
        self.answer: Callable[[Wish], tuple[int, Mapping[str, str]]] = lambda _: (202, {})
        self.subscriber = subscriber
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.hub = self
        self.port = int(self._server.server_address[1])
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.url = f"https://hub.example:{self.port}/" if tls else f"http://127.0.0.1:{self.port}/"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    # ------------------------------------------------------------------ calling back

    def verify(self, wish: Wish, **other: str) -> Got:
        """Ask whether it was meant; `other` replaces what the wish says."""
        said = {
            "hub.mode": wish["mode"],
            "hub.topic": wish["topic"],
            "hub.challenge": "chal/lenge+1",
            "hub.lease_seconds": wish.form.get("hub.lease_seconds", ""),
        } | {f"hub.{name}": value for name, value in other.items()}
        return self.ask(f"{wish.path_here}?{urlencode(said)}")

    def deliver(
        self,
        wish: Wish,
        body: bytes = b"<feed/>",
        *,
        method: str = "sha256",
        signature: str | None = None,
    ) -> Got:
        """Push a body, signed with the secret of the wish if it has one."""
        headers = {"Content-Type": "application/atom+xml"}
        secret = wish.form.get("hub.secret", "")
        if signature is None and secret:
            signature = sign(secret, body, method)
        if signature:
            headers["X-Hub-Signature"] = signature
        return self.ask(wish.path_here, "POST", body, headers)

    def ask(
        self,
        target: str,
        method: str = "GET",
        body: bytes | Iterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Got:
        """One request to the subscriber."""
        connection = http.client.HTTPConnection(*self.subscriber, timeout=10)
        try:
            connection.request(method, target, body, dict(headers or {}))
            answer = connection.getresponse()
            return Got(answer.status, answer.read(), answer.headers)
        finally:
            connection.close()


def sign(secret: str, body: bytes, method: str = "sha256") -> str:
    """The value of X-Hub-Signature."""
    return f"{method}={hmac.new(secret.encode(), body, getattr(hashlib, method)).hexdigest()}"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    hub: Hub

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Subscribers of these tests hang up on purpose."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        hub = cast(_Server, self.server).hub
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        wish = Wish(
            path=self.path,
            method=self.command,
            headers={name.lower(): value for name, value in self.headers.items()},
            form=dict(parse_qsl(body.decode(), keep_blank_values=True)),
        )
        hub.wishes.append(wish)
        status, headers = hub.answer(wish)
        self.send_response_only(status)
        for name, value in {"Content-Length": "0", **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    do_GET = do_POST  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Tests look at `wishes` instead."""
