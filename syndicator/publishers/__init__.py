"""Ways to publish: from rows of a feed's log to the files that any web server can hand out.

    documents   which entries and tombstones a document holds; values only (design 9.5 to 9.7)
    atom        a document as Atom (P1 to P15)
    rss         the subscription document as RSS 2.0 (P34)
    jsonfeed    the same as JSON Feed 1.1 (P35)
    opml        lists of feeds (P36)
    facts       what every format says of an entry
    entries     one entry as Atom elements, in the order of P10
    elements    small hands for writing elements
    generator   feedgen, and how our writers take its place
    rendering   from a document to bytes that the check has passed (R20)
    check       what is wrong with a published document
    site/       pages for people: all themes, one theme and its years, one article (P37)
    sitemap     what there is, for search engines: sitemap.xml and robots.txt
    tree        the folder it all lands in: whole files or none (R44); also the shelf of archives

Imports: `net`, `sandbox`, `stages`, `text`, `addresses`, `plugins`, `ports`, `config`, `model`,
`errors`; never `stores` or `sources`. Whoever calls brings rows and takes bytes.

To add a format, write a module with `render(document, *, base_url) -> Rendered` beside `jsonfeed`
and a check of it, and let the pipeline write what it returns; the document already says what goes
in, in which order.

feedgen writes heads with its own order and drops most attributes of entry links, so `generator`
rewrites every head and entry from our values. Turned down: a fork of it, and string templates for
XML (one missing escape is a broken feed for everybody).
"""
