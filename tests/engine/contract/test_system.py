"""What an engine says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.engine.contract.wire import Wire


def test_a_ping_names_the_api(wire: Wire) -> None:
    reply = wire.call("GET", "/_ping")
    assert (reply.status, reply.body) == (200, b"OK")
    assert reply.headers["Ostype"] == "linux"
    assert reply.headers["Server"].startswith("Docker/")
    assert float(reply.headers["Api-Version"]) >= 1.41


def test_head_of_a_ping_has_no_body(wire: Wire) -> None:
    reply = wire.call("HEAD", "/_ping")
    assert (reply.status, reply.body) == (200, b"")
    assert reply.headers["Api-Version"]


def test_version_agrees_with_the_ping(wire: Wire) -> None:
    version = wire.get("/version")
    assert version["ApiVersion"] == wire.call("GET", "/_ping").headers["Api-Version"]
    assert version["Os"] == "linux"
    assert {"Version", "MinAPIVersion", "Arch", "KernelVersion", "Platform", "Components"} <= version.keys()


@pytest.mark.parametrize("prefix", ["", "/v1.41", "/v1.40"])
def test_paths_with_and_without_a_version_are_the_same(wire: Wire, prefix: str) -> None:
    assert isinstance(wire.get(f"{prefix}/containers/json"), list)


def test_a_version_that_is_too_new_is_refused(wire: Wire) -> None:
    reply = wire.call("GET", "/v1.99/containers/json")
    assert reply.status == 400
    assert reply.message.startswith("client version 1.99 is too new. Maximum supported API version is 1.")


def test_a_version_that_is_too_old_is_refused(wire: Wire) -> None:
    reply = wire.call("GET", "/v1.5/containers/json")
    assert reply.status == 400
    assert b"client version 1.5 is too old" in reply.body


@pytest.mark.parametrize(("method", "path"), [("GET", "/nothing"), ("PUT", "/containers/json")])
def test_unknown_pages_are_not_found(wire: Wire, method: str, path: str) -> None:
    reply = wire.call(method, path)
    assert (reply.status, reply.message) == (404, "page not found")


def test_the_predefined_networks_are_there(wire: Wire) -> None:
    assert {"host", "none"} <= {network["Name"] for network in wire.get("/networks")}


def test_disk_usage_has_all_kinds(wire: Wire) -> None:
    usage = wire.get("/system/df")
    assert {"LayersSize", "Images", "Containers", "Volumes"} <= usage.keys()
