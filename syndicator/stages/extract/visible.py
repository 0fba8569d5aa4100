"""What class names and relations on visible elements say, in the languages class names come in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from syndicator.stages.extract.said import Said
from syndicator.text.clean import squash
from syndicator.text.pages import Node, Page, brief, count_words, is_chrome, tokens, words_of

_BYLINE = re.compile(
    r"(?:^|[\s_-])(?:by-?lines?|authors?|auteurs?|auteurs?-?names?|autore?s?|autoren|autorin|schrijvers?"
    r"|redacteur|journalist|writers?|contributors?|post-?author|entry-?author|c-?author|signature|firma"
    r"|fn)(?:$|[\s_-]|__)",
    re.IGNORECASE,
)
_NOT_BYLINE = re.compile(
    r"bio|about|image|img|avatar|photo|picture|social|follow|twitter|box|desc|comment|date|time|title"
    r"|related|email|mail|link|share|more|count|label|role|function|credit|icon",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(?:^|[\s_-])(?:dates?|datum|fecha|data|published|publish(?:ed)?-?(?:on|date|at|time)?|pubdate|pub-?date"
    r"|publication-?date|posted-?on|post-?date|entry-?date|date-?time|timestamp|dateline|time|article-?date"
    r"|date-?published|published-?date|date-?publication|article__date)(?:$|[\s_-]|__)",
    re.IGNORECASE,
)
_UPDATED = re.compile(
    r"updated?|modif|wijzig|bijgewerkt|actuali[sz]|aktualisiert|mise?-?a-?jour", re.I
)
_STANDFIRST = re.compile(
    r"(?:^|[\s_-])(?:stand-?first|lead(?:-?text|-?paragraph|in)?|lede|chapo|chapeau|intro(?:duction|text)?"
    r"|inleiding|dek|deck|abstract|excerpt|sub-?(?:title|head(?:line|ing)?)|teaser-?text|vorspann|entradilla"
    r"|bajada|sommario|occhiello|preamble|ingress|article-?summary|post-?summary|summary)(?:$|[\s_-]|__)",
    re.IGNORECASE,
)
_WHEN = re.compile(
    r"(?<=\S)[\s,|]+(?:(?:last\s+)?(?:published|posted|updated)|publié|mise? à jour|gepubliceerd"
    r"|geplaatst|veröffentlicht|publicado|pubblicato)\b.*",
    re.IGNORECASE,
)
_MAX_LINE = 250
_LINES = (
    *("p", "div", "span", "a", "address", "li", "strong", "cite", "h2", "h3", "h4", "em", "footer"),
    *("small", "abbr", "td", "dd", "b", "i"),
)


def read(page: Page) -> Said:
    """What visible elements say by class, rel or a label of their own."""
    bylines = _bylines(page)
    dates = list(_dates(page))
    standfirsts = _named(
        page, _STANDFIRST, ("p", "div", "h2", "h3", "h4", "strong", "section", "header", "span")
    )
    intro = [node for node in standfirsts if 6 <= count_words(brief(node, 900)) <= 100][:1]
    return Said(
        titles=tuple(words_of(node) for node in headings(page)),
        bylines=tuple(spaced_words(node) for node in bylines),
        published=tuple(date_text(node) for node in dates if not _is_update(node)),
        updated=tuple(date_text(node) for node in dates if _is_update(node)),
        standfirsts=tuple(words_of(node) for node in intro),
        nodes=(*bylines, *dates),
    )


def headings(page: Page) -> list[Node]:
    """First-level headings that some text follows, those in an article before others."""
    found = [node for node in page.root.iter("h1") if words_of(node) and _leads(node)]
    inside = [
        node for node in found if next(node.iterancestors("article", "main"), None) is not None
    ]
    return inside or [node for node in found if not is_chrome(node)] or found


def _leads(heading: Node) -> bool:
    """Whether text follows: the heading of a pop-up at the end of a page leads nothing."""
    length = 0
    for text in heading.xpath("following::p//text() | following::div/text()"):  # type: ignore[union-attr]
        length += len(str(text).strip())
        if length >= 200:
            return True
    return False


def names_of(node: Node) -> str:
    """Class and id, as one text to search."""
    return f"{node.get('class', '')} {node.get('id', '')}"


def _named(page: Page, pattern: re.Pattern[str], tags: tuple[str, ...]) -> Iterator[Node]:
    for node in page.root.iter(*tags):
        if pattern.search(names_of(node)) and not is_chrome(node) and words_of(node):
            yield node


# ------------------------------------------------------------------ people and dates


def _bylines(page: Page) -> list[Node]:
    """By rel=author, then by class: the first by-line and what stands in one box with it.

    Later ones on the page are of comments and of other articles.
    """
    related = [node for node in page.root.iter("a") if "author" in tokens(node, "rel")]
    named = [
        node
        for node in page.root.iter(*_LINES, "section")
        if _BYLINE.search(names_of(node)) and not _NOT_BYLINE.search(names_of(node))
    ]
    found = _innermost(
        [
            node
            for node in (*related, *named)
            if len(brief(node, _MAX_LINE)) > 1 and not is_chrome(node) and not is_aside(node)
        ]
    )
    if not found:
        return []
    first = next((node for node in found if "author" in tokens(node, "rel")), found[0])
    boxes = set(list(first.iterancestors())[:2])
    return [node for node in found if boxes & set(list(node.iterancestors())[:2])][:10]


def spaced_words(node: Node) -> str:
    """The words of a by-line, a space between elements: "By<a>Ann Lee</a>" is "By Ann Lee".

    What says when it was published is cut off.
    """
    return _WHEN.sub("", squash(" ".join(str(text) for text in node.itertext())))


def _innermost(nodes: list[Node]) -> list[Node]:
    """Without those that hold another one, unless they say more names than it."""
    holding = {id(box) for node in nodes for box in node.iterancestors()}
    return list(dict.fromkeys(node for node in nodes if id(node) not in holding))


def is_aside(node: Node) -> bool:
    """Whether it belongs to something beside the article: a comment, a teaser of another one."""
    return any(
        re.search(
            r"comment|related|recommend|more-|most-|latest|popular|widget|teaser|promo",
            names_of(box),
            re.I,
        )
        for box in (node, *node.iterancestors())
        if box.tag not in ("body", "html")
    )


def _dates(page: Page) -> Iterator[Node]:
    """Time elements and elements whose class says date, outside of comments and teasers."""
    timed = [node for node in page.root.iter("time") if date_text(node)]
    named = [
        node
        for node in _named(
            page,
            _DATE,
            ("p", "div", "span", "li", "small", "abbr", "em", "strong", "td", "dd", "a"),
        )
        if len(words_of(node)) <= 120 and re.search(r"\d", words_of(node))
    ]
    for node in _innermost([*sorted(timed, key=_is_after_article), *named]):
        if not is_chrome(node) and not is_aside(node):
            yield node


def _is_after_article(node: Node) -> bool:
    """A time outside of the article comes after those inside one."""
    return next(node.iterancestors("article", "main"), None) is None


def date_text(node: Node) -> str:
    """The date an element states, for machines where it says so."""
    for name in ("datetime", "content", "title" if node.tag == "abbr" else "data-datetime"):
        if value := node.get(name, "").strip():
            return value
    return words_of(node)[:_MAX_LINE]


def _is_update(node: Node) -> bool:
    around = f"{names_of(node)} {node.get('itemprop', '')}"
    parent = node.getparent()
    before = words_of(parent)[:60] if parent is not None and len(words_of(parent)) < 120 else ""
    alone = before.count(words_of(node)) and not re.search(r"publi|posted", before, re.IGNORECASE)
    return bool(
        _UPDATED.search(around)
        or (
            alone
            and re.match(
                r"\W*(?:last\s+)?(?:updated?|modified|mis à jour|bijgewerkt|aktualisiert)",
                before,
                re.I,
            )
        )
    )
