"""What is kept for good beside the database, so that it can be proved and read without it.

    place       the archive as one thing
    ledger      every change, a line each; ledger.schema.json says what stands in them
    stamps      an authority's word for when a day's manifest was there
    objects     texts and facts that lines name by their SHA-256
    folder      files written once, whole and durably
    backup      one file that holds the store and all of the archive, and back again
    making      both while they are made anew, and what a killed process left of that
    workplace   folders to work in for a while, which outlive no process for long

What lies here is written once. The database is for working with, and can be made anew from it.

May import: text, ports, config, model, turn, errors; it knows no store and no gate, jobs put them
together. To keep another kind of thing, give it a folder of its own and a module that writes it.
"""
