"""Pages for people (P37): the front page, feeds and their years, articles, searches, notices.

    frame      the site, our words and what all pages share
    words/     these words, a file for each language
    front      all themes
    feed       one feed: its newest articles, and its years
    article    one article
    linked     what machines read of it (JSON-LD)
    search     what a search found; the notice of a withdrawn article
    charts     bars over time
    templates/, static/

No page has a script or loads anything from elsewhere, and none needs one. Every string is a
stranger's: templates escape all of it, and what is markup already (bodies, JSON-LD) is made in one
place each. What a page shows follows from what it is given alone, so that the same store gives the
same bytes.
"""

from __future__ import annotations

from syndicator.publishers.site.article import Neighbours, article_page
from syndicator.publishers.site.feed import PER_PAGE, Face, Year, face, theme_page, year_page
from syndicator.publishers.site.frame import FORMATS, Site, looks, static_files
from syndicator.publishers.site.front import ThemeLine, front_page
from syndicator.publishers.site.search import Hit, gone_page, search_page

__all__ = [
    "FORMATS",
    "PER_PAGE",
    "Face",
    "Hit",
    "Neighbours",
    "Site",
    "ThemeLine",
    "Year",
    "article_page",
    "face",
    "front_page",
    "gone_page",
    "looks",
    "search_page",
    "static_files",
    "theme_page",
    "year_page",
]
