"""The shapes by which the parts meet; each part names no base class, the shape is the contract.

- `work`, `net`: who does the work, and the gate out;
- `progress`: how far a long job is;
- `sources`, `articles`, `themes`, `feeds`, `pages`, `pictures`, `push`, `archive`: sides of the
  store;
- `store`: all of them together.
"""

from syndicator.ports.archive import Captures, Difference, Ledger, Note, Redaction, Redactions
from syndicator.ports.articles import Articles, Search, Withdrawals
from syndicator.ports.feeds import Corrected, Feeds
from syndicator.ports.net import (
    ACCEPT_ANY,
    ACCEPT_FEEDS,
    ACCEPT_PAGES,
    ACCEPT_PICTURES,
    ACCEPT_SITEMAPS,
    ACCEPT_TEXT,
    Answer,
    Caller,
    Recorder,
    Visit,
)
from syndicator.ports.pages import Beside, Listed, Month, Notice, Order, Pages, Shown
from syndicator.ports.pictures import PictureFiles, Pictures
from syndicator.ports.progress import Progress, counted, unwatched
from syndicator.ports.push import Followers, Pings, Subscriptions
from syndicator.ports.sources import ArticleReader, HostLeases, Sources, Work
from syndicator.ports.store import Store, Workshop
from syndicator.ports.themes import ThemeCount, Themes
from syndicator.ports.work import Clock, Executor, Guard, Sandbox

__all__ = [
    "ACCEPT_ANY",
    "ACCEPT_FEEDS",
    "ACCEPT_PAGES",
    "ACCEPT_PICTURES",
    "ACCEPT_SITEMAPS",
    "ACCEPT_TEXT",
    "Answer",
    "ArticleReader",
    "Articles",
    "Beside",
    "Caller",
    "Captures",
    "Clock",
    "Corrected",
    "Difference",
    "Executor",
    "Feeds",
    "Followers",
    "Guard",
    "HostLeases",
    "Ledger",
    "Listed",
    "Month",
    "Note",
    "Notice",
    "Order",
    "Pages",
    "PictureFiles",
    "Pictures",
    "Pings",
    "Progress",
    "Recorder",
    "Redaction",
    "Redactions",
    "Sandbox",
    "Search",
    "Shown",
    "Sources",
    "Store",
    "Subscriptions",
    "ThemeCount",
    "Themes",
    "Visit",
    "Withdrawals",
    "Work",
    "Workshop",
    "counted",
    "unwatched",
]
