"""Themes that are renamed, removed or called as others were (P3, P17, P32)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import etree

from syndicator.errors import UsageError
from syndicator.model import Theme
from syndicator.publishers.check import problems
from syndicator.publishers.tree import Tree
from tests.publish.house import MALI, Library, dated, fill
from tests.store.conftest import declared

_ATOM = "{http://www.w3.org/2005/Atom}"


def _rename(library: Library, old: str, new: str) -> None:
    library.parts.store.rename_theme(old, new, now=library.clock.now())


def _posts(library: Library) -> dict[str, str]:
    return {post.path: post.to for post in library.parts.store.signposts()}


def _leads(library: Library, path: str) -> str:
    """The file that an address means, over one signpost at most."""
    for post, to in sorted(_posts(library).items(), reverse=True):
        if path.startswith(f"{post}/"):
            return to + path.removeprefix(post)
    return path


def _links(body: bytes) -> dict[str, str]:
    feed = etree.fromstring(body)
    base = "http://127.0.0.1:8080/"
    return {
        e.get("rel"): e.get("href").removeprefix(base) for e in feed.iterchildren(f"{_ATOM}link")
    }


def _walked(library: Library, path: str) -> list[str]:
    """Entry ids from the current document back to the oldest, newest word of each first."""
    found: list[str] = []
    files = library.files()
    while path:
        body = files[_leads(library, path)]
        assert problems(body) == []
        found += etree.fromstring(body).xpath(
            "//*[local-name()='entry']/*[local-name()='id']/text()"
        )
        path = _links(body).get("prev-archive", "")
    return list(dict.fromkeys(found))


def test_p32_a_renamed_theme_is_whole_at_its_new_address_and_the_old_one_leads_there(
    library: Library,
) -> None:
    fill(library, 120, "mali")
    library.publish()
    before = library.files()
    id_before = library.parts.store.feed_data("mali", upto_n=2**40).id

    _rename(library, "mali", "sahel")
    library.publish()

    made = library.files()
    assert not [name for name in made if name.startswith("themes/mali/")]
    assert _posts(library) == {"themes/mali": "themes/sahel"}
    old = {name.removeprefix("themes/mali/") for name in before if name.startswith("themes/mali/")}
    new = {name.removeprefix("themes/sahel/") for name in made if name.startswith("themes/sahel/")}
    assert old == new
    assert library.parts.store.feed_data("sahel", upto_n=2**40).id == id_before
    assert b"/themes/mali/" not in made["index.html"]
    assert 'href="/themes/sahel/"' in library.page("a0")
    assert "/themes/mali/" not in library.page("a0")
    assert _links(made["themes/sahel/atom.xml"])["self"] == "themes/sahel/atom.xml"
    assert library.from_scratch() == made
    assert library.parts.store.folders_left() == []


def test_p17_closed_archives_move_without_a_byte_changed(library: Library) -> None:
    fill(library, 120, "mali")
    library.publish()
    before = library.files()
    shown = _walked(library, "themes/mali/atom.xml")
    assert len(shown) == 120

    _rename(library, "mali", "sahel")
    library.publish()
    made = library.files()
    for k in (1, 2):
        path = f"archive/{k}.xml"
        assert made[f"themes/sahel/{path}"] == before[f"themes/mali/{path}"]
    assert _walked(library, "themes/sahel/atom.xml") == shown

    library.read(*(dated(n, "sahel") for n in range(301, 400)))
    library.publish()
    library.parts.store.rename_theme("sahel", "the-sahel", now=library.clock.now())
    library.read(*(dated(n, "the-sahel") for n in range(401, 500)))
    library.publish()

    made = library.files()
    assert made["themes/the-sahel/archive/1.xml"] == before["themes/mali/archive/1.xml"]
    assert len(_walked(library, "themes/the-sahel/atom.xml")) == 120 + 99 + 99
    assert library.from_scratch() == made


def test_p17_the_log_alone_gives_the_same_archives_after_a_rename(library: Library) -> None:
    fill(library, 120, "mali")
    library.publish()
    _rename(library, "mali", "sahel")
    library.publish()
    made = library.files()

    for kept in (library.folder / "store/archive/documents").rglob("*.xml"):
        kept.unlink()
    assert library.from_scratch() == made


def test_p32_any_number_of_renames_is_one_step(library: Library) -> None:
    for old, new in (("mali", "b"), ("b", "c"), ("c", "d")):
        _rename(library, old, new)
    library.publish()

    assert _posts(library) == {f"themes/{old}": "themes/d" for old in ("b", "c", "mali")}


def test_p32_a_theme_may_have_its_old_name_back(library: Library) -> None:
    fill(library, 60, "mali")
    library.publish()
    before = library.files()
    _rename(library, "mali", "sahel")
    library.publish()
    _rename(library, "sahel", "mali")
    library.publish()

    made = library.files()
    assert made.keys() == before.keys()
    assert made["themes/mali/archive/1.xml"] == before["themes/mali/archive/1.xml"]
    assert _posts(library) == {"themes/sahel": "themes/mali"}


def test_p32_renamed_there_and_back_before_it_is_published_nothing_is_lost(
    library: Library,
) -> None:
    fill(library, 60, "mali")
    library.publish()
    before = library.files()
    _rename(library, "mali", "sahel")
    _rename(library, "sahel", "mali")
    library.publish()

    assert library.files().keys() == before.keys()


def test_p32_no_other_theme_takes_a_name_that_leads_on(library: Library) -> None:
    store, now = library.parts.store, library.clock.now()
    _rename(library, "mali", "sahel")

    with pytest.raises(UsageError, match="belongs to the theme sahel"):
        store.add_theme(Theme(slug="mali", title="Another"), now=now)
    with pytest.raises(UsageError, match="belongs to the theme sahel"):
        store.rename_theme("peace", "mali", now=now)
    with pytest.raises(UsageError, match="peace"):
        store.rename_theme("sahel", "peace", now=now)
    with pytest.raises(UsageError, match="all"):
        store.rename_theme("sahel", "all", now=now)
    store.remove_theme("sahel", now=now)
    with pytest.raises(UsageError, match="belongs to the theme sahel"):
        store.add_theme(Theme(slug="mali", title="Another"), now=now)


def test_p32_a_removed_theme_is_gone_under_all_its_names_until_it_returns(
    library: Library,
) -> None:
    store = library.parts.store
    _rename(library, "mali", "sahel")
    store.remove_theme("sahel", now=library.clock.now())
    library.publish()
    assert _posts(library) == {"themes/mali": "", "themes/sahel": ""}

    store.add_theme(replace(MALI, slug="sahel"), now=library.clock.now())
    library.publish()
    assert _posts(library) == {"themes/mali": "themes/sahel"}


def test_p32_a_language_given_up_is_gone_and_a_rename_takes_the_others_along(
    library: Library,
) -> None:
    store, now = library.parts.store, library.clock.now
    french = Theme(slug="aid", title="Aid", titles={"fr": "Aide", "en": "Aid"}, declared=True)
    store.reconcile({}, declared(french), now=now())
    library.publish()
    store.reconcile({}, declared(replace(french, titles={"fr": "Aide"})), now=now())
    library.publish()
    assert _posts(library) == {"themes/aid/en": ""}

    renamed = replace(french, slug="relief", titles={"fr": "Aide"}, renamed_from=("aid",))
    store.reconcile({}, declared(renamed), now=now())
    library.publish()
    assert _posts(library) == {"themes/aid": "themes/relief", "themes/relief/en": ""}
    assert "themes/relief/fr/atom.xml" in library.files()
    assert not [name for name in library.files() if name.startswith("themes/aid/")]


def test_p32_a_declared_rename_holds_for_names_that_were_never_here(library: Library) -> None:
    theme = Theme(slug="aid", title="Aid", renamed_from=("help", "old-site"), declared=True)
    library.parts.store.reconcile({}, declared(theme), now=library.clock.now())
    assert _posts(library) == {"themes/help": "themes/aid", "themes/old-site": "themes/aid"}

    later = replace(theme, renamed_from=())
    library.parts.store.reconcile({}, declared(later), now=library.clock.now())
    assert len(_posts(library)) == 2  # kept for good


def test_p32_a_declared_name_that_leads_on_is_refused_whole(library: Library) -> None:
    store, now = library.parts.store, library.clock.now()
    _rename(library, "mali", "sahel")

    with pytest.raises(UsageError, match="belongs to the theme sahel"):
        store.reconcile({}, declared(Theme(slug="mali", title="M", declared=True)), now=now)
    beside = Theme(slug="new", title="New", renamed_from=("sahel",), declared=True)
    store.add_theme(Theme(slug="new", title="New"), now=now)
    with pytest.raises(UsageError, match="is a theme beside it"):
        store.reconcile({}, declared(beside), now=now)
    assert {theme.slug for theme in store.themes()} == {"new", "peace", "sahel"}


def test_p32_what_is_interrupted_between_the_two_addresses_is_done_again(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(library, 60, "mali")
    library.publish()
    _rename(library, "mali", "sahel")
    clear = Tree.clear

    def interrupted(tree: Tree, folder: str) -> bool:
        if folder == "themes/mali":
            raise KeyboardInterrupt
        return clear(tree, folder)

    monkeypatch.setattr(Tree, "clear", interrupted)
    with pytest.raises(KeyboardInterrupt):
        library.publish()
    monkeypatch.undo()
    assert {"themes/mali/atom.xml", "themes/sahel/atom.xml"} <= library.files().keys()

    library.publish_stale()
    assert not [name for name in library.files() if name.startswith("themes/mali/")]


def test_p32_what_was_published_elsewhere_does_not_count(library: Library) -> None:
    fill(library, 60, "mali")
    store = library.parts.store
    store.mark_published("mali", "themes/sahel", n=61, files={"1.xml": "0" * 64})

    assert "mali" in [feed.key for feed in store.stale_feeds()]
    assert store.closed_documents("mali") == {}


def test_publishing_one_theme_leaves_another_where_it_was(library: Library) -> None:
    fill(library, 3, "mali", "peace")
    library.publish()
    _rename(library, "mali", "sahel")
    library.publish("peace")
    assert "themes/mali/atom.xml" in library.files()

    library.publish()
    assert "themes/mali/atom.xml" not in library.files()
