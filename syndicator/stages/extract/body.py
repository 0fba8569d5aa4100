"""The text of an article as HTML, without what became fields of their own."""

from __future__ import annotations

import copy
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

import lxml.etree
import lxml.html
import trafilatura

from syndicator.stages.extract.image import same_picture
from syndicator.stages.extract.titles import key
from syndicator.text import selectors
from syndicator.text.pages import Node, Page, brief, count_words, has_blocks, is_chrome, words_of

_TAKEN = "data-taken"
# Boxes that engines of blogs put around every text: share buttons, likes, related posts.
_WIDGET = re.compile(
    r"(?:^|\s)(?:sharedaddy|sd-(?:block|sharing|like)\S*|jp-(?:relatedposts|post-flair)|wpl-\S+"
    r"|likes-(?:text|other-gravatars)|addtoany\S*|a2a_kit|addthis\S*)(?:\s|$)"
)
_FEW_WORDS = 40  # an automatic body shorter than this is asked for again, less strictly
_COMMON: dict[str, Any] = {
    "output_format": "html",
    "include_comments": False,
    "include_tables": True,
    "include_formatting": True,
    "deduplicate": False,
    "with_metadata": False,
}
_TRIMMED = 5  # blocks looked at from each end
_TOP = {
    *("p", "h1", "h2", "h3", "h4", "h5", "h6", "div", "ul", "ol", "li", "blockquote", "td", "th"),
    *("dd", "dt", "pre"),
}


def body(page: Page, *, css: str, taken: list[Node], repeats: Iterable[str], picture: str) -> str:
    """The article's text as HTML, not sanitised yet; "" when the page has none.

    Args:
        css: a selector that says where it is; without one trafilatura finds it.
        taken: elements that are shown as other fields; they are left out.
        repeats: texts of other fields; a block at an end that only repeats one is left out.
        picture: the lead image, shown apart.
    """
    for node in taken:
        node.set(_TAKEN, "1")
    try:
        html = _selected(page, css) if css else _found(page)
    finally:
        for node in taken:
            node.attrib.pop(_TAKEN, "")
    if not html:
        return ""
    return _trimmed(html, [key(text) for text in repeats if key(text)], picture)


def _selected(page: Page, css: str) -> str:
    return "\n".join(_inner(_without_taken(node)) for node in selectors.select(page.root, css))


def _inner(node: Node) -> str:
    texts = [lxml.html.tostring(child, encoding="unicode") for child in node]
    return (node.text or "") + "".join(texts)


def _without_taken(node: Node) -> Node:
    """A copy of `node` without the marked elements; what follows them stays."""
    clone = copy.deepcopy(node)
    clone.tail = None
    for each in list(clone.iter()):
        if each is not clone and (each.get(_TAKEN) or _is_widget(each)):
            drop(each)
    return clone


def _is_widget(node: Node) -> bool:
    return bool(_WIDGET.search(node.get("class", "")) or _WIDGET.search(node.get("id", "")))


def drop(node: Node) -> None:
    """Remove an element, not the text behind it."""
    parent = node.getparent()
    if parent is None:
        return
    previous, tail = node.getprevious(), f" {node.tail}" if node.tail else ""
    if previous is not None:
        previous.tail = (previous.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(node)


# ------------------------------------------------------------------ found


def _found(page: Page) -> str:
    """The text as trafilatura finds it, with and without the marked elements, then by paragraphs.

    Some pages mark half their text as by-line or lead: when little is left, nothing is left out.
    """
    bare = _hinted(_without_taken(page.root))
    html = _automatic(bare, page.url)
    if _count(html) >= _FEW_WORDS:
        return html
    others = (_automatic(bare, page.url, favor_recall=True), _paragraphs(bare))
    return max((html, *others), key=_count)


def _automatic(root: Node, url: str, **options: Any) -> str:
    """Trafilatura's text with pictures and links in it.

    It judges more boldly what is text when it may leave pictures out, so it is asked twice, and of
    the richer answer only blocks stay that the plainer one has too.
    """
    rich = trafilatura.extract(
        copy.deepcopy(root), url=url, include_links=True, include_images=True, **_COMMON, **options
    )
    if not rich or "<img" not in rich:
        return _inner(_content(rich)) if rich else ""
    sober = trafilatura.extract(copy.deepcopy(root), url=url, **_COMMON, **options)
    return _inner(_confined(_content(rich), key(words_of(_content(sober or "<p></p>")))))


def _confined(tree: Node, text: str) -> Node:
    """`tree` without blocks whose words are not in `text`; a picture in one stays."""
    for node in [each for each in tree.iter() if each.tag in _TOP and not has_blocks(each)]:
        said = key(words_of(node))
        if not said or said in text:
            continue
        pictures = [
            lxml.html.tostring(each, encoding="unicode", with_tail=False)
            for each in node.iter("img")
        ]
        for picture in pictures:
            node.addprevious(lxml.html.fragment_fromstring(picture))
        drop(node)
    return tree


def _content(document: str) -> Node:
    tree = lxml.html.document_fromstring(document)
    inside = tree.find("body")
    return inside if inside is not None else tree


def _hinted(root: Node) -> Node:
    """`root` with the element that holds the text called article, where the page names none.

    Without such a hint trafilatura gathers loose paragraphs, and lists and headings are lost.
    """
    if next(root.iter("article", "main"), None) is not None:
        return root
    holder = _holder(root)
    if holder is None:
        return root
    if holder.tag in ("div", "section", "td", "center", "font"):
        holder.tag = "article"
    elif holder.tag == "body":
        wrapper = lxml.etree.SubElement(holder, "article")
        wrapper.text, holder.text = holder.text, None
        wrapper.extend([child for child in holder if child is not wrapper])
    return root


def _holder(root: Node) -> Node | None:
    """The innermost element with nearly all words that stand in paragraphs."""
    weights: Counter[Node] = Counter()
    total = 0
    for paragraph in root.iter("p"):
        count = count_words(words_of(paragraph))
        if count >= 10 and not is_chrome(paragraph):
            total += count
            weights.update(dict.fromkeys(paragraph.iterancestors(), count))
    holding = [node for node, count in weights.items() if count >= 0.85 * total]
    return max(holding, key=lambda node: sum(1 for _ in node.iterancestors()), default=None)


def _paragraphs(root: Node) -> str:
    """Every paragraph that is no chrome: for pages too short for trafilatura."""
    found = [node for node in root.iter("p") if words_of(node) and not is_chrome(node)]
    return "".join(lxml.html.tostring(node, encoding="unicode", with_tail=False) for node in found)


def _count(html: str) -> int:
    return count_words(re.sub(r"<[^>]*>", " ", html))


# ------------------------------------------------------------------ trimmed


def _trimmed(html: str, repeats: list[str], picture: str) -> str:
    """`html` without the lead image, and first and last blocks that only repeat another field."""
    tree = lxml.html.fragment_fromstring(html, create_parent="div")
    blocks = [node for node in tree.iter() if node.tag in _TOP and brief(node, 2000)]
    for node in [*blocks[:_TRIMMED], *blocks[-2:]]:
        if node.getparent() is not None and _repeats(brief(node, 2000), repeats):
            drop(node)
    for image in list(tree.iter("img")):
        if picture and same_picture(image.get("src", ""), picture):
            drop(image)
    return _inner(tree)


def _repeats(words: str, repeats: list[str]) -> bool:
    """Whether a block says no more than one of the fields, or a whole part of it."""
    said = key(words)
    return any(said == text or (len(said.split()) > 5 and said in text) for text in repeats)
