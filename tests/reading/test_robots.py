"""C22: robots.txt, for pages and sitemaps, never for a feed that a person added."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path

import pytest

from syndicator.stages.robots import permission
from tests.conftest import FakeClock
from tests.reading.documents import article_page, listing_page, rss, slug
from tests.reading.library import DAY, HOUR, Library, html, opened
from tests.site import Reply, Site

TITLES = ("Three villages share one well", "The elders met for two days")
Open = Callable[..., Library]


@pytest.fixture
def library(
    tmp_path: Path, site: Site, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Open]:
    """Opens a library on a listing of two articles, with the robots.txt given."""
    with ExitStack() as stack:

        def one(robots: Reply | str | None, *, kind: str = "page", path: str = "/list") -> Library:
            site.pages["/list"] = html(listing_page(*TITLES), '"list"')
            for title in TITLES:
                site.pages[f"/article/{slug(title)}"] = html(article_page(title))
            if robots is not None:
                reply = Reply(body=robots.encode()) if isinstance(robots, str) else robots
                site.pages["/robots.txt"] = reply
            source = f'[sources.one]\nurl = "{{base}}{path}"\nkind = "{kind}"\n'
            source += 'select = { item = ".row a" }\n' if kind == "page" else ""
            return stack.enter_context(opened(tmp_path, site, clock, monkeypatch, source))

        yield one


def test_c22_robots_txt_is_asked_before_the_first_page_and_kept_for_a_day(library: Open) -> None:
    one = library("User-agent: *\nAllow: /\n")

    one.pull()
    first = one.asked()
    one.clock.move(23 * HOUR)
    one.pull()
    second = one.asked()
    one.clock.move(2 * HOUR)
    one.pull()

    assert first[:2] == ["/robots.txt", "/list"]
    assert first.count("/robots.txt") == 1
    assert "/robots.txt" not in second
    assert one.asked().count("/robots.txt") == 1
    assert one.titles() == set(TITLES)


def test_c22_after_a_day_it_is_asked_with_its_validators_and_a_304_keeps_its_rules(
    library: Open,
) -> None:
    rules = b"User-agent: *\nDisallow: /article/the\n"
    one = library(Reply(body=rules, headers={"ETag": '"r1"'}, conditional=True))
    one.pull()
    one.clock.move(DAY + 1)
    one.site.forget()

    one.pull()

    assert one.last("/robots.txt")["if-none-match"] == '"r1"'
    assert one.documents("robots")["/robots.txt"].said == {"rules": rules.decode()}
    assert one.titles() == {TITLES[0]}


def test_c22_the_request_is_recorded_with_its_reason(library: Open) -> None:
    one = library("User-agent: *\nAllow: /\n")

    one.pull()

    reasons = [request.reason for request in one.parts.store.polls("one")]
    assert reasons.count("robots") == 1


def test_c22_a_forbidden_listing_is_not_asked_and_the_error_names_robots_txt(
    library: Open,
) -> None:
    one = library("User-agent: *\nDisallow: /list\n")

    pulled = one.pull()

    assert pulled.result == "failed"
    assert one.asked() == ["/robots.txt"]
    assert pulled.error == f"{one.site.base}/robots.txt forbids {one.site.base}/list"
    due = one.source.next_check_at
    assert due is not None
    assert (due - one.clock.now()).total_seconds() >= DAY - 1


def test_c22_a_forbidden_article_is_left_out_and_counted(library: Open) -> None:
    one = library("User-agent: *\nDisallow: /article/the-elders\n")

    one.pull()

    assert one.titles() == {TITLES[0]}
    assert one.source.counts["article pages refused"] == 1
    assert f"/article/{slug(TITLES[1])}" not in one.asked()


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_c22_an_answer_of_4xx_allows_everything(library: Open, status: int) -> None:
    one = library(Reply(status=status, body=b"User-agent: *\nDisallow: /\n"))

    assert one.pull().result == "changed"
    assert one.titles() == set(TITLES)


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(Reply(status=500), id="500"),
        pytest.param(Reply(status=503), id="503"),
        pytest.param(Reply(raw=lambda connection: None), id="no answer"),
    ],
)
def test_c22_an_answer_of_5xx_or_none_forbids_everything(library: Open, reply: Reply) -> None:
    one = library(reply)

    pulled = one.pull()

    assert pulled.result == "failed"
    assert "/robots.txt could not be had" in pulled.error
    assert set(one.asked()) == {"/robots.txt"}


def test_c22_when_it_can_be_had_again_the_source_is_read(library: Open) -> None:
    one = library(Reply(status=500))
    one.pull()
    one.site.pages["/robots.txt"] = Reply(body=b"")
    one.clock.move(2 * HOUR)

    assert one.pull().result == "changed"


def test_c10_a_429_of_robots_txt_silences_the_host(library: Open) -> None:
    one = library(Reply(status=429, headers={"Retry-After": "7200"}))
    one.pull()
    one.clock.move(HOUR)
    one.site.pages["/robots.txt"] = Reply(status=404)

    assert one.pull().result == "skipped"
    assert one.asked() == ["/robots.txt"]


def test_c22_crawl_delay_is_kept_between_requests(library: Open) -> None:
    one = library("User-agent: *\nCrawl-delay: 25\n")

    one.pull()

    times = sorted(request.at for request in one.parts.store.polls("one"))
    gaps = [(b - a).total_seconds() for a, b in pairwise(times)]
    assert len(gaps) == 3
    assert all(gap >= 25 for gap in gaps)


def test_c22_crawl_delay_counts_for_60_seconds_at_most(library: Open) -> None:
    one = library("User-agent: *\nCrawl-delay: 86400\n")

    one.pull()

    times = sorted(request.at for request in one.parts.store.polls("one"))
    gaps = [(b - a).total_seconds() for a, b in pairwise(times)]
    assert all(60 <= gap < 62 for gap in gaps)
    assert one.titles() == set(TITLES)


def test_c22_a_feed_that_a_person_added_never_asks(library: Open) -> None:
    one = library("User-agent: *\nDisallow: /\n", kind="feed", path="/feed.xml")
    one.site.pages["/feed.xml"] = Reply(body=rss(("a", "Talks resume in Bamako")))

    assert one.pull().result == "changed"
    assert one.asked() == ["/feed.xml"]


def test_c22_discovery_asks_it_once_the_address_has_turned_out_to_be_a_page(
    library: Open,
) -> None:
    one = library("User-agent: *\nDisallow: /article/the-elders\n", kind="auto")
    third = "Rain came late to the river this year"
    one.site.pages["/list"] = html(listing_page(*TITLES, third))
    one.site.pages[f"/article/{slug(third)}"] = html(article_page(third))

    one.pull()

    assert one.asked()[:2] == ["/list", "/robots.txt"]
    assert one.titles() == {TITLES[0], third}


# ------------------------------------------------------------------ what it says


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("", True),
        ("<html><body>Not found</body></html>", True),
        ("User-agent: *\nDisallow: /\n", False),
        ("User-agent: *\nDisallow:\n", True),
        ("User-agent: other\nDisallow: /\n", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: Syndicator\nDisallow: /private\n", True),
        ("User-agent: syndicator\nDisallow: /\n\nUser-agent: *\nAllow: /\n", False),
        ("User-agent: syndicator/1.0 (news)\nDisallow: /\n", False),
        ("User-agent: a\nUser-agent: syndicator\nDisallow: /\n", False),
        ("User-agent: syndicator-images\nDisallow: /\n", True),
        ("User-agent: s\nDisallow: /\n", True),
        ("User-agent: syndic\nDisallow: /\n\nUser-agent: *\nAllow: /\n", True),
        ("User-agent: cat\nDisallow: /\n", True),
        ("User-agent: *\nDisallow: /*.html$\n", False),
        ("User-agent: *\nDisallow: /news\nAllow: /news/2024\n", True),
        ("User-agent: *\r\nDisallow: /\r\nAllow: /news/\r\n", True),
        ("user-agent:*\ndisallow:/news # for now\n", False),
        ("\ufeffUser-agent: *\nDisallow: /\n", False),
    ],
)
def test_c22_our_group_counts_else_that_of_all(text: str, allowed: bool) -> None:
    decoded = text.encode().decode("utf-8-sig")
    said = permission(decoded, url="https://example.org/news/2024/well.html")

    assert said.allowed is allowed


def test_r12_a_robots_txt_full_of_stars_is_read_in_linear_time() -> None:
    rules = "User-agent: *\n" + f"Disallow: /{'*a' * 2000}$\n" * 100

    assert permission(rules, url=f"https://example.org/{'a' * 4000}b").allowed
