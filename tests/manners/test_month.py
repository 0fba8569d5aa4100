"""The simulated month of bench/, in small: everybody is asked politely, by both records."""

from __future__ import annotations

import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest

from bench import month
from bench.press import MovableClock, Paper, Servers, Span, press
from syndicator.stages.manners import Manners


@pytest.mark.timeout(300)
def test_three_days_of_twenty_sources_are_read_politely(tmp_path: Path) -> None:
    run = month.run(tmp_path, number=20, days=3)

    assert month.faults(run) == []
    assert run.manners.requests == run.ours.requests > 200
    assert {200, 304, 500} <= set(run.answers)
    hourly = run.fixed["every hour"]
    assert run.ours.requests < hourly.requests / 2
    assert len(run.ours.all_delays()) + run.ours.lost == len(hourly.all_delays()) + hourly.lost
    assert "Politeness, on our record: 0 unconditional" in "\n".join(month.table(run))


def test_an_impolite_record_is_a_fault() -> None:
    rude = Manners(requests=2, unconditional=1, shortest_gap_s=0.5, shortest_wait_s=60.0)
    run = month.Month(papers=[], days=1, manners=rude, offences={"inside max-age": 3})

    assert month.faults(run) == [
        "servers were asked inside max-age: 3",
        "politeness: 1 unconditional",
        "0.5 s between two starts at one host",
        "60.0 s between two polls of one source",
    ]


def test_the_servers_notice_who_is_impolite() -> None:
    paper = replace(press(1, 1, seed=3)[0], number=0, host=0, quiet=(), outages=())
    kept = replace(paper, tagged=True, dated=False, max_age_s=60)
    with Servers([kept], clock := MovableClock()) as servers:
        _get(servers, kept)
        clock.sleep(1)
        _get(servers, kept)
        clock.sleep(120)
        _get(servers, kept, **{"If-None-Match": '"mine"'})

        assert dict(servers.witness.offences) == {
            "without the validators it was given": 1,
            "inside max-age": 1,
            "less than two seconds after another": 1,
            "with validators it was never given": 1,
        }


def test_papers_are_what_their_seed_makes_them() -> None:
    papers = press(50, 10, seed=7)

    assert papers == press(50, 10, seed=7) != press(50, 10, seed=8)
    assert len({paper.host for paper in papers}) == 42
    told = replace(papers[0], quiet=(Span(start=5, end=9),), outages=(), ends=20.0)
    assert [told.status(at) for at in (4, 5, 9, 20)] == [200, 429, 200, 410]


def _get(servers: Servers, paper: Paper, **headers: str) -> None:
    request = urllib.request.Request(servers.url(paper), headers=headers)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=10) as answer:
        answer.read()
