"""Listings that go on: pagers, and "load more" links given by selector."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.conftest import FakeClock
from tests.reading.documents import article_page, listing_page, slug
from tests.reading.library import HOUR, Library, html, opened
from tests.site import Reply, Site

Open = Callable[..., Library]


def title(number: int) -> str:
    return f"Report {number} of the river commission"


@pytest.fixture
def library(
    tmp_path: Path, site: Site, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Open]:
    """Opens a library whose source is /list, with these selectors."""
    with ExitStack() as stack:

        def one(select: str = "") -> Library:
            source = '[sources.one]\nurl = "{base}/list"\nkind = "page"\n'
            source += f"[sources.one.select]\nitem = '.row h2 a'\n{select}\n"
            return stack.enter_context(opened(tmp_path, site, clock, monkeypatch, source))

        yield one


def serve(
    site: Site,
    pages: list[list[int]],
    *,
    link: str = '<a class="next" href="{}">Older</a>',
    on_top: int | None = None,
) -> None:
    """Listing pages /list, /list?p=1 ... each linked from the one before, and their articles."""
    for place, numbers in enumerate(pages):
        shown = [on_top, *numbers] if on_top is not None else numbers
        onward = link.format(f"/list?p={place + 1}") if place + 1 < len(pages) else ""
        body = listing_page(*(title(number) for number in shown))
        body = body.replace(b"</body>", onward.encode() + b"</body>")
        site.pages[f"/list?p={place}" if place else "/list"] = html(body)
        for number in shown:
            site.pages[f"/article/{slug(title(number))}"] = html(article_page(title(number)))


def listings(asked: list[str]) -> list[str]:
    return [path for path in asked if path.startswith("/list")]


def test_a_pager_is_followed_to_its_end_at_the_first_reading(library: Open, site: Site) -> None:
    serve(site, [[9, 8, 7], [6, 5, 4], [3, 2, 1]])
    one = library()

    one.pull()

    assert one.titles() == {title(number) for number in range(1, 10)}
    assert listings(one.asked()) == ["/list", "/list?p=1", "/list?p=2"]


@pytest.mark.parametrize(
    ("select", "link"),
    [
        ("next = 'nav.p a'", '<nav class="p"><a href="{}">&#x276f;</a></nav>'),
        ("more = 'button.more'", '<button class="more" data-url="{}">Load more</button>'),
        ("more = '.more'", '<div class="more" hx-get="{}">Load more</div>'),
        ("more = '.more'", '<div class="more"><a href="{}">Load more</a></div>'),
    ],
    ids=["next", "button", "hx-get", "link inside"],
)
def test_the_way_on_is_where_a_selector_says(
    library: Open, site: Site, select: str, link: str
) -> None:
    serve(site, [[4, 3], [2, 1]], link=link)
    one = library(select)

    one.pull()

    assert one.titles() == {title(number) for number in range(1, 5)}


def test_what_load_more_answers_may_be_a_piece_of_a_page_that_grows(
    library: Open, site: Site
) -> None:
    serve(site, [[6, 5]], link="")
    for place, numbers in enumerate(([6, 5, 4, 3], [6, 5, 4, 3, 2, 1], [6, 5, 4, 3, 2, 1])):
        rows = "".join(
            f'<div class="row"><h2><a href="/article/{slug(title(n))}">{title(n)}</a></h2></div>'
            for n in numbers
        )
        more = f'<a class="more" href="/more?{place + 1}">Load more</a>'
        site.pages[f"/more?{place}"] = Reply(body=f"{rows}{more}".encode())
        for number in numbers:
            site.pages[f"/article/{slug(title(number))}"] = html(article_page(title(number)))
    first = listing_page(title(6), title(5))
    link = b'<a class="more" href="/more?0">Load more</a></body>'
    site.pages["/list"] = html(first.replace(b"</body>", link))
    one = library("more = '.more'")

    one.pull()

    assert one.titles() == {title(number) for number in range(1, 7)}
    assert [path for path in one.asked() if path.startswith("/more")] == [
        *("/more?0", "/more?1", "/more?2")  # the last brings nothing new
    ]


def test_r9_ten_listing_pages_at_once_the_rest_in_the_next_refresh(
    library: Open, site: Site
) -> None:
    serve(site, [[100 - place] for place in range(14)])
    one = library()

    pulled = one.pull()

    assert pulled.new == 14
    assert listings(one.asked()) == ["/list", *(f"/list?p={place}" for place in range(1, 14))]
    reasons = [request.reason for request in one.parts.store.polls("one")]
    assert reasons.count("poll") == 1


def test_c27_a_pager_without_end_is_followed_for_50_pages(library: Open, site: Site) -> None:
    serve(site, [[200 - place] for place in range(70)])
    one = library()

    one.pull()

    assert len(listings(one.asked())) == 51
    assert len(one.titles()) == 51


def test_r9_pages_that_lead_in_a_circle_are_read_once(library: Open, site: Site) -> None:
    serve(site, [[4, 3], [2, 1]])
    body = listing_page(title(2), title(1))
    site.pages["/list?p=1"] = html(
        body.replace(b"</body>", b'<a class="next" href="/list">Older</a></body>')
    )
    one = library()

    one.pull()

    assert listings(one.asked()) == ["/list", "/list?p=1"]


def test_known_articles_end_the_walk(library: Open, site: Site) -> None:
    serve(site, [[4, 3], [2, 1]])
    one = library()
    one.pull()
    one.clock.move(2 * HOUR)
    one.site.forget()
    serve(site, [[5, 4], [3, 2], [1]])

    one.pull()

    assert listings(one.asked()) == ["/list"]
    assert title(5) in one.titles()


def test_a_whole_page_of_news_leads_to_the_next_one(library: Open, site: Site) -> None:
    serve(site, [[3, 2, 1]])
    one = library()
    one.pull()
    one.clock.move(2 * HOUR)
    one.site.forget()
    serve(site, [[9, 8, 7], [6, 5, 4], [3, 2, 1]])

    one.pull()

    assert listings(one.asked()) == ["/list", "/list?p=1", "/list?p=2"]
    assert one.titles() == {title(number) for number in range(1, 10)}


def test_an_article_on_top_of_every_page_does_not_end_the_walk(library: Open, site: Site) -> None:
    serve(site, [[3, 2]], on_top=50)
    one = library()
    one.pull()
    one.clock.move(2 * HOUR)
    one.site.forget()
    serve(site, [[9, 8, 7], [6, 5, 4], [3, 2]], on_top=50)

    one.pull()

    assert one.titles() == {title(number) for number in (50, *range(2, 10))}


def test_a_listing_page_that_cannot_be_had_costs_only_what_is_behind_it(
    library: Open, site: Site
) -> None:
    serve(site, [[4, 3], [2, 1]])
    site.pages["/list?p=1"] = Reply(status=500)
    one = library()

    assert one.pull().result == "changed"
    assert one.titles() == {title(4), title(3)}


def test_c22_a_forbidden_listing_page_is_not_asked(library: Open, site: Site) -> None:
    serve(site, [[4, 3], [2, 1]])
    site.pages["/robots.txt"] = Reply(body=b"User-agent: *\nDisallow: /list?p=\n")
    one = library()

    one.pull()

    assert listings(one.asked()) == ["/list"]


def test_a_listing_that_names_nothing_any_more_raises_an_alarm_until_it_does(
    library: Open, site: Site
) -> None:
    serve(site, [[2, 1]])
    one = library()
    one.pull()
    site.pages["/list"] = html(b"<html><body><p>We have moved things around.</p></body></html>")
    one.clock.move(2 * HOUR)
    one.pull()
    rotten = [alarm.kind for alarm in one.source.alarms]
    one.clock.move(2 * HOUR)
    one.pull()
    still = [alarm.kind for alarm in one.source.alarms]
    serve(site, [[3, 2, 1]])
    one.clock.move(2 * HOUR)
    one.pull()

    assert rotten == still == ["rot"]
    assert [alarm.kind for alarm in one.source.alarms] == []
    assert title(3) in one.titles()
