"""RIS, as EndNote, Zotero and library catalogues read it.

Source: RIS Format Specifications (Thomson ResearchSoft, 2001): a tag of two characters, two blanks,
a hyphen, a blank, the value on one line; lines end with CR LF; TY first, ER last.
"""

from __future__ import annotations

from collections.abc import Iterator

from syndicator.publishers.citations.citation import Citation
from syndicator.text.clean import squash


def ris(cited: Citation) -> str:
    """One reference of the type ELEC, a web page."""
    lines = (f"{tag}  - {squash(value)}".rstrip(" ") for tag, value in _tags(cited) if value)
    return "".join(f"{line}\r\n" for line in ("TY  - ELEC", *lines)) + "ER  - \r\n"


def _tags(cited: Citation) -> Iterator[tuple[str, str]]:
    yield "ID", cited.id
    for name in cited.authors:
        yield "AU", name.sorted
    yield "TI", cited.title
    yield "T2", cited.publication
    if cited.published:
        yield "PY", f"{cited.published.year:04}"
        yield "DA", _date(*cited.published.parts)
    yield "AB", cited.abstract
    yield "LA", cited.language
    yield "UR", cited.url
    yield "Y2", _date(cited.seen.year, cited.seen.month, cited.seen.day)
    yield "N1", cited.note
    yield "DB", cited.archive
    yield "AN", cited.id


def _date(year: int, month: int = 0, day: int = 0) -> str:
    """YYYY/MM/DD/other, with a stroke for each part even where it is not known."""
    parts = (f"{year:04}", f"{month:02}" if month else "", f"{day:02}" if day else "", "")
    return "/".join(parts)
