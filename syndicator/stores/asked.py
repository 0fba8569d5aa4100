"""What was asked of others on behalf of a source, and what they answered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert

from syndicator.model import Document, Request
from syndicator.stores.captures import keep_captures
from syndicator.stores.late import take_back_pages
from syndicator.stores.prepared import Write
from syndicator.stores.schema import documents, polls
from syndicator.stores.sqlite import upsert


def keep_requests(
    db: Connection,
    source: int,
    requests: Iterable[Request],
    *,
    outcome: str = "",
    due_at: datetime | None = None,
    due_why: str = "",
) -> None:
    """Keep the record of requests (C33), and where their raw answers are.

    Args:
        outcome: the refresh they belong to.
        due_at, due_why: when the source is read next, and what set that.
    """
    requests = list(requests)
    if requests:
        told = {"outcome": outcome, "next_due_at": due_at, "next_due_why": due_why}
        _POLL.run(db, [{**_poll(source, each), **told} for each in requests])
        keep_captures(db, source, requests)
        take_back_pages(db, requests)


_POLL = Write(insert(polls), [each.name for each in polls.columns if each.name != "number"])


def _poll(source: int, request: Request) -> dict[str, Any]:
    return {
        "source": source,
        "url": request.url,
        "at": request.at,
        "reason": request.reason,
        "sent_etag": request.sent.etag,
        "sent_last_modified": request.sent.last_modified,
        "status": request.status,
        "etag": request.received.etag,
        "last_modified": request.received.last_modified,
        "wire_bytes": request.wire_bytes,
        "elapsed_s": request.elapsed_s,
        "error": request.error,
        "manual": request.manual,
        "fresh_until": request.fresh_until,
        "quiet_until": request.quiet_until,
    }


def keep_documents(db: Connection, source: int, some: Iterable[Document]) -> None:
    """Keep what is known of addresses that a source's reading goes by."""
    _DOCUMENT.run(db, [_document(source, each) for each in some])


def _document(source: int, document: Document) -> dict[str, Any]:
    return {
        "source": source,
        "url": document.url,
        "role": document.role,
        "etag": document.validators.etag,
        "last_modified": document.validators.last_modified,
        "body_sha256": document.body_sha256,
        "article_key": document.article_key,
        "fetched_at": document.fetched_at,
        "next_check_at": document.next_check_at,
        "failures": document.failures,
        "error": document.error,
        "said": document.said,
    }


_OF_DOCUMENT = [each.name for each in documents.columns if each.name != "number"]
_DOCUMENT = Write(upsert(documents, *_OF_DOCUMENT, keys=("source", "url")), _OF_DOCUMENT)
