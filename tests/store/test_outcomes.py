"""Saving what a refresh decided."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from syndicator.errors import StaleOutcome, StoreError, UsageError
from syndicator.model import Capture, Document, Origin, Pager, Request, Validators
from syndicator.stores.codec import digest
from syndicator.stores.schema import log, members, metadata, revisions
from syndicator.stores.store import SqlStore
from tests.store.conftest import (
    MALI,
    NOON,
    Refresh,
    after,
    change,
    claimed,
    decided,
    declared,
    settings,
    shown,
    story,
)


def test_an_article_comes_back_as_it_was_decided(store: SqlStore, refresh: Refresh) -> None:
    said = change("one", "of peace", published_at=after(-60), language="fr-BE")
    refresh(said)
    kept = store.article(said.id)
    assert kept.content == said.content
    assert (kept.id, kept.entry_id, kept.key, kept.source_id) == (
        said.id,
        said.entry_id,
        "one",
        "agency",
    )
    assert (kept.revision, kept.first_seen_at, kept.published_at) == (1, NOON, after(-60))
    assert kept.story == said.id
    assert dict(store.seen("agency")) == {"one": said.seen_hash}


def test_saving_the_same_outcome_twice_changes_nothing(store: SqlStore) -> None:
    store.add_source("agency", settings(), now=NOON)
    outcome = decided(claimed(store, "agency"), change("one"), requests=(_request(),))
    assert store.save(outcome) is True
    before = _dump(store)
    assert store.save(outcome) is False
    assert _dump(store) == before


def test_a_page_that_was_kept_while_its_article_was_purged_is_still_to_be_purged(
    store: SqlStore, refresh: Refresh
) -> None:
    one, other = change("one"), change("other")
    refresh(one, other)
    store.add_source("courier", settings("https://courier.example.net/feed"), now=NOON)
    pages = (_captured(one.content.url), _captured(other.content.url))
    outcome = decided(claimed(store, "courier"), requests=pages)
    number = store.article(one.id).number
    store.withdraw(number, reason="a mistake", by="me", now=NOON)
    store.redact(number, now=NOON)
    (before,) = store.redactions_to_do()
    store.redacted(before.number, objects=(), captures=(), now=NOON)

    assert store.save(outcome)

    (late,) = store.redactions_to_do()
    assert (late.article, late.addresses, late.signs) == (number, [one.content.url], [])
    store.redacted(late.number, objects=(), captures=(), now=NOON)
    assert store.redactions_to_do() == []


def _captured(url: str) -> Request:
    kept = Capture(
        url=url,
        at=NOON,
        status=200,
        mime="text/html",
        digest="sha1:A",
        revisit=False,
        file="a.warc.gz",
        begins=0,
        ends=9,
        offset=0,
        length=9,
        sha256="b",
    )
    return replace(_request(), url=url, capture=kept)


def test_an_outcome_delivered_again_after_a_later_one_changes_nothing(
    store: SqlStore, refresh: Refresh
) -> None:
    store.add_source("agency", settings(), now=NOON)
    first = decided(claimed(store, "agency"), change("one"), requests=(_request(),))
    store.save(first)
    refresh(change("two"), at=after(5))
    before = _dump(store)
    assert store.save(first) is False
    assert _dump(store) == before


def test_an_outcome_older_than_the_last_is_refused(store: SqlStore, refresh: Refresh) -> None:
    store.add_source("agency", settings(), now=NOON)
    late = decided(claimed(store, "agency"), change("one", "late"))
    refresh(change("one", "newer"), at=after(5))
    before = _dump(store)
    with pytest.raises(StaleOutcome, match="moved on"):
        store.save(late)
    assert _dump(store) == before


def test_an_outcome_read_from_an_old_url_is_refused(store: SqlStore) -> None:
    store.add_source("agency", settings(), now=NOON)
    outcome = decided(claimed(store, "agency"), change("one"))
    store.change_source("agency", settings("https://new.example.org/feed"))
    with pytest.raises(StaleOutcome):
        store.save(outcome)


def test_an_outcome_of_an_unknown_source_is_refused(store: SqlStore) -> None:
    store.add_source("agency", settings(), now=NOON)
    outcome = decided(claimed(store, "agency"))
    with pytest.raises(UsageError, match="nobody"):
        store.save(replace(outcome, source=replace(outcome.source, id="nobody")))


def test_r28_validators_articles_and_due_time_come_together_or_not_at_all(
    store: SqlStore,
) -> None:
    store.add_source("agency", settings(), now=NOON)
    outcome = decided(claimed(store, "agency"), change("one"))
    twice = replace(outcome, changes=(change("one"), replace(change("two"), id=change("one").id)))
    before = _dump(store)
    with pytest.raises(StoreError):
        store.save(twice)
    assert _dump(store) == before
    assert store.save(outcome)


def test_what_reading_taught_us_is_kept(store: SqlStore) -> None:
    store.add_source("agency", settings(title="Named by hand"), now=NOON)
    outcome = decided(claimed(store, "agency"), counts={"items cut": 3})
    learnt = replace(
        outcome.source,
        title="Named by itself",
        url="https://www.example.org/new",
        validators=Validators(etag='W/"1"', last_modified="yesterday"),
        body_sha256="ab",
        origin=Origin(id="x", title="Agency"),
        notes={"page": "2"},
        floor_until=after(20),
    )
    store.save(replace(outcome, source=learnt))
    kept = store.source("agency")
    assert kept == replace(learnt, title="Named by hand", poll_seq=1, counts={"items cut": 3})


def test_what_the_operator_said_meanwhile_stands(store: SqlStore) -> None:
    store.add_source("agency", settings(), now=NOON)
    outcome = decided(claimed(store, "agency"), change("one"))
    store.pause_source("agency", at=NOON)
    store.change_source("agency", settings(rights="CC BY", title="New"))
    store.save(outcome)
    kept = store.source("agency")
    assert (kept.paused_at, kept.settings.rights, kept.title) == (NOON, "CC BY", "New")


def test_counts_add_up(store: SqlStore, refresh: Refresh) -> None:
    refresh(counts={"cut": 2})
    refresh(counts={"cut": 1, "skipped": 1}, at=after(5))
    assert store.source("agency").counts == {"cut": 3, "skipped": 1}


# ------------------------------------------------------------------ revisions


def test_an_edit_is_a_new_revision_and_the_old_one_stays(store: SqlStore, refresh: Refresh) -> None:
    refresh(change("one", "before"))
    refresh(change("one", "after"), at=after(5))
    kept = store.article(change("one").id)
    assert (kept.revision, kept.content.text, kept.changed_at) == (2, "after", after(5))
    assert kept.first_seen_at == NOON
    told = [(no, at, content.text) for no, at, content in store.revisions(kept.number)]
    assert told == [(1, NOON, "before"), (2, after(5), "after")]


def test_what_no_reader_would_notice_is_no_revision(store: SqlStore, refresh: Refresh) -> None:
    first = change("one", "text")
    refresh(first)
    refresh(replace(first, seen_hash="other bytes"), at=after(5))
    kept = store.article(first.id)
    assert (kept.revision, kept.changed_at, kept.seen_hash) == (1, NOON, "other bytes")
    assert story(store) == ["meta", "put one"]


def test_seen_hashes_and_pagers_move_without_a_revision(store: SqlStore, refresh: Refresh) -> None:
    refresh(change("one", pager=Pager(position=9, total=19)))
    refresh(seen={"one": "s2"}, pagers={"one": Pager(position=9, total=20)}, at=after(5))
    kept = store.article(change("one").id)
    assert (kept.revision, kept.seen_hash) == (1, "s2")
    assert kept.content.pager == Pager(position=9, total=20)
    assert "pager" not in _stored_contents(store)[0][0]


def test_an_entry_id_is_for_good(store: SqlStore, refresh: Refresh) -> None:
    refresh(change("one", "a", entry_id="urn:x:1"))
    refresh(change("one", "b", entry_id="urn:x:other"), at=after(5))
    assert store.article(change("one").id).entry_id == "urn:x:1"
    assert [row.entry_id for row in store.members("all")] == ["urn:x:1"]


def test_r26_each_revision_is_kept_with_the_hash_of_its_bytes(
    store: SqlStore, refresh: Refresh
) -> None:
    refresh(change("one", "“élan”"), change("two"))
    refresh(change("one", "edited"), at=after(5))
    stored = _stored_contents(store)
    assert len(stored) == 3
    assert all(digest(content) == sha for content, sha in stored)


# ------------------------------------------------------------------ deletions, documents, polls


def test_c26_what_its_source_deletes_leaves_the_feeds_and_stays_in_the_archive(
    store: SqlStore, refresh: Refresh
) -> None:
    store.reconcile({}, declared(MALI), now=NOON)
    refresh(change("one", themes=("mali",)), change("two"))
    refresh(gone=("one", "never known"), at=after(5))
    assert story(store, "mali") == ["meta", "put one", "drop one"]
    assert shown(store) == ["Title of two"]
    kept = store.article(change("one").id)
    assert (kept.gone_at, kept.themes) == (after(5), ("mali",))


def test_what_comes_back_is_put_again(store: SqlStore, refresh: Refresh) -> None:
    refresh(change("one"))
    refresh(gone=("one",), at=after(5))
    refresh(seen={"one": "s"}, at=after(10))
    assert story(store) == ["meta", "put one", "drop one", "put one"]
    assert store.article(change("one").id).gone_at is None


def test_the_pages_of_a_source_are_remembered(store: SqlStore, refresh: Refresh) -> None:
    listing = Document(url="https://www.example.org/l", role="listing")
    page = Document(url="https://www.example.org/1", role="article")
    refresh(documents=(listing, page))
    read = replace(
        page,
        validators=Validators(etag='"1"'),
        article_key="one",
        fetched_at=after(5),
        failures=2,
        error="503",
    )
    refresh(documents=(read,), at=after(5))
    assert store.documents("agency") == [listing, read]


def test_c33_each_request_is_recorded_until_it_is_trimmed(
    store: SqlStore, refresh: Refresh
) -> None:
    first, second = _request(), replace(_request(), at=after(5), status=None, error="timeout")
    refresh(requests=(first,))
    refresh(requests=(second,), at=after(5))
    assert store.polls("agency") == [second, first]
    assert store.polls(limit=1) == [second]
    assert store.polls("other") == []
    assert store.trim_polls(before=after(5)) == 1
    assert store.polls() == [second]


# ------------------------------------------------------------------ helpers


def _request() -> Request:
    return Request(
        url="https://www.example.org/feed",
        at=NOON,
        reason="poll",
        sent=Validators(etag='"0"'),
        status=200,
        received=Validators(etag='"1"', last_modified="x"),
        wire_bytes=1234,
        elapsed_s=0.25,
    )


def _stored_contents(store: SqlStore) -> list[tuple[str, str]]:
    query = select(revisions.c.content, revisions.c.sha256).order_by(revisions.c.at)
    with store.database.read() as db:
        return [(row.content, row.sha256) for row in db.execute(query)]


def _dump(store: SqlStore) -> dict[str, list[str]]:
    """Every row of every table."""
    with store.database.read() as db:
        return {
            table.name: [repr(tuple(row)) for row in db.execute(select(table))]
            for table in metadata.sorted_tables
        }


def test_derived_members_are_the_last_rows_of_the_log(store: SqlStore, refresh: Refresh) -> None:
    for minute in range(0, 30, 5):
        refresh(
            change("one", f"v{minute}"),
            change(f"at {minute}"),
            gone=(f"at {minute - 5}",),
            at=after(minute),
        )
    names = ("feed", "entry_id", "n", "kind", "segment", "at", "updated", "when", "past", "payload")
    with store.database.read() as db:
        rows = db.execute(select(log).where(log.c.entry_id != "").order_by(log.c.n)).mappings()
        last = {row["entry_id"]: tuple(row[name] for name in names) for row in rows}
        kept = {
            row["entry_id"]: tuple(row[name] for name in names)
            for row in db.execute(select(members)).mappings()
        }
    assert kept == last


def test_a_source_that_moved_to_another_host_takes_that_hosts_lease(store: SqlStore) -> None:
    store.add_source("agency", settings(), now=NOON)
    outcome = decided(claimed(store, "agency"))
    moved = replace(outcome.source, url="https://press.example.net/feed")
    store.save(replace(outcome, source=moved))
    assert claimed(store, "agency", at=NOON + timedelta(seconds=1)).lease.scope == "example.net"
