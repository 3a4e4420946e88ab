"""What others are told of a lease."""

from __future__ import annotations

import json

import pytest

from tui.ledger.errors import Leased, LeaseLost
from tui.ledger.lease_state import LeaseState, Owner, owner_of, spoken

OWNER = Owner("alice", "ops1", 4711, "20261124-093000-deploy-web-3f2a9c", "deploy v1.4.0")
STATE = LeaseState("web", "c1", OWNER, "stop r41", since=100.0, renewed=176.0, now=180.0, dead_after=60.0)


def test_it_says_who_where_what_and_since_when() -> None:
    error = Leased(STATE)
    assert error.message == (
        "web is being changed by alice on ops1 (process 4711): deploy v1.4.0, stopping r41, "
        "for 1 min 20 s, last heard of 4 s ago"
    )
    assert "holdfast unlock web" in error.hint
    assert error.exit_status == 5


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("arm r3", "giving r3 its restart policy"),
        ("retire r12", "taking the app's name from r12"),
        ("undo", "going back to the release before"),
        ("networks", "creating networks and volumes"),
        ("removing web:v1", "removing web:v1"),
        ("arm", "arm"),
        ("arm rx", "arm rx"),
    ],
)
def test_how_far_they_are_is_said_in_words(step: str, words: str) -> None:
    assert f"deploy v1.4.0, {words}, for 1 min" in STATE._replace(step=step).text


@pytest.mark.parametrize("name", ["by", "host", "op", "title"])
def test_words_of_any_length_are_cut(name: str) -> None:
    assert len(STATE._replace(owner=owner_of(json.dumps({name: "x" * 2**20}))).text) < 500


def test_a_process_that_no_machine_has_is_none() -> None:
    assert owner_of('{"pid": 1' + "0" * 4000 + "}").pid == 0
    assert owner_of('{"pid": -1}').pid == 0
    assert owner_of('{"by": "\\ud800", "pid": 7}').pid == 7
    assert owner_of("\ud800") == Owner()


def test_who_has_lost_it_is_told_to_whom() -> None:
    error = LeaseLost("web", STATE)
    assert "alice on ops1" in error.message
    assert "holdfast recover web" in error.hint
    assert error.exit_status == 6
    assert "lost;" in LeaseLost("web", None).message


@pytest.mark.parametrize(
    ("now", "alive"), [(176.0, True), (235.9, True), (236.0, False), (170.0, True), (100.0, False)]
)
def test_alive_for_so_long(now: float, alive: bool) -> None:
    assert STATE._replace(now=now).alive is alive


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-1, "0 s"), (0.9, "0 s"), (59, "59 s"), (60, "1 min 0 s"), (3599, "59 min 59 s"), (3660, "1 h 1 min"),
     (90000, "1 d 1 h")],
)  # fmt: skip
def test_times_in_words(seconds: float, words: str) -> None:
    assert spoken(seconds) == words
