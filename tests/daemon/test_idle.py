"""When nothing is new, nothing is sent that need not be, and no published byte changes."""

from __future__ import annotations

from syndicator.demo.server import PressServer
from tests.daemon.conftest import Build
from tests.daemon.house import House, patient_config


def _stamps(house: House) -> dict[str, tuple[bytes, int, int]]:
    """Bytes, inode and time of each published file: whether it was touched at all."""
    found = {}
    for name, body in house.files().items():
        stat = (house.feeds / name).stat()
        found[name] = (body, stat.st_ino, stat.st_mtime_ns)
    return found


def test_a_second_run_sends_nothing_and_a_forced_one_only_conditional_requests(
    build: Build, press: PressServer
) -> None:
    house = build(patient_config(press))
    house.run("run", "--once")
    published = _stamps(house)
    assert len(published) > 80
    first = len(press.requests)
    assert first > 60

    house.run("run", "--once")
    assert press.requests[first:] == []
    assert _stamps(house) == published

    house.run("pull", "--force")
    house.run("publish")
    forced = press.requests[first:]
    assert {asked.publisher for asked in forced} == set(press.bases)
    assert [
        asked
        for asked in forced
        if not {"if-none-match", "if-modified-since"} & asked.headers.keys()
    ] == []
    assert {asked.status for asked in forced} == {304}
    assert _stamps(house) == published

    house.run("publish", "--all")
    assert _stamps(house) == published
