"""Items that are clear are read as feedparser reads them, to the last field."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.feeds import feeds
from syndicator.errors import ParseError
from syndicator.model import ParsedFeed
from syndicator.stages.parse.clear import clear_items, read_head
from syndicator.stages.parse.encoding import decode
from syndicator.stages.parse.prolog import Opened, opened
from syndicator.stages.parse.tree import read_tree
from syndicator.stages.parse.xmlfeed import parse_xml
from syndicator.text.clean import writable
from tests.feeds.documents import URL
from tests.feeds.test_corpus import SETS, documents


def is_clear(document: Opened) -> list[bool]:
    tree = read_tree(document.body.encode("utf-8", "replace"))
    found = clear_items(tree) if tree else None
    return [item is not None for item in found or [None]]


def read(document: Opened, *, all_by_feedparser: bool) -> ParsedFeed | str:
    """What is read of it, or why nothing is."""
    try:
        return parse_xml(document, url=URL, all_by_feedparser=all_by_feedparser)
    except ParseError as error:
        return str(error)


def same(document: Opened) -> bool:
    return read(document, all_by_feedparser=True) == read(document, all_by_feedparser=False)


# ------------------------------------------------------------------ what there is


def test_of_invented_feeds_every_sound_one_is_clear_and_read_alike() -> None:
    for feed in feeds(100):
        document = opened(writable(decode(feed.document(), "").text))

        assert same(document), feed
        assert all(is_clear(document)) == feed.well_formed, feed


@pytest.mark.corpus
@pytest.mark.parametrize("name", SETS)
def test_every_document_of_the_corpus_is_read_alike(corpus: Path, name: str) -> None:
    clear = 0
    for path, document in _opened(corpus, name):
        assert same(document), path
        clear += sum(is_clear(document))
    assert clear


def _opened(corpus: Path, name: str) -> Iterator[tuple[Path, Opened]]:
    for path, headers in documents(corpus, name):
        text = decode(path.read_bytes(), headers.get("content-type", "")).text
        try:
            yield path, opened(writable(text.lstrip("\ufeff \t\r\n\x00")))
        except ParseError:
            continue


# ------------------------------------------------------------------ what there could be

NAMESPACES = (
    'xmlns:a="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
)
BESIDE_RSS_1 = "http://www.w3.org/2005/Atom"  # with both, no item is clear
TEXTS = (
    *("", " ", "plain", " a  b\n", "&lt;b&gt;bold&lt;/b&gt; &amp;amp; &amp;eacute;", "a &amp; b"),
    *("<![CDATA[<p>One</p> &nbsp; <br>]]>", "a<!-- x -->b", "é\xa0: à", "cafÃ©", "\x93odd\x94"),
    *("x &#233; y", "<i>in</i> it", "&lt;x&gt;", "Jane Doe", "jane@example.org (Jane Doe)"),
    *("https://example.org/1?a=1&amp;b;=2", "http:///example.org/2", "/relative", "tag:a,2026:1"),
    *("Mon, 02 Feb 2026 10:00:00 GMT", "2026-02-02T10:00:00Z", "yesterday", "true", "text"),
)
NAMES = (
    *("title", "link", "guid", "id", "description", "summary", "content", "pubDate", "published"),
    *("updated", "author", "category", "enclosure", "comments", "source", "unknown", "name"),
    *("dc:creator", "dc:date", "dc:subject", "dc:title", "content:encoded", "media:content"),
    *("media:thumbnail", "media:credit", "media:title", "media:description", "itunes:author"),
    *("itunes:duration", "itunes:explicit", "itunes:summary", "a:link", "a:updated", "TITLE"),
)
ATTRIBUTES = (
    *('type="html"', 'type="xhtml"', 'type="TEXT"', 'type="audio/mpeg"', 'isPermaLink="false"'),
    *('domain="d"', 'term="T"', 'label="L"', 'scheme="S"', 'href="https://example.org/3"'),
    *('url="https://example.org/4.jpg"', 'rel="Self"', 'rel="alternate"', 'hreflang="fr"'),
    *('length="9"', 'medium="image"', 'xml:lang="nl"', 'xml:base="/b/"', 'rdf:about="tag:x"'),
)
elements = st.builds(
    lambda name, attributes, inside: f"<{name} {' '.join(attributes)}>{inside}</{name}>",
    st.sampled_from(NAMES),
    st.lists(st.sampled_from(ATTRIBUTES), max_size=2, unique_by=lambda one: one.partition("=")[0]),
    st.sampled_from(TEXTS) | st.sampled_from(TEXTS).map(lambda text: f"<name>{text}</name>"),
)
items = st.lists(st.lists(elements, max_size=6).map("".join), min_size=1, max_size=3)
FORMATS = {
    "rss": ("<rss version='2.0' {} {}><channel><title>T</title>{}</channel></rss>", "item"),
    "rdf": (
        "<rdf:RDF xmlns='http://purl.org/rss/1.0/' {} {}><title>T</title>{}</rdf:RDF>",
        "item",
    ),
    "atom": ("<feed xmlns='http://www.w3.org/2005/Atom' {} {}><title>T</title>{}</feed>", "entry"),
}


@pytest.mark.parametrize("name", FORMATS)
@given(items, st.sampled_from(("", "xml:lang='de_AT'", "xml:lang=''", "xml:base='http://b.org/'")))
def test_whatever_an_item_holds_it_is_read_alike(name: str, some: list[str], around: str) -> None:
    frame, item = FORMATS[name]
    inside = "".join(f"<{item}>{each}</{item}>" for each in some)
    namespaces = NAMESPACES.replace(BESIDE_RSS_1, "urn:x") if name == "rdf" else NAMESPACES

    assert same(opened(frame.format(namespaces, around, inside)))


AROUND = {
    "rss": (
        *("title", "link", "description", "language", "copyright", "pubDate", "lastBuildDate"),
        *("managingEditor", "webMaster", "generator", "docs", "cloud", "ttl", "category", "image"),
    ),
    "rdf": ("title", "link", "description", "items"),
    "atom": (
        *("title", "subtitle", "link", "id", "updated", "rights", "author", "category", "icon"),
        *("logo", "generator"),
    ),
}
AROUND_ALL = (
    *("a:link", "dc:creator", "dc:date", "dc:language", "dc:rights", "dc:subject", "sy:updateBase"),
    *("published", "contributor", "name", "a:icon", "a:title", "dc:title", "itunes:author"),
    *("itunes:image", "media:rating", "TITLE", "textInput", "info", "summary", "guid"),
)
usual = st.sampled_from(
    (
        '<a:link rel="self" href="https://example.org/feed" type="application/rss+xml"/>',
        '<link rel="alternate" href="https://example.org/"/>',
        '<link href="https://example.org/?a=1&amp;b=2" hreflang="fr"/>',
        "<author><name>Jane Doe</name><uri>https://example.org/jane</uri></author>",
        '<category term="Mali"/>',
        "<sy:updatePeriod>hourly</sy:updatePeriod>",
    )
)
pictures = st.lists(
    st.sampled_from(("url", "title", "link", "width", "description", "a:link", "b")).flatmap(
        lambda name: st.sampled_from(TEXTS).map(lambda text: f"<{name}>{text}</{name}>")
    ),
    max_size=4,
).map(lambda inside: f"<image>{''.join(inside)}</image>")


def around(name: str) -> st.SearchStrategy[str]:
    """What may stand there: mostly what usually does."""
    plain = st.builds(
        "<{0}>{1}</{0}>".format, st.sampled_from(AROUND[name]), st.sampled_from(TEXTS)
    )
    odd = st.builds(
        "<{0} {1}>{2}</{0}>".format,
        st.sampled_from((*AROUND[name], *AROUND_ALL)),
        st.lists(
            st.sampled_from(ATTRIBUTES), max_size=2, unique_by=lambda one: one.partition("=")[0]
        ).map(" ".join),
        st.sampled_from((*TEXTS, "<name>N</name>")),
    )
    return st.lists(plain | plain | usual | pictures | odd, max_size=5).map("".join)


WHOLES = {
    "rss": "<rss {0}><channel>{1}{3}{2}</channel></rss>",
    "rdf": "<rdf:RDF xmlns='http://purl.org/rss/1.0/' {0}><channel rdf:about='u'>{1}</channel>{2}"
    "{3}</rdf:RDF>",
    "atom": "<feed xmlns='http://www.w3.org/2005/Atom' {0}>{1}{3}{2}</feed>",
}
VERSIONS = (
    "version='2.0'",
    "version='0.91'",
    "version='1.0'",
    "",
    "xml:lang='nl_BE' version='2.0'",
)
OTHERS = (
    *("", "", "", "xmlns:o='http://purl.org/rss/1.0/'", "xmlns:o='http://www.W3.org/2005/atom'"),
    "xml:base='https://b.example/'",
)


@pytest.mark.parametrize("name", WHOLES)
@given(st.data(), st.sampled_from(VERSIONS), st.sampled_from(OTHERS))
def test_whatever_stands_around_the_items_is_read_alike(
    name: str, data: st.DataObject, version: str, other: str
) -> None:
    before, after = data.draw(around(name)), data.draw(st.just("") | around(name))
    namespaces = f"{NAMESPACES} xmlns:sy='http://purl.org/rss/1.0/modules/syndication/' {other}"
    if name == "rdf":
        namespaces = namespaces.replace(f'xmlns:a="{BESIDE_RSS_1}"', 'xmlns:a="urn:x"')

    item = data.draw(st.sampled_from(("<{0}><title>T</title></{0}>", ""))).format(FORMATS[name][1])
    assert same(opened(WHOLES[name].format(f"{namespaces} {version}", before, after, item)))


# ------------------------------------------------------------------ which are clear

USUAL = """<item><title>One</title><link>https://example.org/1</link><comments>https://example.org/1#c
</comments><dc:creator><![CDATA[Jane Doe]]></dc:creator><pubDate>Mon, 02 Feb 2026 10:00:00 +0000
</pubDate><category><![CDATA[Mali]]></category><guid isPermaLink="false">https://example.org/?p=1
</guid><description><![CDATA[<p>Short</p>]]></description><content:encoded><![CDATA[<p>Long</p>]]>
</content:encoded></item>"""


def test_an_item_as_most_are_is_clear_and_its_odd_neighbour_is_not() -> None:
    odd = USUAL.replace("<title>One</title>", "<title>One <b>bold</b></title>")
    document = opened(FORMATS["rss"][0].format(NAMESPACES, "", USUAL + odd + USUAL))

    assert is_clear(document) == [True, False, True]
    assert same(document)


HEAD = """<title>Courier</title><a:link href="https://example.org/feed" rel="self" type=
"application/rss+xml"/><link>https://example.org</link><description>News</description>
<lastBuildDate>Mon, 02 Feb 2026 10:00:00 +0000</lastBuildDate><language>fr-BE</language>
<generator>https://wordpress.org/?v=6.7</generator><image><url>https://example.org/i.png</url>
<title>Courier</title><link>https://example.org</link></image>"""


def test_around_the_items_it_is_clear_as_most_have_it_and_not_with_one_thing_more() -> None:
    def head(inside: str) -> object:
        document = opened(f"<rss version='2.0' {NAMESPACES}><channel>{inside}</channel></rss>")
        assert same(document)
        tree = read_tree(document.body.encode())
        return tree and read_head(tree.root)

    for usual in (HEAD + USUAL, USUAL + HEAD, HEAD):
        assert head(usual)
    for odd in ("<itunes:author>A</itunes:author>", "<title>T</title>", "<ttl><title/></ttl>"):
        assert not head(HEAD + odd + USUAL)
        assert not head(HEAD + USUAL + odd)


@pytest.mark.parametrize("kind", ["html", "xhtml", "TEXT/html", "text", ""])
def test_a_link_to_the_page_of_the_whole_is_known_by_its_type_also_in_short(kind: str) -> None:
    link = f"<link href='https://example.org/' type='{kind}'/>"
    document = opened(WHOLES["atom"].format(NAMESPACES, link, "", ""))
    found = read(document, all_by_feedparser=False)

    assert isinstance(found, ParsedFeed)
    assert found.url == ("https://example.org/" if "html" in kind.lower() else "")
    assert same(document)


@pytest.mark.parametrize("name", WHOLES)
def test_rights_of_dublin_core_are_plain_in_atom_and_guessed_at_elsewhere(name: str) -> None:
    rights = "<dc:rights>&lt;p&gt;A &amp;amp; B&lt;/p&gt;</dc:rights>"
    namespaces = NAMESPACES.replace(BESIDE_RSS_1, "urn:x") if name == "rdf" else NAMESPACES
    document = opened(WHOLES[name].format(namespaces, rights, "", ""))
    found = read(document, all_by_feedparser=False)

    assert isinstance(found, ParsedFeed)
    assert found.rights == ("A &amp; B" if name == "atom" else "A & B")
    assert same(document)


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(FORMATS["rss"][0].format(NAMESPACES, "", USUAL + "</x>"), id="broken"),
        pytest.param(
            FORMATS["rss"][0].format(NAMESPACES, 'xml:base="/x/"', USUAL), id="a base address"
        ),
        pytest.param(FORMATS["rss"][0].format("", "", USUAL), id="undeclared names"),
        pytest.param(
            FORMATS["rss"][0].format(NAMESPACES, "", USUAL.replace("One", "One &nbsp;")),
            id="an entity of HTML",
        ),
    ],
)
def test_feedparser_reads_what_is_not_sound_or_inherits(document: str) -> None:
    assert not any(is_clear(opened(document)))
    assert same(opened(document))


def test_a_base_or_a_language_stated_anywhere_leaves_all_to_feedparser() -> None:
    for odd in ('<item xml:base="http://b.org/"/>', '<item><title xml:lang="fr">x</title></item>'):
        document = opened(FORMATS["rss"][0].format(NAMESPACES, "", odd + USUAL))

        assert not any(is_clear(document))
        assert same(document)


def test_atom_and_rss_1_declared_at_once_is_feedparsers_to_tell_apart() -> None:
    frame, item = FORMATS["rdf"]
    document = opened(
        frame.format(NAMESPACES, "", f"<{item}><title>&lt;b>x&lt;/b></title></{item}>")
    )

    assert not any(is_clear(document))
    assert same(document)
