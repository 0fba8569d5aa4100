"""Items of which no article can be made, as there is nothing in them."""

from __future__ import annotations

import re

from syndicator.model import ParsedEntry
from syndicator.text import markup, urls

SAYS_NOTHING = "items that say nothing"  # as they are counted

_ANYWHERE = "https://example.invalid/"
_LEADS = re.compile(r' (?:src|href)="')


def says_nothing(entry: ParsedEntry) -> bool:
    """Whether an item has neither a word nor an address, picture or file, with or without markup
    around it."""
    if _is_web(entry.link, _ANYWHERE) or _is_web(entry.guid, ""):
        return False
    if entry.enclosures or entry.images:
        return False
    if markup.strip_title(entry.title, entry.title_is_html):
        return False
    said = ((entry.content, entry.content_is_html), (entry.summary, entry.summary_is_html))
    return not any(_shows(text) if is_html else text.strip() for text, is_html in said)


def _is_web(link: str, base: str) -> bool:
    return urls.absolute(link, base).startswith("http")


def _shows(html: str) -> bool:
    shown = markup.sanitise(html, base=_ANYWHERE)
    return bool(markup.unmarked(shown) or _LEADS.search(shown))
