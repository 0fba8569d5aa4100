"""Figures about ourselves for Prometheus; none is per feed, so their number stays flat."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from syndicator import __version__
from syndicator.errors import SyndicatorError


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What the store holds now."""

    sources: Mapping[str, int] = field(default_factory=dict)  # by state
    alarms: Mapping[str, int] = field(default_factory=dict)  # by kind
    articles: int | None = None  # None: nobody counts them here
    log_rows: int = 0
    hub: Mapping[str, int] = field(default_factory=dict)  # followers, due, failing ...


class Metrics:
    """A registry of our own: two of them in one process do not meet.

    Args:
        counts: asked at each scrape; when it fails its figures are missing, the others stay.
    """

    content_type = "text/plain; version=0.0.4; charset=utf-8"

    def __init__(self, counts: Callable[[], Counts] | None = None) -> None:
        registry = CollectorRegistry()
        self._registry = registry
        self._polls = Counter(
            "syndicator_polls", "Refreshes of sources, by result.", ["result"], registry=registry
        )
        self._publish = Histogram(
            "syndicator_publish_seconds",
            "Time that a run of publishing took.",
            buckets=(0.01, 0.05, 0.1, 0.5, 1, 5, 30, 120),
            registry=registry,
        )
        self._requests = Counter(
            "syndicator_requests", "HTTP requests served, by status.", ["status"], registry=registry
        )
        self._told = Counter(
            "syndicator_hub_calls",
            "Calls to followers of our feeds or to their hub, by what came of them.",
            ["call", "result"],
            registry=registry,
        )
        build = Gauge("syndicator_build", "The running version.", ["version"], registry=registry)
        build.labels(version=__version__).set(1)
        if counts is not None:
            registry.register(_Held(counts))

    def polled(self, result: str) -> None:
        """A source was refreshed: changed, unchanged, failed ..."""
        self._polls.labels(result=result).inc()

    def published(self, seconds: float) -> None:
        """A run of publishing ended."""
        self._publish.observe(seconds)

    def told(self, call: str, result: str) -> None:
        """A follower or a hub was called: confirm, deliver, retry, ping; ok, failed, gone ..."""
        self._told.labels(call=call, result=result).inc()

    def served(self, status: int) -> None:
        """A request was answered with this status."""
        self._requests.labels(status=str(status)).inc()

    def render(self) -> bytes:
        """All figures in the Prometheus text format."""
        return generate_latest(self._registry)


class _Held(Collector):
    """Figures that the store knows, read when somebody looks."""

    def __init__(self, counts: Callable[[], Counts]) -> None:
        self._counts = counts

    def describe(self) -> Iterable[Metric]:
        return ()  # or registering would already ask the store

    def collect(self) -> Iterable[Metric]:
        try:
            counts = self._counts()
        except SyndicatorError:
            return
        sources = GaugeMetricFamily("syndicator_sources", "Sources, by state.", labels=["state"])
        for state, number in sorted(counts.sources.items()):
            sources.add_metric([state], number)
        yield sources
        alarms = GaugeMetricFamily(
            "syndicator_alarms", "Alarms that stand, by kind.", labels=["kind"]
        )
        for kind, number in sorted(counts.alarms.items()):
            alarms.add_metric([kind], number)
        yield alarms
        hub = GaugeMetricFamily("syndicator_hub", "What the hub holds, by kind.", labels=["kind"])
        for kind, number in sorted(counts.hub.items()):
            hub.add_metric([kind], number)
        yield hub
        if counts.articles is not None:
            yield GaugeMetricFamily("syndicator_articles", "Articles kept.", value=counts.articles)
        yield GaugeMetricFamily("syndicator_log_rows", "Rows of all logs.", value=counts.log_rows)
