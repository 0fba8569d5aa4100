"""By-lines as people."""

from __future__ import annotations

import re
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicator.model import Person
from syndicator.text import people as module
from syndicator.text.people import credited, people


def names(byline: str, language: str = "") -> list[str]:
    return [person.name for person in people(byline, language)]


@pytest.mark.parametrize(
    ("byline", "expected"),
    [
        ("By Jane Doe & John Roe", ["Jane Doe", "John Roe"]),
        ("A & B", ["A", "B"]),
        ("Door Jan van der Berg en Piet de Vries", ["Jan van der Berg", "Piet de Vries"]),
        ("Par Marie Dupont et Jean-Pierre Martin", ["Marie Dupont", "Jean-Pierre Martin"]),
        ("Von Hans Weber und Eva Müller", ["Hans Weber", "Eva Müller"]),
        ("Juan Pérez y Ana Gómez", ["Juan Pérez", "Ana Gómez"]),
        ("A. B. Smith, C. Jones, and D. Brown", ["A. B. Smith", "C. Jones", "D. Brown"]),
        ("Jane Doe; John Roe", ["Jane Doe", "John Roe"]),
        ("Mamadou Diallo/Awa Traoré", ["Mamadou Diallo", "Awa Traoré"]),
        ("李明、王芳", ["李明", "王芳"]),
        ("<a href='/jane'>Jane Doe</a> and <b>John Roe</b>", ["Jane Doe", "John Roe"]),
        ("Jane Doe and jane doe", ["Jane Doe and jane doe"]),
        ("Jane Doe and Jane DOE", ["Jane Doe"]),
    ],
)
def test_a_joint_byline_is_several_people(byline: str, expected: list[str]) -> None:
    assert names(byline) == expected


@pytest.mark.parametrize(
    "byline",
    [
        "Doctors and Nurses for Peace",
        "Ministry of Health and Social Affairs",
        "Médecins Sans Frontières",
        "International Crisis Group",
        "José Ortega y Gasset",
        "Von der Leyen",
        "Anne & Paul",
        "AFP",
        "Smith, John",
        "de Montety, Étienne",
        "/u/somebody",
    ],
)
def test_a_byline_that_may_be_one_author_stays_whole(byline: str) -> None:
    assert names(byline) == [byline]


@pytest.mark.parametrize(
    "byline",
    [
        "Jane Doe, Reuters",
        "Jane Doe | The Guardian",
        "Jane Doe, The Guardian",
        "Jane Doe - BBC News",
        "Jane Doe (AFP)",
        "Jane Doe in Bamako",
        "Jane Doe, 12 May 2020",
        "Jane Doe @janedoe",
        "Jane Doe, senior editor",
        "Text: Jane Doe | Photo: John Roe",
        "Texte : Jane Doe",
        "Tekst: Jane Doe, Foto's: Piet Puk",
        "BY Jane Doe",
    ],
)
def test_what_surrounds_a_name_is_left_out(byline: str) -> None:
    assert names(byline) == ["Jane Doe"]


@pytest.mark.parametrize(
    ("byline", "name", "email"),
    [
        ("jane@example.org (Jane Doe)", "Jane Doe", "jane@example.org"),
        ("Jane Doe <jane@example.org>", "Jane Doe", "jane@example.org"),
        ("Jane Doe (jane@example.org)", "Jane Doe", "jane@example.org"),
        ("jane@example.org", "jane@example.org", ""),
    ],
)
def test_rss_writes_name_and_mail_in_several_ways(byline: str, name: str, email: str) -> None:
    (person,) = people(byline)

    assert (person.name, person.email) == (name, email)


def test_a_byline_of_nothing_is_nobody() -> None:
    assert people("") == people(" , ") == ()


@given(st.text(max_size=80))
def test_any_byline_gives_each_name_once_and_none_empty(byline: str) -> None:
    found = names(byline)

    assert all(found)
    assert len({name.casefold() for name in found}) == len(found)


@pytest.mark.parametrize("name", ["Radio 4", "Team Author 12"])
def test_a_name_as_a_field_may_end_in_a_number(name: str) -> None:
    assert credited(name) == (Person(name=name),)


WORDS = (
    *("Jane", "Doe", "\u00c9tienne", "By", "Door", "Von", "Di", "De", "And", "Et", "Al", "Planet"),
    *("Others", "The", "News", "In", "Story", "Texte", "Y", "Og", "Photo", "Bin", "van", "\u00dfa"),
    *("Jo-An", "A", ""),
)


@given(
    st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join),
    st.sampled_from(["", "it", "es-AR", "fr"]),
)
def test_a_name_is_seen_at_a_glance_as_at_length(byline: str, language: str) -> None:
    with patch.object(module, "_NAME", re.compile(r"(?!)")):
        at_length = people(byline, language)
    assert people(byline, language) == at_length
