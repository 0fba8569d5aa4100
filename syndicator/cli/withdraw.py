"""syndicator article withdraw: what is taken back."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

import click

from syndicator.cli.options import legible, with_parts
from syndicator.cli.say import say
from syndicator.errors import UsageError

if TYPE_CHECKING:
    from syndicator.app import Parts


@click.command()
@click.argument("ref", metavar="ARTICLE")
@click.option("--reason", metavar="TEXT", callback=legible, help="Why; everybody can read it.")
@click.option("--undo", is_flag=True, help="Give it back.")
@click.option(
    "--redact", is_flag=True, help="Purge its text and captures as well; nothing brings them back."
)
@with_parts()
def withdraw(parts: Parts, ref: str, *, reason: str | None, undo: bool, redact: bool) -> None:
    """Take ARTICLE back: out of feeds, archives, pages and search, with every copy of its story.

    Feeds say that it is gone, its page says why. It stays in the store, unseen, and neither its
    source nor a rule brings it back; --undo does. With --redact its text leaves the store and the
    archive, which keep hashes, reason and date; backups made before are yours to see to.
    """
    from syndicator import jobs

    by = _operator()
    if undo:
        if redact:
            raise UsageError("--undo and --redact exclude each other")
        if reason is not None:
            raise UsageError("--undo takes no --reason")
        article, was_withdrawn = jobs.give_back(parts, ref, by=by)
        done = "given back" if was_withdrawn else "was not withdrawn"
        say(f"{article.id[:8]} {article.content.title}: {done}{_published(parts)}")
        return
    if reason is None:
        raise UsageError("say why, with --reason")
    if redact:
        article, copies = jobs.redact(parts, ref, reason=reason, by=by)
        done = "withdrawn and purged" if copies else "was purged already"
        say(f"{article.id[:8]}: {done}{_published(parts)}")
        return
    article, copies = jobs.withdraw(parts, ref, reason=reason, by=by)
    done = "withdrawn" if copies else "was withdrawn already"
    more = f", with {copies - 1} more of its story" if copies > 1 else ""
    say(f"{article.id[:8]} {article.content.title}: {done}{more}{_published(parts)}")


def _published(parts: Parts) -> str:
    """What was done beside it at once, so that nobody looks for it in the next `publish`."""
    files = parts.tree.written
    return f"; {files} files written anew in {parts.config.publish.dir}" if files else ""


def _operator() -> str:
    """Who sits here, as far as the system knows."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
