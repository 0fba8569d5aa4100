"""What parsers are known to get otherwise: the release, the formats, and what they say instead.

Anything else that differs from the model fails the round trip. Whoever raises a version looks
whether the gap is still there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from lxml import html

from tests.publish.roundtrip.said import Said

ATOM, RSS, JSON = "atom.xml", "rss.xml", "feed.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One thing that one parser says otherwise; `heard` turns what we mean into what it says.

    Args:
        both: its own words have to be brought into that form as well.
    """

    parser: str
    version: str
    formats: tuple[str, ...]
    why: str
    heard: Callable[[Said], Said]
    both: bool = False


def _canonical(said: Said) -> Said:
    """Markup by its tags, attributes in one order, and text; however it was written."""
    if not said.html:
        return said
    return replace(said, html="".join(_shape(html.fragment_fromstring(said.html, "div"))))


def _shape(node: html.HtmlElement) -> list[str]:
    words = [f"<{node.tag} {sorted(node.attrib.items())}>", " ".join((node.text or "").split())]
    for child in node:
        words += [*_shape(child), " ".join((child.tail or "").split())]
    return words


GAPS = (
    Gap(
        parser="fastfeedparser",
        version="0.6.5",
        formats=(ATOM, RSS, JSON),
        why="keeps the first author only",
        heard=lambda said: replace(said, authors=said.authors[:1]),
    ),
    Gap(
        parser="fastfeedparser",
        version="0.6.5",
        formats=(ATOM,),
        why="takes updated for published where there is none",
        heard=lambda said: replace(said, published=said.published or said.updated),
    ),
    Gap(
        parser="rss-parser",
        version="3.13.0",
        formats=(ATOM,),
        why="takes updated for published where there is none",
        heard=lambda said: replace(said, published=said.published or said.updated),
    ),
    Gap(
        parser="atoma",
        version="0.0.17",
        formats=(RSS,),
        why="knows neither dc:creator nor atom:updated",
        heard=lambda said: replace(said, authors=(), updated=None),
    ),
    Gap(
        parser="atoma",
        version="0.0.17",
        formats=(JSON,),
        why="knows the one author of JSON Feed 1.0, not the authors of 1.1",
        heard=lambda said: replace(said, authors=()),
    ),
    Gap(
        parser="reader",
        version="3.26",
        formats=(ATOM, RSS),
        why="keeps the last author only",
        heard=lambda said: replace(said, authors=said.authors[-1:]),
    ),
    Gap(
        parser="reader",
        version="3.26",
        formats=(RSS,),
        why="cuts an author at commas",
        heard=lambda said: replace(
            said, authors=tuple(one.strip() for name in said.authors for one in name.split(","))
        ),
    ),
    Gap(
        parser="reader",
        version="3.26",
        formats=(ATOM, RSS),
        why="writes the markup anew when it cleans it",
        heard=_canonical,
        both=True,
    ),
)
# Parsers that do not know a format at all.
UNKNOWN = {("feedparser", JSON): "6.0.14", ("rss-parser", JSON): "3.13.0"}


def heard(parser: str, name: str, ours: Said) -> Said:
    """What a parser is to say of an entry in a document of that name."""
    for gap in _of(parser, name):
        ours = gap.heard(ours)
    return ours


def told(parser: str, name: str, theirs: Said) -> Said:
    """What it says, in the form in which it can be compared."""
    for gap in _of(parser, name):
        theirs = gap.heard(theirs) if gap.both else theirs
    return theirs


def _of(parser: str, name: str) -> list[Gap]:
    return [gap for gap in GAPS if gap.parser == parser and name in gap.formats]
