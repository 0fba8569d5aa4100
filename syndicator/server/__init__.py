"""The web server: the folder feeds/ at its public paths, and a few words about our own health.

Everything we publish is a file; the server adds what a file cannot carry: validators, codings,
media types and cache times (P20-P29). It looks at nothing a reader sends but the path and the
conditional and coding headers (R21), and serves only names our publisher can have made (R44).

- `folder` finds and keeps files; `conditions` reads request headers; `kinds` knows types and times;
- `published` answers with them; `signs` knows what was there once; `patience` asks readers to wait;
- `web` puts all together; `websub` takes the calls of hubs, `hub` those of readers; `search` finds;
- `standby` serves while the store cannot be opened;
- `health` and `metrics` look at ourselves; `listener` owns sockets, deadlines and the thread.

Not Starlette's own StaticFiles: it knows neither tags per coding nor cache times per document, and
follows whatever lies in the folder. To serve one more format, add its name to `kinds`.
"""

from syndicator.push import Callbacks
from syndicator.server.folder import Folder
from syndicator.server.health import Health, counts, look
from syndicator.server.hub import Hub
from syndicator.server.listener import Server, serve
from syndicator.server.metrics import Counts, Metrics
from syndicator.server.standby import can_stand_by, stand_by, standby
from syndicator.server.web import build, build_metrics

__all__ = [
    "Callbacks",
    "Counts",
    "Folder",
    "Health",
    "Hub",
    "Metrics",
    "Server",
    "build",
    "build_metrics",
    "can_stand_by",
    "counts",
    "look",
    "serve",
    "stand_by",
    "standby",
]
