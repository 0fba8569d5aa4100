"""Telling of news instead of being asked (WebSub, W3C Recommendation of 2018), both ways.

Hubs tell us of what our sources say:

    callback    our address for one subscription, and what we answer when its hub calls there
    plan        what is to be done about subscriptions now
    subscriber  does it: asks hubs, by way of the gate

We tell those who follow our feeds, or a hub of others that does:

    topics      which documents can be followed, and how answers name them and their hub
    door        what may be asked of our hub
    quota       how often
    teller      confirms what was asked, delivers, pings
    dispatch    who is told now, and how many at once

What we are told. A push is a hint and nothing more: the source is polled, and what was pushed is
never kept (R49). So a forged push costs one request a minute, and every rule of reading holds for
what was pushed too. Which hub a feed names, and whether its word is trusted, is decided in
`stages.hubs`; what is remembered is the store's.

One subscription is one callback. A renewal asks anew under a new one, and the old one is left when
the hub has confirmed it, so that no push falls between them. The token of a callback and the secret
both follow from one random key: the store can then give up a subscription (which takes its
callback) and still looks tokens up by their hash.

What we tell. A follower is a callback, a topic and the hash of what it knows. Publishing makes
those who follow a topic due, in the store and before the feed counts as published; telling reads
the document as it then stands. So a crash anywhere means that somebody is told again, a topic that
moves faster than it can be told skips states instead of queueing them, and who follows what stands
still costs nothing. Only a daemon tells: what is under way is known to it and not written down.

Turned down: reading entries out of pushes (a second way in, with the hub's word for it), rssCloud
(C31, no secret and no way to leave), sending followers no more than what is new in a document (the
Recommendation wants the topic as it is served).

May import: stages, text, addresses, ports, model, errors; the gate is handed in.
"""

from __future__ import annotations

from syndicator.push.callback import Callbacks, Delivery, Reply
from syndicator.push.dispatch import (
    BRISK,
    CONFIRMING,
    PINGING,
    PLACES,
    SLOW,
    Dispatcher,
    Errand,
    Lane,
)
from syndicator.push.door import Door
from syndicator.push.quota import Quota, Rate
from syndicator.push.subscriber import Subscriber, public_base
from syndicator.push.teller import Teller
from syndicator.push.topics import Topics, topics_in

__all__ = [
    "BRISK",
    "CONFIRMING",
    "PINGING",
    "PLACES",
    "SLOW",
    "Callbacks",
    "Delivery",
    "Dispatcher",
    "Door",
    "Errand",
    "Lane",
    "Quota",
    "Rate",
    "Reply",
    "Subscriber",
    "Teller",
    "Topics",
    "public_base",
    "topics_in",
]
