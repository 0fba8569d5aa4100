"""syndicator theme: the subjects articles are filed under."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from syndicator.cli.options import as_json, with_parts
from syndicator.cli.rules import VERBS
from syndicator.cli.say import emit, emit_json, facts, say, table
from syndicator.cli.shapes import theme_json
from syndicator.errors import UsageError
from syndicator.model import Theme

if TYPE_CHECKING:
    from syndicator.app import Parts
    from syndicator.ports import ThemeCount


@click.group()
def theme() -> None:
    """Themes: the subjects that articles are filed under."""


@theme.command("list")
@as_json
@with_parts()
def list_(parts: Parts, *, as_json: bool) -> None:
    """List all themes with their feeds."""
    known = [_theme(parts, one) for one in parts.store.theme_overview()]
    if as_json:
        for one in known:
            emit_json(one)
        return
    table(
        ["slug", "articles", "updated", "feed"],
        [(one["slug"], one["articles"], one["updated"] or "", one["feed_url"]) for one in known],
    )


@theme.command()
@click.argument("slug")
@as_json
@with_parts()
def show(parts: Parts, slug: str, *, as_json: bool) -> None:
    """Show one theme: its rule, its size, its feed."""
    slug = parts.store.theme(slug).slug
    (known,) = (
        _theme(parts, one) for one in parts.store.theme_overview() if one.theme.slug == slug
    )
    if as_json:
        emit_json(known)
        return
    for name in ("titles", "matches"):
        known[name] = ", ".join(f"{language}: {text}" for language, text in known[name].items())
    known["declared"] = "in the configuration file" if known["declared"] else "in the store"
    facts(known)


def _theme(parts: Parts, held: ThemeCount) -> dict[str, Any]:
    return theme_json(
        held.theme,
        articles=held.articles,
        updated=held.changed_at,
        feed_url=_feed_url(parts, held.theme),
    )


def _feed_url(parts: Parts, found: Theme) -> str:
    """Where its feed is; a private one's address is a secret and not shown in lists."""
    if found.private:
        return ""
    return f"{parts.config.site.base_url.rstrip('/')}/themes/{found.slug}/atom.xml"


def _by_language(
    ctx: click.Context, option: click.Parameter, values: tuple[str, ...]
) -> dict[str, str]:
    pairs = [value.partition("=") for value in values]
    if not all(sign for _, sign, _ in pairs):
        raise click.BadParameter("write it as fr=TEXT", ctx, option)
    return {language.strip(): text.strip() for language, _, text in pairs}


@theme.command()
@click.argument("slug")
@click.option("--title", help="Its name; made from the slug when not given.")
@click.option("--match", default="", metavar="RULE", help="Which articles belong to it.")
@click.option("--description", default="", help="A sentence about it.")
@click.option(
    "--title-in",
    "titles",
    multiple=True,
    metavar="LANG=TEXT",
    callback=_by_language,
    help="Its name in a language, which gets a feed of its own; repeatable.",
)
@click.option(
    "--match-in",
    "matches",
    multiple=True,
    metavar="LANG=RULE",
    callback=_by_language,
    help="The rule for articles in a language, where it differs; repeatable.",
)
@click.option("--finite", is_flag=True, help="It will never hold more than 500 articles.")
@click.option(
    "--private", is_flag=True, help="Readable only at an address nobody guesses: theme token."
)
@with_parts()
def add(
    parts: Parts,
    slug: str,
    *,
    title: str | None,
    match: str,
    description: str,
    titles: dict[str, str],
    matches: dict[str, str],
    finite: bool,
    private: bool,
) -> None:
    """Add a theme; it takes all articles of the past at once.

    Without a rule it holds what sources are set to file there and what is included by hand.
    """
    from syndicator import jobs
    from syndicator.app import CHECKS
    from syndicator.config import theme_from

    if title is not None and not title.strip():
        raise UsageError("--title is empty: leave it out, and one is made from the slug")
    said = {"title": title or "", "match": match, "description": description}
    said |= {f"titles.{language}": text for language, text in titles.items()}
    said |= {f"matches.{language}": text for language, text in matches.items()}
    said |= {"finite": "true"} if finite else {}
    said |= {"private": "true"} if private else {}
    pairs = [f"{key}={text}" for key, text in said.items()]
    wanted = theme_from(slug, pairs, checks=CHECKS)
    if (match or matches) and (warning := jobs.planned(parts, wanted).warning):
        say(f"Careful: {slug} {warning}.")
    number = jobs.add_theme(parts, wanted)
    emit(slug)
    say(f"{slug}: added, {number} articles")


@theme.command()
@click.argument("slug")
@with_parts()
def remove(parts: Parts, slug: str) -> None:
    """Remove a theme. Its articles stay."""
    if parts.store.theme(slug).declared:
        raise UsageError(f"{slug} is declared in {parts.config.path}: remove [themes.{slug}] there")
    parts.store.remove_theme(slug, now=parts.clock.now())
    say(f"{slug}: removed; its articles stay")


@theme.command()
@click.argument("old")
@click.argument("new")
@with_parts()
def rename(parts: Parts, old: str, new: str) -> None:
    """Call the theme OLD NEW, for its addresses; its title stays.

    Its feeds keep their ids. Whatever was at an old address is at the new one, and the old one
    leads there for good; no other theme can be called OLD.
    """
    from syndicator.app import CHECKS
    from syndicator.config import theme_from

    if parts.store.theme(old).declared:
        raise UsageError(
            f"{old} is declared in {parts.config.path}: call the table [themes.{new}] and write "
            f'renamed_from = ["{old}"] in it'
        )
    new = theme_from(new, [], checks=CHECKS).slug
    parts.store.rename_theme(old, new, now=parts.clock.now())
    emit(new)
    say(f"{old}: is now {new}; its old addresses lead there once it is published")


@theme.command()
@click.argument("slug")
@click.option("--new", is_flag=True, help="Take the address back and give another one.")
@as_json
@with_parts()
def token(parts: Parts, slug: str, *, new: bool, as_json: bool) -> None:
    """Show where the private theme SLUG is read: whoever knows the address, reads.

    With --new its present address is taken back: what lies there goes with the next publishing.
    """
    token = parts.store.theme_token(slug, renew=new, now=parts.clock.now())
    folder = f"{parts.config.site.base_url.rstrip('/')}/private/{token}"
    if as_json:
        emit_json({"slug": slug, "token": token, "feed_url": f"{folder}/atom.xml"})
    else:
        emit(f"{folder}/atom.xml")
    if new:
        say(f"{slug}: has another address; the old one ends with the next publishing")


for _verb in VERBS:
    theme.add_command(_verb)
