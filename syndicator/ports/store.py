"""The store: all its sides together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from syndicator.ports.archive import Captures, Difference, Ledger, Redactions
from syndicator.ports.articles import Articles, Search, Withdrawals
from syndicator.ports.feeds import Feeds
from syndicator.ports.pages import Order, Pages
from syndicator.ports.pictures import Pictures
from syndicator.ports.push import Followers, Pings, Subscriptions
from syndicator.ports.sources import ArticleReader, HostLeases, Sources, Work
from syndicator.ports.themes import Themes


class Store(
    Articles,
    Captures,
    Feeds,
    Followers,
    HostLeases,
    ArticleReader,
    Ledger,
    Order,
    Pages,
    Pictures,
    Pings,
    Redactions,
    Search,
    Sources,
    Subscriptions,
    Themes,
    Withdrawals,
    Work,
    Protocol,
):
    """All that is kept. Any method may raise StoreError; each method is one transaction."""

    def close(self) -> None: ...
    def void_dead_leases(self, alive: Callable[[str], bool]) -> int:
        """Free the hosts, sources and pictures claimed by owners that are gone; how many."""

    def claims_held(self, owner: str) -> frozenset[str]:
        """The claims of sources and pictures that an owner holds, each by a name of its own."""

    def pull_back(self, now: datetime, max_s: float, soon_s: float) -> int:
        """Bring times that a wrong clock set too far ahead back to now (R36); how many.

        Args:
            max_s: further ahead lies no time to wait for. soon_s: nor a host's pause, or a claim.
        """

    def get_meta(self, name: str) -> str:
        """A note of the store about itself, "" when there is none."""

    def set_meta(self, name: str, value: str) -> None: ...

    def counts(self) -> Mapping[str, int]:
        """How much of everything is kept, by name."""

    def trim_polls(self, *, before: datetime) -> int:
        """Forget poll records older than this."""

    def copy_to(self, path: Path) -> None:
        """Write a copy of everything to a new file, as of one moment."""

    def store_at(self, path: Path) -> Store:
        """A store of another file, for the same site; to be closed."""


class Workshop(Protocol):
    """Stores by themselves, which nobody works with. Any method may raise StoreError."""

    def remake(
        self,
        path: Path,
        rows: Iterable[tuple[str, Sequence[Any], Mapping[str, Any] | None, str]],
    ) -> None:
        """Make a store from rows as the ledger tells them: kind, key, what is told openly (None: it
        is there no more), what is told beside it."""

    def settle(self, path: Path, *, store: str, head: str, out: int) -> None:
        """Let a store that was made go on with the ledger it was made from: its id, where the
        ledger ends, the last change that it tells of."""

    def begin(self, path: Path, *, store: str) -> None:
        """Let a store that was made, of this id, begin a ledger of its own."""

    def faults(self, path: Path) -> Sequence[str]:
        """What is wrong with a store's file by itself (R26)."""

    def differences(self, found: Path, wanted: Path) -> Sequence[Difference]:
        """What `found` holds otherwise than `wanted`; changes it has still to tell left out."""
