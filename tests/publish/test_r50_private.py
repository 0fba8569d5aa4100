"""Private themes: read at an address nobody guesses, and named nowhere else (R50)."""

from __future__ import annotations

import logging
import re
from dataclasses import replace

import pytest

from syndicator.errors import PublishError, UsageError
from syndicator.model import Theme
from syndicator.publishers.check import problems
from syndicator.publishers.documents import STAND_IN
from tests.publish.house import MALI, Library, dated, fill, page_of
from tests.store.conftest import change, declared, shown

SECRET = Theme(slug="secret", title="Secret matters", match="title:secret", private=True)


@pytest.fixture
def store_theme(library: Library) -> str:
    """The token of a private theme that is there beside the public ones."""
    library.parts.store.add_theme(SECRET, now=library.clock.now())
    return _token(library)


def _token(library: Library, slug: str = "secret", *, renew: bool = False) -> str:
    return library.parts.store.theme_token(slug, renew=renew, now=library.clock.now())


def _open_files(library: Library) -> dict[str, bytes]:
    """What a stranger can come upon."""
    return {n: body for n, body in library.files().items() if not n.startswith("private/")}


def _switch(library: Library, theme: Theme) -> None:
    library.clock.move(60)
    store = library.parts.store
    others = {each.slug: each for each in store.themes() if each.slug != theme.slug}
    theme = replace(theme, declared=True)
    kept = {slug: each for slug, each in others.items() if each.declared}
    store.reconcile({}, kept | declared(theme), now=library.clock.now())
    library.publish()


def test_r50_a_private_theme_is_whole_under_its_token_alone(
    library: Library, store_theme: str
) -> None:
    fill(library, 120, "secret")
    library.publish()

    made = library.files()
    assert re.fullmatch(r"[a-z2-7]{32}", store_theme)
    folder = f"private/{store_theme}"
    assert {f"{folder}/{n}" for n in ("atom.xml", "index.html", "archive/1.xml")} <= made.keys()
    for name, body in made.items():
        if name.startswith(f"{folder}/") and name.endswith(".xml"):
            assert problems(body) == []
            assert STAND_IN.encode() not in body
    archive = made[f"{folder}/archive/1.xml"].decode()
    assert f'rel="current" href="http://127.0.0.1:8080/{folder}/atom.xml"' in archive or (
        f'href="http://127.0.0.1:8080/{folder}/atom.xml"' in archive
    )
    for name, body in _open_files(library).items():
        assert store_theme.encode() not in body, name
        assert b"ecret" not in body, name
    assert library.from_scratch() == made


def test_r50_an_article_of_private_themes_alone_is_shown_nowhere_else(
    library: Library, store_theme: str
) -> None:
    library.read(dated(1, "secret"), dated(2, "secret", "mali"), dated(3))
    library.read(dated(1, "secret", text="reworded"))
    library.publish()

    assert page_of("a1") not in library.files()
    assert {page_of("a2"), page_of("a3")} <= library.files().keys()
    assert shown(library.parts.store) == ["Title of a3", "Title of a2"]
    folder = f"private/{store_theme}"
    for name in ("atom.xml", "rss.xml", "feed.json", "changes.atom", "index.html"):
        body = library.files()[f"{folder}/{name}"]
        assert b"Title of a1" in body
        assert change("a1").id.encode() not in body  # a page that is not there
    for name, body in _open_files(library).items():
        assert b"Title of a1" not in body, name

    library.read(dated(1, "secret", "mali", text="now of public matters too"))
    library.publish()
    assert page_of("a1") in library.files()
    assert "Secret" not in library.page("a1")
    assert library.from_scratch().keys() == library.files().keys()


def test_r50_what_is_public_stays_public_when_a_private_theme_claims_it(
    library: Library, store_theme: str
) -> None:
    library.read(dated(1), dated(2))
    library.publish()
    store = library.parts.store
    number = store.article(change("a1").id).number
    store.pin("secret", number, include=True, note="", now=library.clock.now())
    library.publish()
    library.read(dated(1, text="a revision"))
    library.publish()

    assert sorted(shown(store)) == ["Title of a1", "Title of a2"]
    assert page_of("a1") in library.files()


def test_r50_pinned_out_of_a_private_theme_an_article_does_not_become_public(
    library: Library, store_theme: str
) -> None:
    library.read(dated(1, "secret"))
    store, now = library.parts.store, library.clock.now
    number = store.article(change("a1").id).number
    store.pin("secret", number, include=False, note="", now=now())
    library.read(dated(1, "secret", text="a revision"))
    library.publish()
    assert shown(store) == []
    assert page_of("a1") not in library.files()

    store.pin("mali", number, include=True, note="", now=now())
    library.publish()
    assert shown(store) == ["Title of a1"]
    assert page_of("a1") in library.files()


def test_r50_a_private_theme_that_is_removed_leaves_nothing_and_publishes_nothing(
    library: Library, store_theme: str
) -> None:
    fill(library, 60, "secret")
    library.publish()
    library.parts.store.remove_theme("secret", now=library.clock.now())
    library.publish()
    library.read(dated(0, text="a revision"))
    library.publish()

    assert not [name for name in library.files() if name.startswith("private/")]
    assert shown(library.parts.store) == []
    assert page_of("a0") not in library.files()
    assert library.parts.store.signposts() == []

    library.parts.store.add_theme(SECRET, now=library.clock.now())
    library.publish()
    assert f"private/{store_theme}/atom.xml" in library.files()


# ------------------------------------------------------------------ tokens


def test_r50_a_new_token_takes_the_old_address_back(library: Library, store_theme: str) -> None:
    fill(library, 120, "secret")
    library.publish()
    before = library.files()

    fresh = _token(library, renew=True)
    assert fresh != store_theme
    library.publish_stale()
    assert not library.stale()

    made = library.files()
    assert not [name for name in made if store_theme in name]
    old, new = store_theme.encode(), fresh.encode()
    for name, body in before.items():
        assert made[name.replace(store_theme, fresh)] == body.replace(old, new), name
    assert _token(library) == fresh
    assert library.parts.store.signposts() == []
    kept = [p.read_bytes() for p in (library.folder / "store/archive").rglob("*.xml")]
    assert kept
    assert not [body for body in kept if old in body or new in body]
    assert library.from_scratch() == made


def test_r50_a_public_theme_has_no_token(library: Library) -> None:
    with pytest.raises(UsageError, match="public"):
        _token(library, "mali")
    with pytest.raises(UsageError, match="no theme"):
        _token(library, "nothing")


def test_r50_the_stand_in_is_filled_in_addresses_of_ours_alone(
    library: Library, store_theme: str
) -> None:
    evil = f'<a href="https://evil.example/{STAND_IN}/">{STAND_IN}</a>'
    library.read(*(dated(n, "secret", html=evil) for n in range(51)))
    library.publish()

    archive = library.files()[f"private/{store_theme}/archive/1.xml"].decode()
    assert f"https://evil.example/{STAND_IN}/" in archive
    assert f"evil.example/private/{store_theme}" not in archive


def test_r50_what_goes_wrong_names_no_token(
    library: Library, store_theme: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    fill(library, 3, "secret")
    (library.feeds / "private").mkdir()
    (library.feeds / "private" / store_theme).write_text("in the way")

    with pytest.raises(PublishError, match=re.escape("private/***")) as error:
        library.publish()

    assert store_theme not in str(error.value) + caplog.text
    assert store_theme not in repr(library.parts.store.feeds())


# ------------------------------------------------------------------ there and back


def test_r50_a_public_theme_made_private_leaves_no_file_behind_and_comes_back(
    library: Library,
) -> None:
    fill(library, 60, "mali")
    library.read(dated(501, "mali", "peace"))
    library.publish()
    before = library.files()

    _switch(library, replace(MALI, private=True))
    token = _token(library, "mali")
    made = library.files()
    assert f"private/{token}/archive/1.xml" in made
    assert not [name for name in made if name.startswith("themes/mali")]
    assert page_of("a0") not in made
    assert page_of("a501") in made
    assert shown(library.parts.store) == ["Title of a501"]
    assert library.parts.store.signposts() == []
    pages = {n: body for n, body in _open_files(library).items() if n.endswith(".html")}
    assert not [name for name, body in pages.items() if b"Mali" in body or b"themes/mali" in body]
    assert library.from_scratch() == made

    _switch(library, MALI)
    made = library.files()
    assert not [name for name in made if name.startswith("private/")]
    assert made["themes/mali/archive/1.xml"] == before["themes/mali/archive/1.xml"]
    assert {name for name in before if "/archive/" not in name} <= made.keys()
    assert sorted(shown(library.parts.store, "mali")) == sorted(
        f"Title of a{n}" for n in (*range(0, 120, 2), 501)
    )
    assert len(shown(library.parts.store)) == 61
    assert library.from_scratch() == made


def test_r50_a_private_theme_may_be_renamed_and_speak_languages(library: Library) -> None:
    store, now = library.parts.store, library.clock.now
    theme = replace(SECRET, titles={"fr": "Affaires"}, declared=True)
    store.reconcile({}, declared(theme), now=now())
    library.read(dated(1, "secret", language="fr"), dated(2, "secret", language="en"))
    library.publish()
    token = _token(library)
    assert b"Title of a1" in library.files()[f"private/{token}/fr/atom.xml"]

    renamed = replace(theme, slug="matters", renamed_from=("secret",))
    store.reconcile({}, declared(renamed), now=now())
    library.publish()
    assert _token(library, "matters") == token
    assert store.signposts() == []
    assert f"private/{token}/fr/atom.xml" in library.files()
