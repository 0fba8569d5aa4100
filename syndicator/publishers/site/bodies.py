"""The body of an article as our pages show it: pictures and recordings become links.

Our pages load nothing from elsewhere: a reader of an archive is not to be counted by the sites it
holds, and the policy the server sends would refuse it anyway. A picture of which we keep a copy is
shown from there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

from markupsafe import Markup

from syndicator.model import Image
from syndicator.publishers.site.words import Words
from syndicator.text.markup import attribute, sanitise

# On the sanitiser's output alone: there, "<" and ">" in attribute values are always escaped.
_TAG = re.compile(r"<(/?)(a|img|audio|video|source|track)\b[^>]*>")
_TABLE = re.compile(r"<(/?)table\b[^>]*>")
_FIRST_FIGURE = re.compile(r"\s*<figure>(.*?)</figure>", re.DOTALL)
_NAMES = {"img": "picture", "audio": "recording", "video": "film", "source": "file"}


def shown(html: str, *, lead: Image | None, names: Words, pictures: Mapping[str, str]) -> Markup:
    """The body, safe to stand in a page.

    Args:
        lead: a picture the page shows by itself; its figure at the top of the body is left out.
        names: what a link to a picture or recording is called.
        pictures: address of a picture -> address of our own copy.
    """
    html = sanitise(html, base="")
    figure = _FIRST_FIGURE.match(html)
    if lead and figure and attribute(figure[1], "src") == lead.url:
        html = html[figure.end() :]
    html = _TABLE.sub(_scrolled, _Linking(names, pictures).over(html))
    return Markup(html)  # noqa: S704 - sanitised above


def _scrolled(tag: re.Match[str]) -> str:
    """A table may be wider than the page: what scrolls must be reached by the keyboard."""
    return f"{tag[0]}</div>" if tag[1] else f'<div class="scroll" tabindex="0">{tag[0]}'


class _Linking:
    """One walk over the tags; it remembers whether it is inside a link, which cannot hold another.

    A link's address is an image's page or large form as a rule, so it stays what it is.
    """

    def __init__(self, names: Words, pictures: Mapping[str, str]) -> None:
        self._names = names
        self._pictures = pictures
        self._in_link = False

    def over(self, html: str) -> str:
        return _TAG.sub(self._tag, html)

    def _tag(self, found: re.Match[str]) -> str:
        closing, name, tag = found[1], found[2], found[0]
        if name == "a":
            self._in_link = not closing
            return tag
        url = attribute(tag, "src")
        if closing or name == "track" or not url:
            return ""
        if name == "img" and url in self._pictures:
            alt = escape(attribute(tag, "alt"))
            return f'<img src="{escape(self._pictures[url])}" alt="{alt}" loading="lazy">'
        words = attribute(tag, "alt") or attribute(tag, "title") or url.rpartition("/")[2]
        called = self._names(_NAMES[name])
        label = escape(f"{called}: {words}" if words else called)
        if self._in_link:
            return f'<span class="picture">{label}</span>'
        return f'<a class="picture" href="{escape(url)}" rel="noopener nofollow">{label}</a>'
