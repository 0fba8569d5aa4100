"""R6: half an answer is no answer; and every failure is told in one clear line."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Callable

import pytest

from syndicator.errors import FetchError
from syndicator.model import Validators
from tests.conftest import FakeClock
from tests.net.helpers import World, world
from tests.site import RawServer, Reply, Site, read_request, resetting, saying

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"

BROKEN: dict[str, tuple[Callable[[socket.socket], None], str]] = {
    "a short Content-Length": (saying(OK + b"Content-Length: 10\r\n\r\nabc"), "cut short"),
    "a missing last chunk": (saying(CHUNKED + b"3\r\nabc\r\n"), "cut short"),
    "half a chunk": (saying(CHUNKED + b"9\r\nabc"), "cut short"),
    "a chunk size that is none": (saying(CHUNKED + b"zz\r\nabc\r\n0\r\n\r\n"), "cut short"),
    "a cut gzip": (
        saying(OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"x" * 9999)[:-9]),
        "compressed body is cut short",
    ),
    "a reset before the head": (resetting(b""), "reset|hung up"),
    "a reset in the body": (
        resetting(OK + b"Content-Length: 100000\r\n\r\n" + b"x" * 50000),
        "reset|cut short",
    ),
    "an end instead of an answer": (saying(b""), "hung up"),
    "an end within the head": (saying(OK + b"Content-Le"), "cut short"),
    "not HTTP": (saying(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), "not HTTP"),
    "HTTP of another age": (saying(b"HTTP/3.7 200 OK\r\n\r\nx"), "not HTTP"),
    "two lengths": (
        saying(OK + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"),
        "contradictory",
    ),
    "a length that is no number": (saying(OK + b"Content-Length: 3x\r\n\r\nabc"), "not a number"),
    "another transfer coding": (
        saying(OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
        "transfer coding",
    ),
}


@pytest.mark.parametrize(("behaviour", "reason"), BROKEN.values(), ids=BROKEN)
def test_r06_what_is_not_whole_is_a_failure(
    here: World, behaviour: Callable[[socket.socket], None], reason: str
) -> None:
    with RawServer(behaviour) as server:
        visit = here.visit(server.url())
        with pytest.raises(FetchError, match=reason) as caught:
            visit.get(server.url(), reason="poll")

    text = str(caught.value)
    assert text.isprintable()
    assert text
    assert len(text) < 120
    assert "exchange failed" not in text


@pytest.mark.parametrize(
    "status", [201, 202, 203, 204, 205, 206, 226, 300, 400, 401, 403, 404, 410, 418, 429, 500,
               502, 503, 599, 999],
)  # fmt: skip
def test_r06_any_status_but_200_and_304_is_a_failure(here: World, site: Site, status: int) -> None:
    site.pages["/"] = Reply(status=status, body=b"<rss/>", headers={"ETag": '"new"'})
    visit = here.visit(site.url())

    with pytest.raises(FetchError, match=f"^HTTP {status}") as caught:
        visit.get(site.url(), reason="poll", validators=Validators(etag='"old"'))

    assert caught.value.status == status


def test_r06_a_304_that_was_not_asked_for_is_a_failure(here: World, site: Site) -> None:
    site.pages["/"] = Reply(status=304)
    visit = here.visit(site.url())

    with pytest.raises(FetchError, match="without having been asked") as caught:
        visit.get(site.url(), reason="poll")

    assert caught.value.status == 304


def test_r41_words_of_the_server_are_not_repeated(here: World) -> None:
    with RawServer(saying(b"HTTP/1.1 404 \x1b]52;c;evil\x07 gone\r\n\r\n")) as server:
        visit = here.visit(server.url())
        with pytest.raises(FetchError) as caught:
            visit.get(server.url(), reason="poll")

    assert str(caught.value) == "HTTP 404 Not Found"


def test_a_port_where_nobody_listens_is_told(here: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    visit = here.visit(f"http://127.0.0.1:{port}/")

    with pytest.raises(FetchError, match="connection refused"):
        visit.get(f"http://127.0.0.1:{port}/", reason="poll")


def test_a_name_that_does_not_exist_is_told(clock: FakeClock) -> None:
    def unknown(host: str, port: int) -> list[object]:
        raise socket.gaierror(-2, "Name or service not known")

    with world(clock, net={"resolve": unknown}) as w:
        visit = w.visit("http://nobody.example/")
        with pytest.raises(FetchError, match="host name does not resolve"):
            visit.get("http://nobody.example/", reason="poll")


def test_a_good_answer_after_a_bad_one_is_its_own(here: World, site: Site) -> None:
    """What a broken answer left on the connection is never taken for the next one."""
    stale = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nstale"
    site.pages["/early"] = Reply(raw=saying(b"HTTP/1.1 103 Early Hints\r\n\r\n" + stale))
    site.pages["/more"] = Reply(raw=saying(OK + b"Content-Length: 2\r\n\r\nok" + stale))
    site.pages["/"] = Reply(body=b"fresh")
    visit = here.visit(site.url())

    with pytest.raises(FetchError, match="HTTP 103"):
        visit.get(site.url("/early"), reason="poll")
    assert visit.get(site.url("/more"), reason="poll").body == b"ok"
    assert visit.get(site.url(), reason="poll").body == b"fresh"


def test_a_kept_connection_that_was_closed_meanwhile_is_no_failure(here: World) -> None:
    def answers_once(connection: socket.socket) -> None:
        connection.sendall(OK + b"Content-Length: 2\r\n\r\nok")
        read_request(connection)

    with RawServer(answers_once) as server:
        visit = here.visit(server.url())
        bodies = [visit.get(server.url(), reason="poll").body for _ in range(3)]

        assert bodies == [b"ok"] * 3
        assert server.connections == 3
        assert len(visit.requests) == 3


def test_a_new_connection_that_ends_at_once_is_not_tried_again(here: World) -> None:
    with RawServer(saying()) as server:
        visit = here.visit(server.url())
        with pytest.raises(FetchError, match="hung up"):
            visit.get(server.url(), reason="poll")

        assert server.connections == 1
