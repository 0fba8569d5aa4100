"""The one definition of what is kept, for every database.

Rows point at each other by 64-bit numbers, so that an id or slug that people see can change
(a renamed theme) without touching the rows that hang on it. Times are `Instant`, values of the
model are `Json`. A change here needs a migration and a new VERSION; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import (
    DDL,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    event,
    false,
)

from syndicator.model import (
    Alarm,
    ArticleChange,
    Cadence,
    FeedData,
    Move,
    Origin,
    Pager,
    Reason,
    SourceSettings,
    Stated,
    Theme,
)
from syndicator.stores.columns import Instant, Json, Number

VERSION = "0014"  # the newest migration

metadata = MetaData()


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default="")


def _count(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, server_default="0")


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default=false())


def _link(name: str, target: str) -> Column[int]:
    return Column(name, Number, ForeignKey(target), nullable=False)


facts = Table(
    "facts",  # the store's notes about itself, by name
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

sources = Table(
    "sources",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    Column("settings", Json(SourceSettings), nullable=False),
    Column("first_url", Text, nullable=False, unique=True),  # root of article ids
    Column("url", Text, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("scope", Text, nullable=False),  # C11: what the host lease is taken on
    _flag("declared"),
    _flag("enabled"),  # of settings, for the claim
    Column("added_at", Instant),
    _text("title"),
    Column("origin", Json(Origin)),
    _text("etag"),
    _text("last_modified"),
    _text("body_sha256"),
    Column("next_check_at", Instant, index=True),
    _text("next_check_why"),
    Column("polled_at", Instant),
    Column("success_at", Instant),
    Column("changed_at", Instant),
    _count("failures"),
    Column("failing_since", Instant),
    _text("error"),
    Column("paused_at", Instant),
    Column("gone_at", Instant),
    Column("retired_at", Instant),
    Column("held_until", Instant),
    Column("floor_until", Instant),
    _count("poll_seq"),
    Column("notes", Json(Mapping[str, str]), nullable=False),
    Column("counts", Json(Mapping[str, int]), nullable=False),
    Column("cadence", Json(Cadence), nullable=False),
    Column("stated", Json(Stated), nullable=False),
    Column("move", Json(Move)),
    Column("alarms", Json(tuple[Alarm, ...]), nullable=False),
    _text("claimed_by"),
    Column("claimed_token", Number),
    Column("claimed_until", Instant),
    Column("claimed_from", Instant),  # next_check_at before the claim
    _text("last_outcome"),
    Index("sources_scope", "scope"),
)

hosts = Table(
    "hosts",
    metadata,
    Column("scope", Text, primary_key=True),
    _text("owner"),  # "" is free
    Column("token", Number, nullable=False),  # grows by 1 with each lease: fencing
    Column("lease_until", Instant),
    Column("next_start_at", Instant),
    Column("silent_until", Instant),
)

documents = Table(
    "documents",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    _link("source", "sources.number"),
    Column("url", Text, nullable=False),
    Column("role", Text, nullable=False),
    _text("etag"),
    _text("last_modified"),
    _text("body_sha256"),
    _text("article_key"),
    Column("fetched_at", Instant),
    Column("next_check_at", Instant),
    _count("failures"),
    _text("error"),
    Column("said", Json(Mapping[str, str]), nullable=False),
    UniqueConstraint("source", "url"),
)

polls = Table(
    "polls",  # each request as it went over the wire (C33)
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    _link("source", "sources.number"),
    _text("outcome"),
    Column("url", Text, nullable=False),
    Column("at", Instant, nullable=False),
    _text("reason"),
    _text("sent_etag"),
    _text("sent_last_modified"),
    Column("status", Integer),
    _text("etag"),
    _text("last_modified"),
    Column("wire_bytes", Number, nullable=False, server_default="0"),
    Column("elapsed_s", Float, nullable=False, server_default="0"),
    _text("error"),
    _flag("manual"),
    Column("fresh_until", Instant),
    Column("quiet_until", Instant),
    Column("next_due_at", Instant),  # of the source, and what set it
    _text("next_due_why"),
    Index("polls_source_at", "source", "at"),
    Index("polls_at", "at"),
)

items = Table(
    "items",  # the raw items of a feed's last document, so that they are not parsed again
    metadata,
    Column("source", Number, ForeignKey("sources.number"), primary_key=True),
    Column("marks", Json(Mapping[str, str]), nullable=False),  # mark -> key
)

subscriptions = Table(
    "subscriptions",  # with hubs (C30)
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    _link("source", "sources.number"),
    Column("topic", Text, nullable=False),
    Column("hub", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("callback", Text, nullable=False, unique=True),
    Column("state", Text, nullable=False),
    Column("requested_at", Instant, nullable=False),
    Column("verified_at", Instant),
    Column("lease_until", Instant),
    Column("retry_at", Instant),
    _count("failures"),
    _text("error"),
    Column("since", Instant),
    Column("pushed_at", Instant),
    Column("hinted_at", Instant),
    Column("resume_at", Instant),
    _count("missed"),
    Index("subscriptions_source", "source"),
)

followers = Table(
    "followers",  # of our feeds, by our hub (P31)
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("topic", Text, nullable=False),
    Column("callback", Text, nullable=False),
    Column("host", Text, nullable=False),  # is told one thing at a time
    Column("scope", Text, nullable=False),  # has a share of all followers
    _text("secret"),
    Column("since", Instant, nullable=False),
    Column("lease_until", Instant, nullable=False),
    Column("told", Text, nullable=False),  # sha256 of what it took last
    _count("news"),  # grows by 1 with each change of the topic
    Column("due_at", Instant),  # NULL: it knows the newest
    _flag("slow"),  # it failed or took its time, and waits where it delays no other
    _count("failures"),
    _text("error"),
    Column("told_at", Instant),
    UniqueConstraint("topic", "callback"),
    Index("followers_host", "host"),
    Index("followers_scope", "scope"),
)
Index(
    "followers_due",
    followers.c.slow,
    followers.c.due_at,
    sqlite_where=followers.c.due_at.is_not(None),
)

intents = Table(
    "intents",  # what our hub was asked, until the callback has confirmed it
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("mode", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("callback", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("scope", Text, nullable=False),
    _text("secret"),
    Column("lease_s", Integer, nullable=False),
    Column("told", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    _flag("over"),  # not confirmed, or asked anew: remembered for an hour
    Index("intents_scope", "scope"),
)
Index("intents_waiting", intents.c.number, sqlite_where=~intents.c.over)

pings = Table(
    "pings",  # topics that another hub is to be told of (P30)
    metadata,
    Column("topic", Text, primary_key=True),
    _count("news"),
    Column("due_at", Instant, nullable=False, index=True),
    _count("failures"),
    _text("error"),
)

articles = Table(
    "articles",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    Column("entry_id", Text, nullable=False, index=True),
    _link("source", "sources.number"),
    Column("key", Text, nullable=False),
    Column("story", Text, nullable=False, index=True),
    _text("story_hash"),
    _text("text_hash"),
    Column("revision", Integer, nullable=False),
    _text("seen_hash"),
    _text("fingerprint"),
    _text("url"),
    _text("canonical_url"),
    _text("language"),
    Column("published_at", Instant, nullable=False),  # as given, else first seen: the order
    Column("updated_at", Instant, nullable=False),  # as given, else published, else first seen
    Column("first_seen_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("gone_at", Instant),
    Column("pager", Json(Pager)),
    Column("withdrawn_at", Instant),  # and with it every copy of its story
    Column("redacted_at", Instant),  # its text is gone for good, and none comes again
    UniqueConstraint("source", "key"),
)
Index("articles_newest", articles.c.published_at.desc(), articles.c.id)
Index("articles_source_newest", articles.c.source, articles.c.published_at.desc(), articles.c.id)
Index("articles_story_hash", articles.c.story_hash, sqlite_where=articles.c.story_hash != "")
Index(
    "articles_text_hash",
    articles.c.source,
    articles.c.text_hash,
    sqlite_where=articles.c.text_hash != "",
)
Index("articles_withdrawn", articles.c.story, sqlite_where=articles.c.withdrawn_at.is_not(None))
Index("articles_canonical", articles.c.canonical_url, sqlite_where=articles.c.canonical_url != "")

revisions = Table(
    "revisions",  # immutable
    metadata,
    Column("article", Number, ForeignKey("articles.number"), nullable=False),
    Column("no", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    _text("fingerprint"),
    Column("content", Text, nullable=False),  # canonical JSON of Content, pager left out
    Column("sha256", Text, nullable=False),  # of content's bytes (R26)
    Column("notes", Json(tuple[str, ...]), nullable=False),
    PrimaryKeyConstraint("article", "no"),
)

bands = Table(
    "bands",  # by what an article's text is found again, nearly the same (text.bands)
    metadata,
    Column("band", Number, nullable=False),
    Column("day", Integer, nullable=False),  # of publication, counted from the year 1
    Column("article", Number, ForeignKey("articles.number"), nullable=False),
    PrimaryKeyConstraint("band", "day", "article"),
    Index("bands_article", "article"),
    sqlite_with_rowid=False,
)

held_back = Table(
    "held_back",  # what an article says that has changed too often today (R24)
    metadata,
    Column("article", Number, ForeignKey("articles.number"), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("change", Json(ArticleChange), nullable=False),
)

withdrawals = Table(
    "withdrawals",  # taken back by hand, and given back: who, when, why
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    _link("article", "articles.number"),
    Column("at", Instant, nullable=False),
    _text("by"),
    Column("reason", Text, nullable=False),
    Column("undone_at", Instant),
    _text("undone_by"),
    Index("withdrawals_article", "article"),
)

unindexed = Table(
    "unindexed",  # what the search index has yet to take up; the newest note of an article counts
    metadata,
    Column("n", Number, primary_key=True, autoincrement=True),  # never used again
    Column("article", Number, nullable=False, unique=True),
    sqlite_autoincrement=True,
)
_NOTED = "BEGIN INSERT OR REPLACE INTO unindexed (article) VALUES (new.number); END"
for _name, _event in (
    ("articles_new", "AFTER INSERT ON articles"),
    ("articles_revised", "AFTER UPDATE OF revision, withdrawn_at, source ON articles"),
):
    _trigger = DDL(  # type: ignore[no-untyped-call]  # SQLAlchemy's own
        f"CREATE TRIGGER {_name} {_event} {_NOTED}"
    )
    event.listen(metadata, "after_create", _trigger.execute_if(dialect="sqlite"))

themes = Table(
    "themes",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("slug", Text, nullable=False, unique=True),
    Column("theme", Json(Theme), nullable=False),
    Column("added_at", Instant, nullable=False),
    Column("retired_at", Instant),
    _text("token"),  # where it lies while it is private, /private/{token}/
)

former_folders = Table(
    "former_folders",  # below feeds/, where a theme lay before; a slug is kept for good (P32)
    metadata,
    Column("path", Text, primary_key=True),
    _link("theme", "themes.number"),
    Column("at", Instant, nullable=False),
    _flag("cleared"),  # what was published there has been taken away
)

memberships = Table(
    "memberships",  # in a theme, or pinned out of it (how = exclude)
    metadata,
    _link("theme", "themes.number"),
    _link("article", "articles.number"),
    Column("how", Text, nullable=False),
    _flag("present"),
    Column("reason", Json(Reason), nullable=False),
    _count("rule_version"),
    Column("at", Instant, nullable=False),
    Column("published_at", Instant, nullable=False),  # the article's, for the order
    PrimaryKeyConstraint("theme", "article"),
    Index("memberships_article", "article"),
    sqlite_with_rowid=False,
)
Index(
    "memberships_newest",
    memberships.c.theme,
    memberships.c.present,
    memberships.c.published_at.desc(),
)

feeds = Table(
    "feeds",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("key", Text, nullable=False, unique=True),
    Column("id", Text, nullable=False, unique=True),  # P3
    Column("theme", Number, ForeignKey("themes.number")),  # NULL: the feed of all
    _text("language"),
    Column("data", Json(FeedData), nullable=False),
    Column("last_n", Number, nullable=False, server_default="0"),
    Column("last_at", Instant),
    Column("segment", Number, nullable=False, server_default="1"),
    _count("segment_ids"),
    Column("published_n", Number, nullable=False, server_default="0"),
    _flag("private"),
    Column("retired_at", Instant),
    Index("feeds_theme", "theme"),
)

payloads = Table(
    "payloads",  # what a put shows, kept once for all feeds
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("sha256", Text, nullable=False, unique=True),
    Column("body", Text, nullable=False),  # canonical JSON of EntryView
)

log = Table(
    "log",  # append-only
    metadata,
    _link("feed", "feeds.number"),
    Column("n", Number, nullable=False),
    Column("at", Instant, nullable=False),
    Column("kind", Text, nullable=False),
    Column("segment", Number, nullable=False),
    _text("entry_id"),
    Column("updated", Instant),
    Column("when", Instant),
    _flag("past"),
    _flag("erase"),
    Column("payload", Number, ForeignKey("payloads.number")),
    Column("data", Json(FeedData)),
    PrimaryKeyConstraint("feed", "n"),
    Index("log_segment", "feed", "segment"),
    Index("log_entry", "feed", "entry_id", "n"),
    sqlite_with_rowid=False,
)
Index("log_erased", log.c.feed, log.c.n, sqlite_where=log.c.erase)

members = Table(
    "members",  # the last row of each entry a feed ever held; derived from the log
    metadata,
    _link("feed", "feeds.number"),
    Column("entry_id", Text, nullable=False),
    Column("article", Number, ForeignKey("articles.number")),
    Column("story", Text, nullable=False),
    Column("n", Number, nullable=False),
    Column("kind", Text, nullable=False),
    Column("segment", Number, nullable=False),
    Column("at", Instant, nullable=False),
    Column("updated", Instant),
    Column("when", Instant),
    _flag("past"),
    Column("payload", Number, ForeignKey("payloads.number")),
    Column("published_at", Instant),  # the article's, at this row: the order of pages
    PrimaryKeyConstraint("feed", "entry_id"),
    Index("members_story", "story", "feed"),
    Index("members_segment", "feed", "segment"),
    sqlite_with_rowid=False,
)
Index(
    "members_newest",
    members.c.feed,
    members.c.kind,
    members.c.updated.desc(),
    members.c.entry_id,
)
Index("members_at", members.c.feed, members.c.kind, members.c.past, members.c.at.desc())
Index(
    "members_dated",
    members.c.feed,
    members.c.kind,
    members.c.published_at.desc(),
    members.c.article,
)

months = Table(
    "months",  # how many articles of each month a feed shows; derived from its members
    metadata,
    _link("feed", "feeds.number"),
    Column("month", Integer, nullable=False),  # 202603
    Column("articles", Integer, nullable=False),
    Column("n", Number, nullable=False),  # of the last row that changed who is in it, or where
    PrimaryKeyConstraint("feed", "month"),
    sqlite_with_rowid=False,
)

closed_documents = Table(
    "closed_documents",
    metadata,
    _link("feed", "feeds.number"),
    Column("path", Text, nullable=False),  # on the shelf, below the feed's id: "3.xml"
    Column("sha256", Text, nullable=False),
    PrimaryKeyConstraint("feed", "path"),
)

outbox = Table(
    "outbox",  # rows that changed, to be told to the ledger
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("kind", Text, nullable=False),  # of kept.KINDS
    Column("key", Text, nullable=False),  # JSON array
    sqlite_autoincrement=True,  # a number is never given twice
)

rewritten = Table(
    "rewritten",  # closed documents that a withdrawal changed (design 9.9)
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    _link("feed", "feeds.number"),
    Column("path", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("old_sha256", Text, nullable=False),
    Column("new_sha256", Text, nullable=False),
    Index("rewritten_feed", "feed"),
)

captures = Table(
    "captures",  # where raw answers are kept, below the archive
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    _link("source", "sources.number"),
    _text("reason"),
    Column("url", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("status", Integer, nullable=False),
    _text("mime"),
    Column("digest", Text, nullable=False),
    _flag("revisit"),
    Column("file", Text, nullable=False),
    Column("begins", Number, nullable=False),
    Column("ends", Number, nullable=False),
    Column("offset", Number, nullable=False),
    Column("length", Number, nullable=False),
    Column("sha256", Text, nullable=False),
    Index("captures_url", "url", "digest"),
    Index("captures_file", "file", "begins"),
)

pictures = Table(
    "pictures",  # of articles, of which a copy is kept below the archive
    metadata,
    Column("article", Number, ForeignKey("articles.number"), nullable=False),
    Column("no", Integer, nullable=False),  # 1, 2 ... of the article
    Column("url", Text, nullable=False),  # as the article names it
    Column("answered_by", Text, nullable=False),
    Column("sha256", Text, nullable=False, index=True),
    Column("raster", Text, nullable=False),
    Column("size", Number, nullable=False),
    Column("at", Instant, nullable=False),
    _text("etag"),
    _text("last_modified"),
    PrimaryKeyConstraint("article", "no"),
    UniqueConstraint("article", "url"),
    Index("pictures_url", "url", "at"),
    Index("pictures_answered_by", "answered_by"),
)

wanted_pictures = Table(
    "wanted_pictures",  # that articles show and of which there is no copy
    metadata,
    Column("article", Number, ForeignKey("articles.number"), nullable=False),
    Column("url", Text, nullable=False),
    _link("source", "sources.number"),
    _count("tries"),
    Column("next_try_at", Instant),  # NULL: it is not asked for again
    _text("claimed_by"),
    _text("error"),
    PrimaryKeyConstraint("article", "url"),
)
Index(
    "wanted_pictures_due",
    wanted_pictures.c.next_try_at,
    sqlite_where=wanted_pictures.c.next_try_at.is_not(None),
)
Index(
    "wanted_pictures_source",
    wanted_pictures.c.source,
    wanted_pictures.c.next_try_at,
    sqlite_where=wanted_pictures.c.next_try_at.is_not(None),
)
Index(
    "wanted_pictures_claimed",
    wanted_pictures.c.claimed_by,
    sqlite_where=wanted_pictures.c.claimed_by != "",
)

past_pictures = Table(
    "past_pictures",  # sources whose past has still to be looked through for pictures
    metadata,
    Column("source", Number, ForeignKey("sources.number"), primary_key=True, autoincrement=False),
    Column("which", Text, nullable=False),  # of their pictures, as [store] capture_images
    Column("last_at", Instant),  # date and id of the last article that was, the newest come first
    _text("last_id"),
)

picture_news = Table(
    "picture_news",  # pictures that came or were purged, until pages have followed
    metadata,
    Column("n", Number, primary_key=True, autoincrement=True),
    _link("article", "articles.number"),
    Column("path", Text, nullable=False),  # below feeds/
    sqlite_autoincrement=True,  # a number is never given twice
)

redactions = Table(
    "redactions",  # what was purged for good, by hashes
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    _link("article", "articles.number"),
    Column("at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("addresses", Json(tuple[str, ...]), nullable=False),
    Column("objects", Json(tuple[str, ...]), nullable=False),
    Column("captures", Json(tuple[str, ...]), nullable=False),
    Column("done_at", Instant),
    _text("todo"),  # what the archive has still to be searched for; "" when it is done
)
