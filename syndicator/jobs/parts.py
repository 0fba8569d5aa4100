"""What jobs work with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from syndicator.archive.place import Archive
from syndicator.config import Config
from syndicator.model import Source, Theme
from syndicator.pipeline import Reader
from syndicator.pipeline.reader import Visits
from syndicator.ports import Caller, Clock, Executor, Guard, Sandbox, Store, Workshop
from syndicator.publishers.tree import Tree
from syndicator.stages.cadence import Rhythm
from syndicator.stages.match import RuleSet, compile_theme


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Everything put together, for one configuration."""

    config: Config
    store: Store
    net: Visits
    caller: Caller  # to who follows our feeds, and to hubs
    authority: Caller  # to who gives time stamps
    sandbox: Sandbox
    clock: Clock
    executor: Executor
    hands: Executor  # tell our readers, beside those who read
    tree: Tree  # feeds/
    maps: Tree  # for nginx, beside the store
    shelf: Tree  # closed documents, under [store] archive
    archive: Archive
    workshop: Workshop
    publishing: Guard  # one publisher at a time, across processes
    daemon: Guard  # one daemon at a time
    owner: str  # under which leases are held
    alive: Callable[[str], bool]  # whether the process of such a name still runs
    rules: Rules = field(default_factory=lambda: Rules())
    troubles: dict[str, str] = field(default_factory=dict)  # what was last said of a trouble

    def reader(self) -> Reader:
        """What a refresh works with now."""
        rules, versions = self.rules.of(tuple(self.store.themes()))
        return Reader(
            articles=self.store,
            net=self.net,
            sandbox=self.sandbox,
            clock=self.clock,
            rules=rules,
            versions=versions,
            files=self.config.files.folder,
        )

    def rhythm(self, source: Source) -> Rhythm:
        """The schedule's bounds for one source."""
        schedule = self.config.schedule
        host = self.config.fetch.host(source.url)
        return Rhythm(
            default_s=schedule.default_interval_s,
            min_s=schedule.min_interval_s,
            max_s=schedule.max_interval_s,
            own_min_s=host.min_interval_s if host else None,
        )


class Rules:
    """The compiled rules of all themes, made anew only when a theme has changed."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._themes: tuple[Theme, ...] | None = None
        self._made: tuple[RuleSet, dict[str, int]] = (RuleSet({}), {})

    def of(self, themes: tuple[Theme, ...]) -> tuple[RuleSet, dict[str, int]]:
        """The rules of these themes, and slug -> version of each."""
        with self._lock:
            if themes != self._themes:
                compiled = {theme.slug: compile_theme(theme) for theme in themes}
                rules = RuleSet({slug: rule for slug, rule in compiled.items() if rule})
                self._made = rules, {theme.slug: theme.rule_version for theme in themes}
                self._themes = themes
            return self._made
