"""Dates as pages and feeds write them, in many languages and with none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicator.model import Precision
from syndicator.text.dates import read_date

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def read(raw: str, language: str = "", **habits: str) -> str:
    """The date as "2018-02-08" for a day, "2018-02-08 14:05" for a time, "" for none."""
    found = read_date(raw, language=language, now=NOW, **habits)
    if not found:
        return ""
    return f"{found.at:%Y-%m-%d}" if found.precision is Precision.DAY else f"{found.at:%F %H:%M}"


@pytest.mark.parametrize(
    ("language", "raw", "expected"),
    [
        ("en", "08 February 2018", "2018-02-08"),
        ("en", "February 8, 2018", "2018-02-08"),
        ("en", "March 3rd 2018", "2018-03-03"),
        ("en", "Published: 8 Feb 2018 at 14:05 CET", "2018-02-08 13:05"),
        ("en", "Updated Feb. 8th, 2018, 2:05 PM EST", "2018-02-08 19:05"),
        ("en", "8 Feb 2018 14:05 by John Doe", "2018-02-08 14:05"),
        ("nl", "8 februari 2018", "2018-02-08"),
        ("nl", "Gepubliceerd op 8 februari 2018", "2018-02-08"),
        ("nl", "donderdag 8 februari 2018 - 14:05 uur", "2018-02-08 14:05"),
        ("fr", "8 février 2018", "2018-02-08"),
        ("fr-BE", "1er mars 2019", "2019-03-01"),
        ("fr", "Publié le 8 février 2018 à 14h05", "2018-02-08 14:05"),
        ("de", "8. Februar 2018, 14.05 Uhr", "2018-02-08 14:05"),
        ("es", "8 de febrero de 2018", "2018-02-08"),
        ("pt", "8 de fevereiro de 2018 às 14h05", "2018-02-08 14:05"),
        ("ar", "٨ فبراير ٢٠١٨", "2018-02-08"),
        ("ru", "8 февраля 2018 г., 14:05", "2018-02-08 14:05"),
        ("ja", "公開日：2018年2月8日 14:05", "2018-02-08 14:05"),
        ("ko", "2018. 2. 8. 오후 2:05", "2018-02-08 14:05"),
        ("", "8 Φεβρουαρίου 2018", "2018-02-08"),
        ("nl", "8 février 2018", "2018-02-08"),
        ("xx", "8 février 2018", "2018-02-08"),
    ],
)
def test_a_date_is_read_in_the_language_of_its_page(language: str, raw: str, expected: str) -> None:
    assert read(raw, language) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("2018-02-08", "2018-02-08"),
        ("2018-02-08T14:05:00.123+01:00", "2018-02-08 13:05"),
        ("2018-02-08 14:05:07 +0100", "2018-02-08 13:05"),
        ("20180208T140507Z", "2018-02-08 14:05"),
        ("2016-12-31T23:59:60Z", "2016-12-31 23:59"),
        ("2018", "2018-01-01"),
        ("2018-02", "2018-02-01"),
        ("Thu, 08 Feb 2018 14:05:00 +0100", "2018-02-08 13:05"),
        ("Thu, 08 Feb 18 14:05 GMT", "2018-02-08 14:05"),
        ("Thu Feb 08 2018 14:05:00 GMT+0100 (CET)", "2018-02-08 13:05"),
    ],
)
def test_machine_formats_are_read_exactly(raw: str, expected: str) -> None:
    assert read(raw) == expected


def test_a_month_without_a_day_is_its_first_day() -> None:
    assert read("maart 2018", "nl") == "2018-03-01"


@pytest.mark.parametrize(
    ("language", "order", "expected"),
    [
        ("en", "", "2018-02-08"),
        ("nl", "", "2018-02-08"),
        ("en-US", "", "2018-08-02"),
        ("en", "MDY", "2018-08-02"),
        ("en-US", "DMY", "2018-02-08"),
    ],
)
def test_the_day_stands_before_the_month_unless_the_page_says_otherwise(
    language: str, order: str, expected: str
) -> None:
    assert read("08/02/2018", language, order=order) == expected


def test_a_year_in_front_is_a_year_whatever_the_order() -> None:
    assert read("2018/02/08", "en") == "2018-02-08"


def test_relative_words_count_from_now() -> None:
    assert read("2 hours ago", "en") == "2026-11-24 10:00"
    assert read("il y a 3 jours", "fr") == "2026-11-21"
    assert read("gisteren", "nl") == "2026-11-23"


def test_a_time_without_a_zone_is_the_sources() -> None:
    assert read("8 Feb 2018 14:05", timezone="Africa/Bamako") == "2018-02-08 14:05"
    assert read("8 Feb 2018 14:05", timezone="Europe/Brussels") == "2018-02-08 13:05"
    assert read("2018-02-08T14:05", timezone="Europe/Brussels") == "2018-02-08 13:05"
    assert read("8 Feb 2018", timezone="Europe/Brussels") == "2018-02-08"


@pytest.mark.parametrize(
    "raw",
    ["", "8 February", "Lorem ipsum", "Mali 2018", "5 min read", "3 comments", "30 Years of 2018"],
)
def test_what_states_no_year_or_no_date_is_unknown(raw: str) -> None:
    assert read(raw, "en") == ""


@pytest.mark.parametrize(
    "raw",
    [
        "0000-01-01",
        "9999-12-31T23:59:59-12:00",
        "99999",
        "1899-12-31",
        "1970-01-01T00:00:00Z",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "2026-11-24T12:00:01Z",
        "32/13/2018",
        "2018-13-45",
        "Thu, 31 Feb 2018 14:05:00 +9999",
        "8 Feb 2018 14:05 " + "Z" * 10_000,
        "8 Feb 2018 14:05:00 +" + "1" * 10_000,
        "9" * 10_000,
        "\x00\ud800 8 Feb",
    ],
    ids=lambda raw: raw[:24].encode("ascii", "replace").decode(),
)
def test_r15_a_date_that_cannot_be_true_is_unknown(raw: str) -> None:
    assert read(raw, "en") == ""


def test_r15_an_unknown_zone_of_the_source_is_utc() -> None:
    assert read("8 Feb 2018 14:05", timezone="../../etc/passwd") == "2018-02-08 14:05"


@settings(deadline=None)  # the first text in an unknown language loads them all
@given(st.text(max_size=60), st.sampled_from(["", "en", "nl", "xx"]))
def test_r15_no_text_ever_raises(raw: str, language: str) -> None:
    found = read_date(raw, language=language, now=NOW)
    assert found is None or found.at <= NOW
