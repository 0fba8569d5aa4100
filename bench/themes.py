"""What matching an article costs with few themes and with very many.

Articles and rules are invented from one vocabulary, in which few words are frequent and most are
rare, as in any language. Rules are what librarians write: some names joined by OR, a field, a
phrase, something to leave out. Each article is cut into words once per run, as when it is read.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from syndicator.model import Content
from syndicator.stages.match import RuleSet, compile_rule, document

FEW, MANY = 50, 5_000
MOST = 3.0  # times as dear may the many be
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_FREQUENT = 1_000  # words too common to make a rule of


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Of matching one article against so many themes."""

    themes: int
    us: float  # microseconds of processor time
    found: float  # themes it belongs to


class Language:
    """A vocabulary, and texts and rules made of it."""

    def __init__(self, seed: int, size: int = 60_000) -> None:
        self._random = random.Random(seed)
        self._words = [self._word() for _ in range(size)]
        self._weights = list(accumulate(1 / (rank + 3) for rank in range(size)))

    def _word(self) -> str:
        return "".join(self._random.choices(_LETTERS, k=self._random.randint(3, 11)))

    def text(self, words: int) -> str:
        """Words as frequent as they are in real texts."""
        return " ".join(self._random.choices(self._words, cum_weights=self._weights, k=words))

    def article(self) -> Content:
        """One of the usual length."""
        return Content(
            url="https://press.example/article",
            title=self.text(9),
            standfirst=self.text(30),
            text=self.text(450),
            language="en",
        )

    def rule(self) -> str:
        """One that somebody might write."""
        a, b, c, d = self._random.sample(self._words[_FREQUENT:], 4)
        return self._random.choice(
            (
                f"{a} OR {b} OR {c}",
                f"title:({a} OR {b}) OR category:{c}",
                f'{a} OR "{b} {c}" NOT {d}',
                f"({a} OR {b}) AND ({c} OR {d})",
                f"title:{a} OR {b[:6]}*",
            )
        )


def cost(themes: int, articles: Sequence[Content], language: Language, rounds: int) -> Cost:
    """The cheapest of some rounds: what disturbs only makes it dearer."""
    rules = RuleSet({f"theme-{n}": compile_rule(language.rule()) for n in range(themes)})
    best, found = float("inf"), 0
    for _ in range(rounds):
        began = time.process_time()
        found = sum(len(rules.match(document(each, "press"))) for each in articles)
        best = min(best, time.process_time() - began)
    return Cost(themes=themes, us=best / len(articles) * 1e6, found=found / len(articles))


def run(*, articles: int, rounds: int, seed: int = 1) -> tuple[Cost, Cost]:
    """Matching against few themes, and against many."""
    language = Language(seed)
    some = [language.article() for _ in range(articles)]
    few, many = (cost(number, some, language, rounds) for number in (FEW, MANY))
    return few, many


def main() -> int:
    """Print both and their ratio; 1 when it is more than MOST."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--articles", type=int, default=300)
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--seed", type=int, default=1)
    few, many = run(**vars(asked.parse_args()))
    for each in (few, many):
        print(f"{each.themes:6} themes: {each.us:7.0f} us an article, in {each.found:.1f} of them")
    print(f"ratio {many.us / few.us:.2f}, at most {MOST:.2f}")
    return int(many.us > MOST * few.us)


if __name__ == "__main__":
    raise SystemExit(main())
