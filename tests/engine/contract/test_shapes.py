"""Every key that the simulated engine gives exists on the real one, with a value of the same JSON type."""

from __future__ import annotations

import json
import time
from typing import Any

from tests.engine.contract.conftest import tar
from tests.engine.contract.test_events import sorted_ends
from tests.engine.contract.wire import IMAGE, Wire

SLEEP = ["sleep", "1000"]

OPEN = {"Labels", "Networks", "Ports", "PortBindings", "ExposedPorts", "Attributes", "Containers", "Volumes"}
"""Objects whose keys are no part of the API: names of labels, networks, ports."""


def kind(value: Any) -> str:
    """The JSON type; numbers are one."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return {str: "string", list: "array", dict: "object", type(None): "null"}[type(value)]


def differences(ours: Any, theirs: Any, path: str = "") -> list[str]:
    """What ours has that theirs has not, or of another type. Go writes empty lists and maps as null too."""
    pair = {kind(ours), kind(theirs)}
    if "null" in pair:
        return [] if pair <= {"null", "array", "object"} else [f"{path}: {kind(ours)}, theirs {kind(theirs)}"]
    if len(pair) == 2:
        return [f"{path}: {kind(ours)}, theirs {kind(theirs)}"]
    if isinstance(ours, dict):
        found = []
        for key, value in ours.items():
            if key in theirs:
                found += differences(value, theirs[key], f"{path}.{key}")
            elif path.rpartition(".")[2] not in OPEN:
                found.append(f"{path}.{key}: theirs has no such key")
        return found
    if isinstance(ours, list) and ours and theirs:
        return [line for entry in ours for line in differences(entry, theirs[0], f"{path}[]")]
    return []


def same(both: tuple[Wire, Wire], targets: list[str]) -> None:
    """Ask both engines the same, each for its own object, and compare."""
    ours, theirs = (wire.get(target) for wire, target in zip(both, targets, strict=True))
    assert differences(ours, theirs) == []


def run_both(both: tuple[Wire, Wire]) -> list[str]:
    """The same running container on both."""
    config = {
        "Env": ["A=b"],
        "Labels": {"contract": "1", "a": "b"},
        "ExposedPorts": {"80/tcp": {}},
        "Healthcheck": {"Test": ["CMD-SHELL", "exit 0"], "Interval": 200_000_000},
        "HostConfig": {"RestartPolicy": {"Name": "no"}, "LogConfig": {"Type": "json-file"}},
    }
    containers = [wire.run(SLEEP, **json.loads(json.dumps(config)))[0] for wire in both]
    for wire, container in zip(both, containers, strict=True):
        wire.until(lambda wire=wire, container=container: wire.inspect(container)["State"]["Health"]["Log"])
    return containers


def test_containers(both: tuple[Wire, Wire]) -> None:
    containers = run_both(both)
    same(both, [f"/containers/{container}/json" for container in containers])
    ours, theirs = (wire.listed(container) for wire, container in zip(both, containers, strict=True))
    assert differences(ours, theirs) == []


def test_stopped_containers(both: tuple[Wire, Wire]) -> None:
    containers = run_both(both)
    for wire, container in zip(both, containers, strict=True):
        wire.call("POST", f"/containers/{container}/kill")
        wire.wait(container)
    same(both, [f"/containers/{container}/json" for container in containers])
    same(both, [f"/containers/{container}/stats?stream=0" for container in containers])


def test_statistics(both: tuple[Wire, Wire]) -> None:
    containers = run_both(both)
    same(both, [f"/containers/{container}/stats?stream=0" for container in containers])
    same(both, [f"/containers/{container}/top" for container in containers])


def test_events(both: tuple[Wire, Wire]) -> None:
    told = []
    for wire in both:
        since = time.time()
        container, _ = wire.run(SLEEP)
        wire.call("DELETE", f"/containers/{container}?force=1")
        events = wire.happened(since, "destroy")
        told.append([event for event in events if container in json.dumps(event)])
    ours, theirs = told
    order = sorted_ends([event["Action"] for event in ours])
    assert sorted_ends([event["Action"] for event in theirs]) == order
    for mine in ours:
        (real,) = [event for event in theirs if event["Action"] == mine["Action"]]
        assert differences(mine, real) == []
        assert mine["Actor"]["Attributes"].keys() <= real["Actor"]["Attributes"].keys()


def test_images(both: tuple[Wire, Wire]) -> None:
    for wire in both:
        dockerfile = f"FROM {IMAGE}\nENV A=b\nLABEL x=y\nEXPOSE 80\n".encode()
        assert wire.call("POST", "/build?t=contract/shape:1", tar(Dockerfile=dockerfile)).status == 200
    same(both, ["/images/contract/shape:1/json"] * 2)
    same(both, ["/images/contract/shape:1/history"] * 2)
    listed = [wire.get("/images/json", reference=["contract/shape"]) for wire in both]
    assert differences(*listed) == []


def test_errors(both: tuple[Wire, Wire]) -> None:
    ours, theirs = (wire.call("GET", "/containers/contract-nothing/json") for wire in both)
    assert ours.json == theirs.json


def test_the_engine(both: tuple[Wire, Wire]) -> None:
    for target in ("/version", "/info", "/networks", "/volumes", "/system/df"):
        same(both, [target, target])


def test_exec(both: tuple[Wire, Wire]) -> None:
    targets = []
    for wire, container in zip(both, run_both(both), strict=True):
        reply = wire.call("POST", f"/containers/{container}/exec", {"Cmd": ["sh"], "AttachStdout": True})
        targets.append(f"/exec/{reply.json['Id']}/json")
    same(both, targets)
