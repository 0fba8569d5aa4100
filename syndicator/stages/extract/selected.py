"""What the operator's CSS selectors find on a page; it goes before all guessing."""

from __future__ import annotations

from syndicator.model import Image, Select
from syndicator.stages.extract.credits import bare_credit
from syndicator.stages.extract.figures import image_url
from syndicator.stages.extract.said import Said
from syndicator.stages.extract.visible import date_text
from syndicator.text.pages import Node, Page, words_of
from syndicator.text.selectors import select


def read(page: Page, chosen: Select) -> Said:
    """The fields that selectors are set for; one that finds nothing leaves its field open."""
    nodes = {
        name: select(page.root, getattr(chosen, name))
        for name in (
            "title",
            "authors",
            "date",
            "standfirst",
            "image",
            "caption",
            "credit",
            "categories",
        )
    }
    return Said(
        titles=_texts(nodes["title"][:1]),
        bylines=_texts(nodes["authors"]),
        published=tuple(text for node in nodes["date"][:1] if (text := date_text(node))),
        standfirsts=_joined(nodes["standfirst"]),
        images=tuple(
            Image(url=url) for node in nodes["image"][:1] if (url := _picture(node, page))
        ),
        captions=_joined(nodes["caption"]),
        credits=tuple(bare_credit(text) for text in _joined(nodes["credit"])),
        categories=_texts(nodes["categories"]),
        nodes=tuple(node for found in nodes.values() for node in found),
    )


def _texts(nodes: list[Node]) -> tuple[str, ...]:
    """The words of each, or of the `content` that a meta element has."""
    return tuple(text for node in nodes if (text := node.get("content", "") or words_of(node)))


def _joined(nodes: list[Node]) -> tuple[str, ...]:
    text = " ".join(_texts(nodes))
    return (text,) if text else ()


def _picture(node: Node, page: Page) -> str:
    """The picture an element is, or holds."""
    if node.tag == "meta":
        return page.link(node.get("content"))
    image = node if node.tag == "img" else next(node.iter("img"), node)
    return image_url(image, page)
