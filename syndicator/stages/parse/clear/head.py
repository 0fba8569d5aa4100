"""What feedparser makes of a document around its items, where that is clear too.

With its items taken out, a document still costs feedparser as much time as a dozen clear items.
"""

from __future__ import annotations

from lxml import etree

from syndicator.stages.parse.clear.elements import ATOM, HEADS, RSS1
from syndicator.stages.parse.clear.values import LANGUAGE, RDF, Item, UnclearError, attributes
from syndicator.stages.parse.fields import Raw

_VERSIONS = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}
_NETSCAPE = "{http://my.netscape.com/rdf/simple/0.9/}"
_TELLING = {ATOM.lower(), RSS1, _NETSCAPE}


def read_head(root: etree._Element) -> Raw | None:
    """What feedparser would say beside the items, all of which are clear; None where it is to be
    asked."""
    try:
        version = _version(root)
        head = Item(element=_around(root), language=None)
        if root.tag != f"{RDF}RDF" and (language := root.get(LANGUAGE)):
            head.said["language"] = language.replace("_", "-")
        for child in head.element:
            HEADS[str(root.tag)][str(child.tag)](head, child)
    except (UnclearError, KeyError):
        return None
    return {"feed": head.said, "version": version}


def _version(root: etree._Element) -> str:
    """A namespace tells the format, but RSS 2.0 is known by its name; two that tell are unclear."""
    told = {f"{{{uri.lower()}}}" for uri in root.nsmap.values()} & _TELLING
    if root.tag == f"{ATOM}feed" and told == {ATOM.lower()}:
        return "atom10"
    if root.tag == f"{RDF}RDF" and told == {RSS1}:
        return "rss10"
    if root.tag != "rss" or not told <= {ATOM.lower()}:
        raise UnclearError
    version = root.get("version", "")
    return "rss20" if version.startswith("2.") else _VERSIONS.get(version, "rss")


def _around(root: etree._Element) -> etree._Element:
    """The element that holds the title and what goes with it, when there is one only."""
    if root.tag == f"{ATOM}feed":
        return root
    others = [child for child in root if child.tag != f"{RSS1}item"]
    if len(others) != 1 or others[0].tag not in ("channel", f"{RSS1}channel"):
        raise UnclearError
    attributes(others[0], f"{RDF}about")
    return others[0]
