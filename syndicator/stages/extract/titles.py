"""Which of several titles is the article's, and where the site's name ends."""

from __future__ import annotations

import re
import unicodedata

LIMIT = 1000
_SEPARATOR = re.compile(r"(\s+[|–—\-·•»«:‹›<>~/\\]+\s+|\s*[|»«：｜]\s*|\s*::\s*)")


def choose(
    stated: tuple[str, ...],
    *,
    headings: tuple[str, ...],
    lesser: tuple[str, ...],
    page_title: str,
    sites: tuple[str, ...],
) -> str:
    """The title of an article as its page shows it, the site's name cut off.

    What a reader sees goes before what is stated for machines wherever the two agree, and also
    where one heading alone leads the text: stated titles are often made for search and sharing.

    Args:
        stated: by metadata, best first. headings: of the first level, in order.
        lesser: headings of other levels: good only to confirm another title.
        page_title: of the title element. sites: names the site is known by.
    """
    shown = tuple(dict.fromkeys(text for each in headings if (text := without_site(each, sites))))
    lesser = tuple(text for text in lesser if not _is_site(text, sites))
    cleaned = [text for title in stated if (text := without_site(title, sites, shown))]
    whole = without_site(page_title, sites, (*shown, *lesser))
    for title in [*cleaned[:1], *([] if cleaned else [whole])]:
        for heading in shown:
            if better := _shown_form(title, heading, page_title):
                return better[:LIMIT]
        if whole_title := next((each for each in lesser if _goes_on(each, title, page_title)), ""):
            return whole_title[:LIMIT]
        confirmed = (*lesser, whole) if cleaned and len(title.split()) > 1 else lesser
        if any(key(title) == key(text) for text in confirmed):
            return title[:LIMIT]
    alone = _alone(shown, page_title, whole)
    return next((text for text in (*alone, *cleaned, *shown, whole, page_title) if text), "")[
        :LIMIT
    ]


def _alone(shown: tuple[str, ...], page_title: str, whole: str) -> tuple[str, ...]:
    """The only heading; not a single word, and not what the title element says beside the title."""
    if len(shown) != 1 or len(shown[0].split()) < 2:
        return ()
    beside = key(shown[0]) in key(page_title) and key(shown[0]) != key(whole)
    return () if beside else shown


def _goes_on(heading: str, title: str, page_title: str) -> bool:
    """Whether `title` is a heading cut short, as by a quotation mark in an attribute."""
    whole, start = key(heading), key(title)
    return start != whole and whole.startswith(start) and whole in key(page_title)


def _shown_form(title: str, heading: str, page_title: str) -> str:
    """The better of a title and a heading that says the same; "" when it says something else.

    The one in the other: a title that the metadata cut short gives way to the whole; a heading
    that goes on, where the title element does not, has another thing inside.
    """
    one, other = key(heading), key(title)
    if not one or not other:
        return ""
    if one == other:
        return heading
    if one.startswith(other) and len(other) >= 0.5 * len(one):
        return heading if one in key(page_title) else title
    if one in other and len(one) >= 0.5 * len(other):
        return heading if _SEPARATOR.search(title) else title
    common = set(one.split()) & set(other.split())
    longest = max(len(set(one.split())), len(set(other.split())))
    return heading if longest > 2 and len(common) >= 0.7 * longest else ""


def without_site(title: str, sites: tuple[str, ...], headings: tuple[str, ...] = ()) -> str:
    """`title` without the parts at its ends that name the site, "" when nothing else is in it.

    Where no name is known, a heading that equals one part tells which part is the title.
    """
    if _is_site(title, sites):
        return ""
    if any(key(title) == key(heading) for heading in headings):
        return title
    pieces = _SEPARATOR.split(title)
    while len(pieces) > 2 and _is_site(pieces[-1], sites):
        pieces = pieces[:-2]
    while len(pieces) > 2 and _is_site(pieces[0], sites):
        pieces = pieces[2:]
    title = _cut("".join(pieces).strip(), sites)
    parts = [key(part) for part in pieces[::2]]
    return next((text for text in headings if len(parts) > 1 and key(text) in parts), title)


def _cut(title: str, sites: tuple[str, ...]) -> str:
    """Without a site's name that has separators of its own, as "Glo - the magazine"."""
    for site in sites:
        for mark in ("|", "-", "–", "—", "·", ":"):
            title = title.removesuffix(f" {mark} {site}").removeprefix(f"{site} {mark} ")
        title = title.removeprefix(f"{site}: ")
    return title


def _is_site(title: str, sites: tuple[str, ...]) -> bool:
    """Whether a text is one of the names, or a name as an address spells it."""
    said = key(title).replace(" ", "")
    return not said or any(said == key(site).replace(" ", "") for site in sites)


def key(text: str) -> str:
    """What two spellings of a text share: words in lower case, no accents, no punctuation."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(re.findall(r"\w+", "".join(c for c in bare if not unicodedata.combining(c))))
