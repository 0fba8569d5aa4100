"""The limits of one request: how long it may take, how much it may bring, where it may go.

The time limits of HTTP libraries are per read, so a server that sends a byte now and then holds
them for ever. Here an errand has an end, and one thread shuts the sockets of those past theirs.
"""

from __future__ import annotations

import contextlib
import os
import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from syndicator.addresses import Allow, allowed, read_address
from syndicator.errors import FetchError, RefusedError, Stopped
from syndicator.turn import waiting

CONNECT_S = 10.0  # C18
HEAD_BYTES = 64 * 1024 + 8192  # R5; the second part is what a buffer reads ahead
_MAX_TRIES = 4  # addresses of one name

SocketAddress = tuple[Any, ...]
Found = tuple[int, int, int, str, SocketAddress]
Resolver = Callable[[str, int], Sequence[Found]]


def ask_the_system(host: str, port: int) -> Sequence[Found]:
    """All stream addresses of a host, by the machine's own resolver."""
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)


class Errand:
    """One request in the making. Used by one thread; `end` may come from any other.

    Args:
        seconds: until it is over, whatever happens.
        resolve: name and port to addresses; called once per connection.
    """

    def __init__(self, *, allow: Allow, seconds: float, resolve: Resolver = ask_the_system) -> None:
        self.ends_at = time.monotonic() + seconds
        self.wire_bytes = 0
        self.on_kept_connection = False  # one that an earlier errand opened
        self._allow = allow
        self._resolve = resolve
        self._room = HEAD_BYTES
        self._in_head = True
        self._too_much = f"a head of more than {HEAD_BYTES} bytes"
        self._ended = ""
        self._lock = threading.Lock()
        self._handles: list[socket.socket] = []
        self._found: queue.SimpleQueue[Sequence[Found] | OSError | None] = queue.SimpleQueue()

    # -- time

    def seconds_left(self) -> float:
        return self.ends_at - time.monotonic()

    def end(self, why: str) -> None:
        """Shut its sockets; `why` is "late" or "stopped". The errand's own thread then raises."""
        with self._lock:
            self._ended = self._ended or why
            for handle in self._handles:
                with contextlib.suppress(OSError):
                    handle.shutdown(socket.SHUT_RDWR)
        self._found.put(None)

    def check(self) -> None:
        """Raise if it is over: a shut socket looks like a clean end of the answer."""
        if self._ended == "stopped":
            raise Stopped("shutting down")
        if self._ended or self.seconds_left() <= 0:
            raise FetchError("no whole answer within the time limit")

    def may_go_again(self) -> bool:
        """Whether nothing but a kept connection, closed over there meanwhile, can have failed."""
        return self.on_kept_connection and not self.wire_bytes and not self._ended

    def follow(self, connection: socket.socket) -> None:
        """Be able to shut this connection later, through a handle that TLS does not take over."""
        handle = socket.socket(fileno=os.dup(connection.fileno()))
        with self._lock:
            self._handles.append(handle)
        self.check()

    def close(self) -> None:
        with self._lock:
            while self._handles:
                self._handles.pop().close()

    # -- size

    def count(self, received: int) -> None:
        """Note bytes from the wire, of whatever meaning; none is the end of the stream.

        Raises:
            FetchError: more than there is room for, or an end within the head.
        """
        self.wire_bytes += received
        if not received and self.wire_bytes and self._in_head:
            self.check()
            raise FetchError("the answer is cut short")
        if self.wire_bytes > self._room:
            raise FetchError(self._too_much)

    def make_room(self, size: int) -> None:
        """The head is over: from now on this many bytes more may come."""
        self._in_head = False
        self._room = self.wire_bytes + size
        self._too_much = f"more than {size} bytes received"

    # -- address

    def connect(self, host: str, port: int, *, trusted: bool = False) -> socket.socket:
        """A connection to exactly the address that was checked (R2, C19).

        Args:
            trusted: the operator named this host (a proxy), so its address is not judged.

        Raises:
            RefusedError: any of its addresses is out of bounds.
            OSError: it does not resolve or does not answer.
        """
        found = self.addresses(host, port)
        if not trusted:
            self._refuse_out_of_bounds(host, found)
        return self._first_that_answers(found[:_MAX_TRIES])

    def addresses(self, host: str, port: int) -> Sequence[Found]:
        """What the name resolves to, asked in a thread: a resolver cannot be interrupted."""
        if read_address(host) is not None:
            return ask_the_system(host.strip("[]"), port)
        threading.Thread(target=self._look_up, args=(host, port), daemon=True).start()
        try:
            with waiting():
                found = self._found.get(timeout=max(0.0, self.seconds_left()))
        except queue.Empty:
            found = TimeoutError("the name server does not answer")
        self.check()
        if isinstance(found, OSError):
            raise found
        return found or ()

    def may_talk_to(self, connection: socket.socket) -> bool:
        """Whether a connection that another errand opened is within bounds for this one too."""
        try:
            address = read_address(str(connection.getpeername()[0]))
        except OSError:
            return False
        return address is not None and allowed(address, self._allow)

    def _look_up(self, host: str, port: int) -> None:
        try:
            self._found.put(self._resolve(host, port))
        except OSError as error:
            self._found.put(error)
        except UnicodeError:
            self._found.put(socket.gaierror("not a host name"))

    def _refuse_out_of_bounds(self, host: str, found: Sequence[Found]) -> None:
        for *_, where in found:
            address = read_address(str(where[0]))
            if address is None or not allowed(address, self._allow):
                raise RefusedError(
                    f"{host} is at {address}, which is not a public address "
                    "(allow_private permits it)"
                )

    def _first_that_answers(self, found: Sequence[Found]) -> socket.socket:
        ends_at = min(self.ends_at, time.monotonic() + CONNECT_S)
        failure = OSError("the name has no address")
        for tries, one in zip(range(len(found), 0, -1), found, strict=True):
            try:
                return self._open(one, (ends_at - time.monotonic()) / tries)
            except OSError as error:
                self.check()
                failure = error
        raise failure

    def _open(self, one: Found, seconds: float) -> socket.socket:
        family, kind, protocol, _, where = one
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(max(seconds, 0.05))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.follow(connection)
            with waiting():
                connection.connect(where)
        except BaseException:
            connection.close()
            raise
        return connection


class Watch:
    """Ends errands that are late, and all of them when we stop; one thread for any number."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._errands: set[Errand] = set()
        self._wakes_at: float | None = None  # when the thread looks next, whatever happens
        self._stopped = False
        self._thread: threading.Thread | None = None

    @contextlib.contextmanager
    def over(self, errand: Errand) -> Iterator[Errand]:
        """Watch over an errand; its sockets' handles are closed at the end."""
        self._add(errand)
        try:
            yield errand
        finally:
            with self._changed:
                self._errands.discard(errand)
            errand.close()

    @property
    def stopped(self) -> bool:
        return self._stopped

    def stop(self) -> None:
        """End every errand now and refuse new ones."""
        with self._changed:
            self._stopped = True
            running = list(self._errands)
            self._changed.notify()
        for errand in running:
            errand.end("stopped")

    def _add(self, errand: Errand) -> None:
        with self._changed:
            if self._stopped:
                raise Stopped("shutting down")
            self._errands.add(errand)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True, name="net-watch")
                self._thread.start()
            # Most end long before that, and new ones end later: to wake it for each would be dear.
            if self._wakes_at is None or errand.ends_at < self._wakes_at:
                self._wakes_at = errand.ends_at
                self._changed.notify()

    def _run(self) -> None:
        with self._changed:
            while not self._stopped:
                now = time.monotonic()
                for errand in [e for e in self._errands if e.ends_at <= now]:
                    self._errands.discard(errand)
                    errand.end("late")
                self._wakes_at = min((e.ends_at for e in self._errands), default=None)
                wakes_at = self._wakes_at
                self._changed.wait(None if wakes_at is None else max(0.0, wakes_at - now))
