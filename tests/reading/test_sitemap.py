"""Sources of kind "sitemap": what is asked, when again, and what bounds it."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from syndicator.errors import ParseError
from syndicator.model import DateBasis, Kind
from syndicator.stages.sitemap import MOST, MOST_UNPACKED, is_sitemap, read_sitemap
from tests.conftest import FakeClock
from tests.reading.documents import article_page, slug
from tests.reading.library import DAY, HOUR, Library, html, opened
from tests.site import Reply, Site

WELL = "Three villages share one well"
ELDERS = "The elders met for two days"
RAIN = "Rain came late to the river"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
Open = Callable[..., Library]

SPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" '
    'xmlns:xhtml="http://www.w3.org/1999/xhtml"'
)


def urlset(*entries: str) -> bytes:
    return f'<?xml version="1.0"?><urlset {SPACES}>{"".join(entries)}</urlset>'.encode()


def index(*entries: str) -> bytes:
    return f'<?xml version="1.0"?><sitemapindex {SPACES}>{"".join(entries)}</sitemapindex>'.encode()


def url(loc: str, lastmod: str = "", more: str = "") -> str:
    return f"<url><loc>{loc}</loc>{_lastmod(lastmod)}{more}</url>"


def child(loc: str, lastmod: str = "") -> str:
    return f"<sitemap><loc>{loc}</loc>{_lastmod(lastmod)}</sitemap>"


def _lastmod(text: str) -> str:
    return f"<lastmod>{text}</lastmod>" if text else ""


def xml(body: bytes, tag: str = "") -> Reply:
    headers = {"Content-Type": "application/xml"} | ({"ETag": tag} if tag else {})
    return Reply(body=body, headers=headers, conditional=bool(tag))


@pytest.fixture
def library(
    tmp_path: Path, site: Site, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Open]:
    """Opens a library whose source is /sitemap.xml; three articles stand on the site."""
    for title in (WELL, ELDERS, RAIN):
        site.pages[f"/{slug(title)}"] = html(article_page(title), f'"{slug(title)}"')
    with ExitStack() as stack:

        def one(sitemap: bytes | Reply, *, kind: str = "sitemap") -> Library:
            reply = sitemap if isinstance(sitemap, Reply) else xml(sitemap)
            site.pages["/sitemap.xml"] = reply
            source = f'[sources.one]\nurl = "{{base}}/sitemap.xml"\nkind = "{kind}"\n'
            return stack.enter_context(opened(tmp_path, site, clock, monkeypatch, source))

        yield one


def at(site: Site, title: str) -> str:
    return site.url(f"/{slug(title)}")


# ------------------------------------------------------------------ pages


def test_the_pages_of_a_sitemap_become_articles(library: Open, site: Site) -> None:
    one = library(urlset(url(at(site, WELL), "2026-02-01"), url(at(site, ELDERS), "2026-02-02")))

    pulled = one.pull()

    assert (pulled.result, pulled.new) == ("changed", 2)
    assert one.titles() == {WELL, ELDERS}
    asked = one.asked()
    assert asked[:2] == ["/robots.txt", "/sitemap.xml"]
    assert asked[2:] == [f"/{slug(ELDERS)}", f"/{slug(WELL)}"]  # the latest changed first


def test_a_sitemap_is_known_by_its_first_element(library: Open, site: Site) -> None:
    one = library(urlset(url(at(site, WELL))), kind="auto")

    one.pull()

    assert one.source.kind is Kind.SITEMAP
    assert one.titles() == {WELL}
    assert one.asked()[:2] == ["/sitemap.xml", "/robots.txt"]


def test_a_page_whose_lastmod_has_not_moved_is_not_asked(library: Open, site: Site) -> None:
    one = library(urlset(url(at(site, WELL), "2026-02-01"), url(at(site, ELDERS), "2026-02-02")))
    one.pull()
    one.site.forget()
    site.pages["/sitemap.xml"] = xml(
        urlset(url(at(site, WELL), "2026-02-01T00:00:00Z"), url(at(site, ELDERS), "2026-02-20"))
    )

    for _ in range(60):
        one.clock.move(DAY)
        one.pull()

    asked = one.asked()
    assert asked.count(f"/{slug(WELL)}") == 0
    assert asked.count(f"/{slug(ELDERS)}") == 1


def test_a_page_that_changed_is_asked_with_its_validators_and_becomes_a_revision(
    library: Open, site: Site
) -> None:
    one = library(urlset(url(at(site, WELL), "2026-02-01T10:00:00Z")))
    one.pull()
    one.clock.move(DAY)
    site.pages[f"/{slug(WELL)}"] = html(article_page(f"{WELL} again"), '"second"')
    site.pages["/sitemap.xml"] = xml(urlset(url(at(site, WELL), "2026-03-02T10:00:00Z")))

    pulled = one.pull()

    assert (pulled.new, pulled.changed) == (0, 1)
    assert one.last(f"/{slug(WELL)}")["if-none-match"] == f'"{slug(WELL)}"'
    assert [article.revision for article in one.articles()] == [2]


def test_a_page_without_lastmod_is_looked_at_again_ever_more_rarely(
    library: Open, site: Site
) -> None:
    one = library(urlset(url(at(site, WELL))))
    one.pull()
    one.site.forget()

    for _ in range(30):
        one.clock.move(DAY)
        one.pull()

    assert 3 <= one.asked().count(f"/{slug(WELL)}") <= 6


def test_a_lastmod_that_is_told_for_the_first_time_asks_only_what_changed_since(
    library: Open, site: Site
) -> None:
    one = library(urlset(url(at(site, WELL)), url(at(site, ELDERS))))
    one.pull()
    one.clock.move(HOUR)
    one.site.forget()
    site.pages["/sitemap.xml"] = xml(
        urlset(url(at(site, WELL), "2026-02-01"), url(at(site, ELDERS), "2026-03-01T12:30:00Z"))
    )

    one.pull()

    assert [path for path in one.asked() if path != "/sitemap.xml"] == [f"/{slug(ELDERS)}"]


def test_an_unchanged_sitemap_is_asked_conditionally_and_nothing_else_is(
    library: Open, site: Site
) -> None:
    one = library(xml(urlset(url(at(site, WELL), "2026-02-01")), '"s1"'))
    one.pull()
    one.clock.move(HOUR)
    one.site.forget()

    pulled = one.pull()

    assert pulled.result == "unchanged"
    assert one.last("/sitemap.xml")["if-none-match"] == '"s1"'
    assert one.asked() == ["/sitemap.xml"]


def test_a_page_that_is_no_article_is_not_asked_again_before_it_changes(
    library: Open, site: Site
) -> None:
    site.pages["/opening-hours"] = html(
        b"<html><body><h1>Opening hours</h1><p>Monday to Friday.</p></body></html>"
    )
    one = library(
        urlset(url(at(site, WELL), "2026-02-01"), url(site.url("/opening-hours"), "2026-02-01"))
    )
    one.pull()
    one.site.forget()

    for _ in range(40):
        one.clock.move(DAY)
        one.pull()

    assert "/opening-hours" not in one.asked()
    assert one.source.counts["article pages unreadable"] == 1


def test_many_pages_are_read_in_pieces_while_the_sitemap_is_asked_once_an_hour(
    library: Open, site: Site
) -> None:
    titles = [f"Report number {number} of the river commission" for number in range(45)]
    for title in titles:
        site.pages[f"/{slug(title)}"] = html(article_page(title))
    one = library(urlset(*(url(at(site, title)) for title in titles)))

    pulled = one.pull()

    assert pulled.new == 45
    assert one.asked().count("/sitemap.xml") == 1
    assert one.source.next_check_why != "article pages or archives wait to be read"


def test_addresses_of_other_sites_and_of_no_article_are_left_out_and_counted(
    library: Open, site: Site
) -> None:
    with Site() as other:
        other.pages["/far"] = html(article_page("Far away"))
        one = library(
            urlset(
                url(at(site, WELL)),
                url(other.url("/far")),
                url(site.url("/")),
                url(site.url("/tag/mali")),
                url(site.url("/report.pdf")),
                url("javascript:alert(1)"),
            )
        )

        one.pull()

        assert other.asked == []
    assert one.titles() == {WELL}
    counts = one.source.counts
    assert counts["addresses elsewhere"] == 1
    assert counts["addresses of no article"] == 3
    assert counts["addresses unreadable"] == 1


def test_no_more_than_10000_addresses_wait_the_latest_are_kept_and_the_rest_is_counted() -> None:
    entries = [
        url(f"https://example.org/news/{n}", f"2025-{n % 12 + 1:02}-01") for n in range(12_000)
    ]

    found = read_sitemap(urlset(*entries), url="https://example.org/sitemap.xml", now=NOW)

    assert len(found.pages) == MOST
    assert found.cut == {"addresses": 2000}
    assert {page.said["lastmod"][:7] for page in found.pages} == {
        f"2025-{month:02}" for month in range(3, 13)
    }


# ------------------------------------------------------------------ further sitemaps


def test_the_sitemaps_of_an_index_are_read_each_with_its_own_validators(
    library: Open, site: Site
) -> None:
    site.pages["/a.xml"] = xml(urlset(url(at(site, WELL), "2026-02-01")), '"a1"')
    site.pages["/b.xml"] = xml(urlset(url(at(site, ELDERS), "2026-02-01")), '"b1"')
    one = library(index(child(site.url("/a.xml")), child(site.url("/b.xml"))))
    one.pull()
    one.clock.move(2 * HOUR)
    one.site.forget()
    site.pages["/b.xml"] = xml(
        urlset(url(at(site, ELDERS), "2026-02-01"), url(at(site, RAIN), "2026-03-01")), '"b2"'
    )

    pulled = one.pull()

    assert one.last("/a.xml")["if-none-match"] == '"a1"'
    assert one.last("/b.xml")["if-none-match"] == '"b1"'
    assert pulled.new == 1
    assert one.titles() == {WELL, ELDERS, RAIN}
    assert one.documents("sitemap")["/b.xml"].validators.etag == '"b2"'


def test_lastmod_in_an_index_decides_which_sitemaps_are_asked(library: Open, site: Site) -> None:
    site.pages["/a.xml"] = xml(urlset(url(at(site, WELL), "2026-02-01")))
    site.pages["/b.xml"] = xml(urlset(url(at(site, ELDERS), "2026-02-01")))
    one = library(index(child(site.url("/a.xml"), "2026-02-01"), child(site.url("/b.xml"), "2026")))
    one.pull()
    one.clock.move(HOUR)
    one.site.forget()
    site.pages["/sitemap.xml"] = xml(
        index(child(site.url("/a.xml"), "2026-02-01"), child(site.url("/b.xml"), "2026-03-01"))
    )

    one.pull()

    assert one.asked() == ["/sitemap.xml", "/b.xml"]


def test_a_sitemap_that_stays_as_it_is_is_asked_ever_more_rarely(library: Open, site: Site) -> None:
    site.pages["/a.xml"] = xml(urlset(url(at(site, WELL), "2026-02-01")), '"a1"')
    one = library(xml(index(child(site.url("/a.xml"))), '"i"'))
    one.pull()
    one.site.forget()

    for _ in range(30):
        one.clock.move(DAY)
        one.pull()

    assert 6 <= one.asked().count("/a.xml") <= 12


def test_an_index_of_many_sitemaps_is_read_ten_at_a_time(library: Open, site: Site) -> None:
    paths = [f"/part-{number}.xml" for number in range(25)]
    for number, path in enumerate(paths):
        title = f"Report number {number} of the river commission"
        site.pages[f"/{slug(title)}"] = html(article_page(title))
        site.pages[path] = xml(urlset(url(at(site, title))))
    one = library(index(*(child(site.url(path)) for path in paths)))

    pulled = one.pull()

    asked = one.asked()
    assert pulled.new == 25
    assert all(asked.count(path) == 1 for path in paths)
    assert asked.count("/sitemap.xml") == 1


def test_sitemaps_are_followed_three_deep_and_never_in_a_circle(library: Open, site: Site) -> None:
    for depth in range(1, 6):
        site.pages[f"/{depth}.xml"] = xml(
            index(child(site.url(f"/{depth + 1}.xml")), child(site.url("/sitemap.xml")))
        )
    site.pages["/leaf.xml"] = xml(urlset(url(at(site, WELL))))
    one = library(index(child(site.url("/1.xml")), child(site.url("/leaf.xml"))))

    one.pull()

    asked = one.asked()
    assert {path for path in asked if path.endswith(".xml")} == {
        *("/sitemap.xml", "/leaf.xml", "/1.xml", "/2.xml", "/3.xml")
    }
    assert asked.count("/sitemap.xml") == 1
    assert one.source.counts["sitemaps too deep"] == 2


def test_no_more_than_500_sitemaps_are_kept_and_the_latest_of_them(
    library: Open, site: Site
) -> None:
    site.pages["/robots.txt"] = Reply(body=b"User-agent: *\nDisallow: /part\n")
    children = [
        child(site.url(f"/part-{n}.xml"), "2026-02-01" if n >= 200 else "2025-01-01")
        for n in range(700)
    ]
    site.pages["/leaf.xml"] = xml(urlset(url(at(site, WELL))))
    one = library(index(*children[:-1], child(site.url("/leaf.xml"), "2026-02-28")))

    one.pull()

    kept = one.documents("sitemap")
    assert len(kept) == 500
    assert "/part-100.xml" not in kept
    assert one.source.counts["sitemaps"] == 200
    assert one.titles() == {WELL}


def test_a_sitemap_that_cannot_be_read_does_not_cost_the_others(library: Open, site: Site) -> None:
    site.pages["/a.xml"] = Reply(status=500)
    site.pages["/b.xml"] = xml(b"<html><body>Please log in</body></html>", '"b"')
    site.pages["/c.xml"] = xml(urlset(url(at(site, WELL))))
    one = library(index(*(child(site.url(path)) for path in ("/a.xml", "/b.xml", "/c.xml"))))

    one.pull()

    assert one.titles() == {WELL}
    assert one.documents("sitemap")["/b.xml"].error == "answered an HTML page, not a sitemap"
    assert one.documents("sitemap")["/a.xml"].failures == 1
    site.pages["/a.xml"] = xml(urlset(url(at(site, ELDERS))))
    one.clock.move(DAY)
    one.pull()
    assert one.titles() == {WELL, ELDERS}


def test_sitemaps_of_other_sites_are_not_asked(library: Open, site: Site) -> None:
    with Site() as other:
        site.pages["/a.xml"] = xml(urlset(url(at(site, WELL))))
        one = library(index(child(other.url("/s.xml")), child(site.url("/a.xml"))))

        one.pull()

        assert other.asked == []
    assert one.source.counts["sitemaps elsewhere"] == 1


# ------------------------------------------------------------------ extensions


def test_news_and_hreflang_fill_what_the_page_lacks(library: Open, site: Site) -> None:
    news = (
        "<news:news><news:publication><news:name>The Courier</news:name>"
        "<news:language>en</news:language></news:publication>"
        "<news:publication_date>2026-02-10T08:30:00+01:00</news:publication_date>"
        f"<news:title>{WELL}, and how</news:title>"
        "<news:keywords>water, Mali , water</news:keywords></news:news>"
        "<image:image><image:loc>https://example.org/p.jpg</image:loc></image:image>"
        f'<xhtml:link rel="alternate" hreflang="fr" href="{site.url("/fr/puits")}"/>'
        f'<xhtml:link rel="alternate" hreflang="en" href="{at(site, WELL)}"/>'
        f'<xhtml:link rel="alternate" hreflang="x-default" href="{site.url("/choose")}"/>'
    )
    one = library(urlset(url(at(site, WELL), "", news)))

    one.pull()

    (article,) = one.articles()
    content = article.content
    assert content.title == WELL  # the page has one
    assert content.published_at == datetime(2026, 2, 10, 7, 30, tzinfo=UTC)
    assert content.date_basis is DateBasis.SOURCE
    assert [category.term for category in content.categories] == ["water", "Mali"]
    assert [(link.language, link.url) for link in content.translations] == [
        ("fr", site.url("/fr/puits"))
    ]
    assert "/p.jpg" not in one.asked()


def test_what_the_page_says_itself_goes_before(library: Open, site: Site) -> None:
    head = (
        '<meta property="article:published_time" content="2026-01-05T10:00:00Z">'
        '<meta property="article:tag" content="Rivers">'
    )
    site.pages[f"/{slug(WELL)}"] = html(article_page(WELL, head=head))
    news = (
        "<news:news><news:publication_date>2026-02-10</news:publication_date>"
        "<news:keywords>water</news:keywords></news:news>"
    )
    one = library(urlset(url(at(site, WELL), "", news)))

    one.pull()

    content = one.articles()[0].content
    assert content.published_at == datetime(2026, 1, 5, 10, tzinfo=UTC)
    assert "water" not in [category.term for category in content.categories]


# ------------------------------------------------------------------ forms


def test_a_plain_text_sitemap_is_read(library: Open, site: Site) -> None:
    body = f"\ufeff{at(site, WELL)}\r\n\r\n{at(site, ELDERS)}\r\nnot an address\r\n".encode()
    one = library(Reply(body=body, headers={"Content-Type": "text/plain"}))

    one.pull()

    assert one.titles() == {WELL, ELDERS}


def test_a_gzip_file_is_read_whatever_it_is_called(library: Open, site: Site) -> None:
    site.pages["/a.xml.gz"] = Reply(
        body=gzip.compress(urlset(url(at(site, WELL)))),
        headers={"Content-Type": "application/x-gzip"},
    )
    one = library(Reply(body=gzip.compress(index(child(site.url("/a.xml.gz"))))), kind="auto")

    one.pull()

    assert one.source.kind is Kind.SITEMAP
    assert one.titles() == {WELL}


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", "cannot be read as XML"),
        (b"<rss><channel/></rss>", 'a feed, not a sitemap; its kind is "feed"'),
        (b"<!DOCTYPE html><html><body>Hello</body></html>", "an HTML page, not a sitemap"),
        (b'{"version": "https://jsonfeed.org/version/1.1"}', "no sitemap"),
        (gzip.compress(urlset())[:-12], "cut short"),
        (b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xff\xffbroken", "broken"),
        (gzip.compress(b" " * (MOST_UNPACKED + 1)), "bytes inside"),
    ],
    ids=["empty", "feed", "html", "json", "cut gzip", "broken gzip", "gzip bomb"],
)
def test_what_is_no_sitemap_is_refused_by_its_name(body: bytes, error: str) -> None:
    with pytest.raises(ParseError, match=error):
        read_sitemap(body, url="https://example.org/sitemap.xml", now=NOW)


def test_c23_a_body_that_is_no_sitemap_changes_nothing_and_keeps_its_validators(
    library: Open, site: Site
) -> None:
    one = library(xml(urlset(url(at(site, WELL), "2026-02-01")), '"s1"'))
    one.pull()
    one.clock.move(HOUR)
    site.pages["/sitemap.xml"] = html(b"<html><body>Down for repairs</body></html>", '"s2"')

    pulled = one.pull()
    one.clock.move(DAY)
    one.pull()

    assert pulled.error == "answered an HTML page, not a sitemap"
    assert one.last("/sitemap.xml")["if-none-match"] == '"s2"'
    assert one.titles() == {WELL}


def test_a_sitemap_that_breaks_off_yields_what_is_whole() -> None:
    body = urlset(url("https://example.org/a/b"), url("https://example.org/a/cde"))

    found = read_sitemap(body[:-25], url="https://example.org/s.xml", now=NOW)

    assert [page.url for page in found.pages] == ["https://example.org/a/b"]
    assert found.cut == {"sitemaps cut short": 1}


def test_r11_nothing_is_loaded_or_expanded_for_a_sitemap(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("https://example.org/secret/file")
    declared = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    body = (
        f'<!DOCTYPE urlset [<!ENTITY x SYSTEM "{secret.as_uri()}"><!ENTITY e0 "lol">{declared}]>'
        "<urlset><url><loc>&x;</loc></url><url><loc>https://example.org/a/&e9;</loc></url>"
        '<url><loc>https://example.org/a/b</loc><link rel="alternate" hreflang="fr" href="&e9;"/>'
        "</url></urlset>"
    ).encode()

    try:
        found = read_sitemap(body, url="https://example.org/s.xml", now=NOW)
    except ParseError:
        return
    assert "secret/file" not in repr(found)
    assert len(repr(found)) < 10_000


@pytest.mark.corpus
def test_the_sitemaps_of_the_corpus(corpus: Path) -> None:
    def read(name: str) -> tuple[int, int]:
        body = (corpus / "sitemaps" / name).read_bytes()
        assert is_sitemap(body)
        found = read_sitemap(body, url="https://www.sitemaps.org/sitemap.xml", now=NOW)
        return len(found.pages), len(found.sitemaps)

    assert read("sitemap.xml") == (83, 0)  # 84 with the front page
    assert read("sitemap.xml.gz") == (83, 0)
    assert read("sitemap2.xml") == (0, 2)
    assert read("sitemap-hreflang.xml") == (3, 1)
    for name in ("feed1.atom", "feed2.rss", "feed.json"):
        assert not is_sitemap((corpus / "sitemaps" / name).read_bytes())
    for bomb in (corpus / "xml-bombs").iterdir():
        with pytest.raises(ParseError):
            read_sitemap(bomb.read_bytes(), url="https://example.org/s.xml", now=NOW)
