"""What is handed out while the store cannot be opened: what was published, as it lies there.

Readers notice nothing, those who look after the service do: the log says what is wrong, /readyz
answers 503, and so does whatever needs the store.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import ExitStack
from threading import Event
from typing import TypeVar

from starlette.applications import Starlette

from syndicator.config import Config
from syndicator.publishers.tree import LABEL
from syndicator.push import Topics
from syndicator.server.listener import Server
from syndicator.server.metrics import Metrics
from syndicator.server.web import build_metrics, build_standby

logger = logging.getLogger(__name__)

T = TypeVar("T")

_AGAIN_S = 10.0


def can_stand_by(config: Config) -> bool:
    """Whether anything was published that is worth it; who sets up a new house is to see errors."""
    return config.store.file is not None and (config.publish.dir / LABEL).is_file()


def standby(config: Config, metrics: Metrics) -> Starlette:
    """The web application for a configuration."""
    return build_standby(
        config.publish.dir,
        metrics=None if config.serve.metrics else metrics.render,
        publish_max_age_s=int(config.publish.max_age_s),
        topics=Topics(base_url=config.site.base_url, hub=config.hub_address),
        rate_limit=config.serve.rate_limit,
        count=metrics.served,
    )


def stand_by(
    config: Config,
    attempt: Callable[[], T | None],
    *,
    told: Event,
    wake: Event,
) -> T | None:
    """Serve what is published until an attempt succeeds; None when told to stop before.

    Where there is no file it is left to whoever makes it anew: opening would make an empty one.

    Args:
        attempt: tries to begin, and says what is in the way; None as long as something is.
        wake: set to try at once, and with `told`.
    """
    file = config.store.file
    metrics = Metrics()
    with ExitStack() as stack:
        if config.serve.metrics:
            separate = Server.at(build_metrics(metrics.render), config.serve.metrics)
            stack.enter_context(separate)
        app = standby(config, metrics)
        server = Server(app, host=config.serve.host, port=config.serve.port)
        stack.enter_context(server)
        logger.warning("serving what was published at %s/, and waiting for it", server.address)
        while not told.is_set():
            wake.wait(_AGAIN_S)
            wake.clear()
            if told.is_set() or (file is not None and not file.exists()):
                continue
            if (begun := attempt()) is not None:
                return begun
    return None
