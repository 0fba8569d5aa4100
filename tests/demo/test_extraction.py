"""The magazine has no feed: every field of every article is found on its page unaided."""

from __future__ import annotations

import pytest
from lxml import html

from syndicator.demo.pieces import LANGUAGES, PUBLISHERS, editions, world
from syndicator.demo.rendering import html as markup
from syndicator.demo.site import PressSite
from syndicator.model import Content, Precision, Select, SourceSettings
from syndicator.stages.extract import extract
from syndicator.stages.listing import links
from tests.demo.test_content import LATER

BASES = {publisher: f"http://127.0.0.1:{9001 + n}" for n, publisher in enumerate(PUBLISHERS)}
SITE = PressSite(BASES)
HEADERS = {"content-type": "text/html; charset=utf-8"}

ARTICLES = [
    pytest.param(language, piece, id=f"{language} {piece.id}")
    for language in LANGUAGES
    for piece in world().edition(language)
]


def _read(language: str, slug: str) -> Content:
    target = f"/{language}/{editions()[language].phrases['article_path']}/{slug}"
    page = SITE.page(language, target)
    assert page
    url = BASES[language] + target
    settings = SourceSettings(url=url)
    return extract(page.body, url=url, headers=HEADERS, settings=settings, now=LATER[0]).content


def _words(body: str) -> str:
    tree = html.document_fromstring(f"<div>{markup(body)}</div>")
    return " ".join(str(tree.xpath("string()")).split())


@pytest.mark.parametrize(("language", "piece"), ARTICLES)
def test_every_field_of_an_article_is_found(language: str, piece) -> None:
    telling = piece.tellings[language]

    content = _read(language, telling.slug)

    assert content.title == telling.title
    assert tuple(person.name for person in content.authors) == piece.authors
    assert content.published_at
    assert content.published_at.date() == piece.at.date()
    assert content.standfirst == telling.standfirst
    assert " ".join(content.text.split()) == _words(telling.body)
    assert content.language == language
    assert content.image
    assert (content.image.caption, content.image.credit) == (telling.caption, piece.credit)
    labels = [editions()[language].themes[theme][1] for theme in piece.themes]
    assert [category.label or category.term for category in content.categories] == labels
    assert {link.language for link in content.translations} == set(piece.tellings) - {language}


@pytest.mark.parametrize("box", ["themes", "theme-nav", "same-theme"])
def test_links_beside_the_subjects_file_an_article_nowhere(box: str) -> None:
    url = f"{BASES['en']}/en/article/peace-begins-at-the-cattle-market"
    page = SITE.page("en", url.removeprefix(BASES["en"]))
    assert page
    shares = '<p class="share"><a href="https://social.example/">Toot</a></p></ul>\n</div>'
    teaser = '<a href="/en/article/other"><img src="/other.png" alt="">Another one</a>'
    body = (
        page.body.decode()
        .replace("</ul>\n</div>\n<p", f"{teaser}{shares}\n<p")
        .replace('rel="next" ', "")
        .replace('"same-theme"', f'"{box}"')
    )
    assert shares in body

    found = extract(
        body.encode(), url=url, headers=HEADERS, settings=SourceSettings(url=url), now=LATER[0]
    )

    assert [each.term for each in found.content.categories] == ["Peacebuilding", "Mali"]


def test_the_page_of_the_mission_is_read_whole() -> None:
    content = _read("en", "peace-begins-at-the-cattle-market")

    assert content.date_raw == "08 February 2018"
    assert content.date_precision is Precision.DAY
    assert content.pager
    assert (content.pager.label, content.pager.position, content.pager.total) == (
        "About the same theme",
        9,
        19,
    )
    assert content.pager.next_title == "Women at the table, and under it"
    assert content.section
    assert content.section.title == "Reports"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_listing_gives_its_articles_and_its_next_page(language: str) -> None:
    target = f"/{language}/{editions()[language].phrases['listing'][0]}"
    page = SITE.page(language, target)
    assert page

    found = links(page.body, url=BASES[language] + target, headers=HEADERS, select=Select())

    titles = [piece.tellings[language].title for piece in world().edition(language)[:10]]
    assert [link.title for link in found.articles] == titles
    assert found.next_url == f"{BASES[language]}{target}?page=2"
