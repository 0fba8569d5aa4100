"""From the bytes of a feed to what it says, untrusted still (C23, C24, R10 to R16).

    encoding   bytes to characters, in the order of C24
    prolog     what the first element is; the document type is taken off here
    xmlfeed    RSS, Atom, CDF: feedparser reads them ...
    clear      ... but for the items of which nobody could make anything else ...
    buffered   ... with its texts in one piece each, which is faster ...
    xmlentry   ... entry by entry, field by field (fields) ...
    bodies     ... with the right text as the body ...
    extras     ... and lxml adds what feedparser loses: tombstones, pictures (media, tree)
    jsonfeed   JSON Feed
    jsonlines  an article a line, for local files
    prefilter  items that are as they were, left out before parsing
    limits     R13 and R14 for all of it

A document is what its first element says, whatever its media type. One that is broken but yields
entries is accepted with a note, and without the entry in which it breaks off; one that yields
neither version nor entries, or that breaks off before its first entry, is a ParseError.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Mapping
from dataclasses import replace

from syndicator.errors import ParseError
from syndicator.model import ParsedFeed
from syndicator.stages.parse.encoding import Decoded, decode
from syndicator.stages.parse.jsonfeed import parse_json
from syndicator.stages.parse.jsonlines import parse_lines
from syndicator.stages.parse.limits import TITLE, fewer_items, limited, whole_items
from syndicator.stages.parse.prefilter import Sifted, root_tag, sift
from syndicator.stages.parse.prolog import Opened, opened
from syndicator.stages.parse.xmlfeed import parse_xml
from syndicator.text.clean import writable

__all__ = ["parse_feed", "parse_jsonl"]


def parse_feed(
    body: bytes, *, headers: Mapping[str, str], url: str, known: Container[str] = ()
) -> ParsedFeed:
    """What the feed in `body` says.

    Args:
        headers: of the answer, names in lower case; used are Content-Type's charset and
            Content-Language.
        url: of the document, for what in it is relative.
        known: marks of raw items that need not be parsed again; they come back as `dropped`.

    Raises:
        ParseError: it is not a feed; the text says what it is instead, as far as we can tell.
    """
    decoded = decode(body, headers.get("content-type", ""))
    feed = _parsed(decoded, url=url, known=known)
    served = headers.get("content-language", "")
    return replace(feed, served_language=served[:TITLE]) if served else feed


def _parsed(decoded: Decoded, *, url: str, known: Container[str]) -> ParsedFeed:
    text = decoded.text.lstrip("\ufeff \t\r\n\x00")
    if text.startswith(("{", "[")):
        return limited(parse_json(text, note=decoded.note))
    document, torn = whole_items(opened(writable(text)))
    shorter, over = fewer_items(document)
    sifted = sift(shorter, known) if not over else None
    if sifted is not None and sifted.dropped:
        feed = _sifted(sifted, document, url=url, note=decoded.note)
        if feed is not None:
            return feed
    cut = {"items": over, "items cut off": torn}
    whole = sift(shorter, ()) if sifted is not None and sifted.dropped else sifted
    spans = whole.spans if whole else ()
    feed = limited(parse_xml(shorter, url=url, note=decoded.note, spans=spans), already_cut=cut)
    if whole is None or len(whole.kept) != len(feed.entries):
        return feed
    return replace(feed, marks=whole.kept, inherited=_inherited(feed, document))


def parse_jsonl(body: bytes) -> ParsedFeed:
    """What a file of JSON Lines says. Raises ParseError: no line of it holds an article."""
    return limited(parse_lines(decode(body, "").text.lstrip("\ufeff")))


def _sifted(sifted: Sifted, document: Opened, *, url: str, note: str) -> ParsedFeed | None:
    """The feed without known items; None where leaving them out could change what is read."""
    try:
        feed = limited(parse_xml(sifted.document, url=url, note=note, spans=sifted.spans))
    except ParseError:
        return None
    if len(feed.entries) != len(sifted.kept) or feed.notes:
        return None  # a document that is not well-formed is read differently in part
    return replace(
        feed, marks=sifted.kept, dropped=sifted.dropped, inherited=_inherited(feed, document)
    )


def _inherited(feed: ParsedFeed, document: Opened) -> str:
    stated = (feed.language, feed.authors, feed.rights, feed.title, root_tag(document))
    return hashlib.sha256(repr(stated).encode("utf-8", "surrogatepass")).hexdigest()[:16]
