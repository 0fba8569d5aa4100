"""Lists of feeds for others to read, as OPML 2.0: what we publish, what we read (P36)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml import etree

from syndicator.addresses import is_local_name
from syndicator.model import FeedState, Kind, Source
from syndicator.redaction import redacted
from syndicator.text.clean import squash
from syndicator.text.urls import absolute


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """One line of a list.

    Args:
        url: of the feed; of the page, where there is no feed (`is_feed` false).
        page: for people.
        folders: subjects it is filed under.
    """

    text: str
    url: str
    is_feed: bool = True
    page: str = ""
    description: str = ""
    language: str = ""
    folders: tuple[str, ...] = ()


def write_opml(outlines: Iterable[Outline], *, title: str) -> bytes:
    """The list; the same outlines give the same bytes. All texts have to be clean (R14)."""
    root = etree.Element("opml", version="2.0")
    head, body = etree.SubElement(root, "head"), etree.SubElement(root, "body")
    etree.SubElement(head, "title").text = squash(title)
    for one in outlines:
        etree.SubElement(body, "outline", _facts(one))
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)


def _facts(one: Outline) -> dict[str, str]:
    address = (
        {"type": "rss", "xmlUrl": one.url} if one.is_feed else {"type": "link", "url": one.url}
    )
    facts = {
        "text": one.text,
        "title": one.text,
        **address,
        "htmlUrl": one.page,
        "description": one.description,
        "language": one.language,
        "category": ",".join(f"/{folder}" for folder in one.folders),
    }
    return {name: value for name, value in facts.items() if value}


# ------------------------------------------------------------------ what we publish


def feeds(known: Iterable[FeedState], *, base_url: str) -> list[Outline]:
    """Public feeds of ours."""
    return [_of_feed(feed, base_url.rstrip("/")) for feed in known]


def _of_feed(feed: FeedState, base_url: str) -> Outline:
    place = f"{base_url}/themes/{feed.key}"
    title = squash(feed.data.title)
    return Outline(
        text=f"{title} ({feed.language})" if feed.language else title,
        url=f"{place}/atom.xml",
        page=f"{place}/",
        description=squash(feed.data.subtitle),
        language=feed.language or feed.data.language,
    )


# ------------------------------------------------------------------ what we read


def sources(known: Iterable[Source]) -> list[Outline]:
    """All but local files under the addresses where they are read now, for our own use.

    Every kind of source passes for a feed: reading the list again finds out what it is.
    """
    return [line for line in map(_of_source, known) if line]


def public_sources(
    known: Iterable[Source], *, base_url: str, public_themes: Collection[str]
) -> list[Outline]:
    """Sources as strangers may know them.

    Left out is what its owner keeps private, what is read with a password or token, and what lies
    at a private address, unless our own site does: then whoever sees the list is inside as well.

    Args:
        public_themes: slugs of those that may be named.
    """
    lines = (_of_public_source(source, base_url, public_themes) for source in known)
    return [line for line in lines if line]


def _of_source(source: Source) -> Outline | None:
    url = absolute(redacted(source.url), "")
    if not url:
        return None
    return Outline(
        text=_name(source),
        url=url,
        page=absolute(_home(source), ""),
        folders=source.settings.themes,
    )


def _of_public_source(
    source: Source, base_url: str, public_themes: Collection[str]
) -> Outline | None:
    settings = source.settings
    secret = settings.username or settings.password_file or settings.headers
    url = _public(source.url, base_url)
    if not settings.public or secret or source.kind is Kind.FILE or not url:
        return None
    return Outline(
        text=_name(source),
        url=url,
        is_feed=source.kind in (Kind.FEED, Kind.AUTO),
        page=_public(_home(source), base_url),
        folders=tuple(slug for slug in settings.themes if slug in public_themes),
    )


def _public(url: str, base_url: str) -> str:
    """The address if anybody may know it and can go there, else ""."""
    shown = absolute(url, "")
    if not shown or redacted(shown) != shown or redacted(url) != url:
        return ""
    host, ours = urlsplit(shown).hostname or "", urlsplit(base_url).hostname or ""
    return "" if is_local_name(host) and not is_local_name(ours) else shown


def _name(source: Source) -> str:
    return squash(source.title) or source.id


def _home(source: Source) -> str:
    return source.settings.homepage or (source.origin.url if source.origin else "")
