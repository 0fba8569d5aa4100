"""A library for `bench.archive`: a store of very many articles with its archive and captures.

It comes about as refreshes make it: outcomes saved, raw answers captured, the ledger recorded. Only
the sources are invented; each article has words of its own, so that no two objects are alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from bench.themes import Language
from syndicator import jobs
from syndicator.app import Parts, open_parts
from syndicator.model import (
    ArticleChange,
    Content,
    Exchange,
    Found,
    Outcome,
    Person,
    Reason,
    Request,
)
from syndicator.text.ids import article_id

SOURCES = 20
NEWS = "news"  # the one source that can be read
_AT_ONCE = 100  # articles of a refresh
_END = datetime(2026, 1, 1, tzinfo=UTC)
_SPAN = timedelta(days=3650)
_CONFIG = """\
[site]
title = "Archive"
contact = "desk@library.example"

[store]
capture = "all"

[fetch]
allow_private = ["127.0.0.1/32"]

[fetch.hosts."{host}"]
gap = 0

[sources.{news}]
url = "http://{host}/feed"
kind = "feed"
"""
_SOURCE = """
[sources.s{n}]
url = "https://s{n}.example/feed"
kind = "feed"
"""
_THEME = """
[themes.{slug}]
title = "{title}"
match = '{match}'
"""
_EVERY = {"well": 2, "harbour": 5, "drought": 7}  # word -> one in so many titles has it
RULES = {"wells": "title:well", "harbours": "title:harbour"}
CHANGED = "(title:well OR title:harbour) NOT title:drought"  # of wells


def configuration(host: str, rules: Mapping[str, str]) -> str:
    """config.toml.

    Args:
        host: name and port of the site that serves NEWS.
        rules: slug of a theme -> what it matches.
    """
    sources = "".join(_SOURCE.format(n=n) for n in range(SOURCES))
    themes = "".join(
        _THEME.format(slug=slug, title=slug.capitalize(), match=match)
        for slug, match in rules.items()
    )
    return _CONFIG.format(host=host, news=NEWS) + sources + themes


def fill(config: Path, count: int) -> None:
    """Keep so many articles, oldest first; every 50th is revised, every 1000th withdrawn, and of
    every 10th the page is captured, of each refresh its answer."""
    language = Language(1)
    with open_parts(config, environ={}) as parts:
        numbers = iter(range(count))
        turn = 0
        while some := list(islice(numbers, _AT_ONCE)):
            source = f"s{turn % SOURCES}"
            made = [_article(n, count, source, language) for n in some]
            _refresh(parts, source, made)
            _refresh(parts, source, [_revised(one, language) for one in made[::50]])
            turn += 1
        for n in range(0, count, 1000):
            id_ = article_id(_feed(f"s{n // _AT_ONCE % SOURCES}"), f"a{n}")
            number, now = parts.store.article(id_).number, parts.clock.now()
            parts.store.withdraw(number, reason="asked for", by="desk", now=now)
        with parts.archive.alone.hold():
            jobs.record_all(parts)


def _feed(source: str) -> str:
    return f"https://{source}.example/feed"


def _article(n: int, count: int, source: str, language: Language) -> ArticleChange:
    key = f"a{n}"
    mine = article_id(_feed(source), key)
    words = language.text(150).split()
    paragraphs = [" ".join(words[at : at + 50]) for at in range(0, 150, 50)]
    at = _END - _SPAN + n * (_SPAN / count)
    found = [name for name, every in _EVERY.items() if n % every == 0]
    return ArticleChange(
        id=mine,
        key=key,
        entry_id=f"https://{source}.example/id/{key}",
        seen_hash=key,
        fingerprint=key,
        story=mine,
        content=Content(
            url=f"https://{source}.example/{key}",
            title=" ".join([*words[:6], *found]),
            authors=(Person(name=" ".join(words[6:8]).title()),),
            standfirst=" ".join(words[8:20]),
            html="".join(f"<p>{each}.</p>" for each in paragraphs),
            text="\n\n".join(f"{each}." for each in paragraphs),
            published_at=at,
            updated_at=at,
            language="en",
        ),
        themes=dict(_themes(found)),
    )


def _themes(found: list[str]) -> Iterator[tuple[str, Reason]]:
    for slug, word in (("wells", "well"), ("harbours", "harbour")):
        if word in found:
            why = (Found(field="title", words=word),)
            yield slug, Reason(how="rule", rule_version=1, found=why)


def _revised(one: ArticleChange, language: Language) -> ArticleChange:
    said = f"<p>{language.text(30)}.</p>"
    content = replace(one.content, html=one.content.html + said, text=one.content.text + said[3:-4])
    return replace(one, seen_hash="later", fingerprint="later", content=content, is_new=False)


def _refresh(parts: Parts, source: str, changes: list[ArticleChange]) -> None:
    now = parts.clock.now()
    claim = parts.store.claim_due(
        owner=parts.owner, now=now, lease_s=60, limit=1, only=[source], forced=True
    )[0]
    pages = [
        _request(parts, one.content.url, "article", "text/html", one.content.html)
        for one in changes[::10]
    ]
    feed = "".join(f"<item><guid>{one.key}</guid></item>" for one in changes)
    parts.store.save(
        Outcome(
            id=f"{source} {changes[0].key} {changes[0].fingerprint}",
            at=now,
            lease=claim.lease,
            source=claim.source,
            result="changed",
            changes=tuple(changes),
            past=True,
            host_free_at=now,
            requests=(
                _request(parts, _feed(source), "poll", "application/rss+xml", feed),
                *pages,
            ),
        )
    )


def _request(parts: Parts, url: str, reason: str, kind: str, body: str) -> Request:
    at = parts.clock.now()
    exchange = Exchange(
        url=url,
        at=at,
        method="GET",
        sent=(("User-Agent", "bench"),),
        version="HTTP/1.1",
        status=200,
        reason="OK",
        received=(("Content-Type", kind),),
        body=body.encode(),
    )
    capture = parts.archive.captures.keep(exchange)
    return Request(url=url, at=at, reason=reason, status=200, capture=capture)
