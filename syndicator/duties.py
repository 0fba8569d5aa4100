"""What a daemon does again and again: one duty that fails leaves the others to be done."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from syndicator.errors import SyndicatorError

logger = logging.getLogger(__name__)

T = TypeVar("T")

_OVER_S = 60.0  # a trouble that has not been met for so long is over
_AGAIN_S = 3600.0


class Duties:
    """Does jobs whose failure must not end the daemon; many threads may.

    What fails twice a second while a disk is full is said when it begins, and then once an hour.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._said: dict[str, tuple[float, float]] = {}  # trouble -> when it was said, and last met
        self.failed = False  # whether any has

    def do(self, job: Callable[[], T], *, but: type[SyndicatorError] | tuple[()] = ()) -> T | None:
        """What it gives; None when it failed.

        Args:
            but: errors that are the caller's.
        """
        try:
            return job()
        except but:
            raise
        except SyndicatorError as error:
            self.tell(error)
        except Exception:
            self.failed = True
            logger.exception("a fault of ours")
        return None

    def tell(self, error: SyndicatorError) -> None:
        """Say what failed, line by line, unless it was said lately."""
        self.failed = True
        if self._is_news(str(error), time.monotonic()):
            for line in str(error).splitlines():
                logger.error("%s", line)

    def _is_news(self, trouble: str, now: float) -> bool:
        with self._lock:
            self._said = {
                words: (said, met)
                for words, (said, met) in self._said.items()
                if now - met < _OVER_S and now - said < _AGAIN_S
            }
            said, _ = self._said.get(trouble, (now, now))
            is_news = trouble not in self._said
            self._said[trouble] = (said, now)
        return is_news
