"""Citations, read back by the programs that others read them with."""

from __future__ import annotations

import json
import re
import warnings
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import rispy
from pybtex.database import Entry, parse_string

from syndicator.model import Content, DateBasis, EntryView, Origin, Person, Precision
from syndicator.publishers.citations import Citation, bibtex, citation, csl, of_entry, plain, ris

SEEN = datetime(2026, 3, 3, 9, tzinfo=UTC)
TALKS = Content(
    url="https://courier.example/talks?id=4_2&x=%7E",
    title="Talks resume: 100 % of {both} sides & the UN_mission \\ $5 #1 ~ ^",
    authors=(
        Person(name="Awa Diarra"),
        Person(name="Ludwig van Beethoven"),
        Person(name="Martin Luther King Jr."),
        Person(name="Press and Peace Institute"),
    ),
    published_at=datetime(2026, 2, 1, 10, tzinfo=UTC),
    date_basis=DateBasis.SOURCE,
    date_raw="Sun, 01 Feb 2026 10:00:00 GMT",
    language="fr-BE",
    standfirst="Mediators met\nin Bamako.",
)


def cited(content: Content = TALKS, **facts: Any) -> Citation:
    known = {
        "article_id": "4f3c1a2b" * 4,
        "revision": 2,
        "seen_at": SEEN,
        "publication": "The Courier",
        "archive": "The Library",
        "base_url": "https://library.example/",
    }
    return citation(content, **{**known, **facts})


# ------------------------------------------------------------------ BibTeX


def entry(one: Citation) -> Entry:
    (found,) = parse_string(bibtex(one), "bibtex").entries.values()
    return found


def unescaped(text: str) -> str:
    """The text that TeX would set."""
    named = {"braceleft": "\ue000", "braceright": "\ue001", "backslash": "\ue002"}
    named |= {"asciitilde": "~", "asciicircum": "^"}
    text = re.sub(r"\\text(\w+)\{\}", lambda found: named[found[1]], text)
    text = re.sub(r"\\([&%$#_])", r"\1", re.sub(r"[{}]", "", text))
    return text.translate({0xE000: "{", 0xE001: "}", 0xE002: "\\"})


def test_bibtex_gives_back_every_field() -> None:
    found = entry(cited())

    assert found.type == "misc"
    assert found.key == "diarra2026-4f3c1a2b"
    assert unescaped(found.fields["title"]) == TALKS.title
    assert found.fields["title"].startswith("{")  # capitals are kept
    assert (found.fields["year"], found.fields["month"]) == ("2026", "February")
    assert found.fields["date"] == "2026-02-01"
    assert found.fields["url"] == TALKS.url
    assert found.fields["urldate"] == "2026-03-03"
    assert "https://library.example/articles/4f3c1a2b" in found.fields["note"]
    assert "Revision 2" in found.fields["note"]
    assert found.fields["howpublished"] == "The Courier"


def test_bibtex_knows_particles_suffixes_and_bodies() -> None:
    first, beethoven, king, institute = entry(cited()).persons["author"]

    assert (first.first_names, first.last_names) == (["Awa"], ["Diarra"])
    assert beethoven.prelast_names == ["van"]
    assert beethoven.last_names == ["Beethoven"]
    assert king.lineage_names == ["Jr."]
    assert [unescaped(part) for part in institute.last_names] == ["Press and Peace Institute"]


def test_bibtex_keys_are_ascii_and_there_without_author_and_date() -> None:
    body = cited(replace(TALKS, authors=(Person(name="Rédaction Été"),), published_at=None))
    nobody = cited(replace(TALKS, authors=(), published_at=None), publication="和平")

    assert entry(body).key == "redactionete-4f3c1a2b"
    assert entry(nobody).key == "article-4f3c1a2b"
    assert not {"year", "month", "date"} & set(entry(nobody).fields)


@pytest.mark.parametrize("evil", ["}", "{", "}}{{", "\\", "\\}", "@misc{x,", '"', "a } and {b"])
def test_bibtex_of_any_text_is_one_entry(evil: str) -> None:
    content = replace(TALKS, title=evil, authors=(Person(name=f"{evil} Body"),))

    assert unescaped(entry(cited(content)).fields["title"]) == evil


# ------------------------------------------------------------------ RIS


def test_ris_gives_back_every_field() -> None:
    (found,) = rispy.loads(ris(cited()))

    assert found["type_of_reference"] == "ELEC"
    assert found["title"] == TALKS.title
    assert found["authors"] == [
        "Diarra, Awa",
        "van Beethoven, Ludwig",
        "King, Martin Luther, Jr.",
        "Press and Peace Institute",
    ]
    assert found["secondary_title"] == "The Courier"
    assert (found["year"], found["date"]) == ("2026", "2026/02/01/")
    assert found["urls"] == [TALKS.url]
    assert found["access_date"] == "2026/03/03/"
    assert found["abstract"] == "Mediators met in Bamako."
    assert found["notes"] == [cited().note]


def test_ris_has_the_lines_its_definition_asks_for() -> None:
    lines = ris(cited(replace(TALKS, title="one\r\nER  - \r\nTY  - BOOK"))).split("\r\n")

    assert lines[0] == "TY  - ELEC"
    assert lines[-2:] == ["ER  - ", ""]
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - .*", line) for line in lines[:-1])
    assert [line[:2] for line in lines].count("ER") == 1


# ------------------------------------------------------------------ CSL-JSON


def test_csl_gives_back_every_field() -> None:
    (found,) = json.loads(csl(cited()))

    assert found["type"] == "webpage"
    assert found["issued"] == {"date-parts": [[2026, 2, 1]]}
    assert found["accessed"] == {"date-parts": [[2026, 3, 3]]}
    assert found["author"] == [
        {"family": "Diarra", "given": "Awa"},
        {"family": "Beethoven", "given": "Ludwig", "non-dropping-particle": "van"},
        {"family": "King", "given": "Martin Luther", "suffix": "Jr."},
        {"literal": "Press and Peace Institute"},
    ]
    assert found["URL"] == TALKS.url
    assert found["archive_location"].startswith("https://library.example/articles/")
    assert found["version"] == "2"


def test_csl_is_taken_by_a_processor() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the processor about fields it does not use
        from citeproc import (
            Citation as Cite,
        )
        from citeproc import (
            CitationItem,
            CitationStylesBibliography,
            CitationStylesStyle,
            formatter,
        )
        from citeproc.source.json import CiteProcJSON

        source = CiteProcJSON(json.loads(csl(cited())))
        style = CitationStylesStyle("harvard-cite-them-right", validate=False)
        made = CitationStylesBibliography(style, source, formatter.plain)
        made.register(Cite([CitationItem(cited().id)]))
        (line,) = (str(item) for item in made.bibliography())

    assert "Diarra, A." in line
    assert "2026" in line
    assert "Talks resume" in line


# ------------------------------------------------------------------ dates, and the sentence


@pytest.mark.parametrize(
    ("raw", "parts"),
    [
        ("2026-02-01T10:00:00Z", (2026, 2, 1)),
        ("February 2026", (2026, 2)),
        ("février 2026", (2026, 2)),
        ("2026-02", (2026, 2)),
        ("2026", (2026,)),
        ("", (2026, 2, 1)),
    ],
)
def test_a_date_is_as_exact_as_it_was_stated(raw: str, parts: tuple[int, ...]) -> None:
    one = cited(replace(TALKS, date_raw=raw, date_precision=Precision.DAY))

    assert one.published is not None
    assert one.published.parts == parts
    assert json.loads(csl(one))[0]["issued"]["date-parts"] == [list(parts)]
    (found,) = rispy.loads(ris(one))
    assert found["date"].strip("/") == "/".join(f"{part:02}" for part in parts)
    assert entry(one).fields["date"] == "-".join(f"{part:02}" for part in parts)
    assert ("month" in entry(one).fields) == (len(parts) > 1)


@pytest.mark.parametrize(
    "content",
    [replace(TALKS, published_at=None), replace(TALKS, date_basis=DateBasis.FIRST_SEEN)],
    ids=["none", "first seen"],
)
def test_the_day_of_first_sight_is_no_date_of_publication(content: Content) -> None:
    one = cited(content)

    assert "n.d." in plain(one)
    assert "issued" not in json.loads(csl(one))[0]
    assert "PY" not in ris(one)


def test_who_stands_in_for_an_unknown_author_is_no_author() -> None:
    source = Origin(id="urn:x", title="The Courier")
    entry = EntryView(
        id="urn:y",
        article_id="0" * 32,
        title="T",
        url=TALKS.url,
        source=source,
        authors=(Person(name="The Courier"),),
    )
    one = of_entry(
        entry, revision=1, seen_at=SEEN, archive="The Library", base_url="https://library.example"
    )

    assert one.authors == ()
    assert one.publication == "The Courier"
    assert one.kept == f"https://library.example/articles/{'0' * 32}/"


def test_the_sentence_names_the_original_and_the_copy() -> None:
    assert plain(cited(replace(TALKS, title="Talks"))) == (
        "Diarra, Awa; van Beethoven, Ludwig; King, Martin Luther, Jr.; Press and Peace Institute. "
        "“Talks”. The Courier. 1 February 2026. "
        "https://courier.example/talks?id=4_2&x=%7E (accessed 3 March 2026). "
        f"Revision 2, kept by The Library: https://library.example/articles/{'4f3c1a2b' * 4}/.\n"
    )
