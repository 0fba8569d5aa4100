"""What a hostile review found about adding: each of these went wrong once."""

from __future__ import annotations

from tests.cli.conftest import RSS, Run
from tests.site import Reply, Site


def test_a_removed_source_comes_back_under_its_own_id(run: Run, site: Site) -> None:
    run("source", "add", site.url("/more.xml"), "--id", "courier")
    run("source", "remove", "courier")

    assert run("source", "add", site.url("/more.xml")).out == "courier\n"


def test_removing_twice_is_wrong_use(run: Run, site: Site) -> None:
    run("source", "add", site.url("/more.xml"), "--id", "courier")
    run("source", "remove", "courier")

    assert "removed already" in run("source", "remove", "courier", code=2).err


def test_a_source_cannot_take_the_address_of_another(run: Run, site: Site) -> None:
    run("source", "add", site.url("/more.xml"), "--id", "courier")
    other = run("source", "set", "courier", f"url={site.url('/declared.xml')}", code=2)

    assert "the source declared reads" in other.err


def test_an_interval_below_the_floor_is_refused_when_added(run: Run, site: Site) -> None:
    said = run("source", "add", site.url("/more.xml"), "--every", "1s", code=2)

    assert "must be at least" in said.err
    assert site.times_asked("/more.xml") == 0


def test_bad_words_are_refused_for_a_known_address_too(run: Run, site: Site) -> None:
    run("source", "add", site.url("/more.xml"))

    assert run("source", "add", site.url("/more.xml"), "--every", "banana", code=2).err
    assert run("source", "add", site.url("/more.xml"), "--theme", "nothing", code=2).err


def test_another_address_brings_its_articles_as_the_past(run: Run, site: Site) -> None:
    run("source", "add", site.url("/more.xml"), "--id", "courier")
    site.pages["/moved.xml"] = Reply(
        body=RSS.format(base=site.url("/moved")).replace("c-", "d-").encode(),
        headers={"Content-Type": "application/rss+xml"},
    )
    run("source", "set", "courier", f"url={site.url('/moved.xml')}")
    run("pull", "courier", "--force")

    source = run("source", "show", "courier", "--json").json
    assert source["alarms"] == {}
    assert source["last_success_at"]


def test_the_address_of_a_feed_is_no_single_article(run: Run, site: Site) -> None:
    run("source", "add", site.url("/more.xml"), "--id", "courier")

    said = run("article", "add", site.url("/more.xml"), "--theme", "mali", code=2)
    assert "courier" in said.err


def test_a_page_without_an_article_is_not_kept(run: Run, site: Site) -> None:
    site.pages["/thin"] = Reply(
        body=b"<html><body>hi</body></html>", headers={"Content-Type": "text/html"}
    )

    assert run("article", "add", site.url("/thin"), "--theme", "mali", code=1).out == ""
    assert len(run("source", "list", "--json").rows) == 1
