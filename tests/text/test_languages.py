"""Language tags."""

from __future__ import annotations

import pytest

from syndicator.text import languages


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("en_us", "en-US"),
        ("FR-be", "fr-BE"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("eng", "en"),
        ("de-DE-u-co-phonebk", "de-DE"),
        ("es-419", "es-419"),
        ("English", ""),
        ("x-default", ""),
        ("und", ""),
        ("", ""),
    ],
)
def test_a_tag_has_its_usual_form(text: str, expected: str) -> None:
    assert languages.tag(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "The government of Mali said on Tuesday that the peace accord signed in Algiers holds.",
            "en",
        ),
        (
            "Le gouvernement du Mali a annoncé mardi que l'accord de paix d'Alger serait maintenu.",
            "fr",
        ),
        (
            "De regering van Mali zei dinsdag dat het vredesakkoord van Algiers zou standhouden.",
            "nl",
        ),
        ("Too short to tell", ""),
    ],
)
def test_a_language_is_guessed_only_from_enough_text(text: str, expected: str) -> None:
    assert languages.detect(text) == expected
