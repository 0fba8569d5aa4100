"""What leaves nothing to interpret, read from lxml's tree without feedparser.

Most items of most feeds hold a handful of elements, each at most once, with plain text inside.
What feedparser makes of these can be said in a few lines and is had so in a tenth of its time.
Whatever else an item holds (another element or attribute, markup inside, an xml:base) makes it
unclear, and feedparser reads it. Where all items are clear, so may be what stands around them, and
then feedparser reads nothing. A test compares both ways over the whole corpus.

    elements   what is known of each element, in RSS 2.0, RSS 1.0 and Atom
    head       what stands around the items
    values     texts and attributes as feedparser has them

The result is the dictionary that feedparser makes, as far as `fields`, `bodies` and `xmlentry` look
at it. Turned down: to write our own values at once, which would be a second reading of everything
that these know about feeds.
"""

from __future__ import annotations

from lxml import etree

from syndicator.stages.parse.clear.elements import ATOM, ELEMENTS, RSS1, Readers
from syndicator.stages.parse.clear.head import read_head
from syndicator.stages.parse.clear.values import LANGUAGE, RDF, Item, UnclearError, attributes
from syndicator.stages.parse.fields import Raw
from syndicator.stages.parse.tree import Tree, name_of

__all__ = ["clear_items", "read_head"]

_STATED_BELOW = etree.XPath("boolean(.//*/@xml:base or .//*/@base or .//*/@xml:lang or .//*/@lang)")


def clear_items(tree: Tree) -> list[Raw | None] | None:
    """What feedparser would say of each item, None where it is to be asked; None for all where
    nothing in the document is clear."""
    root = tree.root
    parent = root.find("channel") if root.tag == "rss" else root
    readers = ELEMENTS.get(str(root.tag))
    if parent is None or readers is None or not tree.sound or not _is_usual(root, parent):
        return None
    if tree.items and _has_title_behind(tree.items[0]):
        return None
    language = root.get(LANGUAGE, "").replace("_", "-") or None
    mine = [each.getparent() is parent for each in tree.items]
    return [
        _read(Item(element=each, language=language), readers) if own else None
        for each, own in zip(tree.items, mine, strict=True)
    ]


def _is_usual(root: etree._Element, parent: etree._Element) -> bool:
    """Whether items get no more from elsewhere than the document's language.

    To feedparser, a base address or a language stated anywhere may go on to hold for what follows;
    and where Atom and RSS 1.0 are both declared, the format is that which comes first.
    """
    mixed = root.tag != "rss" and {ATOM, RSS1} <= {f"{{{uri}}}" for uri in root.nsmap.values()}
    around = set(root.attrib) - {"version", LANGUAGE}
    own = parent is not root and parent.attrib
    return not (mixed or around or own or _STATED_BELOW(root))


def _has_title_behind(first: etree._Element) -> bool:
    """Whether one that is no item's comes after this item; to feedparser, the items that were
    between it and the one before decide which of the two counts."""
    behind = (each for each in first.itersiblings(etree.Element) if each.tag != first.tag)
    return any(name_of(part)[1] == "title" for each in behind for part in each.iter(etree.Element))


def _read(item: Item, readers: Readers) -> Raw | None:
    try:
        if about := attributes(item.element, f"{RDF}about").get(f"{RDF}about"):
            item.said["id"] = about
        for child in item.element:
            read = readers.get(child.tag)
            if read is None:
                return None
            read(item, child)
    except UnclearError:
        return None
    return item.said
