"""Permanent ids of articles (design section 4, P5)."""

from __future__ import annotations

from uuid import NAMESPACE_URL, UUID, uuid5


def article_id(first_url: str, key: str) -> str:
    """The article's id in our URLs and on the command line: 32 hex digits.

    Args:
        first_url: the source's URL as first added; it never changes, so neither does the id.
        key: the entry key within that source.
    """
    return _uuid(first_url, key).hex


def minted(first_url: str, key: str) -> str:
    """An entry id for an article whose own id cannot be kept; the same uuid as its article id."""
    return _uuid(first_url, key).urn


def _uuid(first_url: str, key: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"{first_url}\n{key}")
