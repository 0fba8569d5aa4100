"""Words on the terminal: nothing from outside is obeyed (R40)."""

from __future__ import annotations

import json

import pytest

from syndicator.cli.say import emit, emit_json, emit_text, facts, say, shown, table

HOSTILE = (
    "\x1b]52;c;cm0=\x07 \x1b]8;;http://evil.example\x1b\\ \x1b[2J \x9b31m \u202egpj.exe \u2066 "
    "\r\n\x00\x7f\x85\u2028\ud800\U000e0041 \u061c \ufeff"
)
OBEYED = [character for character in HOSTILE if not character.isprintable()]


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(say, id="say"),
        pytest.param(emit, id="emit"),
        pytest.param(emit_text, id="emit_text"),
        pytest.param(lambda text: facts({"title": text}), id="facts"),
        pytest.param(lambda text: table(["title"], [[text]]), id="table"),
        pytest.param(lambda text: emit_json({"title": text}), id="emit_json"),
    ],
)
def test_r40_only_printable_characters_leave(
    write: object, capsys: pytest.CaptureFixture[str]
) -> None:
    assert callable(write)
    write(HOSTILE)

    written = capsys.readouterr()
    left = (written.out + written.err).replace("\n", "").replace("\t", "")
    assert [character for character in left if not character.isprintable()] == []


def test_r40_json_keeps_its_meaning(capsys: pytest.CaptureFixture[str]) -> None:
    emit_json({"title": HOSTILE, "words": "Peacebuilding – Māli 平和 \U0001f54a"})

    line = capsys.readouterr().out
    assert json.loads(line) == {"title": HOSTILE, "words": "Peacebuilding – Māli 平和 \U0001f54a"}
    assert "平和" in line
    assert line.count("\n") == 1


def test_letters_of_every_script_stay_as_they_are() -> None:
    words = "Côte d’Ivoire, Ελλάδα, مالي, हिन्दी, ไทย, 🕊️"

    assert shown(words) == words


def test_a_list_that_nobody_watches_is_one_line_each_parted_by_tabs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table(["a", "b"], [("x\ty", 1), ("z" * 500, 2)])

    assert capsys.readouterr().out.splitlines() == ["x\\x09y\t1", "z" * 500 + "\t2"]
