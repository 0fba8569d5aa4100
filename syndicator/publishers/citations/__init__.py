"""How to cite an article as it is kept here: one module per format, each a function of a Citation.

A citation names the original and our copy of the revision that was read: the original may change
or vanish, the copy does not. As the day of access it gives the day on which this revision was
first seen, for that is when the original said so. A date we only know as the day of first sight is
no date of publication, and is left out.

May import: model, text. A new format: a module with a function of Citation, named in FORMATS.
"""

from __future__ import annotations

from collections.abc import Callable

from syndicator.publishers.citations.bibtex import bibtex
from syndicator.publishers.citations.citation import Citation, Day, citation, of_entry
from syndicator.publishers.citations.csl import csl
from syndicator.publishers.citations.plain import plain
from syndicator.publishers.citations.ris import ris

__all__ = ["FORMATS", "Citation", "Day", "bibtex", "citation", "csl", "of_entry", "plain", "ris"]

FORMATS: dict[str, Callable[[Citation], str]] = {
    "text": plain,
    "bibtex": bibtex,
    "ris": ris,
    "csl": csl,
}
