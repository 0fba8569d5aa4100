"""By what a text is found again among very many although some of its words are others.

MinHash over runs of four words makes 32 numbers, each of which two texts share as often as their
runs overlap. Four at a time they are hashed to a band: of eight bands, texts that overlap by 80 %
share one in 98 of 100 cases, by 60 % in 67, by 20 % in 1. So whoever looks for copies looks for
equal numbers, in an index. A band only says where to look: `stages.recognise` compares the texts.
Turned down: datasketch, which brings SciPy; SimHash, whose near ones no index finds as exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

from syndicator.text.plain import in_pairs

BANDS = 8
LEAST = 80  # words; shorter texts, such as a standfirst alone, are too often alike
MOST = 20_000  # words that are looked at
RUN = 4  # words
_ROWS = 4  # numbers of a band
_SEED = 1
_SHAPE = 1  # goes up when bands are made otherwise


def scheme() -> str:
    """Another word whenever bands are made otherwise; those of another scheme meet no new one."""
    from rensa import RMinHash  # loads a library

    return f"{_SHAPE}.{RMinHash.ALGORITHM_VERSION}"


def bands(words: Sequence[str], language: str) -> tuple[int, ...]:
    """At most BANDS numbers of 32 bits, none for a text of under LEAST words.

    Args:
        words: as `plain_words` cuts them.
        language: texts in another never share a band.
    """
    pairs = in_pairs(words, MOST)
    # A pair of letters counts for half a word.
    if len(pairs) < LEAST or (len(words) < LEAST and len(pairs) < 2 * LEAST):
        return ()
    from rensa import RMinHash

    sketch = RMinHash(num_perm=BANDS * _ROWS, seed=_SEED)
    sketch.update(list(map(" ".join, zip(*(pairs[n:] for n in range(RUN)), strict=False))))
    numbers = sketch.digest()
    of = f"{scheme()} {language}"
    found = (
        _hash(f"{of} {place} {numbers[place : place + _ROWS]}")
        for place in range(0, len(numbers), _ROWS)
    )
    return tuple(dict.fromkeys(found))


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=4).digest())
