"""syndicator article, on a real store and a real site."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.site import Reply, Site

FIELDS = "id entry_id source title authors published updated date_basis url lang themes"

PAGE = (
    """<html lang="en"><head><title>Wells for Gao</title>
<meta property="article:published_time" content="2026-01-15T08:00:00Z">
<meta name="author" content="Awa Diarra"></head><body><article><h1>Wells for Gao</h1>"""
    + "<p>The district of Gao will have forty new wells before the dry season, and the engineers "
    "who drill them come from the towns that will use the water.</p>"
    * 12
    + "</article></body></html>"
)


@pytest.fixture(autouse=True)
def pulled(run: Run) -> None:
    """Two articles are there, the newer one about the harvest."""
    run("pull")


def test_the_list_is_newest_first_with_the_fields_others_rely_on(run: Run) -> None:
    newer, older = run("article", "list", "--json").rows

    assert " ".join(older).startswith(FIELDS)
    assert newer["title"].startswith("Harvest")
    assert older["title"] == "Talks resume in Bamako"
    assert older["authors"] == ["Awa Diarra"]
    assert older["published"] == "2026-02-01T10:00:00Z"
    assert older["date_basis"] == "source"
    assert older["source"] == "declared"
    assert older["themes"] == ["mali"]
    assert len(older["id"]) == 32


@pytest.mark.parametrize(
    ("words", "number"),
    [
        (["--theme", "mali"], 1),
        (["--source", "declared"], 2),
        (["--since", "2026-02-02"], 1),
        (["--until", "2026-02-01"], 1),
        (["--until", "2026-02-01T09:59:59Z"], 0),
        (["--since", "2026-02-01T11:00:00+01:00"], 2),
        (["--limit", "1"], 1),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_the_list_can_be_narrowed(run: Run, words: list[str], number: int) -> None:
    assert len(run("article", "list", "--json", *words).rows) == number


@pytest.mark.parametrize(
    "words", [["--theme", "nothing"], ["--source", "nobody"], ["--since", "lately"]]
)
def test_narrowing_to_what_is_not_there_is_wrong_use(run: Run, words: list[str]) -> None:
    assert run("article", "list", *words, code=2).out == ""


def test_r40_titles_from_outside_are_shown_and_not_obeyed(run: Run) -> None:
    for words in (["list"], ["list", "--json"], ["show", _harvest(run)]):
        written = run("article", *words).out
        assert "\u202e" not in written


def _harvest(run: Run) -> str:
    first: str = run("article", "list", "--json").rows[0]["id"]
    return first


def test_an_article_is_known_by_id_prefix_and_entry_id(run: Run) -> None:
    one = run("article", "list", "--json").rows[1]

    for ref in (one["id"], one["id"][:6], one["entry_id"]):
        shown = run("article", "show", ref, "--json").json
        assert shown["id"] == one["id"]
    assert shown["reasons"]["mali"]["how"] == "rule"
    assert "Mediators met for peace." in shown["text"]
    assert "Mediators met for peace." in run("article", "show", one["id"]).out


@pytest.mark.parametrize("ref", ["abcde", "ffffff", "https://nowhere.example/x"])
def test_an_unknown_article_is_wrong_use(run: Run, ref: str) -> None:
    assert run("article", "show", ref, code=2).out == ""


def test_a_single_article_is_kept_under_a_theme(run: Run, site: Site) -> None:
    site.pages["/wells"] = Reply(body=PAGE.encode(), headers={"Content-Type": "text/html"})

    kept = run("article", "add", site.url("/wells"), "--theme", "mali").out.strip()
    shown = run("article", "show", kept, "--json").json

    assert shown["title"] == "Wells for Gao"
    assert "mali" in shown["themes"]
    assert run("article", "add", site.url("/wells"), "--theme", "nothing", code=2).out == ""


def test_copies_of_a_story_are_listed_split_and_joined(
    run: Run, site: Site, newsroom: Path
) -> None:
    text = "Forty wells were drilled before the dry season by engineers of the towns. " * 5
    for name in ("one", "two"):
        item = f"""<item><guid>{site.url(f"/{name}")}</guid><link>{site.url(f"/{name}")}</link>
<title>Wells for Gao</title><description>{text}</description></item>"""
        body = f'<rss version="2.0"><channel><title>{name}</title>{item}</channel></rss>'
        site.pages[f"/{name}.xml"] = Reply(
            body=body.encode(), headers={"Content-Type": "application/rss+xml"}
        )
        run("source", "add", site.url(f"/{name}.xml"), "--id", name)
        run("pull", name)
    first, copy = (
        run("article", "list", "--source", name, "--json").rows[0]["id"] for name in ("one", "two")
    )

    (other,) = run("article", "show", first, "--json").json["copies"]
    assert (other["id"], other["source"]) == (copy, "two")
    assert f"first told by one: {first[:8]}" in run("article", "show", copy).out

    assert "a story of its own" in run("article", "split", copy).err
    assert run("article", "show", first, "--json").json["copies"] == []
    run("article", "split", copy, code=2)

    assert "one story" in run("article", "join", copy, first).err
    assert run("article", "show", copy, "--json").json["story"] == first
    assert "already" in run("article", "join", copy, first, code=2).err
