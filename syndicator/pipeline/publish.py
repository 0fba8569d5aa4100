"""A feed, published: the archives that closed, then the subscription document (design 9)."""

from __future__ import annotations

import logging
import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import count

from syndicator.errors import PublishError
from syndicator.model import FeedState, LogRow
from syndicator.ports import PictureFiles, Store
from syndicator.publishers import atom, jsonfeed, rss
from syndicator.publishers.documents import (
    ALL_ENTRIES,
    DROPS_S,
    RECENT_S,
    STAND_IN,
    Document,
    archive,
    current,
)
from syndicator.publishers.rendering import Rendered
from syndicator.publishers.site import Site
from syndicator.publishers.tree import Tree
from syndicator.redaction import unaddressed

logger = logging.getLogger(__name__)

_TRIES = 20  # to read a log that others append to meanwhile


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """What publishing works with.

    Args:
        tree: feeds/.
        maps: for nginx.
        shelf: where closed archive documents are kept (design 9.10).
        media: where copies of pictures are kept.
        entries: a subscription document shows at least so many.
        hub: address of the WebSub hub that tells of changes, "" when there is none. Only current
            documents name it (P30): closed ones never change, and one that moves stays in them.
        max_age_s: for how long caches keep it.
    """

    store: Store
    tree: Tree
    shelf: Tree
    media: PictureFiles
    maps: Tree
    base_url: str
    site_title: str
    language: str
    entries: int
    max_age_s: int
    hub: str = ""

    @property
    def site(self) -> Site:
        """What every page names."""
        return Site(title=self.site_title, base_url=self.base_url, language=self.language)


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One feed after publishing; `written` is whether any of its files changed."""

    key: str
    folder: str
    path: str
    entries: int
    written: bool
    document: Document
    after_n: int = 0  # rows after this one have not been published before
    upto_n: int = 0
    files: Mapping[str, str] = field(default_factory=dict)  # archives written: name -> sha256
    rewritten: Sequence[str] = ()  # names of those that lost what was withdrawn
    outdated: Sequence[str] = ()  # names of archives that the shelf has no more


def publish_feed(key: str, press: Press, *, everything: bool = False) -> Published:
    """Bring one feed's documents up to where its log stands.

    A document is replaced whole or not at all, archives before the document that points to them.
    The store is told later, by `mark`, when the pages are there as well: whatever is interrupted
    is done again, with the same bytes.

    Args:
        everything: also look after what was published before; what is missing or damaged comes
            back from the shelf. So it does for a feed that was taken away and returns.

    Raises:
        PublishError: a document cannot be made or written; what was there stays.
    """
    state, opened, tail = _rows(key, press)
    everything = everything or not state.published_n
    closed = _closed(state, press)
    files: dict[str, str] = {}
    written = False
    torn = set(press.store.erased_segments(key, after_n=state.published_n))
    if everything:
        torn |= set(_elsewhere(state, press, closed))
    outdated = _taken_from_shelf(state, press, torn)
    for k, document in _archives(state, press, closed, torn, everything=everything):
        body = _atom(document, press)
        files[_shelf_name(state, k)] = sha256(body).hexdigest()
        press.shelf.write(_shelved(state, k), body, modified=_changed(document))
        written |= _published(state, k, body, press, document)
    if everything:
        left = [k for k in closed if _shelf_name(state, k) not in files]
        written |= _brought_back(state, press, left, closed)
    document = current(state, opened, tail, entries=press.entries)
    for path, body in _formats(document, press):
        written |= press.tree.write(path, body, modified=document.updated)
    return Published(
        key=key,
        folder=state.folder,
        path=document.path,
        entries=len(document.puts),
        written=written,
        document=document,
        after_n=0 if everything else state.published_n,
        upto_n=state.last_n,
        files=files,
        rewritten=[name for k in torn if (name := _shelf_name(state, k)) in files],
        outdated=outdated,
    )


def mark(one: Published, press: Press) -> None:
    """Tell the store that a feed's documents are published, and all pages that follow from them."""
    if one.files or one.after_n != one.upto_n:
        press.store.mark_published(
            one.key,
            one.folder,
            n=one.upto_n,
            files=one.files,
            rewritten=one.rewritten,
            outdated=one.outdated,
        )


def _rows(key: str, press: Press) -> tuple[FeedState, Sequence[LogRow], Sequence[LogRow]]:
    """A feed with the rows of its document, all of one moment."""
    for _ in range(_TRIES):
        state = press.store.feed_data(key, upto_n=2**62)
        opened = press.store.segment_rows(key, state.segment)
        tail: Sequence[LogRow] = ()
        if state.last_at is not None:
            tail = press.store.tail_rows(
                key,
                entries=ALL_ENTRIES if state.data.complete else press.entries,
                since=state.last_at - timedelta(seconds=RECENT_S),
                drops_since=state.last_at - timedelta(seconds=DROPS_S),
            )
        if all(row.n <= state.last_n for row in (*opened, *tail)):
            return state, opened, tail
    raise PublishError(f"{key}: its log grew faster than it could be read; try again")


def _formats(document: Document, press: Press) -> Iterator[tuple[str, bytes]]:
    """The subscription document in every format, by path; Atom last, since it is what is told."""
    base_url, hub = press.base_url, _hub_of(document, press)
    made = {
        rss.NAME: rss.render(document, base_url=base_url, max_age_s=press.max_age_s, hub=hub),
        jsonfeed.NAME: jsonfeed.render(document, base_url=base_url, hub=hub),
    }
    for name, rendered in made.items():
        path = f"{document.folder}/{name}"
        yield path, told(path, rendered)
    yield document.path, _atom(document, press)


def _atom(document: Document, press: Press) -> bytes:
    hub = _hub_of(document, press)
    return told(document.path, atom.render(document, base_url=press.base_url, hub=hub))


def told(path: str, rendered: Rendered) -> bytes:
    """The bytes of a document; what had to be left out of them is told."""
    for entry_id in rendered.left_out:
        logger.error("%s: entry %s cannot be written and is left out", unaddressed(path), entry_id)
    return rendered.body


def _hub_of(document: Document, press: Press) -> str:
    """None for what is closed, nor one of others for what is private: they would learn where."""
    is_ours = press.hub.startswith(f"{press.base_url}/")
    if document.is_archive or (document.is_private and not is_ours):
        return ""
    return press.hub


# ------------------------------------------------------------------ archives


def _closed(state: FeedState, press: Press) -> Mapping[int, str]:
    """Number -> hash of the archives that were written before; those of a private feed are others
    than those it had or will have as a public one."""
    known = press.store.closed_documents(state.key)
    names = {_shelf_name(state, k): k for k in range(1, state.segment)}
    return {names[name]: sha for name, sha in known.items() if name in names}


def _archives(
    state: FeedState,
    press: Press,
    closed: Container[int],
    torn: Iterable[int],
    *,
    everything: bool,
) -> Iterator[tuple[int, Document]]:
    """Archive documents to be written: those that closed, the one before them once more, since it
    gains a successor (9.7), and those that are to change (9.9); oldest first. A finite feed gets
    none (P18), and keeps those it has from before."""
    newest = state.segment - 1
    fresh = [k for k in range(newest, 0, -1) if k not in closed and not state.data.complete]
    if not everything:
        fresh = _run_from(newest, fresh)
    again = {k - 1 for k in fresh if k > 1}
    for k in sorted({*fresh, *again, *(k for k in torn if k in closed)}):
        yield k, _archive(state, press, k)


def _run_from(newest: int, fresh: Sequence[int]) -> list[int]:
    """The unbroken run of new ones that ends at the newest: the only ones there can be."""
    return [k for k, expected in zip(fresh, count(newest, -1), strict=False) if k == expected]


def _archive(state: FeedState, press: Press, k: int) -> Document:
    rows = press.store.segment_rows(state.key, k)
    then = press.store.feed_data(state.key, upto_n=rows[-1].n if rows else 0)
    then = replace(then, private=state.private)
    erased = press.store.erasing_rows(state.key, k)
    return archive(then, rows, k=k, has_next=k < state.segment - 1, erased=erased)


def _elsewhere(state: FeedState, press: Press, closed: Iterable[int]) -> Iterator[int]:
    """Archives that call our site by an address that it has no more; followed from the newest, a
    reader would be led away (9.9)."""
    here = f"{press.base_url}/".encode()
    for k in closed:
        own = _SELF.search(press.shelf.read(_shelved(state, k)) or b"")
        if own is not None and not own[1].startswith(here):
            yield k


def _changed(document: Document) -> datetime:
    """When it got the bytes it has: `updated` stays what it was where something is withdrawn, and a
    reader who only asks by date is to learn of it all the same."""
    return max([document.updated, *(row.at for row in document.drops)])


def _taken_from_shelf(state: FeedState, press: Press, torn: Iterable[int]) -> list[str]:
    """Of archives that a withdrawal changes, what is kept from when the feed was private, or was
    not; it would be made anew if it were so again. Their names."""
    other = replace(state, private=not state.private)
    return [_shelf_name(other, k) for k in torn if press.shelf.remove(_shelved(other, k))]


def _shelf_name(state: FeedState, k: int) -> str:
    return f"private/{k}.xml" if state.private else f"{k}.xml"


def _shelved(state: FeedState, k: int) -> str:
    """By the feed's id, which a rename does not change."""
    return f"{state.id.rpartition(':')[2]}/{_shelf_name(state, k)}"


def _published(state: FeedState, k: int, body: bytes, press: Press, document: Document) -> bool:
    """Put a closed document where the feed is now; whether its file changed."""
    if state.private:
        body = _addressed(body, state, press)
    path = f"{state.folder}/archive/{k}.xml"
    return press.tree.write(path, body, modified=_changed(document))


_SELF = re.compile(rb'<link rel="self" href="([^"]*)"')  # the first is the feed's own
_OWN_PLACE = re.compile(rf'<link rel="self" href="([^"]*)/{STAND_IN}/'.encode())


def _addressed(body: bytes, state: FeedState, press: Press) -> bytes:
    """With the token in the place of its stand-in, in addresses of our own alone."""
    own = _OWN_PLACE.search(body)  # the first: heads come before entries
    if own is None:
        raise PublishError(f"{state.key}: a kept archive does not say where it is")
    place = f"{press.base_url.rstrip('/')}/private/{state.token}/"
    return body.replace(b'"%s/%s/' % (own[1], STAND_IN.encode()), f'"{place}'.encode())


def _brought_back(
    state: FeedState, press: Press, numbers: Iterable[int], closed: Mapping[int, str]
) -> bool:
    """Closed documents as they were, from the shelf if it has them whole, else from the log."""
    written = False
    for k in sorted(numbers):
        document = _archive(state, press, k)
        body = press.shelf.read(_shelved(state, k))
        if body is None or sha256(body).hexdigest() != closed[k]:
            body = _atom(document, press)
            if sha256(body).hexdigest() != closed[k]:
                raise PublishError(
                    f"{state.key}: the kept copy of archive {k} is damaged and the log no longer "
                    "gives the same bytes; restore store/archive from a backup"
                )
            press.shelf.write(_shelved(state, k), body, modified=_changed(document))
        written |= _published(state, k, body, press, document)
    return written
