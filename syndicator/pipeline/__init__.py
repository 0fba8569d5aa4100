"""The two ways through the house: a source becomes articles, and logs become documents.

    refresh   reads one claimed source and decides all that follows as one Outcome
    decide    ... what is new, when next, what a person should look at
    changes   ... what of it is new: ids, stories, themes
    reader    ... what it works with
    publish   brings feeds/ up to where the logs stand
    media     ... with the pictures that its pages show
    nginx     ... and tells a web server of folders what no file can say

Saving an outcome is the only write of a refresh (design 1.1), so a crash anywhere costs nothing but
the reading. The command line, the daemon and workers all call the same two functions.

May import: sources, publishers, stages, text, ports, model, errors; no store, which is passed in.
"""

from __future__ import annotations

from syndicator.pipeline.decide import WAITING, decide
from syndicator.pipeline.reader import Reader
from syndicator.pipeline.refresh import failed, refresh

__all__ = ["WAITING", "Reader", "decide", "failed", "refresh"]
