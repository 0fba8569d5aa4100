"""Articles found by their words, for the person at the keyboard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from syndicator.jobs.parts import Parts
from syndicator.model import Article
from syndicator.text.rules import parse_rule
from syndicator.text.snippets import Piece, Wanted, snippet, wanted

_PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An article that was found, and the part of it that shows why."""

    article: Article
    snippet: tuple[Piece, ...]


def search(
    parts: Parts,
    query: str,
    *,
    theme: str | None = None,
    source: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int,
    rank: bool = False,
) -> list[Hit]:
    """The articles for which a query holds, newest first, or best first; none that is withdrawn.

    Raises:
        RuleError: the query cannot be taken; with the column.
        SlowQueryError: it would take too long.
    """
    numbers = parts.store.find(
        query,
        theme=theme,
        source=source,
        since=since,
        until=until,
        rank=rank,
        limit=limit,
        patience_s=_PATIENCE_S,
    )
    looked_for = wanted(parse_rule(query))
    return [_hit(article, looked_for) for article in parts.store.articles_of(numbers)]


def _hit(article: Article, looked_for: Wanted) -> Hit:
    content = article.content
    return Hit(article=article, snippet=snippet((content.standfirst, content.text), looked_for))
