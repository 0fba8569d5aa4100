"""The `reader` library as subscriber: by the addresses that a theme's page names, then by 304."""

from __future__ import annotations

import sys
from urllib.parse import urlsplit

import feedparser_sgmllib
import pytest
from lxml import html

from syndicator.demo.server import PressServer
from tests.daemon.conftest import Build
from tests.daemon.house import patient_config, served, titles

# Its release 3.26 brings a feedparser that wants sgmllib, and names nothing that has it.
sys.modules.setdefault("sgmllib", feedparser_sgmllib)

THEME = "/themes/peacebuilding/"


def _named(address: str) -> list[str]:
    """The feeds that the page of a theme offers, in its order."""
    page = html.fromstring(served(address, THEME))
    links = page.xpath("//head/link[@rel='alternate' and not(@hreflang)]/@href")
    # They name base_url, which is not where this test has it served.
    return [address + urlsplit(str(link)).path for link in links]


@pytest.mark.timeout(300)
def test_reader_takes_every_format_that_the_page_names_and_what_is_new(
    build: Build, press: PressServer
) -> None:
    from reader import make_reader

    house = build(patient_config(press))
    house.run("run", "--once")
    server = house.start("serve")
    shown = titles(served(server.address, f"{THEME}atom.xml"))
    feeds = _named(server.address)
    assert [each.rpartition("/")[2] for each in feeds[:3]] == ["atom.xml", "rss.xml", "feed.json"]

    with make_reader(":memory:") as reader:
        for url in feeds[:3]:
            reader.add_feed(url)
        for url in feeds[:3]:
            reader.update_feed(url)
            assert sorted(e.title or "" for e in reader.get_entries(feed=url)) == sorted(shown)
            assert reader.get_feed(url).title == "Peacebuilding"
            assert reader.update_feed(url) is None  # not modified

        press.release_next()
        house.run("pull", "--force")
        house.run("publish")
        news = titles(served(server.address, f"{THEME}atom.xml"))
        for url in feeds[:3]:
            updated = reader.update_feed(url)
            assert updated is not None
            assert updated.new == len(set(news) - set(shown)) > 0
    assert server.stop() == 0
