"""The corrections of a feed as a document of its own: what readers would notice to have changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid5

from syndicator.model import Content, EntryView, LogRow, RowKind
from syndicator.ports import Corrected
from syndicator.publishers.documents import Document, pageless
from syndicator.publishers.revisions import changes_html
from syndicator.publishers.site.words import words
from syndicator.stages.diff import FieldChange, brief, diff
from syndicator.text.markup import plain

NAME = "changes.atom"
MOST = 100  # corrections that the document tells
_NOTICED = {
    *("title", "authors", "published", "standfirst", "text", "image", "caption"),
}


def corrections(feed: Document, found: Iterable[Corrected], *, updated: datetime) -> Document:
    """The document beside the feed's own.

    Its id and those of its entries are made from the feed's, so that they stay when it is renamed.

    Args:
        feed: the feed's own document.
        updated: when the list last changed.
    """
    root = UUID(feed.feed_id.rpartition(":")[2])
    puts = tuple(_newest_first(_rows(root, found)))
    said = words(feed.language)
    return replace(
        feed,
        path=f"{feed.folder}/{NAME}",
        feed_id=uuid5(root, "changes").urn,
        data=replace(feed.data, title=f"{feed.data.title}: {said('corrections')}", complete=False),
        updated=updated,
        puts=pageless(puts) if feed.is_private else puts,
        drops=(),
        prev_archive=None,
        next_archive=None,
        complete=False,
    )


def _rows(root: UUID, found: Iterable[Corrected]) -> Iterable[LogRow]:
    for one in found:
        changes = [each for each in changes_of(one.old, one.new) if each.field in _NOTICED]
        if changes:
            yield _row(root, one, changes)


def _newest_first(rows: Iterable[LogRow]) -> list[LogRow]:
    by_id = sorted(rows, key=lambda row: row.entry_id)
    return sorted(by_id, key=lambda row: row.at, reverse=True)


def _row(root: UUID, one: Corrected, changes: Sequence[FieldChange]) -> LogRow:
    entry_id = uuid5(root, str(one.n)).urn
    said = words(one.new.language)
    view = replace(
        one.new,
        id=entry_id,
        published_at=one.at,
        categories=(),
        standfirst=brief(changes),
        html=str(changes_html(changes, lambda field: said(f"changed_{field}"))),
        image=None,
        enclosures=(),
        links=(),
        via=(),
    )
    return LogRow(
        n=one.n,
        at=one.at,
        kind=RowKind.PUT,
        segment=1,
        entry_id=entry_id,
        updated=one.at,
        entry=view,
    )


def changes_of(old: EntryView, new: EntryView) -> tuple[FieldChange, ...]:
    """What an entry shows that it did not show before."""
    return diff(_content(old), _content(new))


def _content(view: EntryView) -> Content:
    return Content(
        url=view.url,
        title=view.title,
        authors=view.authors,
        contributors=view.contributors,
        published_at=view.published_at,
        date_precision=view.date_precision,
        standfirst=view.standfirst,
        text=plain(view.html),
        image=view.image,
        enclosures=view.enclosures,
        categories=view.categories,
        language=view.language,
        rights=view.rights,
        license=view.license,
    )
