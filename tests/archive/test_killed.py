"""kill -9 at any moment leaves an archive that is whole, and tells everything once (R28)."""

from __future__ import annotations

import json
import os
import random
import time
from pathlib import Path

from syndicator.demo.server import PressServer
from tests.daemon.house import SOURCE, House, press_config, rss
from tests.site import Reply, Site

KILLS = int(os.environ.get("SYNDICATOR_TEST_KILLS", "8"))  # more of them for a long night
CAPTURING = '[store]\ncapture = "all"\n\n'
SEED = int(os.environ.get("SYNDICATOR_TEST_SEED", "1"))


def _config(press: PressServer, wire: Site) -> str:
    text = CAPTURING + press_config(press, every="1s")
    host = f'\n[fetch.hosts."{wire.host}:{wire.port}"]\ngap = 0\nmin_interval = "1s"\n'
    return text + host + SOURCE.format(id="wire", url=wire.url("/wire.xml"), every="1s")


def test_r28_no_kill_harms_ledger_captures_or_what_follows_from_them(
    tmp_path: Path, site: Site
) -> None:
    chosen = random.Random(SEED)
    with PressServer() as press:
        house = House(tmp_path / "house", _config(press, site))
        try:
            for kill in range(1, KILLS + 1):
                names = [f"Mali and the peace agreement, part {n}" for n in range(3 * kill)]
                site.pages["/wire.xml"] = Reply(body=rss(site.base, *names))
                process = house.start("run", "--once")
                ends_at = time.monotonic() + chosen.uniform(1.5, 6.0)
                while time.monotonic() < ends_at and not process.ended:
                    time.sleep(0.02)
                process.kill()
            house.run("run", "--once", within_s=120)

            said = house.run("archive", "verify", within_s=120)

            assert said.out == ""
            assert house.ask("SELECT count(*) FROM outbox") == [(0,)]
            told = house.ask(f"SELECT count(*) FROM articles WHERE id IN ({_told(house)})")
            assert told == house.ask("SELECT count(*) FROM articles")
        finally:
            house.close()


def _told(house: House) -> str:
    """Ids of the articles that the ledger tells of."""
    ledger = house.folder / "store" / "archive" / "ledger"
    texts = [path.read_text("utf-8") for path in ledger.glob("*.jsonl")]
    lines = [json.loads(line) for text in texts for line in text.splitlines()]
    ids = {line["row"]["id"] for line in lines if line["kind"] == "article"}
    return ", ".join(f"'{one}'" for one in ids)
