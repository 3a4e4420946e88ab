"""One container, read in one go: what running and healthy mean, and how to make one just like it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.containers import INSPECTED, inspected_container
from tests.unit.engine.test_payloads import listed
from tui.engine.container.creation import Creation
from tui.engine.container.inspected import inspected
from tui.engine.timestamps import seconds
from tui.model.container import HEALTHS, STATES, Container

CHECK = {"Healthcheck": {"Test": ["CMD", "true"]}}


def told(state: dict[str, Any], config: dict[str, Any] | None = None, **others: Any) -> dict[str, Any]:
    """The container with other values in its sections."""
    return {
        **INSPECTED,
        "State": {**INSPECTED["State"], "Health": None, **state},
        "Config": {**INSPECTED["Config"], **(config or {})},
        **others,
    }


def test_a_list_says_the_same_of_it() -> None:
    one, row = inspected(INSPECTED), listed()
    assert (one.id, one.name, one.image, one.image_id) == (row.id, row.name, row.image, row.image_id)
    assert (one.created, one.labels, one.health) == (row.created, row.labels, row.health)
    assert (one.state.status, one.running) == (row.state, row.running)


@pytest.mark.parametrize("status", STATES)
def test_running_means_the_same_in_a_list_and_in_full(status: str) -> None:
    row = Container("a", "web", "", "", "", 0.0, status)
    assert inspected_container(Status=status).running == row.running


@pytest.mark.parametrize(
    ("status", "running", "steady"),
    [
        ("created", False, False),
        ("running", True, True),
        ("paused", True, True),
        ("restarting", True, False),
        ("exited", False, False),
        ("dead", False, False),
    ],
)
def test_between_two_starts_it_runs_and_is_not_steady(status: str, running: bool, steady: bool) -> None:
    state = inspected_container(Status=status).state
    assert (state.running, state.steady) == (running, steady)


@pytest.mark.parametrize(
    ("state", "config", "health"),
    [
        ({}, {}, "none"),
        ({"Health": {"Status": ""}}, {}, "none"),
        ({"Health": {"Status": "none"}}, {}, "none"),
        ({}, {"Healthcheck": {"Test": ["NONE"]}}, "none"),
        ({"Health": {"Status": "healthy"}}, {"Healthcheck": {"Test": ["NONE"]}}, "none"),
        ({"Health": {"Status": "healthy"}}, CHECK, "healthy"),
        ({"Health": {"Status": "unhealthy"}}, CHECK, "unhealthy"),
        ({}, CHECK, "starting"),  # only just started
        ({"Status": "created"}, CHECK, "none"),
        ({"Healthcheck": {"Status": "healthy"}}, CHECK, "healthy"),  # Podman
    ],
)
def test_no_health_check_is_one_word(state: dict[str, Any], config: dict[str, Any], health: str) -> None:
    one = inspected(told(state, config))
    assert (one.health, one.state.health) == (health, health)
    assert health in HEALTHS


@pytest.mark.parametrize(
    ("state", "since"),
    [
        ({"Status": "exited"}, "2027-01-15T07:00:00Z"),
        ({"Status": "restarting"}, "2027-01-15T07:00:00Z"),
        ({"Status": "paused"}, "2027-01-15T05:59:12.25Z"),
        ({"Status": "created"}, "2027-01-03T18:13:20Z"),
    ],
)
def test_each_state_has_its_beginning(state: dict[str, Any], since: str) -> None:
    one = inspected(told({"FinishedAt": "2027-01-15T07:00:00Z", **state}))
    assert one.state.since == seconds(since)


def test_published_ports_come_with_ipv4_first() -> None:
    assert inspected(INSPECTED).published == {"80/tcp": (("0.0.0.0", 8080), ("::", 8080))}


def test_only_our_own_labels_are_a_release_s() -> None:
    labels = {"io.holdfast.app": "web", "io.holdfast.release": "3", "team": "x"}
    one = inspected(told({}, {"Labels": labels}))
    assert one.release_labels == {"io.holdfast.app": "web", "io.holdfast.release": "3"}


def test_one_just_like_it_becomes_a_release() -> None:
    labels = {
        "io.holdfast.app": "web",
        "io.holdfast.release": "3",
        "com.docker.compose.project": "p",
        "team": "x",
    }
    config = {"Labels": labels, "Env": ["A=1"], "Hostname": "ab" * 6, "Cmd": None}
    host = {"NetworkMode": "bridge", "RestartPolicy": {"Name": "always"}, "Memory": 5}
    one = inspected(told({}, config, HostConfig=host))
    assert one.restart == "always"
    assert one.creation.body["Labels"] == labels
    made = one.creation.for_release("web@sha256:1", {"io.holdfast.app": "web", "io.holdfast.release": "4"})
    assert made == Creation(
        {
            "Image": "web@sha256:1",
            "Env": ["A=1"],
            "Labels": {"team": "x", "io.holdfast.app": "web", "io.holdfast.release": "4"},
            "Tty": False,
            "HostConfig": {**host, "RestartPolicy": {"Name": "no"}},
        },
        {},
    )
    assert made.variables == {"A=1"}
    assert one.creation.body["HostConfig"]["RestartPolicy"] == {"Name": "always"}


def test_its_profiles_are_known_in_full() -> None:
    options = ["no-new-privileges", 'seccomp={"a":1}', "seccomp=unconfined"]
    one = inspected(told({}, HostConfig={"SecurityOpt": options}))
    assert one.creation.profiles == ('seccomp={"a":1}',)


def test_only_a_health_check_that_failed_last_explains_something() -> None:
    passed, failed = {"ExitCode": 0, "Output": ""}, {"ExitCode": 1, "Output": "a\nb\nno\nno database\n"}
    health = {"Status": "healthy", "Log": [failed, passed]}
    assert inspected(told({"Health": health})).state.failed_check == ()
    health = {"Status": "unhealthy", "Log": [passed, failed, failed]}
    assert inspected(told({"Health": health})).state.failed_check == (
        "its last health check failed with exit code 1: b",
        "no",
        "no database",
    )
