"""sitemap.xml, kept up with the feed of all articles; and robots.txt.

A small library has one sitemap. A larger one has an index, with a sitemap for each thousand
articles in the order in which they came, so that news touches the last of them and a change the
one that holds it. What the index says of the others is taken from it as it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import count

from syndicator.model import FeedState
from syndicator.pipeline.publish import Press
from syndicator.publishers import sitemap
from syndicator.publishers.elements import stamp

PART = 1000  # articles, by number; far below what the protocol allows, to make one anew is cheap

_NAME = "sitemap.xml"
_Place = tuple[str, datetime | None]


def write(feeds: Sequence[FeedState], touched: Iterable[int] | None, press: Press) -> None:
    """Bring sitemaps up to date, and robots.txt.

    Args:
        feeds: the public ones.
        touched: numbers of the articles that came, changed or left; None makes all anew.

    Raises:
        PublishError: one cannot be written.
    """
    press.tree.write("robots.txt", sitemap.robots(press.site), modified=None)
    last = press.store.last_number()
    themes = list(_themes(feeds, press))
    if last <= PART:
        places = [*themes, *_articles(1, press)]
        press.tree.write(_NAME, sitemap.urlset(places), modified=None)
        return
    known = sitemap.parts_of(press.tree.read(_NAME))
    listed: dict[str, str] = {}
    for k in count(1):
        some = themes[(k - 1) * sitemap.MOST : k * sitemap.MOST]
        if not _part(f"sitemaps/themes-{k}.xml", some, listed, press):
            break
    due = None if touched is None else {_part_of(number) for number in touched}
    for k in range(1, _part_of(last) + 1):
        path = f"sitemaps/articles-{k}.xml"
        address = f"{press.base_url}/{path}"
        if due is not None and k not in due and address in known:
            listed[address] = known[address]
        elif due is None or k in due or not known:
            _part(path, _articles(k, press), listed, press)
    press.tree.write(_NAME, sitemap.index(listed), modified=None)


def _part(path: str, places: Iterable[_Place], listed: dict[str, str], press: Press) -> bool:
    """Write one sitemap and note it as listed; an empty one is taken away."""
    places = list(places)
    if not places:
        press.tree.remove(path)
        return False
    press.tree.write(path, sitemap.urlset(places), modified=None)
    newest = max((at for _, at in places if at), default=None)
    listed[f"{press.base_url}/{path}"] = stamp(newest) if newest else ""
    return True


def _part_of(number: int) -> int:
    return (number - 1) // PART + 1


def _themes(feeds: Iterable[FeedState], press: Press) -> Iterator[_Place]:
    """The front page and the page of each feed."""
    feeds = list(feeds)
    yield f"{press.base_url}/", max((one.last_at for one in feeds if one.last_at), default=None)
    for one in feeds:
        yield f"{press.base_url}/{one.folder}/", one.last_at


def _articles(part: int, press: Press) -> Iterator[_Place]:
    first = (part - 1) * PART + 1
    for article_id, at in press.store.mapped(first, first + PART - 1):
        yield f"{press.base_url}/articles/{article_id}/", at
