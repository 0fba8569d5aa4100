"""From what a source said to what changes in the store: ids, stories, themes."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field

from syndicator.model import Article, ArticleChange, Draft, Pager, Reason, Source, Telling
from syndicator.pipeline.reader import Reader
from syndicator.sources import Reading
from syndicator.stages.fingerprint import Told, fingerprint, told
from syndicator.stages.match import document, filed
from syndicator.stages.recognise import near_stories, same_stories, telling
from syndicator.text.ids import article_id, minted
from syndicator.text.urls import is_iri

MOST_NEW_A_DAY = 2000  # of one source, its first reading aside (R23)


@dataclass(slots=True, kw_only=True)
class Sorted:
    """What a reading brings, once compared with what is kept."""

    changes: dict[str, ArticleChange] = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)  # key -> hash, content as before
    pagers: dict[str, Pager] = field(default_factory=dict)  # key -> pager that moved
    renamed: int = 0  # known texts under new ids, left out
    over: set[str] = field(default_factory=set)  # keys of new ones beyond the cap, left out
    known_to: int | None = None  # the newest article of all when stories were looked for


def sorted_out(reading: Reading, reader: Reader, *, room: int) -> Sorted:
    """What is new or changed for a reader, and what was only seen again.

    Args:
        room: how many new articles may still come in.
    """
    source = reading.source
    known: Mapping[str, Article] = {}
    if reading.drafts:
        keys = [draft.key for draft in reading.drafts]
        known = reader.articles.articles_by_key(source.id, keys)
    fresh = [draft for draft in reading.drafts if draft.key not in known]
    texts = {draft.key: told(draft.content) for draft in fresh}
    renamed = _renamed(reading, texts, reader)
    fresh = [draft for draft in fresh if draft.key not in renamed]
    known_to = reader.articles.newest_article() if fresh else None
    others = _others(source, fresh, texts, reader)
    found = Sorted(seen=dict(reading.seen), pagers=dict(reading.pagers), known_to=known_to)
    taken: set[str] = set()
    new = 0
    for draft in reading.drafts:
        old = known.get(draft.key)
        mark = fingerprint(draft.content)
        if old and old.fingerprint == mark and old.gone_at is None:
            found.seen[draft.key] = draft.seen_hash
            if draft.content.pager and draft.content.pager != old.content.pager:
                found.pagers[draft.key] = draft.content.pager
        elif old is None and draft.key in renamed:
            found.renamed += 1
        elif old is None and new >= room:
            found.over.add(draft.key)
        else:
            identity = _known(old) if old else _new(source, draft, others, taken)
            text = texts.get(draft.key) or told(draft.content)
            taken.add(identity.entry_id)
            found.changes[draft.key] = ArticleChange(
                id=identity.id,
                key=draft.key,
                entry_id=identity.entry_id,
                seen_hash=draft.seen_hash,
                fingerprint=mark,
                story=identity.story,
                story_hash=text.story,
                text_hash=text.retelling,
                bands=text.bands,
                content=draft.content,
                themes=_themes(source, draft, reader),
                notes=draft.notes,
                is_new=old is None,
            )
            new += old is None
    return found


def _renamed(reading: Reading, texts: Mapping[str, Told], reader: Reader) -> frozenset[str]:
    """Keys of new items that only repeat, under another id, what is kept and no longer listed.

    Args:
        texts: key of a new item -> what it tells.
    """
    if not texts:
        return frozenset()
    before = reader.articles.retold(reading.source.id, {text.retelling for text in texts.values()})
    listed = reading.keys | {draft.key for draft in reading.drafts}
    earlier = {key: before.get(text.retelling) for key, text in texts.items()}
    return frozenset(key for key, old in earlier.items() if old is not None and old not in listed)


# ------------------------------------------------------------------ which article, which story


@dataclass(frozen=True, slots=True, kw_only=True)
class _Identity:
    id: str
    entry_id: str
    story: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Others:
    """What the store knows of other articles that bears on the new ones, asked for all at once."""

    stories: Mapping[str, str] = field(default_factory=dict)  # key -> story told elsewhere first
    holders: Mapping[str, str] = field(default_factory=dict)  # entry id in use -> its story


def _others(
    source: Source, fresh: Sequence[Draft], texts: Mapping[str, Told], reader: Reader
) -> _Others:
    if not fresh:
        return _Others()
    now = reader.clock.now()
    tellings = {
        each.key: telling(
            each.content,
            story_hash=texts[each.key].story,
            bands=texts[each.key].bands,
            seen_at=now,
        )
        for each in fresh
    }
    brought = {draft.key: draft.guid for draft in fresh if is_iri(draft.guid)}
    akin = reader.articles.related(tellings, brought)
    if not akin:
        return _Others()
    some = [draft for draft in fresh if draft.key in akin]
    return _Others(
        stories=_stories(source, some, tellings, reader),
        holders=reader.articles.entry_id_stories(
            brought[draft.key] for draft in some if draft.key in brought
        ),
    )


def _stories(
    source: Source, some: Sequence[Draft], tellings: Mapping[str, Telling], reader: Reader
) -> Mapping[str, str]:
    """Key -> the story that another source told first: the very same, else nearly the same.

    What one source tells twice is two stories, so that each is given once.
    """
    mine = {draft.key: tellings[draft.key] for draft in some}
    found = same_stories(mine, reader.articles.stories_told(mine.values(), not_source=source.id))
    said = {draft.key: draft.content.text for draft in some if draft.key not in found}
    likely = reader.articles.stories_likely((mine[key] for key in said), not_source=source.id)
    near = {key: likely.get(mine[key], ()) for key in said}
    return found | near_stories(said, near, found.values())


def _known(old: Article) -> _Identity:
    return _Identity(id=old.id, entry_id=old.entry_id, story=old.story)


def _new(source: Source, draft: Draft, others: _Others, taken: Container[str]) -> _Identity:
    mine = article_id(source.first_url, draft.key)
    told = others.stories.get(draft.key, mine)
    return _Identity(id=mine, entry_id=_entry_id(source, draft, told, others, taken), story=told)


def _entry_id(
    source: Source, draft: Draft, told: str, others: _Others, taken: Container[str]
) -> str:
    """P5: the id it came with, unless another text has it already (R22)."""
    free = is_iri(draft.guid) and draft.guid not in taken
    if free and others.holders.get(draft.guid, told) == told:
        return draft.guid
    return minted(source.first_url, draft.key)


# ------------------------------------------------------------------ themes


def _themes(source: Source, draft: Draft, reader: Reader) -> Mapping[str, Reason]:
    return filed(
        document(draft.content, source.id),
        reader.rules,
        versions=reader.versions,
        source_themes=source.settings.themes,
    )
