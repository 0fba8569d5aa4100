"""Articles taken back by hand, and given back."""

from __future__ import annotations

from syndicator.errors import UsageError
from syndicator.jobs.parts import Parts
from syndicator.jobs.publishing import publish_stale
from syndicator.model import Article
from syndicator.text.clean import squash

MAX_REASON = 1000  # characters


def withdraw(parts: Parts, ref: str, *, reason: str, by: str) -> tuple[Article, int]:
    """Take an article back, with all copies of its story: out of feeds, pages and search, at once.

    It stays in the store, unseen. Whatever is interrupted after the store has it, the next
    publishing does.

    Args:
        reason: said in public.

    Returns: the article, and how many copies of it are kept; 0 if it was withdrawn already.

    Raises:
        UsageError: there is no such article, or no reason.
        PublishError, LockedError: it is withdrawn, and could not be published yet.
    """
    reason = checked(reason)
    article = parts.store.article(ref)
    now = parts.clock.now()
    copies = parts.store.withdraw(article.number, reason=reason, by=by, now=now)
    publish_stale(parts)
    return article, copies


def checked(reason: str) -> str:
    """The reason as it will be said. Raises UsageError."""
    reason = squash(reason)
    if not reason:
        raise UsageError("say why: the reason stands where the article was")
    if len(reason) > MAX_REASON:
        raise UsageError(f"the reason is longer than {MAX_REASON} characters")
    return reason


def give_back(parts: Parts, ref: str, *, by: str) -> tuple[Article, bool]:
    """Undo it: the article enters its feeds anew, later than what said that it was gone.

    Returns: the article, and whether it was withdrawn.

    Raises: as `withdraw`.
    """
    article = parts.store.article(ref)
    was_withdrawn = parts.store.give_back(article.number, by=by, now=parts.clock.now())
    publish_stale(parts)
    return article, was_withdrawn
