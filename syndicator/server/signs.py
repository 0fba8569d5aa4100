"""What stands where something was published once: the way to its new address, or that it is gone.

Only asked about addresses where nothing is, and only once a second of the store, so that a flood of
them costs it nothing; a rename shows within that time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from urllib.parse import urlsplit

from syndicator.errors import StoreError
from syndicator.model import Signpost

_RESTS_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """What to say of an address: where to go instead, or with "" that nothing will be there."""

    location: str


class Signs:
    """The signposts of a store.

    Args:
        ask: all that stand; may take its time and raise StoreError.
        base_url: its path stands before new addresses, its host does not.
    """

    def __init__(
        self,
        ask: Callable[[], Sequence[Signpost]],
        *,
        base_url: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ask = ask
        self._root = urlsplit(base_url).path.rstrip("/")
        self._clock = clock
        self._known: Mapping[str, Signpost] | None = None
        self._asked_at: float | None = None
        self._asking = Lock()

    def find(self, place: str) -> Sign | None:
        """The sign for a place below feeds/, of the nearest folder that has one.

        Raises:
            StoreError: the store has never told them.
        """
        known = self._posts()
        folder = place.rstrip("/")
        while folder:
            if post := known.get(folder):
                return Sign(location=self._location(post, place.removeprefix(folder)))
            folder = folder.rpartition("/")[0]
        return None

    def _location(self, post: Signpost, rest: str) -> str:
        if not post.to:
            return ""
        if "." not in rest.rpartition("/")[2]:  # a folder: its slash, so that one step is enough
            rest = rest.rstrip("/") + "/"
        return f"{self._root}/{post.to}{rest}"

    def _posts(self) -> Mapping[str, Signpost]:
        with self._asking:
            now = self._clock()
            if self._asked_at is None or now - self._asked_at >= _RESTS_S:
                self._asked_at = now
                with suppress(StoreError):  # what was known still holds
                    self._known = {post.path: post for post in self._ask()}
            if self._known is None:
                raise StoreError("what stood there once is not known")
            return self._known
