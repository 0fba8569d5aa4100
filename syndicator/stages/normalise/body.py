"""The body of an article, its words, and the standfirst apart from it."""

from __future__ import annotations

from dataclasses import dataclass

from syndicator.model import ParsedEntry
from syndicator.text import markup

_STANDFIRST = 300  # characters; a longer first paragraph is body


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """`html` is sanitised, the other two are plain text."""

    html: str
    text: str
    standfirst: str
    flattened: int = 0  # elements nested too deep


def read_body(entry: ParsedEntry, *, base: str) -> Body:
    """What the entry says at length, and in short.

    A summary next to a body is the standfirst, unless it is all of the body. Where there is only a
    summary it is the body; its first paragraph is the standfirst too when it is a short one and
    more follows. A standfirst is never made by cutting.
    """
    has_content = bool(entry.content.strip())
    said, is_html = (
        (entry.content, entry.content_is_html)
        if has_content
        else (entry.summary, entry.summary_is_html)
    )
    html, flattened = markup.sanitise_counted(
        said if is_html else markup.from_plain(said), base=base
    )
    text = markup.unmarked(html)
    standfirst = _summary(entry, text) if has_content else _first_paragraph(text)
    return Body(html=html, text=text, standfirst=standfirst, flattened=flattened)


def _summary(entry: ParsedEntry, text: str) -> str:
    html = entry.summary if entry.summary_is_html else markup.from_plain(entry.summary)
    summary = markup.plain(html)
    return "" if _one_line(summary) == _one_line(text) else summary


def _one_line(plain: str) -> str:
    """Of plain text, which has single spaces already, in which lines do not count."""
    return plain.replace("\n", " ")


def _first_paragraph(text: str) -> str:
    first, _, rest = text.partition("\n")
    return first if len(first) <= _STANDFIRST and len(rest) > len(first) else ""
