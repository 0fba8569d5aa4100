"""An invented press on loopback for `bench.month`: who publishes when, and how its servers answer.

Everything follows from a seed. Times are those of a clock that the program moves; the servers run
in this process and look at it. They keep a witness of their own of how they were asked.
"""

from __future__ import annotations

import bisect
import math
import random
import selectors
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

START = datetime(2026, 1, 5, tzinfo=UTC)  # a Monday
PAST = timedelta(days=60)  # that the papers have been publishing for when the program begins
DAY_S = 86400.0
GAP_S = 2.0


class MovableClock:
    """A clock (ports.Clock) that moves when told, and by sleep(), which does not wait."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._elapsed = 0.0

    def now(self) -> datetime:
        return START + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        return self._elapsed

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self._elapsed += max(seconds, 0.0)


# ------------------------------------------------------------------ papers


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """How often a kind of paper publishes, and how large a share of all papers is of it."""

    name: str
    a_day: float
    share: float


HABITS = (
    Habit(name="two an hour", a_day=48, share=0.02),
    Habit(name="hourly", a_day=20, share=0.06),
    Habit(name="a few a day", a_day=4, share=0.25),
    Habit(name="daily", a_day=1, share=0.32),
    Habit(name="weekly", a_day=1 / 7, share=0.25),
    Habit(name="monthly", a_day=1 / 30, share=0.10),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From when to when, in seconds after START."""

    start: float
    end: float

    def holds(self, at: float) -> bool:
        return self.start <= at < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One source: its articles, and the ways of its server.

    Times are seconds after START.

    Args:
        host: number of the server it is on; some papers share one.
        posts: when each article came out, in order; the past has negative times.
        shown: how many of the newest its feed shows.
        quiet: spans in which its server says 429 and when to come back.
        outages: spans in which it fails.
        moves: from when on its address redirects for good. ends: from when on it is gone (410).
    """

    number: int
    host: int
    habit: Habit
    posts: tuple[float, ...]
    shown: int
    tagged: bool
    dated: bool
    max_age_s: int | None
    quiet: tuple[Span, ...]
    outages: tuple[Span, ...]
    moves: float = math.inf
    ends: float = math.inf

    def newest(self, at: float) -> int:
        """How many articles have come out until then."""
        return bisect.bisect_right(self.posts, at)

    def status(self, at: float) -> int:
        """What its server answers then, moves and conditions aside."""
        if at >= self.ends:
            return 410
        if any(span.holds(at) for span in self.outages):
            return 500
        return 429 if any(span.holds(at) for span in self.quiet) else 200


def press(number: int, days: float, seed: int) -> list[Paper]:
    """So many papers, a fifth of them on servers that five share."""
    chance = random.Random(seed)
    habits = [habit for habit in HABITS for _ in range(max(round(habit.share * number), 1))]
    habits += [HABITS[3]] * (number - len(habits))
    chance.shuffle(habits)
    alone = number - number // 5
    return [
        _paper(n, n if n < alone else alone + (n - alone) // 5, habits[n], days, seed)
        for n in range(number)
    ]


def _paper(number: int, host: int, habit: Habit, days: float, seed: int) -> Paper:
    chance = random.Random(f"{seed} {number}")
    until = days * DAY_S
    quiet_hosts = random.Random(f"{seed} host {host}")  # those on one server are told alike
    moves, ends = math.inf, math.inf
    fate = chance.random()
    if fate < 0.05:
        moves = chance.uniform(0.05, 0.5) * until
    elif fate < 0.08:
        ends = chance.uniform(0.1, 0.9) * until
    validators = chance.choices([(1, 1), (1, 0), (0, 1), (0, 0)], [50, 20, 15, 15])[0]
    return Paper(
        number=number,
        host=host,
        habit=habit,
        posts=tuple(at for at in _posts(habit, chance, until) if at < ends),
        shown=chance.choice([10, 15, 25, 40]),
        tagged=bool(validators[0]),
        dated=bool(validators[1]),
        max_age_s=chance.choice([None, None, None, 0, 300, 900, 1800, 3600, 6 * 3600]),
        quiet=tuple(_spans(quiet_hosts, until, share=0.2, least_s=600, most_s=6 * 3600)),
        outages=tuple(_spans(chance, until, share=0.3, least_s=3600, most_s=3 * DAY_S)),
        moves=moves,
        ends=ends,
    )


def _posts(habit: Habit, chance: random.Random, until: float) -> Iterator[float]:
    """A Poisson process, thinned by the hours its people work."""
    zone, awake = chance.randrange(24), chance.random() < 0.8
    weekend = chance.choice([0.1, 0.4, 1.0])
    most = habit.a_day / DAY_S * (3 if awake else 1)
    at = -PAST.total_seconds()
    while (at := at + chance.expovariate(most)) < until:
        local = (at / 3600 + zone) % 24
        shape = (1.0 if 8 <= local < 16 else 0.0) if awake else 1.0
        if (at / DAY_S) % 7 >= 5:
            shape *= weekend
        if chance.random() < shape:
            yield at


def _spans(
    chance: random.Random, until: float, *, share: float, least_s: float, most_s: float
) -> Iterator[Span]:
    """For a share of papers, now and then one of between so and so long, short ones oftener."""
    if chance.random() >= share:
        return
    for _ in range(chance.randint(1, 4)):
        start = chance.uniform(0.02, 1) * until
        yield Span(start=start, end=start + least_s * (most_s / least_s) ** chance.random())


# ------------------------------------------------------------------ documents

_WORDS = (
    *("river", "council", "harvest", "market", "border", "school", "clinic", "road", "bridge"),
    *("water", "teacher", "mayor", "rain", "village", "port", "railway", "parliament", "minister"),
    *("doctor", "farmer", "season", "price", "court", "election"),
)


def document(paper: Paper, at: float) -> bytes:
    """Its feed as it stands then."""
    newest = paper.newest(at)
    items = "".join(
        _item(paper, n) for n in range(newest - 1, max(newest - paper.shown, 0) - 1, -1)
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel>'
        f"<title>Paper {paper.number}</title><link>https://p{paper.number}.example/</link>"
        f"<description>All of it</description>{items}</channel></rss>"
    ).encode()


def key(paper: Paper, number: int) -> str:
    """The id of its article of this number."""
    return f"urn:paper:{paper.number}:{number}"


def _item(paper: Paper, number: int) -> str:
    chance = random.Random(paper.number * 1_000_003 + number)
    words = " ".join(chance.choices(_WORDS, k=40))
    date = format_datetime(START + timedelta(seconds=paper.posts[number]), usegmt=True)
    return (
        f'<item><guid isPermaLink="false">{key(paper, number)}</guid>'
        f"<title>{' '.join(chance.choices(_WORDS, k=6)).capitalize()} {paper.number}</title>"
        f"<link>https://p{paper.number}.example/{number}</link><pubDate>{date}</pubDate>"
        f"<description>{words}</description></item>"
    )


# ------------------------------------------------------------------ servers


@dataclass(slots=True)
class Witness:
    """How the servers were asked, as they saw it themselves; all of `offences` is to be none."""

    answers: Counter[int] = field(default_factory=Counter)
    by_paper: Counter[int] = field(default_factory=Counter)
    offences: Counter[str] = field(default_factory=Counter)
    _given: dict[str, tuple[str, str]] = field(default_factory=dict)  # by path
    _fresh: dict[str, float] = field(default_factory=dict)  # by path
    _quiet: dict[int, float] = field(default_factory=dict)  # by host
    _last: dict[int, float] = field(default_factory=dict)  # by host
    _gone: set[int] = field(default_factory=set)

    def asked(self, paper: Paper, path: str, sent: tuple[str, str], at: float) -> None:
        """One request, before it is answered."""
        self.by_paper[paper.number] += 1
        given = self._given.get(path, ("", ""))
        reasons = {
            "without the validators it was given": any(given) and not any(sent),
            "with validators it was never given": any(
                ours and ours != theirs for ours, theirs in zip(sent, given, strict=True)
            ),
            "inside max-age": at < self._fresh.get(path, 0.0),
            "inside Retry-After": at < self._quiet.get(paper.host, 0.0),
            "less than two seconds after another": at < self._last.get(paper.host, -9.0) + GAP_S,
            "after it was gone": paper.number in self._gone,
        }
        self.offences.update(name for name, is_so in reasons.items() if is_so)
        self._last[paper.host] = at

    def answered(
        self, paper: Paper, path: str, status: int, given: tuple[str, str], at: float, wait_s: float
    ) -> None:
        """... and what was answered; `wait_s` is max-age or Retry-After."""
        self.answers[status] += 1
        if status in (200, 304):
            self._given[path] = given
            self._fresh[path] = at + wait_s
        elif status == 301:
            self._given.pop(path, None)
        elif status == 429:
            self._quiet[paper.host] = at + wait_s
        elif status == 410:
            self._gone.add(paper.number)


class Servers:
    """The servers of all papers, one port for each host, while the context is open."""

    def __init__(self, papers: list[Paper], clock: MovableClock) -> None:
        self.papers = papers
        self.clock = clock
        self.witness = Witness()
        hosts = 1 + max(paper.host for paper in papers)
        self._servers = [_Server(self) for _ in range(hosts)]
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True, name="press")

    def url(self, paper: Paper, *, moved: bool = False) -> str:
        """Where it is read."""
        port = self._servers[paper.host].server_address[1]
        return f"http://127.0.0.1:{port}/{paper.number}/{'new' if moved else 'feed'}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopped.set()
        self._thread.join(5)
        for server in self._servers:
            server.server_close()

    def _serve(self) -> None:
        """One thread for all of them: most are asked a few times a day."""
        with selectors.DefaultSelector() as ready:
            for server in self._servers:
                ready.register(server, selectors.EVENT_READ, server)
            while not self._stopped.is_set():
                for found, _ in ready.select(0.1):
                    found.data.handle_request()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, servers: Servers) -> None:
        self.servers = servers
        super().__init__(("127.0.0.1", 0), _Handler)

    def server_bind(self) -> None:
        self.socket.bind(self.server_address)  # the library would ask a name server for its name
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "press", int(self.server_address[1])


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        servers = self.server.servers
        number, _, name = self.path.strip("/").partition("/")
        paper = servers.papers[int(number)]
        at = servers.clock.monotonic()
        sent = (
            self.headers.get("If-None-Match", ""),
            self.headers.get("If-Modified-Since", ""),
        )
        servers.witness.asked(paper, self.path, sent, at)
        status, given, wait_s = paper.status(at), _validators(paper, at), 0.0
        headers = {}
        if status == 200 and name == "feed" and at >= paper.moves:
            status, headers = 301, {"Location": f"/{paper.number}/new"}
        elif status == 200:
            status = 304 if _matches(sent, given) else 200
            headers = {"ETag": given[0], "Last-Modified": given[1]}
            if paper.max_age_s is not None:
                headers["Cache-Control"] = f"max-age={paper.max_age_s}"
                wait_s = paper.max_age_s
        elif status == 429:
            wait_s = math.ceil(max(span.end for span in paper.quiet if span.holds(at)) - at)
            headers = {"Retry-After": str(wait_s)}
        body = document(paper, at) if status == 200 else b""
        servers.witness.answered(paper, self.path, status, given, at, wait_s)
        self._send(status, headers, body)

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            if value:
                self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Type", "application/rss+xml")
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


def _validators(paper: Paper, at: float) -> tuple[str, str]:
    newest = paper.newest(at)
    last = paper.posts[newest - 1] if newest else -PAST.total_seconds()
    date = format_datetime(START + timedelta(seconds=last), usegmt=True)
    return (f'"{newest}"' if paper.tagged else "", date if paper.dated else "")


def _matches(sent: tuple[str, str], given: tuple[str, str]) -> bool:
    """If-None-Match silences If-Modified-Since (RFC 9110 section 13.1.3)."""
    return sent[0] == given[0] if sent[0] else bool(sent[1]) and sent[1] == given[1]
