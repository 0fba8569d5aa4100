"""Private reach, end to end: passwords, headers, a proxy, an authority, private addresses; R42."""

from __future__ import annotations

import base64
import logging
import os
import shutil
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from syndicator import jobs
from syndicator.cli.main import main
from syndicator.errors import SyndicatorError
from syndicator.model import Kind, SourceSettings
from tests.net.test_tls_and_proxy import Proxy
from tests.safety.conftest import OpenRoom, Room, naming
from tests.safety.documents import RSS_TYPE, honest, rss
from tests.site import Asked, Page, RawServer, Reply, Site

PASSWORD = "marker-of-a-password"
HEADER = "marker-of-a-header"
TOKEN = "marker-of-a-token"
PROXY = "marker-of-a-proxy"
BASIC = base64.b64encode(f"reader:{PASSWORD}".encode()).decode()
SECRETS = (PASSWORD, HEADER, TOKEN, PROXY, BASIC)


def locked(page: Page) -> Callable[[Asked], Reply]:
    """A page for those who know the password, the header and the token."""

    def one(asked: Asked) -> Reply:
        known = (
            asked.headers.get("authorization") == f"Basic {BASIC}"
            and asked.headers.get("x-api-key") == HEADER
            and TOKEN in asked.path
        )
        if not known:
            return Reply(status=401, headers={"WWW-Authenticate": f'Basic realm="{TOKEN}"'})
        return page if isinstance(page, Reply) else page(asked)

    return one


def private(url: str, folder: Path) -> SourceSettings:
    """The source behind that lock."""
    (folder / "password").write_text(f"{PASSWORD}\n")
    (folder / "password").chmod(0o600)
    return SourceSettings(
        url=f"{url}?token={TOKEN}",
        username="reader",
        password_file="password",
        headers={"X-Api-Key": HEADER},
    )


# ------------------------------------------------------------------ it works


def test_a_source_with_password_headers_and_token_is_read(
    open_room: OpenRoom, site: Site, tmp_path: Path
) -> None:
    """Poll after poll, and anew by a process that only has the store and the file."""
    site.pages["/feed"] = locked(Reply(body=honest(range(3)), headers=RSS_TYPE))
    source = private(site.url("/feed"), tmp_path)
    room = open_room({"press": source})

    assert room.pull()["press"].new == 3
    site.pages["/feed"] = locked(Reply(body=honest(range(5)), headers=RSS_TYPE))
    assert room.pull()["press"].new == 2
    again = open_room({"press": source})
    assert (again.pull()["press"].error, again.pull()["press"].result) == ("", "unchanged")


def test_a_changed_header_of_the_file_is_sent_from_then_on(open_room: OpenRoom, site: Site) -> None:
    site.pages["/feed"] = Reply(body=honest([1]), headers=RSS_TYPE)
    for key in ("one", "two"):
        room = open_room({"press": SourceSettings(url=site.url("/feed"), headers={"X-Key": key})})
        room.pull()

    assert [asked["x-key"] for asked in site.asked] == ["one", "two"]


def test_a_password_is_not_for_the_feeds_that_a_page_announces_elsewhere(
    open_room: OpenRoom, site: Site, tmp_path: Path
) -> None:
    with Site("127.0.0.2") as other:
        link = '<link rel="alternate" type="application/rss+xml" href="{}">'
        site.pages["/"] = Reply(body=link.format(other.url("/feed")).encode())
        other.pages["/feed"] = Reply(body=honest([1]))
        source = private(site.url("/"), tmp_path)
        open_room({"press": source}).pull()

        assert site.asked[0]["authorization"] == f"Basic {BASIC}"
        assert other.asked
        assert not any({"authorization", "x-api-key"} & {*asked.headers} for asked in other.asked)


@pytest.mark.parametrize(
    ("general", "own", "works"),
    [
        pytest.param("false", None, False, id="closed by default"),
        pytest.param("false", True, True, id="opened for one source"),
        pytest.param("false", ("127.0.0.0/8",), True, id="for one network"),
        pytest.param("false", ("10.0.0.0/8",), False, id="for another network"),
        pytest.param("true", False, False, id="closed for one source"),
        pytest.param('["127.0.0.0/8"]', None, True, id="opened for all by network"),
    ],
)
def test_private_addresses_are_opened_source_by_source(
    open_room: OpenRoom, site: Site, general: str, own: object, works: bool
) -> None:
    site.pages["/feed"] = Reply(body=honest([1]))
    source = SourceSettings(url=site.url("/feed"), allow_private=own)  # type: ignore[arg-type]
    done = open_room({"press": source}, allow=general).pull()["press"]

    assert (done.new == 1) is works
    assert bool(site.asked) is works
    assert works or "not a public address" in done.error


def test_public_sources_go_through_the_proxy_and_private_ones_do_not(
    open_room: OpenRoom, site: Site
) -> None:
    site.pages["/feed"] = Reply(body=honest(range(3)))
    with _Forwarding(site) as proxy:
        room = open_room(
            {"inside": site.url("/feed"), "outside": "http://press.example/feed"},
            resolve=naming({}),
            fetch=f'proxy = "http://user:{PROXY}@127.0.0.1:{proxy.port}"',
        )
        done = room.pull()

    assert [done[name].new for name in ("inside", "outside")] == [3, 3]
    assert [head.split()[1] for head in proxy.heads] == ["http://press.example/feed"]
    given = base64.b64encode(f"user:{PROXY}".encode()).decode()
    assert f"Proxy-Authorization: Basic {given}" in proxy.heads[0]


class _Forwarding(Proxy):
    """Answers as the site would, so that what it forwards can be a feed."""

    def __init__(self, site: Site) -> None:
        self._site = site
        super().__init__()

    def _serve(self, connection):  # type: ignore[no-untyped-def]
        from tests.site import read_request

        with connection:
            head = read_request(connection).decode()
            self.heads.append(head)
            page = self._site.pages["/" + head.split()[1].rpartition("/")[2]]
            assert isinstance(page, Reply)
            size = len(page.body)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + page.body)


@dataclass
class Authority:
    """A private authority with a certificate for press.example."""

    folder: Path
    server: ssl.SSLContext = field(default_factory=lambda: ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))

    @property
    def file(self) -> Path:
        return self.folder / "cert.pem"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl, which makes the certificate, is not installed")
    made = Authority(tmp_path_factory.mktemp("tls"))
    subprocess.run(
        [
            openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
            "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days", "30",
            "-subj", "/CN=press.example", "-addext", "subjectAltName=DNS:press.example",
        ],
        cwd=made.folder, check=True, capture_output=True,
    )  # fmt: skip
    made.server.load_cert_chain(made.file, made.folder / "key.pem")
    return made


@pytest.mark.parametrize("known", [True, False], ids=["the file names it", "nobody knows it"])
def test_a_private_authority_is_trusted_when_the_file_names_it(
    open_room: OpenRoom, authority: Authority, known: bool
) -> None:
    with Site(tls=authority.server) as secure:
        secure.pages["/feed"] = Reply(body=honest([1]))
        room = open_room(
            {"press": f"https://press.example:{secure.port}/feed"},
            resolve=naming({"press.example": "127.0.0.1"}),
            fetch=f'ca_file = "{authority.file}"' if known else "",
        )
        done = room.pull()["press"]

    assert (done.new, "TLS: self" in done.error) == ((1, False) if known else (0, True))


# ------------------------------------------------------------------ none of it leaks


def leaks(text: str | bytes, *, but: str = "") -> list[str]:
    """The secrets that stand in a text."""
    data = text.encode() if isinstance(text, str) else text
    return [secret for secret in SECRETS if secret.encode() in data and secret != but]


def files_below(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def _name(path: str) -> str:
    return path.removeprefix("/")


@dataclass(frozen=True)
class Secretive:
    """A newsroom whose every source has secrets; some can be read, and others fail in all ways."""

    room: Room
    press: Site


@pytest.fixture
def secretive(
    open_room: OpenRoom, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> Iterator[Secretive]:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("urllib3").setLevel(logging.DEBUG)
    with Site("127.0.0.2") as press, Site() as closed, RawServer() as hanging:
        closed.pages["/robots.txt"] = Reply(body=b"User-agent: *\nDisallow: /\n")
        base = press.url("")
        own = f'<atom:link rel="self" href="{base}/feed?token={TOKEN}"/>'
        press.pages["/feed"] = locked(
            Reply(body=rss("<item><guid>1</guid><title>One</title></item>", head=own))
        )
        press.pages["/atom"] = locked(Reply(body=honest(range(2)), headers={"ETag": '"1"'}))
        press.pages["/moved"] = locked(
            Reply(status=301, headers={"Location": f"/feed?token={TOKEN}&moved"})
        )
        press.pages["/away"] = locked(
            Reply(status=302, headers={"Location": f"http://127.0.0.1:9/?token={TOKEN}"})
        )
        press.pages["/odd"] = locked(Reply(status=302, headers={"Location": f"ftp://x/{TOKEN}"}))
        press.pages["/html"] = locked(Reply(body=b"<html><p>" + TOKEN.encode() + b"</p></html>"))
        press.pages["/reason"] = locked(Reply(status=503, body=TOKEN.encode()))
        press.pages["/page"] = locked(Reply(body=b"<html><body>" + b"<p>words</p>" * 200))
        press.pages["/denied"] = Reply(status=401)
        urls = {name: f"{base}/{name}" for name in (*map(_name, press.pages), "missing")}
        urls["silent"] = hanging.url("/silent")
        urls["closed"] = "http://127.0.0.1:9/closed"
        urls["tls"] = base.replace("http:", "https:") + "/tls"
        urls["nowhere"] = "http://nowhere.example/feed"
        sources = {name: private(url, tmp_path) for name, url in urls.items()}
        forbidden = private(closed.url("/forbidden"), tmp_path)
        sources["forbidden"] = replace(forbidden, kind=Kind.PAGE)
        room = open_room(
            sources,
            timeout="1s",
            resolve=naming({}),
            fetch=f'proxy = "http://user:{PROXY}@127.0.0.1:9"',
        )
        yield Secretive(room=room, press=press)


def test_r42_no_secret_stands_in_log_store_feeds_or_on_the_screen(
    secretive: Secretive, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    room = secretive.room
    results = [room.pull() for _ in range(3)]
    jobs.upkeep(room.parts)
    jobs.publish(room.parts)
    said = {"log": caplog.text, "results": repr(results)}
    for words in (
        "source list", "source list --json", "status", "status --json", "status --politeness",
        "config show", "config show --json", "config check", "export opml", "export opml --public",
        "doctor", "doctor --json", "article list --json", "theme list --json", "pull --force",
        *(f"source show {name}{how}" for name in results[0] for how in ("", " --json")),
        *(f"article show {one.id} --json" for one in room.parts.store.articles()),
    ):  # fmt: skip
        capsys.readouterr()
        with pytest.raises(SystemExit):
            main(["-c", str(room.path), *words.split()])
        written = capsys.readouterr()
        said[words] = written.out + written.err
    folder = room.path.parent

    assert results[0]["feed"].new == 1
    assert {name: found for name, text in said.items() if (found := leaks(text))} == {}
    assert {
        n: found for n, data in files_below(folder / "feeds").items() if (found := leaks(data))
    } == {}
    # An address that holds a token is kept as it is: without it nothing could be read.
    store = files_below(folder / "store")
    assert {n: found for n, data in store.items() if (found := leaks(data, but=TOKEN))} == {}
    assert (folder / "store" / "syndicator.db").stat().st_mode & 0o077 == 0


def test_r42_no_exception_tells_a_secret(secretive: Secretive) -> None:
    """Neither in its own words nor in those of what caused it."""
    parts = secretive.room.parts
    told = []
    for source in parts.store.sources():
        visit = parts.net.visit(source, None)
        try:
            visit.get(source.url, reason="poll")  # type: ignore[attr-defined]
        except SyndicatorError as error:
            told.append(str(error))
            told.append(repr(error))
    assert len(told) > 10
    assert leaks("\n".join(told)) == []


def test_r42_a_real_run_writes_no_secret(secretive: Secretive) -> None:
    """The whole program in a process of its own; what it writes to its log is all of stderr."""
    run = subprocess.run(
        [sys.executable, "-m", "syndicator", "-c", str(secretive.room.path), "run", "--once"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )

    assert run.returncode == 3, run.stderr
    assert "sources read" in run.stderr
    assert leaks(run.stdout + run.stderr) == []
