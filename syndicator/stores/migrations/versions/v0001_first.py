"""The first schema: sources, hosts, articles and revisions, themes, feeds and their logs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "facts",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "hosts",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), server_default="", nullable=False),
        sa.Column("token", NUMBER, nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("next_start_at", sa.BigInteger(), nullable=True),
        sa.Column("silent_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("scope"),
    )
    op.create_table(
        "payloads",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("sha256"),
    )
    op.create_table(
        "sources",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("first_url", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("declared", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=True),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("etag", sa.Text(), server_default="", nullable=False),
        sa.Column("last_modified", sa.Text(), server_default="", nullable=False),
        sa.Column("body_sha256", sa.Text(), server_default="", nullable=False),
        sa.Column("next_check_at", sa.BigInteger(), nullable=True),
        sa.Column("next_check_why", sa.Text(), server_default="", nullable=False),
        sa.Column("polled_at", sa.BigInteger(), nullable=True),
        sa.Column("success_at", sa.BigInteger(), nullable=True),
        sa.Column("changed_at", sa.BigInteger(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failing_since", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("paused_at", sa.BigInteger(), nullable=True),
        sa.Column("gone_at", sa.BigInteger(), nullable=True),
        sa.Column("retired_at", sa.BigInteger(), nullable=True),
        sa.Column("held_until", sa.BigInteger(), nullable=True),
        sa.Column("floor_until", sa.BigInteger(), nullable=True),
        sa.Column("poll_seq", sa.Integer(), server_default="0", nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("cadence", sa.Text(), nullable=False),
        sa.Column("stated", sa.Text(), nullable=False),
        sa.Column("move", sa.Text(), nullable=True),
        sa.Column("alarms", sa.Text(), nullable=False),
        sa.Column("claimed_by", sa.Text(), server_default="", nullable=False),
        sa.Column("claimed_token", NUMBER, nullable=True),
        sa.Column("claimed_until", sa.BigInteger(), nullable=True),
        sa.Column("claimed_from", sa.BigInteger(), nullable=True),
        sa.Column("last_outcome", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("first_url"),
        sa.UniqueConstraint("id"),
    )
    op.create_index(op.f("ix_sources_next_check_at"), "sources", ["next_check_at"], unique=False)
    op.create_index(op.f("ix_sources_url"), "sources", ["url"], unique=False)
    op.create_index("sources_scope", "sources", ["scope"], unique=False)
    op.create_table(
        "themes",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("retired_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("slug"),
    )
    op.create_table(
        "items",
        sa.Column("source", NUMBER, nullable=False),
        sa.Column("marks", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["source"], ["sources.number"]),
        sa.PrimaryKeyConstraint("source"),
    )
    op.create_table(
        "articles",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("source", NUMBER, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("story", sa.Text(), nullable=False),
        sa.Column("story_hash", sa.Text(), server_default="", nullable=False),
        sa.Column("text_hash", sa.Text(), server_default="", nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("seen_hash", sa.Text(), server_default="", nullable=False),
        sa.Column("fingerprint", sa.Text(), server_default="", nullable=False),
        sa.Column("url", sa.Text(), server_default="", nullable=False),
        sa.Column("canonical_url", sa.Text(), server_default="", nullable=False),
        sa.Column("language", sa.Text(), server_default="", nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("gone_at", sa.BigInteger(), nullable=True),
        sa.Column("pager", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["source"],
            ["sources.number"],
        ),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("id"),
        sa.UniqueConstraint("source", "key"),
    )
    op.create_index(
        "articles_canonical",
        "articles",
        ["canonical_url"],
        unique=False,
        sqlite_where=sa.text("canonical_url != ''"),
    )
    op.create_index(
        "articles_newest", "articles", [sa.literal_column("published_at DESC"), "id"], unique=False
    )
    op.create_index(
        "articles_source_newest",
        "articles",
        ["source", sa.literal_column("published_at DESC"), "id"],
        unique=False,
    )
    op.create_index(
        "articles_text_hash",
        "articles",
        ["source", "text_hash"],
        unique=False,
        sqlite_where=sa.text("text_hash != ''"),
    )
    op.create_index(
        "articles_story_hash",
        "articles",
        ["story_hash"],
        unique=False,
        sqlite_where=sa.text("story_hash != ''"),
    )
    op.create_index(op.f("ix_articles_entry_id"), "articles", ["entry_id"], unique=False)
    op.create_index(op.f("ix_articles_story"), "articles", ["story"], unique=False)
    op.create_table(
        "documents",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("source", NUMBER, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), server_default="", nullable=False),
        sa.Column("last_modified", sa.Text(), server_default="", nullable=False),
        sa.Column("body_sha256", sa.Text(), server_default="", nullable=False),
        sa.Column("article_key", sa.Text(), server_default="", nullable=False),
        sa.Column("fetched_at", sa.BigInteger(), nullable=True),
        sa.Column("next_check_at", sa.BigInteger(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source"],
            ["sources.number"],
        ),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("source", "url"),
    )
    op.create_table(
        "feeds",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("theme", NUMBER, nullable=True),
        sa.Column("language", sa.Text(), server_default="", nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("last_n", NUMBER, server_default="0", nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=True),
        sa.Column("segment", NUMBER, server_default="1", nullable=False),
        sa.Column("segment_ids", sa.Integer(), server_default="0", nullable=False),
        sa.Column("published_n", NUMBER, server_default="0", nullable=False),
        sa.Column("private", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("retired_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["theme"],
            ["themes.number"],
        ),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index("feeds_theme", "feeds", ["theme"], unique=False)
    op.create_table(
        "polls",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("source", NUMBER, nullable=False),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("sent_etag", sa.Text(), server_default="", nullable=False),
        sa.Column("sent_last_modified", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("etag", sa.Text(), server_default="", nullable=False),
        sa.Column("last_modified", sa.Text(), server_default="", nullable=False),
        sa.Column("wire_bytes", NUMBER, server_default="0", nullable=False),
        sa.Column("elapsed_s", sa.Float(), server_default="0", nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("manual", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("fresh_until", sa.BigInteger(), nullable=True),
        sa.Column("quiet_until", sa.BigInteger(), nullable=True),
        sa.Column("next_due_at", sa.BigInteger(), nullable=True),
        sa.Column("next_due_why", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["source"],
            ["sources.number"],
        ),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("polls_at", "polls", ["at"], unique=False)
    op.create_index("polls_source_at", "polls", ["source", "at"], unique=False)
    op.create_table(
        "closed_documents",
        sa.Column("feed", NUMBER, nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["feed"],
            ["feeds.number"],
        ),
        sa.PrimaryKeyConstraint("feed", "path"),
    )
    op.create_table(
        "log",
        sa.Column("feed", NUMBER, nullable=False),
        sa.Column("n", NUMBER, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("segment", NUMBER, nullable=False),
        sa.Column("entry_id", sa.Text(), server_default="", nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=True),
        sa.Column("when", sa.BigInteger(), nullable=True),
        sa.Column("past", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("erase", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("payload", NUMBER, nullable=True),
        sa.Column("data", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["feed"],
            ["feeds.number"],
        ),
        sa.ForeignKeyConstraint(
            ["payload"],
            ["payloads.number"],
        ),
        sa.PrimaryKeyConstraint("feed", "n"),
        sqlite_with_rowid=False,
    )
    op.create_index("log_segment", "log", ["feed", "segment"], unique=False)
    op.create_table(
        "members",
        sa.Column("feed", NUMBER, nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("article", NUMBER, nullable=True),
        sa.Column("story", sa.Text(), nullable=False),
        sa.Column("n", NUMBER, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("segment", NUMBER, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=True),
        sa.Column("when", sa.BigInteger(), nullable=True),
        sa.Column("past", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("payload", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(
            ["article"],
            ["articles.number"],
        ),
        sa.ForeignKeyConstraint(
            ["feed"],
            ["feeds.number"],
        ),
        sa.ForeignKeyConstraint(
            ["payload"],
            ["payloads.number"],
        ),
        sa.PrimaryKeyConstraint("feed", "entry_id"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "members_at", "members", ["feed", "kind", sa.literal_column("at DESC")], unique=False
    )
    op.create_index(
        "members_newest",
        "members",
        ["feed", "kind", sa.literal_column("updated DESC"), "entry_id"],
        unique=False,
    )
    op.create_index("members_segment", "members", ["feed", "segment"], unique=False)
    op.create_index("members_story", "members", ["feed", "story"], unique=False)
    op.create_table(
        "memberships",
        sa.Column("theme", NUMBER, nullable=False),
        sa.Column("article", NUMBER, nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("present", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("rule_version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article"],
            ["articles.number"],
        ),
        sa.ForeignKeyConstraint(
            ["theme"],
            ["themes.number"],
        ),
        sa.PrimaryKeyConstraint("theme", "article"),
        sqlite_with_rowid=False,
    )
    op.create_index("memberships_article", "memberships", ["article"], unique=False)
    op.create_index(
        "memberships_newest",
        "memberships",
        ["theme", "present", sa.literal_column("published_at DESC")],
        unique=False,
    )
    op.create_table(
        "revisions",
        sa.Column("article", NUMBER, nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("fingerprint", sa.Text(), server_default="", nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article"],
            ["articles.number"],
        ),
        sa.PrimaryKeyConstraint("article", "no"),
    )
