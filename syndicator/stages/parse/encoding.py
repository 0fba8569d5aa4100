"""From bytes to characters, in the order of C24."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
)
# The first "<" or "{" in encodings that are not like ASCII (XML 1.0 appendix F).
_MARKS = (
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00<\x00", "utf-16-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00{\x00", "utf-16-be"),
    (b"{\x00", "utf-16-le"),
    (b"\x4c\x6f\xa7\x94", "cp037"),
)
_CHARSET = re.compile(r"""charset\s*=\s*["']?([^\s"';,]+)""", re.IGNORECASE)
_DECLARED = re.compile(
    rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:\-]{1,40})["']"""
)
# Names that stand for a larger set than they say, as browsers have them.
_WIDER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
}
_ALIASES = {"x-sjis": "cp932", "ks_c_5601-1987": "cp949", "x-gbk": "gb18030", "x-user-defined": ""}
_NOT_OF_FEEDS = {"utf-7", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"}
_LAST_RESORT = "cp1252"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A document as characters; `note` says so when the encoding had to be guessed."""

    text: str
    note: str = ""


def decode(body: bytes, content_type: str) -> Decoded:
    """`body` as characters; it never fails, in the last resort bytes become U+FFFD.

    BOM, then the header's charset, then the XML declaration, then UTF-8. Where that does not
    decode, the others of them in turn, then windows-1252, and the note says which.
    """
    body, marked = _without_bom(body)
    asked = [marked] if marked else _stated(body, content_type)
    candidates = [*dict.fromkeys([*asked, "utf-8", _LAST_RESORT])]
    for number, name in enumerate(candidates):
        text = _tried(body, name)
        if text is not None:
            return Decoded(text=text, note=f"encoding guessed: {name}" if number else "")
    name = candidates[0]
    note = f"encoding guessed: {name} with bytes that it does not have"
    return Decoded(text=body.decode(name, "replace"), note=note)


def _without_bom(body: bytes) -> tuple[bytes, str]:
    for mark, name in _BOMS:
        # FF FE 00 00 begins both UTF-32 and, with a NUL next, UTF-16; only the first is XML.
        if body.startswith(mark):
            return body[len(mark) :], name
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body, name
    return body, ""


def _stated(body: bytes, content_type: str) -> list[str]:
    """What header and XML declaration say, as names that Python knows, and that can be true."""
    names = [match[1] for match in [_CHARSET.search(content_type)] if match]
    names += [match[1].decode("ascii") for match in [_DECLARED.match(body[:400])] if match]
    return [name for name in map(_known, names) if name]


def _known(name: str) -> str:
    name = _ALIASES.get(name.lower(), name)
    try:
        codec = codecs.lookup(name)
    except (LookupError, ValueError):
        return ""
    # A body that can be read as ASCII thus far is not in one of the wide encodings.
    wide = codec.name.startswith(("utf-16", "utf-32"))
    if not getattr(codec, "_is_text_encoding", True) or wide or codec.name in _NOT_OF_FEEDS:
        return ""
    return _WIDER.get(codec.name, codec.name)


def _tried(body: bytes, name: str) -> str | None:
    try:
        return body.decode(name)
    except (UnicodeError, LookupError):
        return None
