"""What one new article costs to publish, in a theme of a thousand and of a hundred thousand.

    python -m bench.pages                          1,000 and 100,000 articles over ten years
    python -m bench.pages --sizes 1000 20000 --rounds 5

The store is filled as refreshes would fill it and counts as published, then one article after the
other comes in: the newest of all, and one of eight years ago. Told are CPU time, files and bytes of
each run of `publish`, and how many times more that is than in the smallest store. The folder is on
a file system in memory where there is one.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from syndicator import jobs
from syndicator.app import Parts, open_parts
from syndicator.model import ArticleChange, Content, Outcome, Reason, SourceSettings, Theme
from syndicator.publishers.tree import Tree
from syndicator.text.ids import article_id

FEED = "https://press.example.org/feed"
END = datetime(2026, 1, 1, tzinfo=UTC)
SPAN = timedelta(days=3650)
BODY = f"<p>{'The elders meet to decide who draws water first. ' * 8}</p>" * 6
_BATCH = 500
_CONFIG = '[site]\ntitle = "Pages"\ncontact = "desk@library.example"\n'


@dataclass(slots=True, kw_only=True)
class Costs:
    """Of runs in one store: CPU milliseconds, files and bytes written, one number a round."""

    articles: int
    ms: dict[str, list[float]] = field(default_factory=dict)
    files: dict[str, list[int]] = field(default_factory=dict)
    bytes: dict[str, list[int]] = field(default_factory=dict)


def article(n: int, at: datetime) -> ArticleChange:
    """The n-th article."""
    key = f"a{n}"
    mine = article_id(FEED, key)
    return ArticleChange(
        id=mine,
        key=key,
        entry_id=f"https://press.example.org/id/{key}",
        seen_hash=key,
        fingerprint=key,
        story=mine,
        story_hash="",
        content=Content(
            url=f"https://press.example.org/{key}",
            title=f"The {n}th report from the three wells",
            standfirst="Near Bandiagara a borehole used to be a reason to fight.",
            html=BODY,
            text=BODY,
            published_at=at,
            updated_at=at,
            language="en",
        ),
        themes={"wells": Reason(how="rule", rule_version=1)},
    )


def read(parts: Parts, some: Sequence[ArticleChange], *, past: bool = False) -> None:
    """Save what a refresh decided."""
    store, now = parts.store, parts.clock.now()
    claim = store.claim_due(
        owner=parts.owner, now=now, lease_s=60, limit=1, only=["press"], forced=True
    )[0]
    store.save(
        Outcome(
            id=f"{some[0].key}-{now.timestamp()}",
            at=now,
            lease=claim.lease,
            source=claim.source,
            result="changed",
            changes=tuple(some),
            past=past,
            host_free_at=now,
        )
    )


def fill(parts: Parts, number: int, feeds: Path) -> None:
    """So many articles, evenly over the span, as if they had been published."""
    step = SPAN / number
    for first in range(0, number, _BATCH):
        some = range(first, min(first + _BATCH, number))
        read(parts, [article(n, END - SPAN + n * step) for n in some], past=True)
    for feed in parts.store.feeds():
        closed = {f"{k}.xml": "" for k in range(1, feed.segment)}
        folder = f"themes/{feed.key}"
        for each in (f"{folder}/archive", "articles"):  # or it would be made anew, as if lost
            (feeds / each).mkdir(exist_ok=True)
        parts.store.mark_published(feed.key, folder, n=feed.last_n, files=closed)


def measure(folder: Path, number: int, rounds: int) -> Costs:
    """A store of its own."""
    folder.mkdir()
    (folder / "config.toml").write_text(_CONFIG)
    for each in ("feeds", "store"):
        (folder / each).mkdir()
    costs = Costs(articles=number)
    with open_parts(folder / "config.toml", environ={}) as parts:
        parts.store.add_source("press", SourceSettings(url=FEED), now=parts.clock.now())
        parts.store.add_theme(Theme(slug="wells", title="Wells"), now=parts.clock.now())
        jobs.publish(parts)
        fill(parts, number, folder / "feeds")
        read(parts, [article(number, END)])
        jobs.publish(parts)  # what every run of a folder writes for the first time
        for turn in range(rounds):
            newest = article(number + 1 + turn, END + timedelta(minutes=turn + 1))
            _run(parts, newest, "the newest", costs)
        for turn in range(rounds):
            old = article(number + 1000 + turn, END - SPAN * 0.8 - timedelta(hours=turn))
            _run(parts, old, "one of eight years ago", costs)
    return costs


def _run(parts: Parts, one: ArticleChange, kind: str, costs: Costs) -> None:
    read(parts, [one])
    written: list[int] = []
    write = Tree.write

    def counted(tree: Tree, path: str, body: bytes, **how: datetime | None) -> bool:
        changed = write(tree, path, body, **how)  # type: ignore[arg-type]
        if changed:
            written.append(len(body))
        return changed

    Tree.write = counted  # type: ignore[method-assign,assignment]
    try:
        began = time.process_time()
        jobs.publish(parts)
        costs.ms.setdefault(kind, []).append((time.process_time() - began) * 1000)
    finally:
        Tree.write = write  # type: ignore[method-assign]
    costs.files.setdefault(kind, []).append(len(written))
    costs.bytes.setdefault(kind, []).append(sum(written))


def table(found: Sequence[Costs]) -> Iterator[str]:
    """Medians, and how many times those of the first."""
    yield f"{'one new article':<24}{'articles':>10}{'CPU ms':>10}{'files':>8}{'kB':>8}{'times':>8}"
    for kind in found[0].ms:
        base = statistics.median(found[0].ms[kind])
        for one in found:
            ms = statistics.median(one.ms[kind])
            files = statistics.median(one.files[kind])
            kb = statistics.median(one.bytes[kind]) / 1000
            yield (
                f"{kind:<24}{one.articles:>10,}{ms:>10.1f}{files:>8.0f}{kb:>8.0f}{ms / base:>8.2f}"
            )


def main() -> None:
    """The table on stdout."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 100_000])
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        found = [measure(Path(folder) / str(n), n, asked.rounds) for n in asked.sizes]
    print("\n".join(table(found)))


if __name__ == "__main__":
    main()
