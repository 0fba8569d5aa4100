"""Text that any XML writer takes: the door every foreign string comes through (R14)."""

from __future__ import annotations

import re
import unicodedata

from syndicator.characters import UNWRITABLE

# Only what an XML parser stops at; the rest is dropped from each text once that is read.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:([0-9]++)|[xX]([0-9A-Fa-f]++));?")  # HTML's may lack the end
_PLAIN = bytes((*b"\t\n\r", *range(0x20, 0x7F)))  # of ASCII, what `clean` leaves as it is
_ELLIPSIS = "\u2026"


def clean(text: str) -> str:
    """`text` without characters that XML forbids or that only mistakes make, in NFC.

    Source: XML 1.0 production 2; R14. Line ends stay as they are.
    """
    if _is_plain(text):
        return text
    return unicodedata.normalize("NFC", UNWRITABLE.sub("", text))


def _is_plain(text: str) -> bool:
    """Whether there is nothing but ASCII without controls: most text, and soon seen."""
    return text.isascii() and (text.isprintable() or not text.encode().translate(None, _PLAIN))


def writable(text: str) -> str:
    """`text` without what an XML parser stops at, also where it stands as a numeric reference.

    For whole documents before they are parsed: nothing else is touched, since composing characters
    to NFC across markup would change the markup. A reference leaves a DEL behind, which `clean`
    drops later; without it, what stood around could close up to another reference.
    """
    if not _is_plain(text):
        text = _ILLEGAL.sub("", text)
    return _REFERENCE.sub(_legal_reference, text) if "&#" in text else text


def _legal_reference(match: re.Match[str]) -> str:
    digits = (match[1] or match[2]).lstrip("0") or "0"
    number = int(digits, 10 if match[1] else 16) if len(digits) < 9 else 0
    legal = number <= 0x10FFFF and not _ILLEGAL.match(chr(number))
    return match[0] if legal else "\x7f"


def squash(text: str) -> str:
    """`text` clean, on one line, with single spaces."""
    return single_spaced(clean(text)) if text else ""


def single_spaced(text: str) -> str:
    """`text` with one space wherever it has white space, and none around it."""
    text = text.replace("\n", " ").strip()
    # Of white space, a space alone is printable: most text is so already, and this is soon seen.
    return text if text.isprintable() and "  " not in text else " ".join(text.split())


def lines(text: str) -> list[str]:
    """The lines of clean text that say anything, each with single spaces."""
    # Clean ASCII has no white space but these three and line ends.
    if text.isascii() and "\t" not in text and "\r" not in text and "  " not in text:
        return [line for part in text.split("\n") if (line := part.strip())]
    return [line for part in text.split("\n") if (line := single_spaced(part))]


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, cut after a whole word where one ends near, with an ellipsis."""
    if len(text) <= limit:
        return text
    cut = text[: max(limit - 1, 0)]
    word = len(cut) if text[limit - 1 : limit].isspace() else cut.rfind(" ")
    if word > limit // 2:
        cut = cut[:word]
    return cut.rstrip(" ,;:\u2013\u2014-") + _ELLIPSIS if limit > 0 else ""
