"""P31: what followers are told, and what becomes of those who cannot be."""

from __future__ import annotations

import logging
import re
import shutil
from datetime import timedelta

import pytest
import requests

from syndicator import jobs
from syndicator.model import Theme
from syndicator.push.teller import retry_after
from tests.hub.conftest import BASE, MALI, Library
from tests.hub.reader import Call, Reader, hang_up


def test_p31_a_delivery_is_the_topic_byte_for_byte(library: Library, reader: Reader) -> None:
    library.follow(reader.url("/callback?id=7"))
    library.write()

    assert library.tell() == [("deliver", "ok")]
    (told,) = reader.told()
    assert told.body == library.body()
    assert told.raw_query == "id=7"
    assert told.headers["content-type"] == "application/atom+xml; charset=utf-8"
    assert told.headers["link"] == f'<{BASE}/hub>; rel="hub", <{BASE}/{MALI}>; rel="self"'
    assert re.fullmatch(
        r"syndicator/\S+ \(\+https://library\.example/about\)", told.headers["user-agent"]
    )


def test_p31_it_is_signed_exactly_when_there_is_a_secret(library: Library, reader: Reader) -> None:
    library.follow(reader.url("/plain"))
    library.follow(reader.url("/signed"), secret="schlüssel")
    library.write()
    library.tell()

    assert "x-hub-signature" not in reader.told("/plain")[0].headers
    assert reader.told("/signed")[0].signed_with("schlüssel")


def test_p31_who_follows_what_stands_still_is_not_told(library: Library, reader: Reader) -> None:
    library.follow(reader.url())
    jobs.publish(library.parts, everything=True)
    assert library.tell() == [("deliver", "known")]

    library.write("all-but-mali")
    assert (library.tell(), reader.told()) == ([], [])


def test_p31_what_came_between_asking_and_confirming_is_told(
    library: Library, reader: Reader
) -> None:
    library.ask(reader.url())
    library.write()
    library.tell()

    assert [call.body for call in reader.told()] == [library.body()]


def test_p31_news_of_two_moments_is_told_once_and_is_the_newest(
    library: Library, reader: Reader
) -> None:
    library.follow(reader.url())
    library.write()
    library.write()
    library.tell()

    assert [call.body for call in reader.told()] == [library.body()]


def test_p31_a_topic_that_moves_on_while_it_is_told_is_told_again(
    library: Library, reader: Reader
) -> None:
    def meanwhile(_: Call) -> tuple[int, dict[str, str], bytes]:
        del reader.on_post["/callback"]
        library.write()
        return 204, {}, b""

    library.follow(reader.url())
    reader.on_post["/callback"] = meanwhile
    library.write()
    library.tell()

    first, second = reader.told()
    assert first.body != second.body == library.body()
    assert library.counts()["due"] == 0


def test_r36_a_wrong_clock_leaves_nobody_behind(library: Library, reader: Reader) -> None:
    month_s = 30 * 86400
    library.clock.move(month_s)
    library.follow(reader.url())
    reader.on_post["/callback"] = lambda _: (500, {}, b"")
    library.write()
    assert library.tell() == [("deliver", "failed")]

    library.clock.move(-month_s)
    del reader.on_post["/callback"]
    jobs.upkeep(library.parts)
    assert library.tell() == [("retry", "ok")]
    library.clock.move(11 * 86400)
    jobs.upkeep(library.parts)
    assert library.counts()["followers"] == 0


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 404, 500, 503])
def test_p31_what_fails_is_tried_again_until_the_lease_ends(
    library: Library, reader: Reader, status: int
) -> None:
    library.follow(reader.url())
    reader.on_post["/callback"] = lambda _: (status, {"Location": reader.url("/else")}, b"no")
    library.write()
    assert library.tell() == [("deliver", "failed")]
    assert library.tell() == []
    assert library.tell(after_s=11) == [("retry", "failed")]
    assert library.tell(after_s=11) == []
    assert library.counts()["failing"] == 1
    assert reader.told("/else") == []

    del reader.on_post["/callback"]
    assert library.tell(after_s=11) == [("retry", "ok")]
    assert reader.told()[-1].body == library.body()
    assert library.counts()["failing"] == 0


def test_p31_back_off_grows_to_six_hours() -> None:
    waits = [retry_after(failures) for failures in range(1, 40)]
    assert waits[:3] == [timedelta(seconds=s) for s in (10, 20, 40)]
    assert waits[-1] == timedelta(hours=6)
    assert waits == sorted(waits)


def test_p31_who_asks_for_time_is_given_it(library: Library, reader: Reader) -> None:
    library.follow(reader.url())
    reader.on_post["/callback"] = lambda _: (503, {"Retry-After": "600"}, b"")
    library.write()
    library.tell()

    assert library.tell(after_s=590) == []
    assert library.tell(after_s=11) == [("retry", "failed")]


def test_p31_410_ends_it(library: Library, reader: Reader) -> None:
    library.follow(reader.url())
    reader.on_post["/callback"] = lambda _: (410, {}, b"")
    library.write()

    assert library.tell() == [("deliver", "gone")]
    assert library.counts()["followers"] == 0


def test_p31_news_does_not_hasten_who_fails(library: Library, reader: Reader) -> None:
    library.follow(reader.url())
    reader.on_post["/callback"] = lambda _: (500, {}, b"")
    library.write()
    library.tell()
    library.parts.store.note_news([MALI], now=library.clock.now())

    assert library.tell() == []
    assert library.tell(after_s=11) == [("retry", "failed")]


def test_p31_a_host_that_does_not_answer_is_left_alone_whole(
    library: Library, reader: Reader
) -> None:
    library.follow(reader.url("/one"))
    library.follow(reader.url("/two"))
    reader.on_post["/one"] = reader.on_post["/two"] = hang_up
    library.write()

    assert library.tell() == [("deliver", "failed")]
    assert library.counts() == {
        "followers": 2, "due": 0, "failing": 1, "to_confirm": 0, "pings": 0,
    }  # fmt: skip


def test_p31_a_topic_that_is_gone_is_denied_and_followed_no_more(
    library: Library, reader: Reader
) -> None:
    library.follow(reader.url())
    library.parts.store.remove_theme("mali", now=library.clock.now())
    jobs.publish(library.parts)

    assert library.tell() == [("deliver", "denied")]
    assert reader.asked()[-1].query["hub.mode"] == "denied"
    assert library.counts()["followers"] == 0


def test_p31_upkeep_finds_who_was_missed(library: Library, reader: Reader) -> None:
    library.follow(reader.url())
    path = library.parts.config.publish.dir / MALI
    path.write_bytes(library.body() + b"\n")
    assert library.tell() == []

    jobs.upkeep(library.parts)

    assert library.tell() == [("deliver", "ok")]


def test_p31_a_folder_that_was_emptied_loses_no_follower(library: Library, reader: Reader) -> None:
    library.follow(reader.url())
    before = library.body()
    shutil.rmtree(library.parts.config.publish.dir)
    jobs.upkeep(library.parts)
    library.parts.store.note_news([MALI], now=library.clock.now())
    assert library.tell() == [("deliver", "missing")]

    jobs.publish(library.parts)
    assert library.body() == before
    assert library.tell(after_s=11) == [("retry", "known")]
    library.write()
    assert library.tell() == [("deliver", "ok")]


def test_p31_a_renamed_theme_is_followed_at_its_new_address_alone(
    library: Library, reader: Reader
) -> None:
    library.follow(reader.url())
    library.parts.store.rename_theme("mali", "sahel", now=library.clock.now())
    jobs.publish(library.parts)

    assert library.tell() == [("deliver", "denied")]
    assert library.ask(reader.url()).status_code == 404
    library.follow(reader.url(), topic="themes/sahel/atom.xml")


@pytest.mark.parametrize(
    "topic", ["themes/mali/rss.xml", "themes/mali/feed.json", "themes/all/atom.xml"]
)
def test_p31_each_format_is_a_topic(library: Library, reader: Reader, topic: str) -> None:
    library.follow(reader.url(), topic=topic)
    library.write()
    library.tell()

    (told,) = reader.told()
    served = requests.get(f"{library.server.address}/{topic}", timeout=10)
    assert told.body == served.content
    assert told.headers["content-type"] == served.headers["Content-Type"]
    assert told.headers["link"] == served.headers["Link"]


def test_r50_a_private_feed_is_followed_by_its_token_until_that_is_taken_back(
    library: Library, reader: Reader, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    store = library.parts.store
    store.add_theme(
        Theme(slug="board", title="Board", match="title:board", private=True),
        now=library.clock.now(),
    )
    jobs.publish(library.parts)
    token = store.theme_token("board", now=library.clock.now())
    topic = f"private/{token}/atom.xml"
    library.follow(reader.url(), topic=topic)

    library.write("board")
    assert library.tell() == [("deliver", "ok")]
    assert reader.told()[0].body == library.body(topic)

    store.theme_token("board", renew=True, now=library.clock.now())
    jobs.publish(library.parts)
    library.write("board")
    assert library.tell() == [("deliver", "denied")]
    assert len(reader.told()) == 1
    assert token not in caplog.text
