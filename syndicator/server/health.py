"""How the service is: what readiness asks, and the figures the store knows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from syndicator.errors import StoreError
from syndicator.server.metrics import Counts

if TYPE_CHECKING:
    from syndicator.ports import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Whether the service can work; `problems` are our own short words, never outside text."""

    problems: tuple[str, ...] = ()

    @property
    def ready(self) -> bool:
        return not self.problems


def look(store: Store, feeds_dir: Path) -> Health:
    """The store can be reached, and there is a folder to serve."""
    problems = []
    try:
        store.themes()
    except StoreError:
        problems.append("store")
    if not feeds_dir.is_dir():
        problems.append("feeds folder")
    return Health(problems=tuple(problems))


def counts(store: Store) -> Counts:
    """Figures of the store for /metrics."""
    now = datetime.now(UTC)
    sources = store.sources()
    return Counts(
        sources=Counter(source.state.value for source in sources),
        alarms=Counter(alarm.kind for source in sources for alarm in source.alarms),
        log_rows=sum(feed.last_n for feed in store.feeds()),
        hub=store.hub_counts(now=now),
    )
