"""syndicator pull and publish, on a real store and a real site."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Run
from tests.site import Reply, Site


def _bytes(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_pull_reads_all_sources_and_says_what_came(run: Run) -> None:
    said = run("pull")

    assert said.out == "declared: changed, 2 new, 0 revised\n"
    assert said.err.splitlines()[-1] == "1 changed"


def test_c32_what_was_just_read_is_fresh_and_force_is_conditional(run: Run, site: Site) -> None:
    run("pull")
    assert run("pull", "--json").rows[0]["result"] == "fresh"
    assert len(site.asked) == 1

    assert run("pull", "--force", "--json").rows[0]["result"] == "unchanged"
    assert site.asked[1]["if-none-match"] == '"v1"'


def test_some_failed_is_3(run: Run, site: Site) -> None:
    site.pages["/declared.xml"] = Reply(status=500)
    said = run("pull", code=3)

    assert said.out.startswith("declared: failed: ")
    assert run("source", "show", "declared", "--json").json["state"] == "failing"


def test_an_unknown_source_is_wrong_use_and_nothing_is_sent(run: Run, site: Site) -> None:
    assert "nobody" in run("pull", "declared", "nobody", code=2).err
    assert site.asked == []


def test_publish_writes_what_changed_and_then_nothing(run: Run, newsroom: Path) -> None:
    feeds = newsroom.parent / "feeds"
    run("pull")
    first = run("publish", "--json").rows
    written = _bytes(feeds)

    assert {row["feed"] for row in first if row["written"]} >= {"mali", "all"}
    assert b"Talks resume in Bamako" in written["themes/mali/atom.xml"]
    again = run("publish")
    assert (again.out, again.err.splitlines()[-1]) == ("", "nothing to write")
    run("publish", "--all")
    assert _bytes(feeds) == written


def test_publishing_says_how_many_files_it_wrote_and_so_does_what_is_published_at_once(
    run: Run, newsroom: Path
) -> None:
    feeds = newsroom.parent / "feeds"
    run("pull")
    said = run("publish").err.splitlines()[-1]
    ref = run("article", "list", "--json").rows[0]["id"]
    before = _bytes(feeds)

    withdrawn = run("article", "withdraw", ref, "--reason", "a mistake").err

    assert said == f"2 feeds written, {len(before)} files in all"
    after = _bytes(feeds)
    changed = sum(before.get(path) != body for path, body in after.items())
    assert changed > 5
    assert f"; {changed} files written anew in {feeds}" in withdrawn
    assert run("publish").err.splitlines()[-1] == "nothing to write"


def test_publishing_an_unknown_theme_is_wrong_use(run: Run) -> None:
    assert "nothing" in run("publish", "nothing", code=2).err
