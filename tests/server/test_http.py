"""The rules of serving over HTTP (P20-P29, R21, R44), asked of a real server."""

from __future__ import annotations

import gzip
import itertools
import os
import threading
import time
from collections.abc import Callable, Mapping
from email.utils import formatdate, parsedate_to_datetime
from pathlib import Path

import brotli
import pytest

from tests.server.conftest import ATOM, UPDATED, Ask, Got, write
from tests.server.nginx import TOPICS

FEED = "/themes/mali/atom.xml"
SHARED = ("ETag", "Cache-Control", "Vary", "Last-Modified", "Content-Security-Policy", "Link")
DECODED: Mapping[str | None, Callable[[bytes], bytes]] = {
    "br": brotli.decompress,
    "gzip": gzip.decompress,
    None: bytes,
}
LAST_MODIFIED = formatdate(UPDATED, usegmt=True)


# ------------------------------------------------------------------ P20


def test_p20_head_says_what_get_says_without_the_body(ask: Ask) -> None:
    got, head = ask(FEED), ask(FEED, "HEAD")

    assert got.body == ATOM
    assert head.body == b""
    assert {k: v for k, v in head.headers.items() if k != "date"} == {
        k: v for k, v in got.headers.items() if k != "date"
    }


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "FROB"])
@pytest.mark.parametrize("path", [FEED, "/healthz", "/nowhere"])
def test_p20_other_methods_are_405_and_named(ask: Ask, method: str, path: str) -> None:
    answer = ask(path, method)

    assert answer.status == 405
    assert answer["Allow"] == "GET, HEAD, OPTIONS"


def test_p20_options_may_ask_of_all(ours: Ask) -> None:
    assert ours("*", "OPTIONS").status == 204


def test_p20_options_is_204(ask: Ask) -> None:
    answer = ask(FEED, "OPTIONS")

    assert (answer.status, answer.body) == (204, b"")
    assert answer["Allow"] == "GET, HEAD, OPTIONS"


# ------------------------------------------------------------------ P21


def test_p21_each_coding_has_a_strong_tag_of_its_own(ours: Ask) -> None:
    plain, small = ours(FEED)["ETag"], ours(FEED, accept_encoding="gzip")["ETag"]

    assert plain != small
    assert plain
    assert small
    assert not plain.startswith("W/")


def test_p21_the_tag_follows_the_bytes_and_not_the_time(ours: Ask, feeds: Path) -> None:
    before = ours(FEED)["ETag"]
    write(feeds, FEED[1:], at=UPDATED + 60)
    touched = ours(FEED)
    write(feeds, FEED[1:], ATOM.replace(b"peace", b"truce"), at=UPDATED + 60)
    changed = ours(FEED)

    assert touched["ETag"] == before
    assert touched["Last-Modified"] == formatdate(UPDATED + 60, usegmt=True)
    assert changed["ETag"] != before
    assert b"truce" in changed.body


def test_p21_last_modified_is_the_feeds_updated(ask: Ask) -> None:
    assert ask(FEED)["Last-Modified"] == LAST_MODIFIED


def test_p21_last_modified_is_never_after_date(ours: Ask, feeds: Path) -> None:
    write(feeds, FEED[1:], at=int(time.time()) + 3600)
    answer = ours(FEED)

    modified, date = answer["Last-Modified"], answer["Date"]
    assert modified
    assert date
    assert parsedate_to_datetime(modified) <= parsedate_to_datetime(date)


# ------------------------------------------------------------------ P22


@pytest.mark.parametrize(
    "form",
    ["{}", "W/{}", '"old", {}', '"old",W/{}, "older"', "*", "{}-gzip", "inside"],
)
@pytest.mark.parametrize("coding", ["identity", "gzip", "br"])
@pytest.mark.parametrize("asks_for", ["identity", "gzip", "br"])
def test_p22_any_current_tag_matches(ours: Ask, form: str, coding: str, asks_for: str) -> None:
    tag = ours(FEED, accept_encoding=coding)["ETag"] or ""
    wanted = f'{tag[:-1]}-gzip"' if form == "inside" else form.format(tag)

    assert ours(FEED, if_none_match=wanted, accept_encoding=asks_for).status == 304


def test_p22_tags_may_come_in_several_lines(ours: Ask) -> None:
    assert ours(FEED, if_none_match=['"old"', ours(FEED)["ETag"] or ""]).status == 304


@pytest.mark.parametrize("tag", ['"old"', "old", "", 'W/"', '""'])
def test_p22_another_tag_gets_the_document_whatever_the_date(ask: Ask, tag: str) -> None:
    answer = ask(FEED, if_none_match=tag, if_modified_since=LAST_MODIFIED)

    assert (answer.status, answer.body) == (200, ATOM)


@pytest.mark.parametrize(
    ("since", "status"),
    [
        pytest.param(LAST_MODIFIED, 304, id="the very date"),
        pytest.param(formatdate(UPDATED + 1, usegmt=True), 304, id="a later date"),
        pytest.param(formatdate(UPDATED - 1, usegmt=True), 200, id="an earlier date"),
        pytest.param("Sunday, 01-Mar-26 12:00:00 GMT", 304, id="RFC 850"),
        pytest.param("Sun Mar  1 12:00:00 2026", 304, id="asctime"),
        pytest.param("yesterday", 200, id="a word"),
        pytest.param("2026-03-01T12:00:00Z", 200, id="ISO 8601"),
        pytest.param(str(UPDATED), 200, id="a number"),
        pytest.param("Sun, 99 Mar 2026 12:00:00 GMT", 200, id="no such day"),
        pytest.param("", 200, id="nothing"),
    ],
)
def test_p22_if_modified_since_alone(ask: Ask, since: str, status: int) -> None:
    assert ask(FEED, if_modified_since=since).status == status


# ------------------------------------------------------------------ P23


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("coding", ["identity", "gzip", "br"])
def test_p23_a_304_carries_the_headers_of_the_200(ask: Ask, method: str, coding: str) -> None:
    full = ask(FEED, accept_encoding=coding)
    short = ask(FEED, method, accept_encoding=coding, if_none_match=full["ETag"] or "")

    assert (short.status, short.body) == (304, b"")
    assert [_said(short, name) for name in SHARED] == [_said(full, name) for name in SHARED]
    assert short["Content-Type"] is None


def _said(answer: Got, name: str) -> str | None:
    said = answer[name]
    return said.removeprefix("W/") if said else None  # nginx makes weak tags of what it compresses


# ------------------------------------------------------------------ P24


@pytest.mark.parametrize(
    ("accepts", "coding"),
    [
        ("gzip", "gzip"),
        ("br", "br"),
        ("gzip, deflate, br", "br"),
        ("gzip, br;q=0.5", "gzip"),
        ("gzip, br;q=0", "gzip"),
        ("x-gzip", "gzip"),
        ("GZIP;Q=0.5", "gzip"),
        ("*", "br"),
        ("identity;q=0.5, gzip;q=0.5", "gzip"),
        ("gzip;q=0", None),
        ("gzip; q=0.000, br;q=0, *", None),
        ("gzip;q=nonsense", None),
        ("*;q=0", None),
        ("identity, gzip;q=0.5", None),
        ("zstd", None),
        ("", None),
    ],
)
def test_p24_coding_is_what_the_client_takes(ours: Ask, accepts: str, coding: str | None) -> None:
    answer = ours(FEED, accept_encoding=accepts)

    assert answer["Content-Encoding"] == coding
    assert DECODED[coding](answer.body) == ATOM
    assert int(answer["Content-Length"] or 0) == len(answer.body)


@pytest.mark.parametrize("path", [FEED, "/media/photo.jpg", "/themes/mali/"])
@pytest.mark.parametrize("coding", ["identity", "gzip", "br"])
def test_p24_vary_stands_always(ask: Ask, path: str, coding: str) -> None:
    assert ask(path, accept_encoding=coding)["Vary"] == "Accept-Encoding"


def test_p24_pictures_and_small_files_stay_as_they_are(ask: Ask, feeds: Path) -> None:
    write(feeds, "robots.txt", b"User-agent: *\n")

    assert ask("/media/photo.jpg", accept_encoding="gzip")["Content-Encoding"] is None
    assert ask("/robots.txt", accept_encoding="gzip")["Content-Encoding"] is None


# ------------------------------------------------------------------ P25


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        (FEED, "public, max-age=900"),
        ("/themes/mali/", "public, max-age=900"),
        ("/themes/mali/archive/1.xml", "public, max-age=86400"),
        ("/themes/mali/archive/2.xml", "public, max-age=3600"),
        ("/private/tokentokentoken/atom.xml", "private, max-age=900"),
        ("/media/photo.jpg", "public, max-age=86400, immutable"),
    ],
)
def test_p25_caches_keep_a_document_as_long_as_it_rests(ask: Ask, path: str, kept: str) -> None:
    assert ask(path)["Cache-Control"] == kept


def test_p25_the_newest_archive_rests_once_it_has_a_successor(ours: Ask, feeds: Path) -> None:
    write(feeds, "themes/mali/archive/3.xml")

    assert ours("/themes/mali/archive/2.xml")["Cache-Control"] == "public, max-age=86400"


def test_r50_a_private_address_does_not_travel(ask: Ask) -> None:
    answer = ask("/private/tokentokentoken/atom.xml")

    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["X-Robots-Tag"] == "noindex"


# ------------------------------------------------------------------ P26


@pytest.mark.parametrize(
    ("path", "type_"),
    [
        (FEED, "application/atom+xml; charset=utf-8"),
        ("/themes/mali/archive/1.xml", "application/atom+xml; charset=utf-8"),
        ("/themes/mali/changes.atom", "application/atom+xml; charset=utf-8"),
        ("/themes/mali/rss.xml", "application/rss+xml; charset=utf-8"),
        ("/themes/mali/feed.json", "application/feed+json"),
        ("/feeds.opml", "text/x-opml; charset=utf-8"),
        ("/sitemap.xml", "application/xml; charset=utf-8"),
        ("/", "text/html; charset=utf-8"),
        ("/themes/mali/", "text/html; charset=utf-8"),
        ("/style.css", "text/css; charset=utf-8"),
        ("/robots.txt", "text/plain; charset=utf-8"),
        ("/media/photo.jpg", "image/jpeg"),
        ("/nowhere", "text/plain; charset=utf-8"),
    ],
)
def test_p26_types_are_fixed_by_name(ask: Ask, path: str, type_: str) -> None:
    answer = ask(path)

    assert answer["Content-Type"] == type_
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", [FEED, "/feeds.opml", "/media/photo.jpg", "/nowhere", "/themes"])
def test_p26_a_browser_may_do_nothing_with_what_is_no_page(ask: Ask, path: str) -> None:
    assert ask(path)["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_p26_a_page_may_use_our_own_style_and_pictures_only(ask: Ask) -> None:
    policy = (ask("/")["Content-Security-Policy"] or "").split("; ")

    assert policy[:3] == ["default-src 'none'", "style-src 'self'", "img-src 'self'"]
    assert "frame-ancestors 'none'" in policy


# ------------------------------------------------------------------ P27-P29


def test_p27_accept_is_ignored(ask: Ask) -> None:
    assert ask(FEED, accept="text/html").headers["Content-Type"].startswith("application/atom")


def test_p28_range_is_ignored(ask: Ask) -> None:
    answer = ask(FEED, range="bytes=0-9")

    assert (answer.status, answer.body) == (200, ATOM)


@pytest.mark.parametrize("path", [FEED, "/nowhere", "/"])
def test_p29_any_page_may_read_us(ask: Ask, path: str) -> None:
    answer = ask(path, origin="https://reader.example")

    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Access-Control-Expose-Headers"] == "ETag, Last-Modified, Link, Retry-After"


def test_p29_a_browser_may_ask_conditionally(ask: Ask) -> None:
    answer = ask(FEED, "OPTIONS", access_control_request_headers="if-none-match")

    assert "If-None-Match" in (answer["Access-Control-Allow-Headers"] or "")


# ------------------------------------------------------------------ P30, P32


@pytest.mark.parametrize(("method", "tag"), [("GET", ""), ("HEAD", ""), ("GET", "*")])
@pytest.mark.parametrize("name", ["atom.xml", "rss.xml", "feed.json"])
def test_p30_feeds_name_themselves_and_their_hub(
    ask: Ask, method: str, tag: str, name: str
) -> None:
    answer = ask(f"/themes/mali/{name}", method, if_none_match=tag)

    assert answer.status == (304 if tag else 200)
    assert answer["Link"] == TOPICS.links(f"themes/mali/{name}")
    assert f'<https://feeds.example.org/themes/mali/{name}>; rel="self"' in (answer["Link"] or "")


@pytest.mark.parametrize("path", ["/", "/themes/mali/archive/1.xml", "/nowhere", "/themes/sport/"])
def test_p30_nothing_else_names_a_hub(ask: Ask, path: str) -> None:
    assert ask(path)["Link"] is None


@pytest.mark.parametrize(
    ("path", "leads"),
    [
        ("/themes/bamako/", "/themes/mali/"),
        ("/themes/bamako", "/themes/mali/"),
        ("/themes/bamako/atom.xml", "/themes/mali/atom.xml"),
        ("/themes/bamako/rss.xml", "/themes/mali/rss.xml"),
        ("/themes/bamako/feed.json?x=1", "/themes/mali/feed.json"),
        ("/themes/bamako/changes.atom", "/themes/mali/changes.atom"),
        ("/themes/bamako/archive/1.xml", "/themes/mali/archive/1.xml"),
        ("/themes/bamako/fr", "/themes/mali/fr/"),
        ("/themes/bamako/fr/", "/themes/mali/fr/"),
        ("/themes/bamako/fr/atom.xml", "/themes/mali/fr/atom.xml"),
        ("/themes/bamako/2026/1/", "/themes/mali/2026/1/"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_p32_what_was_renamed_is_one_step_away(
    ask: Ask, path: str, leads: str, method: str
) -> None:
    answer = ask(path, method, host="evil.example")

    assert (answer.status, answer["Location"]) == (301, leads)
    assert answer["Cache-Control"] == "public, max-age=900"
    assert answer["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "path",
    [
        *("/themes/sport", "/themes/sport/", "/themes/sport/atom.xml", "/themes/sport/rss.xml"),
        *("/themes/sport/archive/1.xml", "/themes/bamako/de/", "/themes/bamako/de/feed.json"),
    ],
)
def test_p32_what_was_removed_is_gone(ask: Ask, path: str) -> None:
    answer = ask(path)

    assert (answer.status, answer.body) == (410, b"gone\n")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize(
    "path",
    [
        *("/themes/other/", "/themes/bamako2/", "/themes/bamak", "/themes/sports/atom.xml"),
        *("/bamako/", "/private/bamako/", "/themes/", "/private/", "/private"),
    ],
)
def test_p32_what_never_was_is_not_there(ask: Ask, path: str) -> None:
    answer = ask(path)

    assert (answer.status, answer.body) == (404, b"not found\n")
    assert answer["Cache-Control"] == "public, max-age=60"


@pytest.mark.parametrize(
    "path", ["/themes/bamako/%0d%0aSet-Cookie:a=b", "/themes/bamako/%0d%0aX/", "/themes/bamako/a b"]
)
def test_r21_an_address_that_leads_on_carries_nothing_else_along(ask: Ask, path: str) -> None:
    answer = ask(path.replace(" ", "%20"))

    assert answer.status in (400, 404)
    assert answer["Set-Cookie"] is answer["X"] is answer["Location"] is None


# ------------------------------------------------------------------ folders


def test_a_folder_without_its_slash_is_moved_by_a_relative_address(ask: Ask) -> None:
    answer = ask("/themes/mali?x=1", host="evil.example")

    assert answer.status == 301
    assert answer["Location"] in ("./mali/", "/themes/mali/")


@pytest.mark.parametrize("path", ["/themes/", "/themes", "/media", "/themes/mali/atom.xml/"])
def test_a_folder_without_a_page_is_not_there(ask: Ask, path: str) -> None:
    assert ask(path).status == 404


def test_the_query_does_not_matter(ask: Ask) -> None:
    assert ask(f"{FEED}?cachebuster=1").body == ATOM


def test_the_absolute_form_of_a_request_is_understood(ask: Ask) -> None:
    assert ask(f"http://any.example{FEED}").body == ATOM


# ------------------------------------------------------------------ R21, R44


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/themes/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/themes/mali/..%2f..%2f..%2fsecret.txt",
        "/%2e%2e%2fsecret.txt",
        "/..\\secret.txt",
        "/%5c..%5csecret.txt",
        "/robots.txt%00",
        "/%00",
        "//secret.txt",
        "/./robots.txt",
        "/themes//mali/atom.xml",
        "/.hidden.txt",
        "/%2ehidden.txt",
        "/.robots.txt.tmp",
        "/robots.txt.tmp",
        "/linked.txt",
        "/linked/secret.txt",
        "/README.md",
        "/page.py",
        "/pipe.txt",
        "/%EF%BC%8E%EF%BC%8E/secret.txt",
        "/rob%C3%B6ts.txt",
        "/" + "a" * 3000 + ".txt",
    ],
)
def test_r44_only_published_files_are_served(ours: Ask, feeds: Path, path: str) -> None:
    outside = feeds.parent / "secret.txt"
    outside.write_text("secret")
    (feeds / "linked.txt").symlink_to(outside)
    (feeds / "linked").symlink_to(feeds.parent)
    for name in (".hidden.txt", ".robots.txt.tmp", "robots.txt.tmp", "README.md", "page.py"):
        (feeds / name).write_text("secret")
    os.mkfifo(feeds / "pipe.txt")

    answer = ours(path)

    assert (answer.status, answer.body) == (404, b"not found\n")


def test_r21_nothing_of_the_request_comes_back(ask: Ask) -> None:
    answer = ask(
        "/marker?marker=1",
        host="marker.example",
        x_forwarded_host="marker.example",
        referer="http://marker.example/",
        cookie="marker=1",
    )

    assert answer.status == 404
    assert b"marker" not in answer.body
    assert "marker" not in str(answer.headers)


def test_r21_the_server_does_not_say_what_it_is(ours: Ask) -> None:
    assert ours(FEED)["Server"] is None


def test_a_file_that_went_away_is_404(ask: Ask, feeds: Path) -> None:
    assert ask(FEED).status == 200
    (feeds / FEED[1:]).unlink()
    assert ask(FEED).status == 404


def test_r29_a_reader_never_sees_half_a_file(ask: Ask, feeds: Path) -> None:
    bodies = [bytes([letter]) * 200_000 for letter in b"abc"]
    done = threading.Event()
    write(feeds, FEED[1:], bodies[0])

    def replace() -> None:
        for body in itertools.cycle(bodies):
            write(feeds, FEED[1:], body)
            if done.wait(0.001):
                return

    writer = threading.Thread(target=replace)
    writer.start()
    try:
        seen = [ask(FEED) for _ in range(300)]
    finally:
        done.set()
        writer.join()

    assert {got.body for got in seen} <= set(bodies)
    assert len({(got.body, got["ETag"]) for got in seen}) == len({got.body for got in seen})


def test_p32_the_notice_of_a_withdrawn_article_is_sent_with_410(ask: Ask, feeds: Path) -> None:
    write(feeds, "articles/0a/gone.html", b"<p>withdrawn: a mistake</p>" * 50)

    for path in ("/articles/0a/", "/articles/0a/gone.html"):
        got = ask(path)
        assert (got.status, got["Content-Type"]) == (410, "text/html; charset=utf-8")
        assert b"a mistake" in got.body
        assert ask(path, "HEAD").status == 410
        assert ask(path, if_none_match=got["ETag"] or "").status == 410
    assert ask("/articles/0a").status == 301

    write(feeds, "articles/0a/index.html", b"<p>given back</p>")
    assert ask("/articles/0a/").status == 200
