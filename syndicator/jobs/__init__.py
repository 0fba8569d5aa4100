"""What the daemon and the command line have done, each job whole in one call.

    parts       what jobs work with; `app` puts it together
    reading     pull, due: claim sources, refresh them, save the outcomes
    adding      try out and add sources and single articles
    history     a source's whole past
    filing      themes: add, fill with the past, try a rule
    past        changed rules applied to what is kept
    planning    what that would change
    explaining  why an article is in its themes
    revising    what articles said before
    citing      how to cite them
    publishing  feeds/ brought up to date
    retrying    the same by the daemon, where something cannot be written
    subscribing hubs asked to tell of news, and their hints followed
    telling     our readers told of news, by a hub
    report      status
    alerting    alarms told
    picturing   pictures of articles fetched and kept
    carrying    whole stores as JSON Lines, out and in; all that a configuration would declare
    taking      other people's material taken in
    bagging     a package for other archives
    redacting   what was taken back for good, purged
    rebuilding  a store made from the archive
    weekly      that done by itself
    verifying   archive, store and feeds/ held against each other
    recording   the ledger kept up
    stamping    its days stamped with the time by others
    keeping     backups of store and archive
    indexing    the search index kept up, and what tells copies of a text
    searching   articles found by their words
    asking      the public's search: its page and its feed
    withdrawing articles taken back, and given back
    upkeep      dead leases, wrong clocks, old records

A job never decides about one source or one document: that is the pipeline's. It knows no store, net
or executor by name either; it is given them.

May import: pipeline, publishers, archive, push, stages, text, ports, config, model, turn, errors.
"""

from __future__ import annotations

from syndicator.jobs.adding import add_article, add_source, test_source
from syndicator.jobs.asking import PublicSearch
from syndicator.jobs.bagging import bag
from syndicator.jobs.carrying import all_sources, all_themes, carry_in, carry_out
from syndicator.jobs.citing import cite
from syndicator.jobs.explaining import Explained, explain
from syndicator.jobs.filing import Tried, add_theme, fill_new_themes, reconcile, try_rule
from syndicator.jobs.history import Recalled, history
from syndicator.jobs.indexing import BESIDES_S, band, index, index_anew
from syndicator.jobs.keeping import backup, restore
from syndicator.jobs.keeping import stats as archive_stats
from syndicator.jobs.parts import Parts
from syndicator.jobs.past import apply, unpin
from syndicator.jobs.picturing import Had, fetch_pictures, take_pictures, want_past_pictures
from syndicator.jobs.planning import FeedPlan, ThemePlan, plan, planned
from syndicator.jobs.publishing import publish, publish_due, publish_stale
from syndicator.jobs.reading import Pulled, pull, read_due, take_due
from syndicator.jobs.rebuilding import copy_archive, rebuild, remove_unfinished
from syndicator.jobs.recording import record, record_all
from syndicator.jobs.redacting import finish_redactions, redact
from syndicator.jobs.report import politeness, status
from syndicator.jobs.retrying import Publisher
from syndicator.jobs.revising import Revision, as_it_stood, between
from syndicator.jobs.revising import history as revisions
from syndicator.jobs.searching import Hit, search
from syndicator.jobs.stamping import stamp_days
from syndicator.jobs.subscribing import follow_hints, subscribe
from syndicator.jobs.taking import Taken, take_lines, take_warc
from syndicator.jobs.telling import door, tell, tell_all, topics
from syndicator.jobs.upkeep import spread_overdue, upkeep, void_dead
from syndicator.jobs.verifying import MOST_STRANGERS, VERIFIED, compare, verify
from syndicator.jobs.weekly import verify_weekly
from syndicator.jobs.withdrawing import give_back, withdraw
from syndicator.pipeline.publish import Published
from syndicator.push import Dispatcher
from syndicator.stages.manners import total as all_manners

__all__ = [
    "BESIDES_S",
    "MOST_STRANGERS",
    "VERIFIED",
    "Dispatcher",
    "Explained",
    "FeedPlan",
    "Had",
    "Hit",
    "Parts",
    "PublicSearch",
    "Published",
    "Publisher",
    "Pulled",
    "Recalled",
    "Revision",
    "Taken",
    "ThemePlan",
    "Tried",
    "add_article",
    "add_source",
    "add_theme",
    "all_manners",
    "all_sources",
    "all_themes",
    "apply",
    "archive_stats",
    "as_it_stood",
    "backup",
    "bag",
    "band",
    "between",
    "carry_in",
    "carry_out",
    "cite",
    "compare",
    "copy_archive",
    "door",
    "explain",
    "fetch_pictures",
    "fill_new_themes",
    "finish_redactions",
    "follow_hints",
    "give_back",
    "history",
    "index",
    "index_anew",
    "plan",
    "planned",
    "politeness",
    "publish",
    "publish_due",
    "publish_stale",
    "pull",
    "read_due",
    "rebuild",
    "reconcile",
    "record",
    "record_all",
    "redact",
    "remove_unfinished",
    "restore",
    "revisions",
    "search",
    "spread_overdue",
    "stamp_days",
    "status",
    "subscribe",
    "take_due",
    "take_lines",
    "take_pictures",
    "take_warc",
    "tell",
    "tell_all",
    "test_source",
    "topics",
    "try_rule",
    "unpin",
    "upkeep",
    "verify",
    "verify_weekly",
    "void_dead",
    "want_past_pictures",
    "withdraw",
]
