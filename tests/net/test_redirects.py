"""Redirects followed by hand: C7, C8, R3, R4."""

from __future__ import annotations

import itertools

import pytest

from syndicator.errors import FetchError, RefusedError
from tests.net.helpers import World
from tests.site import Asked, RawServer, Reply, Site, repeating


def to(location: str, status: int = 302, **more: str) -> Reply:
    return Reply(status=status, headers={"Location": location, **more})


@pytest.mark.parametrize(
    "location",
    ["/new", "new", "?a=b", "//{host}/new", "http://{host}/new#part", "./x/../new"],
)
def test_c07_a_location_is_relative_to_where_it_was_said(
    here: World, site: Site, location: str
) -> None:
    host = site.base.removeprefix("http://")
    site.pages["/old"] = to(location.format(host=host))
    site.pages["/new"] = Reply(body=b"new")
    site.pages["/old?a=b"] = Reply(body=b"new")

    assert here.visit(site.url()).get(site.url("/old"), reason="poll").body == b"new"


def test_c07_five_redirects_are_followed_and_not_six(here: World, site: Site) -> None:
    for n in range(50):
        site.pages[f"/{n}"] = to(f"/{n + 1}")
    site.pages["/5"] = Reply(body=b"end")
    visit = here.visit(site.url())

    assert visit.get(site.url("/0"), reason="poll").url == site.url("/5")

    site.pages["/5"] = to("/6")
    site.forget()
    with pytest.raises(FetchError, match="more than 5 redirects"):
        visit.get(site.url("/0"), reason="poll")
    assert len(site.asked) == 6


def test_r04_a_circle_and_a_growing_chain_end(here: World, site: Site) -> None:
    numbers = itertools.count()
    site.pages["/a"] = to("/b")
    site.pages["/b"] = to("/a")
    site.pages["/grow"] = lambda asked: to(f"{asked.path}/{'x' * next(numbers)}")
    visit = here.visit(site.url())

    with pytest.raises(FetchError, match="circle"):
        visit.get(site.url("/a"), reason="poll")
    with pytest.raises(FetchError):
        visit.get(site.url("/grow"), reason="poll")


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd", "ftp://127.0.0.1/", "javascript:alert(1)", "http://u:p@127.0.0.1/",
        "http://127.0.0.1:80\\@x.example/", "http://0x7f000001/", "http://[::1", "http:// /",
        "http://a.example/a b", "gopher://127.0.0.1:25/_HELO", "http://" + "a" * 5000,
    ],
)  # fmt: skip
def test_r03_a_redirect_to_an_odd_address_is_refused(
    here: World, site: Site, location: str
) -> None:
    site.pages["/"] = to(location)
    visit = here.visit(site.url())

    with pytest.raises(RefusedError, match="a redirect to a bad address"):
        visit.get(site.url(), reason="poll")

    assert len(site.asked) == 1


def test_r03_an_international_location_is_understood(here: World, site: Site) -> None:
    site.pages["/"] = to("/caf\u00e9".encode().decode("latin-1"))
    site.pages["/caf%C3%A9"] = Reply(body=b"x")

    assert here.visit(site.url()).get(site.url(), reason="poll").url == site.url("/caf%C3%A9")


def test_r04_the_body_of_a_redirect_is_not_read(here: World, site: Site) -> None:
    site.pages["/new"] = Reply(body=b"x")
    head = f"HTTP/1.1 302 Found\r\nLocation: {site.url('/new')}\r\n\r\n".encode()
    with RawServer(repeating(b"x" * 65536, first=head, for_s=5)) as endless:
        visit = here.visit(endless.url())
        assert visit.get(endless.url(), reason="poll").body == b"x"

    assert visit.requests[0].wire_bytes < 100_000


def test_a_redirect_without_a_location_is_no_answer(here: World, site: Site) -> None:
    site.pages["/"] = Reply(status=302)
    visit = here.visit(site.url())

    with pytest.raises(FetchError, match="HTTP 302 Found") as caught:
        visit.get(site.url(), reason="poll")

    assert caught.value.status == 302


@pytest.mark.parametrize(
    ("statuses", "moved"),
    [
        pytest.param([], False, id="no redirect"),
        pytest.param([301], True, id="301"),
        pytest.param([308, 301], True, id="308 and 301"),
        pytest.param([301, 302], False, id="the last hop is temporary"),
        pytest.param([307, 301], False, id="the first hop is temporary"),
        pytest.param([303], False, id="303"),
    ],
)
def test_c08_a_move_is_reported_when_every_hop_was_permanent(
    here: World, site: Site, statuses: list[int], moved: bool
) -> None:
    def page(asked: Asked) -> Reply:
        n = int(asked.path[1:])
        return to(f"/{n + 1}", statuses[n]) if n < len(statuses) else Reply(body=b"x")

    site.pages |= {f"/{n}": page for n in range(5)}

    got = here.visit(site.url()).get(site.url("/0"), reason="poll")

    assert got.url == site.url(f"/{len(statuses)}")
    assert got.moved_to == (got.url if moved else "")
