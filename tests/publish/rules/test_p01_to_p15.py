"""P1 to P15 from a source's bytes to the published documents, through all parts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.parsers import expat

import pytest
from lxml import etree

from syndicator import jobs
from syndicator.app import open_parts
from syndicator.jobs.parts import Parts
from tests.conftest import FakeClock
from tests.publish.grammar import faults
from tests.site import Reply, Site

A = "{http://www.w3.org/2005/Atom}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
BASE = "https://library.example"
CONFIG = """
[site]
title = "The library"
base_url = "https://library.example"
contact = "desk@library.example"
author = "The librarian"

[fetch]
allow_private = true
starts_per_s = 1000

[fetch.hosts."{site.host}:{site.port}"]
gap = 0
min_interval = "1m"

[executor]
kind = "inline"

[sources.first]
url = "{site.base}/first.xml"
kind = "feed"

[sources.second]
url = "{site.base}/second.xml"
kind = "feed"

[themes.water]
title = "Water"
match = 'title:(well OR river OR water)'

[themes.peace]
title = "Peace"
match = 'title:peace OR category:peace'
"""
WORDS = "The villages along the river share three wells, and the elders decide who draws first. "
ITEM = """<item><guid isPermaLink="false">{id}</guid><title>{title}</title><link>{link}</link>
<pubDate>Sun, 01 Feb 2026 10:00:00 GMT</pubDate>{rest}</item>"""


def item(id_: str, title: str, rest: str = "", *, link: str = "") -> str:
    rest = rest or f"<description>{title}: {WORDS}</description>"
    return ITEM.format(id=id_, title=title, link=link or f"/{len(id_)}-{id_[-9:]}", rest=rest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """Two sources of one site, and what is published of them."""

    parts: Parts
    site: Site
    clock: FakeClock
    feeds: Path

    def says(self, *items: str, source: str = "first", title: str = "The Courier") -> None:
        """What a source shows from now on."""
        body = (
            '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
            f"<title>{title}</title><link>{self.site.base}/</link><language>en</language>"
            f"{''.join(items)}</channel></rss>"
        )
        self.site.pages[f"/{source}.xml"] = Reply(body=body.encode())

    def read(self, *sources: str) -> None:
        """Pull and publish, an hour later."""
        self.clock.move(3600)
        pulled = jobs.pull(self.parts, list(sources) or ["first"], force=True)
        assert {one.result for one in pulled} <= {"changed", "unchanged"}, pulled
        jobs.publish(self.parts)
        assert faults(self.files()) == {}

    def files(self) -> dict[str, bytes]:
        paths = (path for path in self.feeds.rglob("*") if path.is_file())
        return {str(path.relative_to(self.feeds)): path.read_bytes() for path in paths}

    def feed(self, key: str = "all") -> etree._Element:
        return etree.fromstring(self.files()[f"themes/{key}/atom.xml"])

    def entries(self, key: str = "all") -> list[etree._Element]:
        return self.feed(key).findall(f"{A}entry")

    def entry(self) -> etree._Element:
        (one,) = self.entries()
        return one


@pytest.fixture
def press(
    tmp_path: Path, site: Site, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Press]:
    monkeypatch.setattr("syndicator.app.SystemClock", lambda: clock)
    (tmp_path / "config.toml").write_text(CONFIG.format(site=site), "utf-8")
    with open_parts(tmp_path / "config.toml", environ={}) as parts:
        yield Press(parts=parts, site=site, clock=clock, feeds=tmp_path / "feeds")


def links(node: etree._Element, rel: str) -> list[str]:
    found = node.findall(f"{A}link")
    return [link.get("href", "") for link in found if link.get("rel") == rel]


def test_p01_strict_parsers_take_whatever_a_source_says(press: Press) -> None:
    odd = "&#8203;🦉 well &lt;b&gt; ]]&gt; &amp;amp; ‮ltr ￯ &#x1F9;"
    press.says(item("odd", odd, "<description><![CDATA[<p>&#11;a\ufdd0 &nbsp;]]></description>"))
    press.read()

    for name in ("themes/water/atom.xml", "themes/water/rss.xml"):
        body = press.files()[name]
        assert body.startswith(b"<?xml version='1.0' encoding='UTF-8'?>\n<")
        assert body.count(b"<?") == 1
        assert b"<!" not in body
        body.decode("utf-8")
        expat.ParserCreate(namespace_separator=" ").Parse(body, True)
    assert json.loads(press.files()["themes/water/feed.json"])["items"][0]["title"]


def test_p03_a_feed_has_one_id_in_all_its_documents_whatever_it_is_called(press: Press) -> None:
    press.says(item("a", "A well"))
    press.read()
    before = press.feed("water").findtext(f"{A}id", "")
    config = press.parts.config.path.read_text("utf-8")
    press.parts.config.path.write_text(config.replace('"Water"', '"Water and rivers"'), "utf-8")
    with open_parts(press.parts.config.path, environ={}) as parts:
        jobs.publish(parts)

    assert before.startswith("urn:uuid:")
    assert press.feed("water").findtext(f"{A}title") == "Water and rivers"
    assert press.feed("water").findtext(f"{A}id") == before
    ours = json.loads(press.files()["themes/water/feed.json"])["_syndicator"]
    assert ours["id"] == before
    assert len({press.feed(key).findtext(f"{A}id") for key in ("water", "peace", "all")}) == 3


def test_p05_an_article_has_one_id_everywhere_which_is_its_own_if_it_can_be(press: Press) -> None:
    press.says(item("tag:press.example,2026:1", "A well"), item("no iri", "Peace at the well"))
    press.read()

    ids = [entry.findtext(f"{A}id", "") for entry in press.entries()]
    assert "tag:press.example,2026:1" in ids
    assert len([one for one in ids if one.startswith("urn:uuid:")]) == 1
    for key in ("all", "water"):
        feed = json.loads(press.files()[f"themes/{key}/feed.json"])
        channel = etree.fromstring(press.files()[f"themes/{key}/rss.xml"])
        assert sorted(one["id"] for one in feed["items"]) == sorted(ids)
        assert sorted(guid.text or "" for guid in channel.iter("guid")) == sorted(ids)


def test_p05_an_id_that_another_source_used_for_another_text_is_not_taken_over(
    press: Press,
) -> None:
    press.says(item("tag:press.example,2026:1", "A well"))
    press.says(
        item("tag:press.example,2026:1", "Bridge over water", link="/bridge"), source="second"
    )
    press.read("first")
    press.read("second")

    by_title = {entry.findtext(f"{A}title"): entry.findtext(f"{A}id") for entry in press.entries()}
    assert by_title["A well"] == "tag:press.example,2026:1"
    assert by_title["Bridge over water"] != "tag:press.example,2026:1"


def test_p06_the_first_telling_stays_and_others_are_via(press: Press) -> None:
    text = f"<description>{WORDS * 12}</description>"
    press.says(item("a", "A well", text, link="https://press.example/first"))
    press.says(item("b", "A well", text, link="https://other.example/later"), source="second")
    press.read("first")
    press.read("second")
    (entry,) = press.entries()
    assert links(entry, "alternate") == ["https://press.example/first"]

    press.says(item("a", "A well, mended", text, link="https://press.example/first"))
    press.read("first")
    (entry,) = press.entries()
    assert links(entry, "alternate") == ["https://press.example/first"]
    assert links(entry, "via") == ["https://other.example/later"]


def test_p09_newest_first_and_ties_by_id(press: Press) -> None:
    same = "<pubDate>Sun, 01 Feb 2026 10:00:00 GMT</pubDate>"
    later = "Mon, 02 Feb 2026 10:00:00 GMT"
    press.says(
        item("tag:x.example,2026:b", "A well b"),
        item("tag:x.example,2026:c", "A well c").replace(same, f"<pubDate>{later}</pubDate>"),
        item("tag:x.example,2026:a", "A well a"),
    )
    press.read()

    ids = [entry.findtext(f"{A}id", "")[-1] for entry in press.entries("water")]
    assert ids == ["c", "a", "b"]
    feed = json.loads(press.files()["themes/water/feed.json"])
    assert [one["id"][-1] for one in feed["items"]] == ids
    channel = etree.fromstring(press.files()["themes/water/rss.xml"])
    assert [(guid.text or "")[-1] for guid in channel.iter("guid")] == ids


def test_p10_an_entry_of_all_there_is_stands_in_order(press: Press) -> None:
    rest = (
        "<dc:creator>Awa Diallo</dc:creator><category>Peace</category><dc:rights>© us</dc:rights>"
        f"<description>{WORDS}</description>"
        '<enclosure url="/a.mp3" length="3" type="audio/mpeg"/>'
        '<source url="https://agency.example/feed">The Agency</source>'
    )
    press.says(item("a", "A well", rest))
    press.read()

    names = [etree.QName(child).localname for child in press.entry()]
    assert names == sorted(names, key=ORDER.index)
    assert {"id", "title", "link", "updated", "published", "author", "category"} <= {*names}


ORDER = [
    *("id", "title", "link", "updated", "published", "author", "contributor", "category"),
    *("rights", "summary", "content", "source"),
]


def test_p11_titles_and_summaries_are_text_without_markup(press: Press) -> None:
    press.says(item("a", "A &lt;em&gt;well&lt;/em&gt; &amp;amp; a river"))
    press.read()

    title = press.entry().find(f"{A}title")
    assert title is not None
    assert (title.get("type"), title.text) == ("text", "A well & a river")
    feed = json.loads(press.files()["themes/water/feed.json"])
    assert feed["items"][0]["title"] == "A well & a river"


def test_p12_content_is_escaped_once_clean_and_absolute(press: Press) -> None:
    html = (
        f'<p>{WORDS} <a href="/more">more</a> <img src="a.jpg" onerror="x()"> 1 &lt; 2</p>'
        "<script>alert(1)</script>"
    )
    press.says(item("a", "A well", f"<description><![CDATA[{html}]]></description>"))
    press.read()

    content = press.entry().find(f"{A}content")
    assert content is not None
    assert content.get("type") == "html"
    assert press.entry().get(LANG) == "en"
    assert f'href="{press.site.base}/more"' in (content.text or "")
    assert f'src="{press.site.base}/a.jpg"' in (content.text or "")
    assert "1 &lt; 2" in (content.text or "")
    assert "script" not in (content.text or "")
    assert "onerror" not in (content.text or "")
    assert b"xml:base" not in press.files()["themes/all/atom.xml"]


def test_p13_p14_every_entry_tells_its_source_and_our_copy(press: Press) -> None:
    press.says(item("a", "A well", link="https://press.example/well"))
    press.read()

    entry = press.entry()
    source = entry.find(f"{A}source")
    assert source is not None
    assert source.findtext(f"{A}title") == "The Courier"
    assert source.findtext(f"{A}id") == f"{press.site.base}/first.xml"
    (article,) = press.parts.store.articles()
    assert links(entry, "alternate") == ["https://press.example/well"]
    assert links(entry, "related") == [f"{BASE}/articles/{article.id}/"]
    assert f"articles/{article.id}/index.html" in press.files()


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        pytest.param(
            "water",
            [
                {"term": "water", "scheme": f"{BASE}/themes/", "label": "Water"},
                {"term": "peace", "scheme": "https://tags.example/"},
            ],
            id="a theme's",
        ),
        pytest.param("all", [{"term": "peace", "scheme": "https://tags.example/"}], id="of all"),
    ],
)
def test_p15_the_theme_is_a_category_and_sources_keep_their_scheme(
    press: Press, key: str, expected: list[Mapping[str, Any]]
) -> None:
    tag = '<category domain="https://tags.example/">peace</category>'
    press.says(item("a", "A well", f"{tag}<description>{WORDS}</description>"))
    press.read()

    (entry,) = press.entries(key)
    assert [dict(one.attrib) for one in entry.findall(f"{A}category")] == expected


def test_p04_the_author_is_the_sources_never_the_themes(press: Press) -> None:
    press.says(item("a", "A well"))
    press.read()

    assert press.feed("water").findtext(f"{A}author/{A}name") == "The librarian"
    assert press.entry().findtext(f"{A}author/{A}name") == "The Courier"


def test_p07_dates_are_as_given_in_utc_and_never_ahead(press: Press) -> None:
    given = "<pubDate>Sun, 01 Feb 2026 10:00:00 GMT</pubDate>"
    press.says(
        item("a", "A well").replace(given, "<pubDate>Sun, 01 Feb 2026 10:00:00 +0530</pubDate>"),
        item("b", "A river").replace(given, "<pubDate>Sun, 01 Feb 2099 10:00:00 GMT</pubDate>"),
    )
    press.read()

    well, river = sorted(press.entries(), key=lambda each: each.findtext(f"{A}title") != "A well")
    assert well.findtext(f"{A}published") == "2026-02-01T04:30:00Z"
    assert river.findtext(f"{A}updated", "") <= press.feed().findtext(f"{A}updated", "")
    assert press.feed().findtext(f"{A}updated", "").startswith("2026-03-01T13:00")
