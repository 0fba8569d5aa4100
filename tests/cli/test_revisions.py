"""syndicator article history, diff, cite, show --at, after a real source has changed its words."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from syndicator.app import open_parts
from syndicator.jobs import pull
from tests.cli.conftest import Run, rss
from tests.conftest import FakeClock
from tests.site import Reply, Site

CHANGED = (
    (b"Talks resume in Bamako", b"Talks resume in Gao"),
    (b"Mediators met for peace.", b"Mediators \xe2\x80\xae met again for peace."),
)


@pytest.fixture
def edited(run: Run, newsroom: Path, site: Site, clock: FakeClock) -> str:
    """The id of an article of two revisions: of 2026-03-01 and of 2026-03-03."""
    for days in (0, 2):
        clock.move(days * 86_400)
        body = rss(site).body
        for old, new in CHANGED if days else ():
            body = body.replace(old, new)
        headers = {"Content-Type": "application/rss+xml", "ETag": f'"v{days}"'}
        site.pages["/declared.xml"] = Reply(body=body, headers=headers, conditional=True)
        with open_parts(newsroom, environ={}, clock=clock) as parts:
            pull(parts, force=True)
    one = next(
        one for one in run("article", "list", "--json").rows if one["title"].startswith("Talks")
    )
    found: str = one["id"]
    return found


def test_history_lists_revisions_and_what_changed(run: Run, edited: str) -> None:
    first, second = run("article", "history", edited[:8], "--json").rows

    assert (first["revision"], first["at"], first["changed"]) == (1, "2026-03-01T12:00:00Z", [])
    assert (second["revision"], second["at"]) == (2, "2026-03-03T12:00:00Z")
    assert second["changed"][:2] == ["title", "text"]
    assert "title, text (+1 -0 words)" in run("article", "history", edited).out


def test_diff_shows_words_that_are_gone_and_that_came(run: Run, edited: str) -> None:
    said = run("article", "diff", edited)

    assert "Talks resume in [-Bamako-]{+Gao+}" in said.out
    assert "{+again +}" in said.out
    assert "\u202e" not in said.out  # R40
    assert "from 1 (2026-03-01 12:00) to 2 (2026-03-03 12:00)" in said.err
    assert run("article", "diff", edited, "1", "2").out == said.out
    assert run("article", "diff", edited, "1").out == said.out
    assert "[-Gao-]{+Bamako+}" in run("article", "diff", edited, "2", "1").out


def test_diff_as_json_gives_the_pieces(run: Run, edited: str) -> None:
    found = run("article", "diff", edited, "--json").json

    assert (found["id"], found["from"]["revision"], found["to"]["revision"]) == (edited, 1, 2)
    title = found["changes"][0]
    assert title["field"] == "title"
    assert title["pieces"] == [
        {"op": "same", "text": "Talks resume in "},
        {"op": "gone", "text": "Bamako"},
        {"op": "came", "text": "Gao"},
    ]


def test_diff_of_what_is_not_there_is_wrong_use(run: Run, edited: str) -> None:
    assert "they go from 1 to 2" in run("article", "diff", edited, "1", "3", code=2).err
    run("article", "diff", edited, "1", "2", "2", code=2)
    run("article", "diff", edited, "0", code=2)
    same = run("article", "diff", edited, "2", "2")
    assert (same.out, "nothing that a reader" in same.err) == ("", True)


def test_what_did_it_say_on_the_second_of_march(run: Run, edited: str) -> None:
    then = run("article", "show", edited, "--at", "2026-03-02", "--json").json
    assert (then["title"], then["revision"]) == ("Talks resume in Bamako", 1)
    assert "Mediators met for peace." in run("article", "show", edited, "--at", "2026-03-02").out

    for at in ("2026-03-03", "2026-03-03T12:00:00Z"):
        now = run("article", "show", edited, "--at", at, "--json").json
        assert (now["title"], now["revision"]) == ("Talks resume in Gao", 2)
    early = run("article", "show", edited, "--at", "2026-02-28", code=2)
    assert "first seen later, at 2026-03-01 12:00:00 UTC" in early.err


def test_an_article_is_cited_as_it_said_at_a_revision(run: Run, edited: str) -> None:
    assert "“Talks resume in Gao”" in run("article", "cite", edited).out
    assert "accessed 3 March 2026" in run("article", "cite", edited).out
    (first,) = json.loads(run("article", "cite", edited, "--format", "csl", "--revision", "1").out)
    assert first["title"] == "Talks resume in Bamako"
    assert first["accessed"] == {"date-parts": [[2026, 3, 1]]}
    assert first["archive_location"] == f"http://127.0.0.1:8080/articles/{edited}/"
    assert run("article", "cite", edited, "--format", "bibtex").out.startswith("@misc{diarra2026-")
    assert "AU  - Diarra, Awa\r\n" in run("article", "cite", edited, "--format", "ris").out
    run("article", "cite", edited, "--revision", "9", code=2)
    run("article", "cite", edited, "--format", "mla", code=2)


def test_what_was_purged_is_not_cited_as_if_it_said_something(run: Run, edited: str) -> None:
    run("article", "withdraw", edited, "--reason", "names a witness", "--redact")

    told = run("article", "cite", edited, code=2)

    assert told.out == ""
    assert "purged for good" in told.err


def test_an_article_of_one_revision_has_a_history_too(run: Run) -> None:
    run("pull")
    ref = run("article", "list", "--json").rows[0]["id"]

    assert len(run("article", "history", ref, "--json").rows) == 1
    assert run("article", "diff", ref, "--json").json["changes"] == []


def test_times_of_revisions_are_whole_and_in_utc(run: Run, edited: str) -> None:
    for one in run("article", "history", edited, "--json").rows:
        at = datetime.fromisoformat(one["at"])
        assert at.utcoffset() == timedelta(0)
