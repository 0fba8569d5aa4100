"""How surely nearly the same text of two sources is taken for one story, and what that costs.

    python -m bench.stories                         100,000 other articles, 200 pairs of each kind
    python -m bench.stories --articles 5000 --pairs 50

Invented articles of one source are kept among very many others; another source then tells them
again: with other headlines, footers, datelines, cut, edited. And it tells what only looks alike:
the next report after the same template, an article that quotes another, one that ends with the
same paragraphs about the house. The table says how many of each kind were taken for one story; it
ends with 1 when one was that is none. Then what it costs: to make the bands of an article, to keep
them, to ask for one; and what the bands take of the file.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from bisect import bisect
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path

from sqlalchemy import text

from syndicator.model import ArticleChange, Content, Likely, Outcome, SourceSettings, Telling
from syndicator.stages.fingerprint import told
from syndicator.stages.recognise import recognise
from syndicator.stores.store import SiteFacts, SqlStore, open_store
from syndicator.text.ids import article_id

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SPAN = timedelta(days=1000)
_AT_ONCE = 500
_LETTERS = "etaoinshrdlcumwfgypbvk"
_SMALL = ("the", "of", "and", "in", "to", "a", "that", "for", "on", "with", "by", "was", "at")


class Writer:
    """Invented prose: small words between rarer ones, names and numbers."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self._words = [self._word() for _ in range(8000)]
        self._sums = list(accumulate(1 / (rank + 5) for rank in range(len(self._words))))
        self._names = [self._word().title() for _ in range(800)]

    def _word(self) -> str:
        return "".join(self.draw.choices(_LETTERS, k=self.draw.randint(3, 9)))

    def name(self) -> str:
        return self.draw.choice(self._names)

    def number(self) -> str:
        return str(self.draw.randint(2, 9000))

    def word(self) -> str:
        chance = self.draw.random()
        if chance < 0.35:
            return self.draw.choice(_SMALL)
        if chance < 0.4:
            return self.name()
        if chance < 0.42:
            return self.number()
        return self._words[bisect(self._sums, self.draw.random() * self._sums[-1])]

    def prose(self, count: int) -> str:
        """Sentences of so many words in all."""
        said: list[str] = []
        while count > 0:
            length = min(self.draw.randint(8, 24), count)
            sentence = " ".join(self.word() for _ in range(length))
            said.append(sentence[0].upper() + sentence[1:] + ".")
            count -= length
        return " ".join(said)

    def article(self) -> str:
        return self.prose(self.draw.randint(150, 600))


# ------------------------------------------------------------------ pairs


def the_same(writer: Writer) -> dict[str, Callable[[str], str]]:
    """Kinds of copies: from a text, how the other source tells it."""

    def cut(said: str, part: float) -> str:
        words = said.split()
        return " ".join(words[: int(len(words) * part)])

    def edited(said: str) -> str:
        words = said.split()
        for _ in range(len(words) // 60):
            place = writer.draw.randrange(len(words))
            if words[place].islower():
                words[place] = writer.draw.choice(("stated", "moreover", "nearby", ""))
        return " ".join(word for word in words if word)

    def paragraph_out(said: str) -> str:
        words = said.split()
        at = writer.draw.randrange(len(words) // 3, len(words) // 2)
        return " ".join(words[:at] + words[at + len(words) // 8 :])

    return {
        "other headline": lambda said: said,
        "footer": lambda said: f"{said} {writer.prose(25)}",
        "footer, dateline": lambda said: f"{writer.name()} ({writer.name()}) {said} Read also.",
        "cut to 80 %": lambda said: cut(said, 0.8),
        "cut to 60 %": lambda said: cut(said, 0.6),
        "cut to 60 %, footer": lambda said: f"{cut(said, 0.6)} {writer.prose(12)}",
        "a paragraph left out": paragraph_out,
        "a word in sixty edited": edited,
    }


def alike(writer: Writer) -> dict[str, Callable[[], tuple[str, str]]]:
    """Kinds of two different articles that have much in common."""

    def template(slots: int, length: int) -> tuple[str, str]:
        """One text with names and numbers in so many places."""
        words = writer.prose(length).split()
        places = writer.draw.sample(range(len(words)), slots)
        texts = []
        for _ in range(2):
            for place in places:
                words[place] = writer.draw.choice((writer.name, writer.number))()
            texts.append(" ".join(words))
        return texts[0], texts[1]

    def news_above(house: int, news: int) -> tuple[str, str]:
        about = writer.prose(house)
        return f"{writer.prose(news)} {about}", f"{writer.prose(news)} {about}"

    def quoted() -> tuple[str, str]:
        release = writer.prose(150)
        return release, f"{writer.prose(120)} {release} {writer.prose(120)}"

    def short() -> tuple[str, str]:
        standfirst = writer.prose(45)
        return standfirst, standfirst

    def other() -> tuple[str, str]:
        return writer.article(), writer.article()

    return {
        "one name or number": lambda: template(1, 300),
        "five of 300 words": lambda: template(5, 300),
        "twenty of 300 words": lambda: template(20, 300),
        "news above 200 words": lambda: news_above(200, 25),
        "news above 400 words": lambda: news_above(400, 25),
        "quoted within another": quoted,
        "45 words, the same": short,
        "nothing in common": other,
    }


# ------------------------------------------------------------------ kept and asked


class Desk:
    """A store with two sources."""

    def __init__(self, folder: Path) -> None:
        self.store: SqlStore = open_store(
            "sqlite:///bench.db", folder=folder, base_url="", site=SiteFacts(title="B")
        )
        for name in ("first", "second"):
            settings = SourceSettings(url=f"https://{name}.example/feed")
            self.store.add_source(name, settings, now=NOW)
        self.articles = 0

    def keep(self, some: list[tuple[str, datetime]], *, banded: bool = True) -> list[str]:
        """Save articles of the first source; their ids."""
        changes = [self._change(said, at, banded=banded) for said, at in some]
        claim = self.store.claim_due(
            owner="bench", now=NOW, lease_s=60, limit=1, only=["first"], forced=True
        )[0]
        self.store.save(
            Outcome(
                id=f"o{self.articles}",
                at=NOW,
                lease=claim.lease,
                source=claim.source,
                result="changed",
                changes=tuple(changes),
                past=True,
                host_free_at=NOW,
            )
        )
        return [one.id for one in changes]

    def _change(self, said: str, at: datetime, *, banded: bool) -> ArticleChange:
        self.articles += 1
        key = f"a{self.articles}"
        content = Content(
            url=f"https://first.example/{key}",
            title=f"The report of the {self.articles}th day",
            text=said,
            language="en",
            published_at=at,
        )
        mine = article_id("https://first.example/feed", key)
        return ArticleChange(
            id=mine,
            key=key,
            entry_id=f"urn:x:{key}",
            seen_hash=key,
            fingerprint=key,
            story=mine,
            content=content,
            bands=told(content).bands if banded else (),
        )

    def taken_for(self, said: str, at: datetime) -> str:
        """Article id of the story that a text of the second source would be of, "" for its own."""
        content = Content(url="", title="Another headline", text=said, language="en")
        asked = Telling(bands=told(content).bands, language="en", published_at=at)
        likely = self.store.stories_likely([asked], not_source="second")
        one = recognise(said, likely.get(asked, ()))
        return one.story if one else ""


def judge(desk: Desk, writer: Writer, pairs: int) -> Iterator[tuple[str, bool, int, int]]:
    """Of each kind: its name, whether it is one story, how many were taken so, and wrongly."""
    at = NOW
    for name, retold in the_same(writer).items():
        texts = [writer.article() for _ in range(pairs)]
        ids = desk.keep([(said, at) for said in texts])
        found = [desk.taken_for(retold(said), at + timedelta(days=2)) for said in texts]
        right = sum(one == mine for one, mine in zip(found, ids, strict=True))
        yield name, True, right, sum(map(bool, found)) - right
    for name, two in alike(writer).items():
        both = [two() for _ in range(pairs)]
        desk.keep([(said, at) for said, _ in both])
        found = [desk.taken_for(said, at + timedelta(days=2)) for _, said in both]
        yield name, False, 0, sum(map(bool, found))


def _timed(run: Callable[[], object], times: int) -> float:
    """CPU microseconds of one run."""
    began = time.process_time()
    for _ in range(times):
        run()
    return (time.process_time() - began) / times * 1e6


def fill(desk: Desk, writer: Writer, count: int, *, banded: bool = True) -> float:
    """Keep so many articles over the span; CPU microseconds of telling and saving one."""
    spent = 0.0
    for first in range(0, count, _AT_ONCE):
        some = [
            (writer.article(), NOW - SPAN * (1 - n / count))
            for n in range(first, min(first + _AT_ONCE, count))
        ]
        began = time.process_time()
        desk.keep(some, banded=banded)
        spent += time.process_time() - began
    return spent / max(count, 1) * 1e6


def _used(desk: Desk) -> int:
    """Bytes of the file that are in use."""
    with desk.store.database.read() as db:
        pages, free, size = (
            db.exec_driver_sql(f"PRAGMA {name}").scalar() or 0
            for name in ("page_count", "freelist_count", "page_size")
        )
    return (pages - free) * size


def bytes_of_bands(desk: Desk) -> float:
    """By how much less of the file is in use without the bands, an article."""
    before = _used(desk)
    with desk.store.database.write() as db:
        db.execute(text("DELETE FROM bands"))
    return (before - _used(desk)) / desk.articles


def main() -> int:
    """Fill, judge, measure."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--articles", type=int, default=100_000)
    options.add_argument("--pairs", type=int, default=200)
    given = options.parse_args()
    writer = Writer(1)
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="bench-stories-") as folder:
        desk = Desk(Path(folder))
        fill(desk, writer, given.articles)
        print(f"{'told again':<28}{'pairs':>7}{'one story':>11}{'wrongly':>9}")
        for name, same, right, bad in judge(desk, writer, given.pairs):
            print(f"{name:<28}{given.pairs:>7}{right if same else '-':>11}{bad:>9}", flush=True)
            wrong += bad
        said = writer.prose(400)
        content = Content(url="", title="x", text=said, language="en")
        asked = Telling(bands=told(content).bands, published_at=NOW)
        print(f"{given.articles:,} articles kept")
        with_bands, without = (fill(desk, writer, 5000, banded=how) for how in (True, False))
        print(f"CPU us an article, told and saved: {with_bands:,.0f}, without bands {without:,.0f}")
        print(
            f"CPU us, what an article of 400 words tells: {_timed(lambda: told(content), 300):,.0f}"
        )
        ask = lambda: desk.store.stories_likely([asked], not_source="second")  # noqa: E731
        print(f"CPU us, asked for one: {_timed(ask, 300):,.0f}")
        many = [
            Telling(
                bands=told(Content(url="", title="", text=writer.article())).bands, published_at=NOW
            )
            for _ in range(25)
        ]
        ask = lambda: desk.store.stories_likely(many, not_source="second")  # noqa: E731
        print(f"CPU us, asked for 25, each: {_timed(ask, 100) / 25:,.0f}")
        other = writer.article()
        one, two = f"{said} {other}", f"{other} {said}"
        judged = _timed(lambda: recognise(one, [Likely(story="", text=two)]), 50)
        print(f"CPU us, two texts compared: {judged:,.0f}")
        print(f"bytes an article of what finds it again: {bytes_of_bands(desk):,.0f}")
        desk.store.close()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
