"""The press site on loopback: manners of a good server, and pieces that come out one by one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from syndicator.config import load
from syndicator.demo.pieces import PUBLISHERS, release_titles
from syndicator.demo.server import PressServer
from syndicator.demo.settings import demo_config

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.fixture
def press() -> Iterator[PressServer]:
    with PressServer(now=lambda: AT) as server:
        yield server


@pytest.mark.parametrize("publisher", PUBLISHERS)
def test_an_unchanged_page_is_answered_with_304(press: PressServer, publisher: str) -> None:
    url = press.urls[publisher]
    first = requests.get(url, timeout=5)

    by_tag = requests.get(url, headers={"If-None-Match": first.headers["ETag"]}, timeout=5)
    by_date = requests.get(
        url, headers={"If-Modified-Since": first.headers["Last-Modified"]}, timeout=5
    )

    assert first.status_code == 200
    assert first.headers["Content-Encoding"] == "gzip"
    assert (by_tag.status_code, by_date.status_code) == (304, 304)
    assert by_tag.headers["ETag"] == first.headers["ETag"]
    assert by_tag.content == b""


def test_each_coding_has_an_etag_of_its_own(press: PressServer) -> None:
    url = press.urls["agency"]

    packed = requests.get(url, timeout=5)
    plain = requests.get(url, headers={"Accept-Encoding": "identity"}, timeout=5)

    assert packed.content == plain.content
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert packed.headers["Vary"] == "Accept-Encoding"


def test_head_is_get_without_a_body(press: PressServer) -> None:
    url = press.urls["en"]

    head, get = requests.head(url, timeout=5), requests.get(url, timeout=5)

    assert head.content == b""
    assert head.headers["Content-Length"] == get.headers["Content-Length"]
    assert head.headers["ETag"] == get.headers["ETag"]


def test_what_is_not_there_or_not_allowed_is_refused(press: PressServer) -> None:
    base = press.bases["blog"]

    assert requests.get(f"{base}/nothing", timeout=5).status_code == 404
    assert requests.post(f"{base}/", data="x", timeout=5).status_code == 405


def test_pieces_come_out_in_order_and_change_only_their_publisher(press: PressServer) -> None:
    before = {p: requests.get(url, timeout=5).headers["ETag"] for p, url in press.urls.items()}

    out = press.release_next()

    assert out
    assert (out.publisher, out.title) == release_titles()[0]
    after = {p: requests.get(url, timeout=5) for p, url in press.urls.items()}
    changed = {p for p, answer in after.items() if answer.headers["ETag"] != before[p]}
    assert changed == {"en", "nl", "fr"}
    assert out.title in after["en"].text
    assert after["en"].headers["Last-Modified"] == "Tue, 24 Nov 2026 09:30:00 GMT"


def test_after_the_last_release_there_is_nothing_more(press: PressServer) -> None:
    titles = [(out.publisher, out.title) for _ in release_titles() if (out := press.release_next())]

    assert tuple(titles) == release_titles()
    assert press.release_next() is None


def test_requests_are_logged_with_what_was_sent(press: PressServer) -> None:
    requests.get(press.urls["lab"], headers={"If-None-Match": '"x"'}, timeout=5)

    (asked,) = press.requests
    assert (asked.publisher, asked.method, asked.target, asked.status) == (
        "lab",
        "GET",
        "/feed.json",
        200,
    )
    assert asked.headers["if-none-match"] == '"x"'


def test_the_demo_configuration_is_read_without_a_problem(
    press: PressServer, tmp_path: Path
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(demo_config(press, port=8099), "utf-8")

    config = load(path, {})

    assert {source.url for source in config.sources.values()} == set(press.urls.values())
    assert set(config.themes) == {"peacebuilding", "mali"}
    assert config.themes["peacebuilding"].languages == ("en", "fr", "nl")
    assert config.serve.port == 8099
