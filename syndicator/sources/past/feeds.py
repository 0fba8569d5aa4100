"""The past of a feed: archives and pages behind it."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from syndicator.errors import BusyError, FetchError, ParseError, SandboxError
from syndicator.model import Document, Source
from syndicator.ports import ACCEPT_FEEDS
from syndicator.sources import inside, paging
from syndicator.sources.past.state import REASON, Past, to
from syndicator.sources.reading import Desk, Reading

ARCHIVE = "archive"  # role of a Document: an archive or page of a feed that was read
_MOST_PAGED = 500  # of WordPress, lest a server that ignores the number keeps us for ever


def archives(source: Source, past: Past, desk: Desk) -> Reading:
    """RFC 5005: archives are followed to the first; documents that are numbered pages, too."""
    if not past.at:
        return to(Reading(source=source), replace(past, way="paged" if not past.read else ""))
    known = desk.articles.seen(source.id)
    stored = {each.url for each in desk.articles.documents(source.id) if each.role == ARCHIVE}
    walked = paging.walk(
        source,
        past.at,
        desk,
        known=known,
        most=1,  # a document is a piece: an interruption costs one request at most
        to_the_end=not past.before,
        stop=stored if past.before else (),
        reason=REASON,
    )
    if walked.held_up and not walked.documents:
        raise FetchError(walked.error)
    now = desk.clock.now()
    reading = Reading(
        source=source,
        drafts=tuple(walked.drafts.values()),
        seen=walked.seen,
        documents=tuple(Document(url=url, role=ARCHIVE, fetched_at=now) for url in walked.visited),
        listed=walked.documents,
    )
    done = not walked.next_url
    return to(
        reading,
        replace(
            past,
            way="" if done else past.way,
            at=walked.next_url,
            read=past.read + walked.documents,
            note=walked.error,
        ),
    )


def paged(source: Source, past: Past, desk: Desk) -> Reading:
    """WordPress: /feed/?paged=2, 3 ... until one is not there or says nothing new."""
    number = int(past.at or "2")
    if not _may_be_wordpress(source.url) or number > _MOST_PAGED:
        return to(Reading(source=source), replace(past, way=""))
    try:
        answer = desk.visit.get(_numbered(source.url, number), reason=REASON, accept=ACCEPT_FEEDS)
        digest = desk.sandbox.call(
            inside.digest_feed,
            answer.body,
            headers=dict(answer.headers),
            url=answer.url,
            settings=source.settings,
            seen=desk.articles.seen(source.id),
            now=answer.at,
        )
    except BusyError:
        raise
    except (FetchError, ParseError, SandboxError) as error:
        return to(Reading(source=source), replace(past, way="", note=str(error)))
    new = [draft for draft in digest.drafts if draft.key not in digest.seen]
    reading = Reading(source=source, drafts=digest.drafts, seen=digest.seen, listed=1)
    way = "paged" if new else ""
    return to(reading, replace(past, way=way, at=str(number + 1), read=past.read + 1))


def _may_be_wordpress(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path.rstrip("/").endswith("/feed") or "feed=" in parts.query


def _numbered(url: str, number: int) -> str:
    parts = urlsplit(url)
    query = [(name, value) for name, value in parse_qsl(parts.query) if name != "paged"]
    return urlunsplit(parts._replace(query=urlencode([*query, ("paged", str(number))])))
