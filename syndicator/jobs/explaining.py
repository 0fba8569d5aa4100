"""Why an article is in its themes, and not in the others."""

from __future__ import annotations

from dataclasses import dataclass

from syndicator.jobs.parts import Parts
from syndicator.jobs.past import desk, kept_settings
from syndicator.model import Article, Found, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """An article and one theme.

    Args:
        present: it is in.
        reason: why, or why a person keeps it out; None: it is out, for nothing put it in.
        rule_version: of the theme's rule now; the reason names the one that decided.
        now: why it would be in if it were read now, pins aside.
        waits: rule and membership disagree until `theme apply`.
    """

    slug: str
    present: bool
    reason: Reason | None
    rule_version: int
    now: Reason | None
    waits: bool

    @property
    def found(self) -> tuple[Found, ...]:
        """The words of the rule, in the fields they stand in."""
        return self.reason.found if self.reason else ()


def explain(parts: Parts, ref: str) -> tuple[Article, list[Explained]]:
    """An article and every theme, by slug.

    Raises:
        UsageError: there is no such article.
    """
    article = parts.store.article(ref)
    themes = parts.store.themes()
    reasons = parts.store.article_reasons(article.number)
    now = desk(themes, kept_settings(parts)).reasons(article)
    found = []
    for theme in themes:
        reason, here = reasons.get(theme.slug), now.get(theme.slug)
        pinned = reason is not None and reason.how in ("include", "exclude")
        present = reason is not None and reason.how != "exclude"
        found.append(
            Explained(
                slug=theme.slug,
                present=present,
                reason=reason,
                rule_version=theme.rule_version,
                now=here,
                waits=not pinned and present != (here is not None),
            )
        )
    return article, found
