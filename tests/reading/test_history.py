"""`source history`: all that a source still offers, once, however often it is interrupted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from syndicator import jobs
from syndicator.app import Parts, open_parts
from syndicator.errors import SourceError
from tests.conftest import FakeClock
from tests.site import Reply, Site

CONFIG = """
[fetch]
allow_private = true
starts_per_s = 1000
[fetch.hosts."{host}"]
gap = 0
[sources.agency]
url = "{base}{path}"
"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:fh="http://purl.org/syndication/history/1.0">
<id>urn:x:feed</id><title>Agency</title><updated>2026-02-01T10:00:00Z</updated>{links}{entries}
</feed>"""
ENTRY = """<entry><id>urn:x:{number}</id><title>Story {number}</title>
<author><name>A</name></author>
<link href="{base}/story/{number}"/><updated>2026-01-{day:02}T10:00:00Z</updated>
<content>What happened on day {number}.</content></entry>"""


def atom(site: Site, numbers: range, **links: str) -> Reply:
    entries = "".join(
        ENTRY.format(number=n, base=site.base, day=n % 28 + 1) for n in reversed(numbers)
    )
    told = "".join(
        f'<link rel="{rel.replace("_", "-")}" href="{site.base}{href}"/>'
        for rel, href in links.items()
    )
    body = ATOM.format(links=told, entries=entries).encode()
    headers = {"Content-Type": "application/atom+xml", "ETag": f'"{len(body)}-{numbers.stop}"'}
    return Reply(body=body, headers=headers, conditional=True)


def archived(site: Site, documents: int, each: int = 3) -> None:
    """A feed whose past lies in so many archive documents, the oldest being 1."""
    for k in range(1, documents + 1):
        links = {"prev_archive": f"/archive/{k - 1}"} if k > 1 else {}
        site.pages[f"/archive/{k}"] = atom(site, range((k - 1) * each, k * each), **links)
    start = documents * each
    site.pages["/feed"] = atom(
        site, range(start, start + each), prev_archive=f"/archive/{documents}"
    )


@pytest.fixture
def config(tmp_path: Path, site: Site) -> Path:
    path = tmp_path / "config.toml"
    host = site.base.removeprefix("http://")
    path.write_text(CONFIG.format(base=site.base, host=host, path="/feed"))
    return path


@pytest.fixture
def parts(config: Path, clock: FakeClock) -> Iterator[Parts]:
    with open_parts(config, environ={}, clock=clock) as opened:
        yield opened


def keys(parts: Parts) -> list[str]:
    return sorted(article.key for article in parts.store.articles())


def test_archives_are_read_back_to_the_first_entry(parts: Parts, site: Site) -> None:
    archived(site, documents=25)

    told = jobs.history(parts, "agency")

    assert told.new == 75
    assert len(keys(parts)) == 78
    assert not told.more
    assert told.note == ""


def test_an_interrupted_history_goes_on_where_it_was(
    config: Path, site: Site, clock: FakeClock
) -> None:
    archived(site, documents=35)
    for _ in range(3):
        with open_parts(config, environ={}, clock=clock) as parts, pytest.raises(KeyboardInterrupt):
            jobs.history(parts, "agency", progress=_interrupt)

    with open_parts(config, environ={}, clock=clock) as parts:
        jobs.history(parts, "agency")
        assert len(keys(parts)) == 35 * 3 + 3

    assert all(site.times_asked(f"/archive/{k}") == 1 for k in range(1, 36))


def _interrupt(_: jobs.Recalled) -> None:
    raise KeyboardInterrupt


def test_a_later_history_reads_only_what_it_does_not_have(
    parts: Parts, site: Site, clock: FakeClock
) -> None:
    archived(site, documents=4)
    jobs.history(parts, "agency")
    site.forget()

    archived(site, documents=6)
    clock.move(3 * 3600)
    jobs.pull(parts)
    jobs.history(parts, "agency")

    assert {asked.path for asked in site.asked} == {"/feed", "/archive/5", "/archive/6"}
    assert len(keys(parts)) == 21


def test_pages_of_a_paged_feed_are_followed_too(parts: Parts, site: Site) -> None:
    site.pages["/feed"] = atom(site, range(6, 9), next="/feed?page=2")
    site.pages["/feed?page=2"] = atom(site, range(3, 6), next="/feed?page=3")
    site.pages["/feed?page=3"] = atom(site, range(3))

    jobs.history(parts, "agency")

    assert len(keys(parts)) == 9


def test_wordpress_is_asked_page_by_page(parts: Parts, site: Site) -> None:
    site.pages["/feed"] = atom(site, range(6, 9))
    site.pages["/feed?paged=2"] = atom(site, range(3, 6))
    site.pages["/feed?paged=3"] = atom(site, range(3))
    site.pages["/feed?paged=4"] = Reply(status=404)

    told = jobs.history(parts, "agency")

    assert len(keys(parts)) == 9
    assert "404" in told.note


def test_a_server_that_ignores_the_number_of_the_page_is_asked_once(
    parts: Parts, site: Site
) -> None:
    site.pages["/feed"] = atom(site, range(3))

    jobs.history(parts, "agency")

    assert site.times_asked("/feed?paged=2") == 1
    assert site.times_asked("/feed?paged=3") == 0


def test_what_comes_from_the_past_is_marked_so(parts: Parts, site: Site) -> None:
    archived(site, documents=3)
    jobs.history(parts, "agency")

    rows = list(parts.store.members("all"))

    assert all(row.past for row in rows)


def test_trouble_on_the_way_is_said_and_the_next_run_goes_on(
    parts: Parts, site: Site, clock: FakeClock
) -> None:
    archived(site, documents=3)
    kept = site.pages["/archive/2"]
    site.pages["/archive/2"] = Reply(status=500)
    with pytest.raises(SourceError, match="500"):
        jobs.history(parts, "agency")

    site.pages["/archive/2"] = kept
    jobs.history(parts, "agency")

    assert len(keys(parts)) == 12


# ------------------------------------------------------------------ pages


def article(site: Site, name: str, *, follower: str = "") -> Reply:
    words = f"<p>The road to {name} was mended by those who use it, stone by stone, all year.</p>"
    pager = (
        f'<div class="pager"><p>About the same theme - Article 1 /9</p>'
        f'<a class="next" href="{site.base}/news/{follower}">Then came {follower}</a></div>'
        if follower
        else ""
    )
    body = (
        f'<html lang="en"><head><title>{name}</title></head><body><article><h1>All of {name}</h1>'
        f'<time datetime="2026-01-10T08:00:00Z">10 January 2026</time>{words * 14}</article>'
        f"{pager}</body></html>"
    )
    return Reply(body=body.encode(), headers={"Content-Type": "text/html"})


def listing(site: Site, *names: str, older: str = "") -> Reply:
    teasers = "".join(
        f'<div class="teaser"><h2><a href="/news/{name}">The long story of {name}</a></h2>'
        f"<p>What happened there.</p></div>"
        for name in names
    )
    pager = f'<nav><a rel="next" href="{older}">Older</a></nav>' if older else ""
    body = f"<html lang=en><body><main><h1>News</h1>{teasers}</main>{pager}</body></html>"
    return Reply(body=body.encode(), headers={"Content-Type": "text/html"})


@pytest.fixture
def pages(tmp_path: Path, site: Site, clock: FakeClock) -> Iterator[Parts]:
    path = tmp_path / "config.toml"
    host = site.base.removeprefix("http://")
    path.write_text(CONFIG.format(base=site.base, host=host, path="/news") + 'kind = "page"\n')
    with open_parts(path, environ={}, clock=clock) as opened:
        yield opened


def test_listing_sitemap_and_next_articles_lead_to_everything(pages: Parts, site: Site) -> None:
    site.pages["/news"] = listing(site, "alpha", "bravo", "charlie", older="/news?page=2")
    site.pages["/news?page=2"] = listing(site, "delta", "echo", "foxtrot")
    for name in ("alpha", "bravo", "charlie", "delta", "echo", "golf"):
        site.pages[f"/news/{name}"] = article(site, name)
    site.pages["/news/foxtrot"] = article(site, "foxtrot", follower="hotel")
    site.pages["/news/hotel"] = article(site, "hotel", follower="india")
    site.pages["/news/india"] = article(site, "india")
    site.pages["/sitemap.xml"] = Reply(
        body=(
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
            f"<url><loc>{site.base}/news/golf</loc></url>"
            f"<url><loc>{site.base}/about/us</loc></url></urlset>"
        ).encode()
    )

    jobs.history(pages, "agency")

    titles = {one.content.title for one in pages.store.articles()}
    assert titles == {
        f"All of {name}"
        for name in (
            *("alpha", "bravo", "charlie", "delta", "echo"),
            *("foxtrot", "golf", "hotel", "india"),
        )
    }
    assert site.times_asked("/about/us") == 0
    assert all(site.times_asked(f"/news/{name}") == 1 for name in ("alpha", "golf", "india"))


def test_a_later_history_of_a_site_asks_no_article_twice(
    pages: Parts, site: Site, clock: FakeClock
) -> None:
    site.pages["/news"] = listing(site, "alpha", "bravo", "charlie")
    for name in ("alpha", "bravo", "charlie"):
        site.pages[f"/news/{name}"] = article(site, name)
    jobs.history(pages, "agency")
    site.forget()
    clock.move(3600)

    told = jobs.history(pages, "agency")

    assert told.new == 0
    assert not [asked for asked in site.asked if asked.path.startswith("/news/")]
