"""Pages in a real browser: quiet, reachable without a mouse, readable on any screen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.browser.chromium import Tab, needs_chromium, tab
from tests.browser.conftest import path_of

pytestmark = [*needs_chromium, pytest.mark.timeout(300)]

LANGUAGES = ("en", "fr", "nl")
FEEDS = {
    "home": "/",
    **{f"theme-{one}": f"/themes/peacebuilding/{one}/" for one in LANGUAGES},
    "all": "/themes/all/",
    "year": "/themes/peacebuilding/2016/",
    "search-en": "/search?q=ceasefire+OR+truce",
    "search-fr": "/search?q=paix",
    "search-nl": "/search?q=vrede*",
    "search-none": "/search?q=xyzzy",
    "search": "/search",
}
ARTICLES = {f"article-{one}": one for one in LANGUAGES}
AWKWARD = {
    "long": path_of("long"),
    "arabic": path_of("arabic"),
    "bare": path_of("bare"),
    "revised": path_of("revised"),
    "arabic-theme": "/themes/t0/ar/",
    "crowded-theme": "/themes/t0/",
    "full-year": "/themes/t0/2026/",
    "further-page": "/themes/t0/2026/1/",
    "empty-theme": "/themes/empty/",
    "crowded-home": "/",
}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOKS = {"light": 1280, "dark": 1280, "small": 320}
SEEN_IN_THE_DARK = {"home", "theme-fr", "article-nl", "year", "long", "crowded-theme"}

Place = tuple[str, str]  # address of a site, path


@pytest.fixture(params=[*FEEDS, *ARTICLES, *AWKWARD])
def place(request: pytest.FixtureRequest) -> Iterator[tuple[str, Place]]:
    """The name and place of each kind of page."""
    name = request.param
    if name in AWKWARD:
        yield name, (request.getfixturevalue("awkward"), AWKWARD[name])
        return
    demo = request.getfixturevalue("demo")
    articles = request.getfixturevalue("articles")
    yield name, (demo, FEEDS[name] if name in FEEDS else articles[ARTICLES[name]])


@pytest.mark.parametrize("look", LOOKS)
def test_a_page_is_quiet_fits_and_breaks_no_rule_of_access(
    browser: Browser, place: tuple[str, Place], look: str
) -> None:
    name, (base, path) = place
    if look == "dark" and name not in SEEN_IN_THE_DARK:
        return  # of the same parts in the same colours
    width = LOOKS[look]
    scheme = "dark" if look == "dark" else "light"
    with tab(browser, base, width=width, color_scheme=scheme) as seen:
        seen.open(path)
        seen.picture(f"{name}-{look}")
        assert seen.troubles == []
        assert all(url.startswith(base) for url in seen.asked)
        assert seen.wide() <= width
        found = Axe().run(seen.page, options={"runOnly": RULES, "resultTypes": ["violations"]})
        assert found.violations_count == 0, found.generate_report()


def test_dark_is_dark_and_print_is_paper(browser: Browser, demo: str) -> None:
    paper = "getComputedStyle(document.body).backgroundColor"
    with tab(browser, demo, color_scheme="dark") as seen:
        seen.open("/")
        assert sum(map(int, seen.page.evaluate(paper)[4:-1].split(","))) < 150
        seen.page.emulate_media(media="print", color_scheme="dark")
        assert seen.page.evaluate(paper) == "rgb(255, 255, 255)"
        assert not seen.page.locator("form.search").is_visible()
        seen.picture("home-print")


def test_an_article_is_printed_with_its_source_and_without_what_leads_elsewhere(
    browser: Browser, demo: str, articles: dict[str, str]
) -> None:
    with tab(browser, demo) as seen:
        seen.open(articles["en"])
        seen.page.emulate_media(media="print")
        assert seen.page.locator("section.copy").is_visible()
        assert not seen.page.locator("nav.pager").first.is_visible()
        assert len(seen.page.pdf()) > 1000
        seen.picture("article-print")


# ------------------------------------------------------------------ ways through


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "About the same theme - Article "),
        ("fr", "Sur le même thème - Article "),
        ("nl", "Over hetzelfde thema - Artikel "),
    ],
)
def test_the_pager_leads_to_the_next_article_and_back(
    browser: Browser, demo: str, articles: dict[str, str], language: str, words: str
) -> None:
    with tab(browser, demo) as seen:
        seen.open(articles[language])
        pager = seen.page.locator("nav.pager").filter(has_text="eace").first
        if not pager.count():
            pager = seen.page.locator("nav.pager").first
        said = pager.locator("h2").inner_text()
        assert said.startswith(words)
        place, total = map(int, said.removeprefix(words).split("/"))
        title = seen.page.locator("h1").inner_text()

        following = pager.locator("a[rel=next]")
        named = following.inner_text()
        theme = pager.locator(".theme").inner_text()
        following.click()
        assert seen.page.locator("h1").inner_text() == named
        back = seen.page.locator("nav.pager").filter(has_text=theme)
        assert back.locator("h2").inner_text().endswith(f" {place + 1}/{total}")
        back.locator("a[rel=prev]").click()
        assert seen.page.locator("h1").inner_text() == title
        assert seen.troubles == []


def _tabbed(seen: Tab, times: int) -> list[str]:
    """What has the focus after each press of the key, and can be seen to have it."""
    words = []
    for _ in range(times):
        seen.page.keyboard.press("Tab")
        words.append(
            seen.page.evaluate(
                "(e => (e.innerText || e.name || e.ariaLabel || e.value).trim())"
                "(document.activeElement)"
            )
        )
        outline = seen.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", words
    return words


def test_the_keyboard_goes_through_a_page_as_one_reads_it(browser: Browser, demo: str) -> None:
    with tab(browser, demo) as seen:
        seen.open("/")
        assert _tabbed(seen, 8) == [
            "Skip to the text",
            "Syndicator demo",
            "q",
            "Search",
            "Mali",
            "Feed of Mali",
            "Peacebuilding",
            "Feed of Peacebuilding",
        ]
        seen.open("/themes/mali/en/")
        assert _tabbed(seen, 9)[4:] == [
            "All languages",
            "English",
            "Français",
            "Nederlands",
            "Atom",
        ]


def test_the_first_link_leads_past_the_masthead(browser: Browser, demo: str) -> None:
    with tab(browser, demo) as seen:
        seen.open("/")
        seen.page.keyboard.press("Tab")
        assert seen.page.locator(".skip").bounding_box()["y"] >= 0  # type: ignore[index]
        seen.page.keyboard.press("Enter")
        seen.page.keyboard.press("Tab")
        assert seen.page.evaluate("document.activeElement.innerText") == "Mali"


def test_the_way_from_home_to_an_article_and_its_year(browser: Browser, demo: str) -> None:
    with tab(browser, demo) as seen:
        seen.open("/")
        seen.page.locator("h2").get_by_role("link", name="Peacebuilding").click()
        seen.page.get_by_role("link", name="2016", exact=True).click()
        assert seen.page.locator("h1").inner_text() == "2016"
        link = seen.page.locator("h3 a").first
        title = link.inner_text()
        link.click()
        assert seen.page.locator("h1").inner_text() == title
        seen.page.locator("a[rel=tag]").first.click()
        assert seen.page.locator("input[readonly]").first.input_value().endswith("/atom.xml")
        assert seen.troubles == []


@pytest.mark.parametrize(
    ("words", "title"),
    [("three villages own", "The well that three villages own"), ("trois villages", "Le puits de")],
)
def test_a_search_finds_an_article_by_its_words(
    browser: Browser, demo: str, words: str, title: str
) -> None:
    with tab(browser, demo) as seen:
        seen.open("/themes/mali/")
        seen.page.get_by_role("searchbox").fill(words)
        seen.page.keyboard.press("Enter")
        seen.page.wait_for_url("**/search?q=*")
        seen.page.get_by_role("link", name=title).click()
        assert title in seen.page.locator("h1").inner_text()
        assert seen.troubles == []


def test_the_numbers_of_a_chart_are_there_as_a_table(browser: Browser, demo: str) -> None:
    with tab(browser, demo) as seen:
        seen.open("/themes/mali/")
        table = seen.page.locator("details table")
        assert not table.is_visible()
        seen.page.locator("summary").click()
        assert table.is_visible()
        totals = [int(cell) for cell in table.locator("td:last-child").all_inner_texts()]
        assert f"{sum(totals)} articles" in seen.page.locator(".opening").inner_text()
        assert seen.wide() == 1280  # what is wider scrolls by itself
        seen.picture("chart-table")


def test_arabic_runs_from_right_to_left(browser: Browser, awkward: str) -> None:
    with tab(browser, awkward) as seen:
        seen.open(path_of("arabic"))
        assert (
            seen.page.evaluate("getComputedStyle(document.querySelector('h1')).direction") == "rtl"
        )
        text = seen.page.locator("article.text").bounding_box()
        quote = seen.page.locator("blockquote p").bounding_box()
        assert text
        assert quote
        assert (
            text["x"] + text["width"] - quote["x"] - quote["width"] > 10
        )  # its bar is on the right


def test_many_themes_have_a_pager_each(browser: Browser, awkward: str) -> None:
    with tab(browser, awkward) as seen:
        seen.open(path_of("long"))
        assert seen.page.locator("nav.pager").count() == 20
        assert seen.page.locator("a[rel=tag]").count() == 20
