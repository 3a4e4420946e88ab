"""The engine and registries that the tests bring: they work, and they leave nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support import folder
from tests.support.busybox import IMAGE
from tests.support.engine_calls import until
from tests.support.http import Http

if TYPE_CHECKING:
    from tests.support.engine_calls import EngineCalls
    from tests.support.private_engine import PrivateEngine
    from tests.support.registry import Registry

TREE = Path(__file__).parents[2]

CRASHING = """
from tests.support.private_engine import PrivateEngine
from tests.support.registry import Registry
engine = PrivateEngine().__enter__()
registry = Registry()
network = engine.api.ask("POST", "/networks/create", {"Name": "made"}).json["Id"]
engine.api.run(name="left")
print(engine.folder, engine.pid, network[:12], registry.address, flush=True)
input()
"""


def test_commands_of_the_image_run(api: EngineCalls) -> None:
    container = api.run("sh", "-c", "seq 3 | wc -l | grep -x 3 && httpd --help; exit 7")
    assert api.wait(container) == 7
    log = api.ask("GET", f"/containers/{container}/logs?stdout=1&stderr=1").body
    assert b"3\n" in log


def test_events_tell_what_happened(api: EngineCalls) -> None:
    since = time.time()
    container = api.run(name="told")
    api.kill(container)
    api.wait(container)
    api.remove(container)
    told = [event["Action"] for event in api.events(since, type=["container"], container=["told"])]
    assert [*told[:3], told[-1]] == ["create", "start", "kill", "destroy"]
    assert "die" in told


def test_a_published_port_is_on_the_loopback(api: EngineCalls) -> None:
    network = api.ask("POST", "/networks/create", {"Name": "published"}).json["Id"]
    try:
        binding = {
            "PortBindings": {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": ""}]},
            "NetworkMode": network,
        }
        container = api.run(
            "sh", "-c", "echo served >/www/page; exec httpd -f -p 80 -h /www",
            ExposedPorts={"80/tcp": {}}, HostConfig=binding,
        )  # fmt: skip
        [published] = api.inspect(container)["NetworkSettings"]["Ports"]["80/tcp"]
        server = Http(f"http://127.0.0.1:{published['HostPort']}")

        def serves() -> bool:
            try:
                return server.call("GET", "/page").body == b"served\n"
            except OSError:  # httpd is not up yet
                return False

        until(serves)
        api.remove(container)
    finally:
        api.ask("DELETE", f"/networks/{network}")


def test_it_is_stopped_killed_frozen_and_started(own_engine: PrivateEngine) -> None:
    api = own_engine.api
    container = api.run(name="kept")
    first = own_engine.pid
    own_engine.restart()
    assert own_engine.pid != first
    assert api.inspect(container)["State"]["Status"] == "exited"
    own_engine.kill()
    with pytest.raises(OSError, match=r"refused|No such file"):
        api.containers()
    own_engine.start()
    assert [entry["Id"] for entry in api.containers()] == [container]
    with own_engine.frozen(), pytest.raises(TimeoutError):
        api.call("GET", "/_ping", seconds=0.3)
    assert api.get("/version")["Version"]


def test_nothing_is_left_after_a_crash() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", CRASHING], cwd=TREE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as crashing:
        assert crashing.stdout
        place, pid, network, address = crashing.stdout.readline().split()
        assert Path(place, "data").is_dir()
        assert Path(f"/sys/class/net/br-{network}").exists()
        crashing.send_signal(signal.SIGKILL)
    until(lambda: not Path(place).exists())
    assert not Path(f"/proc/{pid}").exists()
    assert not Path(f"/sys/class/net/br-{network}").exists()
    with pytest.raises(OSError, match="refused"):
        Http(f"http://{address}").call("GET", "/v2/")


def test_what_ended_too_hard_is_removed_at_the_next_start() -> None:
    left, lock = folder.claim("left")
    (left / "data").mkdir()
    assert left not in folder.reap()
    assert left.exists()
    os.close(lock)
    assert left in folder.reap()
    assert not left.exists()


def test_an_image_is_pushed(api: EngineCalls, registry: Registry) -> None:
    reference = f"{registry.address}/busybox:v1"
    api.tag(IMAGE, reference)
    assert registry.digest("busybox", "v1") == ""
    last = api.push(reference)[-1]
    assert registry.tags("busybox") == ["v1"]
    assert registry.digest("busybox", "v1") == last["aux"]["Digest"]


def test_an_image_is_pushed_with_a_login_only(api: EngineCalls, registry_with_login: Registry) -> None:
    reference = f"{registry_with_login.address}/busybox:v1"
    api.tag(IMAGE, reference)
    assert registry_with_login.ask("/v2/").status == 401
    assert "no basic auth credentials" in str(api.push(reference)[-1])
    assert api.push(reference, registry_with_login.login)[-1]["aux"]["Tag"] == "v1"
