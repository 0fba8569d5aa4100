"""The past under new rules: what would move (plan), and moving it (apply).

A new theme takes the past at once; a changed rule leaves it to `theme apply`. Both go through what
is kept once, oldest first, for all themes in question together, and in batches: nothing is locked
for long, and who is interrupted goes on after the last batch.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from syndicator.jobs.parts import Parts
from syndicator.model import Article, Filed, Reason, SourceSettings, Theme
from syndicator.stages.match import RuleSet, compile_theme, document, filed

WhenLooked = Callable[[int], None]  # told how many more articles were looked at

_AT_ONCE = 500  # articles of one batch
_NOTE = "past filed"  # note of the store: how far an unfinished pass has come
_Place = tuple[datetime, str]


def _silent(_: int) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The themes in question, ready to decide about articles of the past."""

    themes: Mapping[str, Theme]
    rules: RuleSet
    by_source: Mapping[str, frozenset[str]]  # source id -> slugs that it names

    @property
    def versions(self) -> dict[str, int]:
        """slug -> version of its rule."""
        return {slug: theme.rule_version for slug, theme in self.themes.items()}

    def reasons(self, article: Article) -> Mapping[str, Reason]:
        """In which of the themes the article is to be, and why; pins are not known here."""
        return filed(
            document(article.content, article.source_id),
            self.rules,
            versions=self.versions,
            source_themes=self.by_source.get(article.source_id, ()),
        )


def desk(themes: Iterable[Theme], sources: Mapping[str, SourceSettings]) -> Desk:
    """Compile these themes.

    Raises:
        RuleError: a rule cannot be taken.
    """
    chosen = {theme.slug: theme for theme in themes}
    compiled = {slug: compile_theme(theme) for slug, theme in chosen.items()}
    named = {id_: chosen.keys() & set(settings.themes) for id_, settings in sources.items()}
    return Desk(
        themes=chosen,
        rules=RuleSet({slug: rule for slug, rule in compiled.items() if rule}),
        by_source={id_: frozenset(slugs) for id_, slugs in named.items() if slugs},
    )


def batches(parts: Parts, after: _Place | None = None) -> Iterator[Sequence[Article]]:
    """All that is kept, oldest first."""
    while page := parts.store.oldest_first(after, limit=_AT_ONCE):
        yield page
        after = (page[-1].published_at, page[-1].id)


# ------------------------------------------------------------------ moving it


def apply(
    parts: Parts, slugs: Iterable[str] | None = None, *, progress: WhenLooked = _silent
) -> dict[str, int]:
    """File the past under themes whose rules have changed, or under these; how many articles are
    in each afterwards.

    Done again, it moves nothing. What it adds enters the feeds as the past; closed archives stay.

    Raises:
        UsageError: there is no such theme.
    """
    if slugs is None:
        chosen = [theme for theme in parts.store.themes() if theme.past_pending]
    else:
        chosen = [parts.store.theme(slug) for slug in dict.fromkeys(slugs)]
    if not chosen:
        return {}
    file_past(parts, chosen, progress=progress)
    held = {one.theme.slug: one.articles for one in parts.store.theme_overview()}
    return {theme.slug: held.get(theme.slug, 0) for theme in chosen}


def file_past(parts: Parts, themes: Iterable[Theme], *, progress: WhenLooked = _silent) -> int:
    """Go through the past for these themes; how many memberships began or ended."""
    at = desk(themes, kept_settings(parts))
    mark = _mark(at)
    moved = 0
    for page in batches(parts, _left_off(parts, mark)):
        decided = [
            Filed(number=one.number, revision=one.revision, reasons=at.reasons(one)) for one in page
        ]
        note = json.dumps({"of": mark, "at": page[-1].published_at.isoformat(), "id": page[-1].id})
        now = parts.clock.now()
        moved += parts.store.file_past(decided, at.versions, note=(_NOTE, note), now=now)
        progress(len(page))
    parts.store.past_filed(at.versions)
    parts.store.set_meta(_NOTE, "")
    return moved


def unpin(parts: Parts, slug: str, article: Article, *, how: str) -> bool:
    """Take back that an article was included or excluded by hand: the rule decides again. False
    when nothing of that kind was decided.

    Args:
        how: "include" or "exclude".

    Raises:
        UsageError: there is no such theme.
    """
    reasons = desk([parts.store.theme(slug)], kept_settings(parts)).reasons(article)
    decided = Filed(number=article.number, revision=article.revision, reasons=reasons)
    return parts.store.unpin(slug, decided, how=how, now=parts.clock.now())


def kept_settings(parts: Parts) -> dict[str, SourceSettings]:
    """Of all sources, those that are read no more too: their articles are still theirs."""
    return {source.id: source.settings for source in parts.store.sources(retired=True)}


def _mark(at: Desk) -> str:
    """What a pass is about: another rule, or another source's word, is another pass."""
    named = {id_: sorted(slugs) for id_, slugs in at.by_source.items()}
    rules = {
        slug: [theme.rule_version, theme.match, dict(theme.matches)]
        for slug, theme in at.themes.items()
    }
    return sha256(json.dumps([rules, named], sort_keys=True).encode()).hexdigest()


def _left_off(parts: Parts, mark: str) -> _Place | None:
    """Where an earlier pass about the same was interrupted."""
    note = json.loads(parts.store.get_meta(_NOTE) or "{}")
    if note.get("of") != mark:
        return None
    return datetime.fromisoformat(note["at"]), note["id"]
