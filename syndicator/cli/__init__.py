"""The command line: a file per noun, each read like its help page.

A verb opens the parts, asks for one thing, and prints. Data goes to stdout (`emit`, `table`), talk
to stderr (`say`); whatever came from outside is printed with its control characters shown instead
of obeyed (R40). `main` alone turns errors into exit codes: 0 done, 1 failed, 2 wrong use or bad
configuration, 3 done, but some sources failed.

Asking for help must stay fast: noun modules import click and our small values at the top, and all
that is heavy inside the verb. To add a noun: a module here, and its line in `main`.
"""
