"""Which events a change causes, in which order, with which attributes."""

from __future__ import annotations

import json
import time
import urllib.parse
from typing import Any

from tests.engine.contract.wire import IMAGE, Wire

SLEEP = ["sleep", "1000"]


def actions(events: list[Any]) -> list[str]:
    return [event["Action"] for event in events]


ENDING = ("die", "stop", "disconnect")
"""Told in this order by Engine 20.10, and as disconnect, stop, die by 28.5."""


def sorted_ends(found: list[str]) -> list[str]:
    """Actions, with those of one ending in the order of Engine 20.10."""
    result = list(found)
    for at in range(len(result)):
        end = at
        while end < len(result) and result[end] in ENDING:
            end += 1
        result[at:end] = sorted(result[at:end], key=ENDING.index)
    return result


def attributes(event: Any) -> dict[str, str]:
    return dict(event["Actor"]["Attributes"])


def test_create_start_and_remove(wire: Wire) -> None:
    since = time.time()
    container, name = wire.run(SLEEP, Labels={"contract": "1", "colour": "green"})
    wire.call("DELETE", f"/containers/{container}?force=1")
    events = wire.happened(since, "destroy", container=[container])
    assert actions(events) == ["create", "start", "kill", "die", "destroy"]
    for event in events:
        assert event["Type"] == "container"
        assert event["Actor"]["ID"] == container
        assert event["scope"] == "local"
        assert (event["status"], event["id"], event["from"]) == (event["Action"], container, IMAGE)
        assert event["timeNano"] // 10**9 == event["time"]
        told = attributes(event)
        assert (told["name"], told["image"], told["colour"]) == (name, IMAGE, "green")
    assert attributes(events[2])["signal"] == "9"
    assert attributes(events[3])["exitCode"] == "137"


def test_a_stop_that_needs_force(wire: Wire) -> None:
    container, _ = wire.run(["sh", "-c", "echo ready; while true; do sleep 0.05; done"])
    wire.until(lambda: wire.call("GET", f"/containers/{container}/logs?stdout=1").body)  # it runs, not runc
    since = time.time()
    wire.call("POST", f"/containers/{container}/stop?t=1")
    wire.until(lambda: len(wire.events(since, time.time(), container=[container])) == 4)
    events = wire.events(since, time.time(), container=[container])
    assert sorted_ends(actions(events)) == ["kill", "kill", "die", "stop"]
    assert [attributes(event)["signal"] for event in events[:2]] == ["15", "9"]


def test_kill(wire: Wire) -> None:
    container, _ = wire.run(SLEEP)
    since = time.time()
    wire.call("POST", f"/containers/{container}/kill")
    events = wire.happened(since, "die", container=[container])
    assert actions(events) == ["kill", "die"]


def test_a_signal_that_does_not_end(wire: Wire) -> None:
    container, _ = wire.run(SLEEP)
    since = time.time()
    wire.call("POST", f"/containers/{container}/kill?signal=TERM")
    events = wire.happened(since, "kill", container=[container])
    assert [attributes(event)["signal"] for event in events] == ["15"]
    assert wire.listed(container)["State"] == "running"


def test_an_end_by_itself(wire: Wire) -> None:
    since = time.time()
    container, _ = wire.run(["sh", "-c", "exit 3"])
    events = wire.happened(since, "die", container=[container])
    assert actions(events) == ["create", "start", "die"]
    assert attributes(events[-1])["exitCode"] == "3"


def test_restart(wire: Wire) -> None:
    container, _ = wire.run(SLEEP)
    since = time.time()
    wire.call("POST", f"/containers/{container}/restart?t=0")
    events = wire.happened(since, "restart", container=[container])
    told = [action for action in actions(events) if action != "kill"]
    assert sorted_ends(told) == ["die", "stop", "start", "restart"]


def test_pause_and_unpause(wire: Wire) -> None:
    container, _ = wire.run(SLEEP)
    since = time.time()
    wire.call("POST", f"/containers/{container}/pause")
    wire.call("POST", f"/containers/{container}/unpause")
    assert actions(wire.happened(since, "unpause", container=[container])) == ["pause", "unpause"]


def test_rename_says_both_names(wire: Wire) -> None:
    container, name = wire.create(SLEEP)
    since = time.time()
    wire.call("POST", f"/containers/{container}/rename?name={name}-new")
    (event,) = wire.happened(since, "rename", container=[container])
    assert attributes(event)["name"] == f"{name}-new"
    assert attributes(event)["oldName"] == f"/{name}"


def test_networks_are_joined_and_left(wire: Wire) -> None:
    since = time.time()
    container, _ = wire.run(SLEEP)
    wire.call("DELETE", f"/containers/{container}?force=1")
    events = wire.happened(since, "destroy")
    told = [event for event in events if attributes(event).get("container") == container]
    assert [(event["Type"], event["Action"]) for event in told] == [
        ("network", "connect"),
        ("network", "disconnect"),
    ]
    assert attributes(told[0])["name"] == "none"
    assert "status" not in told[0]


def test_health_is_told_when_it_changes(wire: Wire) -> None:
    since = time.time()
    check = {"Test": ["CMD-SHELL", "exit 0"], "Interval": 300_000_000, "Retries": 1}
    container, _ = wire.run(SLEEP, Healthcheck=check)
    assert wire.inspect(container)["State"]["Health"]["Status"] in ("starting", "healthy")

    def told() -> list[str]:
        events = wire.events(since, time.time(), container=[container])
        return [action for action in actions(events) if action.startswith("health_status")]

    wire.until(told)
    assert told() == ["health_status: healthy"]
    assert wire.inspect(container)["State"]["Health"]["Status"] == "healthy"
    assert wire.listed(container)["Status"].endswith("(healthy)")


def test_a_failing_check_makes_unhealthy(wire: Wire) -> None:
    check = {"Test": ["CMD-SHELL", "exit 1"], "Interval": 200_000_000, "Retries": 2}
    container, _ = wire.run(SLEEP, Healthcheck=check)
    wire.until(lambda: wire.inspect(container)["State"]["Health"]["Status"] == "unhealthy")
    health = wire.inspect(container)["State"]["Health"]
    assert health["FailingStreak"] >= 2
    assert health["Log"][-1]["ExitCode"] == 1
    wire.until(lambda: wire.listed(container)["Status"].endswith("(unhealthy)"))


def test_names_of_images(wire: Wire) -> None:
    image = wire.get(f"/images/{IMAGE}/json")["Id"]
    since = time.time()
    assert wire.call("POST", f"/images/{IMAGE}/tag?repo=contract/named&tag=v1").status == 201
    assert wire.call("DELETE", "/images/contract/named:v1").status == 200
    events = wire.happened(since, "untag", type=["image"])
    assert actions(events) == ["tag", "untag"]
    for event in events:
        assert (event["Type"], event["Actor"]["ID"]) == ("image", image)
        assert (event["status"], event["id"]) == (event["Action"], image)
    assert attributes(events[0])["name"] == "contract/named:v1"


def test_filters_choose_actions_and_types(wire: Wire) -> None:
    since = time.time()
    container, _ = wire.run(SLEEP)
    wire.happened(since, "start", container=[container])
    now = time.time()
    assert actions(wire.events(since, now, container=[container], event=["start"])) == ["start"]
    assert {event["Type"] for event in wire.events(since, now, type=["network"])} == {"network"}
    assert wire.events(since, now, container=["contract-nothing"]) == []


def test_the_stream_is_live(wire: Wire) -> None:
    container, name = wire.create(SLEEP)
    filters = urllib.parse.quote(json.dumps({"container": [container]}))
    with wire.stream(f"/events?filters={filters}") as stream:
        wire.call("POST", f"/containers/{container}/rename?name={name}-live")
        told = b""
        while b"\n" not in told:
            told += stream.read1(65536)
    assert json.loads(told)["Action"] == "rename"
