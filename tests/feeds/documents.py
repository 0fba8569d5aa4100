"""Feed documents with everything in them, and a short way to read them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from syndicator.model import Content, ParsedFeed, SourceSettings
from syndicator.stages.identify import identify
from syndicator.stages.normalise import normalise
from syndicator.stages.parse import parse_feed

URL = "https://example.org/blog/feed.xml"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SETTINGS = SourceSettings(url=URL)


def read(body: str | bytes, headers: Mapping[str, str] | None = None, url: str = URL) -> ParsedFeed:
    data = body.encode() if isinstance(body, str) else body
    return parse_feed(data, headers=headers or {}, url=url)


def contents(
    body: str | bytes, settings: SourceSettings = SETTINGS, now: datetime = NOW
) -> list[tuple[Content, tuple[str, ...]]]:
    feed = read(body)
    return [
        normalise(entry, feed=feed, settings=settings, url=URL, now=now)
        for _, entry in identify(feed.entries, base=URL)
    ]


def only(body: str | bytes, settings: SourceSettings = SETTINGS, now: datetime = NOW) -> Content:
    ((content, _),) = contents(body, settings, now)
    return content


def rss(items: str, head: str = "") -> str:
    return f"""<?xml version="1.0"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:media="http://search.yahoo.com/mrss/"
  xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"
  xmlns:podcast="https://podcastindex.org/namespace/1.0"
  xmlns:georss="http://www.georss.org/georss"
  xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"
  xmlns:thr="http://purl.org/syndication/thread/1.0"
  xmlns:wfw="http://wellformedweb.org/CommentAPI/"
  xmlns:cc="http://backend.userland.com/creativeCommonsRssModule">
<channel><title>Wire &amp;amp; more</title><link>https://example.org/</link>{head}{items}</channel>
</rss>"""


def atom(entries: str, head: str = "", attributes: str = "") -> str:
    return f"""<?xml version="1.0"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0"
  xmlns:fh="http://purl.org/syndication/history/1.0" {attributes}>
<id>tag:example.org,2020:feed</id><title>Blog</title><updated>2026-02-01T00:00:00Z</updated>
{head}{entries}</feed>"""


def entry(inner: str, guid: str = "tag:example.org,2020:1") -> str:
    return f"<entry><id>{guid}</id><title>A title</title>{inner}</entry>"
