"""Pages for people: what they tell, and that strangers' text stays text."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from syndicator.model import (
    DateBasis,
    Enclosure,
    EntryView,
    Image,
    Link,
    Origin,
    Person,
    Precision,
)
from syndicator.publishers import site
from syndicator.publishers.documents import current
from syndicator.publishers.site import (
    PER_PAGE,
    Face,
    Hit,
    Neighbours,
    Site,
    ThemeLine,
    Year,
    article_page,
    front_page,
    gone_page,
    search_page,
    theme_page,
    year_page,
)
from syndicator.publishers.site.bodies import shown
from syndicator.publishers.site.words import spoken, words
from tests.publish.logs import BASE, NOON, days, put, state, view

EVIL = '"><script>alert(1)</script>'
SITE = Site(title="The library", base_url=BASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    number: int
    at: datetime
    entry: EntryView


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    year: int
    month: int
    articles: int
    n: int = 1


def _listed(name: str, *, at: datetime = NOON, **facts: Any) -> Listed:
    entry = view(name, **{"published_at": at, **facts})
    return Listed(number=1, at=at, entry=entry)


def _face(**facts: Any) -> Face:
    feed = state(3)
    face = site.face(feed, current(feed, [put(1, "a")], [], entries=9), ["en", "fr"])
    return replace(face, **facts)


def _article(entry: EntryView, pagers=(), revisions=(), **facts: Any) -> bytes:
    facts = {"site": SITE, "first_seen_at": NOON, **facts}
    return article_page(entry=entry, pagers=pagers, revisions=revisions, **facts)


def _words(page: html.HtmlElement) -> str:
    return " ".join(page.text_content().split())


# ------------------------------------------------------------------ the front page


def test_p37_the_front_page_lists_themes_and_their_feeds() -> None:
    line = ThemeLine(
        slug="mali",
        title="Mali",
        description="On Mali",
        articles=1,
        updated=NOON,
        years={2024: 1, 2026: 3},
    )
    page = html.fromstring(front_page(SITE, [line], [_listed("a")]))

    assert page.xpath("//link[@rel='alternate'][@type='application/atom+xml']/@href") == [
        f"{BASE}/themes/all/atom.xml",
        f"{BASE}/themes/mali/atom.xml",
    ]
    assert page.xpath("//main//h2/a/@href") == ["/themes/mali/"]
    assert "/themes/all/" in page.xpath("//main//a/@href")
    assert "1 article · last change" in _words(page).replace("1 article last", "1 article · last")
    assert page.xpath("//svg/@aria-label") == ["Articles per year, 2024 to 2026"]
    assert page.xpath("//rect/title/text()") == ["2024: 1", "2026: 3"]
    assert "About a" in _words(page)
    assert b"No theme" in front_page(SITE, [])


def test_sparks_of_all_themes_stand_on_the_same_years() -> None:
    lines = [
        ThemeLine(slug="old", title="Old", years={2010: 5}),
        ThemeLine(slug="new", title="New", years={2020: 5}),
    ]
    page = html.fromstring(front_page(SITE, lines))

    assert len(set(page.xpath("//svg/@viewbox"))) == 1
    assert [int(x) for x in page.xpath("//rect/@x")] == [0, 240]


# ------------------------------------------------------------------ a feed


def test_p37_a_theme_page_links_all_formats_atom_first() -> None:
    page = html.fromstring(theme_page(SITE, _face(), [_listed("a")], []))
    names = ["atom.xml", "rss.xml", "feed.json"]
    addresses = [f"{BASE}/themes/mali/{name}" for name in names]

    assert page.xpath("//link[@rel='alternate'][@type]/@href") == addresses
    assert page.xpath("//input[@readonly]/@value") == addresses
    assert [a for a in page.xpath("//main//a/@href") if a.rpartition("/")[2] in names] == [
        f"/themes/mali/{name}" for name in names
    ]


def test_a_theme_page_links_articles_languages_years_and_archives() -> None:
    face = _face(folder="themes/mali/fr", only="fr", language="fr")
    months = [Month(year=2025, month=12, articles=3), Month(year=2026, month=2, articles=2)]
    listed = _listed("a", standfirst="In short.", language="fr")
    page = html.fromstring(theme_page(SITE, face, [listed], months))
    links = page.xpath("//main//a/@href")

    for link in (
        f"/articles/{listed.entry.article_id}/",
        "/themes/mali/",
        "/themes/mali/en/",
        "/themes/mali/fr/2025/",
        "/themes/mali/fr/archive/2.xml",
    ):
        assert link in links
    assert page.xpath("//article/@lang") == ["fr"]
    assert page.get("lang") == "fr"
    assert "Par Awa Diallo" in _words(page)
    assert "5 articles" in _words(page)
    assert page.xpath("//rect/title/text()") == ["déc. 2025: 3", "févr. 2026: 2"]
    rows = [[cell.text_content() for cell in row] for row in page.xpath("//tbody/tr")]
    assert rows == [
        ["2026", "0", "2", *["0"] * 10, "2"],
        ["2025", *["0"] * 11, "3", "3"],
    ]


def test_a_history_too_long_for_months_is_shown_in_years() -> None:
    months = [Month(year=1900, month=1, articles=1), Month(year=2026, month=1, articles=2)]
    page = html.fromstring(theme_page(SITE, _face(), [], months))
    assert page.xpath("//svg/@aria-label") == ["Articles per year, 1907 to 2026"]


def test_a_private_page_asks_to_be_kept_out_of_indexes() -> None:
    page = html.fromstring(theme_page(SITE, _face(private=True), [], []))
    assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]
    assert page.xpath("//meta[@name='referrer']/@content") == ["no-referrer"]


@pytest.mark.parametrize("total", [0, 1, 49, 50, 51, 99, 100, 101, 5000])
def test_each_article_of_a_year_is_on_one_page_and_full_pages_stay(total: int) -> None:
    year, more = Year(year=2025, total=total), Year(year=2025, total=total + 1)
    pages = [year.part_of(place) for place in range(total)]

    assert all(pages.count(part) == PER_PAGE for part in range(1, year.parts + 1))
    assert pages.count(0) <= PER_PAGE
    assert (pages.count(0) > 0) is (total > 0)
    full = year.parts * PER_PAGE
    assert [more.part_of(place) for place in range(full)] == pages[:full]


def test_pages_of_a_year_lead_to_each_other_and_to_its_months() -> None:
    year = Year(year=2025, total=120)
    months = [Month(year=2025, month=1, articles=60), Month(year=2025, month=3, articles=60)]
    some = [_listed(f"a{n}", at=NOON + days(n)) for n in range(3)]

    own = html.fromstring(
        year_page(SITE, _face(), year, 0, some, months=months, years=[2024, 2025])
    )
    assert own.xpath("//nav[@class='turn']/a/@href") == ["/themes/mali/2025/2/"]
    assert own.xpath("//nav[@aria-labelledby='months']//a/@href") == [
        "/themes/mali/2025/#m2025-3",
        "/themes/mali/2025/2/#m2025-1",
    ]
    assert own.xpath("//h3/a/text()") == ["About a2", "About a1", "About a0"]
    assert own.xpath("//*[@aria-current]/@href") == ["/themes/mali/2025/"]

    last = html.fromstring(year_page(SITE, _face(), year, 2, some))
    assert last.xpath("//nav[@class='turn']/a/@href") == [
        "/themes/mali/2025/",
        "/themes/mali/2025/1/",
    ]
    first = html.fromstring(year_page(SITE, _face(), year, 1, some))
    assert first.xpath("//nav[@class='turn']/a/@href") == ["/themes/mali/2025/2/"]
    assert "1 March 2026 to 3 March 2026" in _words(first)


# ------------------------------------------------------------------ an article


def test_an_article_page_tells_all_there_is_to_tell() -> None:
    photo = Image(url="https://press.example/p.jpg", caption="A market", credit="Ana", alt="Stalls")
    entry = view(
        "a",
        standfirst="In short.",
        image=photo,
        rights="© Press",
        html=f'<figure><img src="{photo.url}" alt="Stalls"><figcaption>A market © Ana</figcaption>'
        "</figure><p>The body.</p>",
        enclosures=(Enclosure(url="https://press.example/a.mp3", type="audio/mpeg"),),
        via=("https://other.example/a",),
    )
    entry = replace(
        entry,
        language="en",
        links=(
            Link(url="https://press.example/fr", rel="alternate", language="fr"),
            Link(url="javascript:alert(1)", rel="alternate", language="nl"),
            Link(url="https://press.example/a", rel="alternate", language="en"),
            Link(url="https://press.example/r", rel="related", language="de"),
        ),
    )
    pager = Neighbours(
        slug="mali", title="Mali", position=9, total=19, previous=("p", "Before"), next=None
    )
    page = html.fromstring(_article(entry, [pager], [(1, NOON), (2, NOON)]))
    text = _words(page)

    assert "About the same theme - Article 9/19" in text
    assert page.xpath("//a[@rel='prev']/@href") == ["/articles/p/"]
    assert page.xpath("//figcaption/span/text()") == ["A market", "© Ana"]
    assert page.xpath("//img") == []
    assert text.count("A market") == 1
    assert page.xpath("//a[@rel='tag']/@href") == ["/themes/mali/"]
    assert "Revision 2 1 March 2026, 12:00 UTC" in text
    assert page.xpath("//a[@hreflang]/@href") == ["https://press.example/fr"]
    assert "Also in Français" in text
    assert "© Press" in text
    assert "First seen by us 1 March 2026, 12:00 UTC" in text
    assert {entry.url, "https://other.example/a"} <= {*page.xpath("//dd/a/@href")}
    assert page.xpath("//link[@rel='canonical']/@href") == [entry.url]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param(
            {"published_at": NOON},
            "1 March 2026, 12:00 UTC date as the source gives it",
            id="source",
        ),
        pytest.param(
            {
                "published_at": NOON,
                "date_basis": DateBasis.PAGE,
                "date_precision": Precision.DAY,
            },
            "1 March 2026 date read from the article’s page",
            id="page, a day",
        ),
        pytest.param({}, "4 March 2026 date unknown; first seen by us on this day", id="unknown"),
    ],
)
def test_a_page_says_how_sure_its_date_is(facts: dict[str, Any], expected: str) -> None:
    page = html.fromstring(_article(view("a", **facts), first_seen_at=NOON + days(3)))
    assert expected in _words(page)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "By A, B and C"),
        ("nl-BE", "Door A, B en C"),
        ("fr", "Par A, B et C"),
        ("bm", "Door A, B en C"),
    ],
)
def test_a_page_speaks_its_articles_language_else_the_sites(language: str, expected: str) -> None:
    authors = tuple(Person(name=name) for name in "ABC")
    dutch = replace(SITE, language="nl")
    page = html.fromstring(_article(view("a", authors=authors, language=language), site=dutch))
    assert expected in _words(page)
    assert page.xpath("//article/@lang") == [language]


@pytest.mark.parametrize(
    ("language", "expected"),
    [("ar", "rtl"), ("fa-AF", "rtl"), ("fr", "ltr"), ("az-Arab", "rtl"), ("", "auto")],
)
def test_an_article_runs_as_its_script_does(language: str, expected: str) -> None:
    page = html.fromstring(_article(view("a", language=language)))
    assert page.xpath("//article/@dir") == [expected]
    assert page.get("dir") == "ltr"


def test_a_page_without_numbers_or_revisions_says_nothing_of_them() -> None:
    pager = Neighbours(slug="mali", title="Mali", previous=("p", "Before"), next=("n", "After"))
    page = html.fromstring(_article(view("a"), [pager], [(1, NOON)]))

    assert page.xpath("//a[@rel='prev' or @rel='next']/@href") == ["/articles/p/", "/articles/n/"]
    assert page.xpath("//nav[@class='pager']/h2/text()") == ["About the same theme"]
    assert not page.xpath("//section[@aria-labelledby='revisions']")
    assert "Also in" not in page.text_content()


def test_what_is_not_republished_leads_to_the_source() -> None:
    summary = html.fromstring(_article(view("a", html="", standfirst="In short.")))
    link = html.fromstring(_article(view("a", html="")))

    assert "Only a summary is shown here." in _words(summary)
    assert "Only a link is shown here." in _words(link)
    assert link.xpath("//a[@class='button']/@href") == ["https://press.example/a"]
    assert "Read the article at The Press" in _words(link)


def test_a_picture_that_we_keep_is_shown_from_here() -> None:
    photo = Image(url="https://press.example/p.jpg", caption="A market", alt="Stalls")
    entry = view("a", image=photo, html='<p>x</p><img src="https://press.example/q.jpg" alt="Q">')
    kept = {photo.url: "media/1.jpg", "https://press.example/q.jpg": "media/2.jpg"}
    page = html.fromstring(_article(entry, pictures=kept))

    assert page.xpath("//img/@src") == ["/media/1.jpg", "/media/2.jpg"]
    assert page.xpath("//img/@alt") == ["Stalls", "Q"]
    assert page.xpath("//meta[@property='og:image']/@content") == [f"{BASE}/media/1.jpg"]


def test_machines_read_the_same_of_an_article() -> None:
    entry = view("a", standfirst=f"In short {EVIL}", language="fr", published_at=NOON)
    body = _article(entry, [Neighbours(slug="mali", title="Mali")])
    page = html.fromstring(body)
    said = json.loads(page.xpath("//script[@type='application/ld+json']/text()")[0])

    assert said["@type"] == "NewsArticle"
    assert said["headline"] == "About a"
    assert said["description"] == f"In short {EVIL}"
    assert said["author"] == [{"@type": "Person", "name": "Awa Diallo"}]
    assert said["publisher"]["name"] == "The Press"
    assert said["datePublished"] == "2026-03-01T12:00:00Z"
    assert said["isBasedOn"] == entry.url
    assert body.count(b"<script") == body.count(b"</script") == 1
    assert page.xpath("//meta[@property='og:title']/@content") == ["About a"]
    assert page.xpath("//meta[@property='og:url']/@content") == [
        f"{BASE}/articles/{entry.article_id}/"
    ]


# ------------------------------------------------------------------ search, notices


def test_a_search_page_shows_what_was_found() -> None:
    hit = Hit(
        article_id="a1",
        title="On <wells>",
        language="fr",
        source="The Press",
        published_at=NOON,
        snippet=(("Of ", False), ("wells", True), (" & more", False)),
    )
    page = html.fromstring(search_page(SITE, "wells & more", [hit], page_number=2, more=True))

    assert page.xpath("//h2/a/@href") == ["/articles/a1/"]
    assert page.xpath("//mark/text()") == ["wells"]
    assert page.xpath("//input[@name='q']/@value") == ["wells & more"]
    assert page.xpath("//a[@rel='prev']/@href") == ["?q=wells+%26+more"]
    assert page.xpath("//a[@rel='next']/@href") == ["?q=wells+%26+more&page=3"]
    assert page.xpath("//link[@type='application/atom+xml']/@href") == [
        "/search/atom.xml?q=wells+%26+more"
    ]
    assert b"Which words" in search_page(SITE, "")
    assert b"Nothing was found" in search_page(SITE, "x")
    assert b"column 3" in search_page(SITE, "x", error="column 3")
    assert b"Rien n" in search_page(SITE, "x", language="fr-BE")


def test_a_withdrawn_article_leaves_a_notice_and_no_title() -> None:
    page = html.fromstring(gone_page(SITE, reason="A court asked.", at=NOON))
    assert "This article has been withdrawn Withdrawn on 1 March 2026." in _words(page)
    assert "A court asked." in _words(page)
    assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]


# ------------------------------------------------------------------ strangers


def test_strangers_text_stays_text_on_every_page() -> None:
    evil = view("a", title=EVIL, standfirst=EVIL, rights=EVIL, url="javascript:alert(1)")
    evil = replace(
        evil,
        html=f"<p>{EVIL}</p><img src=x onerror=alert(1)>",
        language=EVIL,
        authors=(Person(name=EVIL, uri="javascript:alert(1)"),),
        source=Origin(id=EVIL, title=EVIL, url="javascript:alert(1)"),
        via=("javascript:alert(1)",),
        license="javascript:alert(1)",
        enclosures=(Enclosure(url="javascript:alert(1)", title=EVIL, type=EVIL),),
        image=Image(url="javascript:alert(1)", caption=EVIL, credit=EVIL, alt=EVIL),
    )
    listed = Listed(number=1, at=NOON, entry=evil)
    face = _face(title=EVIL, subtitle=EVIL, languages=[EVIL], language=EVIL)
    pager = Neighbours(slug="m", title=EVIL, position=1, total=1, next=("x", EVIL))
    where = Site(title=EVIL, base_url=BASE, language=EVIL)
    pages = [
        front_page(where, [ThemeLine(slug="m", title=EVIL, description=EVIL)], [listed]),
        theme_page(where, face, [listed], []),
        year_page(where, face, Year(year=2026, total=1), 0, [listed]),
        _article(evil, [pager], site=where),
        search_page(where, EVIL, [Hit(article_id="a", title=EVIL, snippet=((EVIL, True),))]),
        search_page(where, EVIL, error=EVIL),
        gone_page(where, reason=EVIL, at=NOON),
    ]

    for page in pages:
        assert page.count(b"<script") == page.count(b'<script type="application/ld+json">') <= 1
        assert b"onerror=alert" not in page
        assert not re.search(rb"(href|src|content)=\"javascript", page)
        assert not html.fromstring(page).xpath("//script[not(@type)]")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            '<img src="https://x.example/a.jpg" alt="A &lt;b&gt;">',
            '<a class="picture" href="https://x.example/a.jpg" rel="noopener nofollow">'
            "Picture: A &lt;b&gt;</a>",
            id="a picture",
        ),
        pytest.param(
            '<a href="https://x.example/"><img src="https://x.example/a.jpg"></a>',
            '<a href="https://x.example/" rel="noopener nofollow">'
            '<span class="picture">Picture: a.jpg</span></a>',
            id="a picture that is a link",
        ),
        pytest.param(
            '<video src="https://x.example/v.mp4" controls>No film.</video>',
            '<a class="picture" href="https://x.example/v.mp4" rel="noopener nofollow">'
            "Film: v.mp4</a>No film.",
            id="a film",
        ),
    ],
)
def test_pictures_and_recordings_in_a_body_become_links(body: str, expected: str) -> None:
    assert shown(body, lead=None, names=words("en"), pictures={}) == expected


# ------------------------------------------------------------------ all pages


def test_every_language_says_the_same_things() -> None:
    english = words("en")
    assert {*spoken()} >= {"en", "fr", "nl"}
    for language in spoken():
        said = words(language)
        assert said.words.keys() == english.words.keys()
        assert len(said.months) == len(said.short_months) == 12
        for name, text in english.words.items():
            braces = re.compile(r"{\w+}")
            assert {*braces.findall(said.words[name])} == {*braces.findall(text)}, (language, name)


def test_every_word_is_used() -> None:
    folder = site.__path__[0]
    text = "".join(path.read_text() for path in Path(folder).rglob("*.html"))
    text += "".join(path.read_text() for path in Path(folder).rglob("*.py"))
    variant = re.compile(r"_(one|many|source|page|first_seen)$|(?<=^changed)_\w+$")
    spoken_of = {variant.sub("", name) for name in words("en").words}
    for name in spoken_of - {"thousands"}:
        assert re.search(rf'"{name}(_|")', text), name


def test_numbers_and_names_of_one_are_said_as_a_language_says_them() -> None:
    assert words("en").count("article", 1) == "1 article"
    assert words("en").count("article", 12345) == "12,345 articles"
    assert words("fr").count("article", 0) == "0 article"
    assert words("nl").count("article", 0) == "0 artikelen"


def test_what_pages_load_is_ours_and_asks_nothing_of_others() -> None:
    files = site.static_files()
    assert {*files} == {"style.css", "icon.svg"}
    assert b"url(" not in files["style.css"]
    assert b"@import" not in files["style.css"]


def test_a_site_below_a_path_keeps_it_in_its_links() -> None:
    page = front_page(Site(title="L", base_url="https://x.example/press"), [])

    assert b'href="/press/style.css"' in page
    assert b'action="/press/search"' in page


def test_a_house_that_signs_its_articles_is_named_once() -> None:
    page = html.fromstring(_article(view("a", authors=(Person(name="The Press"),))))
    assert "By The Press" not in _words(page)
    assert page.xpath("//p[@class='kicker']/a/text()") == ["The Press"]
