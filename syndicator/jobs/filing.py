"""Themes filled: with the past when they are new, and rules tried out on what is kept."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from syndicator.config import missing, theme_table, toml_value
from syndicator.jobs.parts import Parts
from syndicator.jobs.past import apply
from syndicator.jobs.recording import note_configuration
from syndicator.model import Article, Found, SourceSettings, Theme
from syndicator.stages.match import Rule, compile_rule, compile_theme, document

logger = logging.getLogger(__name__)

_TO_FILL = "themes to fill"  # a note of the store: a crash before the end is made up for


def reconcile(parts: Parts) -> object:
    """Bring the store in line with what the file declares, and fill themes that are new there."""
    note_configuration(parts)
    known = {theme.slug: theme for theme in parts.store.themes()}
    for slug, theme in parts.config.themes.items():
        if words := taken_over(theme, known.get(slug)):
            logger.warning("theme %s %s", slug, words)
    new = {slug for slug in parts.config.themes if slug not in known}
    _note(
        parts,
        {slug for slug in new if known.keys().isdisjoint(parts.config.themes[slug].renamed_from)},
    )
    # Headers are often keys: they stay in the file, and the gate has them from there (R42).
    sources = {name: replace(one, headers={}) for name, one in _readable(parts).items()}
    report = parts.store.reconcile(sources, parts.config.themes, now=parts.clock.now())
    parts.store.follow_pictured()
    fill_new_themes(parts)
    return report


def _readable(parts: Parts) -> dict[str, SourceSettings]:
    """What the file declares, save sources that lack a secret which an export left out.

    One that the store knows keeps its address, secret and all, and stands still. It is not to know
    another without: the ids of articles hang on the first address.
    """
    declared = dict(parts.config.sources)
    lacking = {path[1] for path in missing(parts.config) if path[0] == "sources"}
    known = {one.id: one.settings.url for one in parts.store.sources()} if lacking else {}
    for name in sorted(lacking):
        logger.warning("source %s is not read: put in the secret that *** stands for", name)
        settings = declared.pop(name)
        if name in known:
            declared[name] = replace(settings, url=known[name], enabled=False)
    return declared


def taken_over(theme: Theme, was: Theme | None) -> str:
    """What a declared theme takes the place of, where one of its slug was added by hand and says
    something else; "" for nothing."""
    if was is None or was.declared:
        return ""
    now = theme_table(theme)
    lost = [
        f"{key} = {toml_value(said)}"
        for key, said in theme_table(was).items()
        if now.get(key) != said
    ]
    if not lost:
        return ""
    return (
        f"was added by hand; what the file says of it takes the place of {', '.join(lost)} "
        "(for two themes, give the one in the file another slug)"
    )


def add_theme(parts: Parts, theme: Theme) -> int:
    """Add a theme; it takes all history at once. How many articles it got.

    Raises:
        UsageError: the slug is taken. RuleError: the rule cannot be taken.
    """
    compile_theme(theme)
    _note(parts, {theme.slug} - {known.slug for known in parts.store.themes()})
    parts.store.add_theme(theme, now=parts.clock.now())
    return fill_new_themes(parts).get(theme.slug, 0)


def fill_new_themes(parts: Parts) -> dict[str, int]:
    """File the past under themes that came new, slug -> articles it then has; the past of a
    changed rule waits for `theme apply`."""
    noted = _noted(parts)
    fresh = sorted(noted & {theme.slug for theme in parts.store.themes()})
    filled = apply(parts, fresh) if fresh else {}
    for slug in noted:
        _forget(parts, slug)
    return filled


@dataclass(slots=True, kw_only=True)
class Tried:
    """How a rule does on what is kept, filled in while its hits are read."""

    articles: int = 0
    hits: int = 0


def try_rule(parts: Parts, text: str, tried: Tried) -> Iterator[tuple[Article, tuple[Found, ...]]]:
    """The articles that a rule matches, newest first, with the words found.

    Args:
        tried: is told how many articles were looked at, and how many matched.

    Raises:
        RuleError: it cannot be taken, with the column.
    """
    return _matching(compile_rule(text), parts.store.articles(), tried)


def _matching(
    rule: Rule, articles: Iterable[Article], tried: Tried
) -> Iterator[tuple[Article, tuple[Found, ...]]]:
    for article in articles:
        tried.articles += 1
        found = rule.match(document(article.content, article.source_id))
        if found is not None:
            tried.hits += 1
            yield article, found


# ------------------------------------------------------------------ what is still to be done


def _noted(parts: Parts) -> set[str]:
    return set(json.loads(parts.store.get_meta(_TO_FILL) or "[]"))


def _note(parts: Parts, slugs: set[str]) -> None:
    if slugs - _noted(parts):
        parts.store.set_meta(_TO_FILL, json.dumps(sorted(slugs | _noted(parts))))


def _forget(parts: Parts, slug: str) -> None:
    parts.store.set_meta(_TO_FILL, json.dumps(sorted(_noted(parts) - {slug})))
