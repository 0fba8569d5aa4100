"""syndicator theme test, plan, apply, explain, include, exclude: what is in a theme, and why."""

from __future__ import annotations

import getpass
import sys
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from syndicator.cli.options import as_json, legible, with_parts
from syndicator.cli.progress import progress_shown
from syndicator.cli.say import emit, emit_json, say, table, when
from syndicator.cli.shapes import article_json, found_json, reason_json
from syndicator.errors import UsageError

if TYPE_CHECKING:
    from syndicator.app import Parts
    from syndicator.jobs import Explained, ThemePlan
    from syndicator.model import Article, Found, Reason

_WOULD_CHANGE = 4
_SHOWN = 20  # hits of a rule, where people read


@click.command()
@click.argument("rule")
@click.option("--limit", type=click.IntRange(min=1), help="Show the newest so many.")
@as_json
@with_parts(write=False)
def test(parts: Parts, rule: str, *, limit: int | None, as_json: bool) -> None:
    """Show which articles RULE matches, and by which words. Nothing is stored.

    All that is kept is looked at, and the newest hits are shown: 20 of them, or all with --json.

    Example: syndicator theme test 'category:Mali OR title:(mali OR bamako)'
    """
    from syndicator import jobs

    tried, began = jobs.Tried(), time.monotonic()
    hits = jobs.try_rule(parts, rule, tried)
    shown = islice(hits, limit or (None if as_json else _SHOWN))
    if as_json:
        for article, found in shown:
            emit_json(article_json(article) | {"found": found_json(found)})
    else:
        table(["article", "published", "title", "found"], (_hit(*one) for one in shown))
    for _ in hits:
        pass  # count the others
    say(f"{tried.hits} of {tried.articles} articles, {time.monotonic() - began:.1f} s")
    if tried.articles and tried.hits in (0, tried.articles):
        say(f"Careful: this rule matches {'everything' if tried.hits else 'nothing'} that is kept.")


def _hit(article: Article, found: Sequence[Found]) -> tuple[str, str, str, str]:
    return (*_line(article), _words(found))


def _line(article: Article) -> tuple[str, str, str]:
    return article.id[:8], when(article.published_at), article.content.title


def _words(found: Sequence[Found]) -> str:
    return ", ".join(f"{one.field}:{one.words}" for one in found)


# ------------------------------------------------------------------ plan and apply


@click.command()
@click.argument("slugs", metavar="[THEME]...", nargs=-1)
@click.option(
    "--exit-code", is_flag=True, help="Leave with exit code 4 when anything would change."
)
@as_json
@with_parts(write=False)
def plan(parts: Parts, slugs: tuple[str, ...], *, exit_code: bool, as_json: bool) -> None:
    """Show what the file and changed rules would add to and remove from the past.

    A new theme takes the past when the file is next read; a changed rule waits for `theme apply`.
    Without THEME those of which something waits are looked at. Nothing is changed.
    """
    from syndicator import jobs

    with _progress(parts) as progress:
        found = jobs.plan(parts, slugs or None, progress=progress)
    found = [one for one in found if one.changes or one.warning]
    for one in found:
        if as_json:
            emit_json(_plan_json(one))
        else:
            _show_plan(one)
    if not found:
        say("nothing would change")
    if exit_code and any(one.changes for one in found):
        click.get_current_context().exit(_WOULD_CHANGE)


def _show_plan(one: ThemePlan) -> None:
    emit(f"{one.slug}: {one.why}, rule version {one.rule_version}")
    for feed in one.feeds:
        emit(f"  {feed.key}: +{feed.added} -{feed.removed}")
    for sign, some in (("+", one.adding), ("-", one.removing)):
        for article in some:
            emit(f"    {sign} {'  '.join(_line(article))}")
    _warn(one)


def _warn(one: ThemePlan) -> None:
    if one.warning:
        say(f"Careful: {one.slug} {one.warning}.")


def _plan_json(one: ThemePlan) -> dict[str, Any]:
    return {
        "slug": one.slug,
        "why": one.why,
        "match": one.match,
        "rule_version": one.rule_version,
        "looked_at": one.looked_at,
        "matching": one.matching,
        "added": one.added,
        "removed": one.removed,
        "feeds": [
            {"feed": feed.key, "added": feed.added, "removed": feed.removed} for feed in one.feeds
        ],
        "adding": [article_json(article) for article in one.adding],
        "removing": [article_json(article) for article in one.removing],
        "warning": one.warning,
    }


@click.command()
@click.argument("slugs", metavar="[THEME]...", nargs=-1)
@with_parts()
def apply(parts: Parts, slugs: tuple[str, ...]) -> None:
    """File the past anew under themes whose rule has changed, or under each THEME.

    What `theme plan` shows is what happens. It goes in batches; when it is interrupted, the next
    call goes on from there. Articles join and leave the feeds as the past does; closed archives
    stay as they are.
    """
    from syndicator import jobs

    with _progress(parts) as progress:
        found = jobs.plan(parts, slugs or None, progress=progress)
    for one in found:
        _warn(one)
    if any(one.warning for one in found) and sys.stdin.isatty():
        click.confirm("Go on?", abort=True, err=True)
    with _progress(parts) as progress:
        filed = jobs.apply(parts, [one.slug for one in found], progress=progress)
    for one in found:
        say(f"{one.slug}: +{one.added} -{one.removed}, {filed[one.slug]} in its feed now")
    if not found:
        say("nothing waits to be applied")


@contextmanager
def _progress(parts: Parts) -> Generator[Callable[[int], None], None, None]:
    """A bar of the articles looked at, on a terminal."""
    looked_at, total = 0, parts.store.counts()["articles"]
    with progress_shown() as told:

        def more(number: int) -> None:
            nonlocal looked_at
            looked_at += number
            told("looking at articles", looked_at, total)

        yield more


# ------------------------------------------------------------------ explain


@click.command()
@click.argument("ref", metavar="ARTICLE")
@as_json
@with_parts(write=False)
def explain(parts: Parts, ref: str, *, as_json: bool) -> None:
    """Show for each theme whether ARTICLE is in it, and why.

    In by which version of the rule and which words in which field, by its source, or by whom it was
    pinned and why.
    """
    from syndicator import jobs

    article, found = jobs.explain(parts, ref)
    if as_json:
        for one in found:
            emit_json(_explained_json(article, one))
        return
    table(
        ["theme", "", "why"],
        [(one.slug, "in" if one.present else "out", _why(one)) for one in found],
    )


def _why(one: Explained) -> str:
    said = _told(one.reason) if one.reason else "no rule puts it there"
    if not one.waits:
        return said
    now = f"would put it in ({_words(one.now.found)})" if one.now else "would not put it in"
    return f"{said}; the rule as it is now, version {one.rule_version}, {now}: see theme plan"


def _told(reason: Reason) -> str:
    if reason.how == "rule":
        return f"rule version {reason.rule_version}: {_words(reason.found)}"
    if reason.how == "source":
        return "its source names the theme"
    done = f"{reason.how}d by hand" + (f" by {reason.by}" if reason.by else "")
    return f"{done}: {reason.note}" if reason.note else done


def _explained_json(article: Article, one: Explained) -> dict[str, Any]:
    return {
        "theme": one.slug,
        "article": article.id,
        "in": one.present,
        "reason": reason_json(one.reason) if one.reason else None,
        "rule_version": one.rule_version,
        "now": reason_json(one.now) if one.now else None,
        "waits": one.waits,
    }


# ------------------------------------------------------------------ by hand


_reason = click.option(
    "--reason", default="", callback=legible, help="Why; kept beside the decision."
)
_undo = click.option("--undo", is_flag=True, help="Take that back: the rule decides again.")


@click.command()
@click.argument("slug", metavar="THEME")
@click.argument("article")
@_reason
@_undo
@with_parts()
def include(parts: Parts, slug: str, article: str, *, reason: str, undo: bool) -> None:
    """File ARTICLE under THEME by hand, whatever the rule says."""
    if undo:
        _unpin(parts, slug, article, how="include")
    else:
        _pin(parts, slug, article, include=True, reason=reason)


@click.command()
@click.argument("slug", metavar="THEME")
@click.argument("article")
@_reason
@_undo
@with_parts()
def exclude(parts: Parts, slug: str, article: str, *, reason: str, undo: bool) -> None:
    """Keep ARTICLE out of THEME by hand, whatever the rule says."""
    if undo:
        _unpin(parts, slug, article, how="exclude")
    else:
        _pin(parts, slug, article, include=False, reason=reason)


def _pin(parts: Parts, slug: str, ref: str, *, include: bool, reason: str) -> None:
    found = parts.store.article(ref)
    new = parts.store.pin(
        parts.store.theme(slug).slug,
        found.number,
        include=include,
        note=reason,
        by=_user(),
        now=parts.clock.now(),
    )
    done = f"{'included in' if include else 'excluded from'} {slug}"
    say(f"{found.id[:8]}: {done}" if new else f"{found.id[:8]}: was {done} already")


def _unpin(parts: Parts, slug: str, ref: str, *, how: str) -> None:
    from syndicator import jobs

    found = parts.store.article(ref)
    if not jobs.unpin(parts, slug, found, how=how):
        raise UsageError(f"{found.id[:8]} was not {how}d by hand: `theme explain` tells why")
    is_in = slug in parts.store.article(found.id).themes
    say(f"{found.id[:8]}: no longer {how}d by hand; it is {'in' if is_in else 'not in'} {slug}")


def _user() -> str:
    """Who is at the keyboard, as far as the system knows."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return ""


VERBS = (test, plan, apply, explain, include, exclude)
