"""The bench of pages runs and counts what it should; how fast is nobody's business here."""

from __future__ import annotations

from pathlib import Path

from bench.pages import measure, table


def test_one_new_article_costs_as_many_files_in_a_larger_store(tmp_path: Path) -> None:
    found = [measure(tmp_path / str(number), number, 1) for number in (600, 1800)]

    assert all(one.files["the newest"][0] < 25 for one in found), [one.files for one in found]
    assert len(list(table(found))) == 5
