"""Short ways to take articles up, and to ask for them."""

from __future__ import annotations

from syndicator.stores.store import SqlStore


def take_up(store: SqlStore) -> int:
    """Bring the index up to date; how many articles that were."""
    taken = 0
    while some := store.index_some():
        taken += some
    return taken


def found(store: SqlStore, query: str, **how) -> list[str]:
    """Keys of the articles that a query finds, in order."""
    numbers = store.find(query, **{"limit": 1000, "patience_s": 30.0, **how})
    return [one.key for one in store.articles_of(numbers)]
