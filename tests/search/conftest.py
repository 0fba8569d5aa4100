"""The store of tests/store."""

from tests.store.conftest import refresh, store

__all__ = ["refresh", "store"]
