"""Syndicator reads sources, keeps what they said, and publishes one feed per theme.

Imports point one way: cli > daemon | server > app > jobs > pipeline > sources stores publishers
executors archive push > net sandbox stages > text > plugins > ports config > model errors.
`app.py` alone puts parts together; everything else is given what it needs.
"""

__version__ = "0.1.0"
