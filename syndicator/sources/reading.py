"""What every way of reading is given, and what it gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from syndicator import __version__
from syndicator.errors import ParseError, SandboxError
from syndicator.model import Document, Draft, Pager, Source, Validators
from syndicator.ports import Answer, ArticleReader, Clock, Sandbox, Visit
from syndicator.stages.freshness import fresh_until, lifetime

OLDER = "older"  # note: where the source's past begins, as its last document says
UNREAD = "unread"  # note: the version that could not read the body whose validators we hold
ANSWERED_BY = "answered_by"  # note: the URL the validators belong to, after redirects (C5)
TAG_IGNORED = "tag_ignored"  # note: until when If-None-Match is not sent (C34)
AFTER_UPGRADE = "poll after an upgrade"  # reason of a request without validators (C4)
_TAG_MISSED = "tag_missed"  # note: how often in a row the server overlooked its own tag
_MISSES = 3
_BY_DATE = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a way of reading works with."""

    visit: Visit
    articles: ArticleReader
    sandbox: Sandbox
    clock: Clock
    files: Path | None = None  # the only folder that local files may be in


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a source said this time; `source` is as it was, with what this poll taught us of it."""

    source: Source
    drafts: tuple[Draft, ...] = ()
    seen: Mapping[str, str] = field(default_factory=dict)  # key -> hash of items as before
    pagers: Mapping[str, Pager] = field(default_factory=dict)
    gone: tuple[str, ...] = ()  # keys that the source itself took back
    documents: tuple[Document, ...] = ()
    items: Mapping[str, str] | None = None  # mark -> key of the document's raw items
    more: bool = False  # article pages, or documents of the past, wait to be read
    listed: int = 0  # entries of the document, known ones included
    moved_to: str = ""  # where permanent redirects alone led (C8)
    troubles: Mapping[str, str] = field(default_factory=dict)  # kind of alarm -> words
    keys: frozenset[str] = frozenset()  # of all entries of the document
    counts: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()  # for the person who tries a source out


class Unread(ParseError):  # noqa: N818 - what became of the answer
    """A whole answer that cannot be read; `source` keeps its validators (C4).

    They are sent from then on, so that the same body is not transferred again and again; after an
    upgrade it is asked for anew.
    """

    def __init__(self, message: str, *, source: Source) -> None:
        super().__init__(message)
        self.source = source


def ask(source: Source, desk: Desk, *, reason: str, accept: str) -> Answer:
    """One conditional GET of the source's own document (C6)."""
    return desk.visit.get(
        source.url,
        validators=_to_send(source, desk.clock.now()),
        validators_for=source.notes.get(ANSWERED_BY, ""),
        reason=AFTER_UPGRADE if _is_stale(source) else reason,
        accept=accept,
    )


def _to_send(source: Source, now: datetime) -> Validators:
    """What we hold of the document, as far as it may be sent."""
    if _is_stale(source):
        return Validators()
    if _by_date_alone(source, now):
        return replace(source.validators, etag="")
    return source.validators


def _is_stale(source: Source) -> bool:
    """Whether the document could not be read by an earlier version: this one may be able to."""
    return source.notes.get(UNREAD, __version__) != __version__


def _by_date_alone(source: Source, now: datetime) -> bool:
    until = source.notes.get(TAG_IGNORED, "")
    return bool(until) and datetime.fromisoformat(until) > now


def answered(source: Source, answer: Answer) -> tuple[Source, bool]:
    """The source with what an answer's head says, and whether its body is another than before."""
    learnt = replace(
        source,
        validators=_kept(source, answer),
        floor_until=fresh_until(answer.headers, at=answer.at, before=source.floor_until),
        stated=replace(source.stated, max_age_s=_max_age(source, answer)),
    )
    if answer.url != source.url:
        learnt = noting(learnt, **{ANSWERED_BY: answer.url})
    elif ANSWERED_BY in source.notes:
        learnt = noting(learnt, **{ANSWERED_BY: ""})
    if answer.status == 304:
        return noting(learnt, **{_TAG_MISSED: ""}), False
    digest = sha256(answer.body).hexdigest()
    learnt = _watching_tags(learnt, source, same=digest == source.body_sha256, now=answer.at)
    return (
        replace(learnt, body_sha256=digest),
        _is_stale(source) or digest != source.body_sha256,
    )


def _kept(source: Source, answer: Answer) -> Validators:
    """The validators from now on: a 304 leaves those it does not carry, sent or not (C4)."""
    if answer.status != 304:
        return answer.validators
    return Validators(
        etag=answer.validators.etag or source.validators.etag,
        last_modified=answer.validators.last_modified or source.validators.last_modified,
    )


def _max_age(source: Source, answer: Answer) -> int | None:
    """The time that the server states (C14); a 304 that says nothing leaves the last one."""
    stated = lifetime(answer.headers, at=answer.at)
    if stated is None:
        return source.stated.max_age_s if answer.status == 304 else None
    return int(stated.total_seconds()) or None


def _watching_tags(learnt: Source, before: Source, *, same: bool, now: datetime) -> Source:
    """C34: a server that three times in a row sends the same body with the very tag we sent cannot
    match its own tags; for 30 days it is asked by date alone."""
    sent = _to_send(before, now).etag
    ignored = same and sent and learnt.validators.etag == sent
    times = int(before.notes.get(_TAG_MISSED, "0")) + 1 if ignored else 0
    if times < _MISSES or not learnt.validators.last_modified:
        return noting(learnt, **{_TAG_MISSED: str(times) if times else ""})
    return noting(learnt, **{_TAG_MISSED: "", TAG_IGNORED: (now + _BY_DATE).isoformat()})


def noting(source: Source, **notes: str) -> Source:
    """The source with these notes; "" takes one away."""
    kept = {name: text for name, text in {**source.notes, **notes}.items() if text}
    return source if kept == source.notes else replace(source, notes=kept)


def unread(source: Source, error: ParseError | SandboxError) -> Unread:
    """The error for a body that could not be read, with what is to be remembered of it."""
    return Unread(str(error), source=noting(source, **{UNREAD: __version__}))


def still_unread(source: Source) -> bool:
    """Whether the body that did not change is one we could not read."""
    return UNREAD in source.notes


def later(now: datetime, at: datetime | None) -> bool:
    """Whether a time is set and lies ahead."""
    return at is not None and at > now
