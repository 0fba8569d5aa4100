"""Claims and leases: who may talk to which host, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from syndicator.errors import StaleOutcome
from syndicator.model import HostLease, Kind
from syndicator.stores.store import SqlStore
from tests.store.conftest import NOON, after, claimed, decided, settings

WEEK_S = 7 * 86400
HOUR_S = 3600


def due(store: SqlStore, at: datetime = NOON, limit: int = 10, **how: object) -> list[str]:
    claims = store.claim_due(owner="me", now=at, lease_s=60, limit=limit, **how)  # type: ignore[arg-type]
    return [claim.source.id for claim in claims]


@pytest.fixture
def three(store: SqlStore) -> SqlStore:
    """Two sources of one registrable domain, and one elsewhere."""
    store.add_source("a", settings("https://www.example.org/a"), now=NOON)
    store.add_source("b", settings("https://news.example.org/b"), now=after(-1))
    store.add_source("c", settings("https://www.example.net/c"), now=after(-2))
    return store


def test_c17_one_source_of_a_host_at_a_time_longest_due_first(three: SqlStore) -> None:
    assert due(three) == ["c", "b"]
    assert due(three) == []


def test_no_more_than_asked_for(three: SqlStore) -> None:
    assert due(three, limit=1) == ["c"]
    assert due(three, limit=1) == ["b"]


def test_nothing_is_due_before_its_time(three: SqlStore) -> None:
    assert due(three, after(-1.5)) == ["c"]


def test_a_host_is_free_again_when_its_pause_is_over(three: SqlStore) -> None:
    claim = claimed(three, "b")
    three.save(decided(claim, host_free_at=NOON + timedelta(seconds=2)))
    assert due(three, NOON + timedelta(seconds=1), only=["a"]) == []
    assert due(three, NOON + timedelta(seconds=2), only=["a"]) == ["a"]


def test_c10_a_silent_host_is_left_alone_with_all_its_sources(three: SqlStore) -> None:
    three.save(decided(claimed(three, "b"), host_silent_until=after(30)))
    assert due(three, after(29), only=["a"], forced=True) == []
    assert due(three, after(30), only=["a"]) == ["a"]


def test_a_claim_shows_the_source_as_it_was_due(three: SqlStore) -> None:
    assert claimed(three, "b").source.next_check_at == after(-1)
    assert three.source("b").next_check_at == after(-1)


def test_a_source_whose_reader_died_is_due_again_when_the_lease_ends(three: SqlStore) -> None:
    assert due(three, only=["b"]) == ["b"]
    assert due(three, NOON + timedelta(seconds=59), only=["b"]) == []
    assert due(three, NOON + timedelta(seconds=60), only=["b"]) == ["b"]


def test_each_lease_of_a_host_has_a_larger_token(three: SqlStore) -> None:
    first = claimed(three, "b")
    second = claimed(three, "a", at=after(2), owner="other")
    assert second.lease.scope == first.lease.scope == "example.org"
    assert second.lease.token == first.lease.token + 1


def test_an_outcome_of_an_overtaken_lease_is_refused(three: SqlStore) -> None:
    first = claimed(three, "b")
    claimed(three, "a", at=after(2), owner="other")
    with pytest.raises(StaleOutcome, match=r"lease of example\.org"):
        three.save(decided(first))


def test_a_claim_given_back_is_due_as_before(three: SqlStore) -> None:
    claim = claimed(three, "b")
    three.free_claim(claim)
    assert three.source("b").next_check_at == after(-1)
    assert due(three) == ["c", "b"]


def test_a_claim_given_back_late_takes_nothing_away(three: SqlStore) -> None:
    late = claimed(three, "b")
    later = claimed(three, "b", at=after(2), owner="other")
    three.free_claim(late)
    assert three.save(decided(later, at=after(2)))


@pytest.mark.parametrize(
    "state",
    [{"paused_at": NOON}, {"gone_at": NOON}, {"held_until": after(5)}],
    ids=["paused", "gone", "held"],
)
def test_force_does_not_reach_a_source_that_is_to_be_left_alone(
    three: SqlStore, state: dict[str, datetime]
) -> None:
    outcome = decided(claimed(three, "c"))
    three.save(replace(outcome, source=replace(outcome.source, **state)))  # type: ignore[arg-type]
    assert due(three, after(1), only=["c"], forced=True) == []


def test_disabled_and_removed_sources_are_not_claimed(three: SqlStore) -> None:
    three.change_source("c", settings("https://www.example.net/c", enabled=False))
    three.remove_source("b", now=NOON)
    assert due(three, forced=True) == ["a"]


def test_force_lifts_the_due_time_alone(three: SqlStore) -> None:
    three.save(decided(claimed(three, "c")))
    assert due(three, after(1), only=["c"]) == []
    assert due(three, after(1), only=["c"], forced=True) == ["c"]
    assert due(three, after(1), only=["c"], forced=True) == []


def test_local_files_have_a_scope_each(store: SqlStore) -> None:
    for name in ("x", "y"):
        store.add_source(name, settings(f"in/{name}.xml", kind=Kind.FILE), now=NOON)
    claims = store.claim_due(owner="me", now=NOON, lease_s=60, limit=5)
    assert [claim.lease.scope for claim in claims] == ["file:x", "file:y"]


def test_a_host_taken_alone_is_not_given_out_twice(store: SqlStore) -> None:
    lease = store.take_host("example.org", owner="me", now=NOON)
    assert isinstance(lease, HostLease)
    again = store.take_host("example.org", owner="me", now=NOON)
    assert again == NOON + timedelta(seconds=2)

    store.free_host(lease, next_start_at=after(1))
    assert store.take_host("example.org", owner="other", now=NOON) == after(1)
    later = store.take_host("example.org", owner="other", now=after(1))
    assert isinstance(later, HostLease)
    assert (later.token, later.next_start_at) == (lease.token + 1, after(1))


def test_an_overtaken_lease_cannot_free_the_host(store: SqlStore) -> None:
    late = store.take_host("example.org", owner="me", now=NOON)
    later = store.take_host("example.org", owner="other", now=after(5))
    assert isinstance(late, HostLease)
    assert isinstance(later, HostLease)
    store.free_host(late, next_start_at=after(5))
    assert store.take_host("example.org", owner="me", now=after(5)) != later
    assert isinstance(store.take_host("example.org", owner="me", now=after(5)), datetime)


def test_what_dead_owners_hold_is_freed_and_due_as_before(three: SqlStore) -> None:
    claimed(three, "b", owner="dead")
    living = claimed(three, "c", owner="living")
    assert three.void_dead_leases(lambda owner: owner == "living") == 2
    assert three.source("b").next_check_at == after(-1)
    assert due(three, only=["b"]) == ["b"]
    assert three.save(decided(living))


def test_an_outcome_whose_lease_was_voided_is_refused(three: SqlStore) -> None:
    claim = claimed(three, "b")
    three.void_dead_leases(lambda owner: False)
    with pytest.raises(StaleOutcome):
        three.save(decided(claim))


def test_r36_times_from_a_wrong_clock_are_pulled_back(three: SqlStore) -> None:
    future = NOON + timedelta(days=30 * 365)
    for name in ("b", "c"):
        outcome = decided(claimed(three, name, at=future), at=future)
        three.save(replace(outcome, host_silent_until=future))
    claimed(three, "a", at=future + timedelta(hours=1))
    assert due(three) == []

    assert three.pull_back(NOON, WEEK_S, HOUR_S)

    three.void_dead_leases(lambda owner: False)
    assert three.source("b").next_check_at == NOON
    assert due(three) == ["a", "c"]


def test_r36_honest_times_are_left_alone(three: SqlStore) -> None:
    three.save(decided(claimed(three, "b"), host_silent_until=after(60 * 24 * 7)))
    assert three.pull_back(NOON, WEEK_S, HOUR_S) == 0


def test_r36_after_a_clock_that_was_a_day_ahead_no_host_is_closed_for_a_day(
    three: SqlStore,
) -> None:
    tomorrow = NOON + timedelta(days=1)
    claim = claimed(three, "b", at=tomorrow)
    three.save(replace(decided(claim, at=tomorrow), host_free_at=tomorrow))
    assert due(three) == ["c"]

    assert three.pull_back(NOON, WEEK_S, HOUR_S) == 1
    assert due(three) == ["a"]
