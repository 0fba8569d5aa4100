"""The pictures of a page, each with what is written beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from syndicator.model import Image
from syndicator.stages.extract.credits import CREDIT_MARK, bare_credit, ends_in_credit, split_credit
from syndicator.text.clean import squash
from syndicator.text.pages import Node, Page, brief, is_chrome, words_of

_CREDIT_CLASS = re.compile(
    r"(?:^|[\s_-])(?:credits?|copyright|photo-?credit|img-?credit|image-?credit|byline|source|attribution"
    r"|photographer|fotograaf|photographe|auteur|author|rights)(?:$|[\s_-]|__)",
    re.IGNORECASE,
)
_CAPTION_CLASS = re.compile(
    r"(?:^|[\s_-])(?:caption|legende?|bijschrift|onderschrift|wp-caption-text|image-?caption|cutline|didascalia)"
    r"(?:$|[\s_-]|__)",
    re.IGNORECASE,
)
_LAZY = ("data-src", "data-original", "data-lazy-src", "data-lazy", "data-image", "data-url", "src")
_DECORATION = re.compile(
    r"logo|icon|avatar|gravatar|sprite|spacer|pixel|blank|placeholder|badge|button|emoji|\.svg(?:$|\?)"
    r"|/ads?/|1x1|(?:^|[_-])load(?:ing|er)?\.gif",
    re.IGNORECASE,
)
_TEASER = re.compile(
    r"related|recommend|more-|teaser|promo|popular|author|comment|next|prev", re.IGNORECASE
)
_SET = re.compile(r"\s\d+(?:\.\d+)?[wx](?:,\s|$)")  # a srcset, wherever it was put
_SMALL = 150  # CSS pixels: below it is an ornament
_MAX_CAPTION = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A picture of the content with what is written beside it, and the elements that show it."""

    image: Image
    nodes: tuple[Node, ...]
    is_lead: bool  # it stands before the text


def figures(page: Page, title: Node | None) -> list[Figure]:
    """Pictures of the content in document order, without logos, menus and teasers.

    The first one after the title and before the text leads.
    """
    found: list[Figure] = []
    boxes: set[int] = set()
    state = _Place(started=title is None)
    for node in page.root.iter():
        state.passes(node, title)
        if node.tag != "img" or not (url := image_url(node, page)) or _is_ornament(node, url):
            continue
        box = _box(node)
        if id(box) not in boxes:
            boxes.add(id(box))
            found.append(_figure(node, box, url, is_lead=not state.in_text))
    return found


@dataclass(slots=True)
class _Place:
    """Where in the page a walk is: before the title, before the text, or in it."""

    started: bool
    words: int = 0

    def passes(self, node: Node, title: Node | None) -> None:
        if node is title:
            self.started, self.words = True, 0
        elif self.started and node.tag == "p" and _is_prose(node):
            self.words += len(brief(node, 4000).split())

    @property
    def in_text(self) -> bool:
        return self.words > 120


def _is_prose(node: Node) -> bool:
    return next(node.iterancestors("figure", "figcaption", "nav", "footer"), None) is None


def image_url(node: Node, page: Page) -> str:
    """The address of a picture, also of one that a script would load later."""
    for name in _LAZY:
        value = node.get(name, "")
        value = _largest(value) if _SET.search(value) else value
        if value and not value.startswith("data:") and (url := page.link(value)):
            return url
    sets = [node.get(name, "") for name in ("data-srcset", "srcset")]
    parent = node.getparent()
    if parent is not None and parent.tag == "picture":
        sets += [
            source.get(name, "")
            for source in parent.iter("source")
            for name in ("data-srcset", "srcset")
        ]
    return next((url for text in sets if (url := page.link(_largest(text)))), "")


def _largest(srcset: str) -> str:
    """The widest candidate of a srcset."""
    best, width = "", -1.0
    for candidate in re.split(r",\s+", srcset):
        url, _, size = candidate.strip().partition(" ")
        value = float(match[0]) if (match := re.search(r"\d+(?:\.\d+)?", size)) else 0.0
        if url and value > width:
            best, width = url, value
    return best


def _is_ornament(node: Node, url: str) -> bool:
    named = f"{urlsplit(url).path.rpartition('/')[2]} {node.get('class', '')} {node.get('id', '')}"
    return (
        _is_small(node)
        or _DECORATION.search(named) is not None
        or is_chrome(node)
        or _in_teaser(node)
    )


def _is_small(node: Node) -> bool:
    """As far as its attributes say: small in both directions, or a thin line."""
    found = (re.match(r"\d{1,5}", node.get(name, "")) for name in ("width", "height"))
    sizes = [int(match[0]) for match in found if match]
    return bool(sizes) and (max(sizes) < _SMALL or min(sizes) < _SMALL / 3)


def _in_teaser(node: Node) -> bool:
    """Inside a box that leads to something else, by its name."""
    return any(
        _TEASER.search(f"{box.get('class', '')} {box.get('id', '')}")
        for box in node.iterancestors("div", "aside", "ul", "li", "section", "a")
    )


def _box(node: Node) -> Node:
    """What holds a picture together with its words: a figure, a captioned box, or itself."""
    figure = next(node.iterancestors("figure"), None)
    if figure is not None:
        return figure
    for depth, box in enumerate(
        node.iterancestors("div", "p", "span", "table", "td", "a", "section")
    ):
        words = brief(box, _MAX_CAPTION)
        if depth > 3 or len(list(box.iter("img"))) > 1 or (words_of(box) and not words):
            break
        if words and (_has_caption(box) or ends_in_credit(words) or _is_small_print(box, words)):
            return box
    return node


def _has_caption(box: Node) -> bool:
    names = (each.get("class", "") for each in box.iter() if isinstance(each.tag, str))
    return any(_CAPTION_CLASS.search(name) or _CREDIT_CLASS.search(name) for name in names)


def _is_small_print(box: Node, words: str) -> bool:
    """Whether all words of a box are small or slanted, as captions were set before HTML5."""
    marked = sum(len(words_of(each)) for each in box.iter("small", "i", "em", "figcaption"))
    return len(words.split()) <= 60 and marked >= 0.9 * len(words)


def _figure(node: Node, box: Node, url: str, *, is_lead: bool) -> Figure:
    beside = [] if box is not node else list(_beside(node))
    caption, credit = _words(box, beside)
    alt = squash(node.get("alt", ""))[:_MAX_CAPTION]
    image = Image(url=url, caption=caption, credit=credit, alt=alt)
    return Figure(image=image, nodes=(box, *beside), is_lead=is_lead)


def _beside(node: Node) -> Iterator[Node]:
    """Captions that follow a bare picture: the next elements, while they are named so."""
    anchor = node
    parent = node.getparent()
    while (
        parent is not None
        and parent.tag in ("a", "p", "picture", "div", "span")
        and not words_of(parent)
    ):
        anchor, parent = parent, parent.getparent()
    for sibling in anchor.itersiblings():
        if not _is_caption(sibling):
            return
        yield sibling


def _is_caption(node: Node) -> bool:
    """Whether a short element is words of the picture before it: by name, or by its credit."""
    words, name = brief(node, 300), node.get("class", "")
    if not words:
        return False
    if _CAPTION_CLASS.search(name) or _CREDIT_CLASS.search(name) or CREDIT_MARK.match(words):
        return True
    return ends_in_credit(words) and len(words.split()) <= 50


def _words(box: Node, beside: list[Node]) -> tuple[str, str]:
    """Caption and credit of a box: by class, else split at the mark of a credit."""
    if box.tag == "img" and not beside:
        return "", ""
    holders = [box, *beside]
    named = [
        node
        for holder in holders
        for node in holder.iter()
        if isinstance(node.tag, str)
        and _CREDIT_CLASS.search(node.get("class", ""))
        and 0 < len(words_of(node)) <= 200
    ]
    credit = words_of(named[0]) if named else ""
    text = squash(" ".join(_caption_text(holder, skip=named[:1]) for holder in holders))
    if credit:
        caption, more = split_credit(text)
        return (caption if more and more in credit else text), bare_credit(credit)
    return split_credit(text)


def _caption_text(holder: Node, *, skip: list[Node]) -> str:
    """The words of the caption in `holder` without those of the credit."""
    captions = [
        node
        for node in holder.iter()
        if node.tag == "figcaption"
        or _CAPTION_CLASS.search(node.get("class", "") if isinstance(node.tag, str) else "")
    ]
    text = words_of(captions[0] if captions else holder)
    for node in skip:
        text = text.replace(words_of(node), " ", 1)
    return text[:_MAX_CAPTION]
