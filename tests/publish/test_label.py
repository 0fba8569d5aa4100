"""Whose published folder it is, and in which form."""

from __future__ import annotations

import json
import shutil

import pytest

from syndicator import jobs
from syndicator.errors import PublishError
from tests.publish.conftest import Open
from tests.publish.house import CONFIG, Library, fill, page_of

LABEL = ".syndicator.json"


def test_a_new_store_never_empties_the_feeds_of_another(open_library: Open) -> None:
    old = open_library("old")
    fill(old, 3, "mali")
    old.publish()
    new = open_library("new")
    shutil.rmtree(new.feeds)
    shutil.copytree(old.feeds, new.feeds)
    before = new.files()

    for _ in range(2):
        with pytest.raises(PublishError, match="restore that store"):
            new.publish()
        with pytest.raises(PublishError, match="another store"):
            jobs.publish_stale(new.parts)
    assert new.files() == before

    for path in new.feeds.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    new.publish()
    assert page_of("a0") not in new.files()


def test_a_new_store_is_kept_out_of_a_folder_that_has_no_label_yet(open_library: Open) -> None:
    old = open_library("old")
    fill(old, 3, "mali")
    old.publish()
    new = open_library("new")
    shutil.copytree(old.feeds, new.feeds, dirs_exist_ok=True)
    (new.feeds / LABEL).unlink()
    before = new.files()

    with pytest.raises(PublishError, match="no longer here"):
        new.publish()
    assert new.files() == before


def test_the_store_that_published_before_there_were_labels_goes_on(library: Library) -> None:
    fill(library, 3, "mali")
    library.publish()
    (library.feeds / LABEL).unlink()
    (library.feeds / "themes/mali/rss.xml").unlink()  # nor was there this

    assert jobs.publish_stale(library.parts) is not None
    assert {LABEL, "themes/mali/rss.xml"} <= library.files().keys()


def test_a_copy_of_the_store_may_publish_where_the_store_did(
    open_library: Open, library: Library
) -> None:
    fill(library, 60, "mali")
    library.publish()
    kept = library.files()
    shutil.copytree(library.folder, library.folder.with_name("restored"))
    restored = open_library("restored")

    assert restored.touched(restored.publish) == set()
    shutil.rmtree(restored.feeds)
    assert restored.stale()
    restored.publish_stale()
    assert restored.files() == kept


def test_a_folder_that_was_emptied_is_filled_again(library: Library) -> None:
    fill(library, 60, "mali", "peace")
    library.publish()
    kept = library.files()
    shutil.rmtree(library.feeds)

    assert jobs.publish_stale(library.parts) is not None
    assert library.files() == kept
    assert jobs.publish_stale(library.parts) is None


def test_another_configuration_makes_everything_anew_once(open_library: Open) -> None:
    library = open_library()
    fill(library, 60, "mali")
    library.publish()
    archive = library.files()["themes/mali/archive/1.xml"]

    other = open_library(config=CONFIG + "max_age = '30m'\n")
    assert other.stale()
    touched = other.touched(other.publish_stale)
    assert {name for name in touched if name.startswith("themes/mali/")} == {"themes/mali/rss.xml"}
    assert b"<ttl>30</ttl>" in other.files()["themes/mali/rss.xml"]
    assert other.files()["themes/mali/archive/1.xml"] == archive
    assert not other.stale()


def test_a_damaged_label_is_an_error_that_says_so(library: Library) -> None:
    library.publish()
    (library.feeds / LABEL).write_text("{")

    with pytest.raises(PublishError, match="is damaged"):
        library.publish()
    (library.feeds / LABEL).unlink()
    library.publish()
    assert json.loads((library.feeds / LABEL).read_text())["store"]
