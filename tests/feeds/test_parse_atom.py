"""Atom as it is stated."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime

from syndicator.model import Person
from tests.feeds.documents import atom, entry, only, read


def test_every_part_of_an_entry_is_read() -> None:
    feed = read(
        atom(
            entry(
                """
        <link rel="alternate" href="https://example.org/1"/>
        <link rel="alternate" hreflang="fr" href="https://example.org/fr/1"/>
        <link rel="via" href="https://other.org/1"/>
        <link rel="license" href="https://creativecommons.org/licenses/by/4.0/"/>
        <link rel="enclosure" type="audio/mpeg" length="123" title="Sound" href="/1.mp3"/>
        <link rel="replies" href="https://example.org/1#c"/>
        <author><name>Jane Doe</name><uri>https://jane.example/</uri></author>
        <author><name>John Roe</name></author>
        <contributor><name>Ann Poe</name></contributor>
        <published>2026-01-02T03:04:05+01:00</published><updated>2026-01-03T00:00:00Z</updated>
        <category term="mali" scheme="https://example.org/t" label="Mali"/>
        <rights type="html">&amp;copy; Jane</rights>
        <summary>In short</summary>
        <content type="html">&lt;p&gt;At length&lt;/p&gt;</content>"""
            )
        )
    )
    (one,) = feed.entries

    assert (feed.version, feed.title, feed.id) == ("atom10", "Blog", "tag:example.org,2020:feed")
    assert (one.guid, one.link) == ("tag:example.org,2020:1", "https://example.org/1")
    assert one.authors == (
        Person(name="Jane Doe", uri="https://jane.example/"),
        Person(name="John Roe"),
    )
    assert one.contributors == (Person(name="Ann Poe"),)
    assert one.published_at == datetime(2026, 1, 2, 2, 4, 5, tzinfo=UTC)
    assert one.updated == "2026-01-03T00:00:00Z"
    assert [(c.term, c.scheme, c.label) for c in one.categories] == [
        ("mali", "https://example.org/t", "Mali")
    ]
    assert [(e.url, e.type, e.length, e.title) for e in one.enclosures] == [
        ("/1.mp3", "audio/mpeg", 123, "Sound")
    ]
    assert {(link.rel, link.language) for link in one.links} == {
        ("alternate", "fr"),
        ("via", ""),
        ("license", ""),
        ("replies", ""),
    }
    assert (one.summary, one.summary_is_html) == ("In short", False)
    assert (one.content, one.content_is_html) == ("<p>At length</p>", True)
    assert one.rights == "© Jane"


def test_xhtml_content_keeps_its_markup_and_its_base() -> None:
    feed = read(
        atom(
            entry(
                '<content type="xhtml" xml:base="pics/"><div xmlns="http://www.w3.org/1999/xhtml">'
                '<p>One <em>two</em> <img src="a.png"/></p></div></content>'
            ),
            attributes='xml:base="https://cdn.example/x/" xml:lang="fr-BE"',
        )
    )
    (one,) = feed.entries

    assert one.content_is_html
    assert "<em>two</em>" in one.content
    assert one.base == "https://cdn.example/x/pics/"
    assert one.language == "fr-BE"


def test_a_bad_base_is_no_base() -> None:
    feed = read(atom(entry('<content xml:base="javascript:x">y</content>')))

    assert feed.entries[0].base == ""


def test_the_author_of_the_feed_is_left_to_the_feed() -> None:
    feed = read(atom(entry(""), head="<author><name>The Blog</name></author>"))

    assert feed.authors == (Person(name="The Blog"),)
    assert feed.entries[0].authors == ()


def test_an_entrys_own_source_is_its_origin() -> None:
    feed = read(
        atom(
            entry(
                """<source><id>tag:other.org,2020:feed</id><title>Other</title>
            <link rel="self" href="https://other.org/feed"/><link href="https://other.org/"/>
            <updated>2026-01-01T00:00:00Z</updated><rights>CC</rights>
            <author><name>Otto Other</name></author></source>"""
            )
        )
    )
    origin = feed.entries[0].origin

    assert origin is not None
    assert (origin.id, origin.title) == ("tag:other.org,2020:feed", "Other")
    assert (origin.url, origin.self_url) == ("https://other.org/", "https://other.org/feed")
    assert origin.authors == (Person(name="Otto Other"),)
    assert origin.updated_at == datetime(2026, 1, 1, tzinfo=UTC)
    assert feed.title == "Blog"


def test_c26_every_tombstone_is_read_and_completeness_too() -> None:
    feed = read(
        atom(
            entry(""),
            head="""<at:deleted-entry ref="tag:a" when="2026-01-01T00:00:00Z"/>
        <at:deleted-entry ref="tag:b" when="nonsense"/><fh:complete/>""",
        )
    )

    assert [(t.ref, t.when) for t in feed.tombstones] == [
        ("tag:a", datetime(2026, 1, 1, tzinfo=UTC)),
        ("tag:b", None),
    ]
    assert feed.complete


def test_links_of_the_feed_show_hubs_and_pages() -> None:
    feed = read(
        atom(
            "",
            head="""<link rel="self" href="https://example.org/blog/feed.xml"/>
        <link rel="hub" href="https://hub.example/"/><link rel="next" href="?p=2"/>
        <link rel="prev-archive" href="/a/1.xml"/><link href="https://example.org/blog/"/>""",
        )
    )

    assert {(link.rel, link.url) for link in feed.links} >= {
        ("hub", "https://hub.example/"),
        ("next", "?p=2"),
        ("prev-archive", "/a/1.xml"),
    }
    assert feed.self_url == "https://example.org/blog/feed.xml"
    assert feed.url == "https://example.org/blog/"


def test_content_that_lies_elsewhere_is_a_link() -> None:
    feed = read(atom(entry('<content type="video/mp4" src="https://v.example/1.mp4"/>')))

    assert feed.entries[0].link == "https://v.example/1.mp4"
    assert feed.entries[0].content == ""


def test_atom_03_is_read() -> None:
    feed = read(
        """<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>Old</title>
        <entry><title>One</title><id>tag:x,1</id><issued>2004-01-01T00:00:00Z</issued>
        <content type="text/html" mode="escaped">&lt;b&gt;x&lt;/b&gt;</content></entry></feed>"""
    )

    assert feed.version == "atom03"
    assert feed.entries[0].published_at == datetime(2004, 1, 1, tzinfo=UTC)
    assert feed.entries[0].content == "<b>x</b>"


def test_an_origin_that_names_only_its_authors_lends_them_to_the_entry() -> None:
    """RFC 4287 section 4.2.1."""
    source = "<source><author><name>Jane Doe</name></author></source>"
    content = only(atom(entry(source), head="<author><name>The house</name></author>"))

    assert [one.name for one in content.authors] == ["Jane Doe"]


def test_a_person_without_a_name_goes_by_address() -> None:
    (one,) = read(atom(entry("<author><uri>https://jane.example/</uri></author>"))).entries

    assert one.authors == (Person(name="https://jane.example/", uri="https://jane.example/"),)


def test_subjects_that_differ_in_label_alone_are_two() -> None:
    inner = '<category label="Author" term="nc"/><category label="Contributor" term="nc"/>'
    (one,) = read(atom(entry(inner))).entries

    assert [subject.label for subject in one.categories] == ["Author", "Contributor"]


def test_html_that_came_as_base64_without_a_type_of_its_own_is_html() -> None:
    encoded = b64encode(b"<p>The &lt;b&gt; tag</p>").decode()
    (one,) = read(
        atom(entry(f'<content type="application/octet-stream">{encoded}</content>'))
    ).entries

    assert (one.content, one.content_is_html) == ("<p>The &lt;b&gt; tag</p>", True)


def test_an_address_written_as_a_links_text_counts_by_its_relation() -> None:
    inner = (
        '<link rel="alternate">https://example.org/1</link>'
        '<link rel="enclosure">https://example.org/1.mp3</link>'
    )
    (one,) = read(atom(entry(inner))).entries

    assert one.link == "https://example.org/1"
