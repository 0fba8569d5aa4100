"""Sources: adding, changing, pausing, removing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from syndicator.errors import UsageError
from syndicator.model import Kind, Outcome, State
from syndicator.stores.store import SqlStore
from tests.conftest import FakeClock
from tests.store.conftest import (
    FEED,
    MALI,
    NOON,
    Refresh,
    after,
    change,
    claimed,
    decided,
    declared,
    settings,
    shown,
)


def test_a_new_source_is_due_at_once(store: SqlStore) -> None:
    source = store.add_source("agency", settings(), now=NOON)
    assert source == store.source("agency")
    assert (source.url, source.first_url, source.kind) == (FEED, FEED, Kind.AUTO)
    assert (source.next_check_at, source.poll_seq, source.state) == (NOON, 0, State.OK)
    assert source.title == "www.example.org"


def test_settings_come_back_as_they_were_given(store: SqlStore) -> None:
    said = settings(headers={"x-key": "1"}, every_s=900, allow_private=False, themes=("mali",))
    assert store.add_source("agency", said, now=NOON).settings == said


def test_an_unknown_source_is_named(store: SqlStore) -> None:
    with pytest.raises(UsageError, match="'nobody'"):
        store.source("nobody")


def test_an_id_or_a_first_address_is_given_out_once(store: SqlStore) -> None:
    store.add_source("agency", settings(), now=NOON)
    with pytest.raises(UsageError, match="this id"):
        store.add_source("agency", settings("https://other.example.org/"), now=NOON)
    with pytest.raises(UsageError, match="this first address"):
        store.add_source("other", settings(), now=NOON)


def test_a_source_is_found_by_where_it_is_and_was(store: SqlStore, refresh: Refresh) -> None:
    moved = "https://www.example.org/new"
    store.add_source("agency", settings(), now=NOON)
    claim = claimed(store, "agency")
    outcome = decided(claim)
    store.save(_with(outcome, url=moved))

    for url in (FEED, moved):
        found = store.source_with_url(url)
        assert found
        assert found.id == "agency"
    assert store.source_with_url("https://www.example.org/other") is None


def test_another_url_is_read_at_once_and_without_the_old_validators(
    store: SqlStore, refresh: Refresh, clock: FakeClock
) -> None:
    refresh()
    clock.move(60)
    changed = store.change_source("agency", settings("https://new.example.org/feed"))
    assert changed.url == "https://new.example.org/feed"
    assert changed.first_url == FEED
    assert changed.next_check_at == after(1)
    assert not changed.validators


def test_another_rhythm_moves_the_next_check_but_not_before_a_floor(
    store: SqlStore, refresh: Refresh
) -> None:
    refresh()
    assert store.change_source("agency", settings(every_s=1800)).next_check_at == after(30)
    outcome = decided(claimed(store, "agency", at=after(30)), at=after(30))
    store.save(_with(outcome, floor_until=after(75)))
    assert store.change_source("agency", settings(every_s=900)).next_check_at == after(75)


def test_a_declared_source_is_changed_in_the_file_only(store: SqlStore) -> None:
    store.reconcile({"agency": settings()}, {}, now=NOON)
    for act in (
        lambda: store.change_source("agency", settings(title="x")),
        lambda: store.remove_source("agency", now=NOON),
    ):
        with pytest.raises(UsageError, match="declared in the configuration file"):
            act()


def test_r25_a_removed_source_leaves_its_articles(store: SqlStore, refresh: Refresh) -> None:
    refresh(change("one"))
    store.remove_source("agency", now=after(1))
    assert store.sources() == []
    assert [each.id for each in store.sources(retired=True)] == ["agency"]
    assert shown(store) == ["Title of one"]


def test_a_source_added_again_goes_on_with_its_articles(store: SqlStore, refresh: Refresh) -> None:
    refresh(change("one"))
    store.remove_source("agency", now=after(1))
    back = store.add_source("another-name", settings(), now=after(2))
    assert (back.id, back.retired_at, back.next_check_at) == ("agency", None, after(2))
    assert set(store.seen("agency")) == {"one"}


def test_the_id_of_a_removed_source_is_not_given_to_another(
    store: SqlStore, refresh: Refresh
) -> None:
    refresh()
    store.remove_source("agency", now=after(1))
    with pytest.raises(UsageError, match="choose another id"):
        store.add_source("agency", settings("https://other.example.org/"), now=after(2))


def test_pausing_and_resuming(store: SqlStore, refresh: Refresh) -> None:
    refresh()
    store.pause_source("agency", at=after(1))
    assert store.source("agency").state is State.PAUSED
    store.pause_source("agency", at=None)
    assert store.source("agency").state is State.OK


def test_c09_a_gone_source_is_asked_again_when_a_person_resumes_it(
    store: SqlStore, clock: FakeClock
) -> None:
    store.add_source("agency", settings(), now=NOON)
    store.save(_with(decided(claimed(store, "agency")), gone_at=NOON, next_check_at=None))
    assert store.source("agency").state is State.GONE
    store.pause_source("agency", at=None)
    resumed = store.source("agency")
    assert (resumed.state, resumed.next_check_at) == (State.OK, clock.now())


def test_naming_a_theme_files_all_the_source_has(store: SqlStore, refresh: Refresh) -> None:
    store.reconcile({}, declared(MALI), now=NOON)
    refresh(change("one"), change("two"))
    assert shown(store, "mali") == []
    store.change_source("agency", settings(themes=("mali",)))
    assert len(shown(store, "mali")) == 2
    assert all(row.past for row in store.members("mali"))


def _with(outcome: Outcome, **source: Any) -> Outcome:
    return replace(outcome, source=replace(outcome.source, **source))
