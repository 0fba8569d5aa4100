"""Who does the work: threads (the default), or the calling thread itself.

An executor takes tasks without arguments and remembers nothing of them. How many may run at once is
its `places`; the caller never hands over more than `free`. To add one: a module here with a class
of the same shape, and its line in `app`.

May import: ports, model, turn, errors.
"""

from __future__ import annotations

from syndicator.executors.inline import Inline
from syndicator.executors.threads import Threads

__all__ = ["Inline", "Threads"]
