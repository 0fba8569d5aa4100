"""feeds.opml and sources.opml: what is published, and what is read (P36)."""

from __future__ import annotations

from collections.abc import Iterable

from syndicator.model import FeedState
from syndicator.pipeline.publish import Press
from syndicator.ports import Store
from syndicator.publishers import opml

_SOURCES = "sources.opml"
_LISTED = "sources listed"  # a note of the store: of which of its states sources.opml is


def feeds_list(feeds: Iterable[FeedState], press: Press) -> None:
    """Write the list of these public feeds. Raises PublishError."""
    lines = opml.feeds(feeds, base_url=press.base_url)
    body = opml.write_opml(lines, title=press.site_title)
    press.tree.write("feeds.opml", body, modified=None)


def sources_have_changed(store: Store) -> bool:
    """Whether sources.opml says something else of them than the store does now."""
    return store.sources_state() != store.get_meta(_LISTED)


def sources_list_is_due(press: Press) -> bool:
    """Whether it says something else, or is not there. Raises PublishError."""
    return sources_have_changed(press.store) or not press.tree.has(_SOURCES)


def forget_sources_list(store: Store) -> None:
    """Have sources.opml written in the next run, changed or not."""
    store.set_meta(_LISTED, "")


def sources_list(press: Press) -> None:
    """Write the list of the public sources. Raises PublishError."""
    state = press.store.sources_state()
    themes = {theme.slug for theme in press.store.themes() if not theme.private}
    known = press.store.sources()
    lines = opml.public_sources(known, base_url=press.base_url, public_themes=themes)
    body = opml.write_opml(lines, title=f"{press.site_title}: sources")
    press.tree.write(_SOURCES, body, modified=None)
    press.store.set_meta(_LISTED, state)
