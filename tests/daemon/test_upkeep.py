"""What stands in the way of upkeep keeps nothing else from being done."""

from __future__ import annotations

import pytest

from tests.daemon.conftest import Build
from tests.daemon.house import House, rss, served, site_config, titles
from tests.site import Reply, Site

pytestmark = pytest.mark.timeout(300)  # for a machine that has much else to do

MALI = "themes/mali/atom.xml"


@pytest.fixture
def house(build: Build, site: Site) -> House:
    """One that has published, and in whose archive a folder stands where a file should be."""
    made = build(site_config(site.base, "/news.xml", every="1s"))
    _says(site, "News of Mali")
    made.run("run", "--once")
    (made.folder / "store/archive/captures/20260201-odd.warc.gz").mkdir(parents=True)
    return made


def _says(site: Site, *names: str) -> None:
    site.pages["/news.xml"] = Reply(
        body=rss(site.url("/news.xml"), *names), headers={"Content-Type": "application/rss+xml"}
    )


def _is_said_in_a_line(err: str) -> None:
    assert err.count("20260201-odd.warc.gz: ") == 1, err
    assert "Traceback" not in err


def test_run_once_reads_publishes_and_is_3(house: House, site: Site) -> None:
    _says(site, "News of Mali", "More news of Mali")
    left = house.feeds / "themes/mali/.atom.xml.0123456789abcdef.tmp"
    left.write_bytes(b"half of it")

    _is_said_in_a_line(house.run("run", "--once", code=3).err)

    assert len(titles(house.files()[MALI])) == 2
    assert not left.exists()  # what comes after in upkeep is done as well


def test_a_daemon_starts_and_says_so(house: House) -> None:
    process = house.start("run")

    assert titles(served(process.address, f"/{MALI}")) == ["News of Mali"]
    assert process.stop() == 0
    _is_said_in_a_line(process.err)
