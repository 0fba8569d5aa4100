"""What a changed configuration or rule would do to the past, counted without changing anything."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from syndicator.errors import UsageError
from syndicator.jobs.filing import taken_over
from syndicator.jobs.parts import Parts
from syndicator.jobs.past import Desk, WhenLooked, batches, desk, kept_settings
from syndicator.model import Article, Reason, SourceSettings, Theme

_SAMPLES = 5
_FEW = 10  # articles of which all may well belong to one theme


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPlan:
    """What would come into one feed, and leave it; articles, of which a feed shows a story once."""

    key: str
    added: int
    removed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemePlan:
    """What would come into one theme, and leave it.

    Args:
        why: it is looked at: "new", "rule changed", "waiting", "sources changed", "languages
            changed", "taken over", "removed", "asked".
        looked_at: articles that are kept, but for those that were taken back or deleted, which no
            feed shows.
        matching: articles that would be in it.
        adding: the newest of those that would come. removing: of those that would leave.
        taken_over: what the file replaces of a theme that was added by hand.
    """

    slug: str
    why: str
    match: str = ""
    rule_version: int
    looked_at: int = 0
    matching: int = 0
    added: int = 0
    removed: int = 0
    feeds: tuple[FeedPlan, ...] = ()
    adding: tuple[Article, ...] = ()
    removing: tuple[Article, ...] = ()
    taken_over: str = ""

    @property
    def changes(self) -> bool:
        """Whether anything would change."""
        return self.why == "removed" or any(each.added or each.removed for each in self.feeds)

    @property
    def warning(self) -> str:
        """What a person should look at before it happens."""
        if self.why == "removed":
            return f"its feed with {self.removed} articles will be taken away"
        return "; it ".join(words for words in (self.taken_over, self._odd) if words)

    @property
    def _odd(self) -> str:
        if self.looked_at >= _FEW and self.matching == self.looked_at:
            return f"would hold all {self.looked_at} articles that are kept"
        if self.removed and not self.matching:
            return f"would lose all its {self.removed} articles"
        if self.match and self.looked_at >= _FEW and not self.matching:
            return f"would hold none of the {self.looked_at} articles that are kept"
        return ""


def plan(
    parts: Parts,
    slugs: Iterable[str] | None = None,
    *,
    progress: WhenLooked = lambda _: None,
) -> list[ThemePlan]:
    """What is waiting to happen to the past: by the file as it is now, and by changed rules.

    Args:
        slugs: these themes alone, whether anything waits or not.

    Raises:
        UsageError: there is no such theme.
    """
    asked = _asked(parts, slugs)
    counts = {one.theme.slug: _Count(one) for one in asked if one.why != "removed"}
    if counts:
        _look(
            parts,
            desk((one.theme for one in asked if one.why != "removed"), _sources(parts)),
            counts,
            progress,
        )
    held = {one.theme.slug: one.articles for one in parts.store.theme_overview()}
    return [
        counts[one.theme.slug].told()
        if one.theme.slug in counts
        else _removed(one.theme, held.get(one.theme.slug, 0))
        for one in asked
    ]


def planned(parts: Parts, theme: Theme) -> ThemePlan:
    """What a new theme would hold.

    Raises:
        UsageError: it is there already.
    """
    if theme.slug in {known.slug for known in parts.store.themes()}:
        raise UsageError(f"there is a theme {theme.slug} already")
    one = _Asked(theme=theme, was=None, why="new")
    counts = {theme.slug: _Count(one)}
    _look(parts, desk([theme], _sources(parts)), counts, lambda _: None)
    return counts[theme.slug].told()


# ------------------------------------------------------------------ which themes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    theme: Theme  # as it is to be
    was: Theme | None  # as it is kept
    why: str


def _asked(parts: Parts, slugs: Iterable[str] | None) -> list[_Asked]:
    known = {one.theme.slug: one for one in _all(parts)}
    if slugs is None:
        return [one for one in known.values() if one.why]
    chosen = list(dict.fromkeys(slugs))
    for slug in chosen:
        if slug not in known:
            raise UsageError(f"there is no theme {slug!r}")
    return [replace(known[slug], why=known[slug].why or "asked") for slug in chosen]


def _all(parts: Parts) -> Iterator[_Asked]:
    """Every theme, as the file and the store together will have it; by slug."""
    stored = {theme.slug: theme for theme in parts.store.themes()}
    declared = parts.config.themes
    moved = _source_changes(parts)
    renamed: set[str] = set()
    found = []
    for slug, theme in declared.items():
        was = stored.get(slug)
        if was is None:
            old = next((o for o in theme.renamed_from if o in stored and o not in declared), "")
            was = stored.get(old)
            renamed |= {old}
        found.append(_Asked(theme=_versioned(theme, was), was=was, why=_why(theme, was, moved)))
    for slug, theme in stored.items():
        if slug in declared or slug in renamed:
            continue
        why = "removed" if theme.declared else _why(theme, theme, moved)
        found.append(_Asked(theme=theme, was=theme, why=why))
    return iter(sorted(found, key=lambda one: one.theme.slug))


def _versioned(theme: Theme, was: Theme | None) -> Theme:
    if was is None:
        return theme
    return replace(theme, rule_version=was.rule_version + (not theme.decides_as(was)))


def _why(theme: Theme, was: Theme | None, moved: set[str]) -> str:
    if was is None:
        return "new"
    if not theme.decides_as(was):
        return "rule changed"
    if was.past_pending:
        return "waiting"
    if theme.languages != was.languages:
        return "languages changed"
    if taken_over(theme, was):
        return "taken over"
    return "sources changed" if theme.slug in moved else ""


def _sources(parts: Parts) -> dict[str, SourceSettings]:
    """As the file and the store together will have them."""
    return kept_settings(parts) | dict(parts.config.sources)


def _source_changes(parts: Parts) -> set[str]:
    """Slugs of themes that sources name in the file and not in the store, or the other way."""
    kept = kept_settings(parts)
    changed: set[str] = set()
    for id_, settings in parts.config.sources.items():
        if id_ in kept:
            changed |= set(settings.themes) ^ set(kept[id_].themes)
    return changed


# ------------------------------------------------------------------ counting


class _Count:
    """What moves in one theme, counted while articles go by, oldest first."""

    def __init__(self, asked: _Asked) -> None:
        self.asked = asked
        self._looked_at = self._matching = 0
        self._added: Counter[str] = Counter()  # by language, "" for all
        self._removed: Counter[str] = Counter()
        self._wanted: Counter[str] = Counter()
        self._held: Counter[str] = Counter()
        self._adding: deque[Article] = deque(maxlen=_SAMPLES)
        self._removing: deque[Article] = deque(maxlen=_SAMPLES)

    def look(self, article: Article, reason: Reason | None, stands: Reason | None) -> None:
        """Count one article: why it is to be in, and why it is in now (or pinned out)."""
        self._looked_at += 1
        if stands is not None and stands.how in ("include", "exclude"):
            reason = stands if stands.how == "include" else None
            stands = reason
        languages = {"", article.content.language.partition("-")[0].lower()}
        if reason is not None:
            self._matching += 1
            self._wanted.update(languages)
        if stands is not None:
            self._held.update(languages)
        if reason is not None and stands is None:
            self._added.update(languages)
            self._adding.append(article)
        if reason is None and stands is not None:
            self._removed.update(languages)
            self._removing.append(article)

    def told(self) -> ThemePlan:
        """The plan, once all have gone by."""
        theme, was = self.asked.theme, self.asked.was
        return ThemePlan(
            slug=theme.slug,
            why=self.asked.why,
            match=theme.match or " | ".join(theme.matches.values()),
            rule_version=theme.rule_version,
            looked_at=self._looked_at,
            matching=self._matching,
            added=self._added[""],
            removed=self._removed[""],
            feeds=tuple(self._feeds(theme, was)),
            adding=tuple(reversed(self._adding)),
            removing=tuple(reversed(self._removing)),
            taken_over=taken_over(theme, was),
        )

    def _feeds(self, theme: Theme, was: Theme | None) -> Iterator[FeedPlan]:
        before = {"", *was.languages} if was else set()
        after = {"", *theme.languages}
        for language in sorted(before | after):
            base = language.partition("-")[0].lower()
            added = self._added if language in before else self._wanted
            removed = self._removed if language in after else self._held
            yield FeedPlan(
                key=f"{theme.slug}/{language}" if language else theme.slug,
                added=added[base] if language in after else 0,
                removed=removed[base] if language in before else 0,
            )


def _look(parts: Parts, at: Desk, counts: Mapping[str, _Count], progress: WhenLooked) -> None:
    held = {slug: (each.asked.was or each.asked.theme).slug for slug, each in counts.items()}
    for page in batches(parts):
        standing = parts.store.standing([one.number for one in page], held.values())
        for article in page:
            if article.gone_at or article.withdrawn_at:
                continue
            reasons = at.reasons(article)
            now = standing.get(article.number, {})
            for slug, count in counts.items():
                count.look(article, reasons.get(slug), now.get(held[slug]))
        progress(len(page))


def _removed(theme: Theme, held: int) -> ThemePlan:
    return ThemePlan(
        slug=theme.slug,
        why="removed",
        match=theme.match,
        rule_version=theme.rule_version,
        removed=held,
        feeds=(FeedPlan(key=theme.slug, added=0, removed=held),),
    )
