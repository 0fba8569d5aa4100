"""R2, C19: only public addresses, checked on the address that is dialled."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from syndicator.addresses import allowed, is_local_name, is_public, read_address
from syndicator.errors import FetchError, RefusedError
from syndicator.net.errand import Found
from tests.conftest import FakeClock
from tests.net.helpers import source, world
from tests.site import RawServer, Reply, Site

_connects: list[Any] | None = None


def _audit(event: str, args: tuple[Any, ...]) -> None:
    if event == "socket.connect" and _connects is not None:
        _connects.append(args[1])


sys.addaudithook(_audit)


@pytest.fixture
def connects() -> Iterator[list[Any]]:
    """Every address that this process tries to connect to, as Python itself reports it."""
    global _connects
    _connects = []
    yield _connects
    _connects = None


def resolving(**names: str | Sequence[str]) -> Any:
    """A name server that knows these names; _ stands for a dot. All others do not exist."""
    table = {name.replace("_", "."): [a] if isinstance(a, str) else a for name, a in names.items()}

    def resolve(host: str, port: int) -> Sequence[Found]:
        if host not in table:
            raise socket.gaierror("no such name")
        found = [socket.getaddrinfo(a, port, type=socket.SOCK_STREAM)[0] for a in table[host]]
        return [(int(f), int(t), p, c, a) for f, t, p, c, a in found]

    return resolve


# ------------------------------------------------------------------ the policy itself


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "9.255.255.255", "11.0.0.1", "93.184.216.34", "100.63.255.255", "100.128.0.1",
     "172.15.0.1", "172.32.0.1", "192.0.1.1", "192.169.0.1", "198.17.0.1", "198.20.0.1",
     "223.255.255.255", "2001:200::1", "2606:2800:220:1::1", "2a00:1450:4001::1"],
)  # fmt: skip
def test_r02_public_addresses_are_allowed(address: str) -> None:
    found = read_address(address)

    assert found is not None
    assert is_public(found)
    assert allowed(found, False)


@pytest.mark.parametrize(
    "address",
    ["0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.127.127.127",
     "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.88.99.1",
     "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1",
     "239.255.255.250", "240.0.0.1", "255.255.255.255", "::", "::1", "::7f00:1",
     "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b::808:808", "100::1",
     "2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "fc00::1", "fd00:ec2::254", "fe80::1",
     "fe80::1%eth0", "fec0::1", "ff02::1", "4000::1"],
)  # fmt: skip
def test_r02_all_other_addresses_are_not(address: str) -> None:
    found = read_address(address)

    assert found is not None
    assert not is_public(found)
    assert not allowed(found, False)


@pytest.mark.parametrize(
    ("address", "allow", "verdict"),
    [
        pytest.param("10.1.2.3", True, True, id="all private ones"),
        pytest.param("fd00::1", True, True, id="IPv6 too"),
        pytest.param("10.1.2.3", ("10.1.0.0/16",), True, id="within a network"),
        pytest.param("10.2.2.3", ("10.1.0.0/16",), False, id="outside of it"),
        pytest.param("127.0.0.1", ("10.1.0.0/16", "fd00::/8"), False, id="loopback not named"),
        pytest.param("fd00::9", ("10.1.0.0/16", "fd00::/8"), True, id="the second network"),
        pytest.param("8.8.8.8", ("10.1.0.0/16",), True, id="public ones stay allowed"),
        pytest.param("224.0.0.1", True, False, id="never multicast"),
        pytest.param("255.255.255.255", True, False, id="never broadcast"),
        pytest.param("0.0.0.0", True, False, id="never the unspecified one"),
        pytest.param("::", True, False, id="nor its IPv6 sister"),
    ],
)
def test_r02_an_operator_may_open_private_networks(address: str, allow: Any, verdict: bool) -> None:
    found = read_address(address)

    assert found is not None
    assert allowed(found, allow) is verdict


@pytest.mark.parametrize(
    ("host", "local"),
    [("localhost", True), ("printer", True), ("a.local", True), ("db.internal", True),
     ("10.0.0.1", True), ("[::1]", True), ("example.org", False), ("8.8.8.8", False),
     ("local.example.org", False)],
)  # fmt: skip
def test_names_that_can_only_be_inside_are_known(host: str, local: bool) -> None:
    assert is_local_name(host) is local


# ------------------------------------------------------------------ the policy at the socket

# 79 and up: no port that anything listens on.
_INSIDE = [
    "http://127.0.0.1/x", "http://127.127.127.127/x", "http://127.1/x", "http://0/x",
    "http://2130706433/x", "http://0x7f000001/x", "http://0x7f.0.0.1/x", "http://0177.0.0.1/x",
    "http://017700000001/x", "http://127.0.0.1./x", "http://localhost/x", "http://LOCALHOST./x",
    "http://[::1]/x", "http://[::]/x", "http://[::ffff:127.0.0.1]/x", "http://[::127.0.0.1]/x",
    "http://[64:ff9b::127.0.0.1]/x", "http://[2002:7f00:1::]/x", "http://[fe80::1%25eth0]/x",
    "http://[fd00:ec2::254]/x", "http://169.254.169.254/x", "http://2852039166/x",
    "http://100.100.100.200/x", "http://192.0.0.192/x", "http://①②⑦.⓪.⓪.①/x",
    "http://１２７.０.０.１/x", "http://127。0。0。1/x", "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/x", "http://lo%63alhost/x",
    "http://127.0.0.1%00.example.com/x", "http://user:pw@127.0.0.1/x", "http://example.com@127.0.0.1/",
    "http://127.0.0.1:80\\@example.com/", "http://example.com\\@127.0.0.1/", "http:127.0.0.1/",
    "http:/127.0.0.1/", "http:///127.0.0.1/", "//127.0.0.1/x", " http://127.0.0.1/",
    "http://127.0.0.1\t/", "ht\ntp://127.0.0.1/", "http://127.0.0.1:0/", "http://127.0.0.1:99999/",
    "http://[::1/", "http://[127.0.0.1]/", "file:///etc/passwd", "gopher://127.0.0.1:25/_HELO",
    "feed:http://127.0.0.1/", "http://", "http://.", "http://inside.example/x",
    "http://half-inside.example/x",
]  # fmt: skip


@pytest.mark.parametrize("url", _INSIDE)
def test_r02_no_way_to_name_an_internal_host_reaches_it(
    clock: FakeClock, connects: list[Any], url: str
) -> None:
    names = resolving(
        localhost="127.0.0.1",
        inside_example="10.0.0.1",
        **{"half-inside_example": ["93.184.216.34", "192.168.0.1"]},
    )
    with world(clock, net={"resolve": names}, allow_private=False) as w:
        visit = w.net.visit(source("http://example.org/"), None)
        with pytest.raises(RefusedError):
            visit.get(url, reason="article")

    assert connects == []
    assert visit.requests == []


@pytest.mark.corpus
def test_r02_the_corpus_of_addresses(clock: FakeClock, connects: list[Any], corpus: Path) -> None:
    rows = (corpus / "ssrf" / "addresses.tsv").read_text("utf-8").splitlines()[1:]
    unescape = {r"\t": "\t", r"\n": "\n", r"\\": "\\"}
    wrong = []
    names = resolving(
        localhost="127.0.0.1", foo_localhost="127.0.0.1", localhost_localdomain="127.0.0.1",
        **{"ip6-localhost": "::1", "127.0.0.1.nip.io".replace(".", "_"): "127.0.0.1"},
        localtest_me="127.0.0.1", metadata_google_internal="169.254.169.254",
    )  # fmt: skip
    with world(clock, net={"resolve": names}, allow_private=False, timeout_s=2) as w:
        for row in rows:
            verdict, url, why = row.split("\t")
            for escaped, meant in unescape.items():
                url = url.replace(escaped, meant)
            if (_is_refused(w.net, url) if verdict == "deny" else _is_fine(url)) is False:
                wrong.append((verdict, url, why))

    assert wrong == []
    assert connects == []


def _is_refused(net: Any, url: str) -> bool:
    try:
        net.visit(source("http://example.org/"), None).get(url, reason="article")
    except FetchError as error:
        # A name that is no name of anybody is as good as refused.
        return isinstance(error, RefusedError) or "does not resolve" in str(error)
    return False


def _is_fine(url: str) -> bool:
    from syndicator.text.urls import strict

    address = read_address(urlsplit(strict(url)).hostname or "")
    return address is None or allowed(address, False)


def test_r02_a_public_name_is_dialled_at_the_address_that_was_checked(
    clock: FakeClock, connects: list[Any]
) -> None:
    calls = []

    def rebinding(host: str, port: int) -> Sequence[Found]:
        calls.append(host)
        address = "93.184.216.34" if len(calls) == 1 else "127.0.0.1"
        return resolving(name_example=address)(host, port)  # type: ignore[no-any-return]

    with world(clock, net={"resolve": rebinding}, allow_private=False, timeout_s=0.3) as w:
        visit = w.net.visit(source("http://name.example/"), None)
        with pytest.raises(FetchError):
            visit.get("http://name.example/", reason="poll")

    assert calls == ["name.example"]
    assert {address[0] for address in connects} <= {"93.184.216.34"}


def test_r02_host_and_virtual_host_stay_the_name(clock: FakeClock, site: Site) -> None:
    site.pages["/"] = Reply(body=b"hello")
    url = f"http://press.example:{site.port}/"
    with world(clock, net={"resolve": resolving(press_example="127.0.0.1")}) as w:
        assert w.visit(url).get(url, reason="poll").body == b"hello"

    assert site.asked[0]["host"] == f"press.example:{site.port}"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_r02_a_redirect_of_a_public_source_leads_nowhere_inside(
    clock: FakeClock, site: Site, status: int
) -> None:
    """The public source is a site on loopback that the operator allowed by its network alone."""
    with RawServer(host="127.0.0.2") as canary:
        site.pages["/"] = Reply(status=status, headers={"Location": canary.url()})
        with world(clock, allow_private=("127.0.0.1/32",)) as w:
            visit = w.visit(site.url())
            with pytest.raises(RefusedError, match="not a public address"):
                visit.get(site.url(), reason="poll")

        assert canary.connections == 0


def test_r02_what_follows_from_a_public_source_may_not_be_private(
    clock: FakeClock, site: Site
) -> None:
    """Although private sources are allowed, this one is public (design section 6)."""
    with world(clock, allow_private=True, net={"resolve": resolving(a_example="1.1.1.1")}) as w:
        visit = w.net.visit(source("http://a.example/"), None)
        with pytest.raises(RefusedError, match="not a public address"):
            visit.get(site.url("/page"), reason="article")

    assert site.connections == 0


def test_r02_what_follows_from_an_allowed_private_source_may_be_private(
    clock: FakeClock, site: Site
) -> None:
    with Site("127.0.0.2") as other, world(clock) as w:
        other.pages["/page"] = Reply(body=b"page")
        visit = w.visit(site.url("/"))

        assert visit.get(other.url("/page"), reason="article").body == b"page"


@pytest.mark.parametrize(
    ("general", "own", "asked"),
    [
        pytest.param(False, True, 1, id="the source opens what is closed"),
        pytest.param(True, False, 0, id="the source closes what is open"),
        pytest.param(False, ("127.0.0.0/8",), 1, id="the source names a network"),
        pytest.param(True, ("10.0.0.0/8",), 0, id="the source names another network"),
        pytest.param(True, None, 1, id="the source says nothing"),
    ],
)
def test_r02_a_source_has_the_last_word_on_its_own_privacy(
    clock: FakeClock, site: Site, general: bool, own: Any, asked: int
) -> None:
    site.pages["/"] = Reply(body=b"x")
    with world(clock, allow_private=general) as w:
        visit = w.visit(site.url(), allow_private=own)
        if asked:
            visit.get(site.url(), reason="poll")
        else:
            with pytest.raises(RefusedError):
                visit.get(site.url(), reason="poll")

    assert site.connections == asked


def test_r02_a_kept_connection_does_not_serve_a_source_that_may_not_use_it(
    clock: FakeClock, site: Site
) -> None:
    site.pages["/"] = Reply(body=b"x")
    with world(clock) as w:
        visit = w.visit(site.url())
        visit.get(site.url(), reason="poll")
        other = w.net.visit(source("http://127.0.0.2:1/", allow_private=False), None)
        w.hosts.held.clear()
        clock.move(10)
        with pytest.raises(RefusedError):
            other.get(site.url(), reason="article")

    assert len(site.asked) == 1
