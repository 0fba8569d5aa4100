"""The page of a search, and the notice that stands in the place of a withdrawn article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from syndicator.publishers.site.frame import Site, page


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An article that was found; `snippet` is plain text in pieces, those found marked True."""

    article_id: str
    title: str
    language: str = ""
    source: str = ""
    published_at: datetime | None = None
    snippet: Sequence[tuple[str, bool]] = ()


def search_page(
    site: Site,
    query: str,
    hits: Sequence[Hit] = (),
    *,
    page_number: int = 1,
    more: bool = False,
    total: int | None = None,
    error: str = "",
    language: str = "",
) -> bytes:
    """What was found, or what is wrong with the question.

    Args:
        query: as it was asked; "" asks for one.
        page_number: of these hits, 1 being the first.
        more: there is a next page.
        total: of all pages, where it is known.
        error: why the query was refused, for the one who wrote it.
        language: that the reader prefers; else the site's.
    """
    facts = {
        "query": query,
        "hits": hits,
        "page_number": page_number,
        "previous": _address(query, page_number - 1) if page_number > 1 else "",
        "next": _address(query, page_number + 1) if more else "",
        "feed": f"{site.root}/search/atom.xml?{urlencode({'q': query})}",
        "total": total,
        "error": error,
    }
    return page("search.html", site, facts, language)


def gone_page(site: Site, *, reason: str, at: datetime, language: str = "") -> bytes:
    """The notice of a withdrawal (410): when and why; of the article itself, nothing."""
    return page("gone.html", site, {"reason": reason, "at": at}, language)


def _address(query: str, number: int) -> str:
    return "?" + urlencode({"q": query, **({"page": number} if number > 1 else {})})
