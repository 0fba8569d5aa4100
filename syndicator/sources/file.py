"""Local files: a feed, JSON Lines, an HTML page, or a folder of pages.

They lie below the folder of [files], and a source names them relative to it. Nothing is asked over
the network for them. Only files that changed are read again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import PurePosixPath
from urllib.parse import quote, urljoin

from syndicator.errors import ParseError, RefusedError, SandboxError
from syndicator.model import Document, Draft, Kind, Origin, ParsedFeed, Source
from syndicator.sources.folder import Folder, Found
from syndicator.sources.inside import FeedDigest
from syndicator.sources.inside_files import digest_file, draft_page
from syndicator.sources.reading import Desk, Reading
from syndicator.sources.round import LONGEST
from syndicator.text import urls
from syndicator.text.clean import squash
from syndicator.text.ids import minted

ROLE = "file"  # of a Document; its URL is the path of the file
_MARK = "mark"  # in `said`: time and size of the file as it was read
_AT_ONCE = 200  # pages in one refresh
_PAGES = (".html", ".htm", ".xhtml")
_LINES = (".jsonl", ".ndjson")
_HTML = (b"<!doctype html", b"<html")


def read(source: Source, desk: Desk) -> Reading:
    """One refresh: the file, or the files of the folder that are new or have changed.

    Raises:
        SourceError: there is no such file, or it cannot be read as what it should be.
    """
    if desk.files is None:
        raise RefusedError('a source of kind "file" needs `folder` in [files]')
    folder = Folder(root=desk.files, name=source.url)
    known = {each.url: each for each in desk.articles.documents(source.id) if each.role == ROLE}
    trip = _Trip(source=source, desk=desk, folder=folder, known=known)
    reading = _file(trip) if folder.is_file else _folder(trip)
    return replace(reading, documents=tuple(trip.documents), counts=dict(trip.counts))


@dataclass(slots=True, kw_only=True)
class _Trip:
    """One refresh, and what is known of each file."""

    source: Source
    desk: Desk
    folder: Folder
    known: Mapping[str, Document]
    documents: list[Document] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def changed(self, found: Found) -> bytes | None:
        """The bytes of a file, unless they are those that were read last."""
        before = self.known.get(found.path)
        if before and before.said.get(_MARK) == found.mark:
            return None
        body = self.folder.read(found.path)
        if before and before.body_sha256 == sha256(body).hexdigest():
            self.keep(found, body, key=before.article_key, error=before.error)
            return None
        return body

    def keep(self, found: Found, body: bytes, *, key: str = "", error: str = "") -> None:
        """Remember a file as it was read."""
        self.documents.append(
            Document(
                url=found.path,
                role=ROLE,
                body_sha256=sha256(body).hexdigest(),
                article_key=key,
                fetched_at=self.desk.clock.now(),
                failures=1 if error else 0,
                error=error,
                said={_MARK: found.mark},
            )
        )


# ------------------------------------------------------------------ one file


def _file(trip: _Trip) -> Reading:
    (found,) = trip.folder.files(_is_any)
    body = trip.changed(found)
    if body is None:
        return Reading(source=_described(trip.source, ParsedFeed(version=""), found.path))
    if _is_page(found.path, body):
        draft = _page(trip, found, body)
        trip.keep(found, body, key=draft.key)
        source = _described(trip.source, ParsedFeed(version=""), found.path)
        return Reading(source=source, drafts=(draft,), keys=frozenset({draft.key}))
    known = trip.desk.articles.seen(trip.source.id)
    digest = _digested(trip, found, body, known)
    trip.keep(found, body)
    trip.counts.update(digest.cut)
    return Reading(
        source=_described(trip.source, digest.feed, found.path),
        drafts=digest.drafts,
        seen=digest.seen,
        gone=tuple(sorted(known.keys() - digest.keys)) if digest.feed.complete else (),
        listed=len(digest.keys),
        keys=digest.keys,
        notes=digest.feed.notes,
    )


def _is_any(_: str) -> bool:
    return True


def _is_page(path: str, body: bytes) -> bool:
    start = body[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return path.lower().endswith(_PAGES) or start.startswith(_HTML)


def _digested(trip: _Trip, found: Found, body: bytes, known: Mapping[str, str]) -> FeedDigest:
    try:
        return trip.desk.sandbox.call(
            digest_file,
            body,
            jsonl=found.path.lower().endswith(_LINES),
            url=urls.absolute(trip.source.settings.homepage, ""),
            settings=trip.source.settings,
            seen=known,
            now=trip.desk.clock.now(),
        )
    except SandboxError as error:
        raise ParseError(str(error)) from error


def _described(source: Source, feed: ParsedFeed, path: str) -> Source:
    """The source with what its file says of itself; the path stays in the house."""
    known = source.origin
    title = squash(feed.title) or (known.title if known else "") or PurePosixPath(path).name
    origin = Origin(
        id=feed.id or feed.self_url or minted(source.first_url, source.first_url),
        title=title,
        url=urls.absolute(feed.url or source.settings.homepage, ""),
        self_url=urls.absolute(feed.self_url, ""),
        updated_at=feed.updated_at,
        authors=feed.authors,
        categories=feed.categories,
        rights=squash(feed.rights),
    )
    if known and not feed.version:
        origin = known
    return replace(source, kind=Kind.FILE, title=source.settings.title or title, origin=origin)


# ------------------------------------------------------------------ a folder of pages


def _folder(trip: _Trip) -> Reading:
    found = trip.folder.files(_is_wanted)
    until = trip.desk.clock.now() + LONGEST
    drafts: list[Draft] = []
    left = _left(trip, found)
    for each in left[:_AT_ONCE]:
        if trip.desk.clock.now() >= until:
            break
        if draft := _one(trip, each):
            drafts.append(draft)
    if trip.documents:
        trip.counts.update(trip.folder.counts)
    if not drafts and not trip.known and trip.documents:
        raise ParseError(f"no article was found in its files: {trip.documents[0].error}")
    name = PurePosixPath(trip.source.url).name or trip.source.url
    return Reading(
        source=_described(trip.source, ParsedFeed(version=""), name),
        drafts=tuple(drafts),
        keys=frozenset(each.path for each in found),
        more=len(left) > len(trip.documents),
    )


def _is_wanted(name: str) -> bool:
    return name.lower().endswith(_PAGES)


def _left(trip: _Trip, found: list[Found]) -> list[Found]:
    """Files whose time or size is not the one that was read."""
    return [
        each
        for each in found
        if (before := trip.known.get(each.path)) is None or before.said.get(_MARK) != each.mark
    ]


def _one(trip: _Trip, found: Found) -> Draft | None:
    """The article of one file; a file that shows none is remembered until it changes."""
    body = b""
    try:
        changed = trip.changed(found)
        if changed is None:
            return None
        body = changed
        draft = _page(trip, found, body)
    except ParseError as error:
        trip.keep(found, body, error=str(error))
        trip.counts["files unreadable"] += 1
        return None
    trip.keep(found, body, key=draft.key)
    return draft


def _page(trip: _Trip, found: Found, body: bytes) -> Draft:
    try:
        return trip.desk.sandbox.call(
            draft_page,
            body,
            name=found.path,
            url=_address(trip.source, found),
            settings=trip.source.settings,
            now=trip.desk.clock.now(),
        )
    except SandboxError as error:
        raise ParseError(str(error)) from error


def _address(source: Source, found: Found) -> str:
    """Where a file stands on the web, if `homepage` says where the folder does."""
    home = source.settings.homepage
    return urls.absolute(urljoin(home.rstrip("/") + "/", quote(found.path)), "") if home else ""
