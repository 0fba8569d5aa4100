"""Pages of years: fifty articles each, and no more of them written than changed."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from syndicator import jobs
from syndicator.app import open_parts
from syndicator.model import ArticleChange
from tests.publish.house import CONFIG, Library, fill
from tests.store.conftest import change


def _of_year(n: int, *themes: str, year: int = 2024, **what: Any) -> ArticleChange:
    """The n-th article of a year, an hour each."""
    at = datetime(year, 1, 1, tzinfo=UTC) + timedelta(hours=n)
    what = {"published_at": at, "updated_at": at, "themes": themes, **what}
    return change(f"{year}-{n}", **what)


def _years(library: Library, theme: str = "mali") -> dict[str, list[str]]:
    """Page of a year -> titles on it."""
    prefix = f"themes/{theme}/"
    found = {}
    for name, body in library.files().items():
        if re.match(rf"{prefix}\d", name):
            titles = re.findall(r">Title of (.*?)</a></h3>", body.decode())
            found[name.removeprefix(prefix).removesuffix("/index.html")] = titles
    return found


def test_articles_of_a_year_stand_on_pages_of_fifty(library: Library) -> None:
    library.read(*(_of_year(n, "mali") for n in range(120)), past=True)
    library.read(_of_year(1, "mali", year=2022))
    library.publish()

    pages = _years(library)
    assert {name: len(titles) for name, titles in pages.items()} == {
        "2022": 1,
        "2024": 20,
        "2024/1": 50,
        "2024/2": 50,
    }
    in_order = [*pages["2024"], *pages["2024/2"], *pages["2024/1"]]
    assert in_order == [f"2024-{n}" for n in reversed(range(120))]


def test_the_newest_article_of_a_year_touches_no_page_that_is_full(library: Library) -> None:
    library.read(*(_of_year(n, "mali") for n in range(120)), past=True)
    library.read(_of_year(1, "mali", year=2022))
    library.publish()

    library.read(_of_year(120, "mali"))
    touched = library.touched(library.publish)
    assert {name for name in touched if re.match(r"themes/\w+/\d", name)} == {
        "themes/all/2024/index.html",
        "themes/mali/2024/index.html",
    }
    library.read(_of_year(1, "mali", year=2022, text="revised", title="Title of another"))
    touched = library.touched(library.publish)
    assert {name for name in touched if re.match(r"themes/\w+/\d", name)} == {
        "themes/all/2022/index.html",
        "themes/mali/2022/index.html",
    }
    made = library.files()
    assert library.from_scratch() == made


def test_a_year_comes_goes_and_shrinks_with_its_articles(library: Library) -> None:
    library.read(*(_of_year(n, "mali") for n in range(51)), past=True)
    library.publish()
    library.read(_of_year(1, "mali", year=2021))
    library.publish()
    assert "/themes/mali/2021/" in library.files()["themes/mali/2024/index.html"].decode()

    library.read(gone=("2021-1", "2024-7"))
    library.publish()
    assert _years(library).keys() == {"2024"}
    assert "/2021/" not in library.files()["themes/mali/2024/index.html"].decode()
    made = library.files()
    assert library.from_scratch() == made


def test_any_order_of_events_leaves_the_pages_that_one_run_makes(library: Library) -> None:
    lots = random.Random(5)
    for turn in range(12):
        some = {lots.randrange(160) for _ in range(25)}
        changes = [
            _of_year(
                n,
                *lots.choice([("mali",), ("mali",), ("peace",), ()]),
                year=lots.choice([2023, 2024]),
                text=str(turn),
                title=f"Title of {turn}",
            )
            for n in some
        ]
        gone = [f"{lots.choice([2023, 2024])}-{lots.randrange(160)}" for _ in range(5)]
        library.read(*changes, gone=tuple(gone))
        library.publish()
    made = library.files()
    assert library.from_scratch() == made


def test_pages_are_made_anew_when_the_site_changes_its_language(library: Library) -> None:
    fill(library, 3, "mali")
    library.publish()
    assert not library.stale()
    assert ">Themes</h1>" in library.files()["index.html"].decode()

    config = library.folder / "config.toml"
    config.write_text(CONFIG.replace("[site]", '[site]\nlanguage = "nl"'))
    with open_parts(config, environ={}, clock=library.clock) as parts:
        assert jobs.publish_stale(parts) is not None
        assert jobs.publish_stale(parts) is None
    assert ">Thema’s</h1>" in library.files()["index.html"].decode()
    assert "Zoeken" in library.page("a2")
