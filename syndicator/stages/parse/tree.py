"""Small steps on an lxml tree, which may come of a broken document as well as of a good one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from syndicator.text.clean import squash


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A document as lxml has it; `sound` says that it found nothing amiss."""

    root: etree._Element
    items: list[etree._Element]
    sound: bool


def read_tree(body: bytes) -> Tree | None:
    """As much as can be read of `body`: UTF-8, from its first element on, without prolog."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=True,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )
    try:
        root: etree._Element | None = etree.fromstring(body, parser)
    except etree.XMLSyntaxError:
        return None
    if root is None:
        return None
    sound = not parser.error_log.filter_from_errors()
    return Tree(root=root, items=[*root.iter("{*}item", "{*}entry")], sound=sound)


Child = tuple[etree._Element, str, str]  # with its name, as `name_of` has it


def children(element: etree._Element) -> Iterator[etree._Element]:
    """Child elements; what is not an element (an unresolved entity) is passed over."""
    return element.iterchildren(etree.Element)


def name_of(element: etree._Element) -> tuple[str, str]:
    """Namespace in braces as lxml writes it, or "", and local name in lower case."""
    space, brace, name = str(element.tag).rpartition("}")
    return space + brace, name.lower()


def all_text(element: etree._Element) -> str:
    """All text inside, on one line."""
    return squash("".join(str(part) for part in element.itertext()))


def number(text: str) -> int | None:
    """A whole number of up to nine digits."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
