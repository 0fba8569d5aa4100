"""feeds/ brought up to date, by one process at a time.

First the documents of each feed, then the pages that follow from them, then what was removed is
taken away, and last the store is told: what is interrupted anywhere is done again. A feed that
cannot be written stays as it was and is tried again; it keeps no other from being published.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Container, Iterable, Iterator, Sequence

from syndicator.errors import PublishError
from syndicator.jobs.parts import Parts
from syndicator.jobs.telling import note_gone, note_news
from syndicator.model import FeedState
from syndicator.pipeline import label, lists, nginx, pages, sitemaps, years
from syndicator.pipeline.corrections import publish_corrections
from syndicator.pipeline.media import Media
from syndicator.pipeline.pages import ALL, Faults, Lines
from syndicator.pipeline.publish import Press, Published, mark, publish_feed
from syndicator.ports import Progress, counted, unwatched
from syndicator.publishers import corrections, jsonfeed, rss

_NAMED = 5  # faults that an error tells
_DOCUMENTS = ("atom.xml", rss.NAME, jsonfeed.NAME, corrections.NAME, "index.html")  # of each feed


def publish(
    parts: Parts,
    themes: Sequence[str] | None = None,
    *,
    everything: bool = False,
    progress: Progress = unwatched,
) -> list[Published]:
    """Publish what lies ahead of feeds/: all of it, or these themes' feeds.

    Args:
        everything: look after all feeds, those that are up to date too.

    Raises:
        UsageError: there is no such theme.
        LockedError: another process has been publishing for too long.
        PublishError: some of it cannot be made or written, or the folder is another store's; what
            was there stays.
    """
    chosen = None if themes is None else {_known(parts, slug) for slug in themes}
    with parts.publishing.hold(), parts.tree.run():
        press = _press(parts)
        label.settle(press)
        run = _Run(press, chosen, progress, everything=everything)
        done = run.documents()
        note_news(parts, run.folders_changed(done))  # before pages: the documents can be read now
        run.pages(done)
        note_gone(parts, run.cleared)
        if run.faults.words:
            raise PublishError(_told(run.faults.words))
    return done


def publish_stale(parts: Parts) -> float | None:
    """The same for whatever is due, cheap when nothing is; how many seconds it took."""
    if not publish_due(parts):
        return None
    began = time.monotonic()
    publish(parts)
    return time.monotonic() - began


def publish_due(parts: Parts) -> bool:
    """Whether feeds/ is behind the store, or not in the form it should have."""
    return (
        bool(parts.store.stale_feeds())
        or bool(parts.store.folders_left())
        or bool(parts.store.picture_news())
        or bool(_leaving(parts.store.feeds(retired=True)))
        or lists.sources_have_changed(parts.store)
        or label.is_of_another_form(_press(parts))
    )


def _leaving(retired: Sequence[FeedState]) -> list[FeedState]:
    """Those of the removed feeds whose documents have not been taken away yet."""
    return [feed for feed in retired if _is_ahead(feed)]


def _is_ahead(feed: FeedState) -> bool:
    return feed.last_n > feed.published_n


class _Run:
    """One run: which feeds it is about, and what goes wrong."""

    def __init__(
        self, press: Press, chosen: set[str] | None, progress: Progress, *, everything: bool
    ) -> None:
        self._press = press
        self._progress = progress
        self._everything = everything
        self._lines = Lines(press)
        self.faults = Faults()
        self.cleared: list[str] = []  # folders that were taken away
        feeds, retired = press.store.feeds(), press.store.feeds(retired=True)
        self._feeds = {feed.key: feed for feed in feeds}
        self._retired = retired
        self._removed = _leaving(retired)
        self._left = press.store.folders_left()
        self._news = press.store.picture_news()
        self._media = Media(press, everything=everything)
        self._lost = set() if everything else set(self._not_there())
        self._due = list(self._due_of(chosen))
        self._whole = everything and chosen is None

    def _due_of(self, chosen: set[str] | None) -> Iterator[FeedState]:
        # A feed that came or went is named on the pages of its theme's other feeds.
        moved = {feed.theme for feed in self._feeds.values() if not feed.published_n}
        moved |= {feed.theme for feed in self._removed}
        for feed in self._feeds.values():
            due = self._everything or _is_ahead(feed) or feed.theme in moved
            due |= feed.key in self._lost
            if due and (chosen is None or feed.theme in chosen):
                yield feed

    def _not_there(self) -> Iterator[str]:
        """Feeds of which somebody took the folder away, or a document: they are made anew, with all
        their pages. Whether a page is there is asked of none: there are too many."""
        for feed in self._feeds.values():
            if feed.published_n and not self._is_there(feed):
                yield feed.key

    def _is_there(self, feed: FeedState) -> bool:
        tree, has_archive = self._press.tree, feed.segment > 1 and not feed.data.complete
        names = (*_DOCUMENTS, "archive") if has_archive else _DOCUMENTS
        try:
            return tree.holds(feed.folder, names) and (feed.key != ALL or tree.holds("articles"))
        except PublishError:
            return False  # what is in the way is told when it is written

    def documents(self) -> list[Published]:
        """Write each feed's documents; the feeds that went well."""
        done = []
        for feed in counted(self._due, self._progress, "making feeds", total=len(self._due)):
            with self.faults.noted():
                anew = self._everything or feed.key in self._lost
                one = publish_feed(feed.key, self._press, everything=anew)
                publish_corrections(one, self._press)
                done.append(one)
        return done

    def folders_changed(self, done: Sequence[Published]) -> list[str]:
        """Where the documents lie that say something else than before, as far as is known."""
        changed = (one for one in done if one.written or one.after_n != one.upto_n)
        return [one.folder for one in changed]

    def pages(self, done: Sequence[Published]) -> None:
        """Write all that follows from these; take away what is gone; then tell the store."""
        wanted = {one.key: self._pages_of(one) for one in done}
        wanted |= {feed.key: self._held(feed) for feed in self._removed}
        hidden = {left.theme for left in self._left if left.private}
        for feed in self._feeds.values():
            if feed.theme in hidden:  # pages do not name it any more
                wanted[feed.key] = set(self._press.store.held(feed.key))
        every = {each.article for each in self._news}.union(*wanted.values())
        pages.article_pages(
            every, self._lines, self._press, self._media, self.faults, self._progress
        )
        sound = {key for key, some in wanted.items() if self.faults.articles.isdisjoint(some)}
        well = [one for one in done if self._page_of(one) and one.key in sound]
        self._pictures()
        with self.faults.noted():
            pages.front_page(self._press)
            public = _public(self._feeds.values())
            lists.feeds_list(public, self._press)
            sitemaps.write(public, self._on_map(done), self._press)
            if self._whole or lists.sources_list_is_due(self._press):
                lists.sources_list(self._press)
            for feed in self._removed:
                if feed.key in sound:
                    self._take_away(feed)
            for one in well:
                mark(one, self._press)
        self._clear(waiting={feed.theme for feed in self._press.store.stale_feeds()})
        with self.faults.noted():
            nginx.write(self._feeds.values(), self._press)

    def _pictures(self) -> None:
        """Take away those that no page shows any more; what came is told where it is shown."""
        for each in self._news:
            self._media.leave(each.path)
        with self.faults.noted():
            self._media.clear()
            followed = (each for each in self._news if each.article not in self.faults.articles)
            self._press.store.picture_news_told(followed)
        self.faults.words += self._media.faults

    def _held(self, feed: FeedState) -> set[int]:
        return set() if feed.private else set(self._press.store.held(feed.key))

    def _on_map(self, done: Sequence[Published]) -> Collection[int] | None:
        """The articles of which the sitemap says something else now; None for all."""
        for one in done:
            if one.key == ALL and one.after_n:
                touched = self._press.store.touched
                return touched(ALL, after_n=one.after_n, upto_n=one.upto_n)
            if one.key == ALL:
                return None
        return ()

    def _pages_of(self, one: Published) -> set[int]:
        if self._feeds[one.key].private:
            return set()
        store = self._press.store
        found = pages.pages_of(one, self._lines, self._press)
        if one.key == ALL and (
            self._whole
            or not one.after_n
            # each page names the site
            or store.says_anew(ALL, after_n=one.after_n, upto_n=one.upto_n)
        ):
            every = _public([*self._feeds.values(), *self._retired])
            found |= pages.all_pages(every, self._press)
        return found

    def _page_of(self, one: Published) -> bool:
        known = len(self.faults.words)
        with self.faults.noted():
            state = self._feeds[one.key]
            theme = self._lines.all_themes.get(state.theme)
            years.feed_pages(one, state, theme.languages if theme else (), self._press)
        return len(self.faults.words) == known

    def _take_away(self, feed: FeedState) -> None:
        with self.faults.noted():
            self._press.tree.clear(feed.folder)
            self.cleared.append(feed.folder)
            store, n = self._press.store, feed.last_n
            store.mark_published(feed.key, feed.folder, n=n, files={}, retired=True)

    def _clear(self, waiting: Container[str]) -> None:
        """Take away what lies where a theme was before, once it is published where it is now."""
        for left in self._left:
            if left.theme not in waiting:
                with self.faults.noted():
                    self._press.tree.clear(left.path)
                    self.cleared.append(left.path)
                    self._press.store.folder_cleared(left.path)


def _public(feeds: Iterable[FeedState]) -> list[FeedState]:
    return [feed for feed in feeds if not feed.private]


def _told(words: Sequence[str]) -> str:
    more = len(words) - _NAMED
    return "; ".join(words[:_NAMED]) + (f"; and {more} more" if more > 0 else "")


def _known(parts: Parts, slug: str) -> str:
    return slug if slug == ALL else parts.store.theme(slug).slug


def _press(parts: Parts) -> Press:
    return Press(
        store=parts.store,
        tree=parts.tree,
        shelf=parts.shelf,
        media=parts.archive.media,
        maps=parts.maps,
        base_url=parts.config.site.base_url,
        site_title=parts.config.site.title,
        language=parts.config.site.language,
        entries=parts.config.publish.entries,
        hub=parts.config.hub_address,
        max_age_s=int(parts.config.publish.max_age_s),
    )
