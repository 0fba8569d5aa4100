"""Which articles a listing page names, and where it goes on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from syndicator.model import Link, Select
from syndicator.text import selectors
from syndicator.text.pages import Node, Page, is_chrome, open_page, tokens, words_of
from syndicator.text.places import may_be_article
from syndicator.text.urls import canonical

MAX_ARTICLES = 1000
_HEADINGS = ("h1", "h2", "h3", "h4")
_TEASER_WORDS = 4
_NEXT = re.compile(
    r"(?:next|older|suivante?s?|volgende|oudere?|weiter|nächste|ältere|siguiente|successiv[ao]|avanti"
    r"|próxim[ao]|seguinte|następna|další|nästa|neste|næste|sonraki|следующая|далее|التالي|التالية|次へ|次の"
    r"|下一页|下一頁|다음)"
    r"(?:\s+(?:page|posts?|articles?|entries|pagina|berichten|seite|beiträge|página|results?))?"
    r"|page\s+suivante|pagina\s+successiva|articles\s+(?:suivants|plus\s+anciens)|[›»→>]|>>",
    re.IGNORECASE,
)
_ARROWS = " \u00a0›»→>…·|"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a listing page names: its articles in its own order, and its next page or ""."""

    articles: tuple[Link, ...] = ()
    next_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    """A link that could be an article's; `sure` when its place on the page says so."""

    url: str
    title: str
    key: str  # canonical URL: one article once
    sure: bool
    words: int
    place: str  # tags and classes around it; its siblings share them


def links(body: bytes, *, url: str, headers: Mapping[str, str], select: Select) -> Listing:
    """The articles that a listing names, in document order, each once, never the page itself.

    With `select.item` those items' links, wherever they point. Else links of the page's own host
    that look like headlines or teasers; menus, tags, pagers and files are left out.

    Raises:
        ParseError: the body is no page.
        RuleError: a selector that `selectors.check` would have refused.
    """
    page = open_page(body, url=url, headers=headers)
    found = _items(page, select.item) if select.item else _found(page)
    own = canonical(page.url)
    once = {canonical(link.url): link for link in reversed(found) if canonical(link.url) != own}
    articles = tuple(reversed(once.values()))[:MAX_ARTICLES]
    return Listing(articles=articles, next_url=_next(page, select))


# ------------------------------------------------------------------ by selector


def _items(page: Page, css: str) -> list[Link]:
    found = (_item(node, page) for node in selectors.select(page.root, css))
    return [link for link in found if link]


def _item(node: Node, page: Page) -> Link | None:
    """The link of one item: itself, else the one in or around its heading, else its first."""
    anchors = [node] if node.tag == "a" else [*_heading_links(node), *node.iter("a")]
    enclosing = node.iterancestors("a")
    for anchor in (*anchors, *enclosing):
        if url := _web(page.onward(anchor.get("href"))):
            return Link(url=url, title=_title(anchor) or words_of(node))
    return None


def _heading_links(node: Node) -> Iterator[Node]:
    for heading in node.iter(*_HEADINGS):
        yield from heading.iter("a")
        yield from heading.iterancestors("a")


def _title(anchor: Node) -> str:
    """The headline of a link: its heading where it wraps a whole teaser, else all its words."""
    for heading in anchor.iter(*_HEADINGS):
        if words := words_of(heading):
            return words
    return words_of(anchor) or " ".join(anchor.get("title", "").split())


def _web(url: str) -> str:
    return url.partition("#")[0]


# ------------------------------------------------------------------ by structure


def _found(page: Page) -> list[Link]:
    """Sure links; then teasers, and short titles that stand in the same places as those found."""
    candidates = list(_candidates(page))
    sure = [each for each in candidates if each.sure]
    shapes = {_shape(each.url) for each in sure}
    places = {each.place for each in sure}
    teasers = [
        each
        for each in candidates
        if each.words >= _TEASER_WORDS
        and (len(sure) < 3 or each.place in places or _shape(each.url) in shapes)
    ]
    known = {each.key for each in (*sure, *teasers)}
    rows = _repeated(each.place for each in (*sure, *teasers))
    return [
        Link(url=each.url, title=each.title)
        for each in _longest_titles(candidates)
        if each.key in known or (each.place in rows and each.words)
    ]


def _candidates(page: Page) -> Iterator[_Candidate]:
    host = _host(page.url)
    for anchor in page.root.iter("a"):
        url = _web(page.onward(anchor.get("href")))
        if not url or _host(url) != host or not may_be_article(url) or is_chrome(anchor):
            continue
        title = _title(anchor)
        if _NEXT.fullmatch(title.strip(_ARROWS) or title):
            continue
        yield _Candidate(
            url=url,
            title=title,
            key=canonical(url),
            sure=_is_headline(anchor, title),
            words=_words(title),
            place=_place(anchor),
        )


def _longest_titles(candidates: Iterable[_Candidate]) -> list[_Candidate]:
    """One candidate per article, at its first place, with its best words for a title.

    A picture, a headline and "Read more" often point to the same article.
    """
    best: dict[str, _Candidate] = {}
    for each in candidates:
        known = best.get(each.key)
        if known is None:
            best[each.key] = each
        elif (each.sure, each.words) > (known.sure, known.words):
            best[each.key] = each  # keeps the first one's place in the order
    return list(best.values())


def _is_headline(anchor: Node, title: str) -> bool:
    """In or around a heading, and either long enough or within an article of its own."""
    headings = [*anchor.iterancestors(*_HEADINGS), *anchor.iter(*_HEADINGS)]
    if not headings or not title:
        return False
    return _words(title) >= 3 or _in_teaser(anchor)


def _in_teaser(anchor: Node) -> bool:
    """Within an article element, or beside a date or a paragraph: a card, not a section's name."""
    for depth, box in enumerate(anchor.iterancestors("article", "li", "div", "section", "tr")):
        if box.tag == "article" or next(box.iter("time"), None) is not None:
            return True
        if depth >= 1:
            return False
        if any(_words(words_of(p)) >= 8 for p in box.iter("p")):
            return True
    return False


def _words(text: str) -> int:
    """Words; a run of Han, Kana or Thai counts one for two signs."""
    dense = len(re.findall(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]", text))
    return len(re.findall(r"[^\W\d_]{2,}|[^\W_]*\d[^\W_]*", text)) + dense // 2


def _place(anchor: Node) -> str:
    around = [anchor, *anchor.iterancestors()][:4]
    return " < ".join(f"{node.tag}.{'.'.join(sorted(tokens(node, 'class')))}" for node in around)


def _repeated(places: Iterable[str]) -> set[str]:
    """Places that several found articles share: rows of a list."""
    return {place for place, count in Counter(places).items() if count > 1}


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _shape(url: str) -> str:
    """The folder an address lies in, with figures levelled: dates and numbers vary."""
    return re.sub(r"\d+", "0", urlsplit(url).path.rpartition("/")[0])


# ------------------------------------------------------------------ the next page


def _next(page: Page, select: Select) -> str:
    named = [css for css in (select.next, select.more) if css]
    nodes = [node for css in named for node in selectors.select(page.root, css)]
    if not named:
        nodes = [*_by_relation(page), *_by_words(page)]
    for node in nodes:
        url = _target(node, page)
        if url and canonical(url) != canonical(page.url) and _host(url) == _host(page.url):
            return url
    return ""


def _target(node: Node, page: Page) -> str:
    """Where a link, or the button that stands for one, leads."""
    anchor = node if node.get("href") else next(node.iter("a"), node)
    for name in ("href", "data-href", "data-url", "data-next", "hx-get"):
        if url := _web(page.onward(anchor.get(name))):
            return url
    return ""


def _by_relation(page: Page) -> Iterator[Node]:
    for node in page.root.iter("link", "a"):
        if "next" in tokens(node, "rel"):
            yield node


def _by_words(page: Page) -> list[Node]:
    """Anchors that say "next"; those with words before those with an arrow only."""
    said = [
        (bool(re.fullmatch(r"[^\w]*", words)), anchor)
        for anchor in page.root.iter("a")
        if (words := words_of(anchor) or anchor.get("aria-label", ""))
        and _NEXT.fullmatch(words.strip(_ARROWS) or words)
        and "disabled" not in tokens(anchor, "class")
    ]
    return [anchor for arrow, anchor in sorted(said, key=lambda pair: pair[0])]
