"""R17 to R19: what a feed may try in a reader's browser, tried in one: nothing fires.

The browser is told to set our content security policy aside, so that what is tested is what we
write; a second look, with the policy, is to be quiet as well.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from playwright.sync_api import Browser

from syndicator import jobs
from syndicator.model import Theme
from syndicator.text.clean import writable
from tests.browser.chromium import needs_chromium, tab
from tests.daemon.house import House
from tests.safety.conftest import Room, newsroom
from tests.safety.documents import RSS_TYPE, rss
from tests.safety.vectors import vectors
from tests.site import Reply, Site

pytestmark = [*needs_chromium, pytest.mark.timeout(600)]

EVIL = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>"
# All that could act, by a walk over what the browser made of the page.
ALIVE = r"""() => {
  const found = [];
  for (const one of document.querySelectorAll('*')) {
    const name = one.localName;
    const data = name === 'script' && one.type === 'application/ld+json';
    if (/^(script|style|iframe|frame|object|embed|base|math|template|button|input)$/.test(name)
        && !data && !one.closest('form.search') && !one.readOnly) found.push(name);
    if (name === 'svg' && !one.matches('.bars')) found.push(name);
    if (name === 'meta' && one.httpEquiv) found.push('meta ' + one.httpEquiv);
    if (name === 'form' && !one.matches('.search')) found.push(name);
    for (const {name: attribute, value} of one.attributes) {
      if (/^on|^style$|^srcdoc$|^formaction$|^ping$/i.test(attribute)) found.push(attribute);
      if (/^(href|src|action|data|cite|poster|xlink:href)$/i.test(attribute)
          && !/^(https?:|mailto:|\/|\?|#)/i.test(value)) found.push(attribute + '=' + value);
    }
  }
  return found;
}"""


def _item(n: int, text: str) -> str:
    told, markup = escape(writable(text)), escape(escape(writable(text)))
    return (
        f"<item><guid isPermaLink='false'>{told} {n}</guid><title>{told} {n}</title>"
        f"<link>https://courier.example/{n}?{told}</link><dc:creator>{told}</dc:creator>"
        f"<author>{told}</author><category domain={_quoted(text)}>{told}</category>"
        f"<dc:rights>{told}</dc:rights><dc:language>{told}</dc:language>"
        f"<description>{told} standfirst {n}</description>"
        f"<content:encoded>{told}&lt;p&gt;{markup} body {n}&lt;/p&gt;</content:encoded>"
        f"<enclosure url={_quoted(text)} type={_quoted(text)} length='1'/>"
        f"<media:content url={_quoted(text)} medium='image'><media:credit>{told}</media:credit>"
        f"<media:description>{told}</media:description></media:content>"
        f"<source url={_quoted(text)}>{told}</source></item>"
    )


def _quoted(text: str) -> str:
    return f'"{escape(writable(text), {chr(34): "&quot;"})}"'


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, str]]:
    """All vectors, through one feed and a theme with a hostile name, published and served."""
    folder = tmp_path_factory.mktemp("evil")
    named = os.environ.get("SYNDICATOR_CORPUS", "")
    items = [_item(n, text) for n, text in enumerate(vectors(Path(named) if named else None))]
    with Site() as site:
        site.pages["/feed"] = Reply(body=rss("".join(items)), headers=RSS_TYPE)
        with newsroom(folder, {"evil": site.url("/feed")}) as room:
            assert room.pull()["evil"].result == "changed"
            assert len(room.articles("evil")) > 0.8 * len(items)
            _file_all(room)
            jobs.publish(room.parts)
    house = House(folder, f"{(folder / 'config.toml').read_text()}\n[serve]\nport = 0\n")
    yield house, house.start("serve").address
    house.close()


def _file_all(room: Room) -> None:
    store, now = room.parts.store, room.parts.clock.now()
    store.add_theme(Theme(slug="evil", title=EVIL, description=EVIL), now=now)
    for one in room.articles("evil"):
        store.pin("evil", one.number, include=True, note=EVIL, now=now)


def _pages(house: House) -> list[str]:
    names = [name for name in house.files() if name.endswith("index.html")]
    return [f"/{name.removesuffix('index.html')}" for name in sorted(names)]


def test_r17_nothing_of_a_hostile_feed_fires_on_any_page(
    browser: Browser, published: tuple[House, str]
) -> None:
    house, address = published
    with tab(browser, address, bypass_csp=True) as seen:
        for path in _pages(house):
            seen.open(path)
            assert (path, seen.page.evaluate(ALIVE)) == (path, [])
            assert seen.troubles == [], path
        assert all(url.startswith(address) for url in seen.asked)


def test_r21_nothing_that_a_reader_is_made_to_ask_fires(
    browser: Browser, published: tuple[House, str]
) -> None:
    _, address = published
    with tab(browser, address, bypass_csp=True) as seen:
        for text in (EVIL, *vectors(None)):
            seen.open("/")
            seen.page.locator("form.search input").fill(text)
            seen.page.locator("form.search input").press("Enter")
            seen.page.wait_for_url("**/search?q=*")
            assert (text, seen.page.evaluate(ALIVE)) == (text, [])
        refused = re.compile(r"console: .*status of 400|400: ")  # a query may be a wrong one
        assert [one for one in seen.troubles if not refused.match(one)] == []


def test_r17_with_our_policy_pages_are_quiet(
    browser: Browser, published: tuple[House, str]
) -> None:
    house, address = published
    with tab(browser, address) as seen:
        for path in _pages(house)[::5]:
            seen.open(path)
        assert seen.troubles == []


@pytest.mark.parametrize(
    ("path", "shown_as"),
    [
        ("/themes/evil/atom.xml", "application/xml"),
        ("/themes/evil/rss.xml", "application/xml"),
        ("/themes/evil/feed.json", "application/json"),
        ("/feeds.opml", "application/xml"),
        ("/sources.opml", "application/xml"),
        ("/sitemap.xml", "application/xml"),
    ],
)
def test_r17_no_format_fires_in_a_browser_that_would_show_it(
    browser: Browser, published: tuple[House, str], path: str, shown_as: str
) -> None:
    """Chromium saves feeds and does not show them: they are given to it as what it does show."""
    house, address = published
    body = house.files()[path.removeprefix("/")]
    with tab(browser, address, bypass_csp=True) as seen:
        seen.page.route(f"**{path}", lambda route: route.fulfill(body=body, content_type=shown_as))
        seen.open(path)
        assert not [one for one in seen.troubles if "dialog" in one]
        xhtml = "document.getElementsByTagNameNS('http://www.w3.org/1999/xhtml', 'script').length"
        assert seen.page.evaluate(xhtml) == 0
        assert all(url.startswith(address) for url in seen.asked)
