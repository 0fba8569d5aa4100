"""Classes of pages that mislead: each test is one kind of markup, with words of our own."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from syndicator.model import Content, SourceSettings
from syndicator.stages.extract import extract

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
URL = "https://press.example/2024/wells"
PARAGRAPH = (
    "The well of the three villages was dug in the year of the long drought, and every family that"
    " draws from it gives a morning of work in the dry months, so that nobody can say it is his."
)


def page(inner: str, head: str = "", after: str = "") -> Content:
    body = "".join(f"<p>{number}. {PARAGRAPH}</p>" for number in range(4))
    html = (
        f"<html lang=en><head><title>The well - Press</title>{head}</head><body>"
        f"<article><h1>The well</h1>{inner}{body}{after}</article></body></html>"
    )
    return extract(
        html.encode(),
        url=URL,
        headers={"content-type": "text/html; charset=utf-8"},
        settings=SourceSettings(url=URL),
        now=NOW,
    ).content


@pytest.mark.parametrize(
    "line",
    ["Article mis à jour le 7 janvier 2025.", "Updated 7 January 2025", "Bijgewerkt: 7-1-2025"],
)
def test_a_line_about_an_update_is_not_the_date_of_publication(line: str) -> None:
    content = page(f"<p>{line}</p><p>By Jane Doe - 30 September 2024</p>")

    assert content.published_at == datetime(2024, 9, 30, tzinfo=UTC)
    assert content.updated_at == datetime(2025, 1, 7, tzinfo=UTC)


def test_an_update_alone_is_better_than_no_date() -> None:
    assert page("<p>Updated 7 January 2025</p>").published_at == datetime(2025, 1, 7, tzinfo=UTC)


def test_a_year_in_a_copyright_line_is_no_date() -> None:
    content = page("", after="<footer>Copyright 2019 The Press</footer>")

    assert content.published_at is None


def test_a_house_that_signs_its_article_is_its_author() -> None:
    head = '<meta property="og:site_name" content="Well Watch">'

    signed = page('<p class="byline">By Well Watch</p>', head=head)
    named = page('<p class="byline">By Well Watch and Jane Doe</p>', head=head)

    assert [one.name for one in signed.authors] == ["Well Watch"]
    assert [one.name for one in named.authors] == ["Jane Doe"]


def test_boxes_that_an_engine_of_blogs_adds_are_no_text() -> None:
    widget = (
        '<div class="sharedaddy sd-like-enabled"><p>Share this text with all your friends</p></div>'
        '<div id="likes-other-gravatars"><p>%d bloggers like this</p></div>'
    )
    text = page("", after=widget).text

    assert "dry months" in text
    assert "friends" not in text
    assert "bloggers" not in text


def test_a_picture_that_loads_later_is_found_behind_its_stand_in() -> None:
    picture = (
        '<figure><img src="/theme/site_load.gif" width="1200" data-src="/m/well-a.jpg?w=800 800w,'
        ' /m/well-a.jpg 3500w"><figcaption>The well</figcaption></figure>'
    )
    content = page(picture)

    assert content.image is not None
    assert content.image.url == "https://press.example/m/well-a.jpg"
