"""A person's name in its parts, as bibliographies sort it; whatever is no person's stays whole."""

from __future__ import annotations

import re
from dataclasses import dataclass

from syndicator.text.clean import squash
from syndicator.text.people import PARTICLES, is_personal

_SUFFIX = re.compile(r"(?:jr|sr|jnr|snr)\.?|[IVX]{2,4}", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """One author.

    Args:
        literal: all of it, where it is no person's name or has no parts.
        particle: what stands before the family name and is not sorted by, "van" of van Beethoven;
            with a capital it is part of the family name, as in Van Damme.
    """

    literal: str = ""
    given: str = ""
    particle: str = ""
    family: str = ""
    suffix: str = ""

    @property
    def sorted(self) -> str:
        """Family name first: "van Beethoven, Ludwig", "King, Martin Luther, Jr."."""
        if self.literal:
            return self.literal
        family = " ".join(filter(None, (self.particle, self.family)))
        return ", ".join(filter(None, (family, self.given, self.suffix)))


def name(text: str) -> Name:
    """The parts of a name as a by-line writes it, or as "Family, Given"."""
    text = squash(text)
    head, comma, tail = (part.strip() for part in text.partition(","))
    if comma and _SUFFIX.fullmatch(tail):  # "Martin Luther King, Jr."
        text, comma = f"{head} {tail}", ""
    if comma:
        whole = is_personal(f"{tail} {head}") and "," not in tail
        return _parted(tail.split(), head.split()) if whole else Name(literal=text)
    words = text.split()
    suffix = words.pop() if len(words) > 2 and _SUFFIX.fullmatch(words[-1]) else ""
    if len(words) < 2 or not is_personal(" ".join(words)):
        return Name(literal=text)
    at = _family_at(words)
    return _parted(words[:at], words[at:], suffix)


def _family_at(words: list[str]) -> int:
    """Where the family name begins, particles included."""
    at = len(words) - 1
    while at > 1 and words[at - 1].lower() in PARTICLES:
        at -= 1
    return at


def _parted(given: list[str], family: list[str], suffix: str = "") -> Name:
    small = 0
    while small < len(family) - 1 and family[small][0].islower():
        small += 1
    return Name(
        given=" ".join(given),
        particle=" ".join(family[:small]),
        family=" ".join(family[small:]),
        suffix=suffix,
    )
