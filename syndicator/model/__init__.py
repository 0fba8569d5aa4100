"""The words of syndicator as immutable values; nothing here acts.

All datetimes are aware and UTC. Collections are tuples, frozensets or Mappings. `None` or an empty
value means "not said".

    parts     people, pictures, links ...: what the others are made of
    said      what a source said, untrusted
    article   what we keep of it
    picture   copies of what articles show
    source    a place read, and how it is asked
    follower  who follows our feeds by our hub
    theme     a subject, and why an article is in it
    outcome   all that one refresh decided
    log       the rows of a feed's log
    signpost  where what was published once is now

Everything is imported from here; within, imports point from the last of these to the first.
"""

from __future__ import annotations

from syndicator.model.article import (
    Article,
    Content,
    Draft,
    Likely,
    Telling,
    Withdrawal,
)
from syndicator.model.capture import Capture, Exchange
from syndicator.model.follower import (
    Follower,
    Intent,
    Mode,
    Ping,
    Shares,
    Taken,
)
from syndicator.model.log import (
    EntryView,
    FeedData,
    FeedState,
    LogRow,
    RowKind,
)
from syndicator.model.outcome import (
    ArticleChange,
    Outcome,
)
from syndicator.model.parts import (
    Category,
    DateBasis,
    Enclosure,
    Image,
    Link,
    Origin,
    Pager,
    Person,
    Precision,
)
from syndicator.model.picture import (
    Picture,
    Pictured,
    PictureNews,
    Raster,
    WantedPicture,
)
from syndicator.model.said import (
    ParsedEntry,
    ParsedFeed,
    Tombstone,
)
from syndicator.model.signpost import (
    FolderLeft,
    Signpost,
)
from syndicator.model.source import (
    CADENCE_HALF_LIFE_S,
    Alarm,
    Cadence,
    Claim,
    Document,
    HostLease,
    Kind,
    Move,
    Republish,
    Request,
    Select,
    Source,
    SourceSettings,
    State,
    Stated,
    Subscription,
    SubscriptionState,
    Validators,
)
from syndicator.model.theme import Filed, Found, Reason, Theme

__all__ = [
    "CADENCE_HALF_LIFE_S",
    "Alarm",
    "Article",
    "ArticleChange",
    "Cadence",
    "Capture",
    "Category",
    "Claim",
    "Content",
    "DateBasis",
    "Document",
    "Draft",
    "Enclosure",
    "EntryView",
    "Exchange",
    "FeedData",
    "FeedState",
    "Filed",
    "FolderLeft",
    "Follower",
    "Found",
    "HostLease",
    "Image",
    "Intent",
    "Kind",
    "Likely",
    "Link",
    "LogRow",
    "Mode",
    "Move",
    "Origin",
    "Outcome",
    "Pager",
    "ParsedEntry",
    "ParsedFeed",
    "Person",
    "Picture",
    "PictureNews",
    "Pictured",
    "Ping",
    "Precision",
    "Raster",
    "Reason",
    "Republish",
    "Request",
    "RowKind",
    "Select",
    "Shares",
    "Signpost",
    "Source",
    "SourceSettings",
    "State",
    "Stated",
    "Subscription",
    "SubscriptionState",
    "Taken",
    "Telling",
    "Theme",
    "Tombstone",
    "Validators",
    "WantedPicture",
    "Withdrawal",
]
