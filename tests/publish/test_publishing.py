"""feeds/ as a whole: the interrupted is made up for; nothing is written that need not be."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from syndicator import jobs
from syndicator.errors import PublishError
from syndicator.model import Link, Theme
from syndicator.pipeline.pages import COUNTED
from syndicator.publishers.tree import Tree
from tests.publish.conftest import Open
from tests.publish.house import CONFIG, FORMATS, MALI, Library, dated, fill, page_of
from tests.store.conftest import NOON, change

# ------------------------------------------------------------------ interrupted


def test_whatever_cannot_be_written_is_made_up_for_in_the_next_run(
    open_library: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = open_library(config=CONFIG.replace("= 50", "= 2"))
    fill(library, 3, "mali")
    library.read(dated(8, "mali"))
    write, left = Tree.write, 0

    def some(tree: Tree, path: str, body: bytes, **how: Any) -> bool:
        nonlocal left
        left -= 1
        if left < 0:
            raise KeyboardInterrupt
        return write(tree, path, body, **how)

    monkeypatch.setattr(Tree, "write", some)
    finished, turn = False, 0
    while not finished:
        left = turn = turn + 1
        try:
            jobs.publish_stale(library.parts)
            finished = True
        except KeyboardInterrupt:
            pass
    monkeypatch.undo()

    assert turn > 8
    assert jobs.publish_stale(library.parts) is None
    made = library.files()
    assert {"index.html", "style.css", "feeds.opml", page_of("a0"), page_of("a8")} <= {*made}
    assert {f"themes/mali/{name}" for name in [*FORMATS, "archive/1.xml"]} <= {*made}
    assert library.from_scratch() == made


def test_one_theme_that_cannot_be_written_stops_no_other(library: Library) -> None:
    fill(library, 3, "mali", "peace")
    (library.feeds / "themes").mkdir()
    (library.feeds / "themes/mali").write_text("in the way")

    with pytest.raises(PublishError, match="themes/mali"):
        library.publish()

    assert {"index.html", "themes/peace/atom.xml", "themes/peace/index.html", page_of("a2")} <= {
        *library.files()
    }
    assert [feed.key for feed in library.parts.store.stale_feeds()] == ["mali"]

    (library.feeds / "themes/mali").unlink()
    library.publish()
    assert "themes/mali/atom.xml" in library.files()
    assert library.parts.store.stale_feeds() == []


def test_a_page_that_cannot_be_written_leaves_its_feeds_to_be_tried_again(
    library: Library,
) -> None:
    fill(library, 3, "mali")
    library.read(dated(101, "peace"))
    (library.feeds / "articles").mkdir()
    (library.feeds / "articles" / change("a2").id).write_text("in the way")

    with pytest.raises(PublishError, match=change("a2").id):
        library.publish()

    assert {feed.key for feed in library.parts.store.stale_feeds()} == {"all", "mali"}
    assert {page_of("a0"), page_of("a4"), page_of("a101"), "index.html"} <= {*library.files()}


# ------------------------------------------------------------------ lost


@pytest.mark.parametrize(
    "lost",
    ["themes", "themes/mali", "themes/mali/rss.xml", "themes/mali/archive", "articles", "."],
)
def test_what_somebody_took_away_comes_back_in_the_next_run(library: Library, lost: str) -> None:
    fill(library, 60, "mali")
    library.read(dated(101, "peace"))
    library.publish()
    whole = library.files()

    gone = library.feeds / lost
    for each in [gone] if gone.is_file() else gone.rglob("*"):
        if each.is_file() and not each.name.startswith("."):  # as `rm -r feeds/*` leaves them
            each.unlink()
    if gone.is_dir() and lost != ".":
        shutil.rmtree(gone)
    assert library.files() != whole

    library.publish()
    assert library.files() == whole
    assert library.touched(library.publish) == set()


def test_where_a_file_is_in_the_way_of_a_published_theme_the_others_go_on(library: Library) -> None:
    fill(library, 3, "mali", "peace")
    library.publish()
    shutil.rmtree(library.feeds / "themes/mali")
    (library.feeds / "themes/mali").write_text("in the way")
    library.read(dated(101, "peace"))

    with pytest.raises(PublishError, match="themes/mali"):
        library.publish()
    assert library.parts.store.stale_feeds() == []
    (library.feeds / "themes/mali").unlink()
    library.publish()
    assert "themes/mali/atom.xml" in library.files()


# ------------------------------------------------------------------ proportional


def test_one_new_article_in_a_large_theme_touches_its_page_and_its_neighbours(
    library: Library,
) -> None:
    fill(library, 600, "mali")
    library.publish()

    library.read(dated(801, "mali"))
    touched = library.touched(library.publish)

    pages = {name for name in touched if name.startswith("articles/")}
    assert pages == {page_of("a800"), page_of("a801"), page_of("a802")}
    years = {name for name in touched if "/2026/" in name}
    assert {name for name in touched - pages - years if "/archive/" not in name} == {
        "index.html",
        "sitemap.xml",
        *(f"themes/{key}/{name}" for key in ("all", "mali") for name in [*FORMATS, "index.html"]),
    }
    page = library.page("a801")
    assert "Title of a800" in page
    assert "Title of a802" in page
    assert "About the same theme - Article" not in page

    moved = dated(401, "mali", text="elsewhere").content.published_at
    library.read(change("a801", "elsewhere", themes=("mali",), published_at=moved))
    touched = library.touched(library.publish)
    assert {name for name in touched if name.startswith("articles/")} == {
        page_of(f"a{n}") for n in (400, 402, 800, 801, 802)
    }
    made = library.files()
    assert library.from_scratch() == made


def test_a_theme_that_grows_large_loses_its_numbers_everywhere(library: Library) -> None:
    fill(library, COUNTED, "mali")
    library.publish()
    assert f"Article 1/{COUNTED}" in library.page("a0")

    library.read(dated(5, "mali"))
    library.publish()

    made = library.files()
    assert "About the same theme - Article" not in library.page("a0")
    assert library.from_scratch() == made


def test_publishing_bit_by_bit_and_all_at_once_give_the_same_bytes(library: Library) -> None:
    store = library.parts.store
    fill(library, 20, "mali")
    library.publish()
    library.read(dated(7, "mali", "peace"), dated(8, "mali", text="revised", title="Another"))
    library.publish()
    library.read(dated(7, "peace", text="of peace alone"))  # leaves a theme
    library.publish()
    library.read(gone=("a10",))  # and all of them
    library.publish()
    store.pin("peace", store.article(change("a12").id).number, include=True, note="", now=NOON)
    copy = dated(9, "mali", first_url="https://other.example.net/feed", story=change("a8").id)
    library.read(copy, source="other")  # a second copy
    library.publish()
    library.read(dated(61, "mali"), gone=("a8",))  # and it takes the first one's place
    library.publish()
    store.add_theme(Theme(slug="third", title="Third"), now=library.clock.now())
    library.publish()

    made = library.files()
    assert "Article 1/20" in library.page("a0")
    assert page_of("a10") not in library.files()
    assert "20 articles" in made["index.html"].decode()
    assert library.touched(lambda: library.publish(everything=True)) == set()
    assert library.from_scratch() == made


# ------------------------------------------------------------------ removed


def test_a_removed_theme_leaves_the_site_and_comes_back_whole(library: Library) -> None:
    fill(library, 60, "mali", "peace")
    library.publish()
    before = library.files()
    assert "themes/mali/archive/1.xml" in before

    library.parts.store.remove_theme("mali", now=library.clock.now())
    assert jobs.publish_stale(library.parts) is not None
    assert jobs.publish_stale(library.parts) is None

    made = library.files()
    assert not [name for name in made if name.startswith("themes/mali")]
    assert b"/themes/mali/" not in made["index.html"]
    assert "/themes/mali/" not in library.page("a0")
    assert "/themes/peace/" in library.page("a0")
    assert library.from_scratch() == made

    library.parts.store.add_theme(MALI, now=library.clock.now())
    library.publish()
    after = library.files()
    assert after.keys() == before.keys()
    assert after["themes/mali/archive/1.xml"] == before["themes/mali/archive/1.xml"]
    assert "/themes/mali/" in library.page("a0")


def test_a_theme_removed_before_anything_else_happens_leaves_the_front_page(
    library: Library,
) -> None:
    library.publish()
    assert b"/themes/peace/" in library.files()["index.html"]
    library.parts.store.remove_theme("peace", now=library.clock.now())
    library.publish()
    assert b"/themes/peace/" not in library.files()["index.html"]


def test_a_second_copy_that_no_feed_shows_any_more_links_the_first(library: Library) -> None:
    library.read(dated(1, "mali"))
    copy = change(
        "c1", first_url="https://other.example.net/feed", story=change("a1").id, themes=("peace",)
    )
    library.read(copy, source="other")
    library.publish()
    assert "/themes/peace/" in library.files()[f"articles/{copy.id}/index.html"].decode()

    library.parts.store.remove_theme("peace", now=library.clock.now())
    library.publish()

    page = library.files()[f"articles/{copy.id}/index.html"].decode()
    assert "/themes/peace/" not in page
    assert f"/articles/{change('a1').id}/" in page


def test_counts_agree_where_a_story_has_two_copies(library: Library) -> None:
    library.read(dated(1, "mali"), dated(2, "mali"))
    copy = change(
        "c1", first_url="https://other.example.net/feed", story=change("a1").id, themes=("mali",)
    )
    library.read(copy, source="other")
    library.publish()

    counted = {one.theme.slug: one.articles for one in library.parts.store.theme_overview()}
    assert counted == {"mali": 2, "peace": 0}
    assert "Article 1/2" in library.page("a1")
    assert b"2 articles" in library.files()["index.html"]


def test_a_page_names_translations(library: Library) -> None:
    english = Link(url="https://www.example.org/en/1", rel="alternate", language="en")
    library.read(dated(1, "mali", language="fr", translations=(english,)))
    library.publish()

    assert 'href="https://www.example.org/en/1"' in library.page("a1")
    assert "Aussi en" in library.page("a1")
