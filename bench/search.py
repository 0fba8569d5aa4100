"""What a search costs in a store of very many articles, newest first.

    python -m bench.search                      a million articles, kept in memory or /tmp meanwhile
    python -m bench.search --articles 100000 --words 300
    python -m bench.search --keep FOLDER        make the store there, or ask the one that is there

The articles are invented: words of a vocabulary of 60,000 by Zipf's law, so that the commonest
stand in nearly all, and one, "half", in every second. Each question is asked many times, of other
words each time. Ends with 1 when p50 is over 20 ms or p99 over 200 ms of the questions that count.
"""

from __future__ import annotations

import argparse
import random
import shutil
import statistics
import sys
import tempfile
import time
from bisect import bisect
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from pathlib import Path

from sqlalchemy import insert

from syndicator.errors import SlowQueryError
from syndicator.model import Content, SourceSettings
from syndicator.stores.codec import digest, pack
from syndicator.stores.schema import articles, feeds, members, revisions
from syndicator.stores.store import SiteFacts, SqlStore, open_store

VOCABULARY = 60_000
SOURCES = 300
YEARS = 20
NOW = datetime(2026, 3, 1, tzinfo=UTC)
P50_MS, P99_MS = 20.0, 200.0
DEAR = ("nothing of two common", "prefix of 2")  # FTS5 reads all of its lists; they do not count
_AT_ONCE = 2000
_LETTERS = "etaoinshrdlcumwfgypbvk"


class Words:
    """Words by their rank; the first are the commonest."""

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed)
        made = {"half": None, "third": None}
        while len(made) < VOCABULARY:
            made["".join(self._draw.choices(_LETTERS, k=self._draw.randint(3, 10)))] = None
        self.all = list(made)[2:]
        self._sums = list(accumulate(1 / (rank + 2.7) for rank in range(len(self.all))))

    def some(self, count: int) -> list[str]:
        return [
            self.all[bisect(self._sums, self._draw.random() * self._sums[-1])] for _ in range(count)
        ]

    def between(self, first: int, last: int) -> str:
        """A word of one of these ranks."""
        return self.all[self._draw.randrange(first, min(last, len(self.all)))]


def fill(store: SqlStore, count: int, length: int, words: Words) -> None:
    """Keep so many articles, straight into the tables."""
    for n in range(SOURCES):
        store.add_source(f"s{n}", SourceSettings(url=f"https://s{n}.example/feed"), now=NOW)
    numbers = iter(range(1, count + 1))
    with store.database.read() as db:
        feed = db.scalar(feeds.select().with_only_columns(feeds.c.number))
    while some := list(islice(numbers, _AT_ONCE)):
        kept, told, shown = [], [], []
        for n in some:
            content = _content(n, count, length, words)
            text = pack(content)
            mine = {"article": n, "at": content.published_at}
            facts = {"id": f"{n:032x}", "entry_id": f"urn:x:{n}", "story": f"{n:032x}"}
            dates = dict.fromkeys(
                ("published_at", "updated_at", "first_seen_at", "changed_at"), content.published_at
            )
            kept.append(
                {
                    "number": n,
                    "source": n % SOURCES + 1,
                    "key": str(n),
                    "revision": 1,
                    **facts,
                    **dates,
                }
            )
            told.append({**mine, "no": 1, "content": text, "sha256": digest(text), "notes": ()})
            shown.append(
                {**mine, "feed": feed, "entry_id": f"urn:x:{n}", "story": facts["story"]}
                | {"n": n, "kind": "put", "segment": 1, "updated": content.published_at}
            )
        with store.database.write() as db:
            db.execute(insert(articles), kept)
            db.execute(insert(revisions), told)
            db.execute(insert(members), shown)


def _content(n: int, count: int, length: int, words: Words) -> Content:
    said = words.some(length)
    said += ["half"] if n % 2 else []
    said += ["third"] if n % 3 == 0 else []
    return Content(
        url=f"https://s{n % SOURCES}.example/{n}",
        title=" ".join(said[:7]),
        standfirst=" ".join(said[7:20]),
        text=" ".join(said[20:]),
        language="en" if n % 3 else "fr",
        published_at=NOW - timedelta(seconds=(count - n) * YEARS * 31_536_000 // count),
    )


def questions(words: Words) -> dict[str, Callable[[], str]]:
    """What is asked: its name, and how to make one more."""
    rare = (5000, VOCABULARY)
    return {
        "every second article": lambda: "half",
        "common word": lambda: words.between(0, 200),
        "rare word": lambda: words.between(*rare),
        "two common words": lambda: f"{words.between(0, 100)} {words.between(0, 100)}",
        "common and rare": lambda: f"half {words.between(*rare)}",
        "common, not common": lambda: f"half AND NOT {words.between(0, 100)}",
        "nothing of two common": lambda: 'half AND lang:fr AND "half third third"',
        "phrase of common words": lambda: f'"{words.between(0, 30)} {words.between(0, 30)}"',
        "near": lambda: f'"half {words.between(0, 200)}"~20',
        "title": lambda: f"title:{words.between(0, 2000)}",
        "prefix of 2": lambda: f"{words.between(0, 500)[:2]}*",
        "prefix of 4": lambda: f"{words.between(0, 500)[:4]}*",
        "source": lambda: f"half source:s{random.randrange(SOURCES)}",
        "language": lambda: "half lang:fr",
    }


def ask(store: SqlStore, times: int, words: Words) -> bool:
    """Ask all of it, print what it took; whether that is quick enough."""
    print(f"{'question':28}{'hits':>5}{'p50 ms':>9}{'p99 ms':>9}")
    fine = True
    for name, question in questions(words).items():
        for how in ({}, {"public": True}):
            quick = _asked(store, name + (", public" if how else ""), question, times, how)
            fine &= quick or name in DEAR
    since = {"since": NOW - timedelta(days=5000), "until": NOW - timedelta(days=4000)}
    fine &= _asked(store, "every second, of old days", lambda: "half", times, since)
    fine &= _asked(store, "every second, page 50", lambda: "half", times, {"offset": 1000})
    _asked(store, "ranked, common", lambda: words.between(0, 200), times, {"rank": True})
    _asked(store, "ranked, rare", lambda: words.between(5000, VOCABULARY), times, {"rank": True})
    _asked(store, "an address", lambda: f'url:"/{random.randrange(10**6)}"', 20, {})
    return fine


def _asked(store: SqlStore, name: str, question: Callable[[], str], times: int, how: dict) -> bool:
    took: list[float] = []
    hits = 0
    for _ in range(times):
        began = time.perf_counter()
        with suppress(SlowQueryError):
            hits += len(store.find(question(), limit=20, patience_s=10, **how))
        took.append((time.perf_counter() - began) * 1000)
    p50, p99 = statistics.median(took), sorted(took)[int(len(took) * 0.99) - 1]
    print(f"{name:28}{hits / times:5.0f}{p50:9.2f}{p99:9.2f}", flush=True)
    return p50 <= P50_MS and p99 <= P99_MS


@contextmanager
def _folder(given: Path | None) -> Iterator[Path]:
    if given is not None:
        yield given
        return
    made = Path(tempfile.mkdtemp(prefix="bench-search-"))
    try:
        yield made
    finally:
        shutil.rmtree(made)


def main() -> int:
    """Make the store, index it, ask."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--articles", type=int, default=1_000_000)
    options.add_argument("--words", type=int, default=150, help="of one article")
    options.add_argument("--times", type=int, default=200, help="each question is asked")
    options.add_argument("--keep", type=Path, help="make the store here, and leave it")
    given = options.parse_args()
    words = Words(1)
    with _folder(given.keep) as folder:
        store = open_store(
            "sqlite:///bench.db", folder=folder, base_url="", site=SiteFacts(title="B")
        )
        if not store.counts()["articles"]:
            fill(store, given.articles, given.words, words)
        began = time.monotonic()
        taken = 0
        while some := store.index_some():
            taken += some
        took = time.monotonic() - began
        index, kept = store.index_file.path.stat().st_size, (folder / "bench.db").stat().st_size
        print(f"{store.counts()['articles']:,} articles, {kept / 2**20:,.0f} MiB of store")
        print(f"index: {index / 2**20:,.0f} MiB, {taken:,} articles taken up in {took:,.0f} s")
        fine = ask(store, given.times, words)
        store.close()
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
