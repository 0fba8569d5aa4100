"""Sources of kind "file": what may be read below the folder of [files], and what again."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from syndicator import jobs
from syndicator.cli.main import main
from syndicator.errors import ConfigError, ParseError, UsageError
from syndicator.model import Kind, Person
from syndicator.publishers.check import problems
from syndicator.sources.folder import MOST_BYTES, Folder
from tests.conftest import FakeClock
from tests.reading.documents import article_page, rss
from tests.reading.library import HOUR, Library, opened
from tests.site import RawServer, Site

WELL = "Three villages share one well"
ELDERS = "The elders met for two days"
RAIN = "Rain came late to the river"
Open = Callable[..., Library]


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """The folder of [files]."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


@pytest.fixture
def library(
    tmp_path: Path, inbox: Path, site: Site, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Open]:
    """Opens a library whose source is a file or folder of the inbox."""
    with ExitStack() as stack:

        def one(url: str, more: str = "") -> Library:
            source = (
                '[files]\nfolder = "inbox"\n[themes.news]\ntitle = "News"\nmatch = "source:one"\n'
            )
            source += f'[sources.one]\nurl = "{url}"\nkind = "file"\n{more}\n'
            return stack.enter_context(opened(tmp_path, site, clock, monkeypatch, source))

        yield one


def put(path: Path, body: bytes, *, age_s: int = 0) -> None:
    """Write a file as if that long ago."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    then = datetime(2026, 2, 1, tzinfo=UTC).timestamp() - age_s
    os.utime(path, (then, then))


def next_hour(one: Library) -> jobs.Pulled:
    one.clock.move(HOUR)
    return one.pull()


# ------------------------------------------------------------------ a folder of pages


def test_every_page_below_a_folder_becomes_an_article(library: Open, inbox: Path) -> None:
    put(inbox / "reports/well.html", article_page(WELL))
    put(inbox / "reports/2024/elders.HTM", article_page(ELDERS))
    put(inbox / "reports/notes.txt", b"not for here")
    put(inbox / "reports/.draft.html", article_page("A draft"))
    put(inbox / "other/rain.html", article_page(RAIN))
    one = library("reports")

    pulled = one.pull()

    assert (pulled.result, pulled.new) == ("changed", 2)
    assert one.titles() == {WELL, ELDERS}
    assert one.source.kind is Kind.FILE
    assert {article.key for article in one.articles()} == {"well.html", "2024/elders.HTM"}
    assert one.asked() == []
    assert one.parts.store.polls("one") == []


def test_only_files_that_changed_are_read_again(
    library: Open, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(inbox / "reports/well.html", article_page(WELL), age_s=100)
    put(inbox / "reports/elders.html", article_page(ELDERS), age_s=100)
    one = library("reports")
    one.pull()
    opened_files: list[str] = []
    read = Folder.read
    monkeypatch.setattr(
        Folder, "read", lambda self, path: (opened_files.append(path), read(self, path))[1]
    )

    assert next_hour(one).result == "unchanged"
    assert opened_files == []

    put(inbox / "reports/well.html", article_page(WELL), age_s=50)  # touched only
    assert next_hour(one).result == "unchanged"
    assert opened_files == ["well.html"]

    put(inbox / "reports/elders.html", article_page(f"{ELDERS} again"))
    pulled = next_hour(one)
    assert (pulled.new, pulled.changed) == (0, 1)
    assert opened_files == ["well.html", "elders.html"]

    assert next_hour(one).result == "unchanged"
    assert len(opened_files) == 2


def test_r25_a_file_that_goes_takes_nothing_with_it(library: Open, inbox: Path) -> None:
    put(inbox / "reports/well.html", article_page(WELL))
    put(inbox / "reports/elders.html", article_page(ELDERS))
    one = library("reports")
    one.pull()
    (inbox / "reports/well.html").unlink()

    assert next_hour(one).result == "unchanged"
    assert one.titles() == {WELL, ELDERS}


def test_a_file_that_is_no_article_is_told_and_not_read_again(library: Open, inbox: Path) -> None:
    put(inbox / "reports/well.html", article_page(WELL))
    put(inbox / "reports/empty.html", b"")
    one = library("reports")

    one.pull()
    next_hour(one)

    assert one.titles() == {WELL}
    assert one.source.counts["files unreadable"] == 1
    assert one.parts.store.documents("one")[0].error


def test_a_picture_called_a_page_is_told_and_makes_no_article(library: Open, inbox: Path) -> None:
    put(inbox / "reports/well.html", article_page(WELL))
    put(inbox / "reports/map.html", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 400)
    put(inbox / "reports/words.html", b"PK\x03\x04\x14\x00 <p>" + b"a word or two \x00\x01" * 900)
    one = library("reports")

    one.pull()

    assert one.titles() == {WELL}
    assert one.source.counts["files unreadable"] == 2
    told = {each.url: each.error for each in one.parts.store.documents("one")}
    assert told["words.html"] == "this is not a page but binary data"


def test_many_files_are_read_in_pieces(library: Open, inbox: Path) -> None:
    for number in range(230):
        put(inbox / f"reports/{number}.html", article_page(f"Report {number} of the river"))
    one = library("reports")

    assert one.pull().new == 230


def test_where_the_folder_stands_on_the_web_gives_the_articles_their_addresses(
    library: Open, inbox: Path
) -> None:
    put(inbox / "reports/a well.html", article_page(WELL))
    head = '<link rel="canonical" href="https://courier.example/2024/elders">'
    put(inbox / "reports/elders.html", article_page(ELDERS, head=head))
    saved = b"<!-- saved from url=(0028)https://courier.example/rain -->\n"
    put(inbox / "reports/rain.html", saved + article_page(RAIN))
    one = library("reports", 'homepage = "https://library.example/reports"')

    one.pull()

    addresses = {article.content.title: article.content.url for article in one.articles()}
    assert addresses == {
        WELL: "https://library.example/reports/a%20well.html",
        ELDERS: "https://courier.example/2024/elders",
        RAIN: "https://courier.example/rain",
    }


def test_articles_without_an_address_are_published_under_ours(
    library: Open, inbox: Path, tmp_path: Path
) -> None:
    put(inbox / "reports/well.html", article_page(WELL))
    one = library("reports")
    one.pull()

    jobs.publish(one.parts)

    body = (tmp_path / "feeds/themes/news/atom.xml").read_bytes()
    (article,) = one.articles()
    assert not problems(body)
    assert f"/articles/{article.id}/".encode() in body
    assert b'"reports' not in body
    assert b">reports/" not in body


# ------------------------------------------------------------------ single files


def test_a_feed_file_is_read_when_it_changes(library: Open, inbox: Path) -> None:
    put(inbox / "courier.xml", rss(("a", WELL)))
    one = library("courier.xml")

    first = one.pull()
    same = next_hour(one)
    put(inbox / "courier.xml", rss(("a", WELL), ("b", ELDERS)), age_s=-60)
    later = next_hour(one)

    assert [first.new, same.new, later.new] == [1, 0, 1]
    assert one.source.title == "The Courier"
    assert one.source.kind is Kind.FILE


def test_a_single_page_is_an_article(library: Open, inbox: Path) -> None:
    put(inbox / "well", article_page(WELL))
    one = library("well")

    one.pull()

    assert one.titles() == {WELL}


def test_nothing_that_a_local_feed_names_is_asked(library: Open, inbox: Path) -> None:
    with RawServer() as canary:
        links = (
            f'<a10:link xmlns:a10="http://www.w3.org/2005/Atom" rel="next" href="{canary.url()}"/>'
        )
        body = rss(("b", ELDERS), ("c", RAIN)).replace(b"<channel>", f"<channel>{links}".encode())
        put(inbox / "courier.xml", rss(("a", WELL)).replace(b"courier.example", b"127.0.0.1"))
        one = library("courier.xml", "full_text = true")
        one.pull()
        put(inbox / "courier.xml", body, age_s=-60)

        next_hour(one)

        assert canary.connections == 0
    assert one.titles() == {WELL, ELDERS, RAIN}
    assert one.asked() == []


def test_opml_is_refused_and_the_error_says_what_to_do(library: Open, inbox: Path) -> None:
    body = b'<opml version="2.0"><body><outline type="rss" xmlUrl="https://e.org/f"/></body></opml>'
    put(inbox / "list.opml", body)
    one = library("list.opml")

    pulled = one.pull()

    assert pulled.result == "failed"
    assert "`syndicator import opml FILE`" in pulled.error
    assert one.asked() == []


# ------------------------------------------------------------------ JSON Lines


def lines(*articles: object) -> bytes:
    return "\n".join(json.dumps(each) for each in articles).encode()


def test_each_line_of_json_is_an_article(library: Open, inbox: Path) -> None:
    put(
        inbox / "articles.jsonl",
        lines(
            {
                "id": "urn:report:1",
                "url": "https://courier.example/well",
                "title": WELL,
                "authors": ["Awa Diarra", {"name": "Jan Peeters"}],
                "published": "2026-01-05T10:00:00Z",
                "updated": "2026-01-06T10:00:00Z",
                "standfirst": "Water is shared.",
                "html": "<p>Every spring the <b>elders</b> meet.</p><script>alert(1)</script>",
                "categories": ["Mali", "Water"],
                "lang": "en",
                "image": {
                    "url": "https://courier.example/well.jpg",
                    "caption": "The well",
                    "credit": "Awa Diarra",
                },
                "enclosures": [
                    {"url": "https://courier.example/w.mp3", "type": "audio/mpeg", "length": 7}
                ],
            },
            {
                "title": ELDERS,
                "text": "Two days.\nThey met.",
                "author": "Awa Diarra",
                "date": "2026",
            },
        ),
    )
    one = library("articles.jsonl")

    pulled = one.pull()

    assert pulled.new == 2
    by_title = {article.content.title: article for article in one.articles()}
    article = by_title[WELL]
    content = article.content
    assert article.entry_id == "urn:report:1"
    assert content.url == "https://courier.example/well"
    assert content.authors == (Person(name="Awa Diarra"), Person(name="Jan Peeters"))
    assert content.published_at == datetime(2026, 1, 5, 10, tzinfo=UTC)
    assert content.updated_at == datetime(2026, 1, 6, 10, tzinfo=UTC)
    assert content.standfirst == "Water is shared."
    assert content.html == "<p>Every spring the <b>elders</b> meet.</p>"
    assert [category.term for category in content.categories] == ["Mali", "Water"]
    assert content.language == "en"
    assert content.image is not None
    assert (content.image.caption, content.image.credit) == ("The well", "Awa Diarra")
    assert content.enclosures[0].length == 7
    assert "Two days." in by_title[ELDERS].content.text


def test_what_article_list_and_show_print_can_be_read_again(
    library: Open, inbox: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(inbox / "articles.jsonl", lines({"title": WELL, "html": "<p>Water.</p>", "tags": ["Mali"]}))
    one = library("articles.jsonl")
    one.pull()
    (first,) = one.articles()
    capsys.readouterr()
    with pytest.raises(SystemExit):
        main(["-c", str(tmp_path / "config.toml"), "article", "show", first.id, "--json"])
    shown = json.loads(capsys.readouterr().out)
    put(inbox / "again.jsonl", lines(shown))

    added = jobs.add_source(one.parts, "again.jsonl", kind=Kind.FILE)

    (again,) = one.parts.store.articles(source=added.id)
    assert again.content.title == first.content.title
    assert again.content.html == first.content.html
    assert again.content.categories == first.content.categories


def test_a_line_that_is_no_object_is_counted_and_the_others_are_read(
    library: Open, inbox: Path
) -> None:
    body = (
        lines({"title": WELL, "text": "x"})
        + b'\n\n[1]\n{"title": \n"text"\n'
        + lines({"title": ELDERS, "text": "y"})
    )
    put(inbox / "articles.ndjson", body)
    one = library("articles.ndjson")

    one.pull()

    assert one.titles() == {WELL, ELDERS}
    assert one.source.counts["lines unreadable"] == 3


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        ({"title": ["a", "list"], "text": "x"}, "title is a list, not text"),
        ({"title": "T", "text": {"p": "x"}}, "text is an object, not text"),
        ({"title": True, "text": "x"}, "title is true or false, not text"),
        ({"id": {"a": 1}, "title": "T"}, "id is an object, not text"),
        ({"title": "T", "published": ["2026"]}, "published is a list, not text"),
        ({"title": "T", "authors": [["Awa"]]}, "authors is a list, not text or an object"),
        ({"title": "T", "author": {"name": ["Awa"]}}, "name in author is a list, not text"),
        ({"title": "T", "categories": [[]]}, "categories is a list, not text or an object"),
        ({"title": "T", "image": []}, "image is a list, not text or an object"),
        ({"title": "T", "enclosures": ["a.mp3"]}, "enclosures is text, not an object"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_line_whose_fields_are_of_another_kind_is_counted_and_makes_no_article(
    library: Open, inbox: Path, odd: object, why: str
) -> None:
    put(inbox / "articles.jsonl", lines(odd))
    one = library("articles.jsonl")
    assert one.pull().error == f"line 1: {why}"

    put(inbox / "articles.jsonl", lines({"title": WELL, "text": "x"}, odd), age_s=-60)
    next_hour(one)

    assert one.titles() == {WELL}
    assert one.source.counts["lines unreadable"] == 1


def test_a_line_that_says_nothing_is_counted_and_makes_no_article(
    library: Open, inbox: Path
) -> None:
    nothing = ({}, {"title": " "}, {"title": None, "text": ""}, {"body": WELL}, {}, {"title": " "})
    put(inbox / "articles.jsonl", lines(*nothing, {"title": WELL, "lang": None}))
    one = library("articles.jsonl")

    one.pull()

    assert one.titles() == {WELL}
    assert one.source.counts["lines unreadable"] == len(nothing)


def test_numbers_are_words_too(library: Open, inbox: Path) -> None:
    put(inbox / "articles.jsonl", lines({"id": 7, "title": 2024, "categories": ["Mali", 2024]}))
    one = library("articles.jsonl")

    one.pull()

    (article,) = one.articles()
    assert (article.key, article.content.title) == ("7", "2024")
    assert [category.term for category in article.content.categories] == ["Mali", "2024"]


def test_r16_a_line_beyond_the_bounds_of_json_is_counted(library: Open, inbox: Path) -> None:
    deep = b'{"title": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    put(inbox / "articles.jsonl", deep + b"\n" + lines({"title": WELL, "text": "x"}))
    one = library("articles.jsonl")

    one.pull()

    assert one.titles() == {WELL}


def test_a_file_without_any_line_that_can_be_read_is_an_error(library: Open, inbox: Path) -> None:
    put(inbox / "articles.jsonl", b"Dear reader\n")

    assert library("articles.jsonl").pull().error.startswith("line 1: ")


# ------------------------------------------------------------------ only below the folder


def test_r44_without_a_folder_in_the_configuration_nothing_is_read(
    tmp_path: Path, site: Site, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = '[sources.one]\nurl = "reports"\nkind = "file"\n'
    with (
        pytest.raises(ConfigError, match=r"needs `folder` in \[files\]"),
        opened(tmp_path, site, clock, monkeypatch, source),
    ):
        pass


@pytest.mark.parametrize("name", ["..", "../secret.html", "/etc/passwd", "a/../../secret.html"])
def test_r44_a_name_that_leads_out_is_refused_in_the_configuration(
    library: Open, name: str
) -> None:
    with pytest.raises(ConfigError, match=r"is not in the folder of \[files\]"):
        library(name)


@pytest.mark.parametrize("name", ["..", "../secret.html", "/etc/passwd", "file:///etc/passwd"])
def test_r44_a_name_that_leads_out_is_refused_when_it_is_read(inbox: Path, name: str) -> None:
    (inbox.parent / "secret.html").write_bytes(article_page("Secret"))

    with pytest.raises(ParseError, match=r"is not in the folder of \[files\]"):
        Folder(root=inbox, name=name)


def test_r44_symbolic_links_are_not_followed_and_are_counted(library: Open, inbox: Path) -> None:
    outside = inbox.parent / "outside"
    put(outside / "secret.html", article_page("Secret"))
    put(inbox / "reports/well.html", article_page(WELL))
    (inbox / "reports/link.html").symlink_to(outside / "secret.html")
    (inbox / "reports/folder").symlink_to(outside)
    one = library("reports")

    one.pull()

    assert one.titles() == {WELL}
    assert one.source.counts["symbolic links"] == 2


@pytest.mark.parametrize("name", ["link/secret.html", "link", "secret.html"])
def test_r44_a_place_behind_a_symbolic_link_is_refused(inbox: Path, name: str) -> None:
    outside = inbox.parent / "outside"
    put(outside / "secret.html", article_page("Secret"))
    (inbox / "link").symlink_to(outside)
    (inbox / "secret.html").symlink_to(outside / "secret.html")

    with pytest.raises(ParseError, match=r"symbolic link|not a directory"):
        Folder(root=inbox, name=name)


def test_r44_a_file_that_becomes_a_link_meanwhile_is_not_followed(inbox: Path) -> None:
    put(inbox / "reports/well.html", article_page(WELL))
    folder = Folder(root=inbox, name="reports")
    folder.files(lambda name: True)
    (inbox / "reports/well.html").unlink()
    (inbox / "reports/well.html").symlink_to("/etc/passwd")

    with pytest.raises(ParseError, match="a symbolic link is not followed"):
        folder.read("well.html")


def test_a_named_pipe_does_not_hold_us(inbox: Path) -> None:
    os.mkfifo(inbox / "pipe.html")

    assert Folder(root=inbox, name="").files(lambda name: True) == []
    with pytest.raises(ParseError, match="neither a file nor a folder"):
        Folder(root=inbox, name="pipe.html")


def test_r05_a_file_of_more_than_32_mib_is_refused(inbox: Path) -> None:
    with (inbox / "large.html").open("wb") as file:
        file.truncate(MOST_BYTES + 1)

    with pytest.raises(ParseError, match="larger than 32 MiB"):
        Folder(root=inbox, name="large.html").read("large.html")


def test_a_file_that_is_not_there_is_a_failure_with_its_name(library: Open) -> None:
    assert library("nowhere.html").pull().error == "nowhere.html: no such file or directory"


# ------------------------------------------------------------------ by hand


def test_a_file_source_can_be_added_by_hand(library: Open, inbox: Path) -> None:
    put(inbox / "reports/well.html", article_page(WELL))
    put(inbox / "more/elders.html", article_page(ELDERS))
    one = library("reports")

    added = jobs.add_source(one.parts, "more/", kind=Kind.FILE)
    again = jobs.add_source(one.parts, "more", kind=Kind.FILE)

    assert (added.id, added.kind, added.articles) == ("more", Kind.FILE, 1)
    assert (again.id, again.new) == ("more", False)
    with pytest.raises(UsageError, match="not in the folder"):
        jobs.add_source(one.parts, "../secret", kind=Kind.FILE)
