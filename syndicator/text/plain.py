"""Words in the plainest way, for telling whether two texts say the same.

Unlike `words`, which rules and search indexes agree on, nothing is folded here but case: the hashes
made of these words are kept, and must be the same for ever.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise

INVISIBLE = re.compile("[\u00ad\u200b\u200c\u200d\u2060\ufeff]")
_WORD = re.compile(r"\w+")
# For text of ASCII alone the same is had in a third of the time: blanks for all that is not \w.
_CUT = str.maketrans({chr(n): " " for n in range(128) if not _WORD.match(chr(n))})
# Scripts that write without spaces: there two letters count as a word.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


def plain_words(text: str) -> list[str]:
    """The words of a text without regard to case; a run of a script without blanks is one."""
    if text.isascii():
        return text.lower().translate(_CUT).split()
    return _WORD.findall(INVISIBLE.sub("", text).casefold())


def cased_words(text: str) -> list[str]:
    """The same words as they are written."""
    return _WORD.findall(text if text.isascii() else INVISIBLE.sub("", text))


def unspaced(text: str) -> int:
    """How many words the runs of scripts without blanks are worth."""
    return 0 if text.isascii() else len(_UNSPACED.findall(text)) // 2


def in_pairs(words: Sequence[str], most: int) -> Sequence[str]:
    """At most so many of the words, a run of a script without blanks as its pairs of neighbouring
    letters."""
    if all(map(str.isascii, words)):
        return words[:most]
    return list(islice(_paired(words), most))


def _paired(words: Iterable[str]) -> Iterator[str]:
    for word in words:
        if word.isascii() or len(word) < 2 or not _UNSPACED.search(word):
            yield word
        else:
            yield from (one + other for one, other in pairwise(word))
