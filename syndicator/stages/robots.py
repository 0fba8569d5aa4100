"""What a robots.txt permits us (C22).

Source: RFC 9309. Our group is the one that names us, else that of `*`; a group whose name is only
the beginning of ours is not meant for us, so protego is asked by exact name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from protego import Protego

NAME = "syndicator"
MOST_BYTES = 500 * 1024  # RFC 9309 section 2.5
_US = re.compile(
    rf"^([ \t]*user[- ]?agent[ \t]*:[ \t]*){NAME}(?![\w-])[^\r\n]*", re.IGNORECASE | re.MULTILINE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """Whether one address may be asked, and the pause that is wished between two requests."""

    allowed: bool
    delay_s: float = 0.0


def permission(text: str, *, url: str) -> Permission:
    """What `text`, a robots.txt, says to us about `url`. What is no robots.txt forbids nothing."""
    rules, times = _US.subn(rf"\1{NAME}", text[:MOST_BYTES])
    name = NAME if times else "*"
    robots = Protego.parse(rules)
    return Permission(
        allowed=bool(robots.can_fetch(url, name)),
        delay_s=float(robots.crawl_delay(name) or 0.0),
    )
