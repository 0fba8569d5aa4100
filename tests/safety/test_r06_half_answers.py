"""R6, end to end: what did not come whole changes nothing that is kept."""

from __future__ import annotations

import gzip
import re
import socket
from collections.abc import Callable

import pytest

from tests.safety.conftest import OpenRoom
from tests.safety.documents import RSS_TYPE, honest
from tests.site import Reply, Site, repeating, resetting, saying

BODY = honest(range(10))
GZIP = {"Content-Encoding": "gzip"}


def head(*lines: str) -> bytes:
    return "\r\n".join(["HTTP/1.1 200 OK", *lines, "", ""]).encode()


def raw(behave: Callable[[socket.socket], None]) -> Reply:
    return Reply(raw=behave)


HALF = {
    "a length larger than the body": (Reply(body=BODY, length=len(BODY) + 9), "cut short"),
    "a length that is no number": (
        raw(saying(head("Content-Length: 1e3"), BODY)),
        "Content-Length is not a number",
    ),
    "a negative length": (raw(saying(head("Content-Length: -1"), BODY)), "Content-Length is not"),
    "two lengths": (
        raw(saying(head("Content-Length: 10", "Content-Length: 11"), BODY)),
        "contradictory headers",
    ),
    "no last chunk": (
        raw(saying(head("Transfer-Encoding: chunked"), b"a\r\n0123456789\r\n")),
        "cut short",
    ),
    "a reset": (raw(resetting(head("Content-Length: 9999") + BODY[:100])), "reset|cut short"),
    "gzip cut short": (
        Reply(body=gzip.compress(BODY)[:-20], headers=GZIP),
        "the compressed body is cut short",
    ),
    "gzip that is none": (Reply(body=BODY, headers=GZIP), "not valid gzip"),
    "a part": (Reply(body=BODY[:100], status=206), "HTTP 206"),
    "no content": (Reply(status=204), "HTTP 204"),
    "a stream without end": (
        raw(repeating(b"<item><title>x</title></item>" * 9000, first=head() + BODY[:200])),
        "more than 1048576 bytes",
    ),
    "an error that carries a feed": (Reply(body=BODY, status=500), "HTTP 500"),
}


@pytest.mark.parametrize(("reply", "reason"), HALF.values(), ids=HALF)
def test_r06_half_an_answer_changes_nothing(
    open_room: OpenRoom, site: Site, reply: Reply, reason: str
) -> None:
    good = Reply(body=honest(range(3)), headers={**RSS_TYPE, "ETag": '"whole"'}, conditional=True)
    site.pages["/feed"] = good
    room = open_room({"press": site.url("/feed")}, fetch='max_bytes = "1MiB"')
    room.pull()
    before = room.source("press")
    site.pages["/feed"] = reply
    failed = room.pull()["press"]
    after = room.source("press")
    site.pages["/feed"] = good
    again = room.pull()["press"]

    assert failed.result == "failed"
    assert re.search(reason, failed.error)
    assert (after.validators, after.body_sha256) == (before.validators, before.body_sha256)
    assert len(room.articles("press")) == 3
    assert site.asked[1]["if-none-match"] == site.asked[2]["if-none-match"] == '"whole"'
    assert again.result == "unchanged"


def test_r06_an_unasked_304_changes_nothing(open_room: OpenRoom, site: Site) -> None:
    """Of a server that gave no validators, nothing can be "not modified"."""
    site.pages["/feed"] = Reply(body=honest(range(3)), headers=RSS_TYPE)
    room = open_room({"press": site.url("/feed")})
    room.pull()
    site.pages["/feed"] = Reply(status=304, headers={"ETag": '"never given"'})

    assert "without having been asked" in room.pull()["press"].error
    assert not room.source("press").validators


def test_a_length_smaller_than_the_body_loses_what_stands_behind_it(
    open_room: OpenRoom, site: Site
) -> None:
    """All that was announced came, so it is whole; it is not well-formed, and nothing is undone."""
    site.pages["/feed"] = Reply(body=BODY, headers=RSS_TYPE)
    room = open_room({"press": site.url("/feed")})
    room.pull()
    site.pages["/feed"] = Reply(body=honest(range(12)), length=len(BODY) - 30)

    assert room.pull()["press"].result in ("unchanged", "changed")
    assert len(room.articles("press")) == 10
