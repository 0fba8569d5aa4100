"""`full_text = true`: the page behind an entry gives the text, the feed's own stays beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from syndicator import jobs
from syndicator.app import Parts, open_parts
from syndicator.model import Article
from syndicator.sources.fulltext import FEED_HTML
from tests.conftest import FakeClock
from tests.site import Reply, Site

CONFIG = """
[fetch]
allow_private = true
starts_per_s = 1000
[fetch.hosts."{host}"]
gap = 0
[sources.agency]
url = "{base}/feed.xml"
full_text = true
"""
ITEM = """<item><guid isPermaLink="false">{guid}</guid><title>{guid} in Gao</title>
<link>{base}/{guid}</link><pubDate>Sun, 01 Feb 2026 10:00:00 GMT</pubDate>
<description>{said}</description></item>"""


def _feed(site: Site, *guids: str, said: str = "A short teaser of what happened.") -> Reply:
    items = "".join(ITEM.format(guid=guid, base=site.base, said=said) for guid in guids)
    body = f'<rss version="2.0"><channel><title>Agency</title>{items}</channel></rss>'
    return Reply(body=body.encode(), headers={"Content-Type": "application/rss+xml"})


def _page(words: str) -> Reply:
    text = f"<p>{words} of the well, told at length so that a reader has something of it.</p>" * 12
    body = f"<html lang=en><body><article><h1>Wells</h1>{text}</article></body></html>"
    return Reply(body=body.encode(), headers={"Content-Type": "text/html"})


@pytest.fixture
def parts(tmp_path: Path, site: Site, clock: FakeClock) -> Iterator[Parts]:
    host = site.base.removeprefix("http://")
    (tmp_path / "config.toml").write_text(CONFIG.format(base=site.base, host=host))
    with open_parts(tmp_path / "config.toml", environ={}, clock=clock) as opened:
        yield opened


def _articles(parts: Parts) -> dict[str, Article]:
    return {article.key: article for article in parts.store.articles()}


def test_the_page_gives_the_text_and_the_feeds_own_stays(parts: Parts, site: Site) -> None:
    site.pages["/feed.xml"] = _feed(site, "wells")
    site.pages["/wells"] = _page("The whole story")

    jobs.pull(parts)

    kept = _articles(parts)["wells"].content
    assert "The whole story" in kept.text
    assert "short teaser" in kept.extra[FEED_HTML]
    assert kept.title == "wells in Gao"


def test_only_new_and_changed_entries_are_pulled(parts: Parts, site: Site) -> None:
    site.pages["/feed.xml"] = _feed(site, "wells", "roads")
    site.pages["/wells"], site.pages["/roads"] = _page("One"), _page("Two")
    jobs.pull(parts)
    site.forget()

    site.pages["/feed.xml"] = _feed(site, "wells", "roads", "schools")
    site.pages["/schools"] = _page("Three")
    jobs.pull(parts, force=True)

    assert {asked.path for asked in site.asked} == {"/feed.xml", "/schools"}
    assert len(parts.store.revisions(_articles(parts)["wells"].number)) == 1


def test_an_entry_that_comes_back_as_it_was_is_not_pulled_again(parts: Parts, site: Site) -> None:
    site.pages["/feed.xml"] = _feed(site, "wells", "roads")
    site.pages["/wells"], site.pages["/roads"] = _page("One"), _page("Two")
    jobs.pull(parts)
    site.pages["/feed.xml"] = _feed(site, "roads")
    jobs.pull(parts, force=True)
    site.forget()

    site.pages["/feed.xml"] = _feed(site, "wells")
    (pulled,) = jobs.pull(parts, force=True)

    assert (pulled.result, pulled.new, pulled.changed) == ("unchanged", 0, 0)
    assert {asked.path for asked in site.asked} == {"/feed.xml"}
    assert not parts.store.source("agency").alarms, "nothing was missed"


def test_a_page_that_cannot_be_had_leaves_the_feeds_text_and_says_so(
    parts: Parts, site: Site
) -> None:
    site.pages["/feed.xml"] = _feed(site, "wells")
    site.pages["/wells"] = Reply(status=500)

    (pulled,) = jobs.pull(parts)

    assert pulled.result == "changed"
    assert "short teaser" in _articles(parts)["wells"].content.text
    assert parts.store.source("agency").counts["full texts not had"] == 1


def test_a_page_that_failed_is_tried_again_later(
    parts: Parts, site: Site, clock: FakeClock
) -> None:
    site.pages["/feed.xml"] = _feed(site, "wells")
    site.pages["/wells"] = Reply(status=500)
    jobs.pull(parts)
    site.pages["/wells"] = _page("At last")
    clock.move(7 * 3600)

    jobs.pull(parts)

    assert "At last" in _articles(parts)["wells"].content.text


def test_more_pages_than_one_refresh_may_ask_are_read_in_the_next(parts: Parts, site: Site) -> None:
    names = [f"story-{number}" for number in range(25)]
    site.pages["/feed.xml"] = _feed(site, *names)
    for name in names:
        site.pages[f"/{name}"] = _page(f"All of {name}")

    jobs.pull(parts)

    told = [article.content.text for article in parts.store.articles()]
    assert len(told) == 25
    assert all("All of story" in text for text in told)


def test_c22_a_page_that_robots_txt_forbids_is_not_asked(parts: Parts, site: Site) -> None:
    site.pages["/robots.txt"] = Reply(body=b"User-agent: *\nDisallow: /wells\n")
    site.pages["/feed.xml"] = _feed(site, "wells")
    site.pages["/wells"] = _page("Secret")

    jobs.pull(parts)

    assert site.times_asked("/wells") == 0
    assert "short teaser" in _articles(parts)["wells"].content.text
