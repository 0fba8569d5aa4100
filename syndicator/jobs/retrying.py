"""Publishing as the daemon does it: what fails is told once, and tried again in good time.

Half a minute passes between two attempts at the same thing, or a theme that cannot be written would
keep a processor busy and fill the log. What is new meanwhile waits for nothing: it is published at
once, and the failed with it.
"""

from __future__ import annotations

import logging

from syndicator.errors import PublishError
from syndicator.jobs.parts import Parts
from syndicator.jobs.publishing import publish_stale

logger = logging.getLogger(__name__)

AGAIN_S = 30.0


class Publisher:
    """Remembers what failed last, and when."""

    def __init__(self) -> None:
        self._failed: object = None  # what was due after the last attempt, if it failed
        self._again_at = 0.0  # monotonic
        self._said = ""

    def publish(self, parts: Parts) -> float | None:
        """`publish_stale`, save what failed a moment ago; how many seconds it took."""
        soon = self._failed is not None and parts.clock.monotonic() < self._again_at
        if soon and _due(parts) == self._failed:
            return None
        try:
            seconds = publish_stale(parts)
        except PublishError as error:
            self._failed = _due(parts)
            self._again_at = parts.clock.monotonic() + AGAIN_S
            if str(error) != self._said:
                self._said = str(error)
                logger.error("%s; tried again every half minute", error)
            return None
        if self._said:
            logger.info("all is published again")
        self._failed, self._said = None, ""
        return seconds


def _due(parts: Parts) -> object:
    """Which feeds are ahead of what is published, and how far; which sources there are."""
    ahead = {(feed.key, feed.last_n) for feed in parts.store.stale_feeds()}
    return ahead, parts.store.sources_state(), len(parts.store.folders_left())
