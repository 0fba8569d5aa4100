"""What trafilatura makes of a page: the last opinion asked."""

from __future__ import annotations

import copy

from trafilatura.metadata import extract_metadata

from syndicator.stages.extract.said import Said
from syndicator.text.pages import Page


def read(page: Page) -> Said:
    """Trafilatura's title, authors and date (by htmldate, which reads addresses too).

    It makes the first of January of a year that stands alone, in a copyright line as a rule.
    """
    found = extract_metadata(copy.deepcopy(page.root), default_url=page.url, extensive=True)
    return Said(
        titles=(found.title,) if found.title else (),
        bylines=tuple(name.strip() for name in (found.author or "").split(";") if name.strip()),
        published=(found.date,) if found.date and not found.date.endswith("-01-01") else (),
        site_names=(found.sitename,) if found.sitename else (),
    )
