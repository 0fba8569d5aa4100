"""/search and its feed, of a real store by a real server."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote, urlencode
from xml.etree.ElementTree import fromstring

import pytest

from syndicator import jobs
from syndicator.app import Parts, open_parts
from syndicator.errors import SlowQueryError
from syndicator.jobs import PublicSearch
from syndicator.model import ArticleChange, Republish, SourceSettings
from syndicator.publishers.check import problems
from syndicator.server import Health, Server, build
from tests.conftest import FakeClock
from tests.store.conftest import NOON, change, claimed, decided

CONFIG = """
[site]
title = "The library"
contact = "desk@library.example"
base_url = "https://library.example"
"""
ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = '"><script>alert(1)</script>'


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage

    def __getitem__(self, name: str) -> str | None:
        return self.headers[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    parts: Parts
    address: str
    clock: FakeClock

    def keep(self, *changes: ArticleChange, **what) -> None:
        store, at = self.parts.store, self.clock.now()
        claim = claimed(store, "agency", at=at)  # type: ignore[arg-type]
        store.save(decided(claim, *changes, at=at, **what))
        jobs.index(self.parts)
        self.clock.move(60)

    def ask(self, path: str, method: str = "GET", **headers: str):
        host = self.address.removeprefix("http://")
        connection = http.client.HTTPConnection(host, timeout=20)
        connection.request(
            method, path, headers={k.replace("_", "-"): v for k, v in headers.items()}
        )
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return Answer(status=answer.status, headers=answer.headers), body.decode()

    def page(self, query: str, **more: object):
        return self.ask(f"/search?{urlencode({'q': query, **more})}")

    def feed(self, query: str, **headers: str):
        return self.ask(f"/search/atom.xml?q={quote(query)}", **headers)


@pytest.fixture
def house(tmp_path: Path, clock: FakeClock) -> Iterator[House]:
    config = tmp_path / "config.toml"
    config.write_text(CONFIG)
    with open_parts(config, environ={}, clock=clock) as parts:
        url = "https://www.example.org/feed"
        parts.store.add_source("agency", SourceSettings(url=url), now=NOON)
        app = build(
            tmp_path / "feeds",
            status=Health,
            metrics=None,
            publish_max_age_s=900,
            searches=PublicSearch(parts),
        )
        with Server(app, host="127.0.0.1", port=0) as server:
            yield House(parts=parts, address=server.address, clock=clock)


def many(count: int) -> list[ArticleChange]:
    return [
        change(f"a{n}", f"The wells of Gao, {n}.", published_at=NOON - timedelta(hours=n))
        for n in range(count)
    ]


def test_the_page_shows_what_is_found_newest_first_with_its_words_marked(house: House) -> None:
    house.keep(*many(3))

    answer, body = house.page("wells")

    assert answer.status == 200
    assert answer["Content-Type"] == "text/html; charset=utf-8"
    assert "The <mark>wells</mark> of Gao, 0." in body
    assert body.index("Title of a0") < body.index("Title of a1") < body.index("Title of a2")
    assert "/articles/" in body


def test_pages_follow_on_each_other(house: House) -> None:
    house.keep(*many(45))
    seen = [house.page("wells", page=n)[1].count("<mark>wells") for n in (1, 2, 3)]
    assert seen == [20, 20, 5]
    assert 'rel="next"' in house.page("wells", page=2)[1]
    assert 'rel="next"' not in house.page("wells", page=3)[1]


@pytest.mark.parametrize("path", ["/search", "/search?q=", "/search?q=%20%20", "/search?x=1"])
def test_no_question_gives_the_form(house: House, path: str) -> None:
    answer, body = house.ask(path)
    assert answer.status == 200
    assert "<input" in body


def test_the_feed_is_valid_and_the_same_for_the_same_question(house: House) -> None:
    house.keep(*many(3))

    answer, body = house.feed("wells  AND gao")
    again, same = house.feed(" wells AND gao")

    assert answer.status == again.status == 200
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert problems(body.encode()) == []
    assert body == same
    feed = fromstring(body)
    links = {one.get("rel"): one.get("href") for one in feed.findall(f"{ATOM}link")}
    assert links == {
        "self": "https://library.example/search/atom.xml?q=wells%20AND%20gao",
        "alternate": "https://library.example/search?q=wells%20AND%20gao",
    }
    ids = [one.findtext(f"{ATOM}id") for one in feed.findall(f"{ATOM}entry")]
    assert ids == [f"https://www.example.org/id/a{n}" for n in range(3)]
    assert feed.findtext(f"{ATOM}updated") == "2026-03-01T12:00:00Z"

    house.keep(change("new", "wells of Gao"))
    assert fromstring(house.feed("wells AND gao")[1]).findtext(f"{ATOM}id") == feed.findtext(
        f"{ATOM}id"
    )
    assert fromstring(house.feed("wells")[1]).findtext(f"{ATOM}id") != feed.findtext(f"{ATOM}id")


@pytest.mark.parametrize("odd", ["\x0b", "\x7f", "\x85", "\ufdd0", "\ufffe"], ids=ascii)
def test_control_characters_part_words_and_stand_in_no_answer(house: House, odd: str) -> None:
    house.keep(*many(1))
    for ask in (house.page, house.feed):
        answer, body = ask(f"wells{odd}")
        assert answer.status == 200
        assert odd not in body
    assert "The wells of Gao, 0." in house.feed(f"wells{odd}gao")[1]


def test_a_feed_of_nothing_is_valid_too(house: House) -> None:
    _, body = house.feed("volcano")
    assert problems(body.encode()) == []


def test_p21_p22_p23_validators_and_304(house: House) -> None:
    house.keep(*many(1))
    answer, _ = house.feed("wells")
    assert answer["Cache-Control"] == "public, max-age=900"
    assert answer["Last-Modified"] == "Sun, 01 Mar 2026 12:00:00 GMT"

    for headers in (
        {"If_None_Match": answer["ETag"]},
        {"If_Modified_Since": answer["Last-Modified"]},
    ):
        unchanged, body = house.feed("wells", **headers)
        assert (unchanged.status, body) == (304, "")
        for name in ("ETag", "Cache-Control", "Last-Modified"):
            assert unchanged[name] == answer[name]

    house.keep(change("new", "wells"))
    assert house.feed("wells", If_None_Match=answer["ETag"])[0].status == 200


def test_p20_head_options_and_no_other_method(house: House) -> None:
    house.keep(*many(1))
    for path in ("/search?q=wells", "/search/atom.xml?q=wells"):
        got, body = house.ask(path)
        head, nothing = house.ask(path, "HEAD")
        assert nothing == ""
        for name in ("ETag", "Content-Type", "Content-Length", "Cache-Control"):
            assert head[name] == got[name]
        assert len(body.encode()) == int(got["Content-Length"])
        assert house.ask(path, "OPTIONS")[0].status == 204
        post, _ = house.ask(path, "POST")
        assert (post.status, post["Allow"]) == (405, "GET, HEAD, OPTIONS")


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("titel:mali", "column 1"),
        ("mali AND", "too early"),
        ('"mali', "column 1"),
        ("NOT mali", "does not want"),
        ("x " * 300, "500"),
    ],
)
def test_a_bad_question_is_refused_with_its_reason(house: House, query: str, told: str) -> None:
    page, body = house.page(query)
    feed, words = house.feed(query)
    assert (page.status, feed.status) == (400, 400)
    assert told in body
    assert told in words
    assert feed["Content-Type"] == "text/plain; charset=utf-8"
    assert feed["ETag"] is None


@pytest.mark.parametrize(
    "path",
    [
        "/search?q=%ff",
        "/search/atom.xml?q=%c3",
        "/search?q=" + "x" * 5000,
        "/search?" + "&".join(f"a{n}=1" for n in range(50)),
        "/search/atom.xml",
    ],
    ids=["not UTF-8", "cut", "long", "many", "none"],
)
def test_r21_what_is_no_query_is_refused_in_static_words(house: House, path: str) -> None:
    answer, body = house.ask(path)
    assert answer.status == 400
    assert len(body) < 100


@pytest.mark.parametrize("page", ["0", "-1", "51", "x", "1e3", "٣", "9" * 400])
def test_there_is_no_such_page(house: House, page: str) -> None:
    assert house.page("wells", page=page)[0].status == 400


def test_r21_what_is_asked_comes_back_as_text_alone(house: House) -> None:
    for query in (HOSTILE, f"mali {HOSTILE}", "<b>x</b>"):
        answer, body = house.page(query)
        assert "<script" not in body
        assert "<b>" not in body
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert answer["X-Content-Type-Options"] == "nosniff"
    _, body = house.ask("/search?q=mali", Host="evil.example")
    assert "evil.example" not in body


def test_r21_a_flood_of_questions_is_told_to_come_again(tmp_path: Path, clock: FakeClock) -> None:
    go_on, busy = threading.Event(), threading.Semaphore(0)

    class Slow:
        def page(self, query: str, number: int):
            busy.release()
            go_on.wait(20)
            raise SlowQueryError("this takes too long")

        feed = page

    app = build(tmp_path, status=Health, metrics=None, publish_max_age_s=900, searches=Slow())
    with Server(app, host="127.0.0.1", port=0) as server:
        house = House(parts=None, address=server.address, clock=clock)  # type: ignore[arg-type]
        answers: list[int] = []
        some = [
            threading.Thread(target=lambda: answers.append(house.page("x")[0].status))
            for _ in range(30)
        ]
        for one in some:
            one.start()
        busy.acquire(timeout=20)
        assert house.ask("/healthz")[0].status == 200  # the rest goes on
        while len(answers) < 10:  # more than may wait are sent away at once
            some[0].join(0.01)
        go_on.set()
        for one in some:
            one.join(20)
    assert answers == [503] * 30


def test_r50_what_the_public_feeds_do_not_show_is_not_found(house: House) -> None:
    house.keep(*many(2))
    house.keep(gone=("a0",))
    assert "Title of a0" not in house.page("wells")[1]
    assert "Title of a1" in house.page("wells")[1]
    assert len(fromstring(house.feed("wells")[1]).findall(f"{ATOM}entry")) == 1


def test_no_more_of_the_text_is_shown_than_the_feeds_show(house: House) -> None:
    settings = SourceSettings(url="https://www.example.org/feed", republish=Republish.LINK)
    house.parts.store.change_source("agency", settings)
    house.keep(change("one", "The secret wells of Gao."))

    for body in (house.page("wells")[1], house.feed("wells")[1]):
        assert "Title of one" in body
        assert "secret" not in body


def test_before_there_is_an_index_nothing_is_found(house: House) -> None:
    house.parts.store.index_file.remove()  # type: ignore[attr-defined]
    assert house.page("wells")[0].status == 200
