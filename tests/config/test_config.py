"""config.toml: what is accepted, and how what is not accepted is reported."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

import pytest

from syndicator import config
from syndicator.config.sections import SECTIONS, Table, key_of
from syndicator.config.show import toml_value
from syndicator.config.tables import SelectTable, SourceTable, ThemeTable
from syndicator.errors import ConfigError, RuleError
from syndicator.model import Kind, Republish, Select, SourceSettings, Theme

TOP = Path(__file__).parents[2]


def read(
    folder: Path, text: str, environ: Mapping[str, str] | None = None, **options: object
) -> config.Config:
    (folder / "config.toml").write_text(text, "utf-8")
    return config.load(folder / "config.toml", environ, **options)  # type: ignore[arg-type]


def problems(
    folder: Path, text: str, environ: Mapping[str, str] | None = None, **options: object
) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read(folder, text, environ, **options)
    return [line.replace(f"{folder}/", "") for line in caught.value.problems]


def refuse(rule: str) -> None:
    if "titel" in rule:
        raise RuleError('unknown field "titel"', column=rule.index("titel") + 1)


# ------------------------------------------------------------------ what is read


def test_an_empty_file_gives_the_defaults_of_the_design(tmp_path: Path) -> None:
    found = read(tmp_path, "")

    assert found.store.url == f"sqlite:///{tmp_path}/store/syndicator.db"
    assert found.store.file == tmp_path / "store/syndicator.db"
    assert found.publish.dir == tmp_path / "feeds"
    assert (found.publish.entries, found.publish.archive_entries) == (50, 100)
    assert (found.publish.max_age_s, found.publish.republish) == (900, "full")
    assert (found.fetch.timeout_s, found.fetch.gap_s, found.fetch.starts_per_s) == (30, 2, 5)
    assert (found.fetch.max_bytes, found.fetch.max_decoded_bytes) == (10 << 20, 32 << 20)
    schedule = found.schedule
    assert (schedule.min_interval_s, schedule.default_interval_s) == (900, 3600)
    assert schedule.max_interval_s == 86400
    assert found.site.base_url == "http://127.0.0.1:8080"
    assert (found.serve.host, found.serve.port) == ("127.0.0.1", 8080)
    assert found.files.folder is None


def test_sources_and_themes_become_the_values_of_the_model(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        """
        [sources.glo-be]
        url = "https://www.example.org/en"
        kind = "page"
        every = "6h"
        republish = "summary"
        themes = ["mali"]
        password_file = "secret"
        allow_private = ["10.0.0.0/8"]
        max_age_override = "2h"
        headers = { X-Key = "1" }
        [sources.glo-be.select]
        item = "article a"
        [themes.mali]
        match = "mali"
        titles.fr = "Le Mali"
        """,
    )

    assert found.sources == {
        "glo-be": SourceSettings(
            url="https://www.example.org/en",
            kind=Kind.PAGE,
            every_s=21600,
            republish=Republish.SUMMARY,
            themes=("mali",),
            password_file=str(tmp_path / "secret"),
            allow_private=("10.0.0.0/8",),
            max_age_override_s=7200,
            headers={"X-Key": "1"},
            select=Select(item="article a"),
        )
    }
    assert found.themes == {
        "mali": Theme(
            slug="mali", title="Mali", match="mali", titles={"fr": "Le Mali"}, declared=True
        )
    }


@pytest.mark.parametrize(
    ("table", "value"),
    [(SourceTable, SourceSettings), (SelectTable, Select)],
    ids=["source", "select"],
)
def test_a_table_has_a_key_for_each_field_of_the_model(table: type[Table], value: type) -> None:
    assert list(table.model_fields) == [f.name for f in fields(value)]


def test_the_contact_of_the_site_is_that_of_the_client_unless_it_has_its_own(
    tmp_path: Path,
) -> None:
    site = '[site]\ncontact = "mailto:a@example.org"\n'
    assert read(tmp_path, site).fetch.contact == "a@example.org"
    both = site + '[fetch]\ncontact = "https://example.org/bot"'
    assert read(tmp_path, both).fetch.contact == "https://example.org/bot"


def test_a_host_of_ones_own_may_be_asked_sooner_and_more_often(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        """
        [fetch.hosts."127.0.0.1:9000"]
        gap = 0
        min_interval = "10s"
        [fetch.hosts."news.example.org"]
        gap = "1s"
        [sources.own]
        url = "http://127.0.0.1:9000/rss"
        every = "10s"
        """,
    )
    assert found.sources["own"].every_s == 10
    assert found.fetch.gap_for("http://127.0.0.1:9000/x") == 0
    assert found.fetch.gap_for("http://127.0.0.1:9001/x") == 2
    assert found.fetch.gap_for("https://news.example.org/x") == 1


# ------------------------------------------------------------------ what is refused


def test_the_error_of_the_design_is_given_to_the_letter(tmp_path: Path) -> None:
    text = '[sources.glo-be]\nurl = "https://www.example.org/"\nevry = "1h"\n'
    assert problems(tmp_path, text) == [
        'config.toml:3: sources.glo-be.evry: unknown key; did you mean "every"?'
    ]


CASES = {
    "an unknown section": ("[sorces.a]", ':1: sorces: unknown section; did you mean "sources"?'),
    "an unknown key": ('[site]\ntitel = ""', ':2: site.titel: unknown key; did you mean "title"?'),
    "a key of Python": ("[fetch]\ntimeout_s = 3", ":2: fetch.timeout_s: unknown key"),
    "a key of a host": (
        '[fetch.hosts."h:1"]\ngapp = "1s"',
        ':2: fetch.hosts."h:1".gapp: unknown key; did you mean "gap"?',
    ),
    "a key of a selector": (
        '[sources.a]\nurl = "http://h/"\nselect = { itm = "x" }',
        ':3: sources.a.select.itm: unknown key; did you mean "item"?',
    ),
    "a missing address": ("[sources.a]\n", ":1: sources.a.url: is missing"),
    "a number for text": ("[site]\ntitle = 5", ":2: site.title: expected text in quotes, not 5"),
    "text for a number": (
        '[serve]\nport = "80"',
        ':2: serve.port: expected a whole number, not "80"',
    ),
    "text for a switch": (
        '[hub]\nenabled = "yes"',
        ':2: hub.enabled: expected true or false, not "yes"',
    ),
    "a table for text": ("[site.title]\na = 1", ":1: site.title: expected text in quotes, not a"),
    "a value for a table": ("fetch = 3", ":1: fetch: expected a table, not 3"),
    "values for sources": ("sources = 3", ":1: sources: expected tables such as [sources.example]"),
    "a word out of a list": (
        '[executor]\nkind = "threds"',
        'not "threds"; did you mean "threads"?',
    ),
    "celery without a broker": ('[executor]\nkind = "celery"', "executor.broker: is missing"),
    "too large a number": (
        "[publish]\narchive_entries = 401",
        ":2: publish.archive_entries: must be at most 400, not 401",
    ),
    "a haste on strangers": ('[fetch]\ngap = "1s"', ':2: fetch.gap: must be at least "2s"'),
    "no pause for strangers": ("[fetch]\ngap = 0", ":2: fetch.gap: 0 is not a duration"),
    "a short floor": (
        '[schedule]\nmin_interval = "5m"',
        ':2: schedule.min_interval: must be at least "15m"',
    ),
    "a default below the floor": (
        '[schedule]\nmin_interval = "2h"',
        "schedule.default_interval: is shorter than min_interval, 2h",
    ),
    "a source asked too often": (
        '[sources.a]\nurl = "http://127.0.0.1:9/"\nevery = "14m"',
        ':3: sources.a.every: must be at least "15m"; `min_interval` in [fetch.hosts."host:port"]',
    ),
    "an address without a scheme": (
        '[sources.a]\nurl = "www.example.org/x"',
        (
            ':2: sources.a.url: "www.example.org/x" is not an http or https URL;'
            ' did you mean "https://www.example.org/x"?'
        ),
    ),
    "another scheme": ('[sources.a]\nurl = "ftp://h/"', "is not an http or https URL"),
    "a blank in a URL": ('[sources.a]\nurl = "http://h/a b"', "has a blank, backslash or control"),
    "a password in a URL": ('[sources.a]\nurl = "http://u:p@h/"', "use `username` and"),
    "one URL twice": (
        '[sources.a]\nurl = "http://h/"\n[sources.b]\nurl = "http://h/"',
        ':4: sources.b.url: the source "a" reads this URL already',
    ),
    "a file without a folder": (
        '[sources.a]\nkind = "file"\nurl = "x.xml"',
        "needs `folder` in [files]",
    ),
    "a file outside its folder": (
        '[files]\nfolder = "in"\n[sources.a]\nkind = "file"\nurl = "../x.xml"',
        "is not in the folder of [files]",
    ),
    "a theme that does not exist": (
        '[sources.a]\nurl = "http://h/"\nthemes = ["mail"]\n[themes.mali]',
        ':3: sources.a.themes: there is no theme "mail"; did you mean "mali"?',
    ),
    "a theme list that is text": (
        '[sources.a]\nurl = "http://h/"\nthemes = "mali"',
        ':3: sources.a.themes: expected a list of texts such as ["mali"], not "mali"',
    ),
    "our own header": (
        '[sources.a]\nurl = "http://h/"\nheaders = { User-Agent = "x" }',
        '"User-Agent" is set by syndicator itself',
    ),
    "a header of two lines": (
        '[sources.a]\nurl = "http://h/"\nheaders = { X-A = "x\\r\\nHost: y" }',
        "is not plain ASCII text on one line",
    ),
    "an override below an hour": (
        '[sources.a]\nurl = "http://h/"\nmax_age_override = "59m"',
        ':3: sources.a.max_age_override: must be at least "1h"',
    ),
    "a control character in a title": (
        '[themes.a]\ntitle = "Ma\\u0007li"',
        ':2: themes.a.title: "Ma\ufffdli" has a control character in it (U+0007); leave it out',
    ),
    "a noncharacter in a title": (
        '[themes.a]\ntitle = "Ma\\uFDD0li"',
        "has a control character in it (U+FDD0); leave it out",
    ),
    "a control character in a title of a language": (
        '[themes.a.titles]\nfr = "Ma\\u0000li"',
        "has a control character in it (U+0000)",
    ),
    "a time zone": (
        '[sources.a]\nurl = "http://h/"\ntimezone = "Europe/Brusels"',
        'did you mean "Europe/Brussels"?',
    ),
    "a date order": (
        '[sources.a]\nurl = "http://h/"\ndate_order = "dmy"',
        'write "DMY", "MDY" or "YMD"',
    ),
    "a language": (
        '[site]\nlanguage = "english"',
        ':2: site.language: "english" is not a language',
    ),
    "a network": (
        '[fetch]\nallow_private = ["10.1.0.5/16"]',
        'is not a network; did you mean "10.1.0.0/16"?',
    ),
    "another database": ('[store]\nurl = "mysql://u:pw@h/d"', '"mysql://u:***@h/d" is not a store'),
    "a query in the base": ('[site]\nbase_url = "http://h/?a"', "has a query or fragment"),
    "a contact": ('[site]\ncontact = "me"', "is neither an e-mail address nor an http URL"),
    "an endpoint": ('[serve]\nmetrics = "9100"', 'is not "host:port"'),
    "a reserved slug": ("[themes.all]", ':1: themes.all: "all" is reserved'),
    "a slug in capitals": (
        '[themes."West Africa"]',
        ':1: themes."West Africa": "West Africa" is no name we can use',
    ),
    "a former name in use": (
        '[themes.a]\nrenamed_from = ["b"]\n[themes.b]',
        ':2: themes.a.renamed_from: "b" is a theme of its own',
    ),
    "a former name of two": (
        '[themes.a]\nrenamed_from = ["c"]\n[themes.b]\nrenamed_from = ["c"]',
        ':4: themes.b.renamed_from: "c" became "a" already',
    ),
    "one language twice": ('[themes.a.titles]\nfr = "A"\nFR = "B"', "given twice"),
    "broken TOML": ("[site\n", "config.toml:1, column 6: not valid TOML: expected ']'"),
    "a table twice": (
        "[site]\n[site]\n",
        ":2, column 6: not valid TOML: cannot declare site twice",
    ),
}


@pytest.mark.parametrize(("text", "message"), CASES.values(), ids=CASES.keys())
def test_what_is_wrong_is_named_with_file_line_key_and_correction(
    text: str, message: str, tmp_path: Path
) -> None:
    (problem,) = problems(tmp_path, text)
    assert problem.startswith("config.toml:")
    assert message in problem


@pytest.mark.parametrize("name", ["..", "/etc", "a/b", "a.b", "%2e%2e", "аll", "", "-a", "a" * 65])
def test_r44_a_slug_is_never_a_path(name: str, tmp_path: Path) -> None:
    assert "is no name we can use" in problems(tmp_path, f'[themes."{name}"]')[0]


@pytest.mark.parametrize(
    "text", ["30", '"0m"', '"05m"', '"1.5h"', '"15 m"', '"15min"', '""', '"٣m"', '"-1h"', "true"]
)
def test_durations_have_one_form(text: str, tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, f"[fetch]\ntimeout = {text}")
    assert "is not a duration" in problem


def test_a_duration_beyond_reason_is_refused(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, f'[publish]\nmax_age = "{"9" * 400}w"')
    assert "is too long; 520w is the most" in problem
    assert len(problem) < 200


@pytest.mark.parametrize("seconds", [1, 59, 60, 90, 3600, 86400, 604800, 100000])
def test_a_duration_reads_back(seconds: int) -> None:
    assert config.duration(config.duration_text(seconds)) == seconds


def test_all_problems_come_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        '[themes.a]\nmach = ""\n[fetch]\ngap = "1s"\nworkers = 0\n'
        '[sources.s]\nurl = "x"\nevry = "1h"\nthemes = ["b"]\n',
        {"SYNDICATOR_SERVE__PORT": "high"},
    )
    assert [problem.split(": ")[1] for problem in found] == [
        "themes.a.mach",
        "fetch.gap",
        "fetch.workers",
        "sources.s.url",
        "sources.s.evry",
        "sources.s.themes",
        'expected a whole number, not "high"',
    ]


def test_one_mistake_is_not_reported_a_second_time_by_its_consequences(tmp_path: Path) -> None:
    text = '[fetch.hosts."h:80"]\nmin_intervall = "1m"\n[sources.a]\nurl="http://h/"\nevery="1m"'
    assert len(problems(tmp_path, text)) == 1


def test_rules_and_selectors_are_checked_where_they_stand(tmp_path: Path) -> None:
    text = """
[sources.a]
url = "http://h/"
select.body = "titel"
[themes.a]
match = "mali AND titel:x"
[themes.a.matches]
fr = "titel:y"
"""
    assert problems(tmp_path, text, check_rule=refuse, check_selector=refuse) == [
        'config.toml:4: sources.a.select.body: column 1: unknown field "titel"',
        'config.toml:6: themes.a.match: column 10: unknown field "titel"',
        'config.toml:8: themes.a.matches.fr: column 1: unknown field "titel"',
    ]


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none.toml: there is no such file; `syndicator config"):
        config.load(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("body", "message"),
    [(b'[site]\ntitle = "\xff"', "is not UTF-8 text: byte 16"), (None, "cannot be read")],
    ids=["latin-1", "a folder"],
)
def test_a_file_that_cannot_be_read_is_refused(
    body: bytes | None, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "config.toml"
    path.mkdir() if body is None else path.write_bytes(body)
    with pytest.raises(ConfigError, match=message):
        config.load(path)


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes(b"\xef\xbb\xbf[site]\r\ntitle = 'A'\r\n")
    assert config.load(tmp_path / "config.toml").site.title == "A"


# ------------------------------------------------------------------ environment and flags


def test_the_environment_goes_before_the_file_and_flags_before_both(tmp_path: Path) -> None:
    environ = {
        "SYNDICATOR_SERVE__PORT": "81",
        "SYNDICATOR_SERVE__HOST": "0.0.0.0",
        "SYNDICATOR_FETCH__ALLOW_PRIVATE": "true",
        "SYNDICATOR_FETCH__TIMEOUT": "5s",
        "SYNDICATOR_SITE__TITLE": "2026",
        "SYNDICATOR_CONFIG": "elsewhere.toml",
        "SYNDICATOR_CORPUS": "/corpus",
        "HOME": "/root",
    }
    text = '[serve]\nport = 80\nhost = "127.0.0.1"'
    found = read(tmp_path, text, environ, flags={"serve.port": 82, "serve.metrics": None})

    assert (found.serve.port, found.serve.host) == (82, "0.0.0.0")
    assert (found.fetch.allow_private, found.fetch.timeout_s) == (True, 5)
    assert found.site.title == "2026"


def test_a_secret_is_read_from_the_file_that_a_variable_names(tmp_path: Path) -> None:
    (tmp_path / "db").write_text("postgresql+psycopg://u:p@h/d\n")
    found = read(tmp_path, "", {"SYNDICATOR_STORE__URL_FILE": "db"})
    assert found.store.url == "postgresql+psycopg://u:p@h/d"
    assert found.store.file is None


ENVIRONMENT = {
    "an unknown key": ("STORE__ULR", 'no such setting; did you mean "SYNDICATOR_STORE__URL"?'),
    "an unknown section": ("STOER__URL", 'no such section; did you mean "SYNDICATOR_STORE__URL"?'),
    "a source": ("SOURCES__A", "sources and themes are set in the file only"),
    "a missing secret": ("STORE__URL_FILE", "cannot read x: No such file or directory"),
    "a bad value": ("SERVE__PORT", 'expected a whole number, not "x"'),
}


@pytest.mark.parametrize(("name", "message"), ENVIRONMENT.values(), ids=ENVIRONMENT.keys())
def test_a_wrong_variable_is_named(name: str, message: str, tmp_path: Path) -> None:
    found = problems(tmp_path, "[serve]\nport = 80", {f"SYNDICATOR_{name}": "x"})
    assert found == [f"SYNDICATOR_{name}: {message}"]


def test_a_variable_and_its_file_cannot_both_be_given(tmp_path: Path) -> None:
    environ = {"SYNDICATOR_STORE__URL": "sqlite:///a.db", "SYNDICATOR_STORE__URL_FILE": "f"}
    assert "keep one of them" in problems(tmp_path, "", environ)[0]


# ------------------------------------------------------------------ show, export, example


def test_show_says_where_each_value_was_said_and_keeps_secrets(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        '[serve]\nport = 80\n[sources.a]\nurl = "http://h/?api_key=marker&x=1"\n'
        'headers = { X-Key = "marker" }',
        {
            "SYNDICATOR_STORE__URL": "postgresql+psycopg://u:marker/@h/d",
            "SYNDICATOR_FETCH__PROXY": "http://u:marker@h:1",
        },
    )
    shown = {row.path: row for row in config.show(found)}
    text = config.to_toml(shown.values(), origins=True)

    assert "marker" not in text
    assert shown["serve", "port"].origin.endswith("config.toml:2")
    assert shown["serve", "host"].origin == "default"
    assert shown["store", "url"].origin == "SYNDICATOR_STORE__URL"
    assert shown["sources", "a", "url"].value == "http://h/?api_key=***&x=1"
    assert {row.path[:2] for row in shown.values() if row.path[0] in SECTIONS} == {
        (name, key_of(field))
        for name, model in SECTIONS.items()
        for field in model.model_fields
        if (name, field)
        not in {
            ("fetch", "hosts"),
            ("fetch", "ca_file"),
            ("store", "timestamp_roots"),
            ("files", "folder"),
        }
    }


def test_what_show_writes_reads_back_the_same(tmp_path: Path) -> None:
    found = read(tmp_path, uncommented(config.example()).replace('X-Subscriber = "1234"', ""))
    (tmp_path / "again").mkdir()
    again = read(tmp_path / "again", config.to_toml(config.show(found), origins=True))
    for name in (*SECTIONS, "sources", "themes"):
        assert getattr(again, name) == getattr(found, name)


def test_an_export_declares_the_same_sources_and_themes(tmp_path: Path) -> None:
    text = uncommented(config.example()).replace('X-Subscriber = "1234"', "")
    found = read(tmp_path, text)
    written = config.export(tomllib.loads(text), found.sources, found.themes)
    again = read(tmp_path, written.text)
    assert written.left_out == ()
    for name in (*SECTIONS, "sources", "themes"):
        assert getattr(again, name) == getattr(found, name)
    assert config.export({}, {}, {}).text == ""


@pytest.mark.parametrize(
    "text",
    [
        "\u202etfel",
        "a\nb\t\x7f\x00\x85",
        'a "phrase"',
        'it\'s "both"',
        "\\",
        "\U000e0041",
        "Mali ₿",
    ],
)
def test_r40_any_text_is_written_so_that_it_reads_back_and_no_terminal_obeys(text: str) -> None:
    written = toml_value(text)
    assert written.isprintable()
    assert tomllib.loads(f"a = {written}") == {"a": text}


def test_r42_an_export_has_no_secret_loads_and_says_where_one_is_missing(tmp_path: Path) -> None:
    sources = {
        "a": SourceSettings(url="https://h.example/?token=marker", headers={"X-Key": "marker"}),
        "b": SourceSettings(url="https://h.example/?token=marker-of-b"),
    }
    given = {"fetch": {"proxy": "http://u:marker@h:3128"}, "executor": {"kind": "celery"}}
    given["executor"]["broker"] = "amqp://u:marker@h"

    written = config.export(given, sources, {})

    assert "marker" not in written.text
    assert written.left_out == (
        ("fetch", "proxy"),
        ("executor", "broker"),
        ("sources", "a", "url"),
        ("sources", "a", "headers", "X-Key"),
        ("sources", "b", "url"),
    )
    assert (
        "# *** stands for a secret that was left out: put it in; the source is not read before\n"
        'url = "https://h.example/?token=***"'
    ) in written.text
    assert "SYNDICATOR_FETCH__PROXY_FILE\nproxy = " in written.text
    found = read(tmp_path, written.text)
    assert set(config.missing(found)) == set(written.left_out)


def test_what_an_export_left_out_is_named_again_until_it_is_put_in(tmp_path: Path) -> None:
    headers = {"X-Key": "marker", "X-Other": "marker"}
    settings = SourceSettings(url="https://h.example/", headers=headers)
    first = config.export({"fetch": {"proxy": "http://u:marker@h:3128"}}, {"a": settings}, {})

    assert exported_again(tmp_path, first.text) == first

    put_in = first.text.replace('X-Key = "***"', 'X-Key = "marker"')
    assert ("sources", "a", "headers", "X-Key") not in config.missing(read(tmp_path, put_in))
    assert exported_again(tmp_path, put_in) == first


def exported_again(folder: Path, text: str) -> config.Exported:
    """What is exported where the export is the configuration."""
    found = read(folder, text)
    return config.export(tomllib.loads(text), found.sources, found.themes)


def uncommented(text: str) -> str:
    """Settings stand right after their "#", prose after "# "."""
    return re.sub(r"(?m)^#(?=[a-z\[])", "", text)


def test_the_example_loads_as_it_is_and_changes_nothing(tmp_path: Path) -> None:
    found, bare = read(tmp_path, config.example()), read(tmp_path, "")
    assert all(getattr(found, name) == getattr(bare, name) for name in (*SECTIONS, "sources"))


def test_the_example_works_uncommented_and_names_every_key(tmp_path: Path) -> None:
    read(tmp_path, uncommented(config.example()))
    models: list[type[Table]] = [*SECTIONS.values(), SourceTable, SelectTable, ThemeTable]
    keys = {key_of(name) for model in models for name in model.model_fields}
    tables = {"select", "hosts", "titles", "matches"}
    assert {k for k in keys - tables if f"\n#{k} = " not in config.example()} == set()


BLOCKS = [block for block in config.example().split("\n\n") if "\n#[" in "\n" + block]
NEEDED = {  # what a table cannot do without
    "#[sources.glo-be]": "[themes.peacebuilding]",
    "#[sources.glo-be.select]": '[sources.glo-be]\nurl = "https://www.example.org/"',
}


@pytest.mark.parametrize(
    "block", BLOCKS, ids=lambda block: block.partition("#[")[2].partition("]")[0]
)
def test_each_example_table_works_alone(block: str, tmp_path: Path) -> None:
    table = next(line for line in block.split("\n") if line.startswith("#["))
    read(tmp_path, f"{uncommented(block)}\n{NEEDED.get(table, '')}")


def test_the_example_shows_the_defaults(tmp_path: Path) -> None:
    bare = read(tmp_path, "")
    found = read(tmp_path, uncommented(config.example()))
    own = {"author", "contact", "proxy", "ca_file", "allow_private", "hosts", "metrics", "broker"}
    own |= {"url", "folder", "command", "timestamps", "timestamp_roots"}
    for name, model in SECTIONS.items():
        for field in model.model_fields:
            if field not in own:
                assert getattr(getattr(found, name), field) == getattr(getattr(bare, name), field)


def test_the_configuration_at_the_top_is_the_example() -> None:
    assert (TOP / "config.toml").read_text("utf-8") == config.example()


# ------------------------------------------------------------------ KEY=VALUE


def test_pairs_change_settings_and_an_empty_value_takes_one_back(tmp_path: Path) -> None:
    around = read(tmp_path, "").around({"mali", "peace"}, config.Checks())
    start = SourceSettings(url="http://h/", title="T", every_s=3600, select=Select(item="a"))
    pairs = [
        "every=30m",
        "title=",
        "themes=mali, peace",
        "select.body=.x[a=b]",
        "headers.X-A=1",
        "full_text=true",
        "allow_private=10.0.0.0/8",
        "password_file=pw",
        "rights=12",
    ]
    assert config.source_from(pairs, start=start, around=around) == SourceSettings(
        url="http://h/",
        every_s=1800,
        themes=("mali", "peace"),
        select=Select(item="a", body=".x[a=b]"),
        headers={"X-A": "1"},
        full_text=True,
        allow_private=("10.0.0.0/8",),
        password_file=str(tmp_path / "pw"),
        rights="12",
    )


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        ("evry=1h", 'evry: unknown key; did you mean "every"?'),
        ("every=1m", 'every: must be at least "15m"'),
        ("themes=mail", 'themes: there is no theme "mail"; did you mean "mali"?'),
        ("select.itm=a", 'select.itm: unknown key; did you mean "item"?'),
        ("full_text=maybe", 'full_text: expected true or false, not "maybe"'),
        ("every", "every: write KEY=VALUE"),
        ("url=", "url: is missing"),
        ("title.x=a", "title: expected text in quotes, not a table"),
    ],
    ids=lambda text: text.split(":")[0],
)
def test_a_bad_pair_is_refused_as_in_the_file(pair: str, message: str, tmp_path: Path) -> None:
    around = read(tmp_path, "").around({"mali"}, config.Checks())
    with pytest.raises(ConfigError) as caught:
        config.source_from([pair], start=SourceSettings(url="http://h/"), around=around)
    assert caught.value.problems[0].startswith(message)


def test_a_theme_is_made_and_changed_by_pairs() -> None:
    checks = config.Checks(rule=refuse)
    theme = config.theme_from("mali", ["match=mali OR x=y", "titles.fr=Le Mali"], checks=checks)
    assert theme == Theme(
        slug="mali", title="Mali", match="mali OR x=y", titles={"fr": "Le Mali"}, declared=False
    )
    with pytest.raises(ConfigError, match="match: column 1: unknown field"):
        config.theme_from("mali", ["match=titel:x"], start=theme, checks=checks)
    with pytest.raises(ConfigError, match="is reserved"):
        config.theme_from("all", [], checks=checks)


def test_reading_a_configuration_imports_nothing_of_the_layers_above() -> None:
    code = (
        "import sys, syndicator.config;"
        "heavy = {'pydantic_settings', 'sqlalchemy', 'luqum', 'requests', 'tomlkit'};"
        "ours = {m for m in sys.modules if m.startswith('syndicator.')};"
        "allowed = ('syndicator.config', 'syndicator.redaction', 'syndicator.characters', "
        "'syndicator.model', 'syndicator.errors');"
        "print(heavy & set(sys.modules), {m for m in ours if not m.startswith(allowed)})"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "set() set()"
