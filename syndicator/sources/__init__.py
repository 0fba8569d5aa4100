"""Ways to read: from a claimed source to what it said this time.

    reading   the values that every way shares
    entry     which way: the kind of a source, found out where it is `auto`
    feed      RSS, Atom, JSON Feed
    page      a listing whose articles are pages, or one article page
    sitemap   which pages a site has, and when each changed
    round     ... the article pages of a listing or a sitemap, a bounded number each time
    robots    ... and what their hosts permit
    picture   a picture that an article shows
    file      local files: a feed, JSON Lines, pages (folder: opened safely)
    inside    what is done with untrusted bytes, in a sandbox worker (R12); inside_files likewise

A way asks through a Visit (never a socket of its own), leaves parsing to the sandbox, decides
nothing about storing, and returns a Reading. A failure is a SourceError; what was learnt before it
(validators of a body that does not parse, C4) travels with `Unread`.

May import: net, sandbox, stages, text, ports, model, errors. To add a way: a module with a function
`read(source, desk)`, and its line in `entry`.
"""

from __future__ import annotations

from syndicator.sources.entry import read
from syndicator.sources.reading import Desk, Reading, Unread

__all__ = ["Desk", "Reading", "Unread", "read"]
