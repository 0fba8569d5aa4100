"""Steps from one schema to the next, run by Alembic at opening (see `stores.upgrade`).

A step is one file in versions/, is written out in full (it must not follow later changes of the
schema), and commits together with the record that it ran.
"""
