"""Ways to keep: one schema and one set of queries, in SQL by SQLAlchemy Core.

`store.open_store` gives a `SqlStore`, which fulfils `ports.Store`. It is put together from one
part per noun (sources, claims, outcomes, articles, themes, feeds, logs, records); what they share
stands in modules of functions that take an open connection, so that several of them make one
transaction. `schema` is the one definition, `migrations` the way to it, `sqlite` what differs
between databases, `many` how many rows are written at small cost. Dicts and rows stop in `rows`; a
driver's error becomes StoreError in `database`.

Turned down: an ORM session (per-row cost, hidden queries), a job table (the due time of a source
and the lease of its host are the schedule), a log rendered from articles (the log must stay what it
was when they change).

May import: stages, text, ports, model, turn, errors.
"""
