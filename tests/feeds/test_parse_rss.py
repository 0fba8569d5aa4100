"""RSS as it is stated, with what its many extensions add."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from syndicator.model import Person
from tests.feeds.documents import read, rss


def item(inner: str) -> str:
    return f"<item><title>One</title>{inner}</item>"


def test_every_part_of_an_item_is_read() -> None:
    feed = read(
        rss(
            item(
                """<link>https://example.org/1?a=1&amp;b=2</link>
        <guid isPermaLink="false">one</guid><pubDate>Fri, 02 Jan 2026 03:04:05 +0100</pubDate>
        <dc:creator>Jane Doe</dc:creator><dc:creator>John Roe</dc:creator>
        <category domain="https://example.org/t">Mali</category><category>Peace</category>
        <description>Short</description>
        <content:encoded><![CDATA[<p>Long</p>]]></content:encoded>
        <comments>https://example.org/1#comments</comments>
        <wfw:commentRss>https://example.org/1/feed</wfw:commentRss>
        <enclosure url="https://example.org/1.mp3" type="audio/mpeg" length="9"/>
        <source url="https://other.org/rss">Other</source>
        <cc:license>https://creativecommons.org/licenses/by/4.0/</cc:license>
        <georss:point>12.6 -8.0</georss:point><itunes:duration>10:00</itunes:duration>
        <podcast:transcript url="https://example.org/1.vtt" type="text/vtt" language="en"/>
        <thr:in-reply-to ref="tag:x" href="https://example.org/0"/>"""
            ),
            head="""<language>en-gb</language><ttl>120</ttl><copyright>All ours</copyright>
        <managingEditor>ed@example.org (Ed Itor)</managingEditor>
        <sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>
        <skipHours><hour>0</hour><hour>24</hour><hour>5</hour><hour>x</hour></skipHours>
        <skipDays><day>Saturday</day><day>Sunday</day></skipDays>
        <image><url>https://example.org/logo.png</url><title>t</title></image>""",
        )
    )
    (one,) = feed.entries

    assert (feed.version, feed.title) == ("rss20", "Wire & more")
    assert feed.authors == (Person(name="Ed Itor", email="ed@example.org"),)
    assert (feed.ttl_s, feed.skip_hours, feed.skip_days) == (7200, {0, 5}, {5, 6})
    assert (feed.language, feed.rights) == ("en-gb", "All ours")
    assert feed.icon == "https://example.org/logo.png"
    assert (one.guid, one.link) == ("one", "https://example.org/1?a=1&b=2")
    assert [person.name for person in one.authors] == ["Jane Doe", "John Roe"]
    assert one.published_at == datetime(2026, 1, 2, 2, 4, 5, tzinfo=UTC)
    assert [(c.term, c.scheme) for c in one.categories] == [
        ("Mali", "https://example.org/t"),
        ("Peace", ""),
    ]
    assert (one.summary, one.content) == ("Short", "<p>Long</p>")
    assert [(e.url, e.length) for e in one.enclosures] == [("https://example.org/1.mp3", 9)]
    assert one.origin is not None
    assert (one.origin.id, one.origin.title) == ("https://other.org/rss", "Other")
    assert {link.rel for link in one.links} == {
        "replies",
        "license",
        "transcript",
        "in-reply-to",
    }
    assert one.extra == {"georss:point": "12.6 -8.0", "itunes:duration": "10:00"}


def test_a_guid_that_is_a_permalink_is_the_link() -> None:
    feed = read(rss(item("<guid>https://example.org/1</guid>")))

    assert feed.entries[0].link == "https://example.org/1"


def test_a_date_of_dublin_core_is_read() -> None:
    feed = read(rss(item("<dc:date>2026-01-02</dc:date>")))

    assert feed.entries[0].updated_at == datetime(2026, 1, 2, tzinfo=UTC)


MEDIA = """<media:content url="https://example.org/s.jpg" medium="image" width="140"/>
<media:content url="https://example.org/l.jpg" medium="image" width="460">
<media:description>A market &lt;b&gt;day&lt;/b&gt;</media:description>
<media:credit>Jane Doe</media:credit></media:content>"""


@pytest.mark.parametrize(
    "inner",
    [f"<description>Body</description>{MEDIA}", f"{MEDIA}<description>Body</description>"],
    ids=["media last", "media first"],
)
def test_a_caption_is_the_pictures_and_never_the_body(inner: str) -> None:
    (one,) = read(rss(item(inner))).entries

    assert (one.summary, one.content) == ("Body", "")
    assert [(i.url, i.caption, i.credit) for i in one.images] == [
        ("https://example.org/l.jpg", "A market day", "Jane Doe"),
        ("https://example.org/s.jpg", "", ""),
    ]


def test_a_summary_for_podcast_clients_does_not_take_the_bodys_place() -> None:
    (one,) = read(
        rss(
            item(
                """<description>&lt;p&gt;Notes&lt;/p&gt;</description>
        <itunes:summary>Plain notes</itunes:summary>
        <itunes:image href="https://example.org/c.jpg"/>"""
            )
        )
    ).entries

    assert (one.summary, one.content) == ("<p>Notes</p>", "")
    assert one.images[0].url == "https://example.org/c.jpg"


def test_where_a_description_of_media_is_all_there_is_it_is_the_text() -> None:
    (one,) = read(
        rss(
            item(
                """<media:group><media:content url="https://v.example/1" type="video/mp4"/>
        <media:description>About the film</media:description>
        <media:thumbnail url="https://v.example/1.jpg"/></media:group>"""
            )
        )
    ).entries

    assert one.summary == "About the film"
    assert [image.url for image in one.images] == ["https://v.example/1.jpg"]
    assert [enclosure.url for enclosure in one.enclosures] == ["https://v.example/1"]


def test_a_body_without_description_is_not_its_own_summary() -> None:
    (one,) = read(rss(item("<content:encoded>&lt;p&gt;x&lt;/p&gt;</content:encoded>"))).entries

    assert (one.summary, one.content) == ("", "<p>x</p>")


def test_rss_10_is_read() -> None:
    feed = read(
        """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
        xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
        <channel rdf:about="https://example.org/"><title>R</title></channel>
        <item rdf:about="https://example.org/1"><title>One</title>
        <link>https://example.org/1</link><dc:subject>Mali</dc:subject></item></rdf:RDF>"""
    )

    assert feed.version == "rss10"
    assert feed.entries[0].guid == "https://example.org/1"
    assert [c.term for c in feed.entries[0].categories] == ["Mali"]


def test_an_address_under_a_long_top_level_domain_is_not_cut_short() -> None:
    (one,) = read(rss(item("<author>jane@press.agency (Jane Doe)</author>"))).entries

    assert one.authors == (Person(name="Jane Doe", email="jane@press.agency"),)


def test_the_owner_of_a_podcast_is_not_its_author() -> None:
    owner = (
        "<itunes:owner><itunes:name>House</itunes:name><itunes:email>it@house.example"
        "</itunes:email></itunes:owner>"
    )
    named = read(rss(item(""), head=f"<itunes:author>Radio 4</itunes:author>{owner}"))

    assert named.authors == (Person(name="Radio 4"),)
    assert [one.name for one in read(rss(item(""), head=owner)).authors] == ["House"]


def test_an_old_link_of_itunes_is_a_picture_and_a_comment_feed_is_known_in_any_case() -> None:
    inner = (
        '<itunes:link rel="image" href="https://example.org/logo.jpg"/>'
        "<wfw:commentRSS>https://example.org/1/comments</wfw:commentRSS>"
    )
    (one,) = read(rss(item(inner))).entries

    assert [image.url for image in one.images] == ["https://example.org/logo.jpg"]
    assert [(link.rel, link.url) for link in one.links] == [
        ("replies", "https://example.org/1/comments")
    ]


def test_the_licence_and_rights_of_a_media_group_are_the_items() -> None:
    inner = (
        '<media:group><media:license href="https://example.org/by"/>'
        "<media:copyright>Ours</media:copyright></media:group>"
    )
    (one,) = read(rss(item(inner))).entries

    assert ([link.rel for link in one.links], one.rights) == (["license"], "Ours")


@pytest.mark.parametrize(
    ("gml", "expected"),
    [
        ("<gml:Point><gml:pos>12.6 -8.0</gml:pos></gml:Point>", {"georss:point": "12.6 -8.0"}),
        (
            "<gml:LineString><gml:posList> 1 2\n3 4 </gml:posList></gml:LineString>",
            {"georss:line": "1 2 3 4"},
        ),
        (
            "<gml:Envelope><gml:pos>1 2</gml:pos><gml:pos>3 4</gml:pos></gml:Envelope>",
            {"georss:box": "1 2 3 4"},
        ),
        ("<gml:Point/>", {}),
    ],
    ids=["point", "line", "box", "nothing"],
)
def test_a_place_in_gml_is_kept_in_the_words_of_georss(gml: str, expected: dict[str, str]) -> None:
    where = f'<georss:where xmlns:gml="http://www.opengis.net/gml">{gml}</georss:where>'

    assert read(rss(item(where))).entries[0].extra == expected


def test_a_description_that_opens_with_markup_of_its_own_is_read() -> None:
    document = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
      xmlns="http://purl.org/rss/1.0/"><channel><title>t</title></channel>
      <item><title>One</title><description><content>foo</content></description></item></rdf:RDF>"""
    (one,) = read(document).entries

    assert "foo" in one.summary + one.content
