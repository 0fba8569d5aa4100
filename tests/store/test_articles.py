"""Finding and listing articles, and what a refresh asks of the past."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Pool, event

from syndicator.errors import UsageError
from syndicator.model import Telling
from syndicator.stores.store import SqlStore
from tests.store.conftest import (
    MALI,
    NOON,
    PEACE,
    Refresh,
    after,
    change,
    claimed,
    decided,
    declared,
)


def test_an_article_is_found_by_id_prefix_and_entry_id(store: SqlStore, refresh: Refresh) -> None:
    said = change("one")
    refresh(said)
    for ref in (said.id, said.id[:6], said.id.upper(), said.id[:31], said.entry_id):
        assert store.article(ref).id == said.id


@pytest.mark.parametrize("ref", ["", "urn:x:none", "ffffffffffff", "no hex", "%", "x' OR 1=1"])
def test_an_article_that_is_not_there_is_said_so(store: SqlStore, ref: str) -> None:
    with pytest.raises(UsageError, match="no article"):
        store.article(ref)


def test_a_prefix_of_less_than_six_is_refused(store: SqlStore, refresh: Refresh) -> None:
    refresh(change("one"))
    with pytest.raises(UsageError, match="too short"):
        store.article(change("one").id[:5])


def test_an_ambiguous_prefix_names_the_candidates(store: SqlStore, refresh: Refresh) -> None:
    from dataclasses import replace

    alike = [replace(change(str(n)), id=f"abcdef{n:026x}") for n in range(3)]
    refresh(*alike)
    with pytest.raises(UsageError, match=r"abcdef0+1 \(Title of 1\)"):
        store.article("abcdef")
    assert store.article(alike[1].id).key == "1"


def test_listings_are_newest_first_and_filtered(store: SqlStore, refresh: Refresh) -> None:
    store.reconcile({}, declared(MALI), now=NOON)
    refresh(
        change("old", published_at=after(-30), themes=("mali",)),
        change("new", published_at=after(-10)),
        change("undated", themes=("mali",)),
    )
    refresh(change("b", first_url="https://b.example.net/feed"), source="b", at=after(5))

    def keys(**how: object) -> list[str]:
        return [each.key for each in store.articles(**how)]  # type: ignore[arg-type]

    assert keys() == ["b", "undated", "new", "old"]
    assert keys(theme="mali") == ["undated", "old"]
    assert keys(source="agency") == ["undated", "new", "old"]
    assert keys(source="agency", theme="mali", limit=1) == ["undated"]
    assert keys(since=after(-10), until=after(5)) == ["undated", "new"]
    assert keys(theme="mali", since=after(-10)) == ["undated"]
    assert keys(theme="unknown") == keys(source="unknown") == []
    assert keys(limit=0) == []


@pytest.mark.parametrize("theme", [None, "mali"])
def test_long_listings_miss_and_repeat_nothing(
    store: SqlStore, refresh: Refresh, theme: str | None
) -> None:
    store.reconcile({}, declared(MALI), now=NOON)
    some = [change(f"{n}", published_at=after(-(n // 7)), themes=("mali",)) for n in range(450)]
    refresh(*some)
    listed = list(store.articles(theme=theme))
    assert [each.id for each in listed] == [
        each.id
        for each in sorted(some, key=lambda c: (-c.content.published_at.timestamp(), c.id))  # type: ignore[union-attr]
    ]
    assert len(list(store.articles(theme=theme, limit=333))) == 333


def test_an_article_tells_its_themes_and_why(store: SqlStore, refresh: Refresh) -> None:
    store.reconcile({}, declared(MALI, PEACE), now=NOON)
    refresh(change("one", themes=("peacebuilding", "mali", "unknown")))
    kept = store.article(change("one").id)
    assert kept.themes == ("mali", "peacebuilding")
    assert {slug: why.how for slug, why in store.article_reasons(kept.number).items()} == {
        "mali": "rule",
        "peacebuilding": "rule",
    }


def test_a_refresh_finds_what_it_knows_by_key(store: SqlStore, refresh: Refresh) -> None:
    refresh(change("one"), change("two"))
    found = store.articles_by_key("agency", ["two", "three"])
    assert {key: each.content.title for key, each in found.items()} == {"two": "Title of two"}
    assert store.articles_by_key("other", ["two"]) == {}


def test_r22_the_holder_of_an_entry_id_is_who_used_it_first(
    store: SqlStore, refresh: Refresh
) -> None:
    refresh(change("one", entry_id="urn:x:1"))
    theirs = change("one", entry_id="urn:x:1", first_url="https://b.example.net/feed")
    refresh(theirs, source="b", at=after(5))
    held = store.entry_id_stories(["urn:x:1", "urn:x:2"])
    assert held == {"urn:x:1": change("one").id}


def test_a_story_is_found_by_its_text_in_another_source(store: SqlStore, refresh: Refresh) -> None:
    refresh(change("one", story_hash="h", language="fr-BE"))

    def told(fingerprint: str = "h", language: str = "fr", not_source: str = "b") -> str | None:
        telling = Telling(story_hash=fingerprint, language=language)
        return store.stories_told([telling], not_source=not_source).get(telling)

    assert told() == change("one").id
    assert told(language="nl") is None
    assert told(not_source="agency") is None
    assert told(fingerprint="") is None


def test_a_canonical_url_tells_a_story_only_where_it_names_one(
    store: SqlStore, refresh: Refresh
) -> None:
    refresh(
        change("one", canonical_url="https://www.example.org/one"),
        change("two", canonical_url="https://www.example.org/"),
        change("three", canonical_url="https://www.example.org/"),
    )

    def told(url: str, title: str, source: str = "b") -> str | None:
        telling = Telling(canonical_url=url, title=title)
        return store.stories_told([telling], not_source=source).get(telling)

    assert told("https://www.example.org/one", "TITLE of “one”") == change("one").id
    assert told("https://www.example.org/one", "Another title") is None
    assert told("https://www.example.org/", "Title of two") is None


def test_a_third_copy_joins_the_two_and_one_source_never_twice(
    store: SqlStore, refresh: Refresh
) -> None:
    url = "https://www.example.org/one"
    first = change("one", canonical_url=url, story_hash="h")
    refresh(first)
    copy = change("x", canonical_url=url, title="Title of one", story=first.id, story_hash="h")
    refresh(copy, source="b", at=after(5))
    asked = [Telling(canonical_url=url, title="Title of one"), Telling(story_hash="h")]

    assert store.stories_told(asked, not_source="c") == dict.fromkeys(asked, first.id)
    assert store.stories_told(asked, not_source="b") == {}


def test_an_address_that_names_very_many_articles_hides_no_other(
    store: SqlStore, refresh: Refresh
) -> None:
    home, page = "https://www.example.org/", "https://www.example.org/page"
    title = "Title of page"
    refresh(*(change(str(n), canonical_url=home, story_hash="h") for n in range(60)))
    refresh(change("page", canonical_url=page), at=after(5))
    urls = [Telling(canonical_url=url, title=title) for url in (home, page)]
    asked = [*urls, Telling(story_hash="h")]

    told = store.stories_told(asked, not_source="b")

    assert told == {asked[1]: change("page").id, asked[2]: change("0").id}


def test_what_a_refresh_asks_never_walks_all_articles(store: SqlStore, refresh: Refresh) -> None:
    refresh(change("one", canonical_url="https://www.example.org/one", story_hash="h"))
    asked: list[str] = []  # with their values

    def listen(connection: Any, *_: object) -> None:
        connection.set_trace_callback(asked.append)

    event.listen(Pool, "connect", listen)
    store = store.store_at(Path(store.database.engine.url.database or ""))  # connects anew
    store.seen("agency")
    store.items("agency")
    store.articles_by_key("agency", ["one", "two"])
    store.retold("agency", ["a", "b"])
    store.entry_id_stories(["urn:x:1", "urn:x:2"])
    url = "https://www.example.org/one"
    telling = Telling(story_hash="h", canonical_url=url, bands=(1, 2), published_at=NOON)
    store.stories_told([telling], not_source="b")
    store.stories_likely([telling], not_source="b")
    assert store.save(decided(claimed(store, "agency", at=after(5)), change("two"), at=after(5)))
    event.remove(Pool, "connect", listen)

    selects = [words for words in asked if words.lstrip().startswith("SELECT")]
    with store.database.read() as db:
        plans = [
            str(row)
            for words in selects
            for row in db.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}")
        ]
    assert len(selects) > 20
    assert [plan for plan in plans if "SCAN articles" in plan] == []
    walked = "SEARCH members USING PRIMARY KEY (feed=?)"  # all that a feed ever held
    assert [plan for plan in plans if walked in plan] == []
