"""From what an entry says to what we keep: plain, absolute, sanitised, dated (design section 4).

    body     HTML, words and standfirst
    dates    when it was published, and how sure that is
    picture  the lead image with caption and credit
    content  everything together

Nothing here refuses an entry: whatever is missing or unbelievable gets a sensible stand-in and a
note that says so.
"""

from __future__ import annotations

from syndicator.stages.normalise.content import TOO_DEEP, normalise

__all__ = ["TOO_DEEP", "normalise"]
