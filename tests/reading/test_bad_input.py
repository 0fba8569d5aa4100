"""What sources do wrong, through the real pipeline: what is kept, what is said, what stays."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from syndicator.model import DateBasis, State
from syndicator.sources import inside
from tests.cli.conftest import Run
from tests.reading.conftest import RSS_TYPE, OpenRoom, Room, shown
from tests.reading.documents import article_page, listing_page, rss, slug
from tests.site import Asked, Reply, saying

GOOD = rss(("o-1", "A well for three villages"), ("o-2", "The ferry is back"))
MIB = 2**20
SIZE = 200 * MIB
PIECE = b"<!-- as long as it takes -->" * 2340  # about 64 KiB


def ago(**time: float) -> datetime:
    return datetime.now(UTC) - timedelta(**time)


# ------------------------------------------------------------------ after a good poll


def endless(_: Asked) -> Reply:
    chunks = (PIECE for _ in range(SIZE // len(PIECE)))
    return Reply(headers=RSS_TYPE, chunks=(part for part in (GOOD[:300], *chunks)))


BAD = {
    "a page": (
        Reply(body=article_page("We moved"), headers={"Content-Type": "text/html"}),
        "answered an HTML page, not a feed",
    ),
    "a page that claims to be a feed": (
        Reply(body=article_page("We moved"), headers=RSS_TYPE),
        "answered an HTML page, not a feed",
    ),
    "broken XML": (
        Reply(body=b"<rss <<channel>>", headers=RSS_TYPE),
        "breaks off before its first entry",
    ),
    "a feed of no more than its head": (
        Reply(body=GOOD[: GOOD.index(b"<item>")], headers=RSS_TYPE),
        "breaks off before its first entry: not well-formed XML",
    ),
    "a picture": (
        Reply(body=b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9),
        "text without any element",
    ),
    "nothing": (Reply(headers=RSS_TYPE), "the body is empty"),
    "other JSON": (Reply(body=b'{"error": "quota"}'), "JSON that is not a JSON Feed"),
    "an error": (Reply(status=500, body=GOOD), "HTTP 500"),
    "no such page": (Reply(status=404, body=GOOD), "HTTP 404"),
    "cut gzip": (
        Reply(body=gzip.compress(GOOD)[:-20], headers={**RSS_TYPE, "Content-Encoding": "gzip"}),
        "the compressed body is cut short",
    ),
    "no gzip at all": (
        Reply(body=GOOD, headers={**RSS_TYPE, "Content-Encoding": "gzip"}),
        "the body is not valid gzip",
    ),
    "an unknown coding": (
        Reply(body=GOOD, headers={**RSS_TYPE, "Content-Encoding": "x-own"}),
        "content coding",
    ),
    "less than its length": (
        Reply(body=GOOD, headers=RSS_TYPE, length=len(GOOD) + 50),
        "the answer is cut short",
    ),
    "two lengths": (
        Reply(
            raw=saying(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 9\r\n\r\n<rss>")
        ),
        "contradictory headers",
    ),
    "cut chunks": (
        Reply(
            raw=saying(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n" + GOOD[:20])
        ),
        "the answer is cut short",
    ),
    "200 MB": (endless, "more than 10485760 bytes received"),
    "40 MB in gzip": (
        Reply(body=gzip.compress(bytes(40 * MIB)), headers={"Content-Encoding": "gzip"}),
        "more than 33554432 bytes when decoded",
    ),
    "no HTTP": (Reply(raw=saying(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")), "the answer is not HTTP"),
    "a silent end": (Reply(raw=saying()), "hung up without an answer"),
    "a circle": (Reply(status=302, headers={"Location": "/feed.xml"}), "redirects in a circle"),
}


@pytest.mark.parametrize(("answer", "why"), BAD.values(), ids=BAD)
def test_garbage_after_a_good_poll_costs_nothing_but_a_reason(
    room: Room, run: Run, answer: Reply | Callable[[Asked], Reply], why: str
) -> None:
    room.serve(GOOD)
    room.poll()
    articles, others, files = room.articles(), room.articles("good"), room.files()

    room.site.pages["/feed.xml"] = answer
    pulled = room.poll()

    assert pulled["odd"].result == "failed"
    assert pulled["good"].result == "unchanged"
    assert why in shown(run, "odd")["error"]
    assert shown(run, "odd")["state"] == "failing"
    assert shown(run, "good")["state"] == "ok"
    assert why in run("source", "list").out
    assert why in run("source", "show", "odd").out
    assert "fault of ours" not in room.source().error
    assert room.articles() == articles
    assert room.articles("good") == others
    assert room.files() == files

    room.serve(rss(("o-3", "News again"), ("o-2", "The ferry is back")))
    assert room.poll()["odd"].new == 1
    found = shown(run, "odd")
    assert (found["state"], found["error"], found["failures"]) == ("ok", "", 0)
    assert set(room.titles()) == {"A well for three villages", "The ferry is back", "News again"}


PIECES = {
    "in its text": "<description>The ferry",
    "in its title": "<title>The fer",
    "before its title": "<guid",
    "in its tag": "<item",
}


@pytest.mark.parametrize("at", PIECES.values(), ids=PIECES)
def test_the_item_in_which_a_feed_breaks_off_makes_no_article_and_the_others_are_kept(
    room: Room, run: Run, at: str
) -> None:
    where = GOOD.rindex(at.encode()) + len(at)
    room.serve(GOOD[:where])

    pulled = room.poll()["odd"]

    assert (pulled.result, pulled.new) == ("changed", 1)
    assert room.titles() == ["A well for three villages"]
    assert shown(run, "odd")["left_out"] == {"items cut off": 1}

    room.serve(GOOD)
    assert room.poll()["odd"].new == 1
    assert set(room.titles()) == {"A well for three villages", "The ferry is back"}


def test_an_article_is_not_changed_by_the_half_of_it_that_a_cut_feed_shows(room: Room) -> None:
    room.serve(GOOD)
    room.poll()
    before = room.articles()

    room.serve(GOOD[: GOOD.rindex(b"what is known")])
    pulled = room.poll()["odd"]

    assert (pulled.new, pulled.changed) == (0, 0)
    assert room.articles() == before


def test_a_cut_feed_that_says_it_is_complete_takes_nothing_away(room: Room) -> None:
    told = b'<fh:complete xmlns:fh="http://purl.org/syndication/history/1.0"/><item>'
    whole = GOOD.replace(b"<item>", told, 1)
    room.serve(whole)
    room.poll()

    room.serve(whole[: whole.rindex(b"<item>")])
    room.poll()

    assert [article.gone_at for article in room.articles()] == [None, None]


def test_a_source_that_is_down_is_failing_and_the_others_are_read(room: Room, run: Run) -> None:
    room.site.close()

    pulled = room.poll()

    assert (pulled["odd"].result, pulled["odd"].error) == ("failed", "connection refused")
    assert shown(run, "odd")["error"] == "connection refused"
    assert shown(run, "odd")["failures"] == 1
    assert len(room.articles("good")) == 2
    assert b"Harvest begins" in room.feeds()["themes/news/atom.xml"]


def test_a_body_of_200_mb_is_cut_off_at_the_limit(room: Room) -> None:
    sent = []

    def body() -> Iterator[bytes]:
        for _ in range(SIZE // len(PIECE)):
            sent.append(len(PIECE))
            yield PIECE

    room.site.pages["/feed.xml"] = Reply(headers=RSS_TYPE, chunks=body())

    assert room.poll()["odd"].error == "more than 10485760 bytes received"
    assert sum(sent) < 40 * MIB  # what lay in buffers between us included


# ------------------------------------------------------------------ odd documents


def test_a_wrong_charset_is_not_believed_and_the_entry_is_flagged(room: Room) -> None:
    """C24: it says UTF-8 in the header and in the document, and is windows-1252."""
    text = "Été à Orléans – l’accord"
    body = rss(("o-1", text)).decode().encode("cp1252")
    headers = {"content-type": "application/rss+xml; charset=utf-8"}
    room.serve(Reply(body=body, headers=headers))
    room.poll()

    assert room.titles() == [text]
    assert text.encode() in room.feeds()["themes/news/atom.xml"]
    settings = room.source().settings
    digest = inside.digest_feed(
        body, headers=headers, url=settings.url, settings=settings, seen={}, now=ago()
    )
    assert [draft.notes for draft in digest.drafts] == [("encoding guessed: cp1252",)]


@pytest.mark.parametrize(
    ("charset", "declared"),
    [("iso-8859-1", "utf-8"), ("windows-1251", "utf-8"), ("us-ascii", "utf-16"), ("nonsense", "")],
)
def test_a_body_of_plain_letters_is_read_whatever_its_charset(
    room: Room, charset: str, declared: str
) -> None:
    body = GOOD.replace(b'encoding="utf-8"', f'encoding="{declared}"'.encode() if declared else b"")
    room.serve(Reply(body=body, headers={"Content-Type": f"text/xml; charset={charset}"}))
    room.poll()

    assert set(room.titles()) == {"A well for three villages", "The ferry is back"}


def test_of_broken_xml_the_items_before_the_break_are_kept(room: Room) -> None:
    room.serve(GOOD.replace(b"</channel></rss>", b"<item><title>R&D <b>cut"))

    assert room.poll()["odd"].result == "changed"
    assert {"A well for three villages", "The ferry is back"} <= set(room.titles())
    assert room.source().state is State.OK


def test_c24_an_empty_feed_with_a_blemish_is_an_empty_feed(room: Room) -> None:
    room.serve(rss().replace(b"News", b"News & more &nosuch;"))

    assert room.poll()["odd"].result == "unchanged"
    assert room.source().state is State.OK


def test_a_document_that_breaks_off_takes_nothing_away(room: Room) -> None:
    """A Content-Length that is too short: nobody can see that there was more."""
    room.serve(GOOD)
    room.poll()
    end = GOOD.index(b"<item>", GOOD.index(b"<item>") + 1)
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (end, GOOD)
    room.serve(Reply(raw=saying(answer)))
    room.poll()

    assert set(room.titles()) == {"A well for three villages", "The ferry is back"}
    assert [article.revision for article in room.articles()] == [1, 1]

    room.serve(GOOD)  # what was left on that connection is not taken for an answer
    assert room.poll()["odd"].result in ("changed", "unchanged")
    assert room.source().state is State.OK
    assert [article.revision for article in room.articles()] == [1, 1]


def test_without_an_id_the_link_tells_articles_apart(room: Room) -> None:
    def entry(link: str, title: str) -> str:
        return f"<title>{title}</title><link>https://courier.example/{link}</link>"

    room.serve(rss(entry("a", "One"), entry("b", "Two")))
    room.poll()
    before = {article.content.url: article.id for article in room.articles()}
    room.serve(rss(entry("a", "One, corrected"), entry("b", "Two")))

    assert (room.poll()["odd"].new, len(room.articles())) == (0, 2)
    assert set(room.titles()) == {"One, corrected", "Two"}
    assert {article.content.url: article.id for article in room.articles()} == before


def test_without_id_and_link_title_and_date_tell_articles_apart(room: Room) -> None:
    entries = [
        "<title>Notice</title><pubDate>Sun, 01 Feb 2026 10:00:00 GMT</pubDate>",
        "<title>Notice</title><pubDate>Mon, 02 Feb 2026 10:00:00 GMT</pubDate>",
        "<title>Other notice</title><pubDate>Mon, 02 Feb 2026 10:00:00 GMT</pubDate>",
    ]
    room.serve(rss(*entries, entries[0]))
    room.poll()
    room.serve(rss(*reversed(entries)))

    assert room.poll()["odd"].result == "unchanged"
    assert len(room.articles()) == 3


def test_without_a_date_first_seen_counts_and_stays(room: Room, run: Run) -> None:
    body = re.sub(rb"<pubDate>.*?</pubDate>", b"", GOOD)
    room.serve(body)
    room.poll()
    first = room.articles()
    room.serve(body.replace(b"The ferry is back", b"The ferry is back again"))
    room.poll()

    assert {article.content.date_basis for article in first} == {DateBasis.FIRST_SEEN}
    assert all(ago(minutes=1) < article.published_at <= ago() for article in first)
    assert [a.published_at for a in room.articles()] == [a.published_at for a in first]
    assert "(first seen)" in run("article", "show", first[0].id).out


def test_without_a_title_the_first_words_stand_for_it(room: Room) -> None:
    words = "<description>&lt;p&gt;Mediators met in Mopti.&lt;/p&gt;</description>"
    room.serve(rss(f"<guid>o-1</guid>{words}", "<guid>o-2</guid>"))
    room.poll()

    assert "Mediators met in Mopti." in room.titles()
    assert all(room.titles())


def test_one_id_is_one_article_unless_link_and_title_differ(room: Room) -> None:
    def entry(link: str, title: str) -> str:
        return f"<guid>same</guid><link>https://courier.example/{link}</link><title>{title}</title>"

    room.serve(rss(entry("a", "Draft"), entry("a", "Final"), entry("b", "Another story")))
    room.poll()
    ids = {article.entry_id for article in room.articles()}

    assert set(room.titles()) == {"Final", "Another story"}
    assert len(ids) == 2
    room.serve(rss(entry("b", "Another story"), entry("a", "Final")))
    assert room.poll()["odd"].new == 0
    assert {article.entry_id for article in room.articles()} == ids


def test_a_date_in_the_future_is_first_seen(room: Room) -> None:
    room.serve(GOOD.replace(b"Feb 2026", b"Feb 2126"))
    room.poll()

    for article in room.articles():
        assert article.published_at <= ago()
        assert article.content.date_basis is DateBasis.FIRST_SEEN
        assert article.content.date_raw == "Sun, 01 Feb 2126 10:00:00 GMT"


def test_control_characters_are_left_out_of_all_we_publish(room: Room) -> None:
    dirt = "\x00\x07\x0b\x1b\ufffe\uffff"
    title = f"Be{dirt}ll&#7;&#xD800;&#x0; &amp;#1; rings"
    room.serve(rss(("o-1", title)))
    room.poll()

    (article,) = room.articles()
    assert article.content.title.startswith("Bell")
    assert not set(article.content.title) & set(dirt)
    assert article.content.title.endswith("rings")


# ------------------------------------------------------------------ pages


def _housed(room: Room, *titles: str) -> None:
    """A listing with an article page for each title."""
    html = {"Content-Type": "text/html; charset=utf-8"}
    room.serve(Reply(body=listing_page(*titles), headers=html))
    for title in titles:
        room.site.pages[f"/article/{slug(title)}"] = Reply(body=article_page(title), headers=html)


TITLES = ("A well for three villages", "The ferry is back again", "Peace talks resume in Bamako")


def test_an_article_page_without_a_date_is_dated_by_first_sight(
    open_room: OpenRoom, run: Run
) -> None:
    room = open_room("page")
    _housed(room, *TITLES)

    assert room.poll()["odd"].new == 3
    article = room.articles()[0]
    shown_article = run("article", "show", article.id, "--json").json
    assert shown_article["date_basis"] == "first seen"
    assert abs(article.published_at - article.first_seen_at) < timedelta(seconds=1)
    assert "(first seen)" in run("article", "show", article.id).out


def test_articles_whose_pages_vanish_are_kept(open_room: OpenRoom) -> None:
    room = open_room("page")
    _housed(room, *TITLES)
    room.poll()
    articles, files = room.articles(), room.files()
    assert len(articles) == 3

    for title in TITLES[:2]:
        room.site.pages.pop(f"/article/{slug(title)}")
    room.serve(Reply(body=listing_page(TITLES[2]), headers={"Content-Type": "text/html"}))
    room.site.forget()
    with time_machine.travel(datetime.now(UTC) + timedelta(days=3)):
        room.poll()

    assert room.site.times_asked(f"/article/{slug(TITLES[0])}") == 1
    assert room.articles() == articles
    assert room.files() == files
    assert room.source().state is State.OK
    assert room.source().counts["article pages gone"] == 2


@pytest.mark.parametrize("status", [404, 410, 500])
def test_a_listing_that_vanishes_takes_no_article_along(open_room: OpenRoom, status: int) -> None:
    room = open_room("page")
    _housed(room, *TITLES)
    room.poll()
    articles, files = room.articles(), room.files()

    room.serve(Reply(status=status))

    assert room.poll()["odd"].result == "failed"
    assert room.source().state is (State.GONE if status == 410 else State.FAILING)
    assert f"HTTP {status}" in room.source().error
    assert room.articles() == articles
    assert room.files() == files


# ------------------------------------------------------------------ validators


def test_c03_polling_twice_with_validators_is_304_and_changes_nothing(room: Room) -> None:
    validators = {"ETag": 'W/"v1"', "Last-Modified": "Sun, 01 Feb 2026 10:00:00 GMT"}
    room.serve(Reply(body=GOOD, headers={**RSS_TYPE, **validators}, conditional=True))
    room.poll()
    articles, files = room.articles(), room.files()

    assert room.poll()["odd"].result == "unchanged"

    first, second = room.site.asked
    assert "if-none-match" not in first
    assert "if-modified-since" not in first
    assert second["if-none-match"] == validators["ETag"]
    assert second["if-modified-since"] == validators["Last-Modified"]
    assert [poll.status for poll in room.parts.store.polls("odd")] == [304, 200]
    assert room.articles() == articles
    assert room.files() == files


def test_c04_validators_of_a_body_that_does_not_parse_are_sent_and_it_stays_failing(
    room: Room, run: Run
) -> None:
    room.serve(Reply(body=b"<rss <<", headers={**RSS_TYPE, "ETag": '"bad"'}, conditional=True))
    room.poll()
    reason = room.source().error
    assert room.source().validators.etag == '"bad"'

    pulled = room.poll()["odd"]

    assert room.site.asked[-1]["if-none-match"] == '"bad"'
    assert [poll.status for poll in room.parts.store.polls("odd")] == [304, 200]
    assert (pulled.result, pulled.error) == ("failed", reason)
    found = shown(run, "odd")
    assert (found["state"], found["failures"], found["error"]) == ("failing", 2, reason)
    assert found["last_success_at"] is None

    room.serve(Reply(body=GOOD, headers={**RSS_TYPE, "ETag": '"good"'}, conditional=True))
    assert room.poll()["odd"].new == 2
    assert shown(run, "odd")["state"] == "ok"
    assert room.poll()["odd"].result == "unchanged"
    assert room.site.asked[-1]["if-none-match"] == '"good"'


def test_c04_the_same_unreadable_body_without_validators_stays_a_failure(room: Room) -> None:
    room.serve(b"<rss <<")
    room.poll()
    reason = room.source().error

    assert room.poll()["odd"].error == reason
    assert room.source().failures == 2


@pytest.mark.parametrize("conditional", [True, False], ids=["304", "the same body"])
def test_a_source_that_recovers_with_nothing_new_is_ok_again(room: Room, conditional: bool) -> None:
    good = Reply(body=GOOD, headers={**RSS_TYPE, "ETag": '"v1"'}, conditional=conditional)
    room.serve(good)
    room.poll()
    articles, files = room.articles(), room.files()
    room.serve(Reply(status=502))
    room.poll()
    assert room.source().state is State.FAILING

    room.serve(good)

    assert room.poll()["odd"].result == "unchanged"
    assert (room.source().state, room.source().error) == (State.OK, "")
    assert room.articles() == articles
    assert room.files() == files


def test_c04_a_body_that_is_not_whole_leaves_the_validators_as_they_were(room: Room) -> None:
    room.serve(Reply(body=GOOD, headers={**RSS_TYPE, "ETag": '"v1"'}))
    room.poll()
    room.serve(Reply(body=GOOD, headers={**RSS_TYPE, "ETag": '"v2"'}, length=len(GOOD) + 9))
    room.poll()

    assert room.source().validators.etag == '"v1"'


# ------------------------------------------------------------------ mistakes of the operator


MISTAKES = {
    "a rule": (
        "[themes.x]\nmatch = 'title:(mali OR'",
        r"config\.toml:\d+: themes\.x\.match: column 7: ",
    ),
    "a field": (
        "[themes.x]\nmatch = 'titel:mali'",
        r"config\.toml:\d+: themes\.x\.match: column 1: .*title",
    ),
    "a selector": (
        '[sources.x]\nurl = "https://x.example/"\n[sources.x.select]\nitem = "div["',
        r"config\.toml:\d+: sources\.x\.select\.item: ",
    ),
    "a theme": (
        '[sources.x]\nurl = "https://x.example/"\nthemes = ["nws"]',
        r"config\.toml:\d+: sources\.x\.themes: .*news",
    ),
}


@pytest.mark.parametrize(("text", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_the_file_is_refused_with_its_line(
    room: Room, run: Run, text: str, said: str
) -> None:
    path = room.folder / "config.toml"
    path.write_text(f"{path.read_text('utf-8')}\n{text}\n", "utf-8")

    told = run("config", "check", code=2)
    assert re.search(said, told.err), told.err
    assert told.out == ""
    assert run("pull", code=2).out == ""
    assert room.site.asked == []


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("title:(mali OR", "column"),
        ("mali OR NOT bamako", "column"),
        ("titel:mali", "column 1"),
        ("mali bamako~", "column 12"),
        ("/ma.*/", "column 1"),
    ],
)
def test_a_bad_rule_is_refused_with_its_column(room: Room, run: Run, rule: str, said: str) -> None:
    told = run("theme", "add", "x", "--match", rule, code=2)

    assert said in told.err
    assert told.err.count("\n") == 1
    assert [row["slug"] for row in run("theme", "list", "--json").rows] == ["news"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("select.item=div[", "select.item"),
        ("select.nothing=div", "select.nothing"),
        ("themes=nws", "news"),
        ("every=3 hours", "every"),
        ("date_order=DDD", "date_order"),
        ("timezone=Europe/Atlantis", "timezone"),
    ],
)
def test_a_bad_setting_is_refused_and_changes_nothing(
    room: Room, run: Run, change: str, said: str
) -> None:
    room.site.pages["/more.xml"] = Reply(body=GOOD, headers=RSS_TYPE)
    run("source", "add", room.site.url("/more.xml"), "--id", "more")
    before = room.source("more")

    told = run("source", "set", "more", "title=New", change, code=2)

    assert said in told.err
    assert room.source("more") == before
