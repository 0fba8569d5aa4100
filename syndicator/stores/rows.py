"""Rows of the database as values of the model; the only place that reads columns by name."""

from __future__ import annotations

from dataclasses import replace

from syndicator.model import (
    Article,
    Content,
    Document,
    EntryView,
    FeedState,
    Kind,
    LogRow,
    Request,
    RowKind,
    Source,
    Theme,
    Validators,
)
from syndicator.stores.codec import value_of
from syndicator.stores.prepared import Columns


def source_of(row: Columns) -> Source:
    """The value of a row; while it is being read, `next_check_at` is the time it was due at."""
    due = row["claimed_from"] if row["claimed_by"] else row["next_check_at"]
    return Source(
        **{name: row[name] for name in _AS_THEY_STAND},
        kind=Kind(row["kind"]),
        validators=Validators(etag=row["etag"], last_modified=row["last_modified"]),
        next_check_at=due,
    )


_AS_THEY_STAND = (
    "id",
    "settings",
    "first_url",
    "url",
    "declared",
    "added_at",
    "title",
    "origin",
    "body_sha256",
    "next_check_why",
    "polled_at",
    "success_at",
    "changed_at",
    "failures",
    "failing_since",
    "error",
    "paused_at",
    "gone_at",
    "retired_at",
    "held_until",
    "floor_until",
    "poll_seq",
    "notes",
    "counts",
    "cadence",
    "stated",
    "move",
    "alarms",
)


def article_of(row: Columns, themes: tuple[str, ...]) -> Article:
    """An article from its row and the row of its newest revision, joined."""
    content = value_of(Content, row["content"])
    if row["pager"] is not None:
        content = replace(content, pager=row["pager"])
    return Article(
        **{name: row[name] for name in _OF_ARTICLE},
        source_id=row["source_id"],
        content=content,
        themes=themes,
    )


_OF_ARTICLE = (
    "number",
    "id",
    "entry_id",
    "key",
    "story",
    "revision",
    "first_seen_at",
    "changed_at",
    "seen_hash",
    "fingerprint",
    "gone_at",
    "withdrawn_at",
)


def document_of(row: Columns) -> Document:
    """A page of a page source."""
    return Document(
        url=row["url"],
        role=row["role"],
        validators=Validators(etag=row["etag"], last_modified=row["last_modified"]),
        body_sha256=row["body_sha256"],
        article_key=row["article_key"],
        fetched_at=row["fetched_at"],
        next_check_at=row["next_check_at"],
        failures=row["failures"],
        error=row["error"],
        said=row["said"],
    )


def request_of(row: Columns) -> Request:
    """A request as it went over the wire."""
    return Request(
        url=row["url"],
        at=row["at"],
        reason=row["reason"],
        sent=Validators(etag=row["sent_etag"], last_modified=row["sent_last_modified"]),
        status=row["status"],
        received=Validators(etag=row["etag"], last_modified=row["last_modified"]),
        wire_bytes=row["wire_bytes"],
        elapsed_s=row["elapsed_s"],
        error=row["error"],
        manual=row["manual"],
        fresh_until=row["fresh_until"],
        quiet_until=row["quiet_until"],
    )


def theme_of(row: Columns) -> Theme:
    """A theme; its slug stands in a column of its own, which a rename changes."""
    theme: Theme = row["theme"]
    return theme if theme.slug == row["slug"] else replace(theme, slug=row["slug"])


def feed_of(row: Columns) -> FeedState:
    """A feed and where its log stands; the row carries the slug and the token of its theme."""
    known = {name: row[name] for name in _OF_FEED}
    return FeedState(**known, theme=row["slug"] or "all", token=row["token"] or "")


_OF_FEED = (
    "key",
    "id",
    "language",
    "data",
    "last_n",
    "last_at",
    "segment",
    "segment_ids",
    "published_n",
    "private",
)


def log_row_of(row: Columns) -> LogRow:
    """A row of a log with what it shows."""
    body = row["body"]
    return LogRow(
        **{name: row[name] for name in _OF_LOG_ROW},
        kind=RowKind(row["kind"]),
        entry=value_of(EntryView, body) if body is not None else None,
        data=row["data"],
    )


_OF_LOG_ROW = ("n", "at", "segment", "entry_id", "updated", "when", "past", "erase")
