"""What one family of markup says about an article, before anything is decided."""

from __future__ import annotations

from dataclasses import dataclass, field

from syndicator.model import Image, Link
from syndicator.text.pages import Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The candidates one family of markup offers, best first; empty where it is silent.

    `nodes` are the elements that show them on the page: they are not part of the body.
    """

    titles: tuple[str, ...] = ()
    bylines: tuple[str, ...] = ()  # each a name or a line of names
    published: tuple[str, ...] = ()  # raw text
    updated: tuple[str, ...] = ()
    standfirsts: tuple[str, ...] = ()
    descriptions: tuple[str, ...] = ()  # made for search engines: a standfirst perhaps
    images: tuple[Image, ...] = ()
    captions: tuple[str, ...] = ()  # of the lead image, credit included perhaps
    credits: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    sections: tuple[Link, ...] = ()
    languages: tuple[str, ...] = ()
    site_names: tuple[str, ...] = ()
    rights: tuple[str, ...] = ()
    licenses: tuple[str, ...] = ()
    canonicals: tuple[str, ...] = ()
    is_article: bool = False  # it says in so many words that the page is an article
    nodes: tuple[Node, ...] = field(default=(), repr=False)
