"""syndicator theme test, plan, apply, explain, on a real store and a real site."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run

RULE = "category:Mali OR title:(mali OR bamako)"


@pytest.fixture(autouse=True)
def pulled(run: Run) -> None:
    """Two articles are there, one of them under mali."""
    run("pull")


def change_rule(newsroom: Path, rule: str) -> None:
    newsroom.write_text(newsroom.read_text().replace(RULE, rule))


def test_a_rule_that_is_tried_tells_its_counts_and_the_newest_hits(run: Run) -> None:
    said = run("theme", "test", "title:(talks OR harvest)", "--limit", "1")

    assert said.out.count("\n") == 1
    assert "Harvest" in said.out
    assert "2 of 2 articles" in said.err
    assert "matches everything" in said.err
    assert "matches nothing" in run("theme", "test", "nowhere").err


def test_plan_apply_plan(run: Run, newsroom: Path) -> None:
    run("theme", "plan", "--exit-code")
    change_rule(newsroom, "title:harvest")

    said = run("theme", "plan", "--exit-code", code=4)
    assert "mali: rule changed, rule version 2" in said.out
    assert "mali: +1 -1" in said.out
    (planned,) = run("theme", "plan", "--json").rows
    assert planned["feeds"] == [{"feed": "mali", "added": 1, "removed": 1}]
    assert planned["adding"][0]["title"].startswith("Harvest")
    assert planned["removing"][0]["title"] == "Talks resume in Bamako"
    assert run("article", "list", "--theme", "mali", "--json").rows[0]["title"].startswith("Talks")

    assert "wait for theme apply: mali" in run("status").err
    assert "mali: +1 -1, 1 in its feed now" in run("theme", "apply").err
    assert "nothing would change" in run("theme", "plan", "--exit-code").err
    assert "nothing waits" in run("theme", "apply").err
    assert run("status", "--json").json["rules_to_apply"] == []


def test_plan_and_apply_of_what_is_not_there_are_wrong_use(run: Run) -> None:
    assert "there is no theme 'nothing'" in run("theme", "plan", "nothing", code=2).err
    assert "there is no theme 'nothing'" in run("theme", "apply", "nothing", code=2).err


def test_a_rule_that_would_empty_a_theme_is_warned_of_before(run: Run, newsroom: Path) -> None:
    change_rule(newsroom, "title:nowhere")

    assert "Careful: mali would lose all its 1 articles." in run("theme", "plan").err
    assert "Careful: mali would lose all its 1 articles." in run("theme", "apply").err


def test_explain_tells_rule_words_and_pins(run: Run, newsroom: Path) -> None:
    talks = run("article", "list", "--json").rows[1]["id"]
    said = run("theme", "explain", talks[:8]).out
    assert said.startswith("mali\tin\trule version 1: ")
    assert "title:bamako" in said
    assert "category:mali" in said

    change_rule(newsroom, "title:harvest")
    run("status")  # the file is taken over
    assert "version 2, would not put it in: see theme plan" in run("theme", "explain", talks).out

    run("theme", "exclude", "mali", talks, "--reason", "not about the country")
    (one,) = run("theme", "explain", talks, "--json").rows
    assert (one["theme"], one["in"], one["waits"]) == ("mali", False, False)
    assert one["reason"]["how"] == "exclude"
    assert one["reason"]["note"] == "not about the country"
    assert one["reason"]["by"]
    assert "excluded by hand by" in run("theme", "explain", talks).out


def test_other_words_for_a_pin_are_kept(run: Run) -> None:
    talks = run("article", "list", "--json").rows[1]["id"]
    run("theme", "include", "mali", talks, "--reason", "first")
    run("theme", "include", "mali", talks, "--reason", "second")

    (one,) = run("theme", "explain", talks, "--json").rows
    assert one["reason"]["note"] == "second"
