"""Where a port of a container is reached from here, and what is said where it is not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tui.engine.endpoint import Endpoint
from tui.engine.endpoint_tls import Tls
from tui.model.app import Port, ReadySpec, RunSpec
from tui.operations.deploying.gate import NotReady
from tui.operations.deploying.reachable import out_of_reach, reachable


def engine(published: dict[str, Any], addresses: dict[str, str], url: str = "unix:///run/e.sock") -> Any:
    async def inspect(_: str) -> SimpleNamespace:
        return SimpleNamespace(name="web.r2", published=published, addresses=addresses)

    endpoint = Endpoint(url, "--host", Tls())
    return SimpleNamespace(endpoint=endpoint, containers=SimpleNamespace(inspect=inspect))


@pytest.mark.parametrize(
    ("published", "addresses", "found"),
    [
        ({"80/tcp": (("0.0.0.0", 8080),)}, {"bridge": "172.17.0.2"}, ("127.0.0.1", 8080)),
        ({"80/tcp": (("10.1.1.1", 8080),)}, {}, ("10.1.1.1", 8080)),
        ({"81/tcp": (("", 8081),)}, {"bridge": "172.17.0.2"}, ("172.17.0.2", 80)),
        ({}, {"host": ""}, ("127.0.0.1", 80)),
        ({}, {"none": "", "own": "172.18.0.2"}, ("172.18.0.2", 80)),
    ],
)
async def test_it_is_reached_as_it_is_published_else_by_its_address(
    published: dict[str, Any], addresses: dict[str, str], found: tuple[str, int]
) -> None:
    assert await reachable(engine(published, addresses), "id", 80) == found


async def test_what_cannot_be_reached_is_no_fault_of_the_engine_and_has_a_remedy() -> None:
    with pytest.raises(NotReady) as failed:
        await reachable(engine({}, {"none": ""}), "id", 80)
    assert failed.value.message.startswith("port 80 of web.r2, which its probe asks, cannot be reached")
    assert "engine" not in failed.value.message
    assert "publish it" in failed.value.hint


FAR = "tcp://web-1:2376"


@pytest.mark.parametrize(
    ("published", "addresses", "found"),
    [
        ({"80/tcp": (("0.0.0.0", 8080),)}, {"bridge": "172.17.0.2"}, ("web-1", 8080)),
        ({"80/tcp": (("127.0.0.1", 8080), ("10.1.1.1", 8081))}, {}, ("10.1.1.1", 8081)),
        ({}, {"host": ""}, ("web-1", 80)),
    ],
)
async def test_over_a_port_it_is_reached_where_others_reach_it(
    published: dict[str, Any], addresses: dict[str, str], found: tuple[str, int]
) -> None:
    assert await reachable(engine(published, addresses, FAR), "id", 80) == found


@pytest.mark.parametrize(
    ("published", "said"),
    [
        ({"80/tcp": (("127.0.0.1", 8080),)}, "is published on the loopback of the engine's host alone"),
        ({}, "is not published"),
    ],
)
async def test_what_a_port_does_not_lead_to_has_a_command_as_its_remedy(
    published: dict[str, Any], said: str
) -> None:
    with pytest.raises(NotReady, match=said) as failed:
        await reachable(engine(published, {"own": "172.18.0.2"}, FAR), "id", 80)
    assert FAR in failed.value.message
    assert "exec" in failed.value.hint


HTTP = ReadySpec(http="80/up")


@pytest.mark.parametrize(
    ("ready", "ports", "why"),
    [
        (HTTP, (Port(80, "8080"),), ""),
        (HTTP, (Port(80, "8080", "10.1.1.1"),), ""),
        (HTTP, (Port(80, "8080", "127.0.0.1"), Port(80, "8081", "0.0.0.0")), ""),
        (
            HTTP,
            (Port(80, "8080", "127.0.0.1"),),
            "port 80, which its probe asks, is published on the loopback",
        ),
        (HTTP, (Port(81, "8080"), Port(80, "80", protocol="udp")), "is not published"),
        (ReadySpec(tcp=5432), (), "port 5432, which its probe asks, is not published"),
        (ReadySpec(exec=("true",)), (), ""),
        (ReadySpec(), (), ""),
    ],
)
def test_what_will_not_be_reached_is_foreseen(ready: ReadySpec, ports: tuple[Port, ...], why: str) -> None:
    run = RunSpec(ports=ports)
    found = out_of_reach(Endpoint(FAR, "--host", Tls()), ready, run)
    assert (why in found) if why else found == ""
    for near in ("unix:///run/docker.sock", "ssh://web-1", "tcp://127.0.0.1:2376"):
        assert out_of_reach(Endpoint(near, "--host", Tls()), ready, run) == ""
    assert out_of_reach(Endpoint(FAR, "--host", Tls()), ready, run._replace(network_mode="host")) == ""
