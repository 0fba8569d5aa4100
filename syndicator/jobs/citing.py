"""How to cite an article that is kept."""

from __future__ import annotations

from syndicator.errors import UsageError
from syndicator.jobs.parts import Parts
from syndicator.jobs.revising import chosen
from syndicator.publishers.citations import Citation, citation
from syndicator.redaction import secrets_in, without


def cite(parts: Parts, ref: str, revision: int | None = None) -> Citation:
    """What a citation of an article says, of what it says now or of an earlier revision.

    Raises:
        UsageError: there is no such article or revision, or its text was purged.
    """
    article, one = chosen(parts, ref, revision)
    if not (one.content.title or one.content.url or one.content.text):
        raise UsageError(f"article {article.id}: its text was purged for good, nothing is to cite")
    source = parts.store.source(article.source_id)
    origin = one.content.origin or source.origin
    return citation(
        without(one.content, secrets_in((source.first_url, source.url))),
        article_id=article.id,
        revision=one.no,
        seen_at=one.at,
        publication=source.title or (origin.title if origin else "") or source.id,
        archive=parts.config.site.title,
        base_url=parts.config.site.base_url,
    )
