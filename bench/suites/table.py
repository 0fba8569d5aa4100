"""What came of it, set by set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from bench.suites.documents import SETS
from bench.suites.run import Row, Run


def different(run: Run) -> list[str]:
    """Values that differ without a reason, one line each."""
    return [
        f"{row.document.file} [{one.claim.at}] {one.claim.field}: {one.claim.value!r:.150} "
        f"is not {one.ours!r:.150}"
        for row in run.rows
        for one in row.values
        if not one.equal and not one.reason
    ]


def faults(run: Run) -> list[str]:
    """All that should not be, one line each."""
    found = different(run)
    for row in run.rows:
        if row.stored != row.expected:
            found.append(
                f"{row.document.file}: {row.stored} stored, not {row.expected} {row.error}"
            )
        if "fault of ours" in row.error or row.result not in ("changed", "unchanged", "failed"):
            found.append(f"{row.document.file}: {row.result} {row.error}")
        if row.again:
            found.append(f"{row.document.file}: polled again: {row.again}")
    return found


def table(run: Run) -> Iterator[str]:
    """The sets, then the reasons."""
    heads = ["set", "files", "read", "refused", "entries", "values", "equal"]
    heads += ["on purpose", "different"]
    yield "{:<20}{:>6}{:>7}{:>9}{:>9}{:>8}{:>8}{:>12}{:>11}".format(*heads)
    for name in (*SETS, "all"):
        rows = [row for row in run.rows if name in ("all", row.document.set)]
        refused = sum(row.result == "failed" for row in rows)
        values = [one for row in rows for one in row.values]
        equal = sum(one.equal for one in values)
        meant = sum(bool(one.reason) for one in values)
        yield (
            f"{name:<20}{len(rows):>6}{len(rows) - refused:>7}{refused:>9}"
            f"{sum(row.stored for row in rows):>9}{len(values):>8}{equal:>8}{meant:>12}"
            f"{len(values) - equal - meant:>11}"
        )
    yield "\nRefused, and why:"
    for reason, number in Counter(map(_why, _refused(run))).most_common():
        yield f"{number:>6}  {reason}"
    yield "\nDifferent on purpose, and why:"
    reasons = Counter(one.reason for row in run.rows for one in row.values if one.reason)
    for reason, number in reasons.most_common():
        yield f"{number:>6}  {reason}"
    others = sum(len(row.others) for row in run.rows)
    yield f"\nExpectations of what we keep no field for: {others}. Seconds: {run.seconds:.0f}"


def _refused(run: Run) -> list[Row]:
    return [row for row in run.rows if row.result == "failed"]


def _why(row: Row) -> str:
    """The error without what changes from file to file."""
    return row.error.partition(":")[0]
