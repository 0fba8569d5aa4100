"""What is wrong with a published document, in whatever format: one line for each fault.

    atom      RFC 4287, 5005 and 6721; P1 to P19
    rss       RSS 2.0; P34
    jsonfeed  JSON Feed 1.1; P35
    common    what all of them look at

Whatever is published passes here first (`rendering`), and `doctor` looks again at what lies in
feeds/. The grammars that go with it, RELAX NG and JSON Schema, are with the tests: they say once
more what the formats ask, in other people's words, and are no part of the program.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice

from lxml import etree

from syndicator.publishers.check import atom, jsonfeed, rss
from syndicator.publishers.elements import ATOM, Node

_MOST_FAULTS = 200


def problems(body: bytes) -> list[str]:
    """Every fault found, one line each, at most 200; none for a document fit to publish."""
    found = jsonfeed.problems(body) if body[:1] == b"{" else _of_xml(body)
    return list(islice(found, _MOST_FAULTS))


def _of_xml(body: bytes) -> Iterator[str]:
    try:
        root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        return iter([f"not well-formed: {error}"])
    look = {f"{{{ATOM}}}feed": atom.problems, "rss": rss.problems}.get(root.tag)
    if look is None:
        return iter([f"the root is {root.tag}, no feed"])
    return chain(_of_bytes(body, root), look(root))


def _of_bytes(body: bytes, root: Node) -> Iterator[str]:
    if body.startswith(b"\xef\xbb\xbf"):
        yield "a byte order mark"
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        yield "not UTF-8"
    declared = root.getroottree().docinfo.encoding or "UTF-8"
    if declared.upper() != "UTF-8":
        yield f"declared as {declared}"
    if b"<!DOCTYPE" in body:
        yield "a document type"
    if root.xpath("//processing-instruction()"):
        yield "a processing instruction"
