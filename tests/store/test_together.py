"""Outcomes of several threads in one transaction: each as if it were alone."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import event

from syndicator.errors import StaleOutcome, StoreError
from syndicator.stores.store import SqlStore
from tests.store.conftest import NOON, after, change, claimed, decided, settings


def _sources(store: SqlStore, number: int) -> list[str]:
    for each in range(number):
        url = f"https://host{each}.example/feed"
        store.add_source(f"s{each}", settings(url), now=NOON)
    return [f"s{each}" for each in range(number)]


def test_many_outcomes_share_a_few_commits(store: SqlStore) -> None:
    ids = _sources(store, 24)
    outcomes = [decided(claimed(store, each), change(f"{each}-1")) for each in ids]
    commits = 0

    def count(_: object) -> None:
        nonlocal commits
        commits += 1

    with ThreadPoolExecutor(len(outcomes)) as pool:
        with store.database.write():  # they come while somebody else is writing
            saved = [pool.submit(store.save, one) for one in outcomes]
            time.sleep(0.5)
            event.listen(store.database.engine, "commit", count)
        assert all(each.result() for each in saved)

    assert commits < len(outcomes) / 2
    assert len(list(store.articles())) == len(outcomes)


def test_one_that_is_refused_costs_the_others_nothing(store: SqlStore) -> None:
    ids = _sources(store, 6)
    outcomes = [decided(claimed(store, each), change(f"{each}-1")) for each in ids]
    store.save(outcomes[0])
    later = claimed(store, "s0", at=after(5))
    overtaken = decided(replace(later, source=outcomes[0].source), change("s0-2"), at=after(5))
    gate = threading.Barrier(6)

    def save(outcome: object) -> object:
        gate.wait()
        try:
            return store.save(outcome)  # type: ignore[arg-type]
        except StoreError as error:
            return error

    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(save, [overtaken, *outcomes[1:]]))

    assert isinstance(results[0], StaleOutcome)
    assert results[1:] == [True] * 5
    assert len(list(store.articles())) == 6


def test_what_fails_alone_raises_as_it_did(store: SqlStore) -> None:
    _sources(store, 1)
    outcome = decided(claimed(store, "s0"), change("one"))
    store.remove_source("s0", now=NOON)
    object.__setattr__(outcome.source, "id", "nobody")

    with pytest.raises(Exception, match="nobody"):
        store.save(outcome)
