"""R39: cycles of good and bad answers leave no descriptor, thread or memory behind."""

from __future__ import annotations

import contextlib
import gzip
import threading
from pathlib import Path

from syndicator.errors import SourceError
from tests.conftest import FakeClock
from tests.net.helpers import world
from tests.site import Reply, Site, resetting, saying


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def resident_kb() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4


def test_r39_three_hundred_cycles_leave_nothing_behind(clock: FakeClock) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"
    bomb = gzip.compress(bytes(2**20))
    with Site() as site, world(clock, max_decoded_bytes=2**18) as w:
        site.pages = {
            "/good": Reply(body=b"x" * 10_000, headers={"ETag": '"1"'}, conditional=True),
            "/moved": Reply(status=301, headers={"Location": "/good"}),
            "/bomb": Reply(body=bomb, headers={"Content-Encoding": "gzip"}),
            "/cut": Reply(raw=saying(head + b"x")),
            "/reset": Reply(raw=resetting(head)),
        }
        visit = w.visit(site.url())

        def cycle() -> None:
            for path in [*site.pages, "/none"]:
                with contextlib.suppress(SourceError):
                    visit.get(site.url(path), reason="poll")
            visit.requests.clear()
            site.forget()

        for _ in range(20):
            cycle()
        files, memory, threads = descriptors(), resident_kb(), threading.active_count()
        for _ in range(280):
            cycle()

        assert descriptors() <= files + 2
        assert resident_kb() - memory <= 10 * 1024
        assert threading.active_count() <= threads + 2
