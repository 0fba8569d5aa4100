"""A newsroom of any sources on loopback, read by the real parts, and watchers that miss nothing."""

from __future__ import annotations

import contextlib
import ctypes
import os
import socket
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import tomlkit

from syndicator import jobs
from syndicator.app import Parts, _fetch_rules, load_config, put_together
from syndicator.config import source_table
from syndicator.model import Article, Source, SourceSettings
from syndicator.net import Net
from syndicator.net.errand import Resolver, ask_the_system
from syndicator.ports import Clock
from syndicator.sandbox import Sandbox

CONFIG = """
[site]
title = "Newsroom"

[fetch]
allow_private = {allow}
timeout = "{timeout}"
starts_per_s = {pace}
{fetch}

[executor]
kind = "{hands}"

"""
OWN_HOST = """
[fetch.hosts."{host}"]
gap = 0
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """The open parts, and short words for what tests want to know of them."""

    path: Path
    parts: Parts

    def pull(self, *ids: str) -> dict[str, jobs.Pulled]:
        """Read these sources, or all, due or not."""
        done = jobs.pull(self.parts, list(ids) or None, force=True)
        return {one.source_id: one for one in done}

    def source(self, source_id: str) -> Source:
        return self.parts.store.source(source_id)

    def articles(self, source_id: str) -> list[Article]:
        """Oldest first."""
        return [*self.parts.store.articles(source=source_id)][::-1]

    def titles(self, source_id: str) -> set[str]:
        return {article.content.title for article in self.articles(source_id)}


@contextlib.contextmanager
def newsroom(
    folder: Path,
    sources: Mapping[str, SourceSettings | str],
    *,
    clock: Clock | None = None,
    resolve: Resolver = ask_the_system,
    sandbox: Sandbox | None = None,
    allow: str = "true",
    pace: int = 1000,
    timeout: str = "10s",
    fetch: str = "",
    hands: str = "threads",
) -> Iterator[Room]:
    """A room with these sources, by id; a text is the URL of a feed.

    Args:
        clock: of everything but deadlines, which are always real.
        allow, pace, timeout: of [fetch]: private networks, starts a second. fetch: more of it.
        sandbox: its own when None.
        hands: the executor; "inline" reads one source after the other.
    """
    given = {
        name: SourceSettings(url=one, kind="feed") if isinstance(one, str) else one  # type: ignore[arg-type]
        for name, one in sources.items()
    }
    path = folder / "config.toml"
    hosts = "".join(OWN_HOST.format(host=host) for host in sorted(_hosts(given.values())))
    text = (
        CONFIG.format(allow=allow, pace=pace, timeout=timeout, fetch=fetch, hands=hands)
        + hosts
        + tomlkit.dumps({"sources": {name: source_table(one) for name, one in given.items()}})
    )
    path.write_text(text, "utf-8")
    config = load_config(path, {})
    with ExitStack() as stack:
        parts = put_together(config, stack)
        if clock is not None:
            parts = replace(parts, clock=clock)
        if sandbox is not None:
            parts = replace(parts, sandbox=sandbox)
        net = Net(_fetch_rules(config), parts.store, parts.clock, parts.owner, resolve=resolve)
        stack.callback(net.close)
        parts = replace(parts, net=net)
        jobs.reconcile(parts)
        yield Room(path=path, parts=parts)


def _hosts(sources: Iterable[SourceSettings]) -> set[str]:
    named = {urlsplit(each.url).hostname or "" for each in sources} - {""}
    return named | {"127.0.0.1", "127.0.0.2"}


OpenRoom = Callable[..., Room]


@pytest.fixture(scope="session")
def parsers() -> Iterator[Sandbox]:
    """Workers under the limits of the real program, warm for all tests."""
    pool = Sandbox(workers=2, preload=("syndicator.sources.inside",))
    yield pool
    pool.close()


@pytest.fixture
def open_room(tmp_path: Path, parsers: Sandbox) -> Iterator[OpenRoom]:
    """Opens one newsroom in `tmp_path`, see `newsroom`; further calls open it again."""
    with ExitStack() as stack:

        def one(sources: Mapping[str, SourceSettings | str], **more: Any) -> Room:
            return stack.enter_context(newsroom(tmp_path, sources, **{"sandbox": parsers, **more}))

        yield one


def naming(table: Mapping[str, str]) -> Resolver:
    """A name server of names and addresses; all other names do not exist."""

    def resolve(host: str, port: int) -> Sequence[Any]:
        if host not in table:
            raise socket.gaierror("no such name")
        return socket.getaddrinfo(table[host], port, type=socket.SOCK_STREAM)

    return resolve


def loopback(host: str, port: int) -> Sequence[Any]:
    """A name server by which every name is this machine, so that each can be a host of its own."""
    return socket.getaddrinfo("127.0.0.1", port, type=socket.SOCK_STREAM)


# ------------------------------------------------------------------ watchers


_connects: list[Any] | None = None


def _audit(event: str, args: tuple[Any, ...]) -> None:
    if event == "socket.connect" and _connects is not None:
        _connects.append(args[1])


sys.addaudithook(_audit)


@pytest.fixture
def connects() -> Iterator[list[Any]]:
    """Every address that this process tries to connect to, as Python itself reports it."""
    global _connects
    _connects = []
    yield _connects
    _connects = None


@contextlib.contextmanager
def watching(path: Path) -> Iterator[Callable[[], int]]:
    """How often any process has opened the file at `path`, libraries in C included (inotify)."""
    libc = ctypes.CDLL(None, use_errno=True)
    queue = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
    assert queue >= 0
    try:
        assert libc.inotify_add_watch(queue, os.fsencode(path), _IN_OPEN) >= 0

        def opened() -> int:
            events = 0
            with contextlib.suppress(BlockingIOError):
                while data := os.read(queue, 65536):
                    events += len(data) // _EVENT_BYTES
            return events

        yield opened
    finally:
        os.close(queue)


_IN_OPEN = 0x20
_EVENT_BYTES = 16  # struct inotify_event of a watched file, without a name
