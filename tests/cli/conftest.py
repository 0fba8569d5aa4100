"""The command line run in this process, on a store and a press site of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from syndicator.cli.main import main
from tests.site import Reply, Site

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>The Courier</title><link>{base}/</link><description>News</description>
<item><guid isPermaLink="false">c-1</guid><title>Talks resume in Bamako</title>
<link>{base}/talks</link><dc:creator>Awa Diarra</dc:creator>
<pubDate>Sun, 01 Feb 2026 10:00:00 GMT</pubDate><category>Mali</category>
<description>&lt;p&gt;Mediators met for peace.&lt;/p&gt;</description></item>
<item><guid isPermaLink="false">c-2</guid><title>Harvest season\u202e begins</title>
<link>{base}/harvest</link><pubDate>Mon, 02 Feb 2026 10:00:00 GMT</pubDate>
<description>&lt;p&gt;Farmers expect a good year.&lt;/p&gt;</description></item>
</channel></rss>"""

CONFIG = """
[site]
title = "Newsroom"
contact = "desk@newsroom.example"

[fetch]
allow_private = true

[fetch.hosts."{host}"]
gap = 0

[sources.declared]
url = "{base}/declared.xml"

[themes.mali]
title = "Mali"
match = 'category:Mali OR title:(mali OR bamako)'
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)

    @property
    def rows(self) -> list[Any]:
        """The JSON objects on stdout, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]


Run = Callable[..., Said]


def rss(site: Site) -> Reply:
    """A feed of two articles, whose validators are honoured."""
    body = RSS.format(base=site.base).encode()
    headers = {"Content-Type": "application/rss+xml", "ETag": '"v1"'}
    return Reply(body=body, headers=headers, conditional=True)


@pytest.fixture
def newsroom(tmp_path: Path, site: Site) -> Path:
    """A configuration file with a declared source and theme, beside its data folders."""
    site.pages["/declared.xml"] = rss(site)
    site.pages["/more.xml"] = Reply(
        body=RSS.format(base=site.url("/more")).encode(),
        headers={"Content-Type": "application/rss+xml"},
    )
    path = tmp_path / "config.toml"
    path.write_text(CONFIG.format(base=site.base, host=site.base.removeprefix("http://")))
    (tmp_path / "feeds").mkdir()
    (tmp_path / "store").mkdir()
    return path


@pytest.fixture
def run(newsroom: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run one command line there; another exit code than `code` is a failure."""

    def one(*words: str, code: int = 0) -> Said:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main(["-c", str(newsroom), *words])
        written = capsys.readouterr()
        assert left.value.code == code, written.err + written.out
        return Said(code=code, out=written.out, err=written.err)

    return one
