"""Sockets, deadlines and the thread: how the web application meets its readers.

uvicorn bounds the size of a request's head and idle kept-alive connections, not a head that comes a
byte a minute, nor a reader that never takes its answer (R21). The protocol here adds both, and when
all places are taken it shows out the one who has waited longest without asking anything.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import resource
import signal
import socket
from collections.abc import Callable, Generator
from threading import Event, Thread
from types import TracebackType
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from syndicator.errors import LockedError, SyndicatorError, UsageError

HEAD_S = 10.0  # for a whole request head to arrive
EXCHANGE_S = 120.0  # from the head to the last byte of the answer
KEEP_ALIVE_S = 15
HEAD_BYTES = 16 * 1024
MOST_CONNECTIONS = 1000
STOP_S = 3


class _Protocol(H11Protocol):
    """One connection, with a deadline for whatever it is doing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._deadline: asyncio.TimerHandle | None = None
        self._answering = False
        self._since = self.loop.time()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._watch(HEAD_S)
        _make_room(self.connections, most=_most_connections())

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch_again()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._busy:
            self._watch_again()  # the next request was already here
        elif not self._untaken:
            self._unwatch()  # from here on uvicorn's keep-alive time runs

    def connection_lost(self, exc: Exception | None) -> None:
        self._unwatch()
        super().connection_lost(exc)

    @property
    def _busy(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    @property
    def _untaken(self) -> bool:
        """An answer is complete to uvicorn once it is buffered, whoever takes it from there."""
        return self.transport.get_write_buffer_size() > 0

    @property
    def idle_since(self) -> float:
        """When it began to wait for a request; infinity while we owe it an answer."""
        return float("inf") if self._busy else self._since

    def _watch_again(self) -> None:
        """Set the deadline anew when the connection turns from asking to being answered or back."""
        if self._deadline is None or self._busy != self._answering:
            self._watch(EXCHANGE_S if self._busy else HEAD_S)

    def _watch(self, seconds: float) -> None:
        self._unwatch()
        self._answering = self._busy
        self._since = self.loop.time()
        if not self.transport.is_closing():
            self._deadline = self.loop.call_later(seconds, self._expire)

    def _expire(self) -> None:
        if self._busy or self._untaken or not self._answering:
            self.transport.abort()

    def _unwatch(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def _make_room(connections: set[Any], *, most: int) -> None:
    if len(connections) > most:
        longest: _Protocol = min(connections, key=lambda protocol: protocol.idle_since)
        connections.discard(longest)
        longest.transport.abort()


def _most_connections() -> int:
    """At most half of the files we may open: the store and the sources need the rest."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_CONNECTIONS if soft < 0 else min(MOST_CONNECTIONS, max(16, soft // 2))


class _Uvicorn(uvicorn.Server):
    """Leaves the process's signals to the one who started it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


class Server:
    """A web application on an address, in a thread of its own.

    The address is taken when the object is made, so that a taken port is known at once.

    Raises:
        LockedError: somebody else listens there. UsageError: the address cannot be used.
    """

    def __init__(self, app: Any, *, host: str, port: int) -> None:
        self._socket = _listen(host, port)
        self.host, self.port = host, self._socket.getsockname()[1]
        self._uvicorn = _Uvicorn(_config(app))
        self._thread = Thread(target=self._run, name=f"web-{self.port}", daemon=True)

    @classmethod
    def at(cls, app: Any, endpoint: str) -> Server:
        """The same for "host:port" in one text, as [serve] metrics has it."""
        host, _, port = endpoint.rpartition(":")
        return cls(app, host=host.strip("[]"), port=int(port))

    @property
    def address(self) -> str:
        """http://host:port, with the port that was really taken (0 asks for any)."""
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def start(self, *, wait_s: float = 10.0) -> None:
        """Serve from now on; returns when the first request can be answered."""
        self._thread.start()
        step, waited = 0.01, 0.0
        while not self._uvicorn.started:
            self._thread.join(step)
            waited += step
            if not self._thread.is_alive() or waited > wait_s:
                raise SyndicatorError(f"the web server on {self.address} does not start")

    def stop(self, *, wait_s: float = STOP_S + 2) -> None:
        """Take no new requests, finish those at hand for a few seconds, let the address go."""
        self._uvicorn.should_exit = True
        if self._thread.is_alive():
            self._thread.join(wait_s)
        self._socket.close()

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _run(self) -> None:
        self._uvicorn.run(sockets=[self._socket])


def serve(app: Any, *, host: str, port: int, ready: Callable[[str], None] = lambda _: None) -> None:
    """Serve until SIGTERM or SIGINT; call it from the main thread.

    Args:
        ready: told the address once it answers.
    """
    with Server(app, host=host, port=port) as server, _stop_signals() as stop:
        ready(server.address)
        while server.alive and not stop.wait(1.0):
            pass


@contextlib.contextmanager
def _stop_signals() -> Generator[Event, None, None]:
    stop = Event()
    stopping = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in stopping}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _config(app: Any) -> uvicorn.Config:
    most = _most_connections()
    return uvicorn.Config(
        app,
        http=_Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",  # a malformed request is a reader's mistake, not ours
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        limit_concurrency=most + 64,  # the second fence; the protocol keeps to `most` itself
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=STOP_S,
        h11_max_incomplete_event_size=HEAD_BYTES,
    )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        place = f"{host}:{port} ([serve] host, port)"
        if error.errno == errno.EADDRINUSE:
            raise LockedError(f"{place} is taken: another program listens there") from error
        raise UsageError(f"cannot listen on {place}: {error.strerror or error}") from error
