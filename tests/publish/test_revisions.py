"""The article's page tells word by word what its revisions changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import html

from syndicator.model import Content, EntryView, Person
from syndicator.publishers.revisions import told_changes
from tests.conftest import FakeClock
from tests.store.conftest import NOON
from tests.themes.house import opened

BODY = "all about mali and its rivers"


def page_of(folder: Path, article_id: str) -> html.HtmlElement:
    return html.parse(str(folder / "feeds" / "articles" / article_id / "index.html")).getroot()


def test_a_page_shows_what_each_revision_changed(tmp_path: Path, clock: FakeClock) -> None:
    with opened(tmp_path, clock) as room:
        room.read(f"a {BODY}", at=NOON)
        room.publish()
        only = page_of(tmp_path, room.article("a"))
        assert not only.xpath("//section[@aria-labelledby='revisions']")

        room.read(f"a {BODY.replace('rivers', 'lakes <b>')}", title="Another title", at=NOON)
        room.publish()
        page = page_of(tmp_path, room.article("a"))

    (change,) = page.xpath("//div[@class='change']")
    assert change.xpath("./p/b/text()") == ["Title", "Text"]
    assert change.xpath(".//del//text()") == ["Title of a", "rivers"]
    assert change.xpath(".//ins//text()") == ["Another title", "lakes <b>"]


def test_a_page_says_how_to_cite_it(tmp_path: Path, clock: FakeClock) -> None:
    with opened(tmp_path, clock) as room:
        room.read(f"a {BODY}", at=NOON, title="A <b> & a title")
        room.read(f"a {BODY} anew", at=NOON, title="A <b> & a title")
        room.publish()
        page = page_of(tmp_path, room.article("a"))

    (section,) = page.xpath("//section[@aria-labelledby='cite']")
    assert "“A <b> & a title”" in section.xpath("./p")[0].text_content()
    assert "Revision 2, kept by The library" in section.xpath("./p")[0].text_content()
    bibtex, ris, csl = (one.text_content() for one in section.xpath(".//pre"))
    assert bibtex.startswith("@misc{")
    assert ris.startswith("TY  - ELEC")
    assert csl.startswith("[")


ENTRY = EntryView(id="urn:x", article_id="0" * 32, title="T", url="https://p.example/", authors=())
SAID = {
    1: Content(url="https://p.example/", title="T", standfirst="in short", text="secret words"),
    2: Content(url="https://p.example/", title="T", standfirst="shortly", text="other words"),
    4: Content(
        url="https://p.example/",
        title="T",
        standfirst="shortly",
        text="other words",
        authors=(Person(name="Ada"),),
    ),
}


@pytest.mark.parametrize(
    ("shows", "told"),
    [
        ({"html": "<p>other words</p>", "standfirst": "shortly"}, {"standfirst", "text"}),
        ({"standfirst": "shortly"}, {"standfirst"}),
        ({}, set()),
    ],
    ids=["full", "summary", "link"],
)
def test_no_more_words_are_told_than_may_be_republished(
    shows: dict[str, str], told: set[str]
) -> None:
    entry = EntryView(**{name: getattr(ENTRY, name) for name in ENTRY.__slots__} | shows)
    found = told_changes(SAID, entry)

    assert [[one.field for one in some] for some in found.values()] == [
        ["standfirst", "text"],
        ["authors"],
    ]
    assert {one.field for one in found[2] if one.pieces} == told
    assert set(found) == {2, 4}
