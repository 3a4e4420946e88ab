"""Looking for files inside containers, putting them there and taking them out."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from tui.ledger.tars import pack, pack_new, unpack

if TYPE_CHECKING:
    from tests.engine.contract.wire import Reply, Wire

HEADER = "X-Docker-Container-Path-Stat"


def test_a_file_that_is_there_is_described(wire: Wire) -> None:
    container, _ = wire.run(["sleep", "1000"])
    reply = wire.call("HEAD", f"/containers/{container}/archive?path=/bin/sh")
    assert (reply.status, reply.body) == (200, b"")
    told = json.loads(base64.b64decode(reply.headers[HEADER]))
    assert told["name"] == "sh"
    assert told.keys() == {"name", "size", "mode", "mtime", "linkTarget"}


def test_a_file_or_a_container_that_is_not_there_is_not_found(wire: Wire) -> None:
    container, _ = wire.run(["sleep", "1000"])
    assert wire.call("HEAD", f"/containers/{container}/archive?path=/no/such").status == 404
    assert wire.call("HEAD", "/containers/contract-none/archive?path=/bin/sh").status == 404


def test_a_path_is_asked_for(wire: Wire) -> None:
    container, _ = wire.run(["sleep", "1000"])
    assert wire.call("HEAD", f"/containers/{container}/archive").status == 400


VOLUME: dict[str, Any] = {"Mounts": [{"Type": "volume", "Source": "contract-files", "Target": "/kept"}]}


def put(wire: Wire, container: str, path: str, archive: bytes) -> Reply:
    return wire.call("PUT", f"/containers/{container}/archive?path={path}", archive)


def taken(wire: Wire, container: str, path: str) -> dict[str, bytes]:
    """The files that are at a path."""
    reply = wire.call("GET", f"/containers/{container}/archive?path={path}")
    assert reply.status == 200, reply
    assert reply.headers["Content-Type"] == "application/x-tar"
    return unpack(reply.body)


def test_what_is_put_into_a_container_is_taken_out_again(wire: Wire) -> None:
    container, _ = wire.create(["sleep", "1000"])
    assert put(wire, container, "/", pack({"note.json": b"{}"})).status == 200
    assert taken(wire, container, "/note.json") == {"note.json": b"{}"}
    assert put(wire, container, "/", pack({"note.json": b"[]"})).status == 200
    assert taken(wire, container, "/note.json") == {"note.json": b"[]"}
    assert wire.call("HEAD", f"/containers/{container}/archive?path=/note.json").status == 200


def test_what_is_not_there_is_neither_taken_nor_put_into(wire: Wire) -> None:
    container, _ = wire.create(["sleep", "1000"])
    assert wire.call("GET", f"/containers/{container}/archive?path=/none").status == 404
    assert wire.call("GET", "/containers/contract-none/archive?path=/").status == 404
    assert put(wire, container, "/none", pack({"a": b""})).status == 404


def test_bytes_that_are_no_archive_are_refused(wire: Wire) -> None:
    container, _ = wire.create(["sleep", "1000"])
    assert put(wire, container, "/", b"no tar at all" * 100).status >= 400


@pytest.fixture
def two(wire: Wire) -> tuple[str, str]:
    """Two containers with one volume."""
    wire.call("DELETE", "/volumes/contract-files?force=1")
    return wire.create(["one"], HostConfig=VOLUME)[0], wire.create(["two"], HostConfig=VOLUME)[0]


def test_what_is_put_into_a_volume_every_container_has_that_mounts_it(
    wire: Wire, two: tuple[str, str]
) -> None:
    assert put(wire, two[0], "/kept", pack_new("web", {"r1.json": b"one"})).status == 200
    files = taken(wire, two[1], "/kept/web")
    assert set(files.values()) == {b"one"}
    wire.call("DELETE", f"/containers/{two[0]}?force=1")
    assert taken(wire, two[1], "/kept/web") == files


def test_a_file_that_is_there_is_never_replaced_by_one_that_has_to_be_new(
    wire: Wire, two: tuple[str, str]
) -> None:
    assert put(wire, two[0], "/kept", pack_new("web", {"r1.json": b"one"})).status == 200
    before = taken(wire, two[0], "/kept")
    assert put(wire, two[1], "/kept", pack_new("web", {"r1.json": b"two"})).status == 500
    assert taken(wire, two[1], "/kept") == before
