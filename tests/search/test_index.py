"""The index is kept up in batches, thrown away and made again; it is never what articles are."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from syndicator.errors import IndexDamagedError, RuleError, SlowQueryError, UsageError
from syndicator.model import Category, SourceSettings, Theme
from syndicator.stores.search import finding, shape
from syndicator.stores.store import SqlStore
from tests.search.house import found, take_up
from tests.store.conftest import NOON, Refresh, after, change, open_at


def test_what_is_new_and_revised_is_found_once_taken_up(store: SqlStore, refresh: Refresh) -> None:
    refresh(change("one", "wells in Gao"), change("two", "harvest in Segou"))
    assert found(store, "gao") == []

    assert take_up(store) == 2
    assert found(store, "gao") == ["one"]

    refresh(change("one", "wells in Kidal"), at=after(5))
    assert store.unindexed() == 1
    take_up(store)
    assert found(store, "gao") == []
    assert found(store, "kidal") == ["one"]
    assert found(store, "in") == ["one", "two"]
    assert store.index_faults() == []


def test_an_article_that_says_the_same_again_is_not_taken_up_again(
    store: SqlStore, refresh: Refresh
) -> None:
    refresh(change("one", "wells"))
    take_up(store)

    refresh(change("one", "wells"), at=after(5))

    assert store.unindexed() == 0


def test_the_newest_come_first_also_when_a_revision_moves_the_date(
    store: SqlStore, refresh: Refresh
) -> None:
    dates = {f"a{n}": NOON - timedelta(days=n) for n in range(5)}
    refresh(*(change(key, "wells", published_at=at) for key, at in dates.items()))
    take_up(store)
    assert found(store, "wells") == ["a0", "a1", "a2", "a3", "a4"]

    refresh(change("a1", "wells", published_at=NOON - timedelta(days=9)), at=after(1))
    refresh(change("a1", "new wells", published_at=NOON - timedelta(days=9)), at=after(5))
    take_up(store)
    assert found(store, "wells") == ["a0", "a2", "a3", "a4", "a1"]
    assert found(store, "wells", limit=2, offset=1) == ["a2", "a3"]


def test_more_articles_of_one_second_than_it_has_places_are_all_found(
    store: SqlStore, refresh: Refresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shape, "_PLACES", 4)
    day = NOON - timedelta(days=3)
    some = [change(f"n{n}", "wells", published_at=day) for n in range(30)]
    refresh(*some, change("newer", "wells", published_at=NOON), change("old", "wells"))
    take_up(store)

    hits = found(store, "wells")

    assert len(set(hits)) == len(hits) == 32
    assert found(store, "wells", since=day, until=day + timedelta(seconds=1)) == sorted(
        (one.key for one in some), key=hits.index
    )


def test_since_until_source_and_theme_narrow(store: SqlStore, refresh: Refresh) -> None:
    store.add_theme(Theme(slug="mali", title="Mali", match="mali"), now=NOON)
    day = timedelta(days=1)
    refresh(
        change("one", "wells", published_at=NOON - 2 * day, themes=("mali",)),
        change("two", "wells", published_at=NOON - day),
    )
    refresh(change("three", "wells", published_at=NOON), source="other")
    take_up(store)

    assert found(store, "wells", since=NOON - day) == ["three", "two"]
    assert found(store, "wells", until=NOON - day) == ["one"]
    assert found(store, "wells", source="other") == ["three"]
    assert found(store, "wells", theme="mali") == ["one"]
    assert found(store, 'url:"org/two" OR lang:en') == ["two"]


def test_the_public_finds_each_story_once_and_nothing_that_is_gone(
    store: SqlStore, refresh: Refresh
) -> None:
    first = change("one", "wells of Gao")
    refresh(first, change("two", "wells of Kidal"))
    refresh(change("copy", "wells of Gao", story=first.id), source="other", at=after(1))
    refresh(gone=("two",), at=after(5))
    take_up(store)

    assert found(store, "wells", public=True) == ["one"]
    assert set(found(store, "wells")) == {"one", "two", "copy"}


def test_rank_puts_a_title_before_a_mention(store: SqlStore, refresh: Refresh) -> None:
    refresh(
        change("mention", "a long text that says wells once, after many other words " * 5),
        change("title", "short", title="Wells", published_at=NOON - timedelta(days=30)),
    )
    take_up(store)

    assert found(store, "wells") == ["mention", "title"]
    assert found(store, "wells", rank=True) == ["title", "mention"]
    assert found(store, 'url:"example"', rank=True) == ["mention", "title"]


def test_a_phrase_ends_with_its_value(store: SqlStore, refresh: Refresh) -> None:
    categories = (Category(term="Mali"), Category(term="Peace talks"))
    refresh(change("one", "text", categories=categories))
    take_up(store)

    assert found(store, '"mali peace"') == []
    assert found(store, '"mali peace"~9') == []
    assert found(store, 'category:"mali talks"~9 OR "peace talks"') == ["one"]
    assert found(store, 'text AND NOT "mali talks"~9') == ["one"]


@pytest.mark.parametrize("most", [0, 2, 200], ids=["none named", "few named", "all named"])
def test_the_beginning_of_a_word_finds_the_same_named_or_not(
    store: SqlStore, refresh: Refresh, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(finding, "MOST_NAMED", most)
    words = ("peace", "peaceful", "peacebuilding", "pea", "war", "pea􏿽", "paix")
    refresh(*(change(word, f"{word} agreements of Gao", title=word) for word in words))
    take_up(store)

    assert {*found(store, "peace*")} == {"peace", "peaceful", "peacebuilding"}
    assert {*found(store, "pea* NOT peacef*")} == {"peace", "peacebuilding", "pea", words[5]}
    assert {*found(store, "war-agree*")} == {"war"}
    assert {*found(store, "title:peaceb* OR wa*")} == {"peacebuilding", "war"}
    assert found(store, "peacex* OR category:pe*") == []
    assert {*found(store, "peace*", rank=True)} == {"peace", "peaceful", "peacebuilding"}


# ------------------------------------------------------------------ kept up, made anew


def test_an_index_that_is_lost_is_made_again_of_what_is_kept(
    store: SqlStore, refresh: Refresh
) -> None:
    refresh(*(change(f"a{n}", "wells") for n in range(250)))
    take_up(store)
    store.index_file.remove()
    assert found(store, "wells") == []

    assert take_up(store) == 250

    assert len(found(store, "wells")) == 250
    assert store.index_faults() == []


def test_other_words_make_another_index(
    store: SqlStore, refresh: Refresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    refresh(change("one", "wells"))
    take_up(store)
    monkeypatch.setattr(shape, "VERSION", shape.VERSION + 1)

    assert found(store, "wells") == []  # rather than what other words would find
    assert take_up(store) == 1
    assert found(store, "wells") == ["one"]


@pytest.mark.parametrize("damage", ["not a database" * 1000, ""], ids=["text", "empty"])
def test_a_damaged_index_is_named_and_can_be_made_anew(
    store: SqlStore, refresh: Refresh, damage: str
) -> None:
    refresh(change("one", "wells"))
    take_up(store)
    for ending in ("-wal", "-shm"):
        Path(f"{store.index_file.path}{ending}").unlink(missing_ok=True)
    store.index_file.path.write_text(damage)
    refresh(change("two", "wells"), at=after(5))

    try:
        take_up(store)
    except IndexDamagedError:
        assert store.index_faults()
        store.index_anew()
        take_up(store)

    assert found(store, "wells") == ["two", "one"]


def test_index_faults_names_what_is_missing_and_what_is_left_over(
    store: SqlStore, refresh: Refresh
) -> None:
    refresh(*(change(f"a{n}", "wells") for n in range(3)))
    take_up(store)
    with store.index_file.write() as db:
        db.execute(text("DELETE FROM placed WHERE article = 1"))
        db.execute(text("DELETE FROM found WHERE rowid = (SELECT min(place) FROM placed)"))

    assert store.index_faults() == [
        "1 articles are not in it",
        "1 articles in it have no words",
        "1 entries belong to no article",
    ]


INDEX = """
import sys
from pathlib import Path
from tests.store.conftest import open_at
store = open_at(Path(sys.argv[1]))
while store.index_some():
    print(flush=True)
"""


def test_killed_while_it_is_made_it_goes_on_where_it_was(tmp_path: Path) -> None:
    store = open_at(tmp_path)
    store.add_source("agency", SourceSettings(url="https://www.example.org/feed"), now=NOON)
    from tests.store.conftest import claimed, decided

    many = [change(f"a{n}", f"wells {n}") for n in range(1500)]
    store.save(decided(claimed(store, "agency"), *many))
    for _ in range(4):
        with subprocess.Popen(
            [sys.executable, "-c", INDEX, str(tmp_path)], stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()  # it has taken up the first of them
            process.send_signal(signal.SIGKILL)
    assert 0 < store.unindexed() < 1500

    take_up(store)

    assert len(found(store, "wells", limit=2000)) == 1500
    assert store.index_faults() == []
    store.close()


def test_two_processes_may_take_up_at_once(
    tmp_path: Path, store: SqlStore, refresh: Refresh
) -> None:
    refresh(*(change(f"a{n}", "wells") for n in range(900)))
    some = [subprocess.Popen([sys.executable, "-c", INDEX, str(tmp_path)]) for _ in range(2)]
    assert [process.wait(60) for process in some] == [0, 0]
    assert store.unindexed() == 0
    assert store.index_faults() == []


# ------------------------------------------------------------------ what is asked

SIGNS = r"""
"
""
"wells
'
*
wells*
NEAR(
NEAR(a b, 3)
^wells
-wells
+wells
title:
{title}: wells
(wells
wells)
[a TO b]
/wells/
wells^2
found:wells
rowid:1
rank:bm25
\
wells\
"wells"~
wells~2
:v0
wells OR
a AND
wells NOT
wells; DROP TABLE articles
' OR 1=1 --
source:x'y
"""
FTS = [*SIGNS.strip().splitlines(), "\x00", "wells\x00gao"]


@pytest.mark.parametrize("query", FTS)
def test_r45_signs_of_fts_and_sql_do_nothing_but_ask(
    store: SqlStore, refresh: Refresh, query: str
) -> None:
    refresh(change("one", "wells"))
    take_up(store)
    with suppress(RuleError):
        assert found(store, query) in ([], ["one"])
    assert found(store, "wells") == ["one"]


@pytest.mark.parametrize("name", ["source", "theme"])
def test_r45_names_are_values_and_no_sql(store: SqlStore, refresh: Refresh, name: str) -> None:
    refresh(change("one", "wells"))
    take_up(store)
    assert found(store, "wells", **{name: "agency' OR '1'='1"}) == []


def test_r45_a_query_of_more_than_500_characters_is_refused(store: SqlStore) -> None:
    with pytest.raises(UsageError, match="500"):
        found(store, "wells " * 100)


def test_r45_a_query_of_many_prefixes_is_refused(store: SqlStore) -> None:
    many = [f"{a}{b}*" for a in "abc" for b in "abc"]
    assert found(store, " OR ".join(many[:8])) == []
    with pytest.raises(UsageError, match="8 words"):
        found(store, f"wells NOT ({' OR '.join(many)})")


def test_r45_a_query_that_takes_too_long_is_ended(store: SqlStore, refresh: Refresh) -> None:
    refresh(*(change(f"a{n}", "wells " * 50) for n in range(600)))
    take_up(store)
    with pytest.raises(SlowQueryError):
        found(store, 'url:"no such address" OR url:"nor this"', patience_s=0.0)


def test_r50_what_only_private_themes_hold_is_found_by_the_operator_alone(
    store: SqlStore, refresh: Refresh
) -> None:
    store.add_theme(Theme(slug="desk", title="Desk", match="wells", private=True), now=NOON)
    refresh(change("secret", "wells", themes=("desk",)), change("open", "other wells"))
    take_up(store)

    assert found(store, "wells", public=True) == ["open"]
    assert set(found(store, "wells")) == {"open", "secret"}
    assert found(store, "wells", theme="desk") == ["secret"]


@pytest.mark.parametrize("batches", [1, 2, 7])
def test_a_purge_leaves_no_word_of_what_was_taken_out(
    store: SqlStore, refresh: Refresh, batches: int
) -> None:
    refresh(change("one", "zebrasecret wells"), change("other", "wells of Gao"))
    take_up(store)
    for n in range(batches - 1):
        refresh(change(f"more{n}", f"river{n} wells"), at=after(5 + n))
        take_up(store)
    number = store.find("zebrasecret", limit=1, patience_s=9)[0]
    store.withdraw(number, reason="An error.", by="desk", now=after(60))
    take_up(store)

    store.purge_index()

    files = store.index_file.path.parent.glob("*.search.db*")
    assert not any(b"brasecret" in path.read_bytes() for path in files)
    assert len(found(store, "wells")) == batches
    assert store.index_faults() == []
