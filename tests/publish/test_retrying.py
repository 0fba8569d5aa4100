"""The daemon's publishing where something cannot be written."""

from __future__ import annotations

import logging

import pytest

from syndicator.jobs.retrying import AGAIN_S, Publisher
from tests.publish.house import Library, dated, fill, page_of


@pytest.fixture
def stuck(library: Library) -> Library:
    """The folder of one theme cannot be made."""
    fill(library, 3, "mali")
    (library.feeds / "themes").mkdir()
    (library.feeds / "themes/mali").write_text("in the way")
    return library


def _errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR]


def test_r31_a_trouble_is_told_once_and_tried_again_every_half_minute(
    stuck: Library, caplog: pytest.LogCaptureFixture
) -> None:
    publisher = Publisher()
    assert publisher.publish(stuck.parts) is None
    for _ in range(5):
        assert publisher.publish(stuck.parts) is None
    stuck.clock.move(AGAIN_S)
    assert publisher.publish(stuck.parts) is None
    assert len(_errors(caplog)) == 1
    assert "themes/mali" in _errors(caplog)[0]

    (stuck.feeds / "themes/mali").unlink()
    assert publisher.publish(stuck.parts) is None
    stuck.clock.move(AGAIN_S)
    assert publisher.publish(stuck.parts) is not None
    assert "themes/mali/atom.xml" in stuck.files()
    assert publisher.publish(stuck.parts) is None
    assert len(_errors(caplog)) == 1


def test_r34_what_is_new_elsewhere_does_not_wait_for_what_fails(stuck: Library) -> None:
    publisher = Publisher()
    publisher.publish(stuck.parts)

    stuck.read(dated(101, "peace"))
    publisher.publish(stuck.parts)
    assert page_of("a101") in stuck.files()
    assert b"Title of a101" in stuck.files()["themes/peace/atom.xml"]
