"""Permanent ids."""

from __future__ import annotations

from uuid import UUID

from syndicator.text import ids


def test_an_article_has_one_id_for_one_source_url_and_key() -> None:
    one = ids.article_id("https://example.org/feed", "tag:1")

    assert one == ids.article_id("https://example.org/feed", "tag:1")
    assert one != ids.article_id("https://example.org/other", "tag:1")
    assert len(one) == 32
    assert UUID(one).version == 5


def test_a_minted_entry_id_is_the_same_uuid_as_a_urn() -> None:
    assert ids.minted("https://example.org/feed", "7") == (
        f"urn:uuid:{UUID(ids.article_id('https://example.org/feed', '7'))}"
    )
