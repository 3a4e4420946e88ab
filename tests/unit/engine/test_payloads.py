from __future__ import annotations

import sys
import time
from typing import Any

import pytest

from tui.engine import payloads
from tui.engine.container.listed import container_listed
from tui.engine.payloads import event, image_listed, sample
from tui.model.container import Port

NOW = 1_800_000_000.0
LISTED: dict[str, Any] = {
    "Id": "ab" * 32,
    "Names": ["/web"],
    "Image": "nginx:1.25",
    "ImageID": "sha256:" + "cd" * 32,
    "Command": "nginx -g 'daemon off;'",
    "Created": 1_799_000_000,
    "State": "running",
    "Status": "Up 2 hours (healthy)",
    "Ports": [
        {"IP": "::", "PrivatePort": 80, "PublicPort": 8080, "Type": "tcp"},
        {"PrivatePort": 443, "Type": "tcp"},
        {"IP": "0.0.0.0", "PrivatePort": 80, "PublicPort": 8080, "Type": "tcp"},
    ],
    "Labels": {"com.docker.compose.project": "shop"},
    "HostConfig": {"NetworkMode": "bridge"},
    "NetworkSettings": {"Networks": {}},
    "Mounts": [],
}


def listed(**changes: object) -> Any:
    return container_listed(LISTED | changes, NOW)


@pytest.mark.parametrize(
    ("state", "status", "health", "exit_code", "ago"),
    [
        ("running", "Up Less than a second", "none", None, 0),
        ("running", "Up 1 second", "none", None, 1),
        ("running", "Up 45 seconds (health: starting)", "starting", None, 45),
        ("running", "Up About a minute (unhealthy)", "unhealthy", None, 60),
        ("running", "Up 2 hours (healthy)", "healthy", None, 7200),
        ("running", "Up About an hour", "none", None, 3600),
        ("running", "Up 3 days", "none", None, 259_200),
        ("running", "Up 2 weeks", "none", None, 1_209_600),
        ("running", "Up 5 months", "none", None, 12_960_000),
        ("running", "Up 2 years", "none", None, 63_072_000),
        ("paused", "Up 3 minutes (Paused)", "none", None, 180),
        ("exited", "Exited (137) 5 minutes ago", "none", 137, 300),
        ("exited", "Exited (0) Less than a second ago", "none", 0, 0),
        ("exited", "Exited (1) About an hour ago", "none", 1, 3600),
        ("restarting", "Restarting (1) 5 seconds ago", "none", 1, 5),
        ("removing", "Removal In Progress", "none", None, None),
        ("dead", "Dead", "none", None, None),
        ("running", "", "none", None, None),
    ],
)
def test_the_words_of_a_status(
    state: str, status: str, health: str, exit_code: int | None, ago: float | None
) -> None:
    container = listed(State=state, Status=status)
    assert (container.state, container.health, container.exit_code) == (state, health, exit_code)
    assert container.since == (None if ago is None else NOW - ago)
    assert not container.exact


def test_a_container_that_was_only_created_says_exactly_since_when() -> None:
    container = listed(State="created", Status="Created")
    assert (container.since, container.exact, container.exit_code) == (1_799_000_000.0, True, None)


def test_ports_come_in_one_order_with_unpublished_ones() -> None:
    assert listed().ports == (
        Port("0.0.0.0", 80, 8080, "tcp"),
        Port("::", 80, 8080, "tcp"),
        Port("", 443, None, "tcp"),
    )


def test_names_that_links_give_are_not_the_containers_own() -> None:
    assert listed(Names=["/other/database", "/database"]).name == "database"
    assert listed(Names=None).name == ""


def test_a_container_with_everything_empty_is_read() -> None:
    container = listed(Labels=None, Ports=None, Command=None)
    assert (container.labels, container.ports, container.command) == ({}, (), "")


def test_what_repeats_is_held_once() -> None:
    one, other = (listed(Image="".join(("ngi", "nx:2")), State="".join(("run", "ning"))) for _ in range(2))
    assert one.image is other.image
    assert one.state is other.state
    assert next(iter(one.labels)) is sys.intern("com.docker.compose.project")


def test_ten_thousand_containers_are_read_fast() -> None:
    began = time.process_time()
    for number in range(10_000):
        container_listed(LISTED | {"Id": f"{number:064x}", "Status": f"Up {number % 60} minutes"}, NOW)
    assert time.process_time() - began < 1.0  # 100 µs each: four times what it takes, for a slow machine


IMAGE: dict[str, Any] = {
    "Id": "sha256:" + "ab" * 32,
    "RepoTags": ["app:v1", "app:latest"],
    "RepoDigests": ["app@sha256:" + "cd" * 32],
    "Created": 1_799_000_000,
    "Size": 123_456,
    "Labels": None,
}


def test_an_image_with_names_and_one_without() -> None:
    assert image_listed(IMAGE).tags == ("app:v1", "app:latest")
    nameless = image_listed(IMAGE | {"RepoTags": ["<none>:<none>"], "RepoDigests": ["<none>@<none>"]})
    assert (nameless.tags, nameless.digests, nameless.dangling) == ((), (), True)
    assert image_listed(IMAGE | {"RepoTags": None, "RepoDigests": None}).tags == ()


def test_go_s_zero_time_is_an_unknown_creation() -> None:
    assert image_listed(IMAGE | {"Created": -62135596800}).created == 0


def test_what_removing_says() -> None:
    went = [{"Untagged": "app:v1"}, {"Deleted": "sha256:ab"}]
    assert payloads.removed_names(went) == ["app:v1", "sha256:ab"]


def test_an_event_and_one_of_an_engine_that_says_less() -> None:
    die = event(
        {
            "Type": "container",
            "Action": "die",
            "Actor": {"ID": "ab", "Attributes": {"exitCode": "137", "name": "web"}},
            "scope": "local",
            "time": 1_799_000_000,
            "timeNano": 1_799_000_000_500_000_000,
        }
    )
    assert (die.kind, die.action, die.id, die.attributes["exitCode"]) == ("container", "die", "ab", "137")
    assert die.time == 1_799_000_000.5
    bare = event({"Type": "daemon", "Action": "reload", "time": 5, "Actor": {"ID": "x", "Attributes": None}})
    assert (bare.time, bare.attributes) == (5.0, {})


def stats(total: int, system: int, **changes: object) -> dict[str, Any]:
    cpu = {
        "cpu_usage": {"total_usage": total, "percpu_usage": [1, 2]},
        "system_cpu_usage": system,
        "online_cpus": 4,
    }
    return {
        "cpu_stats": cpu,
        "precpu_stats": {"cpu_usage": {"total_usage": 1_000}, "system_cpu_usage": 10_000},
        "memory_stats": {"usage": 1000, "limit": 9000, "stats": {"inactive_file": 300}},
        "networks": {"eth0": {"rx_bytes": 1, "tx_bytes": 2}, "eth1": {"rx_bytes": 10, "tx_bytes": 20}},
        "blkio_stats": {
            "io_service_bytes_recursive": [
                {"major": 8, "minor": 0, "op": "Read", "value": 5},
                {"major": 8, "minor": 16, "op": "read", "value": 7},
                {"major": 8, "minor": 0, "op": "write", "value": 11},
                {"major": 8, "minor": 0, "op": "Total", "value": 99},
            ]
        },
        "pids_stats": {"current": 3},
    } | changes


def test_a_reading_is_computed_as_docker_stats_does() -> None:
    assert sample(stats(1_500, 12_000)) == (100.0, 700, 9000, 11, 22, 12, 11, 3)


def test_processors_are_counted_where_the_engine_does_not_say() -> None:
    reading = stats(1_500, 12_000)
    reading["cpu_stats"]["online_cpus"] = 0
    assert sample(reading).cpu == 50.0


def test_the_first_reading_has_no_processor_share() -> None:
    assert sample(stats(1_500, 12_000, precpu_stats={"cpu_usage": {"total_usage": 0}})).cpu is None


def test_a_restarted_container_uses_no_negative_share() -> None:
    assert sample(stats(500, 12_000)).cpu == 0.0


def test_memory_of_cgroup_v1_leaves_out_the_inactive_cache_of_all_children() -> None:
    memory = {"usage": 1000, "limit": 9000, "stats": {"inactive_file": 1, "total_inactive_file": 400}}
    assert sample(stats(1_500, 12_000, memory_stats=memory)).memory == 600


def test_a_container_that_does_not_run_reads_as_nothing() -> None:
    empty = {
        "cpu_stats": {"cpu_usage": {"total_usage": 0}},
        "precpu_stats": {"cpu_usage": {"total_usage": 0}},
        "memory_stats": {},
        "blkio_stats": {"io_service_bytes_recursive": None},
        "pids_stats": {},
    }
    assert sample(empty) == (None, 0, 0, 0, 0, 0, 0, 0)
