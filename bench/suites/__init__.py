"""Other libraries' own test feeds: pulled through HTTP into SQLite, and held to what they expect.

    documents      which files are served, under which headers
    claims         what a suite expects, in our words: an entry, a field, a value
    expressions    feedparser's tests: one Python expression a file
    libraries      gofeed, feed-rs, rss-parser, feedsmith: parsed results as JSON
    reading        sets without expectations: what feedparser reads in them
    stored         what we keep under a field, and when two values are the same
    purposes       where we differ on purpose, and why
    run            serve, pull, compare, pull again
    table          what came of it

`python -m bench.suites` prints the table. It knows classes of differences, never a file.
"""
