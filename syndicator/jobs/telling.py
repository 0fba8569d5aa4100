"""Our readers told of news: by our hub, or by pinging that of others (P30, P31)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256

from syndicator.jobs.parts import Parts
from syndicator.push import (
    BRISK,
    CONFIRMING,
    PINGING,
    SLOW,
    Dispatcher,
    Door,
    Errand,
    Lane,
    Teller,
    Topics,
    topics_in,
)
from syndicator.push.door import LEASE
from syndicator.push.teller import PATIENCE_S, SHORT_S, is_over

_LOOK_S = 0.5  # whether all have been told


def topics(parts: Parts) -> Topics:
    """Our feeds' addresses, and the hub that tells of them."""
    return Topics(base_url=parts.config.site.base_url, hub=parts.config.hub_address)


def door(parts: Parts) -> Door | None:
    """What answers readers at /hub; None where there is no hub of our own."""
    addresses = topics(parts)
    if not addresses.is_ours:
        return None
    return Door(
        store=parts.store,
        files=parts.tree,
        clock=parts.clock,
        topics=addresses,
        allow=parts.config.hub.allow_private,
    )


def note_news(parts: Parts, folders: Iterable[str]) -> None:
    """Feeds in these folders of feeds/ say something else: whoever follows them is to be told.

    Called before they count as published, so that a crash between the two does not lose it.
    """
    addresses = topics(parts)
    changed = [topic for topic in topics_in(folders) if not addresses.is_secret(topic)]
    if not addresses.hub or not changed:
        return
    now = parts.clock.now()
    if addresses.is_ours:
        parts.store.note_news(changed, now=now)
    else:
        parts.store.note_pings(changed, now=now)


def note_gone(parts: Parts, folders: Iterable[str]) -> None:
    """These folders were taken away: whoever follows what lay in them is to be told so."""
    gone = tuple(f"{folder}/" for folder in folders)
    if gone and topics(parts).is_ours:
        followed = (each for each in parts.store.followed_topics() if each.startswith(gone))
        parts.store.note_news(followed, now=parts.clock.now())


def tell(parts: Parts, dispatcher: Dispatcher) -> None:
    """Start telling whoever is due; returns at once."""
    dispatcher.pump(_lanes(parts))


def tell_all(parts: Parts) -> None:
    """Tell whoever is due, and return when that is done; who cannot be told is due again later."""
    dispatcher = Dispatcher(parts.hands)
    tell(parts, dispatcher)
    while not parts.hands.wait(_LOOK_S):
        pass


def mend_hub(parts: Parts) -> None:
    """Forget what is over; make due who was missed, by a crash or because a feed went away."""
    now = parts.clock.now()
    parts.store.forget_followers(now=now, longest=LEASE)
    parts.store.forget_intents(now=now)
    addresses = topics(parts)
    if addresses.is_ours:
        for topic in parts.store.followed_topics():
            body = parts.tree.read(topic)
            if body is not None or is_over(topic, parts.store):
                digest = sha256(body or b"").hexdigest()
                parts.store.mend_followers(topic, digest, now=now)
    if not addresses.hub or addresses.is_ours:
        parts.store.forget_pings()


# ------------------------------------------------------------------ what is due


def _lanes(parts: Parts) -> Sequence[Lane]:
    addresses = topics(parts)
    if not addresses.hub:
        return ()
    due = _Due(
        parts=parts,
        teller=Teller(
            store=parts.store,
            caller=parts.caller,
            files=parts.tree,
            clock=parts.clock,
            topics=addresses,
        ),
    )
    if not addresses.is_ours:
        return (Lane(name="ping", places=PINGING, due=due.pings),)
    return (
        Lane(name="confirm", places=CONFIRMING, due=due.intents),
        Lane(name="deliver", places=BRISK, due=partial(due.followers, False)),
        Lane(name="retry", places=SLOW, due=partial(due.followers, True)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Due:
    """What the store says is to be done now, as errands; a host is their key."""

    parts: Parts
    teller: Teller

    def intents(self, limit: int, busy: Collection[str]) -> Sequence[Errand]:
        waiting = self.parts.store.waiting_intents(limit=limit, busy=busy)
        return [Errand(key=one.host, run=partial(self.teller.confirm, one)) for one in waiting]

    def followers(self, slow: bool, limit: int, busy: Collection[str]) -> Sequence[Errand]:
        now = self.parts.clock.now()
        due = self.parts.store.due_followers(now=now, slow=slow, limit=limit, busy=busy)
        first = {one.host: one for one in reversed(due)}  # what follows depends on how it goes
        deliver = partial(self.teller.deliver, seconds=PATIENCE_S if slow else SHORT_S)
        return [Errand(key=host, run=partial(deliver, one.number)) for host, one in first.items()]

    def pings(self, limit: int, busy: Collection[str]) -> Sequence[Errand]:
        due = self.parts.store.due_pings(now=self.parts.clock.now(), limit=limit, busy=busy)
        return [Errand(key=one.topic, run=partial(self.teller.ping, one)) for one in due]
