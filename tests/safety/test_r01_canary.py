"""R1, end to end: what a source names is not fetched because it is named."""

from __future__ import annotations

from typing import Any

from syndicator.model import Kind, SourceSettings
from tests.safety.conftest import OpenRoom
from tests.safety.documents import ARTICLE, HTML_TYPE, RSS_TYPE, page, rss
from tests.site import RawServer, Reply, Site

# What a reader's client may fetch, and we never do.
FEED = """
<image><url>{c}/1</url><title>x</title><link>{c}/2</link></image>
<itunes:image href="{c}/3"/><atom:icon>{c}/4</atom:icon><atom:logo>{c}/5</atom:logo>
<cloud domain="{host}" port="{port}" path="/6" protocol="http-post"/><docs>{c}/7</docs>
<textInput><title>x</title><name>x</name><link>{c}/8</link></textInput>
<item><guid>g</guid><title>A story</title><link>{c}/9</link><comments>{c}/10</comments>
<wfw:commentRss>{c}/11</wfw:commentRss><source url="{c}/12">x</source>
<enclosure url="{c}/13" type="audio/mpeg" length="9"/>
<media:content url="{c}/14" medium="image"><media:player url="{c}/15"/></media:content>
<media:thumbnail url="{c}/16"/><itunes:image href="{c}/17"/>
<podcast:transcript url="{c}/18" type="text/vtt"/><xi:include href="{c}/19"/>
<atom:link rel="canonical" href="{c}/20"/><atom:link rel="related" href="{c}/21"/>
<atom:link rel="replies" href="{c}/22"/><atom:content src="{c}/23" type="text/html"/>
<description>&lt;img src="{c}/24"&gt;&lt;iframe src="{c}/25"&gt;&lt;/iframe&gt;
&lt;video poster="{c}/26" src="{c}/27"&gt;&lt;/video&gt;&lt;style&gt;@import "{c}/28"&lt;/style&gt;
&lt;link rel=stylesheet href="{c}/29"&gt;&lt;script src="{c}/30"&gt;&lt;/script&gt;</description>
</item>"""
# What a source may only follow where the address policy lets it.
FOLLOWED = """
<atom:link rel="hub" href="{c}/h"/><atom:link rel="self" href="{c}/s"/>
<atom:link rel="next" href="{c}/n"/><atom:link rel="prev-archive" href="{c}/p"/>
<atom:link rel="current" href="{c}/c"/><atom:link rel="alternate" href="{c}/a"/>"""
HEAD = """
<link rel="canonical" href="{c}/1"><link rel="icon" href="{c}/2">
<link rel="stylesheet" href="{c}/3"><link rel="preload" as="image" href="{c}/4">
<link rel="amphtml" href="{c}/5"><link rel="manifest" href="{c}/6">
<link rel="oembed alternate" type="application/json+oembed" href="{c}/7">
<meta property="og:image" content="{c}/8"><meta property="og:url" content="{c}/9">
<meta name="twitter:image" content="{c}/10"><meta http-equiv="refresh" content="0;url={c}/11">
<script src="{c}/12"></script><script type="application/ld+json">{{"@context":
"{c}/13", "@type": "NewsArticle", "url": "{c}/14", "image": "{c}/15",
"author": {{"@type": "Person", "name": "Awa Diarra", "url": "{c}/16"}}}}</script>"""
BODY = """<img src="{c}/20" srcset="{c}/21 2x"><iframe src="{c}/22"></iframe>
<figure><img src="{c}/23"><figcaption>A well. Photo: Awa Diarra</figcaption></figure>
<video src="{c}/24" poster="{c}/25"></video><object data="{c}/26"></object>
<form action="{c}/27"><input></form><embed src="{c}/28">"""


def naming_canary(text: str, canary: RawServer) -> str:
    return text.format(c=canary.url("").rstrip("/"), host=canary.host, port=canary.port)


def test_r01_nothing_that_a_feed_names_is_fetched(open_room: OpenRoom, site: Site) -> None:
    """The canary is within the address policy: nothing but our own restraint keeps us away."""
    with RawServer() as canary:
        prolog = '<?xml version="1.0"?><?xml-stylesheet href="{c}/40" type="text/xsl"?>'
        body = rss(naming_canary(FEED, canary), prolog=naming_canary(prolog, canary))
        site.pages["/feed"] = Reply(body=body, headers=RSS_TYPE)
        room = open_room({"press": site.url("/feed")})

        assert room.pull()["press"].new == 1
        assert canary.connections == 0
    assert len(site.asked) == 1


def test_r01_nothing_that_a_json_feed_names_is_fetched(open_room: OpenRoom, site: Site) -> None:
    with RawServer() as canary:
        body = """{"version": "https://jsonfeed.org/version/1.1", "title": "x", "icon": "URL",
        "favicon": "URL", "authors": [{"name": "a", "avatar": "URL", "url": "URL"}],
        "items": [{"id": "1", "title": "One", "url": "URL", "image": "URL", "banner_image": "URL",
        "external_url": "URL", "attachments": [{"url": "URL", "mime_type": "audio/mpeg"}]}]}"""
        site.pages["/feed"] = Reply(body=body.replace("URL", canary.url()).encode())
        room = open_room({"press": site.url("/feed")})

        assert room.pull()["press"].new == 1
        assert canary.connections == 0


def test_r01_nothing_that_a_page_names_is_fetched(open_room: OpenRoom, site: Site) -> None:
    with RawServer() as canary:
        body = page(ARTICLE + naming_canary(BODY, canary), head=naming_canary(HEAD, canary))
        site.pages["/story"] = Reply(body=body, headers=HTML_TYPE)
        room = open_room({"press": SourceSettings(url=site.url("/story"), kind=Kind.PAGE)})

        assert room.pull()["press"].new == 1
        assert canary.connections == 0


def test_r01_links_that_may_be_followed_stay_within_the_policy(
    open_room: OpenRoom, connects: list[Any]
) -> None:
    """Hub, next, archive and feed links of a source that may be where it is, and no other place."""
    with RawServer() as canary, Site("127.0.0.2") as press:
        feed = rss(naming_canary(FEED, canary), head=naming_canary(FOLLOWED, canary))
        links = "".join(
            f'<link rel="{rel}" type="application/rss+xml" href="{canary.url()}">'
            for rel in ("alternate", "next", "prev", "hub", "self", "feed")
        )
        rows = "".join(
            f'<h2><a href="{canary.url(f"/2026/story-{n}")}">A headline of five words</a></h2>'
            for n in range(5)
        )
        press.pages["/feed"] = Reply(
            body=feed,
            headers={**RSS_TYPE, "Link": f'<{canary.url()}>; rel="hub", <x>; rel="self"'},
        )
        press.pages["/page"] = Reply(body=page(ARTICLE, head=links), headers=HTML_TYPE)
        press.pages["/list"] = Reply(body=page(rows, head=links), headers=HTML_TYPE)
        room = open_room(
            {
                "feed": press.url("/feed"),
                "page": SourceSettings(url=press.url("/page")),
                "list": SourceSettings(url=press.url("/list"), kind=Kind.PAGE),
            },
            allow='["127.0.0.2/32"]',
        )
        for _ in range(2):
            room.pull()

        assert canary.connections == 0
        assert {address[0] for address in connects} == {"127.0.0.2"}
