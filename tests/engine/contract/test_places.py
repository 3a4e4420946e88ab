"""Networks and volumes: joined and left, made for one container alone, pruned."""

from __future__ import annotations

import json
import urllib.parse
import uuid
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.engine.contract.wire import Wire

SLEEP = ["sleep", "1000"]


@pytest.fixture
def network(wire: Wire) -> Iterator[str]:
    """A network of the test's own; its name."""
    name = f"contract-{uuid.uuid4().hex[:8]}"
    reply = wire.call("POST", "/networks/create", {"Name": name, "Labels": {"contract": "1"}})
    assert reply.status == 201, reply
    yield name
    for container in wire.get("/containers/json?all=1", label=["contract=1"]):
        wire.call("DELETE", f"/containers/{container['Id']}?force=1")
    wire.call("DELETE", f"/networks/{name}")


def joined(wire: Wire, container: str) -> dict[str, Any]:
    return dict(wire.get(f"/containers/{container}/json")["NetworkSettings"]["Networks"])


def test_a_container_joins_a_network_by_another_name_and_leaves_it(wire: Wire, network: str) -> None:
    container, _ = wire.run(SLEEP, HostConfig={"NetworkMode": network})
    other = f"{network}-other"
    assert wire.call("POST", "/networks/create", {"Name": other}).status == 201
    wanted = {"Container": container, "EndpointConfig": {"Aliases": ["shop"]}}

    assert wire.call("POST", f"/networks/{other}/connect", wanted).status == 200

    found = joined(wire, container)
    assert found.keys() == {network, other}
    assert "shop" in found[other]["Aliases"]
    assert found[other]["IPAddress"]
    assert wire.call("POST", f"/networks/{other}/connect", wanted).status == 403
    assert wire.call("DELETE", f"/networks/{other}").status == 403
    assert wire.call("POST", f"/networks/{other}/disconnect", {"Container": container}).status == 200
    assert joined(wire, container).keys() == {network}
    assert wire.call("DELETE", f"/networks/{other}").status == 204
    assert wire.call("DELETE", f"/networks/{other}").status == 404


def test_a_network_is_found_by_its_label(wire: Wire, network: str) -> None:
    filters = urllib.parse.quote(json.dumps({"label": ["contract=1"], "name": [network]}))
    assert [one["Name"] for one in wire.get(f"/networks?filters={filters}")] == [network]


@pytest.mark.parametrize("declared", [{"Volumes": {"/data": {}}}, {}])
def test_a_volume_without_a_name_goes_with_its_container_where_that_is_asked(
    wire: Wire, declared: dict[str, Any]
) -> None:
    host = {} if declared else {"Mounts": [{"Type": "volume", "Target": "/data"}]}
    kept, _ = wire.run(SLEEP, HostConfig=host, **declared)
    [mount] = wire.get(f"/containers/{kept}/json")["Mounts"]
    assert mount["Destination"] == "/data"
    assert len(mount["Name"]) == 64

    wire.call("DELETE", f"/containers/{kept}?force=1")

    assert wire.call("GET", f"/volumes/{mount['Name']}").status == 200
    pruned = wire.call("POST", "/volumes/prune").json["VolumesDeleted"] or []
    assert mount["Name"] in pruned
    gone, _ = wire.run(SLEEP, HostConfig=host, **declared)
    [mount] = wire.get(f"/containers/{gone}/json")["Mounts"]
    wire.call("DELETE", f"/containers/{gone}?force=1&v=1")
    assert wire.call("GET", f"/volumes/{mount['Name']}").status == 404
