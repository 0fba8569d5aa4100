"""TLS with one shared context, names kept, and the way through a proxy."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from syndicator.errors import ConfigError, FetchError, RefusedError
from tests.conftest import FakeClock
from tests.net.helpers import source, world
from tests.net.test_r02_addresses import resolving
from tests.site import RawServer, Reply, Site, read_request


@dataclass
class Authority:
    """A private authority, and a certificate of its for press.example."""

    file: Path
    server: ssl.SSLContext


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl, which makes the certificate, is not installed")
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        [
            openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
            "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days", "30",
            "-subj", "/CN=press.example", "-addext", "subjectAltName=DNS:press.example",
        ],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return Authority(folder / "cert.pem", context)


@pytest.fixture
def secure(authority: Authority) -> Iterator[Site]:
    with Site(tls=authority.server) as site:
        site.pages["/"] = Reply(body=b"secure")
        yield site


NAMES = resolving(press_example="127.0.0.1", other_example="127.0.0.1")


def test_a_certificate_of_the_operators_authority_is_good(
    clock: FakeClock, secure: Site, authority: Authority
) -> None:
    url = f"https://press.example:{secure.port}/"
    with world(clock, net={"resolve": NAMES}, ca_file=str(authority.file)) as w:
        visit = w.visit(url)
        for _ in range(3):
            assert visit.get(url, reason="poll").body == b"secure"

    assert secure.connections == 1
    assert secure.asked[0]["host"] == f"press.example:{secure.port}"


@pytest.mark.parametrize(
    ("host", "trusted", "reason"),
    [
        pytest.param("press.example", False, "TLS: self.signed", id="unknown authority"),
        pytest.param("other.example", True, "TLS: Hostname mismatch", id="another name"),
    ],
)
def test_a_bad_certificate_is_told(
    clock: FakeClock, secure: Site, authority: Authority, host: str, trusted: bool, reason: str
) -> None:
    url = f"https://{host}:{secure.port}/"
    ca_file = str(authority.file) if trusted else ""
    with world(clock, net={"resolve": NAMES}, ca_file=ca_file) as w:
        visit = w.visit(url)
        with pytest.raises(FetchError, match=reason):
            visit.get(url, reason="poll")

    assert secure.asked == []


def test_plain_http_on_a_secure_port_is_told(clock: FakeClock, site: Site) -> None:
    url = f"https://127.0.0.1:{site.port}/"
    with world(clock) as w:
        visit = w.visit(url)
        with pytest.raises(FetchError, match="TLS"):
            visit.get(url, reason="poll")


def test_a_handshake_that_never_ends_is_bounded(clock: FakeClock) -> None:
    def silent(connection: socket.socket) -> None:
        threading.Event().wait(5)

    with RawServer(silent) as server, world(clock, timeout_s=0.5) as w:
        url = server.url().replace("http:", "https:")
        visit = w.visit(url)
        with pytest.raises(FetchError, match="time"):
            visit.get(url, reason="poll")


def test_an_authority_that_cannot_be_read_is_a_mistake_at_the_start(clock: FakeClock) -> None:
    with pytest.raises(ConfigError, match="nowhere"), world(clock, ca_file="/nowhere.pem"):
        pass


@pytest.mark.parametrize("secret", [{"headers": {"X-Key": "k"}}, {"username": "me"}])
def test_r04_credentials_never_go_from_https_to_http(
    clock: FakeClock, secure: Site, authority: Authority, site: Site, secret: dict[str, Any]
) -> None:
    secure.pages["/"] = Reply(status=302, headers={"Location": site.url()})
    site.pages["/"] = Reply(body=b"plain")
    url = f"https://press.example:{secure.port}/"
    with world(clock, net={"resolve": NAMES}, ca_file=str(authority.file)) as w:
        visit = w.visit(url, **secret)
        with pytest.raises(RefusedError, match="https to http"):
            visit.get(url, reason="poll")
        w.hosts.held.clear()
        clock.move(10)
        assert w.visit(url).get(url, reason="poll").body == b"plain"


# ------------------------------------------------------------------ proxy


class Proxy(RawServer):
    """Notes what it is asked and answers everything itself, or opens a tunnel to `target`."""

    def __init__(self, target: tuple[str, int] | None = None) -> None:
        self.heads: list[str] = []
        self._target = target
        super().__init__()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            head = read_request(connection).decode()
            self.heads.append(head)
            if self._target and head.startswith("CONNECT"):
                self._tunnel(connection, self._target)
            else:
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nproxied")

    @staticmethod
    def _tunnel(connection: socket.socket, target: tuple[str, int]) -> None:
        with socket.create_connection(target) as onward:
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=_pour, args=(onward, connection), daemon=True)
            back.start()
            _pour(connection, onward)
            back.join(2)


def _pour(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            sink.sendall(data)
    except OSError:
        pass


def test_public_names_go_through_the_proxy_unresolved(clock: FakeClock) -> None:
    with Proxy() as proxy, world(clock, proxy=proxy.url(), net={"resolve": resolving()}) as w:
        answer = w.visit("http://press.example/a?b").get("http://press.example/a?b", reason="poll")

    assert answer.body == b"proxied"
    assert proxy.heads[0].startswith("GET http://press.example/a?b HTTP/1.1\r\n")


def test_tls_goes_through_a_tunnel_and_is_verified(
    clock: FakeClock, secure: Site, authority: Authority
) -> None:
    url = f"https://press.example:{secure.port}/"
    with (
        Proxy(("127.0.0.1", secure.port)) as proxy,
        world(clock, proxy=proxy.url(), ca_file=str(authority.file)) as w,
    ):
        assert w.visit(url).get(url, reason="poll").body == b"secure"

    assert proxy.heads[0].startswith(f"CONNECT press.example:{secure.port} ")


@pytest.mark.parametrize("host", ["10.0.0.1", "localhost", "[::1]", "printer.local"])
def test_r02_a_proxy_is_no_way_inside(clock: FakeClock, host: str) -> None:
    names = resolving(localhost="127.0.0.1", printer_local="10.0.0.9")
    with (
        Proxy() as proxy,
        world(clock, proxy=proxy.url(), net={"resolve": names}, allow_private=False) as w,
    ):
        visit = w.net.visit(source("http://press.example/"), None)
        with pytest.raises(RefusedError):
            visit.get(f"http://{host}/", reason="article")

    assert proxy.heads == []


def test_a_private_source_that_is_allowed_is_asked_directly(clock: FakeClock, site: Site) -> None:
    site.pages["/"] = Reply(body=b"direct")
    with Proxy() as proxy, world(clock, proxy=proxy.url()) as w:
        assert w.visit(site.url()).get(site.url(), reason="poll").body == b"direct"

    assert proxy.heads == []
