"""BibTeX, for classic styles and for biblatex.

`@misc` is the type that every style knows for a web page; `url`, `urldate` and `date` are
biblatex's and ignored by the others. Letters beyond ASCII stay as they are: programs read UTF-8.
"""

from __future__ import annotations

import re
import unicodedata

from syndicator.publishers.citations.citation import Citation
from syndicator.text.names import Name

_MONTHS = [
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
]  # macros of every style
# Braces are counted even behind a backslash, so they are written by name.
_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "&%$#_"},
}
_ESCAPED = str.maketrans(_SPECIAL)
_IN_ADDRESS = str.maketrans({"{": "%7B", "}": "%7D", "\\": "%5C", " ": "%20"})


def bibtex(cited: Citation) -> str:
    """One entry. The second braces around title and names of bodies keep them as they are."""
    day = cited.published
    fields = {
        "author": " and ".join(map(_author, cited.authors)),
        "title": f"{{{_text(cited.title)}}}",
        "date": "-".join(f"{part:02}" for part in day.parts) if day else "",
        "year": str(day.year) if day else "",
        "howpublished": _text(cited.publication),
        "url": cited.url.translate(_IN_ADDRESS),
        "urldate": cited.seen.isoformat(),
        "note": _text(f"Revision {cited.revision}, kept by {cited.archive}: ")
        + f"\\url{{{cited.kept.translate(_IN_ADDRESS)}}}",
        "langid": cited.language,
        "abstract": _text(cited.abstract),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    if day and day.month:
        lines.insert(-1, f"  month = {_MONTHS[day.month - 1]},")
    return "\n".join((f"@misc{{{_key(cited)},", *lines, "}")) + "\n"


def _text(text: str) -> str:
    return text.translate(_ESCAPED)


def _author(name: Name) -> str:
    """ "van Beethoven, Ludwig", "King, Jr., Martin Luther"; a body's name in braces of its own."""
    if name.literal:
        return f"{{{_text(name.literal)}}}"
    family = " ".join(filter(None, (name.particle, name.family)))
    return ", ".join(_text(part) for part in (family, name.suffix, name.given) if part)


def _key(cited: Citation) -> str:
    """Name, year and the first digits of the id: ASCII, and the same for good."""
    first = cited.authors[0] if cited.authors else None
    words = (first.family or first.literal) if first else cited.publication
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]", "", plain.lower())[:20] or "article"
    return f"{name}{cited.published.year if cited.published else ''}-{cited.id[:8]}"
