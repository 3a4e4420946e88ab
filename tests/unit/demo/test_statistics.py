"""Statistics wander smoothly and always fit together."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import pytest

from tui.demo.objects import SECOND, Container
from tui.demo.statistics import CORES, Load, Meter, stopped

if TYPE_CHECKING:
    from tui.demo.state import State

START = 1_800_000_000 * SECOND


@pytest.fixture
def container(state: State) -> Container:
    made = state.create("web", {"Image": "shop:1"})
    state.start(made)
    made.started = START
    return made


def reading(meter: Meter, seconds: float, frozen: bool = False) -> Any:
    return json.loads(meter.line(START + int(seconds * SECOND), frozen))


def cores(found: Any) -> float:
    now, before = found["cpu_stats"], found["precpu_stats"]
    used = now["cpu_usage"]["total_usage"] - before["cpu_usage"]["total_usage"]
    return float(used / (now["system_cpu_usage"] - before["system_cpu_usage"]) * CORES)


def test_processor_use_stays_near_its_mean_and_moves(container: Container) -> None:
    meter = Meter(container, Load(cores=0.5, swing=0.5))
    found = [cores(reading(meter, second)) for second in range(2, 200)]
    assert 0.2 < min(found) < max(found) < 0.8
    assert max(found) - min(found) > 0.2
    steps = [abs(a - b) for a, b in itertools.pairwise(found)]
    assert max(steps) < 0.15
    assert 0.45 < sum(found) / len(found) < 0.55


def test_counters_never_fall(container: Container) -> None:
    meter = Meter(container, Load(network=1000.0, disk=9000.0, swing=1.0))
    found = [reading(meter, second) for second in range(1, 100)]
    for a, b in itertools.pairwise(found):
        assert a["networks"]["eth0"]["rx_bytes"] <= b["networks"]["eth0"]["rx_bytes"]
        assert b["precpu_stats"] == a["cpu_stats"]
        for one, two in zip(*(x["blkio_stats"]["io_service_bytes_recursive"] for x in (a, b)), strict=True):
            assert one["value"] <= two["value"]


def test_frozen_numbers_stay(container: Container) -> None:
    meter = Meter(container, Load())
    one, two = reading(meter, 5, frozen=True), reading(meter, 6, frozen=True)
    assert one.pop("read") != two.pop("read")
    assert one.pop("preread") != two.pop("preread")
    assert one == two


def test_names_of_any_text_stay_json(state: State) -> None:
    name = 'a"b\\[bold]\x1b[2J%s'
    made = state.add("ab" * 32, name, "shop:1", "", {}, {})
    assert reading(Meter(made, Load()), 1)["name"] == f"/{name}"
    assert json.loads(stopped(made))["name"] == f"/{name}"


def test_without_a_network_there_are_no_network_numbers(state: State) -> None:
    made = state.create("alone", {"Image": "shop:1", "HostConfig": {"NetworkMode": "none"}})
    assert "networks" not in reading(Meter(made, Load()), 1)
