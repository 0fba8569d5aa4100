"""P30: the feeds name their hub, in the document and in every answer, and a move of it is told."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from syndicator import jobs
from syndicator.app import open_parts
from syndicator.jobs import Parts
from syndicator.model import SourceSettings, Theme
from syndicator.push import Topics
from syndicator.server import Health, Server, build
from tests.conftest import FakeClock
from tests.store.conftest import FEED, NOON, change, claimed, decided

BASE = "https://library.example"
OWN = f"{BASE}/hub"
CONFIG = f"""
[site]
base_url = "{BASE}"
[publish]
archive_entries = 5
"""
LINK = f'<{OWN}>; rel="hub", <{BASE}/themes/mali/{{}}>; rel="self"'


@pytest.fixture
def parts(tmp_path: Path, clock: FakeClock) -> Iterator[Parts]:
    """A theme of twelve articles, published: two closed archives, and a document."""
    (tmp_path / "config.toml").write_text(CONFIG)
    with open_parts(tmp_path / "config.toml", environ={}, clock=clock) as parts:
        store, now = parts.store, clock.now()
        store.add_theme(Theme(slug="mali", title="Mali", match="title:mali"), now=now)
        store.add_source("agency", SourceSettings(url=FEED), now=now)
        dates = [NOON - timedelta(days=30 - n) for n in range(12)]
        changes = [
            change(f"a{n}", themes=("mali",), published_at=at, updated_at=at)
            for n, at in enumerate(dates)
        ]
        claim = claimed(store, "agency", at=now)  # type: ignore[arg-type]
        assert store.save(decided(claim, *changes, at=now))
        jobs.publish(parts)
        yield parts


def with_hub(parts: Parts, **said: object) -> Parts:
    """The same with another [hub] in its configuration."""
    hub = parts.config.hub.model_copy(update=said)
    return replace(parts, config=replace(parts.config, hub=hub))


def files(parts: Parts) -> dict[str, bytes]:
    root = parts.config.publish.dir
    return {str(each.relative_to(root)): each.read_bytes() for each in root.rglob("*.xml")}


@contextmanager
def serving(parts: Parts) -> Iterator[Server]:
    app = build(
        parts.config.publish.dir,
        status=Health,
        metrics=None,
        publish_max_age_s=60,
        topics=jobs.topics(parts),
    )
    with Server(app, host="127.0.0.1", port=0) as server:
        yield server


def ask(server: Server, path: str, method: str = "GET", **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(server.host, server.port, timeout=10)
    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        return answer
    finally:
        connection.close()


def test_p30_get_head_and_304_name_hub_and_self(parts: Parts) -> None:
    with serving(parts) as server:
        got = ask(server, "/themes/mali/atom.xml")
        head = ask(server, "/themes/mali/atom.xml", "HEAD")
        unchanged = ask(server, "/themes/mali/atom.xml", **{"If-None-Match": "*"})

    assert [got.status, head.status, unchanged.status] == [200, 200, 304]
    for each in (got, head, unchanged):
        assert each.headers["Link"] == LINK.format("atom.xml")


def test_p30_what_has_no_news_names_no_hub(parts: Parts) -> None:
    with serving(parts) as server:
        for path in ("/themes/mali/archive/1.xml", "/themes/mali/", "/"):
            answer = ask(server, path)
            assert (answer.status, answer.headers["Link"]) == (200, None), path


def test_p30_the_document_names_it_and_closed_archives_do_not(parts: Parts) -> None:
    named = {name for name, body in files(parts).items() if f'"{OWN}"'.encode() in body}

    assert {"themes/mali/atom.xml", "themes/all/atom.xml"} <= named
    assert not [name for name in named if "/archive/" in name]


def test_p30_another_hub_is_named_at_once_and_rewrites_no_archive(parts: Parts) -> None:
    before = files(parts)
    assert jobs.publish_stale(parts) is None

    moved = with_hub(parts, url="https://hub.example/")
    assert jobs.publish_stale(moved) is not None

    after = files(moved)
    changed = {name for name in after if after[name] != before[name]}
    assert "themes/mali/atom.xml" in changed
    assert b'rel="hub" href="https://hub.example/"' in after["themes/mali/atom.xml"]
    assert [name for name in changed if "/archive/" in name] == []
    assert jobs.publish_stale(moved) is None


def test_p30_without_a_hub_nothing_names_one(parts: Parts) -> None:
    without = with_hub(parts, enabled=False)
    jobs.publish_stale(without)

    assert b'rel="hub"' not in files(without)["themes/mali/atom.xml"]
    with serving(without) as server:
        assert ask(server, "/themes/mali/atom.xml").headers["Link"] is None


@pytest.mark.parametrize(
    ("address", "topic"),
    [
        (f"{BASE}/themes/mali/atom.xml", "themes/mali/atom.xml"),
        (f"{BASE}/themes/mali/fr/rss.xml", "themes/mali/fr/rss.xml"),
        (f"{BASE}/private/8Zr_x-token/feed.json", "private/8Zr_x-token/feed.json"),
        (f"{BASE}/themes/mali/archive/1.xml", ""),
        (f"{BASE}/themes/mali/", ""),
        (f"{BASE}/themes/../themes/mali/atom.xml", ""),
        (f"{BASE}/themes/%6dali/atom.xml", ""),
        (f"{BASE}/themes/mali/atom.xml?x", ""),
        (f"{BASE}/themes/mali/atom.xml#x", ""),
        ("https://library.example.net/themes/mali/atom.xml", ""),
        ("http://library.example/themes/mali/atom.xml", ""),
        ("themes/mali/atom.xml", ""),
        ("", ""),
    ],
)
def test_p31_a_topic_has_one_address(address: str, topic: str) -> None:
    assert Topics(base_url=BASE, hub=OWN).at(address) == topic
