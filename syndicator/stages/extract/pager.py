"""Where an article stands in its source's own series: "About the same theme - Article 9 /19"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from syndicator.model import Pager
from syndicator.text.pages import Node, Page, brief, tokens, words_of
from syndicator.text.urls import canonical

_PLACE = re.compile(
    r"(?:(?P<label>.{2,100}?)\s*[-–—:|,(]\s*)?(?P<word>[^\W\d_]{2,20})\s*(?:n[°ºr]\.?\s*)?(?P<at>\d{1,4})\s*"
    r"(?:/|of|out of|sur|van(?: de)?|von|de|di|av)\s*(?P<of>\d{1,4})\)?(?!\d|\s*/)",
    re.IGNORECASE,
)
_PAGES = re.compile(
    r"(?:page|pagina|página|seite|slide|photo|foto|image|bild|p|afbeelding)s?$", re.IGNORECASE
)
_PREVIOUS = re.compile(
    r"\W*(?:prev(?:ious)?|précédente?s?|vorige?s?|zurück|anterior|precedente|older)\b|[«‹←<]",
    re.IGNORECASE,
)
_NEXT_WORDS = re.compile(
    r"\W*(?:next|volgende?s?|suivante?s?|nächste[rs]?|weiter|siguiente|successiv[oa]|próxim[oa])\b"
    r"(?:\s+(?:article|artikel|article|artículo|articolo|post|story|page|pagina))?\s*[:»›→>|–-]*\s*",
    re.IGNORECASE,
)
_ARROWS = " \u00a0›»→>…·|:"
_LIMIT = 200  # characters of an element that can be such a line


def read(page: Page) -> tuple[Pager | None, tuple[Node, ...]]:
    """The pager of an article, with the elements that show it; None where it has none."""
    for box, match in _places(page):
        label = (match["label"] or "").strip(" -–—:|,(")
        holder = _holder(box)
        anchor = _next_link(holder, page) if holder is not None else None
        at, total = int(match["at"]), int(match["of"])
        if _PAGES.match(match["word"]) or not 0 < at <= total or not (label or anchor is not None):
            continue
        pager = Pager(
            label=label,
            position=at,
            total=total,
            next_url=_url(anchor, page),
            next_title=_title(anchor),
        )
        return pager, (box, *([] if holder is None or not brief(holder, 600) else [holder]))
    return _by_relation(page), ()


def _places(page: Page) -> Iterator[tuple[Node, re.Match[str]]]:
    """Elements whose words state a place, the smallest that holds the whole statement."""
    for node in page.root.iter():
        if not isinstance(node.tag, str) or node.tag in ("script", "style", "head", "title"):
            continue
        pieces = (node.text, *(child.tail for child in node))
        if not any(piece and re.search(r"\d", piece) for piece in pieces):
            continue
        best = None
        for box in (node, *list(node.iterancestors())[:3]):
            match = _PLACE.match(brief(box, _LIMIT))
            if match and (best is None or (match["label"] and not best[1]["label"])):
                best = (box, match)
        if best:
            yield best


def _holder(box: Node) -> Node | None:
    """The nearest element around the statement that holds a link, and is not half the page."""
    for holder in (box, *list(box.iterancestors())[:4]):
        if holder.tag in ("body", "html", "main", "article"):
            return box if next(box.iter("a"), None) is not None else _after(box)
        if next(holder.iter("a"), None) is not None:
            return holder
    return None


def _after(box: Node) -> Node | None:
    """A sibling just behind the statement that holds a link."""
    for sibling in list(box.itersiblings())[:2]:
        if sibling.tag == "a" or (
            brief(sibling, _LIMIT) and next(sibling.iter("a"), None) is not None
        ):
            return sibling
    return None


def _next_link(holder: Node, page: Page) -> Node | None:
    """The link onward: by relation, by class, by its words, else the last that does not go back."""
    links = [
        node
        for node in holder.iter("a")
        if (url := _url(node, page)) and canonical(url) != canonical(page.url)
    ]
    onward = [node for node in links if not _goes_back(node)]
    tests = (
        lambda node: "next" in tokens(node, "rel"),
        lambda node: re.search(r"next|suivant|volgende", node.get("class", ""), re.IGNORECASE),
        lambda node: _NEXT_WORDS.match(words_of(node)),
    )
    for test in tests:
        for node in filter(test, onward):
            return node
    return onward[-1] if onward else None


def _goes_back(node: Node) -> bool:
    return (
        "prev" in tokens(node, "rel")
        or "prev" in node.get("class", "").lower()
        or bool(_PREVIOUS.match(words_of(node)))
    )


def _url(node: Node | None, page: Page) -> str:
    return page.onward(node.get("href")) if node is not None else ""


def _title(node: Node | None) -> str:
    """The next article's title: the link's words without "Next:" and arrows."""
    if node is None:
        return ""
    words = words_of(node)
    bare = words[match.end() :] if (match := _NEXT_WORDS.match(words)) else words
    return bare.strip(_ARROWS) or node.get("title", "").strip()


def _by_relation(page: Page) -> Pager | None:
    """Links with rel=next, an anchor's before that of the head because it has a title."""
    links = [node for node in page.root.iter("a", "link") if "next" in tokens(node, "rel")]
    for node in sorted(links, key=lambda each: each.tag != "a"):
        url = _url(node, page)
        if url and canonical(url) != canonical(page.url):
            return Pager(next_url=url, next_title=_title(node))
    return None
