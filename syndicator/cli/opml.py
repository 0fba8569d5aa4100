"""Subscription lists: which feeds those of others name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from syndicator.errors import ParseError
from syndicator.text.clean import squash

MOST_BYTES = 10 * 2**20
MOST_FEEDS = 10_000
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One feed of a list."""

    url: str
    title: str
    folders: tuple[str, ...] = ()


def read_opml(body: bytes) -> tuple[Listed, ...]:
    """The feeds a list names, in its order, each address once.

    Lists are seldom well-formed, so the reader is a lenient one. It takes bytes for HTML, and would
    guess an encoding no one meant: everything beyond ASCII goes in as character references.

    Raises:
        ParseError: it is no list of feeds.
    """
    import listparser

    harvest = listparser.parse(_text(body).encode("ascii", "xmlcharrefreplace"))
    if not harvest.version:
        raise ParseError("this is no OPML list of feeds")
    return tuple(
        Listed(
            url=str(feed["url"]),
            title=squash(str(feed.get("title", ""))),
            folders=tuple(name for path in feed.get("categories", ()) for name in path if name),
        )
        for feed in harvest.feeds[:MOST_FEEDS]
    )


def _text(body: bytes) -> str:
    """By byte order mark, XML declaration, UTF-8, then windows-1252, which never fails."""
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return body.decode(encoding, "replace")
    declared = _DECLARED.match(body.lstrip())
    for encoding in filter(None, (declared and declared[1].decode("ascii"), "utf-8")):
        try:
            return body.decode(encoding)
        except (LookupError, UnicodeError):
            continue
    return body.decode("windows-1252", "replace")
