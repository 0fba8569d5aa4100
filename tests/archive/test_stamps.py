"""An authority of others says when a day's manifest was there (RFC 3161)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from syndicator import app, jobs
from syndicator.archive import stamps
from syndicator.archive.ledger import manifests
from syndicator.errors import ConfigError
from tests.archive.authority import Authority
from tests.archive.test_verify import flip
from tests.conftest import FakeClock
from tests.reading.library import DAY, HOUR, Library, opened
from tests.site import Reply, Site

FEED = """<rss version="2.0"><channel><title>T</title><link>{base}/</link><description/>
<item><guid isPermaLink="false">{n}</guid><title>No. {n}</title></item></channel></rss>"""
SOURCE = """
[store]
timestamps = "{url}"
timestamp_roots = "{roots}"

[sources.one]
url = "{{base}}/feed.xml"
kind = "feed"
"""


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[Authority]:
    with Authority(tmp_path / "authority") as running:
        yield running


@pytest.fixture
def library(
    tmp_path: Path,
    site: Site,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
    authority: Authority,
) -> Iterator[Library]:
    folder = tmp_path / "library"
    folder.mkdir()
    text = SOURCE.format(url=authority.url, roots=authority.roots)
    with opened(folder, site, clock, monkeypatch, text) as library:
        yield library


def pass_days(library: Library, *numbers: int) -> None:
    """A new article each day; the day is over and closed after it."""
    for number in numbers:
        body = FEED.format(base=library.site.base, n=number).encode()
        library.site.pages["/feed.xml"] = Reply(
            body=body, headers={"Content-Type": "application/rss+xml"}
        )
        library.pull()
        jobs.record(library.parts)
        library.clock.move(DAY)
        jobs.upkeep(library.parts)


def closed(library: Library) -> list[Path]:
    return manifests(library.folder / "store" / "archive" / "ledger")


def stamped(library: Library) -> list[bool]:
    """Of each closed day, whether it has a stamp."""
    return [stamps.stamp_of(path).exists() for path in closed(library)]


def test_a_closed_day_is_stamped_once_and_others_can_check_it(
    library: Library, authority: Authority
) -> None:
    assert jobs.stamp_days(library.parts) == 0  # no day is over

    pass_days(library, 1)
    assert jobs.stamp_days(library.parts) == 1
    assert jobs.stamp_days(library.parts) == 0

    assert authority.asked == 1
    (path,) = closed(library)
    words = ("-in", stamps.stamp_of(path), "-data", path, "-CAfile", authority.roots)
    authority.openssl("ts", "-verify", *words)
    found = jobs.verify(library.parts)
    assert (found.faults, found.stamps, found.signers) == ([], 1, True)


def test_the_first_stamp_is_for_the_newest_day_and_later_ones_for_each(
    library: Library, authority: Authority
) -> None:
    pass_days(library, 1, 2)
    jobs.stamp_days(library.parts)
    assert stamped(library) == [False, True]  # the chain proves the first

    pass_days(library, 3, 4)
    jobs.stamp_days(library.parts)

    assert stamped(library) == [False, True, True, True]


def test_an_authority_that_does_not_answer_stops_nothing_and_is_asked_again(
    library: Library, authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    pass_days(library, 1)
    authority.answers = False

    for _ in range(3):
        assert jobs.stamp_days(library.parts) == 0
    assert len([r for r in caplog.records if "no time stamps for now" in r.message]) == 1
    pass_days(library, 2)
    assert library.titles() == {"No. 1", "No. 2"}

    authority.answers = True
    assert jobs.stamp_days(library.parts) == 1
    assert "time stamps are given again" in caplog.text


def test_c10_an_authority_that_asks_for_quiet_is_left_alone_for_that_long(
    library: Library, authority: Authority
) -> None:
    pass_days(library, 1)
    authority.answers, authority.retry_after_s = False, 3 * HOUR
    jobs.stamp_days(library.parts)
    authority.answers = True

    library.clock.move(2 * HOUR)
    assert jobs.stamp_days(library.parts) == 0
    assert authority.asked == 1

    library.clock.move(2 * HOUR)
    assert jobs.stamp_days(library.parts) == 1


def test_what_answers_something_else_is_refused(
    library: Library, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    pass_days(library, 1)
    query = stamps.request(closed(library)[0].read_bytes()).as_bytes()
    other = stamps.request(b"another manifest").as_bytes()
    real = authority.stamped

    for answer in (b"<html>", real(other), real(query)):  # of another nonce, the last
        monkeypatch.setattr(authority, "stamped", lambda _, answer=answer: answer)
        assert jobs.stamp_days(library.parts) == 0
    assert stamped(library) == [False]


def test_r26_a_changed_or_lost_stamp_and_a_foreign_signer_are_found(
    library: Library, authority: Authority, tmp_path: Path
) -> None:
    pass_days(library, 1)
    jobs.stamp_days(library.parts)
    pass_days(library, 2)
    (path, _) = closed(library)
    stamp, manifest = stamps.stamp_of(path), path.read_bytes()
    where = f"ledger/{stamp.name}: "

    with Authority(tmp_path / "stranger") as stranger:
        foreign = library.parts.config.store.model_copy(update={"timestamp_roots": stranger.roots})
    config = replace(library.parts.config, store=foreign)
    found = jobs.verify(replace(library.parts, config=config)).faults
    assert [*map(str, found)] == [f"{where}is signed by nobody that root.pem vouches for"]

    for at in range(10, stamp.stat().st_size, 450):
        flip(stamp, at)
        found = jobs.verify(library.parts).faults
        assert [*map(str, found)] == [f"{where}is not what the authority sent"]
        flip(stamp, at)
    stamps.check_signer(stamp.read_bytes(), manifest, authority.roots)

    stamp.unlink()
    assert [*map(str, jobs.verify(library.parts).faults)] == [f"{where}is missing"]


def test_time_stamps_without_the_library_are_no_configuration(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "can_stamp", lambda: False)

    with pytest.raises(ConfigError, match=r"store\.timestamps: .* rfc3161-client"):
        app.load_config(library.parts.config.path, {})
