"""RSS, Atom and CDF as feedparser reads them, turned into our words.

feedparser runs light: it neither sanitises nor resolves addresses in HTML, both of which is done
later and better. It gets the document without prolog, in UTF-8, with nothing it could open or
fetch, and no Content-Location, which would make ids absolute.
"""

from __future__ import annotations

import io
import re
import xml.sax
from collections.abc import Iterator, Sequence
from dataclasses import replace

import feedparser

from syndicator.errors import ParseError
from syndicator.model import ParsedEntry, ParsedFeed, Person
from syndicator.stages.parse import buffered, fields
from syndicator.stages.parse.clear import clear_items, read_head
from syndicator.stages.parse.extras import Extras, ItemExtras, read_extras
from syndicator.stages.parse.prefilter import Span, item_spans, without
from syndicator.stages.parse.prolog import Opened
from syndicator.stages.parse.tree import Tree, read_tree
from syndicator.stages.parse.xmlentry import read_entry
from syndicator.text import people

buffered.use_it()

_DECLARATION = "<?xml version='1.0' encoding='utf-8'?>"


def parse_xml(
    opened: Opened,
    *,
    url: str,
    note: str = "",
    spans: Sequence[Span] = (),
    all_by_feedparser: bool = False,
) -> ParsedFeed:
    """The feed that the document is.

    Args:
        spans: where its items begin and end, when that is known already.
        all_by_feedparser: clear items too, to compare.

    Raises:
        ParseError: feedparser finds neither a version nor an entry in it, or it breaks off before
            the first entry.
    """
    tree = read_tree(opened.body.encode("utf-8", "replace"))
    others = None if all_by_feedparser else _without_clear(opened, tree, spans)
    result = others or _read(opened)
    version = "rss091n" if opened.netscape else fields.text(result, "version")
    broken = _broken(result)
    if not version and not result["entries"]:
        raise ParseError(f"answered a document of <{opened.root}>, which is no feed")
    if broken and not result["entries"] and not _is_closed(opened):
        raise ParseError(f"answered a feed that breaks off before its first entry: {broken}")
    extras = read_extras(tree)
    feed: fields.Raw = result["feed"]
    by_rel = {link.rel: link.url for link in fields.links(feed)}
    return ParsedFeed(
        version=version,
        title=fields.plain(feed, "title"),
        subtitle=fields.plain(feed, "subtitle"),
        id=fields.text(feed, "id"),
        url=fields.text(feed, "link"),
        self_url=by_rel.get("self", ""),
        language=fields.text(feed, "language"),
        authors=_authors(feed, extras),
        categories=fields.categories(feed),
        rights=fields.plain(feed, "rights"),
        icon=_icon(feed),
        updated_at=fields.moment(feed, "updated") or fields.moment(feed, "published"),
        entries=tuple(_entries(result, extras, url=url, atom=version.startswith("atom"))),
        tombstones=extras.tombstones,
        links=tuple(fields.links(feed)),
        complete=extras.complete and (not broken or _is_closed(opened)),
        ttl_s=extras.ttl_s,
        skip_hours=extras.skip_hours,
        skip_days=extras.skip_days,
        notes=tuple(one for one in (note, broken) if one),
    )


def _without_clear(opened: Opened, tree: Tree | None, spans: Sequence[Span]) -> fields.Raw | None:
    """What feedparser says, or would say: items that are clear are not shown to it, and the
    document neither where all of it is.

    Returns: None where it has to see the whole.
    """
    clear = clear_items(tree) if tree else None
    if tree is None or clear is None:
        return None
    if None not in clear and (head := read_head(tree.root)):
        return {**head, "entries": clear}
    if not any(clear):
        return None
    spans = spans or item_spans(opened.body)
    if len(spans) != len(clear):
        return None
    taken = [span for span, item in zip(spans, clear, strict=True) if item is not None]
    result = _read(replace(opened, body=without(opened.body, taken)))
    others = iter(result["entries"])
    if _broken(result) or len(result["entries"]) != clear.count(None):
        return None
    return {**result, "entries": [next(others) if item is None else item for item in clear]}


def _read(opened: Opened) -> fields.Raw:
    try:
        result: fields.Raw = feedparser.parse(
            io.BytesIO(_document(opened).encode("utf-8", "replace")),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except (RecursionError, AssertionError) as error:
        raise ParseError("answered a feed that is nested too deep or is too odd") from error
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError) as error:
        raise ParseError(f"answered a feed that feedparser cannot read: {error}") from error
    return result


def _document(opened: Opened) -> str:
    """The document under a prolog of ours, with the entities it uses and nothing else."""
    declared = "".join(f'<!ENTITY {name} "{value}">\n' for name, value in opened.entities.items())
    doctype = f"<!DOCTYPE feed [\n{declared}]>\n" if declared else ""
    return f"{_DECLARATION}\n{doctype}{opened.body}"


def _broken(result: fields.Raw) -> str:
    error = fields.raw(result, "bozo_exception")
    if not isinstance(error, xml.sax.SAXParseException):
        return ""
    return f"not well-formed XML: {error.getMessage()}, line {error.getLineNumber()}"


def _is_closed(opened: Opened) -> bool:
    """Whether its root ends; then a feed without entries is an empty one, blemish or not (C24)."""
    return bool(re.search(rf"</(?:[\w.\-]+:)?{opened.root}\s*>", opened.body, re.IGNORECASE))


def _entries(result: fields.Raw, extras: Extras, *, url: str, atom: bool) -> Iterator[ParsedEntry]:
    found = result["entries"]
    items = extras.items if len(extras.items) == len(found) else [ItemExtras()] * len(found)
    for entry, item in zip(found, items, strict=True):
        yield read_entry(entry, item, url=url, atom=atom)


def _authors(feed: fields.Raw, extras: Extras) -> tuple[Person, ...]:
    """feedparser mixes the owner of a podcast up with its authors."""
    found = fields.persons(feed, "authors")
    if not extras.podcast_owner:
        return found
    others = [one for one in found if one.email != extras.podcast_owner]
    named = [person for name in extras.podcast_authors for person in people.credited(name)]
    return people.unique([*named, *others]) or found


def _icon(feed: fields.Raw) -> str:
    image = fields.raw(feed, "image") or {}
    return fields.text(feed, "icon") or fields.text(feed, "logo") or fields.text(image, "href")
