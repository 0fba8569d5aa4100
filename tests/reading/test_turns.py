"""Threads that compute take turns; who waits for a server is in nobody's way."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor

from syndicator import jobs, turn
from tests.reading.conftest import Room
from tests.reading.documents import rss
from tests.site import Reply

_SOON_S = 20.0


def test_a_source_that_waits_for_its_server_does_not_have_the_turn(room: Room) -> None:
    free = []

    def look(connection: socket.socket) -> None:
        free.append(turn._turn.acquire(timeout=_SOON_S))
        if free[-1]:
            turn._turn.release()
        connection.close()

    room.serve(Reply(raw=look))
    pulled = {one.source_id: one.result for one in jobs.pull(room.parts, force=True)}

    assert free
    assert all(free)
    assert pulled == {"good": "changed", "odd": "failed"}


def test_whoever_keeps_the_turn_holds_nobody_up(room: Room) -> None:
    room.serve(rss(("o-1", "A well for three villages")))
    with turn.computing(), ThreadPoolExecutor(1) as pool:
        pulled = pool.submit(jobs.pull, room.parts, force=True).result(timeout=_SOON_S)

    assert {one.result for one in pulled} == {"changed"}
    assert [*room.parts.store.articles()]


def test_after_a_poll_nobody_has_the_turn(room: Room) -> None:
    room.serve(Reply(status=500))
    jobs.pull(room.parts, force=True)

    assert not turn._turn.locked()
