"""The page of an article: who, when, standfirst, body, photo, themes, source, revisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from syndicator.model import DateBasis, EntryView, Precision
from syndicator.publishers.citations import FORMATS, of_entry
from syndicator.publishers.revisions import changes_html
from syndicator.publishers.site import linked
from syndicator.publishers.site.bodies import shown
from syndicator.publishers.site.frame import Site, page, web
from syndicator.publishers.site.words import words
from syndicator.stages.diff import FieldChange


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """Where an article stands in a theme, and the (article id, title) of those beside it.

    In a large theme there are no numbers: each new article would change them on all its pages.
    """

    slug: str
    title: str
    position: int = 0
    total: int = 0
    previous: tuple[str, str] | None = None
    next: tuple[str, str] | None = None


def article_page(
    site: Site,
    entry: EntryView,
    *,
    pagers: Sequence[Neighbours],
    first_seen_at: datetime,
    revisions: Sequence[tuple[int, datetime]] = (),
    changes: Mapping[int, Sequence[FieldChange]] | None = None,
    first_copy: str = "",
    pictures: Mapping[str, str] | None = None,
) -> bytes:
    """The page of an article.

    Args:
        pagers: one for each public theme it belongs to.
        revisions: number and time of each.
        changes: number of a revision -> what it changed.
        first_copy: article id of the copy that stands in the feeds in the place of this one.
        pictures: address of a picture -> where our own copy of it lies below feeds/; the others
            become links.
    """
    said = words(entry.language, site.language)
    pictures = pictures or {}
    local = {url: f"{site.root}/{path}" for url, path in pictures.items()}
    facts = {
        "entry": entry,
        "body": shown(entry.html, lead=entry.image, pictures=local, names=said),
        "picture": local.get(entry.image.url, "") if entry.image else "",
        "date": entry.published_at or first_seen_at,
        "certainty": said(f"date_{_basis(entry).name.lower()}"),
        "exact": bool(entry.published_at) and entry.date_precision is Precision.TIME,
        "first_seen_at": first_seen_at,
        "pagers": pagers,
        "revisions": sorted(revisions, reverse=True),
        "changes": {
            no: changes_html(some, lambda field: said(f"changed_{field}"))
            for no, some in (changes or {}).items()
        },
        "citations": _citations(site, entry, revisions or [(1, first_seen_at)]),
        "translations": _translations(entry),
        "first_copy": first_copy,
        "publisher": (entry.source.title if entry.source else "") or entry.url,
        "linked": linked.article(site, entry, pagers=[pager.title for pager in pagers]),
    }
    return page("article.html", site, facts, entry.language)


def _citations(
    site: Site, entry: EntryView, revisions: Sequence[tuple[int, datetime]]
) -> Mapping[str, str]:
    """Format -> how to cite what the page shows."""
    no, seen_at = max(revisions)
    cited = of_entry(
        entry, revision=no, seen_at=seen_at, archive=site.title, base_url=site.base_url
    )
    return {name: write(cited).strip() for name, write in FORMATS.items()}


def _basis(entry: EntryView) -> DateBasis:
    return entry.date_basis if entry.published_at else DateBasis.FIRST_SEEN


def _translations(entry: EntryView) -> dict[str, str]:
    """Language -> address of the same text in another language."""
    found: dict[str, str] = {}
    for link in entry.links:
        another = link.language.lower() not in ("", "x-default", entry.language.lower())
        if link.rel == "alternate" and another and web(link.url):
            found.setdefault(link.language, link.url)
    return found
