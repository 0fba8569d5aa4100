"""What moves the fingerprint, and what does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from syndicator.model import Category, Content, Enclosure, Image, Pager, Person
from syndicator.stages.fingerprint import fingerprint, told
from syndicator.text import markup
from tests.feeds.documents import only, rss

ONE = Content(
    url="https://example.org/1",
    title="Title",
    text="Some text",
    html="<p>Some text</p>",
    standfirst="Short",
    authors=(Person(name="Jane Doe"),),
    published_at=datetime(2026, 1, 1, tzinfo=UTC),
    image=Image(url="https://example.org/i.jpg?w=1", caption="A", credit="B"),
    enclosures=(Enclosure(url="https://example.org/1.mp3"),),
    categories=(Category(term="Mali"), Category(term="Peace")),
    language="en",
)


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Other"},
        {"text": "Other text"},
        {"standfirst": "Other"},
        {"authors": (Person(name="John Roe"),)},
        {"authors": (*ONE.authors, Person(name="John Roe"))},
        {"published_at": datetime(2026, 1, 2, tzinfo=UTC)},
        {"image": None},
        {"image": Image(url="https://example.org/i.jpg", caption="C", credit="B")},
        {"image": Image(url="https://example.org/i.jpg", caption="A", credit="C")},
        {"enclosures": ()},
        {"categories": ()},
        {"language": "fr"},
        {"rights": "Ours"},
    ],
    ids=lambda changes: str(next(iter(changes))),
)
def test_what_a_reader_would_notice_moves_it(changes: dict[str, object]) -> None:
    assert fingerprint(replace(ONE, **changes)) != fingerprint(ONE)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes",
    [
        {"html": "<div class='x'>Some text</div>"},
        {"text": "Some\n  te\u00adxt\u200b"},
        {"url": "https://example.org/1?utm_source=x"},
        {"image": Image(url="https://example.org/i.jpg?w=2&sig=z", caption="A", credit="B")},
        {"enclosures": (Enclosure(url="https://example.org/1.mp3?token=1"),)},
        {"categories": ONE.categories[::-1]},
        {"pager": Pager(position=2)},
        {"updated_at": datetime(2026, 1, 3, tzinfo=UTC)},
    ],
    ids=lambda changes: str(next(iter(changes))),
)
def test_p07_noise_does_not_move_it(changes: dict[str, object]) -> None:
    assert fingerprint(replace(ONE, **changes)) == fingerprint(ONE)  # type: ignore[arg-type]


def test_p07_the_same_words_in_other_markup_are_the_same() -> None:
    def of(html: str) -> str:
        clean = markup.sanitise(html, base="https://example.org/")
        return fingerprint(replace(ONE, html=clean, text=markup.unmarked(clean)))

    assert of('<p class="a" id="b">One <b>two</b></p>\n<p>three</p>') == of(
        "<div>One <strong>two</strong><br></div><!-- x --><p style='x'>three"
    )


def test_a_date_that_only_follows_the_update_does_not_move_it() -> None:
    earlier, later = (datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2))

    assert fingerprint(replace(ONE, published_at=earlier, updated_at=earlier)) == fingerprint(
        replace(ONE, published_at=later, updated_at=later)
    )


LONG = "The accord of Algiers was signed by all. " * 8


def test_one_text_in_two_sources_is_one_story() -> None:
    first = only(
        rss(f"<item><title>Peace, at last!</title><description>{LONG}</description></item>")
    )
    second = replace(first, title="PEACE at last", text=LONG.upper(), url="https://other.org/")

    assert told(first).story == told(second).story != ""
    assert told(replace(first, language="fr")).story != told(first).story
    assert told(replace(first, text=LONG + "More.")).story != told(first).story


def test_short_texts_are_no_story() -> None:
    assert told(replace(ONE, text="word " * 39)).story == ""
    assert told(replace(ONE, text="word " * 40)).story != ""
    assert told(replace(ONE, text="和平" * 60)).story != ""


@pytest.mark.parametrize(
    ("text", "hashes"),
    [
        ("Well_known words, it's said: ", "00ed97695c5860f0 06e6239e9cf3902f f86ddb3953db94d5"),
        ("Des mots connus, l'été 2026: ", "a9f548bb7672179b 464d572a94fbd6a3 4703bdf72de62582"),
    ],
    ids=["ascii", "accents"],
)
def test_hashes_are_those_that_stores_hold_already(text: str, hashes: str) -> None:
    content = replace(ONE, text=text * 20)
    tells = told(content)

    found = (tells.story, tells.retelling, fingerprint(content))

    assert " ".join(one[:16] for one in found) == hashes
