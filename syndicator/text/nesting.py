"""How deep HTML nests, found in one linear pass, before an HTML5 parser sees it (R13).

The count must never be lower than the depth the parser will reach, or a clever document slips
through. So whatever parsers read in ways of their own is taken out first (comments, script, svg),
an end tag counts only when it closes the innermost open element, and elements that end by
themselves (`p`, `li`, `td`) are left out, since they nest only through others that count. Honest
HTML with a mistake here and there counts a little too deep, far from the limit.
"""

from __future__ import annotations

import re

NESTING = 256  # elements inside each other

_RAW = "script|style|textarea|title|xmp|iframe|noembed|noframes|noscript|svg|math|template|select"
_SPACE = r"[ \t\n\r\f]"
_VALUE = r"\"[^\"]*+\"|'[^']*+'|[^ \t\n\r\f>\"'][^ \t\n\r\f>]*+|(?=>)"
_ATTRIBUTE = (
    rf"[^ \t\n\r\f/>][^ \t\n\r\f/>=]*+(?:{_SPACE}*+={_SPACE}*+(?:{_VALUE}))?+(?!{_SPACE}*+=)"
)
_TAG = re.compile(rf"<(/?)([A-Za-z][^ \t\n\r\f/>]*+)(?:[ \t\n\r\f/]++|{_ATTRIBUTE})*+>")
_TAG_START = re.compile(r"</?[A-Za-z]")
_COMMENT = re.compile(r"<!--(?:-?>|.*?(?:--!?>|\Z))|<(?:[!?]|/(?![A-Za-z]))[^>]*>?", re.DOTALL)
_RAW_START = re.compile(rf"<({_RAW})(?=[ \t\n\r\f/>])[^>]*>?", re.IGNORECASE)
_PLAINTEXT = re.compile(r"<plaintext(?=[ \t\n\r\f/>])[^>]*>?", re.IGNORECASE)
_VOID = {
    *("area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "image", "img"),
    *("input", "keygen", "link", "meta", "param", "source", "track", "wbr"),
}
_ENDS_BY_ITSELF = {"p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot"}
_UNCOUNTED = _VOID | _ENDS_BY_ITSELF


def shallow(html: str) -> tuple[str, int]:
    """`html` with no more than 256 elements open at once, and how many were flattened for it."""
    html = _PLAINTEXT.sub(" ", _without_raw(_COMMENT.sub(" ", html)))
    kept: list[str] = []
    at, nest = 0, _Nest()
    while start := _TAG_START.search(html, at):
        kept.append(html[at : start.start()])
        tag = _TAG.match(html, start.start())
        if not tag:  # it never ends; a parser drops it and all that follows, and so do we
            return "".join(kept), nest.cut
        if nest.takes(tag[2].lower(), closing=bool(tag[1])):
            kept.append(tag[0])
        at = tag.end()
    return "".join([*kept, html[at:]]), nest.cut


class _Nest:
    """The elements open at one place of a document."""

    def __init__(self) -> None:
        self.cut = 0
        self._depth = 0
        self._open: list[tuple[str, bool]] = []  # name, whether its tags are kept

    def takes(self, name: str, *, closing: bool) -> bool:
        """Whether this tag may stay."""
        if name in _UNCOUNTED:
            return True
        return self._closed(name) if closing else self._opened(name)

    def _opened(self, name: str) -> bool:
        kept = self._depth < NESTING
        self._open.append((name, kept))
        self._depth += kept
        self.cut += not kept
        return kept

    def _closed(self, name: str) -> bool:
        if not self._open or self._open[-1][0] != name:
            return True
        kept = self._open.pop()[1]
        self._depth -= kept
        return kept


def _without_raw(html: str) -> str:
    """Without the elements whose inside is not read as HTML; an unclosed one ends the document."""
    kept, at = [], 0
    ends: dict[str, int] = {}  # name -> where its next end tag is, so that each is sought once
    lower = html.lower() if len(html.lower()) == len(html) else html
    while start := _RAW_START.search(html, at):
        kept.append(html[at : start.start()])
        at = start.end()
        name = start[1].lower()
        if name in ("svg", "math") and start[0].endswith("/>"):
            continue
        if ends.get(name, -1) < at:
            found = lower.find(f"</{name}", at)
            ends[name] = found if found >= 0 else len(html)
        end = html.find(">", ends[name])
        at = end + 1 if end >= 0 else len(html)
    return " ".join([*kept, html[at:]])
