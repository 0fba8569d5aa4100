"""What stands around the title on a page whose markup says nothing: by-line, date, standfirst.

A plain page puts them in short blocks between its heading and its first long paragraph. Only the
words tell which is which: a line that is a date, a line of names, a bold paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from syndicator.stages.extract.said import Said
from syndicator.stages.extract.visible import spaced_words
from syndicator.text.dates import read_date
from syndicator.text.pages import Node, Page, count_words, has_blocks, is_chrome, words_of
from syndicator.text.people import is_personal, people

_AFTER = 14  # blocks to look at behind the title
_BEFORE = 3
_BODY_WORDS = 40  # a plain paragraph of this length is body
_BY = re.compile(
    r"(?:(?:written|text|words|story|report(?:ed|age)?|posted|geschreven|tekst|texte|rédigé|écrit)\s+)?"
    r"(?:by|door|par|von|por|di|de|av|af|från)\s*:?\s+(?-i:(?=[^\W\d_a-z]))"
    r"|(?:text|tekst|texte|author|auteur|autor)s?\s*:\s*",
    re.IGNORECASE,
)
_UPDATED = re.compile(
    r"\b(?:updated?|modified|mise? à jour|modifiée?|bijgewerkt|gewijzigd|aktualisiert"
    r"|actualizad[oa]|atualizad[oa]|aggiornat[oa]|oppdatert|uppdaterad|opdateret)\b",
    re.IGNORECASE,
)
_CAPTION = re.compile(r"caption|credit|copyright|legend|bijschrift", re.IGNORECASE)
_UI = re.compile(
    r"\b(?:share|print|read|more|back|home|menu|next|previous|comments?|subscribe|newsletter|photo|foto"
    r"|image|video|listen|watch|follow|facebook|twitter|linkedin|whatsapp|delen|lees|meer|terug"
    r"|partager|lire|suite|retour|article|section|part|chapter|breaking|politics|world|africa|business"
    r"|log ?in|sign ?(?:in|up))\b",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"\s*[|·•●]\s*|\s+[—–-]\s+")
_MAX_LINE = 200
_BLOCK_TAGS = (
    *("p", "div", "span", "h1", "h2", "h3", "h4", "h5", "h6", "li", "time", "address", "td", "em"),
    *("strong", "section", "header", "center"),
)


def read(page: Page, title: Node | None, *, language: str, now: datetime) -> Said:
    """By-line, date and standfirst as they stand around `title`; silent without a title."""
    if title is None:
        return Said()
    before, after = _around(page, title)
    around = [*reversed(before), title, *after]
    dates = [node for node in (*after, *before) if _is_date(node, language, now)]
    intro = [node for node in after if node not in dates and _is_standfirst(node, after)][:1]
    near = _near(around, [title, *dates[:2]])
    lines = [
        (node, _byline(node, language, is_near=node in near and (node in after or node in dates)))
        for node in (*after, *before)
    ]
    bylines = [(node, line) for node, line in lines if line and node not in intro]
    bylines.sort(key=lambda found: not _BY.match(found[1]))
    changed = [node for node in dates if _UPDATED.search(words_of(node))]
    first = [node for node in dates if node not in changed]
    return Said(
        published=tuple(words_of(node) for node in first or dates),
        updated=tuple(words_of(node) for node in changed if first),
        bylines=tuple(line for _, line in bylines[:1]),
        standfirsts=tuple(words_of(node) for node in intro),
        nodes=(*dates[:1], *(node for node, _ in bylines[:1])),
    )


def _near(around: list[Node], marks: list[Node]) -> list[Node]:
    """Blocks that are one of the marks, or stand next to one, a standfirst between them at most."""
    places = [around.index(mark) for mark in marks if mark in around]
    return [node for at, node in enumerate(around) if any(abs(at - place) <= 2 for place in places)]


def _around(page: Page, title: Node) -> tuple[list[Node], list[Node]]:
    """Blocks just before the title, nearest first, and behind it down to the body."""
    before: list[Node] = []
    after: list[Node] = []
    seen = False
    for node in _blocks(page, title):
        if node is title:
            seen = True
        elif title in node.iterancestors():
            continue
        elif not seen:
            before = [node, *before][:_BEFORE]
        elif len(after) >= _AFTER or (after and _is_body(node)):
            after.append(node)  # the first of the body, to tell what stands before it
            break
        else:
            after.append(node)
    return before, after


def _blocks(page: Page, title: Node) -> Iterator[Node]:
    """Innermost blocks with words, in order, without menus and captions; the title among them."""
    for node in page.root.iter(*_BLOCK_TAGS, title.tag):
        if node is title:
            yield node
        elif node.tag in ("span", "time", "em", "strong") and _is_inline(node):
            continue
        elif (
            not has_blocks(node)
            and words_of(node)
            and not is_chrome(node)
            and not _is_caption(node)
        ):
            yield node


def _is_inline(node: Node) -> bool:
    """A span inside a block that is a leaf itself is read with that block."""
    parent = node.getparent()
    return parent is not None and not has_blocks(parent)


def _is_caption(node: Node) -> bool:
    """Words of a picture: in a figure, or named so."""
    return any(
        box.tag in ("figure", "figcaption") or _CAPTION.search(box.get("class", ""))
        for box in (node, *list(node.iterancestors())[:3])
    )


def _is_body(node: Node) -> bool:
    return len(words_of(node).split()) >= _BODY_WORDS and not _is_emphasised(node)


def _is_emphasised(node: Node) -> bool:
    """All its words are bold or italic, or it is a heading."""
    if node.tag in ("h2", "h3", "h4", "strong", "em"):
        return True
    marked = sum(len(words_of(each)) for each in node.iterchildren("strong", "b", "em", "i"))
    return marked >= 0.9 * len(words_of(node)) > 0


def _is_date(node: Node, language: str, now: datetime) -> bool:
    """A short block that is a date, with a by-line or a label beside it perhaps."""
    words = words_of(node)
    if len(words) > 120 or not re.search(r"\d{4}|\d\d?[./-]\d\d?[./-]\d\d", words):
        return False
    letters = re.sub(r"[\W\d_]+", "", words)
    return len(letters) <= 70 and read_date(words, language=language, now=now) is not None


def _byline(node: Node, language: str, *, is_near: bool) -> str:
    """The line of names that a block is, or holds beside a date; "" where it holds none.

    Names without a word such as "by" count only near the title or the date.
    """
    words = spaced_words(node)
    if len(words) > _MAX_LINE:
        return ""
    for piece in [words, *_SPLIT.split(words), *_children(node, words)]:
        said = _BY.match(piece)
        if said and _names(piece, language, said=True):
            return piece
        if (
            not said
            and is_near
            and node.tag != "li"
            and not _UI.search(piece)
            and _names(piece, language, said=False)
        ):
            return piece
    return ""


def _children(node: Node, words: str) -> list[str]:
    """Parts of a block in elements of their own, if little else but a date is in it."""
    parts = [words_of(child) for child in node if isinstance(child.tag, str)]
    rest = words
    for part in parts:
        rest = rest.replace(part, " ", 1)
    return parts if count_words(rest) <= 4 else []


def _names(line: str, language: str, *, said: bool) -> bool:
    """Whether a line is names: of persons, or of somebody short where it says "by"."""
    found = people(line, language)
    if not found or (not said and re.search(r"\d", line)):
        return False
    letters = sum(len(person.name) for person in found)
    if all(is_personal(person.name) and len(person.name.split()) > 1 for person in found):
        return said or letters >= 0.7 * len(line)
    return said and len(found) == 1 and len(line.split()) <= 6 and line[-1:] not in ".:?!"


def _is_standfirst(node: Node, after: list[Node]) -> bool:
    """A sentence or two, emphasised, with plain text following."""
    count = len(words_of(node).split())
    if not 8 <= count <= 120 or not _is_emphasised(node):
        return False
    rest = after[after.index(node) + 1 :]
    return any(_is_body(each) or len(words_of(each).split()) >= 20 for each in rest)
