"""What can be followed: the current documents of our feeds, by address and by place in feeds/.

A topic is known by its place, "themes/mali/atom.xml", which says nothing of base_url: an address
that changes makes no follower a stranger. Archives are no topics, for they have no news; nor are
pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MEDIA_TYPES = {  # P26
    "atom.xml": "application/atom+xml; charset=utf-8",
    "rss.xml": "application/rss+xml; charset=utf-8",
    "feed.json": "application/feed+json",
}
_PLACE = re.compile(
    r"(?:themes|private)/[A-Za-z0-9][A-Za-z0-9_-]{0,127}(?:/[A-Za-z0-9][A-Za-z0-9-]{0,34})?"
    r"/(?:atom\.xml|rss\.xml|feed\.json)"
)


def is_topic(place: str) -> bool:
    """Whether a file at this place in feeds/ can be followed."""
    return _PLACE.fullmatch(place) is not None


def media_type(topic: str) -> str:
    """As which it is served and delivered."""
    return MEDIA_TYPES[topic.rpartition("/")[2]]


def topics_in(folders: Iterable[str]) -> Sequence[str]:
    """Every topic that a feed in one of these folders may have, in whatever format."""
    return [f"{folder}/{name}" for folder in folders for name in MEDIA_TYPES]


@dataclass(frozen=True, slots=True, kw_only=True)
class Topics:
    """The addresses of topics, and the hub that tells of them.

    Args:
        base_url: of the site, without a slash at its end.
        hub: its address, ours or another; "" when nothing is told.
    """

    base_url: str
    hub: str

    @property
    def is_ours(self) -> bool:
        """Whether the hub is our own."""
        return self.hub == f"{self.base_url}/hub"

    def address(self, topic: str) -> str:
        """Of a topic, letter by letter as its own `self` has it."""
        return f"{self.base_url}/{topic}"

    def is_secret(self, topic: str) -> bool:
        """Whether the address is nothing for the hub: a private feed's, and a hub of others."""
        return topic.startswith("private/") and not self.is_ours

    def at(self, address: str) -> str:
        """The topic of this address, "" when it is none; other spellings are other addresses."""
        prefix = f"{self.base_url}/"
        place = address.removeprefix(prefix) if address.startswith(prefix) else ""
        return place if is_topic(place) else ""

    def links(self, place: str) -> str:
        """The Link header of the answer that shows this file (P30), "" when it has none."""
        if not self.hub or not is_topic(place) or self.is_secret(place):
            return ""
        return f'<{self.hub}>; rel="hub", <{self.address(place)}>; rel="self"'
