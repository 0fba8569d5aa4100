"""A published folder, and a real server over it."""

from __future__ import annotations

import http.client
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from syndicator.server import Health, Metrics, Server, build
from tests.server.nginx import SIGNPOSTS, TOPICS, running

UPDATED = 1_772_366_400  # 2026-03-01T12:00:00Z
ATOM = (
    b"<?xml version='1.0' encoding='utf-8'?>\n<feed>" + b"<entry>peace</entry>" * 200 + b"</feed>"
)


def write(feeds: Path, path: str, body: bytes = ATOM, *, at: int = UPDATED) -> Path:
    """Replace a file whole, dated as its document."""
    target = feeds / path
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.tmp")
    fresh.write_bytes(body)
    os.utime(fresh, (at, at))
    return fresh.rename(target)


@dataclass(frozen=True, slots=True)
class Got:
    """An answer, read to its end."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def __getitem__(self, name: str) -> str | None:
        return self.headers[name]


Ask = Callable[..., Got]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the tree is published."""
    return tmp_path_factory.mktemp("web") / "feeds"


@pytest.fixture(autouse=True)
def feeds(root: Path) -> Path:
    """A small published tree, laid anew for each test."""
    shutil.rmtree(root, ignore_errors=True)
    for path in (
        "themes/mali/atom.xml",
        "themes/mali/archive/1.xml",
        "themes/mali/archive/2.xml",
        "themes/mali/fr/index.html",
        "articles/withdrawn/gone.html",
        "themes/mali/changes.atom",
        "themes/mali/rss.xml",
        "themes/mali/feed.json",
        "themes/mali/index.html",
        "private/tokentokentoken/atom.xml",
        "feeds.opml",
        "sitemap.xml",
        "robots.txt",
        "style.css",
        "index.html",
        "media/photo.jpg",
    ):
        write(root, path)
    return root


@pytest.fixture(scope="module")
def health() -> list[str]:
    """Problems the service reports; empty is well."""
    return []


@pytest.fixture(scope="module")
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture(scope="module")
def server(root: Path, health: list[str], metrics: Metrics) -> Iterator[Server]:
    app = build(
        root,
        status=lambda: Health(problems=tuple(health)),
        metrics=metrics.render,
        publish_max_age_s=900,
        topics=TOPICS,
        signposts=lambda: SIGNPOSTS,
        count=metrics.served,
    )
    with Server(app, host="127.0.0.1", port=0) as running:
        yield running


@pytest.fixture(scope="module")
def nginx(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """Where nginx serves the same tree, by the configuration in deploy/."""
    with running(tmp_path_factory.mktemp("nginx"), root) as place:
        yield place


NGINX = pytest.param(
    "nginx",
    marks=[
        pytest.mark.nginx,
        pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed"),
    ],
)


@pytest.fixture
def ours(server: Server) -> Ask:
    """Ask our own server."""
    return asking(server.host, server.port)


@pytest.fixture(params=["syndicator", NGINX])
def ask(request: pytest.FixtureRequest) -> Ask:
    """Ask whoever serves the tree: our own server, and nginx by the configuration in deploy/."""
    if request.param == "nginx":
        return asking(*request.getfixturevalue("nginx"))
    server = request.getfixturevalue("server")
    return asking(server.host, server.port)


def asking(host: str, port: int) -> Ask:
    """One request over a connection of its own; header values may be lists."""

    def one(path: str, method: str = "GET", **headers: str | list[str]) -> Got:
        connection = http.client.HTTPConnection(host, port, timeout=10)
        try:
            connection.putrequest(
                method, path, skip_accept_encoding=True, skip_host="host" in headers
            )
            for name, value in headers.items():
                for line in [value] if isinstance(value, str) else value:
                    connection.putheader(name.replace("_", "-"), line)
            connection.endheaders()
            answer = connection.getresponse()
            return Got(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    return one
