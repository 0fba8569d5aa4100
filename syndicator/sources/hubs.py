"""What a feed said of its hub, remembered on its source for whoever subscribes (C30a)."""

from __future__ import annotations

from syndicator.model import ParsedFeed, Source
from syndicator.ports import Answer
from syndicator.sources.reading import noting
from syndicator.stages.hubs import HUB, TOPIC, named


def with_hub(source: Source, feed: ParsedFeed, answer: Answer) -> Source:
    """The source with its hub noted, or with none if the feed names none any more."""
    found = named(answer.links, feed, url=answer.url)
    return noting(source, **{HUB: found.hub if found else "", TOPIC: found.topic if found else ""})
