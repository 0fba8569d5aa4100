"""syndicator theme, on a real store and a real site."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run

FIELDS = "slug title match articles updated feed_url"


@pytest.fixture(autouse=True)
def pulled(run: Run) -> None:
    """Two articles are there, one of them under mali."""
    run("pull")


def test_the_list_has_the_fields_others_rely_on(run: Run) -> None:
    (theme,) = run("theme", "list", "--json").rows

    assert " ".join(theme).startswith(FIELDS)
    assert theme["slug"] == "mali"
    assert theme["articles"] == 1
    assert theme["updated"].endswith("Z")
    assert theme["feed_url"] == "http://127.0.0.1:8080/themes/mali/atom.xml"


def test_one_theme_is_shown_with_its_rule(run: Run) -> None:
    assert "title:(mali OR bamako)" in run("theme", "show", "mali").out
    assert run("theme", "show", "mali", "--json").json["declared"] is True


def test_a_new_theme_takes_the_past_at_once(run: Run) -> None:
    said = run("theme", "add", "harvest", "--title", "Harvest", "--match", "title:harvest")

    assert said.out == "harvest\n"
    assert "1 articles" in said.err
    assert len(run("article", "list", "--theme", "harvest", "--json").rows) == 1


def test_a_theme_may_speak_languages(run: Run) -> None:
    run("theme", "add", "aid", "--title-in", "fr=Aide", "--match-in", "fr=aide", "--match", "aid")

    shown = run("theme", "show", "aid", "--json").json
    assert (shown["titles"], shown["matches"]) == ({"fr": "Aide"}, {"fr": "aide"})


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["Not A Slug", "--match", "x"], id="slug"),
        pytest.param(["all", "--match", "x"], id="reserved"),
        pytest.param(["mali", "--match", "x"], id="there already"),
        pytest.param(["bad", "--match", "title:(mali"], id="rule"),
        pytest.param(["bad", "--match", "colour:red"], id="unknown field"),
        pytest.param(["bad", "--title-in", "Aide"], id="no language"),
        pytest.param(["bad", "--title", " "], id="no title"),
        pytest.param(["bad", "--title", "Ma\x07li"], id="control character"),
        pytest.param(["bad", "--title-in", "fr=Ma\x1bli"], id="control character in French"),
        pytest.param(["bad", "--description", "\udcff"], id="bytes that are no text"),
    ],
)
def test_a_theme_that_cannot_be_is_wrong_use(run: Run, words: list[str]) -> None:
    assert run("theme", "add", *words, code=2).out == ""
    assert len(run("theme", "list", "--json").rows) == 1


def test_a_declared_theme_is_removed_only_in_the_file(run: Run, newsroom: Path) -> None:
    said = run("theme", "remove", "mali", code=2)

    assert f"declared in {newsroom}: remove [themes.mali] there" in said.err


def test_an_added_theme_can_be_removed(run: Run) -> None:
    run("theme", "add", "harvest", "--match", "harvest")
    run("theme", "remove", "harvest")

    assert [one["slug"] for one in run("theme", "list", "--json").rows] == ["mali"]


def test_a_rule_is_tried_without_storing_anything(run: Run) -> None:
    (hit,) = run("theme", "test", "title:bamako", "--json").rows

    assert hit["title"] == "Talks resume in Bamako"
    assert hit["found"] == [{"field": "title", "words": "bamako"}]
    assert "title:bamako" in run("theme", "test", "title:bamako").out
    assert "column" in run("theme", "test", "colour:red", code=2).err


def test_an_article_is_pinned_by_hand_with_its_reason(run: Run) -> None:
    (harvest,) = (
        one for one in run("article", "list", "--json").rows if one["title"].startswith("Harvest")
    )
    ref = harvest["id"][:8]

    run("theme", "include", "mali", ref, "--reason", "it names the region")
    shown = run("article", "show", ref, "--json").json
    assert shown["themes"] == ["mali"]
    assert shown["reasons"]["mali"]["how"] == "include"
    assert shown["reasons"]["mali"]["note"] == "it names the region"
    assert "already" in run("theme", "include", "mali", ref).err

    run("theme", "exclude", "mali", ref)
    assert run("article", "show", ref, "--json").json["themes"] == []


@pytest.mark.parametrize(
    "words", [("theme", "include", "mali"), ("theme", "exclude", "mali"), ("article", "withdraw")]
)
def test_a_reason_that_cannot_be_shown_is_wrong_use(run: Run, words: tuple[str, ...]) -> None:
    ref = run("article", "list", "--json").rows[0]["id"]
    before = run("article", "show", ref, "--json").json

    said = run(*words, ref, "--reason", "a \x1b[31mred\x00 one", code=2).err

    assert "'--reason'" in said
    assert "has a control character in it (U+001B); leave it out" in said
    assert run("article", "show", ref, "--json").json == before


def test_what_was_pinned_by_hand_can_be_left_to_the_rule_again(run: Run) -> None:
    rows = run("article", "list", "--json").rows
    (harvest,) = (one["id"] for one in rows if one["title"].startswith("Harvest"))
    (talks,) = (one["id"] for one in rows if one["title"].startswith("Talks"))

    run("theme", "include", "mali", harvest)
    run("theme", "exclude", "mali", talks)
    assert "it is not in mali" in run("theme", "include", "mali", harvest, "--undo").err
    assert "it is in mali" in run("theme", "exclude", "mali", talks, "--undo").err

    assert run("article", "show", harvest, "--json").json["reasons"] == {}
    assert run("article", "show", talks, "--json").json["reasons"]["mali"]["how"] == "rule"
    assert "not excluded" in run("theme", "exclude", "mali", talks, "--undo", code=2).err
    assert "faults: 0" in run("archive", "verify").err


def test_pinning_needs_a_theme_and_an_article_that_are(run: Run) -> None:
    article = run("article", "list", "--json").rows[0]["id"]

    assert "nothing" in run("theme", "include", "nothing", article, code=2).err
    assert "abcdef" in run("theme", "include", "mali", "abcdef", code=2).err


def test_a_theme_is_renamed_and_a_declared_one_in_the_file(run: Run) -> None:
    run("theme", "add", "harvest", "--match", "title:harvest")
    assert run("theme", "rename", "harvest", "crops").out == "crops\n"
    run("publish")

    slugs = [row["slug"] for row in run("theme", "list", "--json").rows]
    assert slugs == ["crops", "mali"]
    assert 'renamed_from = ["mali"]' in run("theme", "rename", "mali", "sahel", code=2).err
    assert "mali" in run("theme", "rename", "crops", "mali", code=2).err
    assert "no name we can use" in run("theme", "rename", "crops", "No Slug", code=2).err
    assert "reserved" in run("theme", "rename", "crops", "all", code=2).err
    assert "'nothing'" in run("theme", "rename", "nothing", "else", code=2).err


def test_r50_only_theme_token_tells_where_a_private_theme_is(run: Run, newsroom: Path) -> None:
    run("theme", "add", "harvest", "--match", "title:harvest", "--private")
    address = run("theme", "token", "harvest").out.strip()
    token = run("theme", "token", "harvest", "--json").json["token"]
    assert address == f"http://127.0.0.1:8080/private/{token}/atom.xml"

    run("publish", "--all")
    assert (newsroom.parent / "feeds" / "private" / token / "atom.xml").is_file()
    for words in (
        ("theme", "list"),
        ("theme", "list", "--json"),
        ("theme", "show", "harvest", "--json"),
        ("publish", "--all"),
        ("publish", "--all", "--json"),
        ("status",),
        ("config", "show"),
    ):
        said = run(*words)
        assert token not in said.out + said.err, words

    fresh = run("theme", "token", "harvest", "--new", "--json").json["token"]
    assert fresh != token
    run("publish")
    assert [path.name for path in (newsroom.parent / "feeds" / "private").iterdir()] == [fresh]
    assert "public" in run("theme", "token", "mali", code=2).err
