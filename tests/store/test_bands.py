"""Articles that may tell nearly the same: found by bands, near their date, in their language."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from syndicator.model import Telling
from syndicator.stores.schema import bands, facts
from syndicator.stores.store import SqlStore
from syndicator.text.bands import bands as bands_of
from syndicator.text.plain import plain_words
from tests.store.conftest import NOON, Refresh, after, change

TEXT = " ".join(f"word{n}" for n in range(120))
OTHER = " ".join(f"other{n}" for n in range(120))


def of(text: str, language: str = "en") -> tuple[int, ...]:
    return bands_of(plain_words(text), language)


def keep(
    refresh: Refresh,
    key: str,
    text: str = TEXT,
    *,
    source: str = "agency",
    at: datetime = NOON,
    **what: Any,
) -> str:
    """Keep an article with its bands; its id."""
    mine = replace(change(key, text, language="en", **what), bands=of(text))
    refresh(mine, source=source, at=at)
    return mine.id


def likely(
    store: SqlStore,
    text: str = TEXT,
    *,
    at: datetime = NOON,
    source: str = "b",
    language: str = "en",
) -> list[str]:
    asked = Telling(bands=of(text, language), published_at=at)
    return [one.story for one in store.stories_likely([asked], not_source=source).get(asked, ())]


def noted(store: SqlStore) -> set[tuple[int, ...]]:
    with store.database.read() as db:
        return {tuple(row) for row in db.execute(select(bands))}


def test_what_shares_bands_is_likely_within_two_weeks_in_its_language(
    store: SqlStore, refresh: Refresh
) -> None:
    mine = keep(refresh, "one", published_at=NOON)
    keep(refresh, "two", OTHER, published_at=NOON, at=after(5))
    cut = " ".join(TEXT.split()[:110])

    assert likely(store) == likely(store, cut) == [mine]
    assert likely(store, at=NOON + timedelta(days=14)) == [mine]
    assert likely(store, at=NOON - timedelta(days=15)) == []
    assert likely(store, language="fr") == []
    assert likely(store, "too short to be known again") == []


def test_no_article_and_no_story_of_the_same_source_is_likely(
    store: SqlStore, refresh: Refresh
) -> None:
    mine = keep(refresh, "one")
    keep(refresh, "b1", OTHER, first_url="https://b.example.net/feed", story=mine, source="b")

    assert likely(store, source="agency") == []
    assert likely(store, source="b") == []
    assert likely(store, source="c") == [mine]


def test_the_nearest_of_many_are_told_first_and_few(store: SqlStore, refresh: Refresh) -> None:
    for n in range(8):
        keep(refresh, f"part{n}", f"{TEXT} {OTHER[: 20 * n]}", at=after(n))
    whole = keep(refresh, "whole", at=after(10))

    found = likely(store)
    assert found == likely(store)
    assert len(found) == 5
    assert {change("part0").id, whole} == {*found[:2]}


def test_what_very_many_have_in_common_hides_no_other_copy(
    store: SqlStore, refresh: Refresh
) -> None:
    """One that is made after a template, as 60 others, and one that is a copy come together."""
    for n in range(60):
        keep(refresh, f"weather{n}", f"{TEXT} {n}", at=after(n))
    mine = keep(refresh, "copied", OTHER, at=after(100))
    report, copy = (Telling(bands=of(said), published_at=NOON) for said in (TEXT, OTHER))

    found = store.stories_likely([report, copy], not_source="b")
    assert len(found[report]) == 5
    assert [one.story for one in found[copy]] == [mine]


def test_bands_are_those_of_the_newest_revision(store: SqlStore, refresh: Refresh) -> None:
    mine = keep(refresh, "one")
    keep(refresh, "one", OTHER, at=after(5), is_new=False)

    assert (likely(store), likely(store, OTHER)) == ([], [mine])
    assert {row[0] for row in noted(store)} == {*of(OTHER)}


def test_what_is_taken_back_for_good_is_found_no_more(store: SqlStore, refresh: Refresh) -> None:
    keep(refresh, "one")
    (article,) = store.articles()
    store.withdraw(article.number, reason="a mistake", by="me", now=after(5))
    store.redact(article.number, now=after(6))

    assert noted(store) == set()


def test_a_store_without_bands_is_made_up_for_once(store: SqlStore, refresh: Refresh) -> None:
    for n in range(3):
        keep(refresh, f"a{n}", f"{TEXT} {n}", at=after(n), published_at=NOON)
    before = noted(store)
    with store.database.write() as db:
        db.execute(delete(bands))
        db.execute(delete(facts).where(facts.c.name == "bands"))

    assert (store.band_some(), store.band_some(), store.band_some()) == (3, 0, 0)
    assert noted(store) == before != set()
    with store.database.write() as db:
        db.execute(delete(bands))
    assert store.band_some() == 0  # all has been made up for: nothing is read again
