"""An article read from its page: every field of design section 4 on its own.

One module per family of markup says what it found (`said.Said`): `selected` the operator's CSS
selectors, `jsonld`, `meta`, `microdata`, `visible` class names and relations, `header` the lines
around the title of a page whose markup says nothing, `guess` trafilatura's own reading. `article`
alone decides between them, in that order, and is the place to read first. `image`, `pager`, `body`
and `nature` read what has no second opinion. To add a family: a module with `read(page) -> Said`,
and its place in `article`.
"""

from syndicator.stages.extract.article import Extracted, extract

__all__ = ["Extracted", "extract"]
