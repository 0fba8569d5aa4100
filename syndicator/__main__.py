"""`python -m syndicator` and the console script of that name."""

from __future__ import annotations

from syndicator.cli.main import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
