"""What machines read of a page: JSON-LD, as a data block that no string breaks out of."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from syndicator.model import EntryView, Person
from syndicator.publishers.elements import stamp
from syndicator.publishers.site.frame import Site, web

# What could end the element, or begin a comment in it; escapes of JSON, so that it reads the same.
_ESCAPES = {ord(mark): f"\\u{ord(mark):04x}" for mark in "<>&\u2028\u2029"}


def article(site: Site, entry: EntryView, *, pagers: Sequence[str]) -> Markup:
    """An article as schema.org tells it. Source: https://schema.org/NewsArticle.

    Args:
        pagers: titles of its themes.
    """
    base_url = site.base_url.rstrip("/")
    facts: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": entry.title or entry.url,
        "url": f"{base_url}/articles/{entry.article_id}/",
        "isBasedOn": web(entry.url),
        "mainEntityOfPage": web(entry.url),
        "author": [_person(who) for who in entry.authors if who.name.strip()],
        "datePublished": stamp(entry.published_at) if entry.published_at else "",
        "description": entry.standfirst,
        "inLanguage": entry.language,
        "image": web(entry.image.url) if entry.image else "",
        "publisher": _publisher(entry),
        "copyrightNotice": entry.rights,
        "license": web(entry.license),
        "about": [{"@type": "Thing", "name": title} for title in pagers],
        "isPartOf": {"@type": "WebSite", "name": site.title, "url": f"{base_url}/"},
    }
    return _block({name: value for name, value in facts.items() if value})


def _person(who: Person) -> dict[str, str]:
    known = {"@type": "Person", "name": who.name, "url": web(who.uri)}
    return {name: value for name, value in known.items() if value}


def _publisher(entry: EntryView) -> dict[str, str]:
    if not entry.source or not entry.source.title:
        return {}
    known = {
        "@type": "Organization",
        "name": entry.source.title,
        "url": web(entry.source.url),
    }
    return {name: value for name, value in known.items() if value}


def _block(facts: dict[str, Any]) -> Markup:
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True).translate(_ESCAPES)
    return Markup(text)  # noqa: S704 - no "<", ">" or "&" is left
