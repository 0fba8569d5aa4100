"""A month of reading in a few minutes: the real pipeline, a clock that is moved, an invented press.

Sources are claimed, refreshed and saved as the daemon does it, from due time to due time. Beside
what came of it stands what polling at fixed times would have had: of the same papers, at the same
servers, worked out from when each article came out.
"""

from __future__ import annotations

import argparse
import heapq
import logging
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from bench.press import DAY_S, GAP_S, HABITS, START, MovableClock, Paper, Servers, key, press
from syndicator import jobs
from syndicator.app import Parts, open_parts
from syndicator.model import Source
from syndicator.stages.manners import Manners

HOUR_S = 3600.0
_ALL_ZERO = ("unconditional", "invented", "early", "hasty")
_SETTLED = timedelta(hours=36)  # what came out later than so long before the end is not judged
_TRY_AGAIN = timedelta(seconds=5)  # a host that was not free

CONFIG = """\
[site]
title = "A month"
contact = "http://127.0.0.1/"

[fetch]
allow_private = ["127.0.0.1/32"]

[executor]
kind = "inline"

[themes.water]
title = "Water"
match = 'river OR rain OR water'

"""


# ------------------------------------------------------------------ what came of it


@dataclass(slots=True, kw_only=True)
class Reading:
    """What a way of polling costs and brings; delays in seconds, by habit."""

    requests: int = 0
    not_modified: int = 0
    delays: dict[str, list[float]] = field(default_factory=lambda: {h.name: [] for h in HABITS})
    calm: list[float] = field(default_factory=list)  # of what came out while the server answered
    lost: int = 0  # gone from the feed before anybody looked, or behind an outage to the end

    def all_delays(self) -> list[float]:
        return [delay for some in self.delays.values() for delay in some]

    def had(self, paper: Paper, number: int, at: float) -> None:
        """An article was first seen."""
        delay = at - paper.posts[number]
        self.delays[paper.habit.name].append(delay)
        if paper.status(paper.posts[number]) == 200:
            self.calm.append(delay)


@dataclass(slots=True, kw_only=True)
class Month:
    """A run: ours, and what fixed polling would have been."""

    papers: list[Paper]
    days: float
    ours: Reading = field(default_factory=Reading)
    fixed: dict[str, Reading] = field(default_factory=dict)
    by_paper: Mapping[int, int] = field(default_factory=dict)  # requests
    answers: Mapping[int, int] = field(default_factory=dict)  # by status
    offences: Mapping[str, int] = field(default_factory=dict)  # as the servers saw it
    manners: Manners = field(default_factory=Manners)  # as our own record has it
    sources: Sequence[Source] = ()
    moved_to: Mapping[str, str] = field(default_factory=dict)  # id -> address of those that moved
    seconds: float = 0.0


def run(folder: Path, *, number: int = 200, days: float = 30, seed: int = 1) -> Month:
    """Everything, in an empty `folder`."""
    began = time.monotonic()
    papers, clock = press(number, days, seed), MovableClock()
    month = Month(papers=papers, days=days)
    with Servers(papers, clock) as servers:
        path = folder / "config.toml"
        path.write_text(CONFIG + "".join(_source(paper, servers) for paper in papers), "utf-8")
        with open_parts(path, environ={}, clock=clock) as parts:
            _live(parts, clock, until=START + timedelta(days=days))
            month.ours = _seen(parts, papers, until=days * DAY_S)
            month.manners = jobs.all_manners(jobs.politeness(parts).values())
            month.sources = parts.store.sources()
        witness = servers.witness
        month.moved_to = {
            _id(one): servers.url(one, moved=True) for one in papers if one.moves < days * DAY_S
        }
    month.by_paper, month.answers = witness.by_paper, witness.answers
    month.offences = witness.offences
    month.ours.requests = sum(witness.answers.values())
    month.ours.not_modified = witness.answers[304]
    month.fixed = _fixed(papers, days, month.ours.requests, seed)
    month.seconds = time.monotonic() - began
    return month


def _id(paper: Paper) -> str:
    return f"paper-{paper.number}"


def _source(paper: Paper, servers: Servers) -> str:
    return f'[sources.{_id(paper)}]\nurl = "{servers.url(paper)}"\nkind = "feed"\n\n'


# ------------------------------------------------------------------ the daemon's days


def _live(parts: Parts, clock: MovableClock, *, until: datetime) -> None:
    """Read what is due, then let time pass until the next thing is."""
    agenda = _Agenda(parts)
    while (at := agenda.next()) and at < until:
        clock.sleep((at - clock.now()).total_seconds())
        while at <= clock.now() and jobs.take_due(parts, agenda.done):
            at = agenda.next() or until
        agenda.put_off(clock.now())


class _Agenda:
    """When each source is due next, so that not all need be asked to find out."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._due: dict[str, datetime] = {}
        self._heap: list[tuple[datetime, str]] = []
        for source in parts.store.sources():
            self._set(source.id, source.next_check_at)

    def next(self) -> datetime | None:
        """The earliest time at which anything is due."""
        while self._heap and self._due.get(self._heap[0][1]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def done(self, pulled: jobs.Pulled, **_: bool) -> None:
        """One was read."""
        source = self._parts.store.source(pulled.source_id)
        self._set(source.id, None if source.gone_at else source.next_check_at)

    def put_off(self, now: datetime) -> None:
        """What is due and was not taken is tried again a little later: its host is not free."""
        while (at := self.next()) and at <= now:
            self._set(self._heap[0][1], now + _TRY_AGAIN)

    def _set(self, source_id: str, at: datetime | None) -> None:
        if at is None:
            self._due.pop(source_id, None)
        else:
            self._due[source_id] = at
            heapq.heappush(self._heap, (at, source_id))


# ------------------------------------------------------------------ delays


def _judged(paper: Paper, until: float) -> Iterator[int]:
    """Numbers of the articles whose delay counts: come out in time, and not before the start."""
    last = until - _SETTLED.total_seconds()
    return (n for n, at in enumerate(paper.posts) if 0 <= at < last)


def _seen(parts: Parts, papers: Iterable[Paper], *, until: float) -> Reading:
    """How long after each article came out we had it."""
    reading = Reading()
    for paper in papers:
        first_seen = {
            article.key: (article.first_seen_at - START).total_seconds()
            for article in parts.store.articles(source=_id(paper))
        }
        for number in _judged(paper, until):
            seen = first_seen.get(key(paper, number))
            if seen is None:
                reading.lost += 1
            else:
                reading.had(paper, number, seen)
    return reading


def _fixed(papers: Sequence[Paper], days: float, requests: int, seed: int) -> dict[str, Reading]:
    """Every hour; and as often as makes as many requests as ours."""
    alike_s = len(papers) * days * DAY_S / max(requests, 1)
    names = {"every hour": HOUR_S, f"every {alike_s / 60:.0f} minutes": alike_s}
    return {name: _polled(papers, days, every, seed) for name, every in names.items()}


def _polled(papers: Iterable[Paper], days: float, every_s: float, seed: int) -> Reading:
    """What polling at fixed times would have had, each paper from a moment of its own on."""
    reading = Reading()
    chance = random.Random(seed)
    for paper in papers:
        _poll(paper, days * DAY_S, chance.uniform(0, every_s), every_s, reading)
    return reading


def _poll(paper: Paper, until: float, first: float, every_s: float, reading: Reading) -> None:
    judged = set(_judged(paper, until))
    had, at = 0, first  # articles had so far
    while at < until and at < paper.ends:
        reading.requests += 1
        if paper.status(at) == 200:
            newest = paper.newest(at)
            if newest == had and (paper.tagged or paper.dated):
                reading.not_modified += 1
            for number in range(had, newest):
                if number not in judged:
                    continue
                if number < newest - paper.shown:
                    reading.lost += 1
                else:
                    reading.had(paper, number, at)
            had = newest
        at += every_s
    reading.lost += sum(1 for number in judged if number >= had)


# ------------------------------------------------------------------ the table


def faults(month: Month) -> list[str]:
    """All that should not be, one line each."""
    found = [f"servers were asked {name}: {times}" for name, times in month.offences.items()]
    bad = {name: getattr(month.manners, name) for name in _ALL_ZERO}
    found += [f"politeness: {number} {name}" for name, number in bad.items() if number]
    if (month.manners.shortest_gap_s or GAP_S) < GAP_S:
        found.append(f"{month.manners.shortest_gap_s} s between two starts at one host")
    if (month.manners.shortest_wait_s or 900) < 900:
        found.append(f"{month.manners.shortest_wait_s} s between two polls of one source")
    found += [f"{one.id}: {one.error}" for one in month.sources if "fault of ours" in one.error]
    return found + _strays(month)


def _strays(month: Month) -> list[str]:
    """Sources that moved or ended long ago, and that we did not follow or leave."""
    until = month.days * DAY_S
    by_id = {source.id: source for source in month.sources}
    found = []
    for paper in month.papers:
        source = by_id[_id(paper)]
        to = month.moved_to.get(source.id)
        if to and paper.moves < until - 14 * DAY_S and source.url != to:
            found.append(f"{source.id} moved long ago, and is still asked at {source.url}")
        if paper.ends < until - 3 * DAY_S and not source.gone_at and not paper.outages:
            found.append(f"{source.id} has been gone for three days, and we do not know")
    return found


_HEAD = "{:<22}{:>13}{:>6}{:>9}{:>9}{:>9}{:>9}{:>6}"
_HABITS = "{:<14}{:>8}{:>19}{:>12}{:>12}"


def table(month: Month) -> Iterator[str]:
    """What it cost and brought, beside fixed polling."""
    posts = sum(1 for paper in month.papers for _ in _judged(paper, month.days * DAY_S))
    yield (
        f"{len(month.papers)} sources, {month.days:g} days, {posts} articles that count "
        f"({month.seconds:.0f} s)\n"
    )
    yield _HEAD.format("polling", "requests/day", "304", "mean", "calm", "median", "p90", "lost")
    for name, reading in {"as the source speaks": month.ours, **month.fixed}.items():
        yield _row(name, reading, month.days)
    yield (
        "calm: mean delay of what came out while its server answered; "
        "lost: rolled out of the feed, or behind an outage to the end;\n"
        "fixed polling is worked out, and heeds neither max-age nor Retry-After\n"
    )
    yield _HABITS.format("habit", "sources", "requests/day each", "mean delay", "every hour")
    for habit in HABITS:
        papers = [paper for paper in month.papers if paper.habit is habit]
        asked = sum(month.by_paper[paper.number] for paper in papers)
        each = asked / len(papers) / month.days if papers else 0.0
        ours, hourly = (
            _span(_mean(reading.delays[habit.name]))
            for reading in (month.ours, month.fixed["every hour"])
        )
        yield _HABITS.format(habit.name, len(papers), f"{each:.1f}", ours, hourly)
    answers = ", ".join(f"{status} {times}" for status, times in sorted(month.answers.items()))
    yield f"\nAnswers: {answers}"
    moved = sum(one.url != one.first_url for one in month.sources)
    gone = sum(1 for one in month.sources if one.gone_at)
    ended = sum(paper.ends < month.days * DAY_S for paper in month.papers)
    yield f"Moved: {moved} of {len(month.moved_to)}; gone: {gone} of {ended}"
    manners = month.manners
    yield (
        f"Politeness, on our record: {manners.unconditional} unconditional, {manners.invented} "
        f"invented, {manners.early} early, {manners.hasty} hasty of {manners.requests} requests; "
        f"at least {manners.shortest_gap_s or 0:.1f} s between starts at a host, "
        f"{_span(manners.shortest_wait_s or 0)} between polls of a source"
    )
    yield f"As the servers saw it: {sum(month.offences.values())} offences"


def _row(name: str, reading: Reading, days: float) -> str:
    delays = reading.all_delays()
    tenth = statistics.quantiles(delays, n=10)[-1] if len(delays) > 1 else 0.0
    middle = statistics.median(delays) if delays else 0.0
    share = reading.not_modified / max(reading.requests, 1)
    spans = (_mean(delays), _mean(reading.calm), middle, tenth)
    count = f"{reading.requests / days:.0f}"
    return _HEAD.format(name, count, f"{share:.0%}", *map(_span, spans), reading.lost)


def _mean(values: Sequence[float]) -> float:
    return statistics.fmean(values) if values else 0.0


def _span(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds < 2 * HOUR_S else f"{seconds / HOUR_S:.1f} h"


def main(words: Sequence[str] | None = None) -> int:
    """Run and print; 1 when anybody was asked impolitely."""
    options = argparse.ArgumentParser(prog="python -m bench.month", description=__doc__)
    options.add_argument("--sources", type=int, default=200)
    options.add_argument("--days", type=float, default=30)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args(words)
    logging.basicConfig(level=logging.ERROR)
    memory = Path("/dev/shm")
    where = memory if memory.is_dir() else None  # the speed of a disk is not what is looked at
    with tempfile.TemporaryDirectory(prefix="syndicator-month-", dir=where) as folder:
        month = run(Path(folder), number=chosen.sources, days=chosen.days, seed=chosen.seed)
    print("\n".join(table(month)))
    wrong = faults(month)
    print(*(["\nWrong:", *wrong] if wrong else ["\nNothing wrong."]), sep="\n  ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
