"""theme plan and theme apply: what is planned happens, once, and closed archives stay."""

from __future__ import annotations

from pathlib import Path

import pytest

from syndicator import jobs
from syndicator.jobs import past
from syndicator.jobs.planning import ThemePlan
from syndicator.model import Filed, SourceSettings, Theme
from tests.conftest import FakeClock
from tests.themes.house import MALI, Newsroom, opened

WIDER = MALI.replace('"mali"\n', '"mali OR niger"\n')
OTHER = MALI.replace('"mali"\n', '"niger"\n')
FRENCH = MALI + '[themes.mali.matches]\nfr = "bamako"\n'


def counts(plans: list[ThemePlan]) -> dict[str, tuple[int, int]]:
    """Feed -> what comes, what goes."""
    return {feed.key: (feed.added, feed.removed) for one in plans for feed in one.feeds}


def fill(room: Newsroom) -> None:
    room.read("a about mali", "b about niger", "c mali and niger", "d about none")


def test_a_changed_rule_waits_and_apply_does_what_was_planned(
    tmp_path: Path, clock: FakeClock
) -> None:
    with opened(tmp_path, clock) as room:
        fill(room)
        assert room.keys("mali") == {"a", "c"}
    with opened(tmp_path, clock, OTHER) as room:
        assert room.keys("mali") == {"a", "c"}
        assert jobs.status(room.parts).rules_to_apply == ["mali"]

        (one,) = jobs.plan(room.parts)
        assert (one.why, one.rule_version, one.matching) == ("waiting", 2, 2)
        assert counts([one]) == {"mali": (1, 1)}
        assert [each.key for each in one.adding] == ["b"]
        assert [each.key for each in one.removing] == ["a"]

        assert jobs.apply(room.parts) == {"mali": 2}
        assert room.keys("mali") == room.shown("mali") == {"b", "c"}
        assert jobs.status(room.parts).rules_to_apply == []
        assert jobs.plan(room.parts) == []
        assert not jobs.plan(room.parts, ["mali"])[0].changes


def test_a_theme_added_by_hand_is_not_taken_over_by_the_file_without_a_word(
    tmp_path: Path, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    by_hand = Theme(slug="mali", title="The Malian desk", match='"niger"')
    with opened(tmp_path, clock, "") as room:
        fill(room)
        jobs.add_theme(room.parts, by_hand)
    words = (
        "was added by hand; what the file says of it takes the place of "
        """title = "The Malian desk", match = '"niger"' """
        "(for two themes, give the one in the file another slug)"
    )
    with opened(tmp_path, clock, MALI, write=False) as room:
        (one,) = jobs.plan(room.parts)
        assert (one.why, one.taken_over, one.warning) == ("rule changed", words, words)
        assert counts([one]) == {"mali": (1, 1)}
    assert caplog.messages == []

    with opened(tmp_path, clock, MALI):
        assert caplog.messages == [f"theme mali {words}"]
    with opened(tmp_path, clock, MALI) as room:
        assert len(caplog.messages) == 1
        assert jobs.plan(room.parts)[0].taken_over == ""


def test_a_theme_that_moves_into_the_file_as_it_is_needs_no_word(
    tmp_path: Path, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    with opened(tmp_path, clock, "") as room:
        jobs.add_theme(room.parts, Theme(slug="mali", title="Mali", match="mali"))
    with opened(tmp_path, clock, MALI, write=False) as room:
        assert jobs.plan(room.parts) == []
    with opened(tmp_path, clock, MALI):
        assert caplog.messages == []


def test_a_title_that_the_file_would_replace_is_shown_by_theme_plan(
    tmp_path: Path, clock: FakeClock
) -> None:
    with opened(tmp_path, clock, "") as room:
        jobs.add_theme(room.parts, Theme(slug="mali", title="Old", match="mali"))
    with opened(tmp_path, clock, MALI, write=False) as room:
        (one,) = jobs.plan(room.parts)

        assert (one.why, one.changes) == ("taken over", False)
        assert 'title = "Old"' in one.warning


def test_what_was_taken_back_is_not_planned_since_no_feed_shows_it(
    tmp_path: Path, clock: FakeClock
) -> None:
    with opened(tmp_path, clock) as room:
        fill(room)
        for key in ("b", "c"):
            jobs.withdraw(room.parts, room.article(key), reason="asked for", by="desk")
    with opened(tmp_path, clock, OTHER) as room:
        (one,) = jobs.plan(room.parts)

        assert (one.looked_at, one.matching, one.added, one.removed) == (2, 0, 0, 1)
        assert jobs.apply(room.parts) == {"mali": 0}


def test_new_reading_follows_a_changed_rule_at_once(tmp_path: Path, clock: FakeClock) -> None:
    with opened(tmp_path, clock) as room:
        fill(room)
    with opened(tmp_path, clock, WIDER) as room:
        room.read("e from niger")

        assert room.keys("mali") == {"a", "c", "e"}
        (reason,) = jobs.explain(room.parts, room.article("e"))[1]
        assert (reason.present, reason.reason.rule_version) == (True, 2)


def test_a_plan_of_the_file_is_made_before_the_store_knows_of_it(
    tmp_path: Path, clock: FakeClock
) -> None:
    with opened(tmp_path, clock, MALI + '[themes.old]\ntitle = "Old"\nmatch = "about"\n') as room:
        fill(room)
    new = '[themes.new]\ntitle = "New"\nmatch = "none"\n'
    with opened(tmp_path, clock, WIDER + new, write=False) as room:
        found = {one.slug: one for one in jobs.plan(room.parts)}

        assert {slug: one.why for slug, one in found.items()} == {
            "mali": "rule changed",
            "new": "new",
            "old": "removed",
        }
        assert (found["mali"].added, found["new"].added, found["old"].removed) == (1, 1, 3)
        assert "taken away" in found["old"].warning
        assert [one.slug for one in room.parts.store.themes()] == ["mali", "old"]


def test_a_renamed_theme_is_planned_as_what_it_was(tmp_path: Path, clock: FakeClock) -> None:
    with opened(tmp_path, clock) as room:
        fill(room)
    renamed = WIDER.replace("[themes.mali]", '[themes.sahel]\nrenamed_from = ["mali"]')
    with opened(tmp_path, clock, renamed, write=False) as room:
        (one,) = jobs.plan(room.parts)

        assert (one.slug, one.added, one.removed) == ("sahel", 1, 0)


def test_rules_per_language_are_planned_per_feed(tmp_path: Path, clock: FakeClock) -> None:
    with opened(tmp_path, clock) as room:
        room.read("a about mali", "b about bamako", language="fr-BE")
        room.read("c about mali", "d about bamako", language="en")
        assert room.keys("mali") == {"a", "c"}
    with opened(tmp_path, clock, FRENCH, write=False) as room:
        assert counts(jobs.plan(room.parts)) == {"mali": (1, 1), "mali/fr": (1, 0)}
    with opened(tmp_path, clock, FRENCH) as room:
        jobs.apply(room.parts)

        assert room.keys("mali") == room.shown("mali") == {"b", "c"}
        assert room.shown("mali/fr") == {"b"}


def test_pins_win_over_rule_and_apply(tmp_path: Path, clock: FakeClock) -> None:
    with opened(tmp_path, clock) as room:
        fill(room)
        for key, include in (("a", True), ("b", False)):
            number = room.parts.store.article(room.article(key)).number
            room.parts.store.pin(
                "mali", number, include=include, note="by hand", by="ada", now=clock.now()
            )
    with opened(tmp_path, clock, OTHER) as room:
        jobs.apply(room.parts)

        assert room.keys("mali") == {"a", "c"}
        said = {key: jobs.explain(room.parts, room.article(key))[1][0].reason for key in ("a", "b")}
        assert [(one.how, one.note, one.by) for one in said.values()] == [
            ("include", "by hand", "ada"),
            ("exclude", "by hand", "ada"),
        ]


def test_a_source_that_no_longer_names_a_theme_leaves_the_past_to_apply(
    tmp_path: Path, clock: FakeClock
) -> None:
    with opened(tmp_path, clock) as room:
        settings = SourceSettings(url="https://one.example.net/feed", themes=("mali",))
        room.parts.store.add_source("one", settings, now=clock.now())
        room.read("x about none", source="one")
        assert room.keys("mali") == {"x"}

        room.parts.store.change_source("one", SourceSettings(url=settings.url))
        assert counts(jobs.plan(room.parts)) == {"mali": (0, 1)}
        jobs.apply(room.parts)
        assert room.keys("mali") == set()


def test_apply_rewrites_no_closed_archive(tmp_path: Path, clock: FakeClock) -> None:
    with opened(tmp_path, clock, archive_entries=5) as room:
        room.read(*[f"k{n} about {'mali' if n % 2 else 'niger'}" for n in range(24)])
        before = room.publish()
        closed = {path: body for path, body in before.items() if "mali/archive/" in path}
        assert len(closed) == 2
    with opened(tmp_path, clock, OTHER, archive_entries=5) as room:
        clock.move(60)
        jobs.apply(room.parts)
        after = room.publish()

        newest = max(closed)  # it gains the link to its successor, once (design 9.7)
        assert {p: after[p] for p in closed if p != newest} == {
            p: body for p, body in closed.items() if p != newest
        }
        again = room.publish()
        assert {p: again[p] for p in closed} == {p: after[p] for p in closed}


class PowerCut(Exception):  # noqa: N818
    """The process ends here."""


def test_an_interrupted_apply_goes_on_where_it_was(
    tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(past, "_AT_ONCE", 3)
    with opened(tmp_path, clock) as room:
        room.read(*[f"k{n} about niger" for n in range(10)])
    seen: list[int] = []

    def cut(number: int) -> None:
        seen.append(number)
        if len(seen) == 2:
            raise PowerCut

    with opened(tmp_path, clock, OTHER) as room:
        with pytest.raises(PowerCut):
            jobs.apply(room.parts, progress=cut)
        assert len(room.keys("mali")) == 6
        assert jobs.status(room.parts).rules_to_apply == ["mali"]
    with opened(tmp_path, clock, OTHER) as room:
        looked_at: list[int] = []
        jobs.apply(room.parts, progress=looked_at.append)

        assert sum(looked_at) == 4
        assert len(room.keys("mali")) == len(room.shown("mali")) == 10
        assert jobs.plan(room.parts) == []


def test_what_is_read_while_apply_runs_is_left_to_its_reading(
    tmp_path: Path, clock: FakeClock
) -> None:
    with opened(tmp_path, clock) as room:
        room.read("a about mali")
    with opened(tmp_path, clock, OTHER) as room:
        (old,) = room.parts.store.articles()
        room.read("a about niger")
        late = Filed(number=old.number, revision=old.revision, reasons={})

        moved = room.parts.store.file_past([late], {"mali": 2}, note=("note", ""), now=clock.now())
        assert moved == 0
        assert room.keys("mali") == {"a"}


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        pytest.param("about", "all 12 articles", id="everything"),
        pytest.param("nowhere", "lose all its 12", id="nothing"),
    ],
)
def test_a_rule_that_matches_everything_or_nothing_is_warned_of(
    tmp_path: Path, clock: FakeClock, rule: str, words: str
) -> None:
    was = '"mali"' if rule == "about" else '"about"'
    with opened(tmp_path, clock, MALI.replace('"mali"\n', f"{was}\n")) as room:
        room.read(*[f"k{n} about peace" for n in range(12)])
    with opened(tmp_path, clock, MALI.replace('"mali"\n', f'"{rule}"\n')) as room:
        (one,) = jobs.plan(room.parts)

        assert words in one.warning


def test_explain_says_for_each_theme_which_words_and_what_waits(
    tmp_path: Path, clock: FakeClock
) -> None:
    both = MALI + '[themes.peace]\ntitle = "Peace"\nmatch = "title:peace"\n'
    with opened(tmp_path, clock, both) as room:
        room.read("a about mali")
    with opened(tmp_path, clock, both.replace('"mali"\n', '"niger"\n')) as room:
        mali, peace = jobs.explain(room.parts, room.article("a"))[1]

        assert (mali.slug, mali.present, mali.waits, mali.rule_version) == ("mali", True, True, 2)
        assert mali.reason.rule_version == 1
        assert [(one.field, one.words) for one in mali.found] == [("text", "mali")]
        assert (peace.present, peace.reason, peace.waits) == (False, None, False)
