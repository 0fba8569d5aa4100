"""Names in their parts, as bibliographies need them."""

from __future__ import annotations

import pytest

from syndicator.text.names import Name, name


@pytest.mark.parametrize(
    ("text", "given", "particle", "family", "suffix"),
    [
        ("Awa Diarra", "Awa", "", "Diarra", ""),
        ("Diarra, Awa", "Awa", "", "Diarra", ""),
        ("Ludwig van Beethoven", "Ludwig", "van", "Beethoven", ""),
        ("Ursula von der Leyen", "Ursula", "von der", "Leyen", ""),
        ("Jean-Claude Van Damme", "Jean-Claude", "", "Van Damme", ""),
        ("van der Berg, Jan", "Jan", "van der", "Berg", ""),
        ("Iyad Ag Ghali", "Iyad", "", "Ag Ghali", ""),
        ("Martin Luther King Jr.", "Martin Luther", "", "King", "Jr."),
        ("Martin Luther King, Jr.", "Martin Luther", "", "King", "Jr."),
        ("J. R. R. Tolkien", "J. R. R.", "", "Tolkien", ""),
        ("Žofie Nováková", "Žofie", "", "Nováková", ""),
    ],
)
def test_a_person_has_parts(text: str, given: str, particle: str, family: str, suffix: str) -> None:
    assert name(text) == Name(given=given, particle=particle, family=family, suffix=suffix)


@pytest.mark.parametrize(
    "text",
    [
        *("Agence France-Presse", "Reuters", "UN News", "The Courier", "GRIP", "王小明"),
        *("Ministry of Defence, Mali", "International Crisis Group", "Newsroom staff", "A & B Ltd"),
    ],
)
def test_what_is_no_person_stays_whole(text: str) -> None:
    assert name(text) == Name(literal=text)


def test_names_are_sorted_by_the_family() -> None:
    assert name("Ludwig van Beethoven").sorted == "van Beethoven, Ludwig"
    assert name("Martin Luther King Jr.").sorted == "King, Martin Luther, Jr."
    assert name("Reuters").sorted == "Reuters"
