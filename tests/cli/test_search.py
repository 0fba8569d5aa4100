"""syndicator article search, on a real store and a real site."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.fixture(autouse=True)
def pulled(run: Run) -> None:
    """Two articles are there, the newer one about the harvest."""
    run("pull")


def test_articles_are_found_newest_first_with_the_words_that_were_found(run: Run) -> None:
    newer, older = run("article", "search", "mali OR harvest", "--json").rows

    assert newer["title"].startswith("Harvest")
    assert older["title"] == "Talks resume in Bamako"
    assert older["snippet"] == "Mediators met for peace."
    (hit,) = run("article", "search", "peac*", "--json").rows
    assert [hit["snippet"][start:end] for start, end in hit["hits"]] == ["peace"]


@pytest.mark.parametrize(
    ("options", "number"),
    [
        (["--theme", "mali"], 1),
        (["--source", "declared"], 2),
        (["--since", "2026-02-02"], 1),
        (["--until", "2026-02-01"], 1),
        (["--limit", "1"], 1),
        (["--rank"], 2),
    ],
)
def test_options_narrow(run: Run, options: list[str], number: int) -> None:
    said = run("article", "search", "source:declared OR bamako", *options)
    assert len(said.out.splitlines()) == number


def test_a_line_for_each_without_json(run: Run) -> None:
    (line,) = run("article", "search", "bamako").out.splitlines()
    assert line.split("\t")[1:] == [
        "2026-02-01 10:00",
        "declared",
        "Talks resume in Bamako",
        "Mediators met for peace.",
    ]


def test_r40_what_is_found_is_printed_as_everything_is(run: Run) -> None:
    said = run("article", "search", "harvest")
    assert "\u202e" not in said.out
    assert "\\u202e" in said.out


def test_nothing_found_is_no_failure(run: Run) -> None:
    said = run("article", "search", "volcano")
    assert (said.out, said.err) == ("", "nothing was found\n")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["mali AND"], "too early"),
        (["titel:mali"], 'column 1: unknown field "titel"; did you mean "title"?'),
        (["mali", "--theme", "nowhere"], "no theme 'nowhere'"),
        (["mali", "--source", "nowhere"], "no source 'nowhere'"),
        (["x " * 300], "longer than 500"),
        ([], "say what to search for"),
        (["mali", "--limit", "0"], "--limit"),
    ],
    ids=str,
)
def test_a_question_that_cannot_be_asked_is_wrong_use(
    run: Run, words: list[str], told: str
) -> None:
    assert told in run("article", "search", *words, code=2).err


def test_the_index_is_made_anew_by_one_command(run: Run) -> None:
    said = run("article", "search", "--reindex")
    assert said.err == "2 articles are in the index\n"
    assert len(run("article", "search", "declared OR source:declared", "--reindex").out) > 0


# ------------------------------------------------------------------ withdraw


@pytest.fixture
def talks(run: Run) -> str:
    """The id of an article that is published."""
    run("publish")
    return run("article", "search", "bamako", "--json").rows[0]["id"]


def test_withdraw_takes_back_and_says_so_everywhere(run: Run, newsroom: Path, talks: str) -> None:
    said = run("article", "withdraw", talks[:8], "--reason", "It was  retracted.")
    assert said.err.startswith(f"{talks[:8]} Talks resume in Bamako: withdrawn; ")

    assert run("article", "search", "bamako").out == ""
    shown = run("article", "show", talks).out
    assert "withdrawn:" in shown
    assert "retracted." in shown
    (one,) = run("article", "show", talks, "--json").json["withdrawals"]
    assert one["reason"] == "It was retracted."
    assert one["undone_at"] is None
    assert run("article", "list", "--json").rows[1]["withdrawn"]
    notice = newsroom.parent / "feeds/articles" / talks / "gone.html"
    assert "It was retracted." in notice.read_text()
    assert "Talks resume" not in (newsroom.parent / "feeds/themes/mali/atom.xml").read_text()


def test_withdraw_undo_gives_it_back(run: Run, newsroom: Path, talks: str) -> None:
    run("article", "withdraw", talks, "--reason", "A mistake.")
    again = run("article", "withdraw", talks, "--reason", "Another.")
    assert again.err.endswith("was withdrawn already\n")

    assert run("article", "withdraw", talks, "--undo").err.count(": given back; ") == 1
    assert run("article", "withdraw", talks, "--undo").err.endswith(": was not withdrawn\n")

    assert len(run("article", "search", "bamako").out.splitlines()) == 1
    assert "Talks resume" in (newsroom.parent / "feeds/themes/mali/atom.xml").read_text()
    (one,) = run("article", "show", talks, "--json").json["withdrawals"]
    assert one["reason"] == "A mistake."
    assert one["undone_at"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["abcdef123456", "--reason", "x"], "there is no article"),
        (["{}"], "say why"),
        (["{}", "--reason", "  "], "say why"),
        (["{}", "--reason", "x" * 2000], "longer than 1000"),
        (["{}", "--undo", "--reason", "x"], "takes no --reason"),
    ],
    ids=["unknown", "no reason", "blank", "long", "undo"],
)
def test_withdraw_used_wrongly_changes_nothing(
    run: Run, talks: str, words: list[str], told: str
) -> None:
    asked = [word.format(talks) for word in words]
    assert told in run("article", "withdraw", *asked, code=2).err
    assert len(run("article", "search", "bamako").out.splitlines()) == 1


def test_doctor_and_status_tell_of_the_index(run: Run, newsroom: Path) -> None:
    checks = {one["about"]: one for one in run("doctor", "--json").json["checks"]}
    assert checks["search"]["grade"] == "ok"
    assert run("status", "--json").json["articles_to_index"] == 0

    (newsroom.parent / "store/syndicator.search.db").write_text("no database" * 999)

    (found,) = (one for one in run("doctor", "--json").json["checks"] if one["about"] == "search")
    assert found["grade"] == "warn"
    assert "--reindex" in found["words"]
    assert len(run("article", "search", "bamako").out.splitlines()) == 1  # it mends itself
