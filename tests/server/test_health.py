"""/healthz, /readyz and /metrics."""

from __future__ import annotations

import http.client
import re
from pathlib import Path

import pytest

from syndicator.errors import StoreError
from syndicator.server import Counts, Health, Metrics, Server, build, build_metrics
from tests.server.conftest import Ask


def _get(server: Server, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(server.host, server.port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    status, body = answer.status, answer.read()
    connection.close()
    return status, body


def test_a_living_process_says_ok(ours: Ask) -> None:
    answer = ours("/healthz")

    assert (answer.status, answer.body) == (200, b"ok\n")
    assert answer["Cache-Control"] == "no-store"


def test_ready_turns_503_and_back(ours: Ask, health: list[str]) -> None:
    assert (ours("/readyz").status, ours("/readyz").body) == (200, b"ready\n")
    health.append("store")
    assert (ours("/readyz").status, ours("/readyz").body) == (503, b"not ready: store\n")
    health.clear()
    assert ours("/readyz").status == 200


def test_a_store_that_fails_is_not_ready_and_its_words_stay_inside(tmp_path: Path) -> None:
    def status() -> Health:
        raise StoreError("password=secret")

    app = build(tmp_path, status=status, metrics=None, publish_max_age_s=900)
    with Server(app, host="127.0.0.1", port=0) as server:
        assert _get(server, "/readyz") == (503, b"not ready: store\n")
        assert _get(server, "/metrics")[0] == 404


def test_metrics_count_what_was_served(ours: Ask) -> None:
    def served(status: int) -> int:
        text = ours("/metrics").body.decode()
        found = re.search(rf'^syndicator_requests_total{{status="{status}"}} (\d+)', text, re.M)
        return int(found[1]) if found else 0

    before = served(404)
    ours("/nowhere")

    assert served(404) == before + 1


def test_metrics_show_what_the_store_holds() -> None:
    metrics = Metrics(lambda: Counts(sources={"ok": 3, "failing": 1}, articles=20, log_rows=41))
    metrics.polled("changed")
    metrics.published(0.2)

    text = metrics.render().decode()

    assert 'syndicator_sources{state="ok"} 3.0' in text
    assert "syndicator_articles 20.0" in text
    assert "syndicator_log_rows 41.0" in text
    assert 'syndicator_polls_total{result="changed"} 1.0' in text
    assert "syndicator_publish_seconds_count 1.0" in text


def test_metrics_live_through_a_failing_store() -> None:
    def counts() -> Counts:
        raise StoreError("database is locked")

    metrics = Metrics(counts)
    metrics.polled("failed")

    assert b'syndicator_polls_total{result="failed"} 1.0' in metrics.render()


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"x_forwarded_for": "203.0.113.9"}, id="a proxy speaks for another"),
        pytest.param({"forwarded": "for=203.0.113.9"}, id="so it says in RFC 7239"),
        pytest.param({"via": "1.1 proxy"}, id="a proxy in between"),
        pytest.param({"host": "feeds.example.org"}, id="asked by a public name"),
    ],
)
def test_metrics_are_for_callers_on_this_machine_only(ours: Ask, headers: dict[str, str]) -> None:
    assert ours("/metrics").status == 200
    assert ours("/metrics", **headers).status == 404


@pytest.mark.parametrize("host", ["localhost", "localhost:8080", "127.0.0.1", "[::1]:80", "[::1]"])
def test_metrics_know_the_names_of_this_machine(ours: Ask, host: str) -> None:
    assert ours("/metrics", host=host).status == 200


def test_a_listener_of_its_own_shows_metrics_and_nothing_else() -> None:
    metrics = Metrics()
    with Server.at(build_metrics(metrics.render), "127.0.0.1:0") as server:
        assert _get(server, "/metrics")[0] == 200
        assert _get(server, "/")[0] == 404
