"""Stories joined and split by hand: the feeds follow, and later polls change nothing of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicator.errors import UsageError
from syndicator.stores.store import SqlStore
from tests.store.conftest import MALI, NOON, PEACE, Refresh, change

OTHER = "https://courier.example.net/feed"


@pytest.fixture(autouse=True)
def themes(store: SqlStore) -> None:
    for theme in (MALI, PEACE):
        store.add_theme(theme, now=NOON)


def shown(store: SqlStore, feed: str = "mali") -> set[str]:
    """Entry ids, short, that a feed shows."""
    return {row.entry_id.rpartition("/")[2] for row in store.members(feed)}


def numbers(store: SqlStore) -> dict[str, int]:
    return {one.key: one.number for one in store.articles()}


def two_sources(refresh: Refresh, *, same: bool, themes: tuple[str, ...] = ("mali",)) -> None:
    """Key a of one source, b of another: as copies of one story, or as two stories."""
    first = change("a", "the text", themes=themes)
    refresh(first)
    story = first.story if same else ""
    refresh(
        change("b", "the text", first_url=OTHER, story=story, themes=("mali",)), source="courier"
    )


def test_split_shows_both_and_join_shows_the_first(store: SqlStore, refresh: Refresh) -> None:
    two_sources(refresh, same=True)
    at = numbers(store)
    assert shown(store) == shown(store, "all") == {"a"}

    assert store.split(at["b"], now=NOON) == [store.copies(at["a"])[0].id]
    assert shown(store) == shown(store, "all") == {"a", "b"}
    assert [one.key for one in store.copies(at["a"])] == ["a"]

    story = store.join(at["b"], at["a"], now=NOON)
    assert story == store.copies(at["a"])[0].id
    assert shown(store) == shown(store, "all") == {"a"}
    assert [one.key for one in store.copies(at["b"])] == ["a", "b"]


def test_the_first_copy_can_leave_its_story(store: SqlStore, refresh: Refresh) -> None:
    two_sources(refresh, same=True)
    at = numbers(store)
    store.split(at["a"], now=NOON)

    assert shown(store) == {"a", "b"}
    assert [one.story == one.id for one in store.articles()] == [True, True]


def test_later_polls_undo_neither(store: SqlStore, refresh: Refresh) -> None:
    two_sources(refresh, same=True)
    at = numbers(store)
    first = store.copies(at["a"])[0].id
    store.split(at["b"], now=NOON)
    # An outcome that was decided before the split, and saved after it, tells of the old story.
    later = NOON + timedelta(hours=1)
    edit = change("b", "the text, edited", first_url=OTHER, story=first, themes=("mali",))
    refresh(edit, source="courier", at=later)
    assert shown(store) == {"a", "b"}
    assert [one.key for one in store.copies(at["b"])] == ["b"]

    store.join(at["b"], at["a"], now=later)
    later += timedelta(hours=1)
    refresh(
        change("b", "edited again", first_url=OTHER, themes=("mali",)), source="courier", at=later
    )
    assert shown(store) == {"a"}


def test_a_joined_copy_stays_where_the_first_is_not(store: SqlStore, refresh: Refresh) -> None:
    two_sources(refresh, same=False, themes=("peacebuilding",))
    at = numbers(store)
    store.join(at["a"], at["b"], now=NOON)

    assert (shown(store), shown(store, "peacebuilding"), shown(store, "all")) == (
        {"b"},
        {"a"},
        {"a"},
    )


def test_p6_the_entry_names_its_copies_only_while_they_are(
    store: SqlStore, refresh: Refresh
) -> None:
    two_sources(refresh, same=False)
    at = numbers(store)

    def via() -> tuple[str, ...]:
        (row,) = (row for row in store.members("mali") if row.entry_id.endswith("/a"))
        assert row.entry is not None
        return row.entry.via

    store.join(at["a"], at["b"], now=NOON)
    assert via() == ("https://www.example.org/b",)
    store.split(at["b"], now=NOON)
    assert via() == ()


def test_r22_two_stories_never_share_an_entry_id(store: SqlStore, refresh: Refresh) -> None:
    shared = "https://www.example.org/id/shared"
    first = change("a", "the text", themes=("mali",), entry_id=shared)
    refresh(first)
    copy = change(
        "b", "the text", first_url=OTHER, story=first.story, themes=("mali",), entry_id=shared
    )
    refresh(copy, source="courier")
    at = numbers(store)
    store.split(at["b"], now=NOON)

    assert len(shown(store)) == 2
    by_key = {one.key: one for one in store.articles()}
    assert by_key["a"].entry_id == shared
    assert by_key["b"].entry_id.startswith("urn:uuid:")
    assert by_key["b"].gone_at is None


def test_what_cannot_be_one_story_is_refused(store: SqlStore, refresh: Refresh) -> None:
    refresh(change("a", "one", language="fr"), change("c", "two", language="fr"))
    refresh(change("b", "one", first_url=OTHER, language="en"), source="courier")
    at = numbers(store)

    with pytest.raises(UsageError, match="one language: these are in en and fr"):
        store.join(at["b"], at["a"], now=NOON)
    with pytest.raises(UsageError, match="both of agency"):
        store.join(at["c"], at["a"], now=NOON)
    with pytest.raises(UsageError, match="only one"):
        store.split(at["a"], now=NOON)
    with pytest.raises(UsageError, match="already"):
        store.join(at["a"], at["a"], now=NOON)
