"""Two texts that are one article in spite of some words, and two that are not."""

from __future__ import annotations

import random
import time

import pytest

from syndicator.model import Likely
from syndicator.stages.recognise import recognise
from syndicator.text.bands import bands
from syndicator.text.plain import plain_words

_DRAW = random.Random(4)
_WORDS = ["".join(_DRAW.choices("aeioustrnlm", k=_DRAW.randint(3, 8))) for _ in range(900)]
BODY = " ".join(_DRAW.choices(_WORDS, k=260))
MORE = " ".join(_DRAW.choices(_WORDS, k=260))
FOOTER = "Subscribe to the Courier of Bamako for 3 euros. Write to Awa Traoré."
CHINESE = "".join(map(chr, range(0x4E00, 0x4F00)))
HALF = " ".join(BODY.split()[:160])


def replaced(*words: str) -> str:
    """The text with these words in the midst of it."""
    said = BODY.split()
    step = len(said) // (len(words) + 1)
    for n, word in enumerate(words, 1):
        said[n * step] = word
    return " ".join(said)


def same(one: str, other: str) -> bool:
    """Whatever the order in which they are asked about."""
    found = {
        recognise(a, [Likely(story="s", text=b)]) is not None
        for a, b in ((one, other), (other, one))
    }
    assert len(found) == 1
    return found.pop()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(BODY, BODY.upper(), id="capitals"),
        pytest.param(BODY, f"{BODY}\n{FOOTER}", id="footer"),
        pytest.param(f"{BODY} © 2026 The Agency", f"{BODY}\n{FOOTER}", id="two footers"),
        pytest.param(BODY, f"BAMAKO (Agency) - {BODY}", id="dateline"),
        pytest.param(f"BAMAKO - {BODY}", f"BAMAKO (Agency) - {BODY}", id="two datelines"),
        pytest.param(BODY, HALF, id="cut"),
        pytest.param(BODY, replaced("moreover", "stated"), id="edited"),
        pytest.param(CHINESE, f"{CHINESE}和平协议", id="Chinese"),
    ],
)
def test_one_article_told_again(one: str, other: str) -> None:
    assert same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(BODY, MORE, id="nothing in common"),
        pytest.param(replaced("41"), replaced("42"), id="another number"),
        pytest.param(replaced("Gao"), replaced("Kidal"), id="another name"),
        pytest.param(f"Flood in Gao {BODY}", f"Flood in Mopti {BODY}", id="another lede"),
        pytest.param(f"{BODY} 41", f"{BODY} 42", id="another number at the end"),
        pytest.param(BODY, replaced(*(["other"] * 30)), id="words all over"),
        pytest.param(HALF, f"{MORE} {HALF} {FOOTER}", id="quoted"),
        pytest.param("", "", id="nothing at all"),
    ],
)
def test_two_articles_of_the_same_words(one: str, other: str) -> None:
    assert not same(one, other)


def test_the_first_that_tells_the_same_is_told() -> None:
    others = [Likely(story=str(n), text=text) for n, text in enumerate((MORE, HALF, BODY))]
    found = recognise(BODY, others)
    assert found is not None
    assert found.story == "1"


@pytest.mark.parametrize("word", ["a ", "a b ", "a 1 b 2 c 3 "])
def test_r12_texts_made_to_be_slow_are_not(word: str) -> None:
    """Twice the words take no more than some three times as long."""

    def took(count: int) -> float:
        one, other = word * count, f"{word * (count // 2)} X {word * (count // 2)}"
        began = time.process_time()
        recognise(one, [Likely(story="", text=other)])
        return time.process_time() - began

    assert took(20_000) < 8 * took(10_000) + 0.5


def test_texts_of_few_words_have_no_bands() -> None:
    assert bands(BODY.split()[:79], "en") == ()
    assert len(bands(BODY.split()[:80], "en")) == 8
    assert bands(plain_words("和平协议" * 20), "zh") == ()
    assert len(bands(plain_words("和平协议村庄水井" * 30), "zh")) > 0


def test_bands_are_the_same_for_ever() -> None:
    """They are kept: a library that makes others has to say so by its version."""
    found = bands(("one two three four five six seven eight " * 12).split(), "en")
    assert found[:2] == (3049760378, 4184507807)
    assert sum(found) == 22569197961
