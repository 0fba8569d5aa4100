"""What a web server that hands out feeds/ by itself has to be told: maps for nginx.

They lie beside the store, not in feeds/, which holds nothing but what is published:

    moved.map   address -> where it leads (301), gone.map   address -> 1 (410); P32
    cache.map   address -> Cache-Control (P25)
    links.map   address -> Link (P30)

deploy/nginx.conf includes them. nginx reads them when it starts or is reloaded; deploy/ has a unit
that reloads it when they change.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from syndicator.model import FeedState, Signpost
from syndicator.pipeline.publish import Press
from syndicator.publishers.documents import NEWEST_RESTS_S, RESTS_S
from syndicator.push import Topics

# What is below a folder that moved: names of ours alone, for it goes into a header.
_BELOW = "(/[A-Za-z0-9._/-]*)?"
_FOLDER_BELOW = "((?:/[A-Za-z0-9_-]+)*)/?"  # no file: it gets its slash, so that one step is enough
_TOPIC = r"{top}/[A-Za-z0-9_-]+(?:/[A-Za-z0-9-]+)?/(?:atom\.xml|rss\.xml|feed\.json)"
_HEAD = "# Written by syndicator; what is changed here is lost.\n"


def write(feeds: Iterable[FeedState], press: Press) -> None:
    """Bring the maps up to date. Raises PublishError."""
    posts = press.store.signposts()
    base_url, hub, max_age_s = press.base_url, press.hub, press.max_age_s
    made = maps(posts, feeds, base_url=base_url, hub=hub, max_age_s=max_age_s)
    for name, body in made.items():
        press.maps.write(name, body, modified=None)


def maps(
    posts: Iterable[Signpost],
    feeds: Iterable[FeedState],
    *,
    base_url: str,
    hub: str,
    max_age_s: int,
) -> Mapping[str, bytes]:
    """All of them by name."""
    nearest_first = sorted(posts, key=lambda post: (-len(post.path), post.path))
    made = {
        "moved.map": _moved(nearest_first, urlsplit(base_url).path.rstrip("/")),
        "gone.map": _gone(nearest_first),
        "cache.map": _cache(feeds, max_age_s),
        "links.map": _links(Topics(base_url=base_url, hub=hub)),
    }
    return {
        name: (_HEAD + "".join(f"{key} {value};\n" for key, value in lines)).encode()
        for name, lines in made.items()
    }


Lines = Iterator[tuple[str, str]]  # nginx takes the first expression that fits


def _moved(posts: Sequence[Signpost], root: str) -> Lines:
    for post in posts:
        old = re.escape(post.path)
        if post.to:
            yield f'"~^/{old}{_FOLDER_BELOW}$"', f'"{root}/{post.to}$1/"'
            yield f'"~^/{old}{_BELOW}$"', f'"{root}/{post.to}$1"'
        else:  # nearer than one that leads on
            yield f'"~^/{old}{_BELOW}$"', '""'


def _gone(posts: Sequence[Signpost]) -> Lines:
    for post in posts:
        yield f'"~^/{re.escape(post.path)}{_BELOW}$"', '""' if post.to else "1"


def _cache(feeds: Iterable[FeedState], max_age_s: int) -> Lines:
    yield "default", f'"public, max-age={max_age_s}"'
    yield '"~^/private/"', f'"private, max-age={max_age_s}"'
    yield r'"~/archive/[0-9]+\.xml$"', f'"public, max-age={RESTS_S}"'
    yield r'"~^/media/[^/]+$"', f'"public, max-age={RESTS_S}, immutable"'
    for feed in feeds:
        if feed.segment > 1 and not feed.private and not feed.data.complete:
            newest = f"/{feed.folder}/archive/{feed.segment - 1}.xml"
            yield newest, f'"public, max-age={NEWEST_RESTS_S}"'


def _links(topics: Topics) -> Lines:
    for top in ("themes", "private"):
        example = f"{top}/x/atom.xml"
        if said := topics.links(example):
            value = said.replace("$", "%24").replace(example, "$syndicator_topic")
            yield f'"~^/(?<syndicator_topic>{_TOPIC.format(top=top)})$"', f"'{value}'"
