"""What answers lead to: C7 to C11, C23, C24, C34, end to end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from syndicator.model import State
from tests.manners.conftest import House, spread
from tests.manners.documents import ATOM, RSS, reply, rss
from tests.site import Asked, Reply, Site

DAY = timedelta(days=1)


def leading(status: int, where: str) -> Reply:
    return Reply(status=status, headers={"Location": where})


# ------------------------------------------------------------------ redirects, moves


def test_c07_five_redirects_are_followed_to_http_alone(house: House) -> None:
    for n in range(1, 7):
        house.site.pages[f"/{n}"] = leading(302, f"/{n + 1}")
    house.site.pages["/7"] = reply(rss("a"))
    house.site.pages["/ftp"] = leading(302, "ftp://courier.example/feed")
    house.open("/1", "/2", "/ftp")

    assert [house.pull(one) for one in ("s0", "s1", "s2")] == ["failed", "changed", "failed"]
    assert "redirects" in house.source("s0").error


def test_c08_three_permanent_redirects_over_seven_days_move_a_source(house: House) -> None:
    house.site.pages["/old"] = reply(rss("a"), '"1"')
    house.site.pages["/new"] = reply(rss("a", "b"), '"2"')
    house.open("/old", every='"3d"')
    house.pull()
    before = house.articles()["Article a"]
    house.site.pages["/old"] = leading(301, "/new")
    for _ in range(3):  # 3, 6 and 9 days after the first: seen over 6 days
        house.next()
        assert house.source().url == house.site.url("/old")

    house.next()
    source, after = house.source(), house.articles()["Article a"]
    assert (source.id, source.url) == ("s0", house.site.url("/new"))
    assert source.first_url == house.site.url("/old")
    assert (after.id, after.entry_id, after.revision) == (before.id, before.entry_id, 1)
    assert house.alarms()["moved"].endswith(house.site.url("/new"))

    house.site.forget()
    assert house.next() == "unchanged"
    assert [(a.path, a["if-none-match"]) for a in house.asked()] == [("/new", '"2"')]


@pytest.mark.parametrize("status", [302, 303, 307])
def test_c08_other_redirects_never_move_it(house: House, status: int) -> None:
    house.site.pages["/old"] = leading(status, "/new")
    house.site.pages["/new"] = reply(rss("a"), '"1"')
    house.open("/old", every='"4d"')
    house.pull()
    for _ in range(4):
        house.next()

    assert house.source().url == house.site.url("/old")
    assert house.source().move is None


def test_c08_a_page_in_the_place_of_the_feed_never_moves_it(house: House) -> None:
    house.site.pages["/old"] = leading(301, "/")
    house.site.pages["/"] = Reply(body=b"<html><p>Welcome!</p>", headers={"Content-Type": "x/y"})
    house.open("/old")
    for _ in range(12):
        assert house.next() == "failed"

    assert house.source().url == house.site.url("/old")


@pytest.mark.parametrize("status", [404, 410])
def test_c08_an_old_address_that_is_gone_is_left_at_once(house: House, status: int) -> None:
    house.site.pages["/old"] = leading(308, "/new")
    house.site.pages["/new"] = reply(rss("a"), '"1"')
    house.open("/old")
    house.pull()
    house.site.pages["/old"] = Reply(status=status)
    house.next()

    source = house.source()
    assert (source.url, source.gone_at) == (house.site.url("/new"), None)
    assert house.next() == "unchanged"
    assert house.source().state is State.OK


def test_c08_a_new_address_that_is_missing_is_not_moved_to(house: House) -> None:
    house.site.pages["/old"] = leading(308, "/new")
    house.site.pages["/new"] = reply(rss("a"), '"1"')
    house.open("/old")
    house.pull()
    house.site.pages["/new"] = Reply(status=404)
    house.next()

    assert house.source().url == house.site.url("/old")


# ------------------------------------------------------------------ failures


def test_c09_410_ends_polling_until_a_person_resumes_it(house: House) -> None:
    house.site.pages["/feed"] = reply(rss("a"), '"1"')
    house.open("/feed")
    house.pull()
    house.site.pages["/feed"] = Reply(status=410)
    house.next()
    house.site.forget()
    for _ in range(3):
        house.wait(days=30)
        house.run()
        assert house.pull() == "skipped"

    assert house.asked() == []
    assert house.source().state is State.GONE
    assert "resume" in house.alarms()["gone"]
    assert set(house.articles()) == {"Article a"}

    house.site.pages["/feed"] = reply(rss("a", "b"), '"2"')
    house.parts.store.pause_source("s0", at=None)
    assert house.pull() == "changed"
    assert (house.source().state, house.alarms()) == (State.OK, {})


@pytest.mark.parametrize(
    ("status", "hours"),
    [(404, [1, 2, 4, 8, 16, 32, 64, 128, 168, 168]), (500, [1, 2, 4, 8, 16, 24, 24, 24, 24])],
)
def test_c09_failures_make_it_ever_rarer_and_change_nothing(
    house: House, status: int, hours: list[int]
) -> None:
    house.site.pages["/feed"] = reply(rss("a"), '"1"')
    house.open("/feed")
    house.pull()
    house.site.pages["/feed"] = Reply(status=status)
    for expected in hours:
        assert house.next() == "failed"
        assert spread(house.due_in(), timedelta(hours=expected))

    assert house.source().failures == len(hours)
    assert house.source().validators.etag == '"1"'
    assert set(house.articles()) == {"Article a"}

    house.site.pages["/feed"] = reply(rss("a"), '"1"')
    assert house.next() == "unchanged"
    assert (house.source().failures, house.source().error) == (0, "")


def test_c09_after_thirty_days_of_failures_it_is_asked_weekly(house: House) -> None:
    house.site.pages["/feed"] = Reply(status=500)
    house.open("/feed")
    house.pull()
    while house.due_in() < 2 * DAY:
        house.next()

    since = house.source().failing_since
    assert since is not None
    assert 30 * DAY <= house.now() - since < 32 * DAY
    assert spread(house.due_in(), 7 * DAY)


# ------------------------------------------------------------------ quiet


@pytest.mark.parametrize("status", [429, 503])
def test_c10_a_host_that_asks_for_quiet_gets_it_across_a_restart(house: House, status: int) -> None:
    house.site.pages["/feed"] = Reply(status=status, headers={"Retry-After": "86400"})
    house.site.pages["/other"] = reply(rss("a"), '"1"')
    house.open("/feed", "/other")
    house.pull("s0")
    for hours in (0, 1, 12, 10.9):
        house.wait(hours=hours)
        house.restart()
        assert house.pull("s0") == "skipped"
        assert house.run() == {}  # s1 is due, and waits: it is the same host

    assert len(house.asked()) == 1
    assert house.source("s0").state is State.HELD
    house.wait(hours=3)
    assert house.run() == {"s0": "failed", "s1": "changed"}


def test_c10_quiet_lasts_for_what_was_asked_and_jitter_by_the_answers_own_clock(
    house: House,
) -> None:
    dates = {
        "Date": "Mon, 05 Jan 2015 10:00:00 GMT",
        "Retry-After": "Mon, 05 Jan 2015 15:00:00 GMT",
    }
    house.site.pages["/feed"] = Reply(status=429, headers=dates)
    house.open("/feed")
    house.pull()

    held = house.source().held_until
    assert held is not None
    assert spread(held - house.now(), timedelta(hours=5))
    house.site.pages["/feed"] = reply(rss("a"))
    assert house.next() == "changed"
    assert house.source().state is State.OK


def test_c10_without_a_time_it_is_an_hour_and_doubles_to_a_day(house: House) -> None:
    house.site.pages["/feed"] = Reply(status=503)
    house.open("/feed")
    house.pull()
    for hours in (1, 2, 4, 8, 16, 24, 24):
        held = house.source().held_until
        assert held is not None
        assert spread(held - house.now(), timedelta(hours=hours))
        house.next()


def test_c11_quiet_is_for_host_and_port_where_there_is_no_domain(house: House) -> None:
    with Site() as neighbour:
        neighbour.pages["/feed"] = reply(rss("a"))
        house.site.pages["/feed"] = Reply(status=429, headers={"Retry-After": "7200"})
        house.site.pages["/other"] = reply(rss("b"))
        house.open("/feed", neighbour.url("/feed"), "/other")
        first = house.run()

        assert (first["s0"], first["s1"]) == ("failed", "changed")
        assert house.asked("/other") == []
        house.wait(hours=2.5)
        assert house.run()["s2"] == "changed"


# ------------------------------------------------------------------ bodies


@pytest.mark.parametrize("kind", ["text/plain", "text/html", "application/octet-stream", "", "x"])
def test_c23_what_a_body_is_its_first_element_says(house: House, kind: str) -> None:
    house.site.pages["/feed"] = Reply(body=rss("a"), headers={"Content-Type": kind})
    house.open("/feed")

    assert house.pull() == "changed"


def test_c23_a_page_in_the_place_of_a_feed_is_a_failure_that_changes_nothing(house: House) -> None:
    house.site.pages["/feed"] = reply(rss("a"))
    house.open("/feed")
    house.pull()
    house.site.pages["/feed"] = Reply(body=b"<html><h1>Back soon</h1></html>", headers=ATOM)

    assert house.next() == "failed"
    assert set(house.articles()) == {"Article a"}
    assert house.source().error


FRENCH = rss("a").decode().replace("Article a", "Article été “fini”")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\xef\xbb\xbf" + FRENCH.encode(), "text/xml; charset=iso-8859-1"),
        (FRENCH.encode(), "text/xml; charset=utf-8"),
        (FRENCH.replace("utf-8", "ascii").encode(), "application/rss+xml; charset=utf-8"),
        (FRENCH.replace("utf-8", "windows-1252").encode("cp1252"), "text/xml"),
        (FRENCH.replace(' encoding="utf-8"', "").encode(), "text/xml"),
        (FRENCH.encode("cp1252"), "text/xml"),
    ],
    ids=["BOM", "charset", "charset before XML", "XML declaration", "UTF-8", "windows-1252 last"],
)
def test_c24_the_encoding_is_found_in_order(house: House, body: bytes, kind: str) -> None:
    house.site.pages["/feed"] = Reply(body=body, headers={"Content-Type": kind})
    house.open("/feed")

    assert house.pull() == "changed"
    assert set(house.articles()) == {"Article été “fini”"}


# ------------------------------------------------------------------ tags that never match


def overlooking(body: bytes, *, dates: bool) -> Any:
    """A server that sends its tag and does not know it again; by date it does, if it has any."""
    given: Mapping[str, str] = {"Last-Modified": "Sun, 01 Mar 2026 10:00:00 GMT"} if dates else {}

    def page(asked: Asked) -> Reply:
        by_date = "if-none-match" not in asked and "if-modified-since" in asked
        headers = {**RSS, "ETag": '"v1-gzip"', **given}
        return Reply(status=304) if by_date else Reply(body=body, headers=headers)

    return page


def test_c34_a_server_that_overlooks_its_own_tag_is_asked_by_date_alone(house: House) -> None:
    house.site.pages["/feed"] = overlooking(rss("a"), dates=True)
    house.open("/feed", every='"1d"')
    house.pull()
    for _ in range(3):
        house.next()
    assert [one.status for one in house.record()] == [200, 200, 200, 200]

    began = house.now()
    while house.now() - began < 30 * DAY:
        if house.source().poll_seq % 10 == 0:
            house.restart()
        house.next()
        asked = house.asked()[-1].headers
        assert asked.get("if-modified-since") == "Sun, 01 Mar 2026 10:00:00 GMT"
        assert (asked.get("if-none-match") is None) == (house.now() - began < 30 * DAY)
    assert house.asked()[-1]["if-none-match"] == '"v1-gzip"'
    assert {one.status for one in house.record()[4:-1]} == {304}


def test_c34_without_a_date_the_tag_goes_on_being_sent(house: House) -> None:
    house.site.pages["/feed"] = overlooking(rss("a"), dates=False)
    house.open("/feed", every='"1d"')
    house.pull()
    for _ in range(6):
        house.next()

    assert all(asked["if-none-match"] == '"v1-gzip"' for asked in house.asked()[1:])


def test_c34_only_three_in_a_row_count(house: House) -> None:
    page = overlooking(rss("a"), dates=True)
    house.site.pages["/feed"] = page
    house.open("/feed", every='"1d"')
    house.pull()
    house.next()
    house.next()
    house.site.pages["/feed"] = Reply(status=304)
    house.next()
    house.site.pages["/feed"] = page
    house.next()
    house.next()

    assert house.asked()[-1]["if-none-match"] == '"v1-gzip"'
    house.next()
    house.next()
    assert "if-none-match" not in house.asked()[-1]
