"""Articles as kept, and all that a refresh asks of a source's past."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
)

from syndicator.errors import UsageError
from syndicator.model import Article, Content, Document, Reason, Telling
from syndicator.stores.base import Part, chunks
from syndicator.stores.codec import value_of
from syndicator.stores.columns import among
from syndicator.stores.prepared import Columns, Query
from syndicator.stores.rows import article_of, document_of
from syndicator.stores.schema import (
    articles,
    documents,
    items,
    memberships,
    revisions,
    sources,
    themes,
)
from syndicator.text.plain import plain_words

_PAGE = 200  # articles read at a time when streaming
_SHORTEST_REF = 6
_NAMED = 10  # candidates an error names, or that tell the same

NEWEST = and_(revisions.c.article == articles.c.number, revisions.c.no == articles.c.revision)
_ARTICLES = (
    select(articles, revisions.c.content, sources.c.id.label("source_id"))
    .join(revisions, NEWEST)
    .join(sources, sources.c.number == articles.c.source)
)


_TAKEN_BACK = articles.alias("taken_back")


def is_withdrawn() -> ColumnElement[bool]:
    """Whether an article, or another copy of its story, was taken back by hand."""
    same_story = _TAKEN_BACK.c.story == articles.c.story
    return exists(select(1).where(same_story, _TAKEN_BACK.c.withdrawn_at.is_not(None)))


def said(name: str) -> Select[Any]:
    """Query of (number, this field of the newest revision) of articles; with values `numbers`."""
    return (
        select(articles.c.number, func.json_extract(revisions.c.content, f"$.{name}").label(name))
        .join(revisions, NEWEST)
        .where(articles.c.number.in_(among("numbers")))
    )


def _filled(column: Any) -> ColumnElement[bool]:
    """In the words of the partial indexes, or SQLite would not use them."""
    filled: ColumnElement[bool] = column != literal_column("''")
    return filled


# What each refresh asks.
_ID = select(sources.c.number).where(sources.c.id == bindparam("id")).scalar_subquery()
_SEEN = Query(select(articles.c.key, articles.c.seen_hash).where(articles.c.source == _ID))
_SEEN_OF = Query(
    select(articles.c.key, articles.c.seen_hash).where(
        articles.c.source == _ID, articles.c.key.in_(among("keys"))
    )
)
_MARKS = Query(select(items.c.marks).where(items.c.source == _ID))
_WITH_KEYS = Query(_ARTICLES.where(articles.c.source == _ID, articles.c.key.in_(among("keys"))))
_NEWEST_NUMBER = Query(select(func.max(articles.c.number).label("newest")))
_RETOLD = Query(
    select(articles.c.text_hash, articles.c.key)
    .where(
        articles.c.source == _ID,
        _filled(articles.c.text_hash),
        articles.c.text_hash.in_(among("hashes")),
    )
    .order_by(articles.c.number.desc())
)


class Articles(Part):
    """Reading; articles are written by saving an outcome alone."""

    def article(self, ref: str) -> Article:
        """By article id, a unique prefix of it of 6 or more, or entry id.

        Raises:
            UsageError: there is none, or several begin so; they are named.
        """
        with self.database.read() as db:
            if not _is_hex(ref):
                query = _ARTICLES.where(articles.c.entry_id == ref)
                found = read_articles(db, query.order_by(articles.c.number).limit(1))
            else:
                found = _with_prefix(db, ref.lower())
        if not found:
            raise UsageError(
                f"there is no article {ref!r}: `syndicator article search` finds them by words"
            )
        return found[0]

    def articles(
        self,
        *,
        theme: str | None = None,
        source: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
    ) -> Iterator[Article]:
        """Newest first by published, then id; those gone from their source too.

        Reads a page at a time, so that a slow reader holds nothing up.

        Args:
            since: published then or later.
            until: published before.
        """
        query = self._listing(theme, source, since, until)
        left, after = limit, None
        while left is None or left > 0:
            size = _PAGE if left is None else min(_PAGE, left)
            with self.database.read() as db:
                page = read_articles(db, beyond(query, after).limit(size))
            yield from page
            if len(page) < size:
                return
            after = (page[-1].published_at, page[-1].id)
            left = None if left is None else left - size

    def _listing(
        self,
        theme: str | None,
        source: str | None,
        since: datetime | None,
        until: datetime | None,
    ) -> Select[Any]:
        query, published = _ARTICLES, articles.c.published_at
        if theme is not None:
            query, published = _in_theme(query, theme), memberships.c.published_at
        if source is not None:
            mine = select(sources.c.number).where(sources.c.id == source).scalar_subquery()
            query = query.where(articles.c.source == mine)
        if since is not None:
            query = query.where(published >= since)
        if until is not None:
            query = query.where(published < until)
        return query.order_by(published.desc(), articles.c.id)

    def oldest_first(self, after: tuple[datetime, str] | None, *, limit: int) -> Sequence[Article]:
        """The next articles by date of publication, those of one date by id, the last id first.

        Args:
            after: date and id of the last one already read.
        """
        published = articles.c.published_at
        query = _ARTICLES.order_by(published, articles.c.id.desc()).limit(limit)
        if after is not None:
            at, article_id = after
            same = and_(published == at, articles.c.id < article_id)
            query = query.where(published >= at, or_(published > at, same))
        with self.database.read() as db:
            return read_articles(db, query)

    def articles_of(self, numbers: Sequence[int]) -> Sequence[Article]:
        """Articles by number, in the order given; those that are not there are left out."""
        with self.database.read() as db:
            found = {one.number: one for one in articles_numbered(db, numbers)}
        return [found[number] for number in numbers if number in found]

    def article_reasons(self, number: int) -> Mapping[str, Reason]:
        """theme slug -> why it is in (or pinned out)."""
        query = (
            select(themes.c.slug, memberships.c.reason)
            .join(themes, themes.c.number == memberships.c.theme)
            .where(memberships.c.article == number, themes.c.retired_at.is_(None))
            .order_by(themes.c.slug)
        )
        with self.database.read() as db:
            return dict(db.execute(query).all())

    def revisions(self, number: int) -> Sequence[tuple[int, datetime, Content]]:
        """(no, when it was first seen, what it says), oldest first."""
        query = (
            select(revisions.c.no, revisions.c.at, revisions.c.content)
            .where(revisions.c.article == number)
            .order_by(revisions.c.no)
        )
        with self.database.read() as db:
            return [(no, at, value_of(Content, text)) for no, at, text in db.execute(query)]

    # -- what a refresh asks

    def seen(self, source_id: str, keys: Iterable[str] | None = None) -> Mapping[str, str]:
        """key -> seen_hash of the source's articles: of those under these keys, or of all."""
        found: dict[str, str] = {}
        with self.database.read() as db:
            if keys is None:
                return _SEEN.pairs(db, {"id": source_id})
            for some in chunks(keys):
                found |= _SEEN_OF.pairs(db, {"id": source_id, "keys": some})
        return found

    def items(self, source_id: str) -> Mapping[str, str]:
        """mark -> key of the raw items of the source's last document."""
        with self.database.read() as db:
            return _MARKS.value(db, {"id": source_id}) or {}

    def articles_by_key(self, source_id: str, keys: Iterable[str]) -> Mapping[str, Article]:
        """The articles of one source under these keys."""
        found: dict[str, Article] = {}
        with self.database.read() as db:
            for some in chunks(keys):
                rows = _WITH_KEYS.maps(db, {"id": source_id, "keys": some})
                found |= {each.key: each for each in _with_themes(db, rows)}
        return found

    def retold(self, source_id: str, text_hashes: Iterable[str]) -> Mapping[str, str]:
        """text_hash -> key of the first article of the source that told this text (R23)."""
        found: dict[str, str] = {}
        with self.database.read() as db:
            for some in chunks(text_hashes):
                found |= _RETOLD.pairs(db, {"id": source_id, "hashes": some})
        return found

    def documents(self, source_id: str) -> Sequence[Document]:
        """The pages a page source consists of, oldest knowledge first."""
        query = (
            select(documents)
            .join(sources, sources.c.number == documents.c.source)
            .where(sources.c.id == source_id)
            .order_by(documents.c.number)
        )
        with self.database.read() as db:
            return [document_of(row) for row in db.execute(query).mappings()]

    def entry_id_stories(self, entry_ids: Iterable[str]) -> Mapping[str, str]:
        """Entry id -> story of the article that first used it, of whatever source."""
        with self.database.read() as db:
            return first_stories(db, entry_ids)

    def stories_told(
        self, tellings: Iterable[Telling], *, not_source: str
    ) -> Mapping[Telling, str]:
        """The story of the first article of another source that tells the very same: the same words
        under the same title, or the same canonical URL under the same title.

        A URL counts only where it names one article of a source: many sites give their home page
        as the canonical URL of everything. Languages are never mixed, and a story that holds an
        article of this source already is none for another of it.
        """
        with self.database.read() as db:
            return stories_told(db, tellings, not_source)

    def newest_article(self) -> int:
        """The number of the article that was kept last; 0: there is none."""
        with self.database.read() as db:
            return newest_article(db)


def newest_article(db: Connection) -> int:
    """The number of the article that was kept last; 0: there is none."""
    return _NEWEST_NUMBER.value(db) or 0


def first_stories(db: Connection, entry_ids: Iterable[str]) -> Mapping[str, str]:
    """Entry id -> story of the article that first used it, of whatever source."""
    found = _first_few(db, articles.c.entry_id, entry_ids)
    return {entry_id: some[0].story for entry_id, some in found.items()}


def stories_told(
    db: Connection, tellings: Iterable[Telling], not_source: str
) -> Mapping[Telling, str]:
    """The story of the first article of another source that tells the very same."""
    asked = list(tellings)
    hashes = [each.story_hash for each in asked]
    urls = [each.canonical_url for each in asked]
    by_hash = _first_few(db, articles.c.story_hash, hashes, not_source=not_source)
    by_url = _first_few(db, articles.c.canonical_url, urls, not_source=not_source)
    titles = _titles(db, {row.number for few in by_url.values() for row in few})
    found: dict[Telling, str] = {}
    for each in asked:
        same = _in_language(by_hash.get(each.story_hash, ()), each.language)
        named = _in_language(by_url.get(each.canonical_url, ()), each.language)
        title = plain_words(each.title)
        named = [r for r in _each_alone(named) if title and titles.get(r.number) == title]
        if same or named:
            found[each] = (same or named)[0].story
    return found


def read_articles(db: Connection, query: Select[Any]) -> list[Article]:
    """Run a query made from `_ARTICLES` and add the themes."""
    return _with_themes(db, db.execute(query).mappings().all())


def _with_themes(db: Connection, rows: Sequence[Columns]) -> list[Article]:
    slugs = theme_slugs(db, [row["number"] for row in rows])
    return [article_of(row, tuple(slugs[row["number"]])) for row in rows]


def articles_numbered(db: Connection, numbers: Iterable[int]) -> list[Article]:
    """Articles by their row numbers."""
    return read_articles(db, _ARTICLES.where(articles.c.number.in_(list(numbers))))


def theme_slugs(db: Connection, numbers: Iterable[int]) -> Mapping[int, list[str]]:
    """Article number -> slugs of the themes it is in, in order."""
    slugs: dict[int, list[str]] = defaultdict(list)
    for some in chunks(numbers):
        for number, slug in _SLUGS.rows(db, {"articles": some}):
            slugs[number].append(slug)
    return slugs


_SLUGS = Query(
    select(memberships.c.article, themes.c.slug)
    .join(themes, themes.c.number == memberships.c.theme)
    .where(
        memberships.c.article.in_(among("articles")),
        memberships.c.present,
        themes.c.retired_at.is_(None),
    )
    .order_by(themes.c.slug)
)


def base_language(tag: str) -> str:
    """The language of a tag without region and script: fr of fr-BE."""
    return tag.partition("-")[0].lower()


def _is_hex(ref: str) -> bool:
    return 0 < len(ref) <= 32 and all(letter in "0123456789abcdefABCDEF" for letter in ref)


def _with_prefix(db: Connection, prefix: str) -> list[Article]:
    if len(prefix) < _SHORTEST_REF:
        raise UsageError(f"{prefix!r} is too short: give {_SHORTEST_REF} digits of the id or more")
    alike = and_(articles.c.id >= prefix, articles.c.id < prefix + "g")
    found = read_articles(db, _ARTICLES.where(alike).order_by(articles.c.id).limit(_NAMED + 1))
    if len(found) > 1:
        named = ", ".join(f"{each.id} ({each.content.title})" for each in found[:_NAMED])
        more = " and more" if len(found) > _NAMED else ""
        raise UsageError(f"several articles begin with {prefix}: {named}{more}")
    return found


def _in_theme(query: Select[Any], slug: str) -> Select[Any]:
    theme = (
        select(themes.c.number)
        .where(themes.c.slug == slug, themes.c.retired_at.is_(None))
        .scalar_subquery()
    )
    return query.join(memberships, memberships.c.article == articles.c.number).where(
        memberships.c.theme == theme, memberships.c.present
    )


def beyond(query: Select[Any], after: tuple[datetime, str] | None) -> Select[Any]:
    """A query of articles, newest first by published, then id, from behind this one on."""
    if after is None:
        return query
    at, article_id = after
    published = articles.c.published_at
    same = and_(published == at, articles.c.id > article_id)
    return query.where(published <= at, or_(published < at, same))


def _first_few(
    db: Connection, column: Any, values: Iterable[str], *, not_source: str = ""
) -> Mapping[str, Sequence[Any]]:
    """Value -> the first few articles with it, oldest first; for "" none.

    Some values stand in very many articles, so that each question is for a bounded number of rows;
    what remains open after it is asked again.
    """
    found: dict[str, list[Any]] = {}
    for some in chunks({value for value in values if value}):
        open_still = set(some)
        while open_still:
            most = _NAMED * len(open_still)
            asked = {"id": not_source, "values": open_still, "most": most}
            rows = _FIRST_FEW[column].rows(db, asked)
            read: dict[str, list[Any]] = defaultdict(list)
            for row in rows:
                read[row[0]].append(row)
            found |= {value: few[:_NAMED] for value, few in read.items()}
            if len(rows) < most:
                break
            cut = rows[-1][0]
            open_still -= {v for v, few in read.items() if v != cut or len(few) >= _NAMED}
    return found


_HELD = articles.alias("held")
_HELD_BY_STORY = exists(select(1).where(_HELD.c.story == articles.c.story, _HELD.c.source == _ID))


def _few(column: Any) -> Select[Any]:
    return (
        select(
            column,
            articles.c.language,
            articles.c.story,
            articles.c.number,
            articles.c.source,
        )
        .where(
            _filled(column),
            column.in_(among("values")),
            articles.c.source.is_distinct_from(_ID),
            ~_HELD_BY_STORY,
        )
        .order_by(column, articles.c.number)
        .limit(bindparam("most", type_=Integer))
    )


_FIRST_FEW = {
    column: Query(_few(column))
    for column in (articles.c.story_hash, articles.c.canonical_url, articles.c.entry_id)
}


def _each_alone(rows: Sequence[Any]) -> list[Any]:
    """Those that are the only one of their source."""
    of_source = Counter(row.source for row in rows)
    return [row for row in rows if of_source[row.source] == 1]


def _titles(db: Connection, numbers: Iterable[int]) -> Mapping[int, list[str]]:
    """Article number -> the words of its title, as `plain_words` cuts them."""
    found: dict[int, list[str]] = {}
    for some in chunks(numbers):
        for number, title in _TITLES.rows(db, {"numbers": some}):
            found[number] = plain_words(title or "")
    return found


_TITLES = Query(said("title"))


def _in_language(rows: Iterable[Any], tag: str) -> list[Any]:
    return [row for row in rows if base_language(row.language) == base_language(tag)]
