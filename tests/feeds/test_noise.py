"""What makes a revision and what does not, read twice by the real pipeline from a real site."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from tests.conftest import FakeClock
from tests.reading.library import Library, opened
from tests.site import Reply, Site

WORDS = "The district of Gao will have forty new wells before the dry season comes."
SOURCE = '[sources.one]\nurl = "{base}/feed.xml"\n'

# Name of a case -> the item as it was, and as it is at the next poll.
Case = tuple[dict[str, str], dict[str, str]]


def body(before: str, after: str) -> Case:
    return {"html": f"<p>{WORDS}</p>{before}"}, {"html": f"<p>{WORDS}</p>{after}"}


NOISE: dict[str, Case] = {
    "blanks": body("<p>one two</p>", "<p>one   two</p>\n\n"),
    "no-break space": body("<p>one two</p>", "<p>one&#160;two</p>"),
    "soft hyphen": body("<p>peacekeeping</p>", "<p>peace&#173;keeping</p>"),
    "order of attributes": body(
        '<a href="https://x.example/" title="t">x</a>',
        '<a title="t" href="https://x.example/">x</a>',
    ),
    "other classes": body('<p class="a">x</p>', '<p class="b" id="c" data-n="1">x</p>'),
    "other markup": body("<p><b>x</b> y</p>", "<p><strong>x</strong> <em>y</em></p>"),
    "letter by its name": body("<p>caf\u00e9</p>", "<p>caf&eacute;</p>"),
    "comment": body("<!-- 10:00 -->", "<!-- 11:00 -->"),
    "script": body("<script>var t=1</script>", "<script>var t=2</script>"),
    "tracking in a link of the body": body(
        '<p><a href="https://x.example/?utm_source=a">x</a></p>',
        '<p><a href="https://x.example/?utm_source=b">x</a></p>',
    ),
    "counting pixel": body(
        '<img src="https://count.example/1.gif?r=1" width="1" height="1">',
        '<img src="https://count.example/1.gif?r=2" width="1" height="1">',
    ),
    "views": body("<p>1,234 views</p>", "<p>1,301 views</p>"),
    "comments": body("<p>Comments (12)</p>", "<p>Comments (13)</p>"),
    "vues": body("<p>Vues : 12</p>", "<p>Vues : 15</p>"),
    "keer gelezen": body("<p>12 keer gelezen</p>", "<p>15 keer gelezen</p>"),
    "how long ago": body("<p>Posted 2 hours ago</p>", "<p>Posted 3 hours ago</p>"),
    "il y a": body("<p>il y a 2 jours</p>", "<p>il y a 3 jours</p>"),
    "tracking in its own link": (
        {"link": "https://x.example/a?utm_source=feed"},
        {"link": "https://x.example/a?utm_source=other"},
    ),
    "session in its own link": (
        {"link": "https://x.example/b;jsessionid=1A"},
        {"link": "https://x.example/b;jsessionid=2B"},
    ),
    "session parameter": (
        {"link": "https://x.example/c?PHPSESSID=1"},
        {"link": "https://x.example/c?PHPSESSID=2"},
    ),
    "size of its picture": (
        {"image": "https://x.example/1.jpg?w=600&amp;t=1"},
        {"image": "https://x.example/1.jpg?w=800&amp;t=2"},
    ),
    "blanks in its title": ({"title": "Wells for Gao"}, {"title": " Wells  for Gao\n"}),
    "order of subjects": ({"subjects": "Mali Water"}, {"subjects": "Water Mali"}),
}
CHANGES: dict[str, Case] = {
    "a word": body("<p>twelve were hurt</p>", "<p>thirteen were hurt</p>"),
    "a number": body("<p>12 were hurt</p>", "<p>13 were hurt</p>"),
    "a number that counts within a sentence": body(
        "<p>It got 12 comments in parliament</p>", "<p>It got 13 comments in parliament</p>"
    ),
    "a paragraph": body("", "<p>Correction: it was Kidal.</p>"),
    "its title": ({"title": "Wells for Gao"}, {"title": "Wells for Kidal"}),
    "its author": ({"author": "Awa Diarra"}, {"author": "Ada Diarra"}),
    "its date": (
        {"date": "Sun, 01 Feb 2026 10:00:00 GMT"},
        {"date": "Mon, 02 Feb 2026 10:00:00 GMT"},
    ),
    "its picture": ({"image": "https://x.example/2.jpg"}, {"image": "https://x.example/3.jpg"}),
    "a subject": ({"subjects": "Mali"}, {"subjects": "Mali Water"}),
    "capitals": ({"title": "Wells for gao"}, {"title": "Wells for Gao"}),
}


def item(key: str, said: dict[str, str]) -> str:
    said = {
        "title": f"About {key}",
        "link": f"https://x.example/{key.replace(' ', '-')}",
        "author": "Awa Diarra",
        "date": "Sun, 01 Feb 2026 10:00:00 GMT",
        "html": f"<p>{WORDS}</p>",
        "subjects": "Mali",
        **said,
    }
    image = f'<media:content medium="image" url="{said["image"]}"/>' if "image" in said else ""
    subjects = "".join(f"<category>{one}</category>" for one in said["subjects"].split())
    return (
        f'<item><guid isPermaLink="false">{key}</guid><title>{said["title"]}</title>'
        f"<link>{escape(said['link'])}</link><dc:creator>{said['author']}</dc:creator>"
        f"<pubDate>{said['date']}</pubDate>{subjects}{image}"
        f"<content:encoded>{escape(said['html'])}</content:encoded></item>"
    )


def feed(number: int) -> Reply:
    """The source at its first or second poll."""
    items = "".join(item(key, case[number]) for key, case in {**NOISE, **CHANGES}.items())
    text = (
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:media="http://search.yahoo.com/mrss/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>One</title><link>https://x.example/</link>{items}</channel></rss>"
    )
    return Reply(body=text.encode(), headers={"Content-Type": "application/rss+xml"})


@pytest.fixture(scope="module")
def read_twice(tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """Case -> revisions after two polls."""
    from datetime import UTC, datetime

    clock = FakeClock(datetime(2026, 3, 1, 12, tzinfo=UTC))
    with Site() as site, pytest.MonkeyPatch.context() as patch:
        site.pages["/feed.xml"] = feed(0)
        with opened(tmp_path_factory.mktemp("noise"), site, clock, patch, SOURCE) as library:
            library.pull()
            clock.move(2 * 3600)
            site.pages["/feed.xml"] = feed(1)
            library.pull()
            return _revisions(library)


def _revisions(library: Library) -> dict[str, int]:
    return {one.key: one.revision for one in library.articles()}


@pytest.mark.parametrize("case", NOISE)
def test_p07_noise_makes_no_revision(case: str, read_twice: dict[str, int]) -> None:
    assert read_twice[case] == 1


@pytest.mark.parametrize("case", CHANGES)
def test_what_a_reader_would_notice_makes_one(case: str, read_twice: dict[str, int]) -> None:
    assert read_twice[case] == 2


PAGE = """<html lang="en"><head><title>{title}</title><meta name="author" content="{author}">
<meta property="article:published_time" content="2026-01-15T08:00:00Z">{head}</head>
<body {mark}><nav>{nav}</nav><article><h1>{title}</h1>{body}</article><footer>{nav}</footer></body>
</html>"""
PAGES: dict[str, dict[str, str]] = {
    "token": {"head": '<meta name="csrf-token" content="9f8e">'},
    "navigation": {"nav": '<a href="/other">Another article of today</a>'},
    "build": {"mark": 'data-build="8" class="loaded"'},
    "counter": {"after": "<p>1,301 views</p>"},
    "script": {"after": "<script>window.t = 2</script>"},
}


def page(**said: str) -> Reply:
    facts = {"title": "Wells for Gao", "author": "Awa Diarra", "head": "", "mark": "", "nav": ""}
    after = said.pop("after", "<p>1,234 views</p>")
    text = f"<p>{WORDS} {WORDS}</p>" * 12 + after
    return Reply(
        body=PAGE.format(**facts | said, body=text).encode(), headers={"Content-Type": "text/html"}
    )


def test_p07_noise_of_pages_makes_no_revision(
    tmp_path: Path, site: Site, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = '[sources.one]\nurl = "{base}/wells"\nkind = "page"\n'
    site.pages["/wells"] = page()
    with opened(tmp_path, site, clock, monkeypatch, source) as library:
        library.pull()
        for said in PAGES.values():
            clock.move(30 * 3600)
            site.pages["/wells"] = page(**said)
            library.pull()
        (article,) = library.articles()
        assert article.revision == 1

        clock.move(30 * 3600)
        site.pages["/wells"] = page(title="Wells for Kidal")
        library.pull()
        (article,) = library.articles()
        assert article.revision == 2
