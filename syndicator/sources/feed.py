"""Feeds: RSS, Atom, JSON Feed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from syndicator.errors import ParseError, SandboxError
from syndicator.model import Kind, Origin, ParsedFeed, Source, Tombstone
from syndicator.ports import ACCEPT_FEEDS, Answer
from syndicator.sources import inside, paging
from syndicator.sources.fulltext import with_full_text
from syndicator.sources.hubs import with_hub
from syndicator.sources.reading import (
    OLDER,
    UNREAD,
    Desk,
    Reading,
    answered,
    ask,
    noting,
    still_unread,
    unread,
)
from syndicator.stages.hubs import HINT_WHY
from syndicator.text import urls
from syndicator.text.clean import squash

GAP_AT = "gap_at"  # note: the older document to read next, while a gap is open
_GAP_READ = "gap_read"  # note: how many were read for it
_GAP_ON = "gap_on"  # note: the next refresh reads on in them
_GOES_ON = "goes_on"  # note: the next refresh only reads what this one left
_GAP_MOST = 50


def read(source: Source, desk: Desk) -> Reading:
    """One poll: one conditional GET (C6), and what is new in its answer.

    While older documents or pages of articles wait, the document itself is not asked again.

    Raises:
        SourceError: no whole answer, or one that is no feed (Unread).
    """
    told = source.next_check_why == HINT_WHY
    if _GOES_ON in source.notes and not told:
        left = Reading(source=source)
        return _finished(_filled(left, desk) if _GAP_ON in source.notes else left, desk)
    answer = ask(source, desk, reason="push" if told else "poll", accept=ACCEPT_FEEDS)
    return read_answer(source, answer, desk)


def read_answer(source: Source, answer: Answer, desk: Desk) -> Reading:
    """The same for an answer in hand, as discovery has it (C2)."""
    return _finished(_document(source, answer, desk), desk)


def _finished(reading: Reading, desk: Desk) -> Reading:
    if reading.source.settings.full_text:
        reading = with_full_text(reading, desk)
    goes_on = {_GOES_ON: "1" if reading.more else ""}
    return replace(reading, source=noting(reading.source, **goes_on))


def _document(source: Source, answer: Answer, desk: Desk) -> Reading:
    """What the feed document itself says."""
    learnt, is_new = answered(source, answer)
    if not is_new:
        if still_unread(learnt):
            raise unread(learnt, ParseError(source.error or "the document cannot be read"))
        return _filled(Reading(source=learnt, moved_to=answer.moved_to), desk)
    items = desk.articles.items(source.id)
    known = _last_listed(source, items, desk)
    try:
        digest = desk.sandbox.call(
            inside.digest_feed,
            answer.body,
            headers=dict(answer.headers),
            url=answer.url,
            settings=source.settings,
            seen=known,
            now=answer.at,
            items=items,
        )
    except (ParseError, SandboxError) as error:
        raise unread(learnt, error) from error
    others = digest.keys - known.keys()
    if known and others and (earlier := desk.articles.seen(source.id, others)):
        known, digest = {**known, **earlier}, inside.without_known(digest, earlier)
    learnt = with_hub(noting(learnt, **{UNREAD: ""}), digest.feed, answer)
    older = paging.older(digest.feed.links, base=answer.url)
    reading = Reading(
        source=_described(noting(learnt, **{OLDER: older}), digest.feed, answer.url),
        drafts=digest.drafts,
        seen=digest.seen,
        gone=_gone(source, digest, desk),
        counts=digest.cut,
        notes=digest.feed.notes,
        listed=len(digest.keys),
        keys=digest.keys,
        items=digest.items,
        moved_to=answer.moved_to,
    )
    overlaps = not known or not digest.keys or not digest.keys.isdisjoint(known)
    if source.success_at and not overlaps and not _churns(source):
        reading = _gap(reading, older)
    return _filled(reading, desk)


def _last_listed(source: Source, items: Mapping[str, str], desk: Desk) -> Mapping[str, str]:
    """Key -> hash of the entries of the last document, which most of this one's are; of all that
    were ever kept, which may be very many, only where it is not known which those are."""
    listed = {key for mark, key in items.items() if mark != inside.INHERITED}
    found = desk.articles.seen(source.id, listed) if listed else {}
    return found or desk.articles.seen(source.id)


# ------------------------------------------------------------------ a gap (C27)


def _churns(source: Source) -> bool:
    """Whether its ids change at every poll anyway, so that they tell of no gap (R23)."""
    return any(alarm.kind == "churn" for alarm in source.alarms)


def _gap(reading: Reading, start: str) -> Reading:
    """No entry was known: some were missed. What the feed offers of them is fetched."""
    words = "no entry of the last poll was left" + ("" if start else ", and no archive is offered")
    return replace(
        reading,
        source=noting(reading.source, **{GAP_AT: start, _GAP_READ: "", _GAP_ON: ""}),
        troubles={**reading.troubles, "gap": words},
    )


def _filled(reading: Reading, desk: Desk) -> Reading:
    """The reading with older documents, while a gap is open; a few each time, 50 in all.

    The alarm ends where one of them holds a known entry.
    """
    source = reading.source
    start = source.notes.get(GAP_AT, "")
    if not start:
        return reading
    known = desk.articles.seen(source.id)
    walked = paging.walk(source, start, desk, known=known)
    asked = int(source.notes.get(_GAP_READ, "0")) + walked.documents + walked.held_up
    go_on = walked.next_url if asked < _GAP_MOST else ""
    at_once = bool(go_on) and not walked.held_up
    told = f"no entry of the last poll was left, nor in {asked} older documents"
    told += f"; {walked.error}" if walked.error else ""
    notes = {
        GAP_AT: go_on,
        _GAP_READ: str(asked) if go_on else "",
        _GAP_ON: "1" if at_once else "",
    }
    own = {draft.key for draft in reading.drafts} | reading.keys
    return replace(
        reading,
        source=noting(source, **notes),
        drafts=(*reading.drafts, *(d for key, d in walked.drafts.items() if key not in own)),
        seen={**walked.seen, **reading.seen},
        more=at_once,
        troubles={**reading.troubles, "gap": "" if walked.met else told},
    )


def _described(source: Source, feed: ParsedFeed, url: str) -> Source:
    """The source with what the document says of itself."""
    title = squash(feed.title) or urlsplit(url).netloc
    origin = Origin(
        id=feed.id or feed.self_url or source.first_url,
        title=title,
        url=urls.absolute(feed.url, url),
        self_url=source.url,
        updated_at=feed.updated_at,
        authors=tuple(replace(one, uri=urls.absolute(one.uri, url)) for one in feed.authors),
        categories=feed.categories,
        rights=squash(feed.rights),
        icon=urls.absolute(feed.icon, url),
    )
    return replace(
        source,
        kind=Kind.FEED,
        title=source.settings.title or title,
        origin=origin,
        stated=replace(
            source.stated,
            ttl_s=feed.ttl_s,
            skip_hours=feed.skip_hours,
            skip_days=feed.skip_days,
        ),
    )


# ------------------------------------------------------------------ taken back (C26)


def _gone(source: Source, digest: inside.FeedDigest, desk: Desk) -> tuple[str, ...]:
    """Keys of known articles that the document deletes: by tombstone, or by being complete."""
    gone = set(_buried(source, digest.tombstones, desk)) - digest.keys
    if digest.feed.complete:
        gone |= desk.articles.seen(source.id).keys() - digest.keys
    return tuple(sorted(gone))


def _buried(source: Source, tombstones: Iterable[Tombstone], desk: Desk) -> Iterable[str]:
    when = {tombstone.ref: tombstone.when for tombstone in tombstones}
    if not when:
        return
    for key, article in desk.articles.articles_by_key(source.id, when).items():
        at = when[key]
        updated = article.content.updated_at or article.published_at
        if at is None or at > updated:
            yield key
