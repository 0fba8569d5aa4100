"""Pages that list articles: which links are articles, and where the list goes on."""

from __future__ import annotations

import pytest

from syndicator.errors import ParseError
from syndicator.model import Select
from syndicator.stages.listing import Listing, links

URL = "https://glo.example/en/articles"


def read(html: str, *, url: str = URL, **select: str) -> Listing:
    return links(html.encode(), url=url, headers={}, select=Select(**select))


def titles(listing: Listing) -> list[str]:
    return [link.title for link in listing.articles]


MAGAZINE = """<html lang="en"><head><title>Articles</title></head><body>
<div id="header"><a href="/en">Home</a><ul class="menu">
  <li><a href="/en/about-our-magazine-and-its-people">About our magazine and its people</a></li>
</ul></div>
<h1><a href="/en/articles">All articles</a></h1>
<ul class="languages"><li><a href="/nl/articles">Alle artikels in het Nederlands</a></li></ul>
<div class="list">
 <div class="row"><a href="/en/article/peace-talks"><img src="/p/1.jpg" alt=""></a>
   <h2><a href="/en/article/peace-talks">Peace talks resume in Bamako</a></h2>
   <p>What the delegations brought with them, and what they left at home this time.</p>
   <a href="/en/article/peace-talks">Read more</a> <a href="/en/theme/mali">Mali</a></div>
 <div class="row"><a href="/en/article/wells"><img src="/p/2.jpg" alt=""></a>
   <h2><a href="/en/article/wells">Wells</a></h2>
   <p>Digging deeper every year, the villages of the valley share a few wells.</p></div>
 <div class="row"><h2><a href="article/voices?utm_id=a#top">Voices of the young</a></h2></div>
</div>
<p class="tags"><a href="/en/tags/peacebuilding">All that we wrote on peacebuilding</a></p>
<p><a href="/en/files/annual-report-of-last-year.pdf">Annual report of last year</a>
   <a href="https://elsewhere.example/a-long-title-of-some-page">A long title of some page</a></p>
<div class="pager"><a href="/en/articles?page=1">1</a> <a href="/en/articles?page=2">2</a>
   <a href="/en/articles?page=2">Next »</a></div>
<div id="footer"><a href="/en/terms-and-conditions">Our terms and conditions of use</a></div>
</body></html>"""


def test_headlines_are_articles_and_menus_tags_files_and_pagers_are_not() -> None:
    listing = read(MAGAZINE)

    assert [link.url for link in listing.articles] == [
        "https://glo.example/en/article/peace-talks",
        "https://glo.example/en/article/wells",
        "https://glo.example/en/article/voices?utm_id=a",
    ]
    assert titles(listing) == ["Peace talks resume in Bamako", "Wells", "Voices of the young"]
    assert listing.next_url == "https://glo.example/en/articles?page=2"


def test_plain_rows_of_a_list_are_articles_short_titles_included() -> None:
    listing = read(
        """<p>Welcome, <a href="/en/intro">here</a>.</p><ul>
        <li><a href="/en/a/1">Farmers count the rain again</a> 3 May 2019</li>
        <li><a href="/en/a/2">Mali after</a> 2 May 2019</li>
        <li><a href="/en/a/3">The bank that lends to widows</a> 1 May 2019</li></ul>"""
    )

    assert titles(listing) == [
        "Farmers count the rain again",
        "Mali after",
        "The bank that lends to widows",
    ]


def test_a_teaser_that_is_one_big_link_is_named_by_its_heading() -> None:
    listing = read(
        """<main><a href="/en/a/1"><h3>Tea and talks</h3><p>By Ann. A text follows.</p></a>
        <a href="/en/a/2"><h3>Roads of the Sahel</h3><p>By Bob. A text follows.</p></a>"""
    )

    assert titles(listing) == ["Tea and talks", "Roads of the Sahel"]


def test_titles_without_spaces_between_words_count_too() -> None:
    listing = read('<div><a href="/a/1">今年の雨は農民を助けたのか</a></div>')

    assert titles(listing) == ["今年の雨は農民を助けたのか"]


def test_a_selector_for_items_overrides_all_guessing() -> None:
    html = """<nav class="x"><p class="hit">Tea <a href="/1">on</a></p></nav>
      <div class="hit"><a href="/img"></a><h4><a href="/2">Two</a></h4></div>
      <a class="hit" href="https://other.example/3">Three</a>
      <h2><a href="/4">Not this long headline here</a></h2>"""

    listing = read(html, item=".hit")

    assert [(link.url, link.title) for link in listing.articles] == [
        ("https://glo.example/1", "on"),
        ("https://glo.example/2", "Two"),
        ("https://other.example/3", "Three"),
    ]


def test_the_page_itself_is_not_an_article_of_itself() -> None:
    assert read('<h2><a href="#top">All of our articles</a></h2>').articles == ()


@pytest.mark.parametrize(
    "pager",
    [
        '<link rel="next" href="?page=2">',
        '<a rel="next" href="?page=2">2</a>',
        '<a href="?page=2">Next</a>',
        '<a href="?page=2">Next page »</a>',
        '<a href="?page=2">Suivant ›</a>',
        '<a href="?page=2">Page suivante</a>',
        '<a href="?page=2">Volgende</a>',
        '<a href="?page=2">Volgende pagina</a>',
        '<a href="?page=2">Weiter</a>',
        '<a href="?page=2">»</a>',
        '<a href="?page=2">›</a><a href="?page=9">»</a>',
        '<a href="?page=9">»</a><a href="?page=2">Older posts</a>',
        '<a href="?page=2" aria-label="Next"><svg></svg></a>',
    ],
)
def test_the_next_page_is_found_in_many_tongues(pager: str) -> None:
    assert read(f"<p>1 2 3 {pager}</p>").next_url == f"{URL}?page=2"


def test_no_next_page_leads_away_or_to_the_page_itself() -> None:
    assert read('<a href="https://other.example/2">Next</a>').next_url == ""
    assert read('<a href="#">Next</a><p>text').next_url == ""


def test_a_selector_names_the_next_page_or_the_button_for_more() -> None:
    html = '<a href="?page=9">Next</a><a class="n" href="?page=2">ooo</a>'
    assert read(html, next=".n").next_url == f"{URL}?page=2"
    assert read('<button class="m" data-url="?page=3">More</button>', more=".m").next_url == (
        f"{URL}?page=3"
    )
    assert read(html, next=".absent").next_url == ""


def test_an_empty_answer_is_no_listing() -> None:
    with pytest.raises(ParseError):
        read("")
