"""Which pictures an article shows."""

from __future__ import annotations

from urllib.parse import urlsplit

from syndicator.model import Image, Pictured
from syndicator.text.pictures import pictures_in

MOST = 50  # of one article


def shown_pictures(html: str, lead: Image | None, *, which: Pictured) -> tuple[str, ...]:
    """Addresses of the pictures, the lead first, each once.

    Args:
        html: the sanitised body.
    """
    if which is Pictured.NONE:
        return ()
    found = [lead.url] if lead else []
    if which is Pictured.ALL:
        found += pictures_in(html)
    return tuple(url for url in dict.fromkeys(found) if _is_asked_for(url))[:MOST]


def _is_asked_for(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
