"""Whether two texts are one and the same article, though some of their words are others.

A copy may be cut, carry a line of its own in front and a footer behind, be edited here and there.
What makes a different article of the same words is what stands in their midst: reports after one
template say the same but for a number or a name. So it is looked at which words the two share, in
runs of four, and what stands in one where the other says something else.

Precision goes before all: a story that is shown twice is a nuisance, an article that is taken for
another is not shown at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from syndicator.model import Content, Likely, Telling
from syndicator.text.bands import MOST, RUN
from syndicator.text.plain import cased_words, in_pairs
from syndicator.text.urls import canonical

OF_SHORTER, OF_LONGER = 0.85, 0.5  # shared at least
REPLACED = 0.02  # of the words that are shared, at most, by others

_Span = tuple[int, int]


def telling(
    content: Content, *, story_hash: str, bands: tuple[int, ...], seen_at: datetime
) -> Telling:
    """How a new article is known to tell what another told.

    Args:
        story_hash, bands: as `stages.fingerprint.told` makes them.
        seen_at: stands for a date that it does not give.
    """
    return Telling(
        story_hash=story_hash,
        canonical_url=canonical(content.canonical_url or content.url),
        title=content.title,
        language=content.language,
        bands=bands,
        published_at=content.published_at or seen_at,
    )


def same_stories(tellings: Mapping[str, Telling], same: Mapping[Telling, str]) -> dict[str, str]:
    """Key -> the story that another source told in the very same words.

    What one source tells twice is two stories: each is given once.

    Args:
        tellings: key -> how it is known, of new articles of one source.
        same: story by that.
    """
    found: dict[str, str] = {}  # story -> key
    for key, telling in tellings.items():
        if telling in same:
            found.setdefault(same[telling], key)
    return {key: story for story, key in found.items()}


def near_stories(
    texts: Mapping[str, str], likely: Mapping[str, Sequence[Likely]], given: Iterable[str]
) -> dict[str, str]:
    """Key -> the story that another source told in nearly the same words, likewise.

    Args:
        texts: key -> text, of new articles of one source.
        likely: key -> articles that may tell it.
        given: stories that articles of this source tell already.
    """
    found: dict[str, str] = {}
    taken = set(given)
    for key, text in texts.items():
        others = [one for one in likely.get(key, ()) if one.story not in taken]
        if its := recognise(text, others):
            found[key] = its.story
            taken.add(its.story)
    return found


def recognise(text: str, others: Sequence[Likely]) -> Likely | None:
    """The first of others that tells the same as a text."""
    if not others:
        return None  # as most often: then the text need not be cut
    mine = _Words.of(text)
    return next((one for one in others if _same(mine, _Words.of(one.text))), None)


@dataclass(frozen=True, slots=True)
class _Words:
    """A text in words, as written and without regard to case."""

    written: Sequence[str]
    folded: Sequence[str]

    @staticmethod
    def of(text: str) -> _Words:
        written = in_pairs(cased_words(text), MOST)
        return _Words(written, [word.casefold() for word in written])

    def runs(self) -> Iterator[tuple[str, ...]]:
        return zip(*(self.folded[n:] for n in range(RUN)), strict=False)

    def is_telling(self, span: _Span) -> bool:
        """Whether a number or a name stands there."""
        return any(word[0].isupper() or word[0].isdigit() for word in self.written[slice(*span)])


def _same(one: _Words, other: _Words) -> bool:
    places = _places(other)
    mine, its = _shared(one, places), _shared(other, _places(one))
    shorter, longer = sorted((mine, its), key=len)
    if not any(shorter):
        return False
    if sum(shorter) < OF_SHORTER * len(shorter) or sum(longer) < OF_LONGER * len(longer):
        return False
    replaced = 0
    for span in _gaps(mine):
        span, instead = _apart(one, span, other, _instead(one, span, places, its))
        if one.is_telling(span) and other.is_telling(instead):
            return False
        replaced += min(_length(span), _length(instead))
    return replaced <= REPLACED * sum(mine)


def _places(words: _Words) -> dict[tuple[str, ...], int]:
    """Run -> where it first stands."""
    found: dict[tuple[str, ...], int] = {}
    for place, run in enumerate(words.runs()):
        found.setdefault(run, place)
    return found


def _shared(words: _Words, runs: dict[tuple[str, ...], int]) -> bytearray:
    """1 for each word that stands in a run that the other text has too."""
    found = bytearray(len(words.folded))
    for place, run in enumerate(words.runs()):
        if run in runs:
            found[place : place + RUN] = b"\1" * RUN
    return found


def _gaps(shared: bytearray) -> Iterator[_Span]:
    """What is not shared."""
    begins = shared.find(0)
    while begins >= 0:
        ends = shared.find(1, begins)
        if ends < 0:
            ends = len(shared)
        yield begins, ends
        begins = shared.find(0, ends)


def _instead(one: _Words, span: _Span, places: dict[tuple[str, ...], int], its: bytearray) -> _Span:
    """What the other text says in the place of a gap; nothing at the end, unless it is as long:
    there a cut text ends, and footers stand."""
    begins, ends = span
    if begins == 0:
        stop = places.get(tuple(one.folded[ends : ends + RUN]), 0)
        return its.rfind(1, 0, stop) + 1, stop
    start = places.get(tuple(one.folded[begins - RUN : begins]), len(its)) + RUN
    stop = its.find(1, start)
    if stop < 0:
        as_long = ends == len(one.folded) and len(its) - start == ends - begins
        stop = len(its) if as_long else start
    return start, stop


def _apart(one: _Words, span: _Span, other: _Words, instead: _Span) -> tuple[_Span, _Span]:
    """Both without the words that they have in common at either end."""
    (begins, ends), (start, stop) = span, instead
    while begins < ends and start < stop and one.folded[begins] == other.folded[start]:
        begins, start = begins + 1, start + 1
    while begins < ends and start < stop and one.folded[ends - 1] == other.folded[stop - 1]:
        ends, stop = ends - 1, stop - 1
    return (begins, ends), (start, stop)


def _length(span: _Span) -> int:
    return max(span[1] - span[0], 0)
