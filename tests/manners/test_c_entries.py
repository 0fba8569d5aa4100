"""Safety, scope and entries: C18, C19, C23 to C28, C31, R23, end to end."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest

from syndicator import jobs
from syndicator.errors import SourceError
from syndicator.model import DateBasis
from tests.manners.conftest import House
from tests.manners.documents import START, atom, names, reply, rss
from tests.site import Reply

DAY = timedelta(days=1)


# ------------------------------------------------------------------ safety


def test_c18_what_is_larger_than_the_limit_is_cut_off_and_changes_nothing(house: House) -> None:
    house.site.pages["/feed"] = reply(rss("a"), '"1"')
    house.open("/feed")
    house.pull()
    chunk = b"<!-- " + b"x" * 65_536 + b" -->"
    house.site.pages["/feed"] = Reply(chunks=(chunk for _ in range(400)))  # 25 MiB

    assert house.next() == "failed"
    assert "10485760 bytes" in house.source().error
    assert house.record()[-1].wire_bytes < 12 * 2**20
    assert set(house.articles()) == {"Article a"}


def test_c19_no_connection_is_made_to_addresses_that_are_not_public(house: House) -> None:
    house.site.pages["/feed"] = reply(rss("a"))
    house.open("/feed", private="false")

    assert house.pull() == "failed"
    assert "not a public address" in house.source().error
    assert (house.site.connections, house.record()) == (0, [])


# ------------------------------------------------------------------ identity


def items(*inside: str) -> Reply:
    body = "".join(f"<item>{one}</item>" for one in inside)
    return reply(f'<rss version="2.0"><channel><title>C</title>{body}</channel></rss>'.encode())


def test_c25_identity_is_the_guid_else_the_link_else_title_and_date(house: House) -> None:
    link = "<link>https://courier.example/{}</link>"
    date = "<pubDate>Sun, 01 Feb 2026 10:00:00 GMT</pubDate>"
    house.site.pages["/feed"] = items(
        f"<guid>g-1</guid><title>By guid</title>{link.format(1)}",
        f"<title>By link</title>{link.format(2)}",
        f"<title>By title</title>{date}",
    )
    house.open("/feed")
    house.pull()
    before = {article.id: article.revision for article in house.articles().values()}
    house.site.pages["/feed"] = items(
        f"<guid>g-1</guid><title>By guid, corrected</title>{link.format('moved')}",
        f"<title>By link, corrected</title>{link.format(2)}",
        f"<title>By title</title>{date}<description>More is known.</description>",
    )
    house.next()

    after = {article.id: article.revision for article in house.articles().values()}
    assert before == dict.fromkeys(before, 1)
    assert after == dict.fromkeys(before, 2)


def test_c25_a_date_in_the_future_becomes_the_time_of_first_sight(house: House) -> None:
    house.site.pages["/feed"] = reply(rss("a", at=START + 30 * DAY))
    house.open("/feed")
    house.pull()

    article = house.articles()["Article a"]
    assert article.published_at == article.first_seen_at
    assert article.content.date_basis is DateBasis.FIRST_SEEN


def test_c26_what_is_missing_is_not_deleted(house: House) -> None:
    house.site.pages["/feed"] = reply(atom("a", "b"), '"1"')
    house.open("/feed")
    house.pull()
    house.site.pages["/feed"] = reply(atom("b", "c"), '"2"')
    house.next()

    articles = house.articles()
    assert set(articles) == {"Article a", "Article b", "Article c"}
    assert all(article.gone_at is None for article in articles.values())


@pytest.mark.parametrize(
    ("later", "gone"),
    [
        (
            atom(
                "b",
                inside='<at:deleted-entry ref="urn:courier:a" when="2026-02-20T10:00:01Z"/>',
            ),
            {"Article a"},
        ),
        (
            atom(
                "b",
                inside='<at:deleted-entry ref="urn:courier:a" when="2026-02-20T10:00:00Z"/>',
            ),
            set(),
        ),
        (atom("b", inside="<fh:complete/>"), {"Article a"}),
    ],
    ids=["a later tombstone", "a tombstone not later", "absent from a complete feed"],
)
def test_c26_a_tombstone_or_a_complete_document_deletes(
    house: House, later: bytes, gone: set[str]
) -> None:
    house.site.pages["/feed"] = reply(atom("a", "b"), '"1"')
    house.open("/feed")
    house.pull()
    house.site.pages["/feed"] = reply(later, '"2"')
    house.next()

    articles = house.articles()
    assert {title for title, article in articles.items() if article.gone_at} == gone
    assert articles["Article a"].content.text  # the archive keeps the copy


# ------------------------------------------------------------------ gaps


def paged(house: House, rel: str, pages: int) -> None:
    """A feed of two entries a page, newest first, each page naming the one before it by `rel`."""
    for page in range(pages):
        path = f"/{page}" if page else "/feed"
        links = {rel: house.site.url(f"/{page + 1}")} if page + 1 < pages else {}
        first = 2 * (pages - page) - 2
        house.site.pages[path] = reply(atom(*names(2, first), links=links), f'"{page} {pages}"')


def as_json(house: House, _: str, pages: int) -> None:
    """The same as JSON Feed with next_url."""
    for page in range(pages):
        first = 2 * (pages - page) - 2
        document = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "C",
            "items": [
                {
                    "id": f"urn:courier:{name}",
                    "title": f"Article {name}",
                    "content_text": name,
                    "date_published": "2026-02-20T10:00:00Z",
                }
                for name in names(2, first)
            ],
        }
        if page + 1 < pages:
            document["next_url"] = house.site.url(f"/{page + 1}")
        path = f"/{page}" if page else "/feed"
        headers = {"Content-Type": "application/feed+json", "ETag": f'"{page} {pages}"'}
        body = json.dumps(document).encode()
        house.site.pages[path] = Reply(body=body, headers=headers, conditional=True)


@pytest.mark.parametrize(
    ("publish", "rel"),
    [(paged, "prev-archive"), (paged, "next"), (as_json, "")],
    ids=["prev-archive", "next", "next_url"],
)
def test_c27_a_gap_is_filled_from_older_documents_until_they_overlap(
    house: House, publish: Callable[[House, str, int], None], rel: str
) -> None:
    publish(house, rel, 2)
    house.open("/feed")
    house.pull()
    assert len(house.articles()) == 2  # of a first poll the past is not fetched
    publish(house, rel, 6)  # a4 to a11 came meanwhile; a2 and a3 are known
    house.site.forget()
    house.next()

    assert [asked.path for asked in house.asked()] == ["/feed", "/1", "/2", "/3", "/4"]
    assert set(house.articles()) == {f"Article a{n}" for n in range(2, 12)}
    assert house.alarms() == {}
    starts = [one.at for one in house.record()]
    assert all(after - before >= timedelta(seconds=2) for before, after in pairwise(starts))


def test_c27_ten_documents_a_poll_and_fifty_in_all_without_asking_the_feed_again(
    house: House,
) -> None:
    house.site.pages["/feed"] = reply(atom("z"), '"z"', Cache_Control="max-age=3600")
    house.open("/feed")
    house.pull()
    paged(house, "next", 80)
    house.site.forget()
    house.next()
    while house.due_in() < timedelta(minutes=1):
        house.next()

    assert house.site.times_asked("/feed") == 1
    assert [asked.path for asked in house.asked()[1:]] == [f"/{n}" for n in range(1, 51)]
    assert len(house.articles()) == 1 + 2 * 51
    assert "50 older documents" in house.alarms()["gap"]
    house.next()
    assert len(house.asked()) == 52
    assert "gap" in house.alarms()  # for a month: a person should know


def test_c27_a_gap_without_an_archive_is_recorded(house: House) -> None:
    house.site.pages["/feed"] = reply(atom("a", "b"), '"1"')
    house.open("/feed")
    house.pull()
    house.site.pages["/feed"] = reply(atom("c", "d"), '"2"')
    house.next()
    house.next()

    assert house.alarms()["gap"] == "no entry of the last poll was left, and no archive is offered"
    assert len(house.articles()) == 4


def test_c27_an_older_document_that_fails_for_now_is_tried_with_later_polls(house: House) -> None:
    paged(house, "prev-archive", 1)
    house.open("/feed")
    house.pull()
    paged(house, "prev-archive", 4)
    house.site.pages["/2"] = Reply(status=503)
    house.next()
    assert house.site.times_asked("/2") == 1
    assert "503" in house.alarms()["gap"]

    paged(house, "prev-archive", 4)
    house.next()
    assert len(house.articles()) == 8
    assert house.alarms() == {}


def test_c27_an_empty_document_is_no_gap(house: House) -> None:
    house.site.pages["/feed"] = reply(atom("a"), '"1"')
    house.open("/feed")
    house.pull()
    house.site.pages["/feed"] = reply(atom(links={"next": house.site.url("/1")}), '"2"')
    house.next()

    assert house.alarms() == {}
    assert house.asked("/1") == []


# ------------------------------------------------------------------ discovery


PAGE = """<html><head><base href="/deep/">
<link rel="stylesheet alternate" type="text/css" href="/x.css">
<link rel="alternate" type="text/html" href="/en">
<link rel="ALTERNATE" type="application/rss+xml; charset=utf-8" href="broken">
<link rel="alternate home" type="application/atom+xml" href="feed">
<link rel="alternate" type="application/rss+xml" href="/comments">
</head><body><a href="/rss">RSS</a></body></html>"""


def test_c28_discovery_reads_announced_links_in_order_and_guesses_nothing(house: House) -> None:
    html = {"Content-Type": "text/html"}
    house.site.pages["/"] = Reply(body=PAGE.encode(), headers=html)
    house.site.pages["/deep/feed"] = reply(atom("a"), '"1"')
    house.site.pages["/comments"] = reply(rss("c"), '"2"')
    house.site.pages["/none"] = Reply(body=b"<html><p>Nothing here.</p></html>", headers=html)
    house.open()
    added = jobs.add_source(house.parts, house.site.url("/"))

    assert [asked.path for asked in house.asked()] == ["/", "/deep/broken", "/deep/feed"]
    assert house.source(added.id).url == house.site.url("/deep/feed")
    house.site.forget()
    with pytest.raises(SourceError):
        jobs.add_source(house.parts, house.site.url("/none"))
    assert {asked.path for asked in house.asked()} <= {"/none", "/robots.txt"}
    assert house.site.times_asked("/none") == 1


def test_c31_a_cloud_element_leads_to_nothing(house: House) -> None:
    cloud = f'<cloud domain="{house.site.host}" port="{house.site.port}" path="/notify" '
    cloud += 'registerProcedure="" protocol="http-post"/>'
    house.site.pages["/feed"] = reply(rss("a", channel=cloud), '"1"')
    house.open("/feed")
    house.pull()
    house.next()

    assert [(asked.method, asked.path) for asked in house.asked()] == [("GET", "/feed")] * 2


# ------------------------------------------------------------------ R23


def test_r23_ids_that_change_at_every_poll_bring_no_duplicates_but_an_alarm(house: House) -> None:
    def serve(poll: int) -> None:
        shown = rss(*(f"{name}" for name in names(12))).decode()
        for name in names(12):
            shown = shown.replace(f">{name}</guid>", f">{name}-{poll}</guid>")
        links = f'<link rel="next" href="{house.site.url("/older")}"/>'
        house.site.pages["/feed"] = reply(shown.replace("<item>", links + "<item>", 1).encode())

    serve(0)
    house.open("/feed")
    house.pull()
    for poll in range(1, 6):
        serve(poll)
        house.next()
        assert "12 known texts came under new ids" in house.alarms()["churn"]

    assert len(house.articles()) == 12
    assert set(house.alarms()) == {"churn"}
    assert len(house.asked("/older")) <= 1
    assert house.source().counts["known texts under new ids"] == 60


def test_r23_two_thousand_new_articles_a_day_are_the_most(house: House) -> None:
    house.site.pages["/feed"] = reply(rss("first"), '"0"')
    house.open("/feed")
    house.pull()
    house.site.pages["/feed"] = reply(rss(*names(1500), "first"), '"1"')
    house.next()
    assert (len(house.articles()), house.alarms()) == (1501, {})
    house.site.pages["/feed"] = reply(rss(*names(1500, 1500), "first"), '"2"')
    house.next()

    assert len(house.articles()) == 2001
    assert "1000 were left out" in house.alarms()["flood"]
    house.wait(days=1)
    house.site.pages["/feed"] = reply(rss(*names(1500, 1500), "first", "last"), '"3"')
    house.next()
    assert len(house.articles()) == 3002
    assert house.alarms() == {}
