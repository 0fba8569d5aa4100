"""The past of a source: all that it still offers, a bounded piece at a time (`source history`).

Where a piece ended is a note on the source and goes into the store with what it brought, so that an
interrupted history goes on where it was. A later one reads only what it does not have.

    state   where a history is
    feeds   RFC 5005 archives and pages, `next_url`; else WordPress's ?paged=
    pages   the listing's pager to its end, the site's sitemap, the articles' own "next article"
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from syndicator.errors import UsageError
from syndicator.model import Kind, Source
from syndicator.sources.past.feeds import archives, paged
from syndicator.sources.past.pages import articles, pager, sitemaps
from syndicator.sources.past.state import PAST, Past, noted, progress
from syndicator.sources.reading import OLDER, Desk, Reading

__all__ = ["begun", "progress", "recall"]

_FIRST = {Kind.FEED: "archives", Kind.PAGE: "pager", Kind.SITEMAP: "articles"}
_WAYS: Mapping[str, Callable[[Source, Past, Desk], Reading]] = {
    "archives": archives,
    "paged": paged,
    "pager": pager,
    "sitemaps": sitemaps,
    "articles": articles,
}


def begun(source: Source) -> Source:
    """The source at the beginning of a history, or where an interrupted one was.

    Raises:
        UsageError: sources of this kind have no past of their own.
    """
    if progress(source).way:
        return source
    if source.kind not in _FIRST:
        raise UsageError(f"{source.id} is a {source.kind} source: all it has is read at each poll")
    start = source.notes.get(OLDER, "")
    return noted(source, Past(way=_FIRST[source.kind], at=start, before=PAST in source.notes))


def recall(source: Source, desk: Desk) -> Reading:
    """The next piece of the past; `more` is False with the last one.

    Raises:
        SourceError: nothing could be read; the history stays where it was.
        Stopped: the process is shutting down.
    """
    past = progress(source)
    return _WAYS[past.way](source, past, desk)
