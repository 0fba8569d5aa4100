"""schema.org in microdata (itemprop) and RDFa (property) on visible elements."""

from __future__ import annotations

from collections.abc import Iterator

from syndicator.model import Image
from syndicator.stages.extract.said import Said
from syndicator.text.markup import strip_title
from syndicator.text.pages import Node, Page, words_of

_NAMES = {
    "titles": {"headline"},
    "bylines": {"author", "creator"},
    "published": {"datepublished", "datecreated"},
    "updated": {"datemodified"},
    "standfirsts": {"alternativeheadline", "abstract"},
    "categories": {"keywords", "articlesection"},
}
_ELSEWHERE = {"comment", "review", "relatedlink", "hasPart", "publisher", "citation"}
_MAX_NAME = 200


def read(page: Page) -> Said:
    """What itemprop and property attributes in the body say of the article."""
    found: dict[str, list[str]] = {field: [] for field in _NAMES}
    images: list[Image] = []
    nodes: list[Node] = []
    for node, names in _marked(page):
        for field, wanted in _NAMES.items():
            if names & wanted and (text := _value(node, field)):
                found[field].append(text)
                if field in ("published", "updated", "bylines") and len(words_of(node)) < _MAX_NAME:
                    nodes.append(node)
        if "image" in names and (url := _image(node, page)):
            images.append(Image(url=url))
    return Said(
        **{field: tuple(dict.fromkeys(texts)) for field, texts in found.items()},  # type: ignore[arg-type]
        images=tuple(images),
        is_article=any(
            "Article" in node.get("itemtype", "") for node in page.root.iter("article", "div")
        ),
        nodes=tuple(nodes),
    )


def _marked(page: Page) -> Iterator[tuple[Node, set[str]]]:
    """Elements of the article itself that carry a name; not those of its comments."""
    for node in page.root.iter():
        raw = node.get("itemprop") or (node.get("property") if node.tag != "meta" else "") or ""
        names = {name.rpartition(":")[2].lower() for name in raw.split()}
        if names and not _is_elsewhere(node):
            yield node, names


def _is_elsewhere(node: Node) -> bool:
    return any(
        box.get("itemprop", "").lower() in _ELSEWHERE or "Comment" in box.get("itemtype", "")
        for box in node.iterancestors()
    )


def _value(node: Node, field: str) -> str:
    if field == "bylines":
        return _author(node)
    for name in ("content", "datetime") if field != "standfirsts" else ("content",):
        if value := node.get(name):
            return strip_title(value, is_html=False)
    return words_of(node)


def _author(node: Node) -> str:
    """The name inside, where it is marked; else a short text of the element."""
    named = [each for each in node.iter() if (each.get("itemprop") or "").lower() == "name"]
    texts = [each.get("content") or words_of(each) for each in named]
    texts = texts or [node.get("content") or words_of(node)]
    text = ", ".join(dict.fromkeys(text for text in texts if text))
    return text if len(text) <= _MAX_NAME and not text.startswith("http") else ""


def _image(node: Node, page: Page) -> str:
    inside = next((each for each in node.iter() if (each.get("itemprop") or "") == "url"), node)
    for name in ("content", "src", "href"):
        if url := page.link(inside.get(name)):
            return url
    return ""
