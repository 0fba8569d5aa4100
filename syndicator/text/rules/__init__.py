"""The rule language of themes (design section 5): from a text to a tree of plain values.

`tree` holds the nodes, `parse` makes them from Lucene syntax as luqum reads it, `keys` finds what
an article must at least hold for a rule to have a chance, `article` cuts an article into words.
Evaluating is the business of whoever searches: the stage `match` in memory, a database by a visitor
over the same tree.

May import: luqum, `words`, model, errors. A new field: its name in `tree.FIELDS`, its meaning in
`tree`, and a way to find it in every place that evaluates.

What Lucene's syntax leaves open is decided so:

- Words side by side mean AND, but bind looser than OR, as luqum reads them:
  `mali OR bamako peace` is `(mali OR bamako) AND peace`. AND binds tighter than OR.
- A word that `words` splits ("d'Ivoire", "cease-fire") is looked for as a phrase.
- Proximity is FTS5's NEAR: any order, and from the end of the first to the start of the last at
  most so many words between. What stands between blanks is one phrase, also where it is split.
- `url:"..."` finds the text anywhere in the article's address, case ignored.
- A wildcard stands at the end of a word outside quotes, and nowhere else.
- `source`, `lang` and `url` count as something positive: a theme may be all that a source says.
"""

from __future__ import annotations

from syndicator.text.rules.keys import Key, keys
from syndicator.text.rules.parse import parse_rule
from syndicator.text.rules.tree import And, Near, Node, Not, Or, Phrase, Same

__all__ = ["And", "Key", "Near", "Node", "Not", "Or", "Phrase", "Same", "keys", "parse_rule"]
