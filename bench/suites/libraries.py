"""What gofeed, feed-rs, rss-parser and feedsmith expect, from their JSON, as claims."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from bench.suites.claims import FEED, Claim, claims, each, texts
from bench.suites.documents import Document

_Said = Mapping[str, Any]


def expected(document: Document) -> Iterator[Claim]:
    """All that the suite's own reading says of fields of ours."""
    if document.answer is None:
        return
    said = json.loads(document.answer.read_text("utf-8"))
    readers = {
        "gofeed": _json_feed if document.is_json else _gofeed,
        "feed-rs": _feed_rs,
        "rss-parser": _rss_parser,
        "feedsmith": _feedsmith,
    }
    if document.set in readers and isinstance(said, dict):
        yield from readers[document.set](said)


# ------------------------------------------------------------------ gofeed


def _gofeed(said: _Said) -> Iterator[Claim]:
    yield from claims(
        FEED,
        {
            "title": said.get("title"),
            "link": said.get("link"),
            "rights": said.get("copyright"),
            "updated": moment(said.get("updatedParsed")),
            "author.names": _names(said.get("authors")),
        },
    )
    for at, item in enumerate(said.get("items") or ()):
        yield from claims(
            at,
            {
                "title": item.get("title"),
                "link": item.get("link"),
                "id": item.get("guid"),
                "summary": item.get("description"),
                "content": item.get("content"),
                "published": moment(item.get("publishedParsed")),
                "updated": moment(item.get("updatedParsed")),
                "author.names": _names(item.get("authors")),
                "categories": texts(item.get("categories") or ()),
                "image": _of(item, "image", "url"),
            },
        )
        yield from _each_of(at, "author.email", item.get("authors"), "email")
        yield from _files(at, item.get("enclosures"), "url", "type", "length")
        yield from each(at, "address", item.get("links") or ())


def _json_feed(said: _Said) -> Iterator[Claim]:
    """The parsed JSON Feed, in the format's own words."""
    yield from claims(
        FEED,
        {
            "title": said.get("title"),
            "link": said.get("home_page_url") or said.get("link"),
            "author.names": _names(said.get("authors") or [said.get("author") or {}]),
        },
    )
    for at, item in enumerate(said.get("items") or ()):
        yield from claims(
            at,
            {
                "id": item.get("id") or item.get("guid"),
                "link": item.get("url") or item.get("link"),
                "title": item.get("title"),
                "content": _first(item, "content_html", "content_text", "content"),
                "summary": item.get("summary") or item.get("description"),
                "published": moment(item.get("date_published") or item.get("published")),
                "updated": moment(item.get("date_modified") or item.get("updated")),
                "categories": texts(item.get("tags") or item.get("categories") or ()),
                "author.names": _names(item.get("authors") or [item.get("author") or {}]),
                "image": _of(item, "image", "url") or item.get("image"),
                "address": item.get("external_url"),
            },
        )
        yield from _files(at, item.get("attachments"), "url", "mime_type", "size_in_bytes")
        yield from _files(at, item.get("enclosures"), "url", "type", "length")


# ------------------------------------------------------------------ feed-rs


def _feed_rs(said: _Said) -> Iterator[Claim]:
    """It makes up the ids that a feed lacks: those are 32 hex digits, and say nothing."""
    yield from claims(
        FEED,
        {
            "title": _of(said, "title", "content"),
            "id": _own_id(said),
            "rights": _of(said, "rights", "content"),
            "author.names": _names(said["authors"]),
        },
    )
    for at, entry in enumerate(said["entries"]):
        yield from claims(
            at,
            {
                "id": _own_id(entry),
                "title": _of(entry, "title", "content"),
                "summary": _of(entry, "summary", "content"),
                "content": _of(entry, "content", "body"),
                "published": moment(entry["published"]),
                "updated": moment(entry["updated"]),
                "author.names": _names(entry["authors"]),
                "contributor.names": _names(entry["contributors"]),
                "categories": texts(one["term"] for one in entry["categories"]),
                "rights": _of(entry, "rights", "content"),
                "language": entry["language"],
            },
        )
        yield from _each_of(at, "author.email", entry["authors"], "email")
        yield from _each_of(at, "author.uri", entry["authors"], "uri")
        yield from _each_of(at, "category.scheme", entry["categories"], "scheme")
        yield from _each_of(at, "category.label", entry["categories"], "label")
        yield from _each_of(at, "address", entry["links"], "href")
        for media in entry["media"]:
            yield from _feed_rs_media(at, media)


def _feed_rs_media(at: int, media: _Said) -> Iterator[Claim]:
    for content in media["content"]:
        yield from each(at, "media", [content["url"]])
    yield from _each_of(at, "credit", media["credits"], "entity")
    small = texts(_of(thumbnail, "image", "uri") for thumbnail in media["thumbnails"])
    yield from claims(at, {"picture": small})


def _own_id(said: _Said) -> str:
    made_up = len(said["id"]) > 24 and not set(said["id"]) - set("0123456789abcdef-")
    return "" if made_up else str(said["id"])


# ------------------------------------------------------------------ rss-parser


def _rss_parser(said: _Said) -> Iterator[Claim]:
    feed = said["feed"]
    yield from claims(FEED, {"title": feed.get("title"), "link": feed.get("link")})
    for at, item in enumerate(feed.get("items") or ()):
        yield from claims(
            at,
            {
                "title": item.get("title") if isinstance(item.get("title"), str) else None,
                "link": item.get("link"),
                "id": item.get("guid") or item.get("id") or item.get("rdf:about"),
                "any date": moment(item.get("isoDate")),
                "content": item.get("content:encoded"),
                "summary": item.get("content"),
                "author": item.get("creator") if isinstance(item.get("creator"), str) else None,
                "categories": texts(item.get("categories") or ()),
                "enclosure": _of(item, "enclosure", "url"),
                "enclosure.type": _of(item, "enclosure", "type"),
                "itunes:duration": _of(item, "itunes", "duration"),
                "itunes:episode": _of(item, "itunes", "episode"),
                "itunes:episodetype": _of(item, "itunes", "episodeType"),
                "picture": texts([_of(item, "itunes", "image")]),
                "replies": item.get("comments"),
            },
        )
        group = item.get("media:group") or {}
        small = tuple(one["$"]["url"] for one in group.get("media:thumbnail", ()))
        yield from claims(at, {"picture": small})


# ------------------------------------------------------------------ feedsmith


def _feedsmith(said: _Said) -> Iterator[Claim]:
    yield from claims(FEED, {"title": _text(said.get("title")), "id": said.get("id")})
    yield from claims(FEED, {"link": said.get("link"), "rights": _text(said.get("rights"))})
    for at, item in enumerate(said.get("entries") or said.get("items") or ()):
        yield from claims(
            at,
            {
                "title": _text(item.get("title")),
                "id": item.get("id") or _of(item, "guid", "value") or _of(item, "rdf", "about"),
                "link": item.get("link"),
                "summary": _text(item.get("summary")) or item.get("description"),
                "content": _text(item.get("content")),
                "published": moment(item.get("published") or item.get("pubDate")),
                "updated": moment(item.get("updated")),
                "rights": _text(item.get("rights")),
                "replies": item.get("comments"),
                "origin.title": _text(_of(item, "source", "title")),
                "origin.id": _of(item, "source", "id"),
            },
        )
        people = item.get("authors") or ()
        if people and isinstance(people[0], str):
            yield from each(at, "author", people)
        else:
            yield from claims(at, {"author.names": _names(people)})
            yield from _each_of(at, "author.email", people, "email")
            yield from _each_of(at, "author.uri", people, "uri")
        yield from claims(at, {"contributor.names": _names(item.get("contributors"))})
        subjects = item.get("categories") or ()
        terms = texts(one.get("term") or one.get("name") for one in subjects)
        yield from claims(at, {"categories": terms})
        for part in ("scheme", "label"):
            yield from _each_of(at, f"category.{part}", subjects, part)
        yield from _files(at, item.get("enclosures"), "url", "type", "length")
        yield from _each_of(at, "address", item.get("links"), "href")
        yield from _feedsmith_spaces(at, item)


def _feedsmith_spaces(at: int, item: _Said) -> Iterator[Claim]:
    """Namespaces."""
    terms = item.get("dc") or {}
    yield from each(at, "author", terms.get("creators") or [terms.get("creator")])
    yield from each(at, "category", terms.get("subjects") or [terms.get("subject")])
    yield from each(at, "content", [_of(item, "content", "encoded")])
    itunes = item.get("itunes") or {}
    yield from claims(at, {"picture": texts([itunes.get("image")])})
    yield from each(at, "itunes:episode", [itunes.get("episode")])
    media = item.get("media") or {}
    yield from _each_of(at, "media", media.get("contents"), "url")
    small = texts(one.get("url") for one in media.get("thumbnails") or ())
    yield from claims(at, {"picture": small})
    yield from _each_of(at, "credit", media.get("credits"), "value")
    podcast = item.get("podcast") or {}
    yield from _each_of(at, "transcript", podcast.get("transcripts"), "url")
    thread = item.get("thr") or {}
    for reply in thread.get("inReplyTos") or ():
        yield from each(at, "in-reply-to", [reply.get("href") or reply.get("ref")])
    point = _of(item, "georss", "point")
    if isinstance(point, dict):
        yield Claim(at, "place", (point["lat"], point["lng"]))


# ------------------------------------------------------------------ parts


def moment(text: Any) -> datetime | None:
    """RFC 3339 or RFC 822, without a zone UTC; None for anything else."""
    if not isinstance(text, str) or not text.strip():
        return None
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            at = read(text.strip())
        except (ValueError, IndexError):
            continue
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    return None


def _of(said: _Said, outer: str, inner: str) -> Any:
    value = said.get(outer)
    return value.get(inner) if isinstance(value, Mapping) else None


def _first(said: _Said, *names: str) -> Any:
    return next((said[name] for name in names if said.get(name)), None)


def _text(value: Any) -> Any:
    """A string, or one under `value` beside its type."""
    return value.get("value") if isinstance(value, Mapping) else value


def _names(people: Iterable[_Said] | None) -> tuple[str, ...]:
    return texts(one.get("name") for one in people or ())


def _each_of(at: int, field: str, things: Iterable[Any] | None, key: str) -> Iterator[Claim]:
    return each(at, field, (one.get(key) for one in things or () if isinstance(one, Mapping)))


def _files(
    at: int, things: Iterable[_Said] | None, url: str, kind: str, length: str
) -> Iterator[Claim]:
    yield from _each_of(at, "enclosure", things, url)
    yield from _each_of(at, "enclosure.type", things, kind)
    yield from each(at, "enclosure.length", (_number(one.get(length)) for one in things or ()))


def _number(value: Any) -> int | None:
    return int(value) if str(value or "").isdigit() and int(value) else None
