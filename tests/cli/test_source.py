"""syndicator source, on a real store and a real site."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.site import Reply, Site

FIELDS = (
    "id url kind title enabled declared state failures error next_check_at next_check_why "
    "last_success_at etag last_modified"
)
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")


def test_a_new_source_is_read_at_once_and_its_id_printed(run: Run, site: Site) -> None:
    said = run("source", "add", site.url("/more.xml"), "--id", "courier", "--theme", "mali")

    assert said.out == "courier\n"
    assert "2 articles" in said.err
    assert len(run("article", "list", "--source", "courier", "--json").rows) == 2


def test_a_known_address_gives_its_id_and_changes_nothing(run: Run, site: Site) -> None:
    first = run("source", "add", site.url("/more.xml"), "--title", "One").out
    second = run("source", "add", site.url("/more.xml"), "--title", "Two")

    assert second.out == first
    assert run("source", "show", first.strip(), "--json").json["title"] == "One"


def test_what_is_no_source_is_not_stored(run: Run, site: Site) -> None:
    site.pages["/thin"] = Reply(body=b"<p>Hello</p>", headers={"Content-Type": "text/html"})
    before = run("source", "list", "--json").rows

    assert run("source", "add", site.url("/thin"), code=1).out == ""
    assert run("source", "list", "--json").rows == before


def test_a_title_with_control_characters_is_wrong_use(run: Run, site: Site) -> None:
    before = run("source", "list", "--json").rows

    said = run("source", "add", site.url("/more.xml"), "--title", "M\x07", code=2).err

    assert "title: " in said
    assert "has a control character in it (U+0007); leave it out" in said
    assert run("source", "list", "--json").rows == before


def test_bytes_that_are_no_utf_8_are_told_as_such(run: Run, site: Site) -> None:
    typed = os.fsdecode("café".encode("latin-1"))

    said = run("source", "add", site.url("/more.xml"), "--title", typed, code=2).err

    assert '"caf\ufffd" is not UTF-8: it has the byte 0xE9 in it; write it in UTF-8' in said
    assert "control character" not in said


@pytest.mark.parametrize("url", ["ftp://a.example/x", "nonsense", "javascript:alert(1)"])
def test_r03_an_address_that_is_none_is_wrong_use(run: Run, url: str) -> None:
    assert "syndicator: " in run("source", "add", url, code=2).err


def test_the_list_has_the_fields_others_rely_on(run: Run) -> None:
    run("pull")
    (source,) = run("source", "list", "--json").rows

    assert " ".join(source).startswith(FIELDS)
    assert source["id"] == "declared"
    assert source["kind"] == "feed"
    assert source["state"] == "ok"
    assert source["declared"] is True
    assert source["etag"] == '"v1"'
    assert RFC3339.match(source["next_check_at"])
    assert RFC3339.match(source["last_success_at"])


def test_one_source_is_shown_with_what_it_cost(run: Run) -> None:
    run("pull")
    shown = run("source", "show", "declared", "--json").json

    assert [request["status"] for request in shown["requests"]] == [200]
    assert "The Courier" in run("source", "show", "declared").out


@pytest.mark.parametrize("words", [["set", "declared", "every=2h"], ["remove", "declared"]])
def test_a_declared_source_is_changed_only_in_the_file(
    run: Run, newsroom: Path, words: list[str]
) -> None:
    said = run("source", *words, code=2)

    assert f"{newsroom}: change [sources.declared] there" in said.err


def test_an_added_source_can_be_set_and_removed(run: Run, site: Site) -> None:
    run("source", "add", site.url("/more.xml"), "--id", "courier")
    run("source", "set", "courier", "title=Koerier", "every=3h", "themes=mali")

    shown = run("source", "show", "courier", "--json").json
    assert (shown["title"], shown["themes"]) == ("Koerier", ["mali"])
    assert run("source", "set", "courier", "titel=x", code=2).err
    assert run("source", "set", "courier", "title", code=2).err

    run("source", "remove", "courier")
    assert [one["id"] for one in run("source", "list", "--json").rows] == ["declared"]
    assert len(run("article", "list", "--json").rows) == 2


def test_a_paused_source_is_left_out_until_resumed(run: Run, site: Site) -> None:
    run("source", "pause", "declared")
    assert run("source", "list", "--json").rows[0]["state"] == "paused"
    run("pull")
    assert site.asked == []

    run("source", "resume", "declared")
    run("pull")
    assert len(site.asked) == 1


def test_testing_shows_what_would_be_read_and_stores_nothing(run: Run, site: Site) -> None:
    reading = run("source", "test", site.url("/more.xml"), "--json").json

    assert reading["kind"] == "feed"
    assert reading["entries"][0]["title"] == "Talks resume in Bamako"
    assert reading["entries"][0]["authors"] == ["Awa Diarra"]
    assert "Bamako" in run("source", "test", site.url("/more.xml")).out
    assert run("article", "list", "--json").rows == []


@pytest.mark.parametrize("verb", ["show", "pause", "resume", "remove"])
def test_an_unknown_id_is_wrong_use(run: Run, verb: str) -> None:
    said = run("source", verb, "nobody", code=2)

    assert said.err.count("\n") == 1
    assert "nobody" in said.err
