"""The search index: every article's words in SQLite's FTS5, newest first.

    shape       the index file: its tables, and the numbers under which articles stand in it
    expression  from the tree of a query to FTS5's own language
    indexing    what changed is taken into the index, in batches
    finding     questions, and how their articles are found

The index is a file of its own beside the store, and derived from it: thrown away, it is made again.
So its merges never hold the store's lock, a backup need not carry it, and a fault in it harms no
article. The store notes in a table of its own what has changed since (by triggers, so that no
writer can forget it), the index takes the notes up later and then strikes them out. Whatever is
interrupted between is done again, with the same end.

What is indexed is the output of `words` (text.words), so that FTS5 and the matcher in memory see
the same words; FTS5's tokeniser only splits at blanks. The index is contentless: the words can be
looked for, not read back.

Articles stand in the order of their dates, newest first, by row numbers made from the date: a query
walks FTS5's lists from their beginning and stops when it has enough, however many there are. Turned
down: ranking by default, which has to look at all hits; an index of themes (memberships change by
the hundred thousand), which are looked up for each hit instead.
"""
