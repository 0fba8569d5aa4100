"""A credit told from the caption it stands beside: "A market. © Jane Doe / Agency"."""

from __future__ import annotations

import re

from syndicator.text.clean import squash

CREDIT_MARK = re.compile(
    r"(?:©|ⓒ|\(c\)|📷|copyright\b"
    r"|\b(?:photo(?:graph(?:y|e|ie|ies)?|s)?|foto(?:graf(?:ie)?|s)?|picture|image|beeld|bild|imagen|immagine|imagem"
    r"|illustration|crédits?(?:\s+photo)?|credits?|credito|créditos?|bron|source|quelle|fuente)\s*"
    r"(?::|\bby\b|\bdoor\b|\bpar\b|\bvon\b|\bpor\b|\bdi\b|\bcourtesy(?:\s+of)?\b|©|/)"
    r"|\b(?:getty images|reuters|afp|associated press|epa-efe|anp|belga)\b(?=[\w\s/.,-]{0,40}$))",
    re.IGNORECASE,
)


def ends_in_credit(words: str) -> bool:
    """Whether a short line ends in a credit, as captions do."""
    marks = list(CREDIT_MARK.finditer(words))
    return bool(marks) and len(words) - marks[-1].start() <= 60


def split_credit(text: str) -> tuple[str, str]:
    """A caption and the credit at its end (or its beginning), marks and labels taken off.

    "A market. © Jane Doe / Agency" gives ("A market.", "Jane Doe / Agency").
    """
    text = squash(text)
    marks = list(CREDIT_MARK.finditer(text))
    if not marks:
        return text, ""
    at = next((mark for mark in marks if len(text) - mark.start() <= 160), None)
    if at is None:
        return text, ""
    caption = text[: at.start()].rstrip(" (|[–—-/")
    credit = bare_credit(text[at.start() :])
    if not caption and (
        sentence := re.match(r"(.{3,60}?[\w)])\.\s+(?=[^\W\d_a-z].{20})", text[at.start() :])
    ):
        return text[at.start() + sentence.end() :], bare_credit(sentence[1])
    return (caption, credit) if credit else (text, "")


def bare_credit(text: str) -> str:
    """A credit without its mark: "Photo: © Jane Doe)" is "Jane Doe"."""
    text = squash(text).strip(" ()[]|")
    for _ in range(3):
        match = CREDIT_MARK.match(text)
        if (
            not match
            or match[0].lower() in text.lower()[match.end() :]
            or not text[match.end() :].strip(" :")
        ):
            break
        text = text[match.end() :].strip(" :–—-|()[]")
    return text.rstrip(" .") if not text.endswith(("Inc.", "Jr.")) else text
