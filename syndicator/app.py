"""Puts the parts together; nothing else does."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from syndicator import __version__
from syndicator.archive.captures import Captures
from syndicator.archive.place import captures_folder, open_archive
from syndicator.archive.stamps import WAY_OUT, can_stamp
from syndicator.config import Checks, Config, load
from syndicator.errors import ConfigError, LockedError, StoreError
from syndicator.executors import Inline, Threads
from syndicator.jobs import Parts, reconcile, record, void_dead
from syndicator.jobs.parts import Rules
from syndicator.model import Pictured, Republish
from syndicator.net import FetchRules, HostRule, Net
from syndicator.ports import Caller, Clock, Executor
from syndicator.publishers.tree import Tree
from syndicator.push import PLACES
from syndicator.sandbox import Sandbox
from syndicator.stores.base import SiteFacts
from syndicator.stores.guard import FileGuard, Guards
from syndicator.stores.owner import is_alive, own_name
from syndicator.stores.records import STORE_ID
from syndicator.stores.store import open_store
from syndicator.stores.workshop import Workshop
from syndicator.text.rules import parse_rule
from syndicator.text.selectors import check
from syndicator.text.urls import strict

__all__ = [
    "CHECKS",
    "WORKSHOP",
    "Parts",
    "SystemClock",
    "daemon_guard",
    "load_config",
    "maker_guard",
    "open_parts",
    "put_together",
]

WORKSHOP = Workshop()
CHECKS = Checks(rule=parse_rule, selector=check, url=strict)
_PARSERS = 2  # sandbox workers: parsing is what costs CPU, and they are whole processes
_PUBLISH_PATIENCE_S = 120.0
_MAKING_PATIENCE_S = 10.0  # two commands may come first at once, and making an empty one is quick
_RECORDING_S = 10.0  # of the ledger, at the end of a command; a daemon goes on with the rest
_PRELOADED = ("syndicator.sources.inside", "syndicator.stages.extract")  # what workers work with


class SystemClock:
    """The real time (ports.Clock)."""

    def now(self) -> datetime:
        """Aware, UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds, for durations only."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(max(seconds, 0.0))


def load_config(path: Path, environ: Mapping[str, str]) -> Config:
    """The configuration with all checks; themes of the store may be named by sources.

    Raises:
        ConfigError: with every problem.
    """
    config = load(
        path,
        environ,
        check_rule=CHECKS.rule,
        check_selector=CHECKS.selector,
        check_url=CHECKS.url,
    )
    if config.store.timestamps and not can_stamp():
        raise ConfigError([f"{path}: store.timestamps: cannot be done yet; {WAY_OUT}"], path=path)
    if no_folders := list(_no_folders(config)):
        raise ConfigError([f"{path}: {words}" for words in no_folders], path=path)
    return config


def _no_folders(config: Config) -> Iterator[str]:
    """Each of our folders in whose place something else stands; one that is missing is made."""
    folders = {"publish.dir": config.publish.dir, "store.archive": config.store.archive}
    if config.store.file is not None:
        folders["store.url"] = _data_folder(config)
    for key, folder in folders.items():
        if os.path.lexists(folder) and not folder.is_dir():
            yield f"{key}: {folder} is no folder; move it away, or name another"


@contextmanager
def open_parts(
    path: Path,
    *,
    environ: Mapping[str, str],
    write: bool = True,
    clock: Clock | None = None,
) -> Iterator[Parts]:
    """The parts for a configuration file, closed at the end.

    Args:
        write: bring the store in line with the file first, and free what dead processes held.
        clock: another than the real one.

    Raises:
        ConfigError: the file is wrong. StoreError: the store cannot be opened.
    """
    config = load_config(path, environ)
    with ExitStack() as stack:
        parts = put_together(config, stack, clock=clock)
        if write:
            void_dead(parts)
            reconcile(parts)
        yield parts
        if write:
            record(parts, seconds=_RECORDING_S)


def put_together(
    config: Config, stack: ExitStack, *, like: Parts | None = None, clock: Clock | None = None
) -> Parts:
    """All parts for a configuration; `stack` closes them, last first.

    Args:
        like: parts of an earlier configuration on the same store, at a reload: what is open stays
            open, and what is under way ends under the rules it began with.
    """
    if like is not None:
        recorder = like.archive.captures
        net = Net(_fetch_rules(config), like.store, like.clock, like.owner, recorder=recorder)
        stack.callback(net.close)
        caller, authority = _callers(net, config)
        return replace(
            like, config=config, net=net, caller=caller, authority=authority, rules=Rules()
        )
    clock, owner = clock or SystemClock(), own_name()
    with _making_alone(config):
        store = open_store(
            config.store.url,
            folder=config.folder,
            base_url=config.site.base_url,
            site=_site_facts(config),
            archive_entries=config.publish.archive_entries,
            pictured=Pictured(config.store.capture_images),
            clock=clock,
        )
    stack.callback(store.close)
    captures = Captures(
        captures_folder(config.store.archive),
        what=config.store.capture,
        clock=clock,
        known=store.captured,
        barred=store.is_redacted,
        version=__version__,
    )
    stack.callback(captures.close)
    executor = _executor(config)
    hands = Inline() if config.executor.kind == "inline" else Threads(PLACES, name="tell")
    stack.callback(hands.close)
    stack.callback(executor.close)  # after the gate and the sandbox: they call back its tasks
    sandbox = Sandbox(workers=_PARSERS, preload=_PRELOADED)
    stack.callback(sandbox.close)
    net = Net(_fetch_rules(config), store, clock, owner, recorder=captures)
    stack.callback(net.close)
    caller, authority = _callers(net, config)
    data = _data_folder(config)
    return Parts(
        config=config,
        store=store,
        net=net,
        caller=caller,
        authority=authority,
        sandbox=sandbox,
        clock=clock,
        executor=executor,
        hands=hands,
        tree=Tree(config.publish.dir),
        maps=Tree(data / "nginx"),
        shelf=Tree(config.store.archive / "documents"),
        archive=open_archive(
            config.store.archive,
            store=store.get_meta(STORE_ID),
            captures=captures,
            writing=_ledger_guard(data, patience_s=0.0),
            alone=_ledger_guard(data, patience_s=_PUBLISH_PATIENCE_S),
        ),
        workshop=WORKSHOP,
        publishing=FileGuard(
            data / "publish.lock",
            patience_s=_PUBLISH_PATIENCE_S,
            taken="another process has been publishing for two minutes; try again later",
        ),
        daemon=daemon_guard(config),
        owner=owner,
        alive=is_alive,
    )


def _callers(net: Net, config: Config) -> tuple[Caller, Caller]:
    """For those who follow our feeds, and for an authority of time stamps."""
    return (
        net.caller(allow_private=config.hub.allow_private),
        net.caller(allow_private=config.fetch.allow_private),
    )


def daemon_guard(config: Config) -> FileGuard:
    """What a daemon holds while it runs. Raises StoreError: there is no such folder."""
    data = _data_folder(config)
    return FileGuard(data / "daemon.lock", taken=f"a daemon is running on {data} already")


def maker_guard(config: Config) -> Guards:
    """What whoever makes a whole store holds: no daemon runs meanwhile, and nobody else makes one.

    Raises StoreError: there is no such folder.
    """
    return Guards(daemon_guard(config), _making_guard(config))


def _making_guard(config: Config) -> FileGuard:
    data = _data_folder(config)
    taken = (
        f"a store is being made in {data} by another process, such as `archive rebuild`, `archive "
        "restore` or `import jsonl`: try again when that has ended"
    )
    return FileGuard(data / "making.lock", patience_s=_MAKING_PATIENCE_S, taken=taken)


@contextmanager
def _making_alone(config: Config) -> Iterator[None]:
    """Opening a store makes one where none is, in the place of one that is still being made.

    Raises:
        StoreError: another process is making it.
    """
    file = config.store.file
    with ExitStack() as held:
        if file is not None and not (config.folder / file).exists():
            try:
                held.enter_context(_making_guard(config).hold())
            except LockedError as error:
                raise StoreError(str(error)) from error
        yield


def _ledger_guard(data: Path, *, patience_s: float) -> FileGuard:
    words = "another process is at the ledger; try again later"
    return FileGuard(data / "ledger.lock", patience_s=patience_s, taken=words)


def _data_folder(config: Config) -> Path:
    file = config.store.file
    if file is None:
        raise StoreError(f"[store] url = {config.store.url!r}: only sqlite:///FILE can be opened")
    return config.folder / file.parent


def _site_facts(config: Config) -> SiteFacts:
    return SiteFacts(
        title=config.site.title,
        author=config.site.author,
        language=config.site.language,
        republish=Republish(config.publish.republish),
    )


def _executor(config: Config) -> Executor:
    if config.executor.kind == "inline":
        return Inline()
    return Threads(config.fetch.workers)


def _fetch_rules(config: Config) -> FetchRules:
    fetch = config.fetch
    return FetchRules(
        timeout_s=fetch.timeout_s,
        max_bytes=fetch.max_bytes,
        max_decoded_bytes=fetch.max_decoded_bytes,
        contact=fetch.contact or config.site.contact,
        gap_s=fetch.gap_s,
        starts_per_s=fetch.starts_per_s,
        proxy=fetch.proxy,
        ca_file=str(fetch.ca_file) if fetch.ca_file else "",
        allow_private=fetch.allow_private,
        hosts={
            name: HostRule(gap_s=host.gap_s, min_interval_s=host.min_interval_s)
            for name, host in fetch.hosts.items()
        },
        headers={name: one.headers for name, one in config.sources.items() if one.headers},
    )
