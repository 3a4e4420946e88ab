"""Looking for files inside containers."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.engine.contract.wire import Wire

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
