"""R42: what of an address is shown, and that secrets found in it are found elsewhere too."""

from __future__ import annotations

import pytest

from syndicator.model import Enclosure, EntryView, Person
from syndicator.redaction import left_out, redacted, secrets_in, without


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://h/?api_key=abc&x=1", "http://h/?api_key=***&x=1"),
        ("http://h/?x=1&access-token=a%20b#c", "http://h/?x=1&access-token=***#c"),
        ("http://h/?X-Amz-Signature=abc", "http://h/?X-Amz-Signature=***"),
        ("http://h/?apiKey=abc;feedkey=d", "http://h/?apiKey=***;feedkey=***"),
        ("http://h/?key=abc&pwd=d&sig=e", "http://h/?key=***&pwd=***&sig=***"),
        ("https://me:pa:ss@h/?a=b", "https://me:***@h/?a=b"),
        ("postgresql://me:p/w@h/name", "postgresql://me:***@h/name"),
        ("http://h/?author=smith&keyword=mali", "http://h/?author=smith&keyword=mali"),
        ("http://h/?monkey=1&design=2&passage=3", "http://h/?monkey=1&design=2&passage=3"),
        ("http://h/token/path?a", "http://h/token/path?a"),
    ],
)
def test_r42_only_what_lets_somebody_in_is_hidden(url: str, shown: str) -> None:
    assert redacted(url) == shown
    assert redacted(shown) == shown
    assert left_out(shown) == (shown != url)
    assert not left_out(url)


def test_r42_a_secret_of_an_address_is_hidden_wherever_it_stands() -> None:
    secrets = secrets_in(["http://h/?token=a%2Fbcd", "http://h/?a=visible"])
    view = EntryView(
        id="1",
        article_id="1",
        title="a/bc",
        url="http://h/1?t=a%2Fbcd",
        authors=(Person(name="x", uri="http://h/a/bcd"),),
        enclosures=(Enclosure(url="http://h/s.mp3?a=visible&u=a/bcd"),),
    )
    shown = without(view, secrets)

    assert (shown.url, shown.title) == ("http://h/1?t=***", "a/bc")
    assert shown.authors[0].uri == "http://h/***"
    assert shown.enclosures[0].url == "http://h/s.mp3?a=visible&u=***"
    assert without(view, ()) is view


def test_short_values_are_no_secrets_to_look_for() -> None:
    assert secrets_in(["http://h/?key=1"]) == ()
