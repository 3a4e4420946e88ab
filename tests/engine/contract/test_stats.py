"""Statistics: the stream, one reading, and what does not run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.engine.contract.wire import Wire

SLEEP = ["sleep", "1000"]


def cores(reading: Any) -> float:
    """Used cores, as docker's command line computes them."""
    now, before = reading["cpu_stats"], reading["precpu_stats"]
    used = now["cpu_usage"]["total_usage"] - before["cpu_usage"]["total_usage"]
    return float(used / (now["system_cpu_usage"] - before["system_cpu_usage"]) * now["online_cpus"])


def test_one_reading(wire: Wire) -> None:
    container, name = wire.run(SLEEP)
    reading = wire.get(f"/containers/{container}/stats?stream=0")
    assert (reading["id"], reading["name"]) == (container, f"/{name}")
    assert 0 <= cores(reading) < 8
    memory = reading["memory_stats"]
    assert 0 < memory["usage"] < memory["limit"]
    assert memory["stats"]["inactive_file"] >= 0
    assert reading["pids_stats"]["current"] >= 1


def test_one_shot_does_not_wait_for_a_second_reading(wire: Wire) -> None:
    container, _ = wire.run(SLEEP)
    reading = wire.get(f"/containers/{container}/stats?stream=0&one-shot=1")
    assert reading["memory_stats"]["usage"] > 0


def test_a_reading_a_second(wire: Wire) -> None:
    container, _ = wire.run(SLEEP)
    told = b""
    with wire.stream(f"/containers/{container}/stats") as stream:
        while told.count(b"\n") < 3:
            told += stream.read1(65536)
    readings = [json.loads(line) for line in told.splitlines()[:3]]
    assert readings[2]["read"] > readings[1]["read"] > readings[0]["read"]
    assert readings[2]["preread"] >= readings[1]["preread"]
    assert 0 <= cores(readings[2]) < 8


def test_what_does_not_run_has_an_empty_reading(wire: Wire) -> None:
    container, name = wire.create(SLEEP)
    reading = wire.get(f"/containers/{container}/stats?stream=0")
    assert (reading["id"], reading["name"]) == (container, f"/{name}")
    assert reading["read"] == "0001-01-01T00:00:00Z"
    assert reading["cpu_stats"]["cpu_usage"]["total_usage"] == 0
    assert not reading["memory_stats"].get("usage")


def test_a_stream_of_a_removed_container_ends(wire: Wire) -> None:
    container, _ = wire.run(SLEEP)
    with wire.stream(f"/containers/{container}/stats") as stream:
        assert stream.read1(65536)
        wire.call("DELETE", f"/containers/{container}?force=1")
        while stream.read1(65536):
            pass
