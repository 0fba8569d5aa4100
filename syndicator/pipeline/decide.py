"""From a reading to the outcome: what is new, when next, what a person should look at."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from syndicator.model import Claim, Document, Kind, Outcome, Request, Source, Validators
from syndicator.pipeline.changes import MOST_NEW_A_DAY, Sorted, sorted_out
from syndicator.pipeline.reader import Reader
from syndicator.ports import Visit
from syndicator.redaction import redacted
from syndicator.sources import Reading
from syndicator.sources.reading import ANSWERED_BY, noting
from syndicator.stages.alarms import alarms, silence, thinning, usual_words
from syndicator.stages.cadence import Due, Rhythm, after_success, hurried, learnt
from syndicator.stages.hubs import HUB, Standing, resumed, standing
from syndicator.stages.move import move
from syndicator.text.pages import count_words
from syndicator.text.urls import scope

WAITING = "article pages or archives wait to be read"  # why a source is due again at once
FIRST_READING = "first_reading"  # note: the source's past is still being read
_USUAL_WORDS = "usual_words"  # note: of an article of this page source
_NEW_TODAY = "new_today"  # note: a day, and how many articles were new on it
_QUIET = timedelta(hours=1)  # C10, where a host that asks for it names no time
_CHURN = 3  # known texts under new ids that are no accident


def decide(claim: Claim, visit: Visit, reading: Reading, reader: Reader, rhythm: Rhythm) -> Outcome:
    """The outcome of a reading that went well."""
    now = reader.clock.now()
    before = claim.source
    past = before.success_at is None or FIRST_READING in before.notes
    room = MOST_NEW_A_DAY * 5 if past else MOST_NEW_A_DAY - _new_today(before, now)
    found = sorted_out(reading, reader, room=max(room, 0))
    changed = bool(found.changes or reading.gone)
    source = replace(
        noting(reading.source, **{FIRST_READING: "1" if past and reading.more else ""}),
        polled_at=now,
        success_at=now,
        changed_at=now if changed else before.changed_at,
        failures=0,
        failing_since=None,
        error="",
        held_until=None,
    )
    if not past:
        source = _counted(source, found, now)
    source = _taught(source, before, found, reading, now)
    source = _followed(source, reading, now)
    source = _watched(source, found, reading, now)
    quiet = _quiet_until(visit, claim, now)
    hub = _hub(before, source, found, reader, now, past=past)
    rhythm = replace(rhythm, trusted_s=rhythm.max_s if hub.trusted else None)
    due = after_success(source, rhythm, now=now, within_s=_hurry(reading, found, past=past))
    at = resumed(due.at, hub, now=now, least_s=rhythm.min_s, floor_until=source.floor_until)
    due = replace(due, at=at)
    if reading.more:
        due = Due(at=max(now, visit.free_at()), why=WAITING)
    if quiet and quiet > due.at:
        due = Due(at=quiet, why="its host asked for quiet")
    source = replace(source, next_check_at=due.at, next_check_why=due.why)
    return Outcome(
        id=uuid4().hex,
        at=now,
        lease=claim.lease,
        source=source,
        result="changed" if changed else "unchanged",
        past=past,
        more=reading.more,
        changes=tuple(found.changes.values()),
        known_to=found.known_to,
        seen=found.seen,
        pagers=found.pagers,
        gone=reading.gone,
        documents=_documents(reading, found, now),
        items=reading.items,
        requests=recorded(visit, claim, source, quiet_until=quiet),
        host_free_at=visit.free_at(),
        host_silent_until=quiet,
        counts=_counts(reading, found),
    )


# ------------------------------------------------------------------ how much is new


def _new_today(source: Source, now: datetime) -> int:
    day, _, number = source.notes.get(_NEW_TODAY, "").partition(" ")
    return int(number) if day == now.date().isoformat() else 0


def _counted(source: Source, found: Sorted, now: datetime) -> Source:
    new = sum(1 for change in found.changes.values() if change.is_new)
    if not new:
        return source
    total = _new_today(source, now) + new
    return noting(source, **{_NEW_TODAY: f"{now.date().isoformat()} {total}"})


def _counts(reading: Reading, found: Sorted) -> dict[str, int]:
    """What was left out, by name (R13)."""
    left_out = {
        "known texts under new ids": found.renamed,
        "new articles over a day's limit": len(found.over),
    }
    return dict(reading.counts) | {name: number for name, number in left_out.items() if number}


def _documents(reading: Reading, found: Sorted, now: datetime) -> tuple[Document, ...]:
    """The pages as they stand now; one whose article was left out is read again tomorrow."""
    return tuple(
        replace(
            each,
            validators=Validators(),
            body_sha256="",
            next_check_at=now + timedelta(days=1),
        )
        if each.article_key in found.over
        else each
        for each in reading.documents
    )


# ------------------------------------------------------------------ when next


def _taught(
    source: Source, before: Source, found: Sorted, reading: Reading, now: datetime
) -> Source:
    """What this poll teaches of its rhythm (C15, C29)."""
    new = [change for change in found.changes.values() if change.is_new]
    cadence = learnt(
        before.cadence,
        [change.content.published_at for change in new],
        now=now,
        first=before.cadence.at is None,
    )
    if before.success_at is not None:
        cadence = hurried(cadence, new=len(new), listed=reading.listed)
    return replace(source, cadence=cadence)


def _hurry(reading: Reading, found: Sorted, *, past: bool) -> float | None:
    """C29: half or more of a document was new: seconds in which as much again may be over."""
    dates = [
        change.content.published_at
        for change in found.changes.values()
        if change.is_new and change.content.published_at
    ]
    if past or len(dates) < 2 or len(dates) * 2 < reading.listed:
        return None
    return (max(dates) - min(dates)).total_seconds() / 2


def _hub(
    before: Source, source: Source, found: Sorted, reader: Reader, now: datetime, *, past: bool
) -> Standing:
    """Whether its hub is relied on to tell of news (C30e)."""
    if HUB not in source.notes:
        return Standing()
    news = bool(found.changes) and not past and source.body_sha256 != before.body_sha256
    subscription = reader.articles.subscription_of(before.id)
    return standing(subscription, polled_at=before.polled_at, news=news, now=now)


def _quiet_until(visit: Visit, claim: Claim, now: datetime) -> datetime | None:
    """Until when the source's host is to be left alone, though the source itself was read (C10)."""
    if visit.silent_until or not visit.requests:
        return visit.silent_until
    last = visit.requests[-1]
    asked = last.status in (429, 503) and scope(last.url) == claim.lease.scope
    return now + _QUIET if asked else None


# ------------------------------------------------------------------ moves and alarms


def _followed(source: Source, reading: Reading, now: datetime) -> Source:
    seen, believed = move(source.move, url=source.url, target=reading.moved_to, now=now)
    return moved(source, reading.moved_to, now=now) if believed else replace(source, move=seen)


def moved(source: Source, target: str, *, now: datetime) -> Source:
    """The source, read at another address from now on; its id, articles and ids stay (C8)."""
    words = f"moved from {redacted(source.url)} to {redacted(target)}"
    return replace(
        noting(source, **{ANSWERED_BY: ""}),
        url=target,
        move=None,
        next_check_at=now,
        next_check_why=words,
        alarms=alarms(source.alarms, _standing(source) | {"moved": words}, now=now),
    )


def _standing(source: Source) -> dict[str, str]:
    return {alarm.kind: alarm.words for alarm in source.alarms}


def _watched(source: Source, found: Sorted, reading: Reading, now: datetime) -> Source:
    """The alarms that stand after this poll."""
    troubles = dict(reading.troubles)
    if words := silence(source.cadence, source.changed_at, now=now):
        troubles["silent"] = words
    if found.renamed >= _CHURN:
        troubles["churn"] = f"{found.renamed} known texts came under new ids and were left out"
        troubles["gap"] = ""  # nothing was missed
    if found.over:
        troubles["flood"] = (
            f"more than {MOST_NEW_A_DAY} new articles in a day: {len(found.over)} were left out"
        )
    if source.kind in (Kind.PAGE, Kind.SITEMAP):
        source, thin = _weighed(source, reading)
        troubles = {"rot": thin, **troubles} if thin is not None else troubles
    return replace(source, alarms=alarms(source.alarms, troubles, now=now))


def _weighed(source: Source, reading: Reading) -> tuple[Source, str | None]:
    """The source with how long its articles are, and the words of its rot; None: nothing was read,
    so an alarm that stands goes on."""
    words = [count_words(draft.content.text) for draft in reading.drafts]
    unread = reading.counts.get("article pages unreadable", 0)
    if not words and not unread:
        standing = [alarm.words for alarm in source.alarms if alarm.kind == "rot"]
        return source, standing[0] if standing else None
    usual = int(source.notes.get(_USUAL_WORDS, "0"))
    if thin := thinning(words, unread=unread, usual=usual):
        return source, thin
    return noting(source, **{_USUAL_WORDS: str(usual_words(usual, words))}), ""


# ------------------------------------------------------------------ the record (C33)


def recorded(
    visit: Visit, claim: Claim, source: Source, *, quiet_until: datetime | None = None
) -> tuple[Request, ...]:
    """The visit's requests, the last with what it set."""
    requests = [replace(request, manual=claim.manual) for request in visit.requests]
    if requests:
        requests[-1] = replace(
            requests[-1],
            fresh_until=_heeded(source, visit.requests[-1].at),
            quiet_until=quiet_until or source.held_until or visit.silent_until,
        )
    return tuple(requests)


def _heeded(source: Source, asked_at: datetime) -> datetime | None:
    """Until when the server's caching is heeded: an operator may have shortened it (C12)."""
    override_s = source.settings.max_age_override_s
    if source.floor_until is None or override_s is None:
        return source.floor_until
    return min(source.floor_until, asked_at + timedelta(seconds=max(override_s, 3600)))
