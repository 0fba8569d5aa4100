"""What a poll costs: CPU time a feed, of the real program, beside feedparser alone and `reader`.

    python -m bench.cost                  300 feeds
    python -m bench.cost --feeds 1000 --rounds 3 --no-reader

CPU time is user and system time of the process and of its parsing processes; the origin's is not in
it. Stores are on a file system in memory where there is one, so that syncing is free for all
that are compared. The search index is kept up off the way of a poll and is not in it.
"""

from __future__ import annotations

import argparse
import io
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import venv
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import feedparser.api

from bench.feeds import ENTRIES, Feed, feeds
from bench.origin import Origin
from syndicator import jobs
from syndicator.app import Parts, open_parts

COLD, KNOWN, SAME, ONE = "cold poll", "all 304", "same body, no validators", "one new entry of 25"
STATES = (COLD, KNOWN, SAME, ONE)
TARGETS_MS = {COLD: 20.0, KNOWN: 1.5, SAME: 3.0, ONE: 6.0}

_CONFIG = """\
[site]
title = "Cost"
contact = "http://127.0.0.1/"

[fetch]
allow_private = ["127.0.0.0/8"]
starts_per_s = 100000

[themes.two-words]
title = "Two words"
match = 'ban AND tor'

[themes.titles]
title = "Titles"
match = 'title:(ban OR tor OR kel)'
"""


@dataclass(slots=True, kw_only=True)
class Costs:
    """CPU milliseconds a feed by state, one number a round; start-up in milliseconds, once."""

    name: str
    start_ms: list[float] = field(default_factory=list)
    ms: dict[str, list[float]] = field(default_factory=dict)
    note: str = ""

    def add(self, state: str, cpu_s: float, feeds: int) -> None:
        """Note what one round took."""
        self.ms.setdefault(state, []).append(cpu_s * 1000 / feeds)

    def median(self, state: str) -> float | None:
        """Over the rounds, None where it was not measured."""
        return statistics.median(self.ms[state]) if state in self.ms else None


# ------------------------------------------------------------------ ours


def ours(origin: Origin, some: Sequence[Feed], folder: Path, costs: Costs) -> None:
    """One round of all four states.

    Raises:
        RuntimeError: a poll did not bring what it had to.
    """
    _serve(origin, some)
    with _program(folder / "known", some, origin.known, origin, costs) as (parts, meter):
        meter(COLD, _poll(parts, {"changed": len(some)}, new=len(some) * ENTRIES))
        meter(KNOWN, _poll(parts, {"unchanged": len(some)}, new=0))
        _serve(origin, some, later=1)
        meter(ONE, _poll(parts, {"changed": len(some)}, new=len(some)))
    with _program(folder / "bare", some, origin.bare, origin, costs) as (parts, meter):
        meter(COLD, _poll(parts, {"changed": len(some)}, new=len(some) * ENTRIES))
        meter(SAME, _poll(parts, {"unchanged": len(some)}, new=0))


def _serve(origin: Origin, some: Sequence[Feed], *, later: int = 0) -> None:
    for each in some:
        origin.put(each.name, each.document(later=later))


@contextmanager
def _program(
    folder: Path, some: Sequence[Feed], port: int, origin: Origin, costs: Costs
) -> Iterator[tuple[Parts, Callable[[str, Callable[[], None]], None]]]:
    """The program with these feeds as its sources, running; and a meter for what it does."""
    folder.mkdir(parents=True)
    hosts = [f'\n[fetch.hosts."{each.host}:{port}"]\ngap = 0\n' for each in some]
    sources = [
        f'\n[sources.{each.name}]\nkind = "feed"\nurl = "http://{each.host}:{port}/{each.name}.xml"\n'
        for each in some
    ]
    config = folder / "config.toml"
    config.write_text("".join([_CONFIG, *hosts, *sources]), "utf-8")

    def metered(state: str, poll: Callable[[], None]) -> None:
        before = _cpu_s(origin.pids)
        poll()
        costs.add(state, _cpu_s(origin.pids) - before, len(some))

    began = _cpu_s(origin.pids)
    with open_parts(config, environ={}) as parts:
        _start_workers(parts)
        costs.start_ms.append((_cpu_s(origin.pids) - began) * 1000)
        yield parts, metered


def _start_workers(parts: Parts) -> None:
    threads = [
        threading.Thread(target=parts.sandbox.call, args=(time.sleep, 0.5)) for _ in range(2)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()


def _poll(parts: Parts, results: dict[str, int], *, new: int) -> Callable[[], None]:
    def poll() -> None:
        pulled = jobs.pull(parts, force=True)
        found = Counter(one.result for one in pulled)
        if found != results or sum(one.new for one in pulled) != new:
            errors = sorted({one.error for one in pulled if one.error})[:3]
            came = sum(one.new for one in pulled)
            raise RuntimeError(f"{results} with {new} new expected, {found} with {came}: {errors}")

    return poll


def _cpu_s(others: frozenset[int]) -> float:
    """User and system time so far of this process and its children, but for `others`."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    running = 0
    for task in Path("/proc/self/task").iterdir():
        # A thread may end between being listed and being asked: whoever it started goes on under
        # another one; and a process that ends meanwhile counts among those that ended.
        with suppress(FileNotFoundError, ProcessLookupError):
            for pid in (task / "children").read_text().split():
                if int(pid) not in others:
                    stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                    running += int(stat[11]) + int(stat[12])
    return (
        time.process_time() + ended.ru_utime + ended.ru_stime + running / os.sysconf("SC_CLK_TCK")
    )


# ------------------------------------------------------------------ the others


def bare_feedparser(some: Sequence[Feed], costs: Costs) -> None:
    """Nothing but `feedparser.parse` over the same bytes, as it comes."""
    bodies = [each.document() for each in some]
    ours = list(feedparser.api.PREFERRED_XML_PARSERS)
    feedparser.api.PREFERRED_XML_PARSERS[:] = ["drv_libxml2"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        began = time.process_time()
        for body in bodies:
            feedparser.parse(io.BytesIO(body))
        costs.add(COLD, time.process_time() - began, len(some))
    feedparser.api.PREFERRED_XML_PARSERS[:] = ours


_READER = """\
import sys, time
import reader
began = time.process_time()
library = reader.make_reader(sys.argv[1])
for url in sys.stdin.readline().split():
    library.add_feed(url)
print(reader.__version__, time.process_time() - began, flush=True)
while sys.stdin.readline():
    began = time.process_time()
    found = list(library.update_feeds_iter(workers=16, scheduled=False))
    new = sum(getattr(one.value, "new", 0) for one in found)
    print(new, time.process_time() - began, flush=True)
"""


def install_reader(folder: Path) -> Path | str:
    """A Python that has `reader`, or why there is none."""
    python = folder / "bin" / "python"
    venv.create(folder, with_pip=True)
    # reader 3.26 brings a feedparser that wants sgmllib, and names nothing that has it.
    words = [str(python), "-m", "pip", "install", "-q", "reader", "sgmllib3k"]
    run = subprocess.run(words, capture_output=True, text=True, check=False)
    said = (run.stderr.strip().splitlines() or ["no reason given"])[-1]
    return python if run.returncode == 0 else f"cannot be installed: {said}"


def with_reader(
    python: Path, origin: Origin, some: Sequence[Feed], folder: Path, costs: Costs
) -> None:
    """One round of the library; it keeps no hash of bodies, so the third state is its first."""
    _serve(origin, some)
    folder.mkdir(parents=True)
    urls = " ".join(f"http://{each.host}:{origin.known}/{each.name}.xml" for each in some)
    words = [str(python), "-c", _READER, str(folder / "reader.sqlite")]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def ask(line: str) -> tuple[str, float]:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(f"{line}\n")
            process.stdin.flush()
            said, cpu_s = process.stdout.readline().split()
            return said, float(cpu_s)

        version, cpu_s = ask(urls)
        costs.start_ms.append(cpu_s * 1000)
        costs.name = f"reader {version}"
        new, cpu_s = ask("")
        costs.add(COLD, cpu_s, len(some))
        costs.note = f"{int(new)} of {len(some) * ENTRIES} entries: it refuses what is ill-formed"
        costs.add(KNOWN, ask("")[1], len(some))
        _serve(origin, some, later=1)
        costs.add(ONE, ask("")[1], len(some))


# ------------------------------------------------------------------ the table


def table(all_costs: Sequence[Costs], number: int) -> Iterator[str]:
    """CPU milliseconds a feed, and how many times ours the others take."""
    mine, *others = all_costs
    yield f"CPU ms a feed, {number} feeds of {ENTRIES} entries (times ours)"
    yield f"{'':<27}{'target':>8}" + "".join(f"{each.name:>22}" for each in all_costs)
    for state in STATES:
        own = mine.median(state)
        cells = [_cell(each.median(state), own) for each in others]
        yield f"{state:<27}{TARGETS_MS[state]:>8.1f}{_cell(own, None):>22}" + "".join(
            f"{cell:>22}" for cell in cells
        )
    starts = [statistics.median(each.start_ms) if each.start_ms else None for each in all_costs]
    cells = ["" if each is None else f"{each:.0f} ms in all" for each in starts]
    yield f"{'start-up, not in the above':<35}" + "".join(f"{cell:>22}" for cell in cells)
    yield from (f"{each.name}: {each.note}" for each in all_costs if each.note)


def _cell(ms: float | None, own: float | None) -> str:
    if ms is None:
        return ""
    return f"{ms:.2f}" + (f" ({ms / own:.1f}x)" if own else "")


def run(
    number: int, *, rounds: int = 1, reader: bool = True, parent: str | None = None
) -> tuple[list[Costs], str]:
    """Everything measured, and what the origin was."""
    some = feeds(number)
    mine, parser = Costs(name="syndicator"), Costs(name="feedparser alone")
    other = Costs(name="reader")
    with tempfile.TemporaryDirectory(prefix="syndicator-cost-", dir=parent) as name:
        folder = Path(name)
        python = install_reader(folder / "venv") if reader else "left out"
        if isinstance(python, str):
            other.note = python
        with Origin(folder / "origin") as origin:
            for turn in range(rounds):
                ours(origin, some, folder / f"ours-{turn}", mine)
                bare_feedparser(some, parser)
                if isinstance(python, Path):
                    with_reader(python, origin, some, folder / f"reader-{turn}", other)
    return [mine, parser, other], origin.server


def main() -> None:
    """Measure and print."""
    words = argparse.ArgumentParser(prog="python -m bench.cost", description=__doc__.split("\n")[0])
    words.add_argument("--feeds", type=int, default=300)
    words.add_argument("--rounds", type=int, default=1, help="of which the median is shown")
    words.add_argument("--no-reader", action="store_true", help="do not install and run `reader`")
    said = words.parse_args()
    memory = Path("/dev/shm")
    parent = str(memory) if memory.is_dir() and os.access(memory, os.W_OK) else None
    load = os.getloadavg()[0]
    costs, server = run(said.feeds, rounds=said.rounds, reader=not said.no_reader, parent=parent)
    print("\n".join(table(costs, said.feeds)))
    print(
        f"\nOrigin: {server}. Python {sys.version.split()[0]}, {os.cpu_count()} cores, "
        f"load {load:.1f} before and {os.getloadavg()[0]:.1f} after; rounds: {said.rounds}."
    )


if __name__ == "__main__":
    main()
