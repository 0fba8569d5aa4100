"""Who asks, for what and how: C1 to C6, C20, C21, end to end."""

from __future__ import annotations

import gzip
from datetime import timedelta

import pytest

from syndicator import __version__, jobs
from syndicator.model import State, Validators
from tests.manners.conftest import House
from tests.manners.documents import RSS, names, reply, rss
from tests.site import Reply

BOTH = {"ETag": 'W/"a b"', "Last-Modified": "Sun, 1 Mar 2026 10:00:00 +0000"}


def test_c01_we_say_who_asks_the_same_way_on_every_request(house: House) -> None:
    house.site.pages["/feed"] = Reply(status=302, headers={"Location": "/here"})
    house.site.pages["/here"] = reply(rss("a"), '"1"')
    house.open("/feed")
    house.pull()
    house.next()

    agents = {asked["user-agent"] for asked in house.asked()}
    assert agents == {f"syndicator/{__version__} (+https://newsroom.example/about; 1 subscribers)"}
    assert len(house.asked()) == 4


def test_c02_adding_a_source_costs_one_request_or_two_and_is_its_first_poll(house: House) -> None:
    page = b'<html><head><link rel="alternate" type="application/rss+xml" href="/feed"></head>'
    house.site.pages["/"] = Reply(body=page, headers={"Content-Type": "text/html"})
    house.site.pages["/feed"] = reply(rss("a", channel="<ttl>300</ttl>"), '"1"')
    house.site.pages["/other"] = reply(rss("b"), '"2"')
    house.open()

    by_page = jobs.add_source(house.parts, house.site.url("/"), id="page")
    assert [asked.path for asked in house.asked()] == ["/", "/feed"]
    by_feed = jobs.add_source(house.parts, house.site.url("/other"), id="feed")

    assert [asked.path for asked in house.asked()] == ["/", "/feed", "/other"]
    assert (by_page.articles, by_feed.articles) == (1, 1)
    assert house.due_in("page") > timedelta(hours=4.9)  # its ttl is known from the first poll on
    assert house.pull("page", "feed", force=False) == "fresh"
    house.next("page")
    assert house.asked("/feed")[1]["if-none-match"] == '"1"'


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"ETag": '"v1"', "Last-Modified": "Sun, 01 Mar 2026 10:00:00 GMT"}, id="both"),
        pytest.param({"ETag": 'W/"v 1--gzip"'}, id="a weak tag"),
        pytest.param({"ETag": "no-quotes;x=1"}, id="a tag without quotes"),
        pytest.param({"ETag": '"half'}, id="a tag with one quote"),
        pytest.param({"Last-Modified": "Sunday, 01-Mar-26 10:00:00 GMT"}, id="an old date format"),
        pytest.param({"Last-Modified": "2026-03-01 10:00 or so"}, id="a date that is none"),
    ],
)
def test_c03_validators_go_back_as_the_bytes_received_also_after_a_restart(
    house: House, given: dict[str, str]
) -> None:
    house.site.pages["/feed"] = Reply(body=rss("a"), headers={**RSS, **given})
    house.open("/feed")
    house.pull()
    house.restart()
    house.next()

    first, second = house.asked("/feed")
    sent = {name: second.headers.get(name) for name in ("if-none-match", "if-modified-since")}
    assert sent == {
        "if-none-match": given.get("ETag"),
        "if-modified-since": given.get("Last-Modified"),
    }
    assert "if-none-match" not in first
    assert "if-modified-since" not in first


def test_c04_every_answer_updates_both_validators_also_across_a_restart(house: House) -> None:
    def answer(status: int, tag: str, date: str) -> None:
        given = {"ETag": tag, "Last-Modified": date}
        headers = {**RSS, **{name: value for name, value in given.items() if value}}
        house.site.pages["/feed"] = Reply(status=status, body=rss("a"), headers=headers)

    def sends() -> tuple[str | None, str | None]:
        house.restart()
        house.next()
        last = house.asked("/feed")[-1].headers
        return last.get("if-none-match"), last.get("if-modified-since")

    answer(200, '"1"', "one")
    house.open("/feed")
    house.pull()
    answer(304, '"2"', "")  # sets the tag it carries, leaves the date
    assert sends() == ('"1"', "one")
    answer(200, "", "two")  # the same body: clears the tag, sets the date
    assert sends() == ('"2"', "one")
    answer(200, '"3"', "")
    assert sends() == (None, "two")
    answer(200, "", "")
    assert sends() == ('"3"', None)
    assert sends() == (None, None)


def test_c04_a_body_that_did_not_parse_keeps_its_validators_until_an_upgrade(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.site.pages["/feed"] = Reply(body=rss("a"), headers={**RSS, **BOTH})
    house.open("/feed")
    house.pull()
    house.site.pages["/feed"] = reply(b"<html><p>Soon.</p></html>", '"bad"')
    assert house.next() == "failed"
    assert house.next() == "failed"  # a 304: still not readable, and not transferred again

    assert house.asked("/feed")[-1]["if-none-match"] == '"bad"'
    assert house.record()[-1].status == 304
    assert set(house.articles()) == {"Article a"}

    monkeypatch.setattr("syndicator.sources.reading.__version__", "99")
    house.site.pages["/feed"] = reply(rss("a", "b"), '"bad"')
    assert house.next() == "changed"
    assert "if-none-match" not in house.asked("/feed")[-1]
    house.next()
    assert house.asked("/feed")[-1]["if-none-match"] == '"bad"'


def test_c04_what_did_not_arrive_whole_updates_nothing(house: House) -> None:
    house.site.pages["/feed"] = reply(rss("a"), '"1"')
    house.open("/feed")
    house.pull()
    known = house.source()
    cut = {**RSS, "ETag": '"2"', "Cache-Control": "max-age=86400"}
    house.site.pages["/feed"] = Reply(body=rss("a", "b"), length=99_999, headers=cut)

    assert house.next() == "failed"
    assert house.source().validators == known.validators == Validators(etag='"1"')
    assert house.source().floor_until == known.floor_until
    assert house.source().body_sha256 == known.body_sha256


def test_c05_in_a_chain_only_the_url_that_gave_validators_gets_them(house: House) -> None:
    house.site.pages["/feed"] = Reply(status=302, headers={"Location": "/one"})
    house.site.pages["/one"] = reply(rss("a"), '"one"')
    house.site.pages["/two"] = reply(rss("a", "b"), '"two"')
    house.open("/feed")
    house.pull()
    assert house.next() == "unchanged"
    assert house.asked("/one")[1]["if-none-match"] == '"one"'

    house.site.pages["/feed"] = Reply(status=302, headers={"Location": "/two"})
    assert house.next() == "changed"
    assert "if-none-match" not in house.asked("/two")[0]
    house.next()
    assert house.asked("/two")[1]["if-none-match"] == '"two"'
    assert all("if-none-match" not in asked for asked in house.asked("/feed"))


def test_c06_a_poll_is_one_get_with_a_fixed_set_of_headers(house: House) -> None:
    cookie = {"Set-Cookie": "id=1", **RSS, "ETag": '"1"'}
    house.site.pages["/feed"] = Reply(body=rss("a"), headers=cookie)
    house.open("/feed?b=2&a=1#top")
    house.pull()
    house.next()

    first, second = house.asked()
    assert (first.method, first.path) == ("GET", "/feed?b=2&a=1")
    usual = ["Host", "User-Agent", "Accept", "Accept-Encoding"]
    assert sorted(name for name, _ in first.header_list) == sorted(usual)
    assert sorted(n for n, _ in second.header_list) == sorted([*usual, "If-None-Match"])


def test_c20_codings_are_decoded_and_what_we_accept_never_varies(house: House) -> None:
    packed = gzip.compress(rss(*names(9)))
    house.site.pages["/feed"] = Reply(body=packed, headers={**RSS, "Content-Encoding": "gzip"})
    house.open("/feed")
    house.pull()
    assert len(house.articles()) == 9

    house.site.pages["/feed"] = Reply(body=packed, headers={**RSS, "Content-Encoding": "lzma"})
    assert house.next() == "failed"
    assert len({(a["accept"], a["accept-encoding"]) for a in house.asked()}) == 1
    assert house.asked()[0]["accept"].endswith("*/*;q=0.1")


def test_c21_no_deltas_are_asked_for_and_one_that_comes_proves_nothing(house: House) -> None:
    house.site.pages["/feed"] = reply(rss("a", "b"), '"1"')
    house.open("/feed")
    house.pull()
    partial = {**RSS, "ETag": '"2"', "IM": "feed"}
    house.site.pages["/feed"] = Reply(status=226, body=rss("c"), headers=partial)

    assert house.next() == "failed"
    assert set(house.articles()) == {"Article a", "Article b"}
    assert house.source().validators.etag == '"1"'
    assert house.source().state is State.FAILING
    assert all("a-im" not in asked for asked in house.asked())
