"""Stories told by several sources that were read at the same moment.

A refresh looks for the story of what is new before it saves. What others saved in between it could
not find, and of two that look at once neither finds the other. So whoever saves looks again, in the
transaction that writes: among all that was saved since, which is next to nothing as a rule, whether
anything bears on what is new here; and only then, by the same rules as before, whose story it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import Connection

from syndicator.model import ArticleChange, Outcome, Telling
from syndicator.stages.recognise import near_stories, same_stories, telling
from syndicator.stores.articles import first_stories, newest_article, stories_told
from syndicator.stores.bands import stories_likely
from syndicator.stores.relating import related
from syndicator.text.ids import minted


def with_stories(db: Connection, outcome: Outcome) -> Outcome:
    """The outcome, its new articles told by the stories that are known now."""
    new = {change.key: change for change in outcome.changes if change.is_new}
    since = outcome.known_to
    if not new or since is None or newest_article(db) <= since:
        return outcome
    tellings = {
        key: telling(
            change.content,
            story_hash=change.story_hash,
            bands=change.bands,
            seen_at=outcome.at,
        )
        for key, change in new.items()
    }
    entry_ids = {key: change.entry_id for key, change in new.items()}
    akin = related(db, tellings, entry_ids, since=since)
    if not akin:
        return outcome
    some = {key: each for key, each in tellings.items() if key in akin}
    found = _stories(db, outcome, new, some)
    told = {key: replace(new[key], story=found.get(key, new[key].story)) for key in some}
    holders = first_stories(db, (change.entry_id for change in told.values()))
    decided = {
        key: change
        if holders.get(change.entry_id, change.story) == change.story
        else replace(change, entry_id=minted(outcome.source.first_url, key))  # P5, R22
        for key, change in told.items()
    }
    changes = tuple(decided.get(change.key, change) for change in outcome.changes)
    return replace(outcome, changes=changes)


def _stories(
    db: Connection,
    outcome: Outcome,
    new: Mapping[str, ArticleChange],
    tellings: Mapping[str, Telling],
) -> Mapping[str, str]:
    """Key -> story, of those that seemed to be the first to tell theirs."""
    first = {key: each for key, each in tellings.items() if new[key].story == new[key].id}
    given = {change.story for change in new.values()}
    told = stories_told(db, first.values(), outcome.source.id)
    found = same_stories(first, {key: story for key, story in told.items() if story not in given})
    said = {key: new[key].content.text for key in first if key not in found}
    likely = stories_likely(db, [tellings[key] for key in said], outcome.source.id)
    near = {key: likely.get(tellings[key], ()) for key in said}
    return found | near_stories(said, near, given | {*found.values()})
