"""The config.toml with which the demo reads its own press site."""

from __future__ import annotations

from string import Template

from syndicator.demo.pieces import PUBLISHERS
from syndicator.demo.server import PressServer

CONFIG = Template("""\
# Written by `syndicator demo`. Change it and run `syndicator -c THIS_FILE run` while the demo's
# press site is up; the rules below are the part to play with.

[site]
title = "Syndicator demo"
base_url = "http://127.0.0.1:$port"
author = "The demo desk"
contact = "http://127.0.0.1:$port/"

[publish]
archive_entries = 20        # small, so that the archive shows

[fetch]
allow_private = ["127.0.0.1/32"]
starts_per_s = 50           # the default is 5; here nobody else is waiting
$hosts
[serve]
port = $port

# ------------------------------------------------------------ a magazine without a feed

[sources.between-shores]
url = "$en"
kind = "page"
title = "Between Shores"
language = "en"
every = "5s"

[sources.tussen-oevers]
url = "$nl"
kind = "page"
title = "Tussen Oevers"
language = "nl"
every = "5s"

[sources.entre-rives]
url = "$fr"
kind = "page"
title = "Entre Rives"
language = "fr"
every = "5s"

# ------------------------------------------------------------ three that have one

[sources.kestrel]           # an agency: RSS 2.0
url = "$agency"
kind = "feed"
every = "5s"

[sources.barrier]           # a blog's home page, which names its Atom feed
url = "$blog"
every = "5s"

[sources.lowland]           # a research group: JSON Feed
url = "$lab"
every = "5s"

# ------------------------------------------------------------ themes

[themes.peacebuilding]
title = "Peacebuilding"
description = "How quarrels end, and what keeps them from starting again."
match = '''
category:(Peacebuilding OR Vredesopbouw OR "Consolidation de la paix")
OR title:(peacebuild* OR vredesopbouw OR ceasefire* OR truce)
OR "peace committee" OR "peace agreement" OR "accord de paix"
'''

[themes.peacebuilding.titles]
en = "Peacebuilding"
nl = "Vredesopbouw"
fr = "Consolidation de la paix"

[themes.mali]
title = "Mali"
description = "News and reports from Mali."
match = 'category:Mali OR title:(mali OR bamako OR mopti OR gao)'

[themes.mali.titles]
en = "Mali"
nl = "Mali"
fr = "Mali"
""")

HOST = """
[fetch.hosts."{host}"]      # our own press site, hence the hurry
gap = 0
min_interval = "5s"
"""


def demo_config(press: PressServer, port: int) -> str:
    """The text of config.toml; every path in it is left at its default, beside the file.

    Args:
        press: the running press site.
        port: where our own web server is to listen.
    """
    hosts = [press.bases[publisher].removeprefix("http://") for publisher in PUBLISHERS]
    entries = "".join(HOST.format(host=host) for host in hosts)
    return CONFIG.substitute(press.urls, port=port, hosts=entries)
