"""R24: every edit is kept, ten a day of one article and the last one; the rest is counted."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from syndicator.stores.held import COUNTED
from syndicator.stores.store import SqlStore
from tests.store.conftest import MALI, NOON, Refresh, change, open_at

EARLY = NOON.replace(hour=0)
MORNING = EARLY + timedelta(days=1)


def told(store: SqlStore) -> list[str]:
    """The texts of all revisions of the one article, oldest first."""
    (article,) = store.articles()
    return [content.text for _, _, content in store.revisions(article.number)]


def held(store: SqlStore) -> int:
    return store.source("agency").counts.get(COUNTED, 0)


@pytest.fixture
def edit(store: SqlStore, refresh: Refresh):
    """Save what the article says at a time."""
    store.add_theme(MALI, now=EARLY)
    known: list[str] = []

    def run(text: str, at: datetime) -> None:
        refresh(change("a", text, themes=("mali",), is_new=not known), at=at)
        known.append(text)

    return run


def test_r24_a_hundred_edits_in_a_day_are_ten_revisions_and_the_last(store: SqlStore, edit) -> None:
    for n in range(100):
        edit(f"text {n}", EARLY + timedelta(minutes=n))
    assert told(store) == [f"text {n}" for n in range(10)]
    assert held(store) == 90

    assert store.keep_held(EARLY + timedelta(hours=23)) == 0
    assert store.keep_held(MORNING) == 1
    assert told(store) == [*(f"text {n}" for n in range(10)), "text 99"]
    (row,) = store.members("mali")
    assert row.entry is not None
    assert row.entry.html == "<p>text 99</p>"
    assert store.keep_held(MORNING) == 0


def test_r24_the_next_days_edit_comes_after_the_last_of_this(store: SqlStore, edit) -> None:
    for n in range(12):
        edit(f"text {n}", EARLY + timedelta(minutes=n))
    edit("text of today", MORNING)

    assert told(store)[-3:] == ["text 9", "text 11", "text of today"]


def test_r24_flips_end_where_the_article_ends(store: SqlStore, edit) -> None:
    for n in range(30):
        edit("A" if n % 2 else "B", EARLY + timedelta(minutes=n))
    assert told(store) == ["B", "A"] * 5  # the tenth is what it said last as well

    store.keep_held(MORNING)
    assert told(store) == ["B", "A"] * 5


def test_r24_an_article_that_says_again_what_is_kept_leaves_no_note(
    store: SqlStore, refresh: Refresh, edit
) -> None:
    for n in range(11):
        edit(f"text {n}", EARLY + timedelta(minutes=n))
    refresh(at=EARLY + timedelta(hours=1), seen={"a": "seen a text 9 anew"})
    store.keep_held(MORNING)

    assert told(store)[-1] == "text 9"


def test_r24_an_item_that_stays_as_it_was_keeps_its_note(
    store: SqlStore, refresh: Refresh, edit
) -> None:
    for n in range(11):
        edit(f"text {n}", EARLY + timedelta(minutes=n))
    refresh(at=EARLY + timedelta(hours=1), seen={"a": "seen a text 10"})
    store.keep_held(MORNING)

    assert told(store)[-1] == "text 10"


def test_r24_other_articles_of_the_source_are_not_held_back(
    store: SqlStore, refresh: Refresh, edit
) -> None:
    for n in range(12):
        edit(f"text {n}", EARLY + timedelta(minutes=n))
    refresh(change("b", "one"), at=EARLY + timedelta(hours=1))
    refresh(change("b", "two", is_new=False), at=EARLY + timedelta(hours=2))

    (article,) = (one for one in store.articles() if one.key == "b")
    assert article.revision == 2


def test_r24_notes_outlive_a_restart(store: SqlStore, edit, tmp_path) -> None:
    for n in range(12):
        edit(f"text {n}", EARLY + timedelta(minutes=n))
    store.close()
    again = open_at(tmp_path)
    again.keep_held(MORNING)

    assert told(again)[-1] == "text 11"
    again.close()
