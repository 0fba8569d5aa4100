"""C30a: which hub a feed names, and how it is asked."""

from __future__ import annotations

import pytest

from syndicator.model import Link, ParsedFeed
from syndicator.push import public_base
from syndicator.stages.hubs import Named, named
from tests.conftest import FakeClock
from tests.net.helpers import source, world
from tests.push.conftest import Newsroom
from tests.push.hub import Hub
from tests.site import Reply, Site

URL = "https://www.example.org/feed"


def links(**rels: str) -> tuple[Link, ...]:
    return tuple(Link(rel=rel, url=url) for rel, urls in rels.items() for url in urls.split())


@pytest.mark.parametrize(
    ("header", "document", "self_url", "hub", "topic"),
    [
        pytest.param(
            links(hub="https://h.example/", self="https://a.example/1"),
            links(hub="https://other.example/"),
            "https://a.example/2",
            "https://h.example/",
            "https://a.example/1",
            id="headers go first",
        ),
        pytest.param(
            (),
            links(hub="https://h.example/ https://second.example/", self="/1 /2"),
            "",
            "https://h.example/",
            "https://www.example.org/1",
            id="the first of the document",
        ),
        pytest.param(
            (),
            links(hub="http://h.example/ https://second.example/"),
            URL,
            "https://second.example/",
            URL,
            id="https where it is offered",
        ),
        pytest.param(
            links(hub="http://h.example/"),
            links(hub="https://other.example/"),
            URL,
            "http://h.example/",
            URL,
            id="a header over http goes before a document over https",
        ),
        pytest.param(
            (),
            (Link(rel="Hub SELF", url="https://h.example/both"),),
            "",
            "https://h.example/both",
            "https://h.example/both",
            id="two relations in one link",
        ),
        pytest.param(
            (),
            links(hub="javascript:x http://h.example:99999/ https://h.example/"),
            URL,
            "https://h.example/",
            URL,
            id="what is no address is passed over",
        ),
    ],
)
def test_c30a_the_hub_and_the_topic(
    header: tuple[Link, ...], document: tuple[Link, ...], self_url: str, hub: str, topic: str
) -> None:
    feed = ParsedFeed(version="atom10", links=document, self_url=self_url)
    assert named(header, feed, url=URL) == Named(hub=hub, topic=topic)


@pytest.mark.parametrize(
    "document", [links(hub="https://h.example/"), links(self=URL), ()], ids=["hub", "self", "none"]
)
def test_c30a_both_must_be_named(document: tuple[Link, ...]) -> None:
    assert named((), ParsedFeed(version="rss20", links=document), url=URL) is None


def test_c30a_link_headers_of_an_answer_reach_the_source(room: Newsroom) -> None:
    header = '<https://h.example/a,b>; rel="hub"; title="x", </self?a=1>; rel=self'
    room.publish("first", hub="https://other.example/", Link=header)

    notes = room.read().notes

    assert (notes["hub"], notes["topic"]) == ("https://h.example/a,b", room.site.url("/self?a=1"))


def test_c30a_a_feed_that_names_a_hub_is_subscribed_to(room: Newsroom, hub: Hub) -> None:
    room.publish("first", hub=hub.url, topic="https://www.example.org/the/feed?x=1&y=2")
    room.read()

    assert room.settle() == 1

    (wish,) = hub.wishes
    assert wish.method == "POST"
    assert wish.headers["content-type"] == "application/x-www-form-urlencoded"
    assert "cookie" not in wish.headers
    assert wish["mode"] == "subscribe"
    assert wish["topic"] == "https://www.example.org/the/feed?x=1&y=2"
    assert wish["lease_seconds"] == str(14 * 24 * 3600)
    assert wish["callback"].startswith("https://press.example/news/websub/")
    assert room.settle() == 0, "asked twice"
    assert [one.reason for one in room.parts.store.polls()] == ["subscribe", "discovery"]


@pytest.mark.parametrize("status", [307, 308])
def test_c30a_the_post_goes_on_as_it_is(room: Newsroom, hub: Hub, status: int) -> None:
    hub.answer = lambda wish: (202, {}) if wish.path == "/new" else (status, {"Location": "/new"})
    room.publish("first", hub=hub.url)
    room.read()

    room.settle()

    first, second = hub.wishes
    assert (second.path, second.method, second.form) == ("/new", "POST", first.form)
    assert room.states() == ["pending"]


@pytest.mark.parametrize("status", [301, 302, 303])
def test_c30a_other_redirects_are_not_followed(room: Newsroom, hub: Hub, status: int) -> None:
    hub.answer = lambda _: (status, {"Location": "/new"})
    room.publish("first", hub=hub.url)
    room.read()

    room.settle()

    assert len(hub.wishes) == 1
    assert room.states() == ["ended"]


def test_c30a_a_hub_that_refuses_is_asked_again_later_and_later(room: Newsroom, hub: Hub) -> None:
    hub.answer = lambda _: (400, {})
    room.publish("first", hub=hub.url)
    room.read()
    gaps = []
    for _ in range(10):
        room.settle()
        newest = room.subscriptions()[-1]
        assert newest.error == "HTTP 400 Bad Request"
        assert newest.retry_at is not None
        gaps.append(round((newest.retry_at - room.clock.now()).total_seconds() / 3600))
        room.clock.move(gaps[-1] * 3600 - 10)
        assert room.settle() == 0
        room.clock.move(20)

    assert gaps == [1, 2, 4, 8, 16, 32, 64, 128, 168, 168]
    assert len(hub.wishes) == 10


def test_c30a_a_hub_that_does_not_call_back_is_asked_again(room: Newsroom, hub: Hub) -> None:
    room.publish("first", hub=hub.url)
    room.read()
    room.settle()
    room.clock.move(3600)
    room.settle()
    assert room.states() == ["ended"]
    room.clock.move(3600)
    room.settle()

    assert room.states() == ["ended", "pending"]
    assert hub.verify(hub.wishes[0]).status == 404
    assert hub.verify(hub.wishes[1]).status == 200


@pytest.mark.parametrize(
    "base",
    ["http://127.0.0.1:8080", "http://localhost", "http://press.local/", "http://10.1.2.3/x"],
)
def test_c30a_nobody_is_asked_who_could_not_call_back(base: str) -> None:
    assert public_base(base) == ""
    assert public_base("https://press.example/news/") == "https://press.example/news"


def test_c30a_no_hub_is_asked_without_a_public_address(room: Newsroom, hub: Hub) -> None:
    settings = room.parts.config.site.model_copy(update={"base_url": "http://127.0.0.1:8080"})
    object.__setattr__(room.parts.config, "site", settings)
    room.publish("first", hub=hub.url)
    room.read()

    assert room.settle() == 0
    assert hub.wishes == []


# ------------------------------------------------------------------ the gate's POST


def test_c30a_a_post_never_goes_from_https_to_http(
    room: Newsroom, secure_hub: Hub, hub: Hub
) -> None:
    secure_hub.answer = lambda _: (307, {"Location": hub.url})
    room.publish("first", hub=secure_hub.url)
    room.read()

    room.settle()

    assert hub.wishes == []
    assert "https to http" in room.subscriptions()[-1].error


def test_r02_a_hub_on_a_private_address_is_not_asked(clock: FakeClock, site: Site) -> None:
    site.pages["/hub"] = Reply(status=202)
    with world(clock, allow_private=False) as w:
        visit = w.net.visit(source("https://www.example.org/feed"), None)
        with pytest.raises(Exception, match="not a public address"):
            visit.post(site.url("/hub"), form={"a": "b"}, reason="subscribe")

    assert site.asked == []
