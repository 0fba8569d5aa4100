"""CSL-JSON, the input format of citeproc processors (Zotero, pandoc, Word add-ins).

Source: Citation Style Language 1.0.2, csl-data.json.
"""

from __future__ import annotations

import json
from typing import Any

from syndicator.publishers.citations.citation import Citation
from syndicator.text.names import Name


def csl(cited: Citation) -> str:
    """A list of one item, as the format asks for."""
    return json.dumps([item(cited)], ensure_ascii=False, indent=2) + "\n"


def item(cited: Citation) -> dict[str, Any]:
    """The item; what is not known is left out."""
    seen = (cited.seen.year, cited.seen.month, cited.seen.day)
    said = {
        "id": cited.id,
        "type": "webpage",
        "title": cited.title,
        "author": [_name(one) for one in cited.authors],
        "issued": _date(cited.published.parts) if cited.published else None,
        "accessed": _date(seen),
        "container-title": cited.publication,
        "URL": cited.url,
        "archive": cited.archive,
        "archive_location": cited.kept,
        "version": str(cited.revision),
        "language": cited.language,
        "abstract": cited.abstract,
        "note": cited.note,
    }
    return {key: value for key, value in said.items() if value}


def _date(parts: tuple[int, ...]) -> dict[str, Any]:
    return {"date-parts": [list(parts)]}


def _name(name: Name) -> dict[str, str]:
    if name.literal:
        return {"literal": name.literal}
    parts = {
        "family": name.family,
        "given": name.given,
        "non-dropping-particle": name.particle,
        "suffix": name.suffix,
    }
    return {key: value for key, value in parts.items() if value}
