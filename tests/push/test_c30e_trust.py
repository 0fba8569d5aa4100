"""C30e: leases renewed, subscriptions left, and how far a hub's word is trusted."""

from __future__ import annotations

from datetime import timedelta

from syndicator.model import Subscription, SubscriptionState
from syndicator.stages.hubs import Standing, resumed, standing
from tests.conftest import FakeClock
from tests.push.conftest import Newsroom
from tests.push.hub import Hub

DAY_S = 86400.0


def test_c30e_renewed_at_80_percent_of_the_lease(room: Newsroom, hub: Hub) -> None:
    room.publish("first", hub=hub.url)
    room.read()
    room.settle()
    hub.verify(hub.wishes[0], lease_seconds=str(int(10 * DAY_S)))

    room.clock.move(8 * DAY_S - 60)
    assert room.settle() == 0
    room.clock.move(120)
    assert room.settle() == 1
    assert room.states() == ["active", "pending"]

    assert hub.deliver(hub.wishes[0]).status == 202, "the old one holds until the new one does"
    assert hub.verify(hub.wishes[1]).status == 200
    assert room.states() == ["leaving", "active"]
    room.settle()
    left = hub.wishes[2]
    assert (left["mode"], left["callback"]) == ("unsubscribe", hub.wishes[0]["callback"])
    assert hub.verify(left).status == 200
    assert room.states() == ["ended", "active"]
    assert hub.deliver(left).status == 410
    assert hub.deliver(hub.wishes[1]).status == 202


def test_c30e_a_lease_counts_as_14_days_at_most(room: Newsroom, hub: Hub) -> None:
    room.publish("first", hub=hub.url)
    room.read()
    room.settle()
    hub.verify(hub.wishes[0], lease_seconds=str(int(365 * DAY_S)))

    assert room.active().lease_until == room.clock.now() + timedelta(days=14)


def test_c30e_a_lease_that_cannot_be_renewed_lapses(room: Newsroom, hub: Hub) -> None:
    room.subscribed(hub)
    hub.answer = lambda _: (500, {})
    for _ in range(14):
        room.clock.move(DAY_S)
        room.settle()

    assert "active" not in room.states()
    assert not room.standing().trusted
    assert 3 <= len(hub.wishes) <= 10


def test_c30e_a_source_that_goes_is_unsubscribed(room: Newsroom, hub: Hub) -> None:
    wish = room.subscribed(hub)
    room.parts.store.remove_source("agency", now=room.clock.now())

    room.settle()  # decides to leave ...
    room.settle()  # ... and asks

    left = hub.wishes[-1]
    assert (left["mode"], left["topic"], left["callback"]) == (
        "unsubscribe",
        wish["topic"],
        wish["callback"],
    )
    assert hub.verify(left).status == 200
    assert room.states() == ["ended"]
    room.clock.move(40 * DAY_S)
    room.settle()
    assert room.states() == []
    assert len(hub.wishes) == 2


def test_c30e_a_hub_that_lets_nobody_go_is_asked_three_times(room: Newsroom, hub: Hub) -> None:
    room.subscribed(hub)
    room.parts.store.remove_source("agency", now=room.clock.now())
    for _ in range(10):
        room.settle()
        room.clock.move(3601)

    assert [wish["mode"] for wish in hub.wishes] == ["subscribe", *["unsubscribe"] * 3]
    assert room.states() == ["ended"]
    assert hub.deliver(hub.wishes[0]).status == 410


def test_c30e_a_feed_that_names_another_hub_or_none(
    room: Newsroom, hub: Hub, secure_hub: Hub
) -> None:
    room.subscribed(hub)
    room.publish("first", "second", hub=secure_hub.url)
    room.read()
    for _ in range(3):
        room.settle()
    assert hub.wishes[-1]["mode"] == "unsubscribe"
    assert secure_hub.wishes[-1]["mode"] == "subscribe"

    secure_hub.verify(secure_hub.wishes[-1])
    room.publish("first", "second", "third")
    room.read()
    for _ in range(3):
        room.settle()
    assert secure_hub.wishes[-1]["mode"] == "unsubscribe"


def test_c30e_two_polls_with_untold_news_end_the_trust_until_it_delivers(
    room: Newsroom, hub: Hub
) -> None:
    wish = room.subscribed(hub)
    room.read()
    assert room.standing().trusted

    room.publish("first", "second", hub=hub.url)
    room.read()
    assert room.active().missed == 1
    assert room.standing().trusted
    room.read()
    assert room.active().missed == 1, "a poll that found nothing"
    room.publish("first", "second", "third", hub=hub.url)
    room.read()
    assert not room.standing().trusted
    room.read()
    assert not room.standing().trusted

    assert hub.deliver(wish).status == 202
    room.until(lambda: room.active().pushed_at is not None)
    assert room.standing().trusted


def test_c30e_news_that_the_hub_told_of_is_no_miss(room: Newsroom, hub: Hub) -> None:
    wish = room.subscribed(hub)
    keys = ["first"]
    for number in range(4):
        keys.append(f"news{number}")
        room.publish(*keys, hub=hub.url)
        hub.deliver(wish)
        room.until(lambda: room.active().pushed_at == room.clock.now())
        assert room.read_due() == 1
        room.clock.move(3600)

    assert room.active().missed == 0
    assert room.standing().trusted


def test_c30e_a_renewal_keeps_the_record(room: Newsroom, hub: Hub) -> None:
    room.subscribed(hub)
    room.read()
    for keys in (("first", "b"), ("first", "b", "c")):
        room.publish(*keys, hub=hub.url)
        room.read()
    assert not room.standing().trusted

    room.clock.move(12 * DAY_S)
    room.settle()
    hub.verify(hub.wishes[-1])

    assert room.active().missed == 2
    assert not room.standing().trusted


def test_c30e_a_push_does_not_move_the_schedule(room: Newsroom, hub: Hub) -> None:
    wish = room.subscribed(hub)
    due = room.now().next_check_at
    for _ in range(3):
        hub.deliver(wish)
        room.until(lambda: room.active().pushed_at == room.clock.now())
        room.read_due()
        room.clock.move(61)
        assert room.standing().resume_at == due

    now = room.clock.now()
    hub_ = room.standing()
    tomorrow = now + timedelta(days=1)
    assert resumed(tomorrow, hub_, now=now, least_s=900, floor_until=None) == due
    later = now + timedelta(hours=13)
    assert resumed(tomorrow, hub_, now=now, least_s=900, floor_until=later) == later


def test_c30e_a_resumed_poll_is_never_hasty(clock: FakeClock) -> None:
    now = clock.now()
    soon = Standing(trusted=True, resume_at=now + timedelta(minutes=1))
    tomorrow = now + timedelta(days=1)
    assert resumed(tomorrow, soon, now=now, least_s=900, floor_until=None) == now + timedelta(
        minutes=15
    )
    untrusted = Standing(trusted=False, resume_at=soon.resume_at)
    assert resumed(tomorrow, untrusted, now=now, least_s=900, floor_until=None) == tomorrow


def test_c30e_the_second_miss_counts_in_the_very_poll_that_finds_it(clock: FakeClock) -> None:
    now = clock.now()
    subscription = Subscription(
        source_id="s",
        topic="t",
        hub="h",
        key="k",
        callback="c",
        requested_at=now,
        state=SubscriptionState.ACTIVE,
        since=now,
        lease_until=now + timedelta(days=9),
        missed=1,
    )
    later = {"polled_at": now + timedelta(days=1), "now": now + timedelta(days=2)}
    assert standing(subscription, news=False, **later).trusted
    assert not standing(subscription, news=True, **later).trusted
    assert standing(None, news=True, **later) == Standing()


def test_c30e_polled_daily_while_the_hub_is_trusted(room: Newsroom, hub: Hub) -> None:
    wish = room.subscribed(hub)

    def hours() -> float:
        source = room.now()
        assert source.next_check_at is not None
        return round((source.next_check_at - room.clock.now()).total_seconds() / 3600, 1)

    room.read()
    assert 24 <= hours() <= 26.4
    assert room.now().next_check_why == "its hub tells of news"
    due = room.now().next_check_at

    room.clock.move(5 * 3600)
    room.publish("first", "second", hub=hub.url)
    hub.deliver(wish)
    room.until(lambda: room.active().pushed_at == room.clock.now())
    assert room.read_due() == 1
    assert room.now().next_check_at == due, "a push moved the schedule"

    keys = ["first", "second"]
    for key, at_most in (("third", 26.4), ("fourth", 23.0)):
        room.clock.move(24 * 3600)
        keys.append(key)
        room.publish(*keys, hub=hub.url)
        room.read()
        assert hours() <= at_most
    assert room.now().next_check_why != "its hub tells of news"

    hub.deliver(wish)
    room.until(lambda: room.active().pushed_at == room.clock.now())
    room.read_due()
    assert room.now().next_check_why == "its hub tells of news"
