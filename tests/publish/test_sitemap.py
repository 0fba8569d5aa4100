"""sitemap.xml and robots.txt: all public pages, and no more of it written than changed."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from lxml import etree

from syndicator.model import Theme
from syndicator.pipeline import sitemaps
from syndicator.publishers import sitemap
from syndicator.publishers.site import Site
from tests.publish.house import Library, dated, fill
from tests.store.conftest import change

BASE = "http://127.0.0.1:8080"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _places(body: bytes) -> dict[str, str]:
    found = re.findall(rb"<loc>(.*?)</loc>\s*(?:<lastmod>(.*?)</lastmod>)?", body)
    return {url.decode().removeprefix(BASE): at.decode() for url, at in found}


def test_a_small_library_has_one_sitemap_of_all_its_pages(library: Library) -> None:
    fill(library, 3, "mali")
    library.parts.store.add_theme(Theme(slug="s", title="S", private=True), now=NOON)
    library.publish()
    places = _places(library.files()["sitemap.xml"])

    assert places.keys() == {
        "/",
        *(f"/themes/{slug}/" for slug in ("all", "mali", "peace")),
        *(f"/articles/{change(f'a{n}').id}/" for n in (0, 2, 4)),
    }
    assert all(re.fullmatch(r"2026-03-01T12:0\d:00Z", at) for at in places.values())
    assert etree.fromstring(library.files()["sitemap.xml"]).tag.endswith("}urlset")

    library.read(gone=("a2",))
    library.publish()
    assert f"/articles/{change('a2').id}/" not in _places(library.files()["sitemap.xml"])


def test_a_large_one_has_an_index_and_touches_the_part_that_changed(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemaps, "PART", 10)
    fill(library, 35, "mali")
    library.publish()
    index = _places(library.files()["sitemap.xml"])
    assert index.keys() == {
        "/sitemaps/themes-1.xml",
        *(f"/sitemaps/articles-{k}.xml" for k in (1, 2, 3, 4)),
    }
    parts = [_places(library.files()[name.removeprefix("/")]) for name in index]
    assert [len(part) for part in parts] == [4, 10, 10, 10, 5]

    library.read(dated(24, "mali", text="revised", title="Another"))
    touched = library.touched(library.publish)
    assert {name for name in touched if "sitemap" in name} == {
        "sitemap.xml",
        "sitemaps/themes-1.xml",
        "sitemaps/articles-2.xml",
    }
    library.read(dated(901, "mali"), gone=tuple(f"a{2 * n}" for n in range(10)))
    library.publish()
    assert "/sitemaps/articles-1.xml" not in _places(library.files()["sitemap.xml"])
    made = library.files()
    assert library.from_scratch() == made


def test_the_index_says_of_its_parts_when_they_last_changed() -> None:
    index = sitemap.index({"https://x.example/1.xml": "2026-03-01T12:00:00Z", "https://x/2": ""})
    assert sitemap.parts_of(index) == {
        "https://x.example/1.xml": "2026-03-01T12:00:00Z",
        "https://x/2": "",
    }
    assert sitemap.parts_of(b"nonsense") == sitemap.parts_of(None) == {}


def test_robots_txt_names_the_sitemap_and_keeps_searches_out() -> None:
    body = sitemap.robots(Site(title="L", base_url="https://x.example/press"))
    assert body.decode().splitlines() == [
        "User-agent: *",
        "Disallow: /press/search",
        "",
        "Sitemap: https://x.example/press/sitemap.xml",
    ]
