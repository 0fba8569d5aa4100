"""A folder with a configuration, and real processes of ours that run on it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import pytest
import requests
from lxml import etree
from pysqlite3 import dbapi2 as sqlite

from syndicator.demo.server import PressServer
from syndicator.demo.settings import demo_config

T = TypeVar("T")

ATOM = "{http://www.w3.org/2005/Atom}"
_MARK = "SYNDICATOR_TESTED_BY"  # in the environment of all we start, and so of what these start
_SERVING = re.compile(r"serving .*?(http://[^/\s]+)")


PATIENCE = 5  # times as long as a quiet machine may take: a crowded one is not at fault


def until(look: Callable[[], T], *, within_s: float, what: str) -> T:
    """What `look` gives as soon as it is true."""
    ends_at = time.monotonic() + within_s * PATIENCE
    while not (found := look()):
        if time.monotonic() > ends_at:
            pytest.fail(f"not within {within_s:g} s: {what}")
        time.sleep(0.02)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a command left behind."""

    code: int
    out: str
    err: str
    took_s: float


class Process:
    """A command of ours, running; its words go to files, so that it never waits for a reader."""

    def __init__(self, words: Iterable[str], folder: Path, environ: Mapping[str, str]) -> None:
        self.words = tuple(words)
        self._began = time.monotonic()
        name = uuid4().hex[:8]
        self._out, self._err = folder / f"{name}.out", folder / f"{name}.err"
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self._popen = subprocess.Popen(
                [sys.executable, "-m", "syndicator", *self.words],
                cwd=folder,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )

    @property
    def err(self) -> str:
        return self._err.read_text()

    @property
    def out(self) -> str:
        return self._out.read_text()

    @property
    def ended(self) -> bool:
        return self._popen.poll() is not None

    @property
    def address(self) -> str:
        """Where it serves, once it does."""

        def look() -> re.Match[str] | None:
            if self.ended:
                pytest.fail(f"{self.words} ended: {self.err}")
            return _SERVING.search(self.err)

        return until(look, within_s=90, what=f"{self.words} serves")[1]

    def told(self, words: str, *, within_s: float = 10, times: int = 1) -> str:
        """Wait until stderr has the words; all of it so far."""
        until(
            lambda: self.err.count(words) >= times,
            within_s=within_s,
            what=f"{words!r} in: {self.err}",
        )
        return self.err

    def send(self, number: signal.Signals) -> None:
        if not self.ended:
            os.kill(self._popen.pid, number)

    def wait(self, within_s: float) -> int:
        """Its exit code; minus the signal that ended it."""
        try:
            return self._popen.wait(within_s * PATIENCE)
        except subprocess.TimeoutExpired:
            self.send(signal.SIGABRT)  # it tells where all of its threads are
            self._popen.wait(10)
            pytest.fail(f"{self.words} runs for more than {within_s:g} s: {self.out}{self.err}")

    def stop(self, number: signal.Signals = signal.SIGTERM, *, within_s: float = 10) -> int:
        """Tell it to end; its exit code."""
        self.send(number)
        return self.wait(within_s)

    def kill(self) -> int:
        """kill -9."""
        self.send(signal.SIGKILL)
        return self.wait(10)

    def result(self, within_s: float) -> Said:
        """What it left behind, when it has ended by itself."""
        code = self.wait(within_s)
        return Said(code=code, out=self.out, err=self.err, took_s=time.monotonic() - self._began)


class House:
    """A configuration file and its data folders.

    Args:
        text: of config.toml.
    """

    def __init__(self, folder: Path, text: str) -> None:
        self.folder = folder
        self.config = folder / "config.toml"
        self.feeds = folder / "feeds"
        self._talk = folder / "talk"
        for each in (folder, self.feeds, folder / "store", self._talk):
            each.mkdir(parents=True, exist_ok=True)
        self.config.write_text(text, "utf-8")
        self._mark = uuid4().hex
        self._processes: list[Process] = []

    # ------------------------------------------------------------------ processes

    def start(self, *words: str) -> Process:
        """Start a command on this house."""
        return self.start_bare("-c", str(self.config), *words)

    def start_bare(self, *words: str) -> Process:
        """Start a command that names its folder itself."""
        kept = {n: v for n, v in os.environ.items() if not n.startswith("SYNDICATOR_")}
        environ = {**kept, _MARK: self._mark, "PYTHONFAULTHANDLER": "1"}
        process = Process(words, self._talk, environ)
        self._processes.append(process)
        return process

    def run(self, *words: str, code: int = 0, within_s: float = 60) -> Said:
        """Run a command to its end; another exit code than `code` is a failure."""
        return self.run_bare("-c", str(self.config), *words, code=code, within_s=within_s)

    def run_bare(self, *words: str, code: int = 0, within_s: float = 60) -> Said:
        """The same with a command that names its folder itself."""
        said = self.start_bare(*words).result(within_s)
        assert said.code == code, (words, said)
        return said

    def status(self) -> Any:
        """What `status --json` tells."""
        return json.loads(self.run("status", "--json").out)

    def close(self) -> None:
        """End what is still running of what was started here."""
        for process in self._processes:
            process.kill()

    def alive(self) -> set[int]:
        """Pids of what was started here and of what these have started."""
        mark = f"{_MARK}={self._mark}".encode()
        return {pid for pid in _pids() if mark in _environment(pid)}

    # ------------------------------------------------------------------ what they left

    def files(self) -> dict[str, bytes]:
        """Everything published, by path."""
        return {
            str(path.relative_to(self.feeds)): path.read_bytes()
            for path in sorted(self.feeds.rglob("*"))
            if path.is_file()
        }

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of the store."""
        file = self.folder / "store" / "syndicator.db"
        with contextlib.closing(sqlite.connect(str(file), timeout=10)) as db:
            return list(db.execute(query))


def _pids() -> Iterator[int]:
    return (int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit())


def _environment(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []  # gone meanwhile, or not ours


# ------------------------------------------------------------------ configurations


def press_config(press: PressServer, *, every: str = "5s") -> str:
    """The demo's configuration, listening at any free port."""
    text = demo_config(press, 8080).replace('"5s"', f'"{every}"')
    return text.replace("[serve]\nport = 8080", "[serve]\nport = 0")


def patient_config(press: PressServer) -> str:
    """The same with the usual intervals, so that what was read is not due for an hour."""
    text = press_config(press)
    return "".join(
        line
        for line in text.splitlines(keepends=True)
        if not line.startswith(("every =", "min_interval ="))
    )


SITE_CONFIG = """
[site]
title = "Newsroom"
contact = "desk@newsroom.example"

[fetch]
allow_private = ["127.0.0.1/32"]
starts_per_s = 50

[fetch.hosts."{host}"]
gap = {gap}
min_interval = "1s"

[serve]
port = 0

[themes.mali]
title = "Mali"
match = 'title:mali'
"""

SOURCE = """
[sources.{id}]
url = "{url}"
kind = "feed"
every = "{every}"
"""


def site_config(base: str, *paths: str, gap: str = "0", every: str = "1s") -> str:
    """A configuration that reads feeds of one site, each called as its path is."""
    host = base.removeprefix("http://")
    sources = [
        SOURCE.format(id=path.strip("/").partition(".")[0], url=base + path, every=every)
        for path in paths
    ]
    return SITE_CONFIG.format(host=host, gap=gap) + "".join(sources)


def rss(base: str, *titles: str) -> bytes:
    """A feed with an item for each title, the first being the oldest."""
    items = "".join(
        f'<item><guid isPermaLink="false">{base}#{n}</guid><title>{title}</title>'
        f"<link>{base}/{n}</link>"
        f"<pubDate>Sun, 01 Feb 2026 10:{n // 60:02}:{n % 60:02} GMT</pubDate>"
        f"<description>&lt;p&gt;What is said of {title}.&lt;/p&gt;</description></item>"
        for n, title in enumerate(titles)
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
        f"<title>The Courier</title><link>{base}/</link><description>News</description>"
        f"{items}</channel></rss>"
    ).encode()


# ------------------------------------------------------------------ what readers see


def served(address: str, path: str) -> bytes:
    """The body of a page; b"" where there is none (yet)."""
    answer = requests.get(address + path, timeout=10)
    return answer.content if answer.status_code == 200 else b""


def titles(body: bytes) -> list[str]:
    """Of all entries of an Atom document; [] for none at all."""
    if not body:
        return []
    return [
        entry.findtext(f"{ATOM}title") or ""
        for entry in etree.fromstring(body).iter(f"{ATOM}entry")
    ]
