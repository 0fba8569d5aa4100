"""When a source is asked again, and what set that time (C9, C10, C12 to C16, C29).

rate   how often the source speaks, learnt from the dates of what it said, and when it pays to
       look again
due    that wish between what the server, the feed and the operator lay down
"""

from __future__ import annotations

from syndicator.stages.cadence.due import Due, Rhythm, after_failure, after_success
from syndicator.stages.cadence.rate import hurried, learnt, restful

__all__ = ["Due", "Rhythm", "after_failure", "after_success", "hurried", "learnt", "restful"]
