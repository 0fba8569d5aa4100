"""What files an article: its subjects, its section, and the rights line, as the page shows them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from syndicator.model import Link
from syndicator.stages.extract.said import Said
from syndicator.stages.extract.visible import is_aside, names_of
from syndicator.text.pages import Node, Page, brief, is_chrome, tokens, words_of

_TAGS = re.compile(
    r"(?:^|[\s_-])(?:tags?|tag-?(?:list|cloud|links)|themes?|themas?|keywords?|trefwoord(?:en)?|topics?"
    r"|mots?-?cles?|onderwerp(?:en)?|labels?|schlagworte?|etiquetas|categories|cat-?links|subjects?)"
    r"(?:$|[\s_-]|__)",
    re.IGNORECASE,
)
_TAGS_SAID = re.compile(
    r"(?:tags?|themes?|topics?|keywords|thema['’]?s?|trefwoorden|onderwerpen|thèmes?|mots[- ]clés"
    r"|étiquettes|schlagworte|themen|temas|etiquetas|filed under"
    r"|categor(?:ies|y)|catégories?|rubriques?)\s*:",
    re.IGNORECASE,
)
_SECTION = re.compile(
    r"(?:^|[\s_-])(?:section(?:-?(?:link|name|title))?|rubri(?:c|ek|que|k)|kicker|category|categorie|channel"
    r"|back(?:-?link|-?to)?|eyebrow|overline)(?:$|[\s_-]|__)",
    re.IGNORECASE,
)
_BACK = re.compile(
    r"(?:[«‹←<]\s*)?(?:back\s+to|return\s+to|terug\s+naar|retour\s+(?:à la|à l['’]|à|aux?|vers)"
    r"|zurück\s+zu[rm]?|volver\s+a|torna\s+a)\s*:?\s+(?:the\s+|het\s+|de\s+|la\s+|les?\s+)?",
    re.IGNORECASE,
)
_CRUMBS = re.compile(r"bread-?crumbs?|kruimel(?:pad|spoor)|fil-?d-?ariane|ariane", re.IGNORECASE)
_RIGHTS = re.compile(
    r"(?:©|\(c\)|copyright|all rights reserved|tous droits|alle rechten)", re.IGNORECASE
)
_ONWARD = re.compile(  # boxes that are about other articles: "same-theme", "more-on-topic"
    r"(?:^|[\s_-])(?:same|similar|others?|more|next|prev(?:ious)?|related|siblings?|pager|pagination|series"
    r"|read|also|zelfde|andere|meer|lees|verwant|volgend|meme|autres?|plus|lire|suivant)(?:$|[\s_-])",
    re.IGNORECASE,
)
_SITE_BOX = re.compile(
    r"side-?bar|cloud|widget|(?:^|[\s_-])(?:shar(?:e|ing)|social)(?:$|[\s_-])|(?:^|[\s_-])(?:menu|nav|footer)(?:$|[\s_-])",
    re.IGNORECASE,
)


def read(page: Page) -> Said:
    """Theme tags, the link back to the section, a copyright line."""
    tags = _tag_links(page)
    boxes = [box for box in _tag_boxes(page) if _is_all_links(box)]
    return Said(
        categories=tuple(dict.fromkeys(words_of(node) for node in tags)),
        sections=_sections(page),
        rights=tuple(_rights(page)[:1]),
        nodes=(*tags, *boxes),
    )


# ------------------------------------------------------------------ subjects


def _tag_links(page: Page) -> list[Node]:
    """Links that file the article under a subject."""
    related = [node for node in page.root.iter("a") if "tag" in tokens(node, "rel")]
    boxes = [*_tag_boxes(page)]
    inside = [
        link
        for box in boxes
        for link in box.iter("a")
        if not _is_onward(link) and not _is_teaser(link)
    ]
    found = [
        node
        for node in dict.fromkeys([*related, *inside])
        if 1 < len(words_of(node)) <= 80 and not _in_site_chrome(node) and not is_aside(node)
    ]
    return found[:100]


def _is_onward(link: Node) -> bool:
    """Whether a link leads to another article or another language, and files this one nowhere."""
    if tokens(link, "rel") & {"next", "prev", "bookmark", "alternate"} or link.get("hreflang"):
        return True
    around = itertools.takewhile(
        lambda box: box.tag not in ("body", "html", "main", "article"), link.iterancestors()
    )
    return any(_ONWARD.search(names_of(box)) for box in (link, *itertools.islice(around, 4)))


def _is_teaser(link: Node) -> bool:
    """Whether a link shows a picture or a heading, as one to another article does."""
    return next(link.iter("img", "picture", "h1", "h2", "h3", "h4", "h5", "p"), None) is not None


def _is_all_links(box: Node) -> bool:
    """Whether little but a label stands in a box beside its links."""
    links = sum(len(words_of(link)) for link in box.iter("a"))
    label = len(brief(box, 600)) - links
    return links > 0 and label <= 30 + 3 * len(list(box.iter("a")))


def _tag_boxes(page: Page) -> Iterator[Node]:
    for node in page.root.iter(
        "ul", "ol", "div", "p", "span", "dl", "section", "li", "footer", "td", "nav", "aside"
    ):
        if _TAGS.search(names_of(node)):
            found = brief(node, 600) != ""
        else:
            found = len(node) > 0 and _TAGS_SAID.match(brief(node, 400)) is not None
        if found:
            yield node


def _in_site_chrome(node: Node) -> bool:
    """In the site's menu, footer or sidebar; a tag list is chrome elsewhere, but not here."""
    for box in node.iterancestors():
        if box.tag in ("body", "html"):
            return False
        if _SITE_BOX.search(names_of(box)):
            return True
        if box.tag in ("nav", "aside", "footer", "header"):
            return next(box.iterancestors("article", "main"), None) is None
    return False


# ------------------------------------------------------------------ section and rights


def _sections(page: Page) -> tuple[Link, ...]:
    """The link back to the section: as said, by breadcrumb, by class."""
    found = [*_back_links(page), *_crumb_links(page), *_section_links(page)]
    return tuple(
        link for link in found if link.title and link.url.rstrip("/") != page.url.rstrip("/")
    )


def _back_links(page: Page) -> Iterator[Link]:
    for node in page.root.iter("a"):
        words = words_of(node)
        match = _BACK.match(words) if len(words) <= 100 else None
        if match and (url := page.link(node.get("href"))):
            yield Link(url=url, rel="section", title=words[match.end() :].strip())


def _crumb_links(page: Page) -> Iterator[Link]:
    for box in page.root.iter("nav", "ol", "ul", "div", "p"):
        label = f"{names_of(box)} {box.get('aria-label', '')}"
        if not _CRUMBS.search(label):
            continue
        links = [
            Link(url=url, rel="section", title=words_of(node))
            for node in box.iter("a")
            if (url := page.link(node.get("href"))) and url.rstrip("/") != page.url.rstrip("/")
        ]
        if len(links) > 1 or (links and not re.search(r"^https?://[^/]+/?$", links[0].url)):
            yield links[-1]
        return


def _section_links(page: Page) -> Iterator[Link]:
    for node in page.root.iter("a", "p", "div", "span", "h2", "h3", "h4", "li"):
        if not _SECTION.search(names_of(node)) or is_chrome(node) or len(words_of(node)) > 60:
            continue
        anchor = node if node.tag == "a" else next(node.iter("a"), None)
        if anchor is not None and (url := page.link(anchor.get("href"))):
            yield Link(url=url, rel="section", title=words_of(anchor))


def _rights(page: Page) -> list[str]:
    """Lines that state a copyright, those of the article before the site's."""
    lines = [
        words
        for node in page.root.iter("p", "div", "span", "small", "li", "footer", "td")
        if len(words := brief(node, 200)) <= 200
        and _RIGHTS.match(words)
        and len(words) > 8
        and next(node.iterancestors("figure", "figcaption"), None) is None
    ]
    return [
        line for line in lines if re.search(r"\d{4}|rights|droits|rechten", line, re.IGNORECASE)
    ]
