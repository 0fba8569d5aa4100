"""P18: a finite theme's document holds everything, says so, and pages nowhere."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import etree

from syndicator import jobs
from syndicator.cli.checks import examine
from syndicator.errors import PublishError
from syndicator.publishers.elements import ATOM, HISTORY
from tests.publish.house import MALI, Library, dated, fill

FINITE = replace(MALI, slug="dossier", finite=True, match="title:dossier")


def _document(library: Library) -> etree._Element:
    return etree.fromstring(library.files()["themes/dossier/atom.xml"])


def _rels(feed: etree._Element) -> set[str]:
    return {link.get("rel", "") for link in feed.findall(f"{{{ATOM}}}link")}


@pytest.fixture
def finite(library: Library) -> Library:
    """With a theme that is finite."""
    library.parts.store.add_theme(FINITE, now=library.clock.now())
    return library


def test_p18_complete_only_where_declared_and_then_without_paging(finite: Library) -> None:
    fill(finite, 120, "dossier", "mali")
    finite.publish()

    feed = _document(finite)
    assert len(feed.findall(f"{{{ATOM}}}entry")) == 120
    assert feed.find(f"{{{HISTORY}}}complete") is not None
    assert _rels(feed) == {"self", "alternate", "hub"}
    assert not [name for name in finite.files() if name.startswith("themes/dossier/archive")]
    assert b"complete" not in finite.files()["themes/mali/atom.xml"]
    assert b"prev-archive" in finite.files()["themes/mali/atom.xml"]


def test_p18_500_articles_are_taken_and_one_more_refuses_that_theme_alone(
    finite: Library,
) -> None:
    fill(finite, 500, "dossier")
    finite.publish()
    assert len(_document(finite).findall(f"{{{ATOM}}}entry")) == 500

    before = finite.files()["themes/dossier/atom.xml"]
    finite.read(dated(2001, "dossier", "peace"))
    with pytest.raises(PublishError, match=r"dossier is finite .* 500 articles"):
        finite.publish()

    assert finite.files()["themes/dossier/atom.xml"] == before
    assert b"Title of a2001" in finite.files()["themes/peace/atom.xml"]
    assert [feed.key for feed in finite.parts.store.stale_feeds()] == ["dossier"]


def test_p18_doctor_names_the_theme_that_holds_too_much(finite: Library) -> None:
    fill(finite, 500, "dossier")
    assert [one for one in examine(finite.parts) if one.about == "theme dossier"] == []

    finite.read(dated(2001, "dossier"))

    (found,) = (one for one in examine(finite.parts) if one.about == "theme dossier")
    assert found.grade == "bad"
    assert "finite = false" in found.words


def test_p18_a_theme_that_ceases_to_be_finite_gets_its_archives(finite: Library) -> None:
    fill(finite, 120, "dossier")
    finite.publish()
    store = finite.parts.store
    store.remove_theme("dossier", now=finite.clock.now())
    store.add_theme(replace(FINITE, finite=False), now=finite.clock.now())
    jobs.publish_stale(finite.parts)

    feed = _document(finite)
    assert feed.find(f"{{{HISTORY}}}complete") is None
    assert "prev-archive" in _rels(feed)
    assert "themes/dossier/archive/1.xml" in finite.files()
    made = finite.files()
    assert finite.from_scratch() == made


def test_p18_archives_from_before_it_was_finite_lose_what_is_withdrawn(library: Library) -> None:
    store, now = library.parts.store, library.clock.now()
    fill(library, 120, "mali")
    library.publish()
    archive = "themes/mali/archive/1.xml"
    row = next(row for row in store.segment_rows("mali", 1) if row.entry)
    assert row.entry is not None
    title = f">{row.entry.title}<".encode()
    assert title in library.files()[archive]

    store.remove_theme("mali", now=now)
    store.add_theme(replace(MALI, finite=True), now=now)
    library.publish()
    assert title in library.files()[archive]
    assert b"complete" in library.files()["themes/mali/atom.xml"]

    article = store.article(row.entry_id)
    store.withdraw(article.number, reason="why not", by="a test", now=library.clock.now())
    library.publish()
    assert title not in library.files()[archive]
    made = library.files()
    assert library.from_scratch() == made
