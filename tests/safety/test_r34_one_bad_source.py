"""R34: whatever some sources do, the others are current after every cycle."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from syndicator import jobs
from syndicator.model import Kind, SourceSettings
from syndicator.publishers.check import problems
from syndicator.sandbox import Sandbox
from tests.safety.conftest import OpenRoom
from tests.safety.documents import HTML_TYPE, RSS_TYPE, honest, item, page, rss
from tests.safety.test_r06_half_answers import HALF
from tests.safety.test_r12_superlinear import FEEDS, hasty  # noqa: F401 - a fixture
from tests.safety.test_r13_limits import HUGE
from tests.site import Asked, RawServer, Reply, Site, repeating

HONEST = 5
CYCLES = 3
HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
SLOW: list[Callable[[Any], None]] = [
    lambda _: time.sleep(3),
    repeating(b"x", first=HEAD + b"Content-Length: 100000\r\n\r\n", pause_s=0.1, for_s=3),
    repeating(b"X-A: b\r\n", first=HEAD, pause_s=0.1, for_s=3),
    repeating(b"HTTP/1.1 100 Continue\r\n\r\n", pause_s=0.01, for_s=3),
    repeating(b"1\r\nx\r\n", first=CHUNKED, pause_s=0.1, for_s=3),
    repeating(b"X: y\r\n", first=CHUNKED + b"0\r\n", pause_s=0.01, for_s=3),
]
LARGE: list[Callable[[Any], None]] = [
    repeating(b"x" * 65536, first=HEAD + b"\r\n", for_s=3),
    repeating(b"x" * 65536, first=HEAD + b"X-A: ", for_s=3),
    repeating(b"1" * 65536, first=CHUNKED, for_s=3),
    repeating(b"x" * 65536, first=CHUNKED + b"-1\r\n", for_s=3),
    repeating(b"1;" + b"e" * 60000 + b"\r\nx\r\n", first=CHUNKED, for_s=3),
]


def endless(asked: Asked) -> Reply:
    """A listing and a feed in one, new at every look, with a next page."""
    mark = f"{time.monotonic_ns()}"
    onward = f'<a rel="next" href="/endless?{mark}">Next page</a>'
    rows = "".join(f'<h2><a href="/{mark}/{n}">Story {n} of {mark}</a></h2>' for n in range(5))
    return Reply(body=page(rows + onward), headers=HTML_TYPE)


def churning(asked: Asked) -> Reply:
    mark = time.monotonic_ns()
    return Reply(body=rss("".join(item(f"{mark}-{n}") for n in range(20))), headers=RSS_TYPE)


def bad_pages() -> Iterator[Any]:
    """Answers that a site can give as they are."""
    yield from (reply for reply, _ in HALF.values())
    yield from (Reply(body=FEEDS[name]) for name in ("an author of 100 kB", "100,000 nested divs"))
    yield from (Reply(body=rss(inside)) for inside, _ in HUGE.values())
    yield from (Reply(status=status, body=b"x") for status in (400, 401, 404, 410, 418, 500, 599))
    yield Reply(status=429, headers={"Retry-After": "1e99"})
    yield Reply(status=503, headers={"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"})
    yield Reply(body=gzip.compress(bytes(50_000_000)), headers={"Content-Encoding": "gzip"})
    yield Reply(body=b"x", headers={"Content-Encoding": "br, gzip, zstd"})
    yield Reply(body=b"x", headers={f"X-{n}": "y" for n in range(200)})
    yield Reply(status=302, headers={"Location": "http://127.0.0.1:1/"})
    yield Reply(status=302, headers={"Location": "file:///etc/passwd"})
    yield Reply(body=b"\xff\xfe\x00\x00" * 9999)
    yield Reply(body=b'{"version": "https://jsonfeed.org/version/1.1", "items": ' + b"[" * 99_999)
    yield Reply(body=b"<?xml version='1.0' encoding='utf-7'?><rss><channel><item/>")
    yield Reply(body=rss(item(1, more="<pubDate>9999-12-31T23:59:59-23:59</pubDate>")))
    yield Reply(body=rss(item(1)), headers={"Cache-Control": "max-age=315360000000"})
    yield churning
    yield endless


def test_r34_honest_sources_are_current_in_every_cycle(
    open_room: OpenRoom,
    hasty: Sandbox,  # noqa: F811
    caplog: pytest.LogCaptureFixture,
) -> None:
    sources: dict[str, SourceSettings] = {}
    with ExitStack() as stack:
        bad = stack.enter_context(Site())
        for number, answer in enumerate(bad_pages()):
            bad.pages[f"/{number}"] = answer
            kind = (Kind.FEED, Kind.PAGE, Kind.AUTO)[number % 3]
            sources[f"bad-{number}"] = SourceSettings(url=bad.url(f"/{number}"), kind=kind)
        bad.pages["/endless"] = endless
        for number, behave in enumerate([*SLOW * 3, *LARGE]):  # more than there are workers
            server = stack.enter_context(RawServer(behave))
            sources[f"bad-raw-{number}"] = SourceSettings(url=server.url(), kind=Kind.FEED)
        press = stack.enter_context(Site("127.0.0.2"))
        names = [f"good-{n}" for n in range(HONEST)]
        sources |= {name: SourceSettings(url=press.url(f"/{name}")) for name in names}
        room = open_room(sources, sandbox=hasty, timeout="1s", fetch='max_bytes = "1MiB"')
        for cycle in range(CYCLES):
            for name in names:
                press.pages[f"/{name}"] = Reply(body=honest(range(cycle + 3)), headers=RSS_TYPE)
            done = room.pull()

            assert [done[name].error for name in names] == [""] * HONEST
            assert [len(room.articles(name)) for name in names] == [cycle + 3] * HONEST
            assert len(done) == len(sources)
        jobs.publish(room.parts)

    assert "fault of ours" not in caplog.text
    feed = room.path.parent / "feeds" / "themes" / "all" / "atom.xml"
    assert problems(feed.read_bytes()) == []


class _Faulty:
    """A sandbox in which one document meets a bug of ours."""

    def __init__(self, real: Sandbox, poison: bytes, error: Exception) -> None:
        self._real, self._poison, self._error = real, poison, error

    def call(self, function: Any, body: bytes, *args: Any, **kwargs: Any) -> Any:
        if body == self._poison:
            raise self._error
        return self._real.call(function, body, *args, **kwargs)

    def close(self) -> None:
        """The real one is closed by whoever opened it."""


@pytest.mark.parametrize("error", [KeyError("x"), RecursionError(), OSError(5), AssertionError()])
def test_r34_a_bug_of_ours_ends_at_its_source_and_is_loud(
    open_room: OpenRoom,
    parsers: Sandbox,
    site: Site,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    poison = honest([666])
    site.pages["/bad"] = Reply(body=poison)
    site.pages["/good"] = Reply(body=honest(range(2)))
    room = open_room(
        {"bad": site.url("/bad"), "good": site.url("/good")},
        sandbox=_Faulty(parsers, poison, error),
    )
    done = room.pull()

    assert done["bad"].error == f"a fault of ours: {type(error).__name__}"
    assert done["good"].new == 2
    assert "Traceback" in caplog.text
    assert room.source("bad").next_check_at is not None
