"""An HTML page as a tree: decoded, bounded and parsed once for every stage that reads pages.

The parser is libxml2's. It stops at 256 levels by itself (R13) and is linear but for the attributes
of one tag (100,000 of them cost it 11 s), so those are cut first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import lxml.etree
import lxml.html
from lxml.html import defs
from w3lib.encoding import html_to_unicode, http_content_type_encoding, read_bom

from syndicator.errors import ParseError
from syndicator.text.clean import clean, squash, writable
from syndicator.text.urls import absolute, to_ask

Node = lxml.etree._Element

MAX_CHARS = 8_000_000  # a longer page is cut there: what it says was said long before
_MAX_ATTRIBUTES = 256
_LONG_TAG = re.compile(r"<([A-Za-z][A-Za-z0-9]*)([^>]{2048,})>")
_ATTRIBUTE = re.compile(r"[\s\"'/][^\s\"'/>=]+")
_SAMPLE = 64_000  # bytes that are enough to guess an encoding
_ENCODINGS = [
    *("utf_8", "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "koi8_r"),
    *("cp932", "euc_jp", "gb18030", "big5", "cp949"),
]
# What no text holds (WHATWG MIME Sniffing, binary data bytes); a page may have a few by mistake.
_BINARY = re.compile("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_UNSEEN = {"script", "style", "noscript", "template", "head", "title"}
_BLOCKS = defs.block_tags | {
    *("article", "aside", "br", "figcaption", "figure", "footer", "header"),
    *("main", "nav", "section"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A parsed page. `base` is what its links are relative to, already absolute."""

    url: str
    base: str
    root: Node

    def link(self, href: str | None) -> str:
        """`href` as an absolute, publishable URL, or ""."""
        return absolute(href, self.base) if href else ""

    def onward(self, href: str | None) -> str:
        """The same for a link that is to be followed by us; only http and https (R3)."""
        return to_ask(href, self.base) if href else ""


def open_page(body: bytes, *, url: str, headers: Mapping[str, str]) -> Page:
    """The page that `body` is.

    Args:
        url: where it came from, after redirects.
        headers: of the answer; only Content-Type is read.

    Raises:
        ParseError: it holds no element at all, or is a picture, an archive or the like.
    """
    decoded = decode(body, headers)
    start = decoded[:_SAMPLE]
    if len(_BINARY.findall(start)) > max(len(start) // 100, 8):
        raise ParseError("this is not a page but binary data")
    text = writable(clean(decoded)[:MAX_CHARS])
    root = _parse(_LONG_TAG.sub(_fewer_attributes, text))
    if root is None or not len(root):
        raise ParseError("the page is empty or is not HTML")
    return Page(url=url, base=_base(root, url), root=root)


def _parse(text: str) -> Node | None:
    parser = lxml.html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True
    )
    try:
        return lxml.html.document_fromstring(text.encode("utf-8"), parser=parser)
    except (lxml.etree.LxmlError, ValueError):
        return None


def _fewer_attributes(tag: re.Match[str]) -> str:
    if len(_ATTRIBUTE.findall(tag[2])) <= _MAX_ATTRIBUTES:
        return tag[0]
    return f"<{tag[1]}>"


def _base(root: Node, url: str) -> str:
    for element in root.iter("base"):
        if found := absolute(element.get("href", ""), url):
            return found
    return url


# ------------------------------------------------------------------ encoding


def decode(body: bytes, headers: Mapping[str, str]) -> str:
    """The text of a page, whatever its encoding is said to be.

    A byte order mark decides. Bytes beyond ASCII that are valid UTF-8 are UTF-8, because no other
    encoding looks so by chance, and many pages lie. Else the header, then the page's own word, as
    browsers read them; what neither explains is guessed.
    """
    mark, _ = read_bom(body)
    if not mark and not body.isascii():
        try:
            return body.decode("utf-8")
        except UnicodeDecodeError:
            pass
    declared, text = html_to_unicode(_content_type(headers), body, auto_detect_fun=_guess)
    if mark or text.count("\ufffd") <= len(text) // 1000:
        return text
    return _decoded(body, _guess(body)) if _guess(body) != declared else text


def _content_type(headers: Mapping[str, str]) -> str:
    value = next((v for k, v in headers.items() if k.lower() == "content-type"), "")
    return value if http_content_type_encoding(value) else ""


def _guess(body: bytes) -> str:
    """The likeliest encoding of those that pages are written in; windows-1252 wins a draw."""
    from charset_normalizer import from_bytes  # 0.1 s, and only pages without a word need it

    matches = list(from_bytes(body[:_SAMPLE], cp_isolation=_ENCODINGS))
    if not matches:
        return "cp1252"
    best = matches[0]
    western = next((match for match in matches if match.encoding == "cp1252"), best)
    drawn = western.chaos <= best.chaos and western.coherence >= best.coherence
    return western.encoding if drawn else best.encoding


def _decoded(body: bytes, encoding: str) -> str:
    try:
        return body.decode(encoding, "replace")
    except LookupError:
        return body.decode("cp1252", "replace")


# ------------------------------------------------------------------ reading the tree


def words_of(node: Node) -> str:
    """The visible text of `node` on one line, blocks separated by a space."""
    pieces: list[str] = []
    _collect(node, pieces)
    return squash("".join(pieces))


def _collect(node: Node, pieces: list[str]) -> None:
    """Depth is bounded by the parser's 256 levels."""
    if not isinstance(node.tag, str) or node.tag in _UNSEEN:
        return
    gap = " " if node.tag in _BLOCKS else ""
    pieces.append(gap + (node.text or ""))
    for child in node:
        _collect(child, pieces)
        pieces.append(child.tail or "")
    pieces.append(gap)


def tokens(node: Node, name: str) -> frozenset[str]:
    """The words of a list attribute such as class or rel, in lower case."""
    return frozenset(node.get(name, "").lower().split())


_CHROME_TAGS = ("nav", "footer", "aside", "form", "dialog", "menu")
_CHROME_ROLES = {"navigation", "banner", "contentinfo", "search", "complementary", "menu", "dialog"}
_CHROME_NAMES = re.compile(
    r"(?:^|[\s_-])(?:nav(?:bar|igation)?|menu\w*|sub-?menu|footer|side-?bar|bread-?crumbs?|pager|pagination"
    r"|tag(?:s|-?list|-?cloud)?|share|sharing|social\w*|cookies?|consent|log-?in|skip-?\w*|top-?bar"
    r"|comments?|advert\w*|(?:search|newsletter|subscribe)-?(?:form|box|bar|signup|widget)"
    r"|lang(?:uage)?s?-?(?:switch(?:er)?|menu|selector|list|nav|links)|languages)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)


def is_chrome(node: Node) -> bool:
    """Whether `node` lies in what surrounds content on every page: menus, footers, tag lists.

    A header counts when it is the site's own, not that of an article or a section.
    """
    for box in (node, *node.iterancestors()):
        if box.tag in ("html", "body", "main", "article"):
            return False
        if box.tag in _CHROME_TAGS or box.get("role", "").lower() in _CHROME_ROLES:
            return True
        if box.tag == "header" and _is_of_site(box):
            return True
        if _CHROME_NAMES.search(f"{box.get('class', '')} {box.get('id', '')}"):
            return True
    return False


def _is_of_site(header: Node) -> bool:
    """A header outside of any content and without a main heading."""
    around = next(header.iterancestors("article", "section", "main"), None)
    return around is None and next(header.iter("h1"), None) is None


def has_blocks(node: Node) -> bool:
    """Whether another block lies inside `node`; a line break is none."""
    return any(child.tag in _BLOCKS and child.tag != "br" for child in node.iterdescendants())


def brief(node: Node, limit: int) -> str:
    """The words of `node` if they are few, else ""; a large element is not read to its end."""
    length = 0
    for text in node.itertext():
        length += len(text.strip())
        if length > limit:
            return ""
    words = words_of(node)
    return words if len(words) <= limit else ""


_DENSE = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")


def count_words(text: str) -> int:
    """Words; of scripts that put no space between them, one for two signs."""
    return len(text.split()) + len(_DENSE.findall(text)) // 2
