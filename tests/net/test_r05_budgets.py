"""R5, C18: limits of time, size and memory that we enforce ourselves."""

from __future__ import annotations

import gzip
import socket
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import brotli
import pytest

from syndicator.errors import FetchError, SourceError
from syndicator.net.coding import decode
from tests.conftest import FakeClock
from tests.net.helpers import world
from tests.site import RawServer, Reply, Site, repeating, saying

HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
TIMEOUT_S = 1.0
SOON_S = 8.0  # long before any of these servers would be done, and time enough for a slow machine


def silent(connection: socket.socket) -> None:
    time.sleep(30)


SLOW: dict[str, Callable[[socket.socket], None]] = {
    "no answer at all": silent,
    "a byte of the body now and then": repeating(
        b"x", first=HEAD + b"Content-Length: 100000\r\n\r\n", pause_s=0.1
    ),
    "a byte of the head now and then": repeating(b"x", first=HEAD, pause_s=0.1),
    "a header line now and then": repeating(b"X-A: b\r\n", first=HEAD, pause_s=0.1),
    "a byte of the status line now and then": repeating(b"H", pause_s=0.1),
    "endless interim answers": repeating(b"HTTP/1.1 100 Continue\r\n\r\n", pause_s=0.01),
    "a chunk now and then": repeating(b"1\r\nx\r\n", first=CHUNKED, pause_s=0.1),
    "endless trailers": repeating(b"X: y\r\n", first=CHUNKED + b"0\r\n", pause_s=0.01),
    "a body without an end": repeating(b"x", first=HEAD + b"\r\n", pause_s=0.1),
}

LARGE: dict[str, Callable[[socket.socket], None]] = {
    "an endless body": repeating(b"x" * 65536, first=HEAD + b"\r\n"),
    "an endless line of the head": repeating(b"x" * 65536, first=HEAD + b"X-A: "),
    "endless headers": repeating(b"X-A: " + b"b" * 1000 + b"\r\n", first=HEAD),
    "endless interim answers": repeating(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000),
    "endless chunks": repeating(b"10000\r\n" + b"x" * 65536 + b"\r\n", first=CHUNKED),
    "an endless chunk size": repeating(b"1" * 65536, first=CHUNKED),
    "a negative chunk size": repeating(b"x" * 65536, first=CHUNKED + b"-1\r\n"),
    "a huge chunk size": repeating(b"x" * 65536, first=CHUNKED + b"ffffffffffffff\r\n"),
    "endless chunk extensions": repeating(b"1;" + b"e" * 60000 + b"\r\nx\r\n", first=CHUNKED),
    "endless trailers": repeating(b"X: " + b"y" * 1000 + b"\r\n", first=CHUNKED + b"0\r\n"),
    "a length that is too large": saying(HEAD + b"Content-Length: 99999999999\r\n\r\n"),
}


@pytest.mark.parametrize("behaviour", SLOW.values(), ids=SLOW)
def test_r05_a_slow_answer_ends_at_the_deadline(
    clock: FakeClock, behaviour: Callable[[socket.socket], None]
) -> None:
    with RawServer(behaviour) as server, world(clock, timeout_s=TIMEOUT_S) as w:
        visit = w.visit(server.url())
        began = time.monotonic()
        with pytest.raises(FetchError, match=r"time limit|time|head of more") as caught:
            visit.get(server.url(), reason="poll")

    assert time.monotonic() - began < SOON_S
    assert caught.value.not_before is None
    assert visit.requests[0].error == str(caught.value)


def test_r05_the_deadline_is_for_all_redirects_together(clock: FakeClock, site: Site) -> None:
    for n in range(5):
        site.pages[f"/{n}"] = Reply(status=302, headers={"Location": f"/{n + 1}"}, delay_s=0.35)
    with world(clock, timeout_s=TIMEOUT_S) as w:
        visit = w.visit(site.url())
        began = time.monotonic()
        with pytest.raises(FetchError, match="time limit"):
            visit.get(site.url("/0"), reason="poll")

    assert time.monotonic() - began < SOON_S
    assert 1 <= len(site.asked) <= 3


def test_r05_a_name_server_that_hangs_is_not_waited_for(clock: FakeClock) -> None:
    def hang(host: str, port: int) -> list[object]:
        time.sleep(30)
        return []

    with world(clock, net={"resolve": hang}, timeout_s=TIMEOUT_S) as w:
        visit = w.visit("http://slow.example/")
        began = time.monotonic()
        with pytest.raises(FetchError, match="time"):
            visit.get("http://slow.example/", reason="poll")

    assert time.monotonic() - began < SOON_S


def test_r05_waiting_for_our_turn_is_not_the_servers_time(clock: FakeClock, site: Site) -> None:
    """The clock of these tests jumps; the deadline is on real time, and 5 waits of 2 s pass."""
    for n in range(5):
        site.pages[f"/{n}"] = Reply(status=302, headers={"Location": f"/{n + 1}"})
    site.pages["/5"] = Reply(body=b"x")
    with world(clock, timeout_s=TIMEOUT_S) as w:
        assert w.visit(site.url()).get(site.url("/0"), reason="poll").body == b"x"

    assert sum(clock.slept) >= 10


@pytest.mark.parametrize("behaviour", LARGE.values(), ids=LARGE)
def test_r05_a_large_answer_ends_at_the_limit(
    clock: FakeClock, behaviour: Callable[[socket.socket], None]
) -> None:
    with RawServer(behaviour) as server, world(clock, max_bytes=300_000) as w:
        visit = w.visit(server.url())
        began = time.monotonic()
        with pytest.raises(FetchError) as caught:
            visit.get(server.url(), reason="poll")

    assert time.monotonic() - began < SOON_S
    assert visit.requests[0].wire_bytes < 500_000
    assert "exchange failed" not in str(caught.value)


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({f"X-{n}": "y" for n in range(101)}, id="101 headers"),
        pytest.param({"X-A": "y" * 40_000, "X-B": "y" * 40_000}, id="80 kB of headers"),
    ],
)
def test_r05_headers_are_bounded(clock: FakeClock, site: Site, headers: dict[str, str]) -> None:
    site.pages["/"] = Reply(body=b"x", headers=headers)
    with world(clock) as w:
        visit = w.visit(site.url())
        with pytest.raises(FetchError, match="head"):
            visit.get(site.url(), reason="poll")


# ------------------------------------------------------------------ decoding


def nested(body: bytes) -> bytes:
    return gzip.compress(gzip.compress(body))


BOMBS = {
    "gzip": ("gzip", gzip.compress(bytes(200 * 2**20), 9)),
    "brotli": ("br", brotli.compress(bytes(200 * 2**20), quality=1)),
    "deflate": ("deflate", zlib.compress(bytes(200 * 2**20), 9)),
    "many members": ("gzip", gzip.compress(bytes(2**20), 9) * 200),
}


_FETCH = """
import resource, sys
from tests.conftest import FakeClock
from tests.net.helpers import world
from datetime import UTC, datetime
url = sys.argv[1]
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
with world(FakeClock(datetime(2026, 3, 1, tzinfo=UTC)), timeout_s=20) as w:
    visit = w.visit(url)
    before = peak()
    try:
        visit.get(url, reason="poll")
    except Exception as error:
        print(type(error).__name__, error, sep=": ")
print(peak() - before)
"""


@pytest.mark.parametrize("status", [200, 302, 500])
@pytest.mark.parametrize(("coding", "bomb"), BOMBS.values(), ids=BOMBS)
def test_r05_a_bomb_costs_little_memory(site: Site, coding: str, bomb: bytes, status: int) -> None:
    """In a process of its own, whose peak is not hidden by what ran before."""
    site.pages["/"] = Reply(
        status=status, body=bomb, headers={"Content-Encoding": coding, "Location": "/small"}
    )
    site.pages["/small"] = Reply(body=b"x")

    run = subprocess.run(
        [sys.executable, "-c", _FETCH, site.url()],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )

    *told, growth = run.stdout.splitlines()
    assert int(growth) <= 96
    assert ("decoded" in "".join(told)) is (status == 200)


def test_r05_nested_codings_are_undone_once(clock: FakeClock, site: Site) -> None:
    site.pages["/"] = Reply(body=nested(b"x" * 1000), headers={"Content-Encoding": "gzip"})
    with world(clock) as w:
        body = w.visit(site.url()).get(site.url(), reason="poll").body

    assert gzip.decompress(body) == b"x" * 1000


def sliced(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


def raw_deflate(data: bytes) -> bytes:
    worker = zlib.compressobj(wbits=-15)
    return worker.compress(data) + worker.flush()


PLAIN = b"".join(b"%d peace " % n for n in range(40_000))
CODED = {
    "plain": ("", PLAIN),
    "identity": ("identity", PLAIN),
    "gzip": ("gzip", gzip.compress(PLAIN)),
    "x-gzip": ("X-GZIP", gzip.compress(PLAIN)),
    "two members": ("gzip", gzip.compress(PLAIN[:1000]) + gzip.compress(PLAIN[1000:])),
    "zeros after the end": ("gzip", gzip.compress(PLAIN) + bytes(600)),
    "rubbish after the end": ("gzip", gzip.compress(PLAIN) + b"<!-- hello -->\x1f\x8b"),
    "deflate": ("deflate", zlib.compress(PLAIN)),
    "deflate without its wrapper": ("deflate", raw_deflate(PLAIN)),
    "brotli": ("br", brotli.compress(PLAIN)),
    "nothing but zeros": ("gzip", gzip.compress(bytes(65536 * 4))),
}


@pytest.mark.parametrize("size", [1, 7, 1000, 65536])
@pytest.mark.parametrize(("coding", "data"), CODED.values(), ids=CODED)
def test_decoding_does_not_depend_on_how_the_bytes_arrive(
    coding: str, data: bytes, size: int
) -> None:
    expected = bytes(65536 * 4) if data == CODED["nothing but zeros"][1] else PLAIN

    assert decode(sliced(data, size), coding, limit=10**6) == expected


@pytest.mark.parametrize("size", [1, 1000, 65536])
@pytest.mark.parametrize(("coding", "data"), CODED.values(), ids=CODED)
def test_r05_the_decoded_limit_is_exact(coding: str, data: bytes, size: int) -> None:
    whole = len(decode([data], coding, limit=10**6))

    assert len(decode(sliced(data, size), coding, limit=whole)) == whole
    with pytest.raises(FetchError, match="when decoded"):
        decode(sliced(data, size), coding, limit=whole - 1)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
@pytest.mark.parametrize("keep", [0.1, 0.5, 0.999])
def test_r06_a_cut_stream_is_an_error(coding: str, keep: float) -> None:
    data = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress}[coding](PLAIN)

    with pytest.raises(SourceError, match="cut short"):
        decode([data[: int(len(data) * keep)]], coding, limit=10**6)


@pytest.mark.parametrize("coding", ["gzip", "br"])
def test_a_body_that_is_not_in_its_coding_is_an_error(coding: str) -> None:
    with pytest.raises(FetchError, match=f"not valid {coding}"):
        decode([b"<rss>" * 100], coding, limit=10**6)


@pytest.mark.parametrize("coding", ["", "gzip", "deflate", "br"])
def test_an_empty_body_is_empty_in_any_coding(coding: str) -> None:
    assert decode([], coding, limit=10) == b""


def test_r05_a_compressed_body_without_an_end_is_late_and_not_cut(clock: FakeClock) -> None:
    head = HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(PLAIN)[:2000]
    behaviour = repeating(b"", first=head, pause_s=0.1)
    with RawServer(behaviour) as server, world(clock, timeout_s=0.5) as w:
        visit = w.visit(server.url())
        with pytest.raises(FetchError, match="time limit"):
            visit.get(server.url(), reason="poll")
