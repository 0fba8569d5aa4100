"""Run and print; 1 when anything is wrong."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

from bench.suites.run import run
from bench.suites.table import faults, table


def main() -> int:
    """The table, then whatever is wrong."""
    logging.basicConfig(level=logging.WARNING)
    corpus = Path(os.environ.get("SYNDICATOR_CORPUS", ""))
    if not (corpus / "feedparser/expect.json").is_file():
        print("SYNDICATOR_CORPUS does not point to the corpus", file=sys.stderr)
        return 2
    done = run(corpus)
    print("\n".join(table(done)))
    wrong = faults(done)
    print(*(["\nWrong:", *wrong] if wrong else ["\nNothing wrong."]), sep="\n  ")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
