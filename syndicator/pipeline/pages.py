"""Pages for people: all themes, each theme, each article with its place among the others.

What is made is a function of what the store holds; which pages are looked at follows from the rows
that a feed's log has gained: those of the articles named there, and of their neighbours.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice

from syndicator.errors import ArchiveError, PublishError
from syndicator.model import FeedState, Theme
from syndicator.pipeline.media import Media
from syndicator.pipeline.publish import Press, Published
from syndicator.ports import Beside, Progress, Shown, counted
from syndicator.publishers import site
from syndicator.publishers.revisions import told_changes
from syndicator.publishers.site import Neighbours, ThemeLine

ALL = "all"
GONE = "gone.html"  # in the place of index.html: a server says 410 with it
COUNTED = 500  # the pages of a theme of more articles have no numbers

_NEWEST = 8  # articles on the front page
_AT_ONCE = 100  # articles held in memory
_MOST_FAULTS = 20  # then the disk is full, or the like


@dataclass(slots=True)
class Faults:
    """What could not be written, and of which articles the pages are not what they should be."""

    words: list[str] = field(default_factory=list)
    articles: set[int] = field(default_factory=set)

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Note a PublishError instead of raising it."""
        try:
            yield
        except PublishError as error:
            self.words.append(str(error))


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A small theme's articles, oldest first: what its pagers count through."""

    order: Sequence[Beside]
    places: Mapping[int, int]  # article number -> its place in `order`

    def around(self, number: int, theme: Theme) -> Neighbours:
        """The place of one article, 1 being the oldest."""
        at = self.places[number]
        return Neighbours(
            slug=theme.slug,
            title=theme.title,
            position=at + 1,
            total=len(self.order),
            previous=_named(self.order[at - 1] if at else None),
            next=_named(self.order[at + 1] if at + 1 < len(self.order) else None),
        )


class Lines:
    """The public themes' articles in their order, read when asked for."""

    def __init__(self, press: Press) -> None:
        self._store = press.store
        self.all_themes = {theme.slug: theme for theme in press.store.themes()}
        self.themes = {slug: one for slug, one in self.all_themes.items() if not one.private}
        self._lines: dict[str, Line | None] = {}

    def of(self, slug: str) -> Line | None:
        """None for a large theme."""
        if slug not in self._lines:
            few = len(self._store.held(slug, limit=COUNTED + 1)) <= COUNTED
            order = self._store.line(slug, limit=COUNTED) if few else ()
            places = {one.number: place for place, one in enumerate(order)}
            self._lines[slug] = Line(order=order, places=places) if few else None
        return self._lines[slug]

    def pagers(self, some: Sequence[Shown]) -> Mapping[int, Sequence[Neighbours]]:
        """Article number -> its places, by theme."""
        found: dict[int, list[Neighbours]] = {one.number: [] for one in some}
        for slug in sorted({slug for one in some for slug in one.themes} & self.themes.keys()):
            inside = [one.number for one in some if slug in one.themes]
            for number, place in self._around(slug, inside):
                found[number].append(place)
        return found

    def _around(self, slug: str, numbers: Sequence[int]) -> Iterator[tuple[int, Neighbours]]:
        theme, line = self.themes[slug], self.of(slug)
        if line is not None:  # one that joined since is published in the next run
            yield from ((n, line.around(n, theme)) for n in numbers if n in line.places)
            return
        beside = self._store.beside(slug, [(number, None) for number in numbers])
        for number, (older, newer) in zip(numbers, beside, strict=True):
            yield (
                number,
                Neighbours(
                    slug=slug, title=theme.title, previous=_named(older), next=_named(newer)
                ),
            )


def _named(one: Beside | None) -> tuple[str, str] | None:
    return (one.article_id, one.title) if one else None


# ------------------------------------------------------------------ which pages


def pages_of(one: Published, lines: Lines, press: Press) -> set[int]:
    """Numbers of the articles whose pages follow from the rows that were published of a feed."""
    store = press.store
    touched = set(store.touched(one.key, after_n=one.after_n, upto_n=one.upto_n))
    if one.key not in lines.themes or not one.after_n:
        return touched
    renamed = store.says_anew(one.key, after_n=one.after_n, upto_n=one.upto_n)
    if renamed or (touched and _has_numbers(one.key, len(touched), lines, press)):
        return touched.union(store.held(one.key))
    dates = store.dated(touched)
    places = [(number, at) for number in sorted(dates) for at in dates[number]]
    beside = store.beside(one.key, places)
    return touched.union(each.number for pair in beside for each in pair if each)


def _has_numbers(slug: str, touched: int, lines: Lines, press: Press) -> bool:
    """Whether a theme's pages have numbers, or may have had them before so many came."""
    most = COUNTED + touched
    return lines.of(slug) is not None or len(press.store.held(slug, limit=most + 1)) <= most


def all_pages(feeds: Iterable[FeedState], press: Press) -> set[int]:
    """Numbers of all articles that these feeds show or ever showed."""
    found: set[int] = set()
    for feed in feeds:
        found |= set(press.store.touched(feed.key, after_n=0, upto_n=feed.last_n))
    return found


# ------------------------------------------------------------------ pages


def article_pages(
    numbers: Collection[int],
    lines: Lines,
    press: Press,
    media: Media,
    faults: Faults,
    progress: Progress,
) -> None:
    """Write the pages of these articles with their pictures; take away those of articles that may
    have none."""
    waiting = counted(sorted(numbers), progress, "making pages", total=len(numbers))
    while some := list(islice(waiting, _AT_ONCE)):
        if len(faults.articles) >= _MOST_FAULTS:
            faults.articles |= {*some, *waiting}
            return
        shown = press.store.shown(some)
        pagers = lines.pagers(shown)
        for one in shown:
            try:
                _article_page(one, pagers[one.number], press, media)
            except (PublishError, ArchiveError) as error:
                faults.words.append(str(error))
                faults.articles.add(one.number)


def _article_page(one: Shown, pagers: Sequence[Neighbours], press: Press, media: Media) -> None:
    folder = f"articles/{one.article_id}"
    pictures = media.beside(one)
    if one.hidden:
        press.tree.clear(folder)
        return
    if one.notice is not None:
        notice, language = one.notice, one.entry.language
        body = site.gone_page(press.site, reason=notice.reason, at=notice.at, language=language)
        press.tree.write(f"{folder}/{GONE}", body, modified=None)
        press.tree.remove(f"{folder}/index.html")
        return
    body = site.article_page(
        press.site,
        one.entry,
        pagers=pagers,
        first_seen_at=one.first_seen_at,
        revisions=one.revisions,
        changes=told_changes(one.said, one.entry),
        first_copy=one.first_copy,
        pictures=pictures,
    )
    press.tree.write(f"{folder}/index.html", body, modified=None)
    press.tree.remove(f"{folder}/{GONE}")


def front_page(press: Press) -> None:
    """Write the page of all themes, and what all pages load. Raises PublishError."""
    years = press.store.years_of_themes()
    lines = [
        ThemeLine(
            slug=held.theme.slug,
            title=held.theme.title,
            description=held.theme.description,
            articles=held.articles,
            updated=held.changed_at,
            years=years.get(held.theme.slug, {}),
        )
        for held in press.store.theme_overview()
        if not held.theme.private
    ]
    body = site.front_page(press.site, lines, press.store.newest(ALL, limit=_NEWEST))
    updated = max((line.updated for line in lines if line.updated), default=None)
    press.tree.write("index.html", body, modified=updated)
    for name, file in site.static_files().items():
        press.tree.write(name, file, modified=None)
