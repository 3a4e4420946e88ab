"""Ages and states in the engine's words."""

from __future__ import annotations

import pytest

from tui.demo.objects import SECOND, Container, HealthState
from tui.demo.words import duration, fresh_for, from_stamp, stamp, status

HOUR, DAY = 3600, 86400


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.4, "Less than a second"),
        (1, "1 second"),
        (59, "59 seconds"),
        (60, "About a minute"),
        (120, "2 minutes"),
        (46 * 60, "46 minutes"),
        (HOUR, "About an hour"),
        (1.4 * HOUR, "About an hour"),
        (2 * HOUR, "2 hours"),
        (47 * HOUR, "47 hours"),
        (2 * DAY, "2 days"),
        (13 * DAY, "13 days"),
        (14 * DAY, "2 weeks"),
        (89 * DAY, "12 weeks"),
        (90 * DAY, "3 months"),
        (729 * DAY, "24 months"),
        (730 * DAY, "2 years"),
    ],
)
def test_durations(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(
    "seconds", [0, 0.5, 1, 30.2, 59.9, 60, 61, 119, 120, 3599, 3600, 5399, 5400, 7200, 2 * DAY]
)
def test_words_stay_right_for_as_long_as_is_said(seconds: float) -> None:
    assert duration(seconds) == duration(seconds + fresh_for(seconds) - 0.001)


def container(state: str, **more: object) -> Container:
    made = Container("1" * 64, 1, "web", "shop:1", "", 0, {}, {}, {}, state=state)
    for name, value in more.items():
        setattr(made, name, value)
    return made


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (container("created"), "Created"),
        (container("running"), "Up 5 seconds"),
        (container("running", health=HealthState("healthy")), "Up 5 seconds (healthy)"),
        (container("running", health=HealthState("starting")), "Up 5 seconds (health: starting)"),
        (container("paused"), "Up 5 seconds (Paused)"),
        (container("restarting", exit_code=1), "Restarting (1) 5 seconds ago"),
        (container("exited", exit_code=137), "Exited (137) 5 seconds ago"),
    ],
)
def test_status(found: Container, words: str) -> None:
    assert status(found, 5 * SECOND)[0] == words


def test_stamps() -> None:
    assert stamp(0) == "0001-01-01T00:00:00Z"
    assert stamp(1_800_000_000 * SECOND + 7) == "2027-01-15T08:00:00.000000007Z"
    assert from_stamp("2027-01-15T08:00:00+00:00") == 1_800_000_000
    assert from_stamp("12.5") == 12.5
