"""Copies of the pictures that articles show, and those that are still to be had."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    RowMapping,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from syndicator.model import (
    Content,
    Document,
    Picture,
    Pictured,
    PictureNews,
    Raster,
    Request,
    Validators,
    WantedPicture,
)
from syndicator.stages.shown_pictures import shown_pictures
from syndicator.stores.asked import keep_documents, keep_requests
from syndicator.stores.base import Part, chunks
from syndicator.stores.columns import Instant, among
from syndicator.stores.late import take_back_pictures
from syndicator.stores.readable import readable
from syndicator.stores.schema import articles, picture_news, pictures, sources, wanted_pictures
from syndicator.stores.sources import needed_row
from syndicator.stores.sqlite import insert_missing


class Pictures(Part):
    """What capturing pictures asks, and what shows them."""

    # ------------------------------------------------------------------ to be had

    def claim_pictures(
        self, *, owner: str, now: datetime, limit: int, only: Collection[str] | None = None
    ) -> Sequence[WantedPicture]:
        """Take some that are due, all of one source, of which nobody else takes any meanwhile; none
        where no pictures are to be kept.

        Those that waited longest come first, of these the newest articles'.

        Args:
            only: of these sources, by id.
        """
        if self.pictured is Pictured.NONE:
            return []
        query = _DUE_SOURCE if only is None else _DUE_SOURCE.where(sources.c.id.in_(only))
        with self.database.read() as db:  # as a rule there is none, and nobody who writes waits
            if db.scalar(query, {"now": now}) is None:
                return []
        with self.database.write() as db:
            source = db.scalar(query, {"now": now})
            if source is None:
                return []
            asked = {"source": source, "now": now, "limit": limit}
            found = [_wanted(row) for row in db.execute(_DUE, asked).mappings()]
            db.execute(_CLAIM, [{**_key(each), "owner": owner} for each in found])
            return found

    def free_pictures(self, some: Iterable[WantedPicture]) -> None:
        """Give back what was not asked for; it is due as it was."""
        rows = [{**_key(each), "owner": ""} for each in some]
        if rows:
            with self.database.write() as db:
                db.execute(_CLAIM, rows)

    def keep_picture(
        self,
        wanted: WantedPicture,
        picture: Picture,
        *,
        requests: Sequence[Request],
        documents: Sequence[Document],
    ) -> bool:
        """Note a copy that is on the disk, and what was asked for it. False: the article does not
        want it any more."""
        with self.database.write() as db:
            _keep_asked(db, wanted, requests, documents)
            if not db.execute(_HAD, _key(wanted)).rowcount:
                return False
            _insert(db, wanted.article, picture)
            return True

    def miss_picture(
        self,
        wanted: WantedPicture,
        *,
        requests: Sequence[Request],
        documents: Sequence[Document],
    ) -> None:
        """Note that it was not had: how often, why, and when it is asked for again."""
        with self.database.write() as db:
            _keep_asked(db, wanted, requests, documents)
            how = {
                "times": wanted.tries,
                "again": wanted.next_try_at,
                "why": wanted.error,
            }
            db.execute(_MISSED, {**_key(wanted), **how})

    def wanted_pictures(self, article: int) -> Sequence[WantedPicture]:
        """Those of an article of which there is no copy."""
        with self.database.read() as db:
            rows = db.execute(_WANTED_BY, {"of": article}).mappings()
            return [_wanted(row) for row in rows]

    # ------------------------------------------------------------------ had

    def picture_at(self, url: str) -> Picture | None:
        """The newest copy of what an address shows."""
        with self.database.read() as db:
            row = db.execute(_AT, {"at_url": url}).mappings().first()
            return _picture(row) if row else None

    def pictures_of(self, numbers: Iterable[int]) -> Mapping[int, Sequence[Picture]]:
        """Article number -> copies of its pictures."""
        with self.database.read() as db:
            return pictures_of(db, numbers)

    def all_pictures(self) -> Iterator[tuple[str, Picture]]:
        """(article id, picture) of all copies."""
        with self.database.read() as db:
            for row in db.execute(_ALL).mappings():
                yield row["id"], _picture(row)

    def picturing(self, path: str) -> Sequence[int]:
        """Numbers of the articles of which this is a picture, by its path below feeds/."""
        name = path.rpartition("/")[2].partition(".")[0]
        with self.database.read() as db:
            return db.scalars(_OF_SHA, {"sha": name}).all()

    def pictures_kept(self, names: Iterable[str]) -> set[str]:
        """Those of the SHA-256 that are of a copy of an article."""
        with self.database.read() as db:
            return _found(db, pictures.c.sha256, names)

    def pictures_read_at(self, addresses: Iterable[str]) -> set[str]:
        """Those of the addresses where a picture was read that an article has."""
        with self.database.read() as db:
            some = list(addresses)
            return _found(db, pictures.c.url, some) | _found(db, pictures.c.answered_by, some)

    # ------------------------------------------------------------------ news

    def picture_news(self) -> Sequence[PictureNews]:
        """What pages have not followed yet, oldest first."""
        with self.database.read() as db:
            rows = db.execute(select(picture_news).order_by(picture_news.c.n)).mappings()
            return [PictureNews(**row) for row in rows]

    def picture_news_told(self, some: Iterable[PictureNews]) -> None:
        """Pages have followed."""
        rows = [{"of": each.n} for each in some]
        if rows:
            with self.database.write() as db:
                db.execute(_TOLD, rows)


def want_pictures(
    db: Connection, source: int, said: Mapping[int, Content], which: Pictured, now: datetime
) -> int:
    """Note the pictures that articles show and of which they have no copy; how many.

    Args:
        said: article number -> what it says.
    """
    rows = [
        {"article": number, "url": url, "source": source, "next_try_at": now}
        for number, content in said.items()
        for url in shown_pictures(content.html, content.image, which=which)
    ]
    if not rows:
        return 0
    had = pictures_of(db, said)
    known = {(number, each.url) for number, some in had.items() for each in some}
    new = [row for row in rows if (row["article"], row["url"]) not in known]
    if new:
        db.execute(_WANT, new)
    return len(new)


def pictures_of(db: Connection, numbers: Iterable[int]) -> Mapping[int, Sequence[Picture]]:
    """Article number -> copies of its pictures."""
    found: dict[int, list[Picture]] = defaultdict(list)
    for some in chunks(numbers):
        for row in db.execute(_OF, {"numbers": some}).mappings():
            found[row["article"]].append(_picture(row))
    return found


def purge_pictures(db: Connection, article: int) -> tuple[list[str], list[str]]:
    """Forget the pictures of an article; the addresses they were read at, and the SHA-256 of their
    copies."""
    had = [_picture(row) for row in db.execute(_OF, {"numbers": [article]}).mappings()]
    wanted = [row["url"] for row in db.execute(_WANTED_BY, {"of": article}).mappings()]
    for each in had:
        db.execute(insert(picture_news), {"article": article, "path": each.path})
    db.execute(delete(pictures).where(pictures.c.article == article))
    db.execute(delete(wanted_pictures).where(wanted_pictures.c.article == article))
    addresses = {*wanted, *(url for one in had for url in (one.url, one.answered_by))}
    return sorted(addresses), sorted({one.sha256 for one in had})


def picture_owners(db: Connection) -> set[str]:
    """Who has claimed any."""
    return set(db.scalars(select(wanted_pictures.c.claimed_by).where(_CLAIMED).distinct()))


def pictures_claimed(db: Connection, owner: str) -> set[str]:
    """What one has claimed, a name for each."""
    mine = select(wanted_pictures.c.article, wanted_pictures.c.url).where(
        _CLAIMED, wanted_pictures.c.claimed_by == owner
    )
    return {f"picture {article} {url}" for article, url in db.execute(mine)}


def void_pictures(db: Connection, owners: Iterable[str]) -> None:
    """Free what these have claimed."""
    mine = wanted_pictures.c.claimed_by.in_(list(owners))
    db.execute(update(wanted_pictures).where(_CLAIMED, mine), {"claimed_by": ""})


# ------------------------------------------------------------------ queries

_CLAIMED = wanted_pictures.c.claimed_by != ""
_TAKEN = wanted_pictures.alias("taken")
_IS_DUE = wanted_pictures.c.next_try_at <= bindparam("now")
_DUE_SOURCE = (
    select(wanted_pictures.c.source)
    .join(sources, sources.c.number == wanted_pictures.c.source)
    .where(
        _IS_DUE,
        wanted_pictures.c.claimed_by == "",
        readable(bindparam("now", type_=Instant())),
        ~select(_TAKEN.c.article)
        .where(_TAKEN.c.claimed_by != "", _TAKEN.c.source == wanted_pictures.c.source)
        .exists(),
    )
    .order_by(wanted_pictures.c.next_try_at)
    .limit(1)
)
_OPEN = select(
    wanted_pictures.c.article,
    sources.c.id.label("source_id"),
    wanted_pictures.c.url,
    wanted_pictures.c.tries,
    wanted_pictures.c.next_try_at,
    wanted_pictures.c.error,
).join(sources, sources.c.number == wanted_pictures.c.source)
_DUE = (
    _OPEN.where(
        wanted_pictures.c.source == bindparam("source"),
        wanted_pictures.c.claimed_by == "",
        _IS_DUE,
    )
    .order_by(
        wanted_pictures.c.next_try_at, wanted_pictures.c.article.desc(), wanted_pictures.c.url
    )
    .limit(bindparam("limit"))
)
_WANTED_BY = _OPEN.where(wanted_pictures.c.article == bindparam("of")).order_by(
    wanted_pictures.c.url
)
_THIS = (
    wanted_pictures.c.article == bindparam("of"),
    wanted_pictures.c.url == bindparam("at_url"),
)
_CLAIM = update(wanted_pictures).where(*_THIS).values(claimed_by=bindparam("owner"))
_HAD = delete(wanted_pictures).where(*_THIS)
_MISSED = (
    update(wanted_pictures)
    .where(*_THIS)
    .values(
        claimed_by="",
        tries=bindparam("times"),
        next_try_at=bindparam("again"),
        error=bindparam("why"),
    )
)
_WANT = insert_missing(wanted_pictures)
_AT = (
    select(pictures)
    .where(pictures.c.url == bindparam("at_url"))
    .order_by(pictures.c.at.desc())
    .limit(1)
)
_OF = (
    select(pictures)
    .where(pictures.c.article.in_(among("numbers")))
    .order_by(pictures.c.article, pictures.c.no)
)
_ALL = (
    select(pictures, articles.c.id)
    .join(articles, articles.c.number == pictures.c.article)
    .order_by(pictures.c.article, pictures.c.no)
)
_OF_SHA = (
    select(pictures.c.article)
    .where(pictures.c.sha256 == bindparam("sha"))
    .distinct()
    .order_by(pictures.c.article)
)
_LAST_NO = select(func.coalesce(func.max(pictures.c.no), 0)).where(
    pictures.c.article == bindparam("of")
)
_TOLD = delete(picture_news).where(picture_news.c.n == bindparam("of"))


def _keep_asked(
    db: Connection,
    wanted: WantedPicture,
    requests: Sequence[Request],
    documents: Sequence[Document],
) -> None:
    if requests or documents:
        source = needed_row(db, wanted.source_id)["number"]
        keep_requests(db, source, requests)
        keep_documents(db, source, documents)
        take_back_pictures(db, wanted.article, requests)


def _insert(db: Connection, article: int, picture: Picture) -> None:
    no = (db.scalar(_LAST_NO, {"of": article}) or 0) + 1
    row = {name: getattr(picture, name) for name in _COPIED}
    given = {"etag": picture.validators.etag, "last_modified": picture.validators.last_modified}
    db.execute(insert(pictures), {"article": article, "no": no, **row, **given})
    db.execute(insert(picture_news), {"article": article, "path": picture.path})


def _found(db: Connection, column: Any, values: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for some in chunks(values):
        found |= set(db.scalars(select(column).where(column.in_(some)).distinct()))
    return found


# ------------------------------------------------------------------ rows

_COPIED = ("url", "answered_by", "sha256", "raster", "size", "at")


def _picture(row: RowMapping) -> Picture:
    known = {name: row[name] for name in _COPIED}
    return Picture(
        **{**known, "raster": Raster(row["raster"])},
        validators=Validators(etag=row["etag"], last_modified=row["last_modified"]),
    )


def _wanted(row: RowMapping) -> WantedPicture:
    return WantedPicture(**row)


def _key(wanted: WantedPicture) -> dict[str, Any]:
    return {"of": wanted.article, "at_url": wanted.url}
