"""What all pages have in common: the site they belong to, our words, and how they are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined

from syndicator.model import EntryView
from syndicator.publishers.elements import stamp
from syndicator.publishers.site.words import Words, words
from syndicator.text.clean import shorten
from syndicator.text.languages import direction, own_name

_TEASER = 280  # characters of a standfirst in lists


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What every page names; `base_url` has no slash at its end."""

    title: str
    base_url: str
    language: str = "en"

    @property
    def root(self) -> str:
        """Its path: links within the site carry no host, so that a preview elsewhere works."""
        return urlsplit(self.base_url).path.rstrip("/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A form that feeds are published in."""

    name: str
    file: str
    type: str


# P37: Atom first.
FORMATS = (
    Format(name="Atom", file="atom.xml", type="application/atom+xml"),
    Format(name="RSS", file="rss.xml", type="application/rss+xml"),
    Format(name="JSON Feed", file="feed.json", type="application/feed+json"),
)


def page(template: str, site: Site, facts: Mapping[str, Any], *languages: str) -> bytes:
    """A page, its own words in the first of these languages that we have, else the site's."""
    said = words(*languages, site.language)
    common = {"site": site, "root": site.root, "base_url": site.base_url.rstrip("/"), "w": said}
    return _templates().get_template(template).render(**common, **facts).encode()


def static_files() -> Mapping[str, bytes]:
    """Name -> bytes of what all pages load: the style sheet and the icon."""
    folder = files(__package__).joinpath("static")
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


def web(url: str) -> str:
    """The address if it may stand in a link, else ""; a second look after the parser's own."""
    return url if url.startswith(("http://", "https://")) else ""


def byline(entry: EntryView, said: Words) -> str:
    """ "By A, B and C"; "" where nobody is named, or only the house that is named anyway."""
    names = [who.name for who in entry.authors if who.name.strip()]
    if entry.source and names == [entry.source.title]:
        return ""
    return said("by", names=said.listed(names)) if names else ""


@cache
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader(__package__, "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {
        "byline": byline,
        "direction": direction,
        "own_name": own_name,
        "stamp": stamp,
        "teaser": lambda text: shorten(text, _TEASER),
        "utc_date": lambda at: _utc(at).date().isoformat(),
        "web": web,
    }
    made.globals["FORMATS"] = FORMATS
    return made


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)


@cache
def looks() -> str:
    """A hash over templates, style and words: when it changes, all pages are made anew."""
    found = sha256()
    for folder in ("static", "templates", "words"):
        for file in sorted(files(__package__).joinpath(folder).iterdir(), key=lambda one: one.name):
            if file.is_file():
                found.update(file.read_bytes())
    return found.hexdigest()
