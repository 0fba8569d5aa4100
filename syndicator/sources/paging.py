"""Older documents of a feed: archives and pages behind it (RFC 5005, JSON Feed's next_url)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from syndicator.errors import BusyError, FetchError, ParseError, RefusedError, SandboxError
from syndicator.model import Draft, Link, Source
from syndicator.ports import ACCEPT_FEEDS
from syndicator.sources import inside
from syndicator.sources.reading import Desk
from syndicator.text.urls import to_ask

AT_ONCE = 10  # documents in one poll (R9)
_BACK = ("prev-archive", "next")  # RFC 5005 section 4, then section 3


@dataclass(slots=True, kw_only=True)
class Walk:
    """A walk back through older documents; `next_url` is where it goes on, "" at its end."""

    next_url: str
    drafts: dict[str, Draft] = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)
    visited: list[str] = field(default_factory=list)  # addresses read
    met: bool = False  # an entry that was known before
    error: str = ""
    held_up: bool = False  # by what may pass: not to be gone on with at once

    @property
    def documents(self) -> int:
        """How many were read."""
        return len(self.visited)


def older(links: Iterable[Link], *, base: str) -> str:
    """Where a document says that older entries are: its archive, else its next page; "" nowhere.

    Args:
        base: address of the document.
    """
    by_rel = {link.rel: to_ask(link.url, base) for link in reversed(list(links))}
    return next((by_rel[rel] for rel in _BACK if by_rel.get(rel)), "")


def walk(
    source: Source,
    start: str,
    desk: Desk,
    *,
    known: Mapping[str, str],
    most: int = AT_ONCE,
    to_the_end: bool = False,
    stop: Collection[str] = (),
    reason: str = "next page",
) -> Walk:
    """Read older documents at the host's pace until one holds a known entry.

    Args:
        known: key -> hash of what is kept.
        most: documents; the walk can go on from `next_url`.
        to_the_end: known entries do not end it.
        stop: addresses of documents that end it, known to the last entry as they are.
    """
    walked = Walk(next_url=start)
    while walked.next_url and walked.documents < most:
        if walked.next_url in stop or walked.next_url in walked.visited:
            walked.next_url = ""
            break
        try:
            _step(source, walked, desk, known, reason)
        except (FetchError, ParseError, SandboxError) as error:
            walked.error, walked.held_up = str(error), _may_pass(error)
            if not walked.held_up:
                walked.next_url = ""
            break
        if walked.met and not to_the_end:
            walked.next_url = ""
    return walked


def _may_pass(error: Exception) -> bool:
    """Whether the document may be had another time: its host is busy, or has trouble."""
    if isinstance(error, BusyError):
        return True
    if not isinstance(error, FetchError) or isinstance(error, RefusedError):
        return False
    return error.status is None or error.status == 429 or error.status >= 500


def _step(source: Source, walked: Walk, desk: Desk, known: Mapping[str, str], reason: str) -> None:
    answer = desk.visit.get(walked.next_url, reason=reason, accept=ACCEPT_FEEDS)
    digest = desk.sandbox.call(
        inside.digest_feed,
        answer.body,
        headers=dict(answer.headers),
        url=answer.url,
        settings=source.settings,
        seen=known,
        now=answer.at,
    )
    walked.visited.append(walked.next_url)
    for draft in digest.drafts:
        walked.drafts.setdefault(draft.key, draft)  # the newer document has the last word
    walked.seen |= digest.seen
    walked.met = walked.met or not digest.keys.isdisjoint(known)
    walked.next_url = older(digest.feed.links, base=answer.url)
