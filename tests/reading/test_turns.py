"""Threads that compute take turns; who waits for a server is in nobody's way."""

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor

from syndicator import jobs
from tests.reading.conftest import Room
from tests.site import Reply

_SOON_S = 10.0


def test_a_source_that_waits_for_its_server_does_not_have_the_turn(room: Room) -> None:
    turn, free = room.parts.store.database.turn, []

    def look(connection: socket.socket) -> None:
        free.append(turn.acquire(timeout=_SOON_S))
        if free[-1]:
            turn.release()
        connection.close()

    room.serve(Reply(raw=look))
    pulled = {one.source_id: one.result for one in jobs.pull(room.parts, force=True)}

    assert free
    assert all(free)
    assert pulled == {"good": "changed", "odd": "failed"}


def test_what_was_read_is_decided_and_saved_in_turn(room: Room) -> None:
    store = room.parts.store
    with ThreadPoolExecutor(1) as pool:
        with store.database.turn:
            pulling = pool.submit(jobs.pull, room.parts, force=True)
            ends_at = time.monotonic() + _SOON_S
            while not room.site.asked and time.monotonic() < ends_at:
                time.sleep(0.01)
            assert room.site.asked
            assert not pulling.done()
            assert not [*store.articles()]
        pulling.result(timeout=_SOON_S)

    assert [*store.articles()]
