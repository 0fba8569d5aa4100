"""Values of the model as JSON and back."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicator.errors import StoreError
from syndicator.model import (
    Category,
    Content,
    DateBasis,
    Image,
    Origin,
    Pager,
    ParsedFeed,
    Person,
    Precision,
    Republish,
    Select,
    SourceSettings,
)
from syndicator.stores.codec import digest, pack, unpack, value_of

FULL = Content(
    url="https://www.example.org/1",
    title="Élections \u2013 “paix”",
    authors=(Person(name="Awa Traoré", uri="https://example.org/awa"), Person(name="B")),
    published_at=datetime(2026, 3, 1, 12, 30, 0, 5, tzinfo=UTC),
    date_basis=DateBasis.PAGE,
    date_precision=Precision.DAY,
    image=Image(url="https://example.org/1.jpg", caption="c"),
    categories=(Category(term="Mali"),),
    origin=Origin(id="o", title="O", authors=(Person(name="C"),)),
    pager=Pager(label="Article 9 /19", position=9, total=19),
    extra={"georss:point": "1 2"},
)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(_JSON)
def test_values_are_written_as_the_json_module_would(value: object) -> None:
    try:
        wanted = json.dumps(
            value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
        )
    except ValueError:
        with pytest.raises(ValueError, match="JSON has no number"):
            pack(value)
    else:
        assert pack(value) == wanted


def test_a_full_value_comes_back_equal() -> None:
    assert value_of(Content, pack(FULL)) == FULL


@pytest.mark.parametrize(
    "settings",
    [
        SourceSettings(url="u", allow_private=False),
        SourceSettings(url="u", allow_private=True),
        SourceSettings(url="u", allow_private=("10.1.0.0/16",)),
        SourceSettings(url="u", allow_private=()),
        SourceSettings(url="u", every_s=0, enabled=False, republish=Republish.LINK),
        SourceSettings(url="u", headers={"x-key": "1"}, select=Select(item="li > a")),
    ],
    ids=["never", "always", "networks", "no network", "zero", "nested"],
)
def test_settings_that_are_easily_confused_come_back_equal(settings: SourceSettings) -> None:
    back = value_of(SourceSettings, pack(settings))
    assert back == settings
    assert type(back.allow_private) is type(settings.allow_private)


def test_sets_of_numbers_come_back() -> None:
    feed = ParsedFeed(version="rss20", skip_hours=frozenset({3, 1}), cut={"items": 2})
    assert value_of(ParsedFeed, pack(feed)) == feed


def test_the_same_value_gives_the_same_bytes_whatever_the_order() -> None:
    one = Content(url="u", title="t", extra={"a": "1", "b": "2"})
    two = Content(title="t", extra={"b": "2", "a": "1"}, url="u")
    assert pack(one) == pack(two) == '{"extra":{"a":"1","b":"2"},"title":"t","url":"u"}'


def test_a_field_at_its_default_does_not_change_the_hash() -> None:
    assert digest(pack(Content(url="u", title="t"))) == digest(
        pack(Content(url="u", title="t", standfirst="", authors=()))
    )


def test_times_are_kept_in_utc_with_z() -> None:
    local = datetime(2026, 3, 1, 14, tzinfo=timezone(timedelta(hours=2)))
    assert pack({"at": local}) == '{"at":"2026-03-01T12:00:00Z"}'


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        pack({"at": datetime(2026, 3, 1)})


def test_reading_ignores_unknown_fields_and_defaults_missing_ones() -> None:
    assert value_of(Content, '{"url":"u","title":"t","colour":"red"}') == Content(
        url="u", title="t"
    )


@pytest.mark.parametrize(
    "text",
    [
        '{"url":"u"',
        '{"url":"u"}',
        '{"url":1,"title":"t"}',
        "[]",
        '{"authors":{},"url":"","title":""}',
    ],
    ids=["not JSON", "a needed field missing", "a number for a text", "a list", "an object"],
)
def test_what_is_not_such_a_value_is_an_error(text: str) -> None:
    with pytest.raises(StoreError, match="Content"):
        unpack(Content, text)
