"""From what an entry says to what we keep."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from syndicator.model import DateBasis, Precision
from syndicator.stages.normalise import normalise
from tests.feeds.documents import NOW, SETTINGS, URL, atom, contents, entry, only, read, rss


def item(inner: str) -> str:
    return rss(f"<item><title>One</title><link>/1</link>{inner}</item>")


# ------------------------------------------------------------------ addresses


def test_every_address_is_absolute() -> None:
    content = only(
        atom(
            entry(
                """<link href="../1?utm_source=feed#top"/><link rel="via" href="/v"/>
        <link rel="alternate" hreflang="fr-be" href="/fr"/><link rel="license" href="/cc"/>
        <link rel="enclosure" href="/1.mp3" type="Audio/MPEG"/>
        <author><name>J D</name><uri>/j</uri></author>
        <content type="html" xml:base="https://cdn.example/x/">&lt;img src="i.png"&gt;
        &lt;a href="javascript:x"&gt;y&lt;/a&gt;</content>"""
            )
        )
    )

    assert content.url == "https://example.org/1?utm_source=feed#top"
    assert content.canonical_url == "https://example.org/1"
    assert [link.url for link in content.links] == ["https://example.org/v"]
    assert [(t.url, t.language) for t in content.translations] == [
        ("https://example.org/fr", "fr-BE")
    ]
    assert content.license == "https://example.org/cc"
    assert [(e.url, e.type) for e in content.enclosures] == [
        ("https://example.org/1.mp3", "audio/mpeg")
    ]
    assert content.authors[0].uri == "https://example.org/j"
    assert content.html.startswith('<img src="https://cdn.example/x/i.png">')
    assert "javascript" not in content.html


@pytest.mark.parametrize(
    ("inner", "url", "noted"),
    [
        ("<link>javascript:x</link>", "https://example.org/", True),
        ("<guid isPermaLink='false'>https://example.org/g</guid>", "https://example.org/g", False),
        ("<enclosure url='/1.mp3'/>", "https://example.org/1.mp3", False),
        ("", "https://example.org/", True),
    ],
)
def test_an_entry_without_a_link_still_leads_somewhere(inner: str, url: str, noted: bool) -> None:
    ((content, notes),) = contents(rss(f"<item><title>x</title>{inner}</item>"))

    assert content.url == url
    assert ("no link: that of its feed stands in" in notes) is noted


# ------------------------------------------------------------------ words


def test_a_summary_beside_a_body_is_the_standfirst() -> None:
    content = only(
        item(
            "<description>&lt;b&gt;Short&lt;/b&gt; &amp;amp; sweet</description>"
            "<content:encoded>&lt;p&gt;Long&lt;/p&gt;</content:encoded>"
        )
    )

    assert (content.standfirst, content.html, content.text) == (
        "Short & sweet",
        "<p>Long</p>",
        "Long",
    )


@pytest.mark.parametrize(
    ("inner", "standfirst", "text"),
    [
        ("<description>All of it.</description>", "", "All of it."),
        (
            "<description>Lead.&lt;p&gt;And a longer rest of it.&lt;/p&gt;</description>",
            "Lead.",
            "Lead.\nAnd a longer rest of it.",
        ),
        (
            "<description>Same</description><content:encoded>Same</content:encoded>",
            "",
            "Same",
        ),
    ],
    ids=["one paragraph", "first paragraph", "repeated"],
)
def test_a_standfirst_never_repeats_the_whole_body(inner: str, standfirst: str, text: str) -> None:
    content = only(item(inner))

    assert (content.standfirst, content.text) == (standfirst, text)


def test_plain_content_becomes_html() -> None:
    content = only(atom(entry("<content>a &lt; b\n\nc</content>")))

    assert content.html == "<p>a &lt; b</p><p>c</p>"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("&lt;script&gt;x&lt;/script&gt;Mali", "Mali"),
        ("AT&amp;amp;T", "AT&T"),
        ("&lt;em&gt;Peace&lt;/em&gt; talks", "Peace talks"),
    ],
)
def test_r18_titles_are_plain(title: str, expected: str) -> None:
    assert only(rss(f"<item><title>{title}</title></item>")).title == expected


@pytest.mark.parametrize(
    ("inner", "title"),
    [
        ("<description>Words first</description>", "Words first"),
        ("<pubDate>Fri, 02 Jan 2026 00:00:00 GMT</pubDate>", "2026-01-02"),
        ("<link>https://example.org/x</link>", "https://example.org/x"),
    ],
)
def test_a_missing_title_has_a_stand_in_and_a_note(inner: str, title: str) -> None:
    ((content, notes),) = contents(rss(f"<item>{inner}</item>"))

    assert content.title == title
    assert any(note.startswith("no title") for note in notes)


def test_deep_nesting_is_noted() -> None:
    deep = "&lt;div&gt;" * 300
    ((_, notes),) = contents(item(f"<description>{deep}x</description>"))

    assert "44 elements nested too deep, flattened" in notes


# ------------------------------------------------------------------ dates


@pytest.mark.parametrize(
    ("date", "at", "precision"),
    [
        ("Fri, 02 Jan 2026 03:04:05 +0100", datetime(2026, 1, 2, 2, 4, 5), Precision.TIME),
        ("2026-01-02", datetime(2026, 1, 2), Precision.DAY),
        ("2 janvier 2026", datetime(2026, 1, 2), Precision.DAY),
        ("2026-01-02T03:04Z", datetime(2026, 1, 2, 3, 4), Precision.TIME),
    ],
)
def test_a_stated_date_is_kept_with_its_words(
    date: str, at: datetime, precision: Precision
) -> None:
    content = only(item(f"<pubDate>{date}</pubDate>"))

    assert content.published_at == at.replace(tzinfo=UTC)
    assert (content.date_raw, content.date_precision) == (date, precision)
    assert content.date_basis is DateBasis.SOURCE


@pytest.mark.parametrize(
    "date",
    [
        "Fri, 01 Jan 2100 00:00:00 GMT",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Mon, 01 Jan 1800 00:00:00 GMT",
        "0000-00-00T00:00:00Z",
        "nonsense",
        "",
    ],
)
def test_c25_r15_a_date_that_cannot_be_true_is_first_seen_and_noted(date: str) -> None:
    ((content, notes),) = contents(item(f"<pubDate>{date}</pubDate>"))

    assert content.published_at is None
    assert content.date_basis is DateBasis.FIRST_SEEN
    assert "no usable date: first seen counts" in notes
    assert (f"date in the future: {date}" in notes) is ("2100" in date)


def test_c25_the_future_begins_now() -> None:
    document = item("<pubDate>Sun, 01 Mar 2026 12:00:00 GMT</pubDate>")

    assert only(document, now=NOW).published_at == NOW
    assert only(document, now=NOW - timedelta(seconds=1)).published_at is None


def test_a_date_of_update_alone_stands_for_publication() -> None:
    content = only(atom(entry("<updated>2026-01-02T00:00:00Z</updated>")))

    assert content.published_at == content.updated_at == datetime(2026, 1, 2, tzinfo=UTC)


def test_a_time_without_a_zone_is_in_the_sources_timezone() -> None:
    brussels = replace(SETTINGS, timezone="Europe/Brussels")
    document = item("<pubDate>2026-01-02T03:00:00</pubDate>")
    stated = item("<pubDate>Fri, 02 Jan 2026 03:00:00 GMT</pubDate>")

    assert only(document).published_at == datetime(2026, 1, 2, 3, tzinfo=UTC)
    assert only(document, brussels).published_at == datetime(2026, 1, 2, 2, tzinfo=UTC)
    assert only(stated, brussels).published_at == datetime(2026, 1, 2, 3, tzinfo=UTC)


def test_the_order_of_numbers_is_the_operators() -> None:
    document = item("<pubDate>02/01/2026</pubDate>")

    assert only(document).published_at == datetime(2026, 1, 2, tzinfo=UTC)
    assert only(document, replace(SETTINGS, date_order="MDY")).published_at == datetime(
        2026, 2, 1, tzinfo=UTC
    )


# ------------------------------------------------------------------ people and language


@pytest.mark.parametrize(
    ("inner", "head", "author", "expected"),
    [
        ("<dc:creator>Jane Doe &amp; John Roe</dc:creator>", "", "", ["Jane Doe", "John Roe"]),
        ("", "<managingEditor>e@x.org (Ed Itor)</managingEditor>", "Op", ["Ed Itor"]),
        ("", "", "Op Erator", ["Op Erator"]),
        ("", "", "", ["Wire & more"]),
    ],
    ids=["own", "of the feed", "of the operator", "title of the source"],
)
def test_p04_an_entry_always_has_an_author(
    inner: str, head: str, author: str, expected: list[str]
) -> None:
    document = rss(f"<item><title>x</title>{inner}</item>", head=head)
    content = only(document, replace(SETTINGS, author=author))

    assert [person.name for person in content.authors] == expected


def test_p04_the_author_of_an_entrys_own_source_goes_before_the_feeds() -> None:
    document = atom(
        entry("<source><id>x:y</id><author><name>Otto Other</name></author></source>"),
        head="<author><name>The Blog</name></author>",
    )

    assert only(document).authors[0].name == "Otto Other"


@pytest.mark.parametrize(
    ("inner", "head", "setting", "expected"),
    [
        ("<dc:language>nl_be</dc:language>", "<language>fr</language>", "de", "nl-BE"),
        ("", "<language>fr</language>", "de", "fr"),
        ("", "", "de", "de"),
        ("", "", "", "en"),
    ],
    ids=["entry", "feed", "operator", "guessed"],
)
def test_a_declared_language_goes_before_a_guess(
    inner: str, head: str, setting: str, expected: str
) -> None:
    text = "The government of Mali said on Tuesday that the peace accord would hold for a year."
    document = rss(
        f"<item><title>x</title>{inner}<description>{text}</description></item>", head=head
    )
    ((content, notes),) = contents(document, replace(SETTINGS, language=setting))

    assert content.language == expected
    assert ("language guessed: en" in notes) is (expected == "en")


def test_the_language_a_server_states_counts_only_where_nothing_else_tells() -> None:
    """Many a server says "en" of everything."""

    def language(text: str) -> str:
        document = rss(f"<item><title>x</title><description>{text}</description></item>")
        feed = read(document, {"content-language": "en"})
        (parsed,) = feed.entries
        content, _ = normalise(parsed, feed=feed, settings=SETTINGS, url=URL, now=NOW)
        return content.language

    french = "Le gouvernement du Mali a annoncé mardi que l'accord de paix signé en juin tiendra."
    assert language("Short.") == "en"
    assert language(f"{french} Les écoles rouvriront lundi.") == "fr"


def test_rights_come_from_entry_then_feed_then_operator() -> None:
    operator = replace(SETTINGS, rights="Op")
    head = "<copyright>Feed</copyright>"

    assert only(item("<dc:rights>Own</dc:rights>"), operator).rights == "Own"
    assert only(rss("<item><title>x</title></item>", head=head), operator).rights == "Feed"
    assert only(item(""), operator).rights == "Op"


# ------------------------------------------------------------------ pictures


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        (
            (
                '<media:content url="/m.jpg" medium="image"><media:description>A market. '
                "© Jane Doe / Agency</media:description></media:content>"
            ),
            ("https://example.org/m.jpg", "A market.", "Jane Doe / Agency"),
        ),
        (
            '<enclosure url="/e.jpg" type="image/jpeg"/>',
            ("https://example.org/e.jpg", "", ""),
        ),
        (
            (
                "<description>&lt;figure&gt;&lt;img src='/b.jpg'&gt;&lt;figcaption&gt;A river "
                "(Foto: Jan Jansen)&lt;/figcaption&gt;&lt;/figure&gt;</description>"
            ),
            ("https://example.org/b.jpg", "A river", "Jan Jansen"),
        ),
        (
            (
                '<media:thumbnail url="/b.jpg?w=100"/><description>&lt;figure&gt;'
                '&lt;img src="/b.jpg"'
                "&gt;&lt;figcaption&gt;A river&lt;/figcaption&gt;&lt;/figure&gt;</description>"
            ),
            ("https://example.org/b.jpg", "A river", ""),
        ),
    ],
    ids=["media", "enclosure", "figure", "caption from the body"],
)
def test_the_lead_image_has_caption_and_credit_apart(
    inner: str, expected: tuple[str, str, str]
) -> None:
    image = only(item(inner)).image

    assert image is not None
    assert (image.url, image.caption, image.credit) == expected


def test_without_any_picture_there_is_none() -> None:
    assert only(item("<description>x</description>")).image is None
