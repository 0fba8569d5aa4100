"""What of the store is kept for good: which tables and columns the ledger tells.

A kind stands for a table. Of each row it tells some columns openly (numbers, dates, ids, hashes)
and the rest, whatever may hold titles, names, addresses or text, as one object beside the line,
named by its SHA-256: what is taken back for good can be purged there, and the ledger still holds.

Not told is what only steers the work (PASSING): schedules, leases, records of requests, followers;
nor what is made of the rest at any time (bands).
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Column, Table

from syndicator.stores import schema


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How the rows of a table stand in the ledger.

    Args:
        key: columns that name a row; they never change.
        shown: columns told openly.
        hidden: columns told as an object.
        bare: the object is the one hidden column's text itself, and `sha256` its hash.
        only: a condition in SQL; rows that do not meet it are not kept.
    """

    name: str
    table: Table
    key: tuple[str, ...]
    shown: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    bare: bool = False
    only: str = ""

    @property
    def columns(self) -> tuple[Column[object], ...]:
        """All that is told, the key first."""
        return tuple(self.table.c[name] for name in (*self.key, *self.shown, *self.hidden))


FACTS_TOLD = ("configuration", "themes to fill")  # by name

KINDS: tuple[Kind, ...] = (
    Kind(
        name="fact",
        table=schema.facts,
        key=("name",),
        hidden=("value",),
        only=(
            f"({{row}}.name IN ({', '.join(repr(name) for name in FACTS_TOLD)})"
            " OR {row}.name LIKE 'time stamp %')"
        ),
    ),
    Kind(
        name="source",
        table=schema.sources,
        key=("number",),
        shown=("id", "declared", "added_at", "changed_at", "paused_at", "gone_at", "retired_at"),
        hidden=("kind", "settings", "first_url", "url", "title", "origin"),
    ),
    Kind(
        name="theme",
        table=schema.themes,
        key=("number",),
        shown=("slug", "added_at", "retired_at"),
        hidden=("theme", "token"),
    ),
    Kind(
        name="former",  # a slug that is a theme's for good; not a token that was taken back
        table=schema.former_folders,
        key=("path",),
        shown=("theme", "at"),
        only="{row}.path LIKE 'themes/%'",
    ),
    Kind(
        name="feed",
        table=schema.feeds,
        key=("number",),
        shown=(
            *("key", "id", "theme", "language", "private", "retired_at"),
            *("last_n", "last_at", "segment", "segment_ids"),
        ),
        hidden=("data",),
    ),
    Kind(
        name="article",
        table=schema.articles,
        key=("number",),
        shown=(
            *("id", "entry_id", "source", "story", "revision", "fingerprint"),
            *("story_hash", "text_hash"),
            *("published_at", "updated_at", "first_seen_at", "changed_at", "gone_at"),
            *("withdrawn_at", "redacted_at"),
        ),
        hidden=("key", "url", "canonical_url", "language", "pager"),
    ),
    Kind(
        name="revision",
        table=schema.revisions,
        key=("article", "no"),
        shown=("at", "fingerprint", "sha256", "notes"),
        hidden=("content",),
        bare=True,
    ),
    Kind(
        name="membership",
        table=schema.memberships,
        key=("theme", "article"),
        shown=("how", "present", "rule_version", "at", "published_at"),
        hidden=("reason",),
    ),
    Kind(
        name="entry",  # what a row of a log shows
        table=schema.payloads,
        key=("number",),
        shown=("sha256",),
        hidden=("body",),
        bare=True,
    ),
    Kind(
        name="row",
        table=schema.log,
        key=("feed", "n"),
        shown=(
            *("at", "kind", "segment", "entry_id", "updated", "when"),
            *("past", "erase", "payload"),
        ),
        hidden=("data",),
    ),
    Kind(
        name="member",  # the last row of an entry, and the article it is of
        table=schema.members,
        key=("feed", "entry_id"),
        shown=(
            *("article", "story", "n", "kind", "segment", "at", "updated", "when", "past"),
            *("payload", "published_at"),
        ),
    ),
    Kind(
        name="month",
        table=schema.months,
        key=("feed", "month"),
        shown=("articles", "n"),
    ),
    Kind(
        name="document",
        table=schema.closed_documents,
        key=("feed", "path"),
        shown=("sha256",),
    ),
    Kind(
        name="capture",  # a raw answer
        table=schema.captures,
        key=("number",),
        shown=(
            *("source", "reason", "at", "status", "mime", "digest", "revisit", "file"),
            *("begins", "ends", "offset", "length", "sha256"),
        ),
        hidden=("url",),
    ),
    Kind(
        name="picture",  # of which a copy is kept
        table=schema.pictures,
        key=("article", "no"),
        shown=("sha256", "raster", "size", "at"),
        hidden=("url", "answered_by"),
    ),
    Kind(
        name="withdrawal",
        table=schema.withdrawals,
        key=("number",),
        shown=("article", "at", "reason", "undone_at"),
        hidden=("by", "undone_by"),
    ),
    Kind(
        name="redaction",  # a purge for good: hashes, date and reason alone
        table=schema.redactions,
        key=("number",),
        shown=("article", "at", "reason", "addresses", "objects", "captures", "done_at"),
    ),
    Kind(
        name="rewrite",  # a closed document that a withdrawal changed
        table=schema.rewritten,
        key=("number",),
        shown=("feed", "path", "at", "old_sha256", "new_sha256"),
    ),
)

PASSING = frozenset(
    {
        *("hosts", "documents", "polls", "items", "subscriptions", "outbox", "unindexed"),
        *("followers", "intents", "pings", "held_back", "bands"),
        *("wanted_pictures", "past_pictures", "picture_news"),
    }
)

BY_NAME = {kind.name: kind for kind in KINDS}
