"""Sockets, deadlines and the thread of the web server."""

from __future__ import annotations

import contextlib
import http.client
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from syndicator.errors import LockedError, UsageError
from syndicator.server import Health, Server, build, listener
from tests.server.conftest import Ask, write


@contextlib.contextmanager
def _clients(server: Server, number: int, opening: bytes = b"") -> Iterator[list[socket.socket]]:
    with contextlib.ExitStack() as stack:
        clients = [
            stack.enter_context(socket.create_connection((server.host, server.port), timeout=10))
            for _ in range(number)
        ]
        for client in clients:
            client.sendall(opening)
        yield clients


def _is_closed(client: socket.socket) -> bool:
    try:
        return client.recv(1) == b""
    except ConnectionError:
        return True


def test_r21_slow_clients_do_not_keep_honest_ones_waiting(server: Server, ours: Ask) -> None:
    with _clients(server, 400, b"GET / HTTP/1.1\r\nHost: x\r\n"):
        begun = time.monotonic()
        assert ours("/").status == 200
        assert time.monotonic() - begun < 8


def test_r21_a_head_that_never_ends_is_cut_off(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "HEAD_S", 0.3)
    with _clients(server, 2) as (silent, slow):
        for _ in range(5):
            with contextlib.suppress(ConnectionError):
                slow.sendall(b"G")
            time.sleep(0.1)
        assert _is_closed(silent)
        assert _is_closed(slow)


def test_r21_a_reader_that_takes_nothing_is_cut_off(
    server: Server, feeds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "EXCHANGE_S", 0.3)
    write(feeds, "big.txt", b"x" * 20_000_000)
    with _clients(server, 1, b"GET /big.txt HTTP/1.1\r\nHost: x\r\n\r\n") as (client,):
        time.sleep(1.5)
        taken = 0
        with contextlib.suppress(ConnectionError):
            while chunk := client.recv(1 << 20):
                taken += len(chunk)
        assert taken < 20_000_000


def test_r21_when_all_places_are_taken_the_longest_idle_one_leaves(
    server: Server, ours: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "_most_connections", lambda: 10)
    with _clients(server, 10, b"GET / HT") as clients:
        assert ours("/").status == 200
        clients[0].settimeout(5)
        assert _is_closed(clients[0])


def test_r21_a_head_that_is_too_large_is_refused(server: Server) -> None:
    opening = b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 70_000
    with _clients(server, 1) as (client,):
        with contextlib.suppress(ConnectionError):
            client.sendall(opening)
        with contextlib.suppress(ConnectionError):
            assert client.recv(100).startswith(b"HTTP/1.1 4")


def test_a_connection_serves_several_requests_also_sent_at_once(server: Server) -> None:
    twice = b"GET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n" * 2
    with _clients(server, 1, twice) as (client,):
        seen = b""
        while seen.count(b"HTTP/1.1 200") < 2:
            seen += client.recv(65536)


def test_a_taken_port_is_known_at_once(server: Server) -> None:
    with pytest.raises(LockedError, match="is taken"):
        Server(None, host=server.host, port=server.port)


def test_an_address_that_is_not_ours_is_wrong_use() -> None:
    with pytest.raises(UsageError, match=r"cannot listen on 192\.0\.2\.1:0"):
        Server(None, host="192.0.2.1", port=0)


def test_stopping_lets_the_address_go(tmp_path: Path) -> None:
    app = build(tmp_path, status=Health, metrics=None, publish_max_age_s=900)
    first = Server(app, host="127.0.0.1", port=0)
    with first:
        held = http.client.HTTPConnection(first.host, first.port, timeout=5)
        held.request("GET", "/healthz")
        held.getresponse().read()
        begun = time.monotonic()
    held.close()
    assert time.monotonic() - begun < 15
    assert not first.alive
    with Server(app, host="127.0.0.1", port=first.port) as second:
        assert second.address == first.address


SERVE = """
import sys
from pathlib import Path
from syndicator.server import Health, build, serve
app = build(Path(sys.argv[1]), status=Health, metrics=None, publish_max_age_s=900)
serve(app, host="127.0.0.1", port=0, ready=lambda address: print(address, flush=True))
print("stopped")
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serve_ends_on_a_signal(tmp_path: Path, number: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    with process:
        assert process.stdout.readline().startswith("http://127.0.0.1:")
        process.send_signal(number)
        assert process.stdout.read() == "stopped\n"
    assert process.returncode == 0
