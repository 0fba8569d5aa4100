"""Our values as JSON: these names are a contract with other programs; more may follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from syndicator.cli.say import stamp
from syndicator.model import (
    Article,
    Found,
    Image,
    Picture,
    Reason,
    Request,
    Source,
    Theme,
    WantedPicture,
)
from syndicator.redaction import redacted

if TYPE_CHECKING:
    from syndicator.jobs import Hit


def source_json(source: Source) -> dict[str, Any]:
    """A source and how it is doing."""
    return {
        "id": source.id,
        "url": redacted(source.url),
        "kind": source.kind.value,
        "title": source.title,
        "enabled": source.settings.enabled,
        "declared": source.declared,
        "state": source.state.value,
        "failures": source.failures,
        "error": source.error,
        "next_check_at": stamp(source.next_check_at),
        "next_check_why": source.next_check_why,
        "last_success_at": stamp(source.success_at),
        "etag": source.validators.etag or None,
        "last_modified": source.validators.last_modified or None,
        "first_url": redacted(source.first_url),
        "added_at": stamp(source.added_at),
        "last_polled_at": stamp(source.polled_at),
        "held_until": stamp(source.held_until),
        "themes": list(source.settings.themes),
        "last_change_at": stamp(source.changed_at),
        "fresh_until": stamp(source.floor_until),
        "left_out": dict(source.counts),
        "alarms": {alarm.kind: alarm.words for alarm in source.alarms},
    }


def request_json(request: Request) -> dict[str, Any]:
    """One request as it was sent and answered."""
    return {
        "url": redacted(request.url),
        "at": stamp(request.at),
        "reason": request.reason,
        "status": request.status,
        "conditional": bool(request.sent),
        "bytes": request.wire_bytes,
        "error": request.error,
    }


def article_json(article: Article) -> dict[str, Any]:
    """An article in a list."""
    content = article.content
    return {
        "id": article.id,
        "entry_id": article.entry_id,
        "source": article.source_id,
        "title": content.title,
        "authors": [person.name for person in content.authors],
        "published": stamp(article.published_at),
        "updated": stamp(content.updated_at or article.published_at),
        "date_basis": content.date_basis.value,
        "url": content.url,
        "lang": content.language,
        "themes": list(article.themes),
        "revision": article.revision,
        "first_seen": stamp(article.first_seen_at),
        "changed": stamp(article.changed_at),
        "deleted": stamp(article.gone_at),
        "withdrawn": stamp(article.withdrawn_at),
    }


def hit_json(hit: Hit) -> dict[str, Any]:
    """An article that was found; `hits` are where in the snippet the words stand, [from, to)."""
    hits: list[list[int]] = []
    at = 0
    for piece in hit.snippet:
        if piece.hit:
            hits.append([at, at + len(piece.text)])
        at += len(piece.text)
    return article_json(hit.article) | {"snippet": snippet_text(hit), "hits": hits}


def snippet_text(hit: Hit) -> str:
    """The part of the article that shows why it was found."""
    return "".join(piece.text for piece in hit.snippet)


def article_page_json(article: Article, reasons: Mapping[str, Reason]) -> dict[str, Any]:
    """An article with all it says, and why it stands where it stands."""
    content = article.content
    return article_json(article) | {
        "canonical_url": content.canonical_url,
        "date_raw": content.date_raw,
        "date_precision": content.date_precision.value,
        "standfirst": content.standfirst,
        "text": content.text,
        "html": content.html,
        "image": _image(content.image),
        "categories": [category.label or category.term for category in content.categories],
        "enclosures": [
            {"url": one.url, "type": one.type, "length": one.length} for one in content.enclosures
        ],
        "translations": [{"lang": link.language, "url": link.url} for link in content.translations],
        "section": content.section.title or content.section.url if content.section else None,
        "pager": content.pager.label if content.pager else None,
        "rights": content.rights,
        "license": content.license,
        "reasons": {slug: reason_json(reason) for slug, reason in sorted(reasons.items())},
    }


def copy_json(article: Article) -> dict[str, Any]:
    """Another copy of an article's story."""
    return {
        "id": article.id,
        "source": article.source_id,
        "title": article.content.title,
        "url": article.content.url,
        "first_seen": stamp(article.first_seen_at),
    }


def picture_json(picture: Picture) -> dict[str, Any]:
    """A picture of an article, of which there is a copy."""
    return {
        "url": redacted(picture.url),
        "state": "kept",
        "path": picture.path,
        "sha256": picture.sha256,
        "bytes": picture.size,
        "at": stamp(picture.at),
    }


def wanted_picture_json(wanted: WantedPicture) -> dict[str, Any]:
    """One of which there is none."""
    return {
        "url": redacted(wanted.url),
        "state": "waiting" if wanted.next_try_at else "given up",
        "tries": wanted.tries,
        "next_try_at": stamp(wanted.next_try_at),
        "error": wanted.error,
    }


def _image(image: Image | None) -> dict[str, str] | None:
    if image is None:
        return None
    return {
        "url": image.url,
        "caption": image.caption,
        "credit": image.credit,
        "alt": image.alt,
    }


def reason_json(reason: Reason) -> dict[str, Any]:
    """Why an article belongs to a theme."""
    return {
        "how": reason.how,
        "rule_version": reason.rule_version,
        "found": found_json(reason.found),
        "note": reason.note,
        "by": reason.by,
    }


def found_json(found: Sequence[Found]) -> list[dict[str, str]]:
    """Words of a rule, and the fields they stand in."""
    return [{"field": one.field, "words": one.words} for one in found]


def theme_json(
    theme: Theme, *, articles: int, updated: datetime | None, feed_url: str
) -> dict[str, Any]:
    """A theme and its feed."""
    return {
        "slug": theme.slug,
        "title": theme.title,
        "match": theme.match,
        "articles": articles,
        "updated": stamp(updated),
        "feed_url": feed_url,
        "declared": theme.declared,
        "description": theme.description,
        "titles": dict(theme.titles),
        "matches": dict(theme.matches),
        "private": theme.private,
        "finite": theme.finite,
        "rule_version": theme.rule_version,
        "past_pending": theme.past_pending,
    }


def plain(value: Any) -> Any:
    """Any value of ours as JSON has it: names as they are, times as text."""
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    if isinstance(value, datetime):
        return stamp(value)
    return value if isinstance(value, int | float | None) else str(value)
