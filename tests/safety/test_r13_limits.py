"""R13, R14, R16, end to end: what is over a limit is cut or left out, counted, and told."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from syndicator.cli.main import main
from tests.safety.conftest import OpenRoom, Room
from tests.safety.documents import RSS_TYPE, item, rss
from tests.site import Reply, Site

Run = Callable[..., Any]


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Run:
    """What a command prints as JSON, on the configuration of a room."""

    def one(room: Room, *words: str) -> Any:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main(["-c", str(room.path), *words, "--json"])
        assert not left.value.code
        return json.loads(capsys.readouterr().out)

    return one


HUGE = {
    "title": (item(1, "t" * 1_000_000), {"title": 1}),
    "content": (item(1, more=f"<content:encoded>{'c' * 3_000_000}</content:encoded>"), 1),
    "id": (f"<item><guid>{'g' * 5000}</guid><title>x</title></item>", {"id": 1, "url": 1}),
    "url": (
        f"<item><guid>1</guid><title>x</title><link>http://x.org/{'l' * 5000}</link></item>",
        {"url": 1},
    ),
    "categories": (
        item(1, more="".join(f"<category>c{n}</category>" for n in range(150))),
        {"categories": 50},
    ),
    "enclosures": (
        item(1, more="".join(f'<enclosure url="http://x.org/{n}"/>' for n in range(50))),
        {"enclosures": 30},
    ),
    "authors": (
        item(1, more="".join(f"<dc:creator>Ann Number{n}</dc:creator>" for n in range(200))),
        None,
    ),
    "author": (item(1, more=f"<dc:creator>{'Ann Lee, ' * 5000}</dc:creator>"), None),
    "depth": (
        item(1, more=f"<description><![CDATA[{'<div>' * 1000}x]]></description>"),
        {"elements nested too deep": 1},
    ),
}


@pytest.mark.parametrize(("inside", "counts"), HUGE.values(), ids=HUGE)
def test_r13_what_is_huge_is_cut_counted_and_told(
    open_room: OpenRoom, site: Site, told: Run, inside: str, counts: Any
) -> None:
    site.pages["/feed"] = Reply(body=rss(inside), headers=RSS_TYPE)
    room = open_room({"press": site.url("/feed")})
    pulled = room.pull()["press"]
    (article,) = room.articles("press")
    content = article.content

    assert (pulled.new, pulled.error) == (1, "")
    assert len(content.title) <= 1000
    assert len(content.html) <= 2_000_100
    assert max(len(content.url), len(article.key), len(article.entry_id)) <= 4096
    assert len(content.categories) <= 100
    assert len(content.enclosures) <= 20
    assert len(content.authors) <= 100
    assert max(len(person.name) for person in content.authors) <= 500
    assert content.html.count("<div>") <= 256
    if counts is not None:
        expected = counts if isinstance(counts, dict) else {"content": counts}
        assert room.source("press").counts == expected
        assert told(room, "source", "show", "press")["left_out"] == expected
        assert told(room, "status")["left_out"] == expected


def test_r13_of_20000_items_10000_are_kept_and_the_rest_is_told(
    open_room: OpenRoom, site: Site, told: Run
) -> None:
    items = "".join(f"<item><guid>{n}</guid><title>{n}</title></item>" for n in range(20_000))
    site.pages["/feed"] = Reply(body=rss(items), headers=RSS_TYPE)
    room = open_room({"press": site.url("/feed")})

    assert room.pull()["press"].new == 10_000
    assert room.titles("press") == {str(n) for n in range(10_000)}
    assert told(room, "source", "show", "press")["left_out"] == {"items": 10_000}
    assert told(room, "status")["left_out"] == {"items": 10_000}


# ------------------------------------------------------------------ R16


@pytest.mark.parametrize(
    ("inside", "reason"),
    [
        pytest.param("[" * 500_000 + "]" * 500_000, "nested more than 64 deep", id="depth 500,000"),
        pytest.param('{"a":' * 500_000 + "1" + "}" * 500_000, "nested more", id="as many objects"),
        pytest.param("[" * 500_000, "nested more than 64 deep", id="unclosed"),
        pytest.param(f'[{{"id": {"1" * 2_000_000}}}]', "2000000 digits", id="an integer of 2 MB"),
        pytest.param(f'[{{"id": 1{"0" * 20}}}]', "21 digits", id="21 digits"),
        pytest.param('[{"id": NaN}]', "NaN is not JSON", id="NaN"),
        pytest.param('[{"id": -Infinity}]', "Infinity is not JSON", id="infinity"),
        pytest.param('[{"id": "x', "Unterminated string", id="cut"),
    ],
)
def test_r16_json_out_of_bounds_is_a_parse_error(
    open_room: OpenRoom, site: Site, inside: str, reason: str
) -> None:
    body = f'{{"version": "https://jsonfeed.org/version/1.1", "items": {inside}}}'
    site.pages["/feed"] = Reply(body=body.encode())
    room = open_room({"press": site.url("/feed")})
    pulled = room.pull()["press"]

    assert pulled.result == "failed"
    assert reason in pulled.error
    assert len(pulled.error) < 300
