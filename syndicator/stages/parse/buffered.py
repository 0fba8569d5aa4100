"""Python's own XML reader, which gives feedparser each text in one piece.

expat reports a text line by line and each reference apart, eight pieces an element in usual feeds,
and each of them costs feedparser a walk through its state. The results are the same; a test
compares them over the whole corpus. feedparser asks for a module with `create_parser` by its name
(`PREFERRED_XML_PARSERS`), and first for one that is hardly ever there: that search is saved too.
"""

from __future__ import annotations

from xml.sax.expatreader import ExpatParser

import feedparser.api


class BufferedParser(ExpatParser):
    """ExpatParser with expat's own buffering of text turned on."""

    def reset(self) -> None:
        """Begin a document."""
        super().reset()
        self._parser.buffer_text = True  # type: ignore[attr-defined]


def create_parser() -> BufferedParser:
    """What feedparser calls, once a document."""
    return BufferedParser()


def use_it() -> None:
    """Have feedparser of this process read with it."""
    feedparser.api.PREFERRED_XML_PARSERS[:] = [__name__]
