"""Whether a page is an article at all, or a list of them."""

from __future__ import annotations

from syndicator.text.pages import Node, Page, count_words, is_chrome, words_of

_HEADINGS = ("h1", "h2", "h3", "h4")
_LISTED = 3  # linked headlines that make a list
_STRETCH = 120  # words without a linked headline between them that make an article


def why_not_article(page: Page, words: int, linked: float, *, certain: bool) -> str:
    """The reason a page is no article, "" when it may be one.

    A list of teasers has text too, but a linked headline interrupts it every few lines.

    Args:
        words: of the body found. linked: the share of them that are links.
        certain: the page says that it is an article, or the operator did.
    """
    if not words:
        return "no text of an article was found on the page"
    if certain:
        return ""
    if linked > 0.6:
        return "the page is a list of links, not an article"
    headlines, stretch = _rhythm(page.root)
    if headlines >= _LISTED and stretch < _STRETCH:
        return f"the page lists {headlines} articles and has no text of its own"
    return ""


def _rhythm(root: Node) -> tuple[int, int]:
    """How many linked headlines the content has, and the longest text between two of them."""
    headlines, longest, here = 0, 0, 0
    for node in root.iter(*_HEADINGS, "p", "blockquote"):
        if is_chrome(node):
            continue
        if node.tag in _HEADINGS:
            if _is_linked(node):
                headlines, here = headlines + 1, 0
            continue
        if next(node.iterancestors("blockquote"), None) is None:
            here += count_words(words_of(node))
            longest = max(longest, here)
    return headlines, longest


def _is_linked(heading: Node) -> bool:
    links = [*heading.iter("a"), *heading.iterancestors("a")]
    return any(link.get("href") for link in links) and bool(words_of(heading))
