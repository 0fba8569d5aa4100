"""What articles said, when, and what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from syndicator.errors import UsageError
from syndicator.jobs.parts import Parts
from syndicator.model import Article, Content
from syndicator.stages.diff import FieldChange, diff


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What an article said from `at` on; `changes` is what the one before did not say."""

    no: int
    at: datetime
    content: Content
    changes: tuple[FieldChange, ...] = ()


def history(parts: Parts, ref: str) -> tuple[Article, list[Revision]]:
    """An article with all its revisions, oldest first.

    Raises:
        UsageError: there is no such article.
    """
    article = parts.store.article(ref)
    found: list[Revision] = []
    for no, at, content in parts.store.revisions(article.number):
        changes = diff(found[-1].content, content) if found else ()
        found.append(Revision(no=no, at=at, content=content, changes=changes))
    return article, found


def between(parts: Parts, ref: str, numbers: Sequence[int]) -> tuple[Article, Revision, Revision]:
    """Two revisions of an article, the later with all that changed since the earlier.

    Args:
        numbers: which; one alone is compared with what it says now, none means the last two.

    Raises:
        UsageError: there is no such article or revision.
    """
    article, kept = _kept(parts, ref)
    last = max(kept)
    wanted = [*numbers, last][:2] if numbers else [max(last - 1, min(kept)), last]
    old, new = (_numbered(kept, no) for no in wanted)
    return article, old, replace(new, changes=diff(old.content, new.content))


def chosen(parts: Parts, ref: str, no: int | None) -> tuple[Article, Revision]:
    """One revision of an article, the last when none is named.

    Raises:
        UsageError: there is no such article or revision.
    """
    article, kept = _kept(parts, ref)
    return article, _numbered(kept, max(kept) if no is None else no)


def as_it_stood(parts: Parts, ref: str, at: datetime) -> Article:
    """An article as it stood at a moment; `changed_at` is since when it did.

    Raises:
        UsageError: there is no such article, or it was not known then.
    """
    article, kept = _kept(parts, ref)
    known = [one for one in kept.values() if one.at <= at]
    if not known:
        seen = min(one.at for one in kept.values()).strftime("%Y-%m-%d %H:%M:%S")
        raise UsageError(f"article {article.id} was first seen later, at {seen} UTC")
    stood = max(known, key=lambda one: one.no)
    return replace(article, revision=stood.no, content=stood.content, changed_at=stood.at)


def _kept(parts: Parts, ref: str) -> tuple[Article, dict[int, Revision]]:
    article = parts.store.article(ref)
    rows = parts.store.revisions(article.number)
    return article, {no: Revision(no=no, at=at, content=content) for no, at, content in rows}


def _numbered(kept: Mapping[int, Revision], no: int) -> Revision:
    if no not in kept:
        raise UsageError(f"there is no revision {no}: they go from {min(kept)} to {max(kept)}")
    return kept[no]
