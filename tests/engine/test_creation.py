"""Containers made from a RunSpec are those that the docker command line makes from the same options."""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import subprocess
import uuid
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.busybox import IMAGE
from tui.engine.client import Engine
from tui.engine.container.creation import create_body
from tui.engine.container.resolving import resolved
from tui.engine.endpoint import Endpoint
from tui.engine.errors import Conflict, NotFound, RequestRefused
from tui.model.app import Healthcheck, Mount, Port, RunSpec, Ulimit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from tests.support.engine_calls import EngineCalls

ENV_FILE = "# for the test\n\nFROM_FILE=a 'quoted'#value\n  PADDED=both\nBOTH=file\nGIVEN\n"
"""What means the same in Compose's format, which is ours, and in that of `docker run --env-file`."""

SAME: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({}, ""),
    "command": ({"command": ("sleep", "9")}, ""),
    "entrypoint": ({"entrypoint": ("sh",), "command": ("-c", "a b")}, "--entrypoint sh"),
    "environment": ({"environment": {"A": "1", "B": "x=y z", "E": ""}}, "-e A=1 -e 'B=x=y z' -e E="),
    "environment with defaults": (
        {"interpolated": {"LEVEL": "${NOT_GIVEN:-info}", "ALSO": "${GIVEN:-no}"}},
        "-e LEVEL=info -e 'ALSO=from outside'",
    ),
    "environment of ours": ({"environment": {"GIVEN": None}}, "-e GIVEN"),
    "env_file": ({"env_file": ("TMP/web.env",)}, "--env-file TMP/web.env"),
    "user": ({"user": "1000:1000"}, "--user 1000:1000"),
    "group_add": ({"group_add": ("12", "audio")}, "--group-add 12 --group-add audio"),
    "working_dir": ({"working_dir": "/www"}, "--workdir /www"),
    "hostname": ({"hostname": "web"}, "--hostname web"),
    "ports": (
        {"ports": (Port(80, "8080"), Port(80, "8081", "127.0.0.1"), Port(53, protocol="udp"))},
        "-p 8080:80 -p 127.0.0.1:8081:80 -p 53/udp",
    ),
    "port range": ({"ports": (Port(80, "8000-8010"),)}, "-p 8000-8010:80"),
    "volume": (
        {"volumes": (Mount("volume", "cache", "/cache"),)},
        "--mount type=volume,src=cache,dst=/cache",
    ),
    "volume options": (
        {"volumes": (Mount("volume", "files", "/files", True, {"nocopy": True}),)},
        "--mount type=volume,src=files,dst=/files,readonly,volume-nocopy",
    ),
    "bind mount": (
        {"volumes": (Mount("bind", "TMP", "/host", True, {"propagation": "rslave"}),)},
        "--mount type=bind,src=TMP,dst=/host,readonly,bind-propagation=rslave",
    ),
    "mounted tmpfs": (
        {"volumes": (Mount("tmpfs", "", "/scratch", options={"size": 1 << 20, "mode": 0o1777}),)},
        "--mount type=tmpfs,dst=/scratch,tmpfs-size=1m,tmpfs-mode=1777",
    ),
    "bind mount that is made": (
        {"volumes": (Mount("bind", "TMP/made", "/made", options={"create_host_path": True}),)},
        "-v TMP/made:/made",
    ),
    "bind mount with options": (
        {"volumes": (Mount("bind", "TMP", "/x", True, {"selinux": "z", "propagation": "rslave"}),)},
        "-v TMP:/x:ro,rslave,z",
    ),
    "relabelled volume": (
        {"volumes": (Mount("volume", "cache", "/c", options={"selinux": "z", "nocopy": True}),)},
        "-v cache:/c:z,nocopy",
    ),
    "tmpfs": (
        {"tmpfs": {"/run": "size=64m,mode=1777", "/t": ""}},
        "--tmpfs /run:size=64m,mode=1777 --tmpfs /t",
    ),
    "networks": (
        {"networks": {"FRONT": ("web", "www")}},
        "--network FRONT --network-alias web --network-alias www",
    ),
    "network_mode host": ({"network_mode": "host"}, "--network host"),
    "network_mode none": ({"network_mode": "none"}, "--network none"),
    "dns": ({"dns": ("192.0.2.1", "192.0.2.2")}, "--dns 192.0.2.1 --dns 192.0.2.2"),
    "extra_hosts": (
        {"extra_hosts": ("db:192.0.2.1", "v6=::1")},
        "--add-host db:192.0.2.1 --add-host v6:::1",
    ),
    "restart always": ({"restart": "always"}, "--restart always"),
    "restart on-failure": ({"restart": "on-failure:3"}, "--restart on-failure:3"),
    "read_only": ({"read_only": True}, "--read-only"),
    "init": ({"init": True}, "--init"),
    "no init": ({"init": False}, "--init=false"),
    "privileged": ({"privileged": True}, "--privileged"),
    "capabilities": (
        {"cap_add": ("net_admin", "SYS_TIME"), "cap_drop": ("ALL",)},
        "--cap-add CAP_NET_ADMIN --cap-add CAP_SYS_TIME --cap-drop ALL",
    ),
    "security_opt": (
        {"security_opt": ("no-new-privileges", "seccomp=TMP/profile.json", "label:disable")},
        "--security-opt no-new-privileges --security-opt seccomp=TMP/profile.json"
        " --security-opt label=disable",
    ),
    "systempaths": (
        {"security_opt": ("systempaths=unconfined",)},
        "--security-opt systempaths=unconfined",
    ),
    "devices": (
        {"devices": ("/dev/null", "/dev/zero:/dev/nought:r", "/dev/full:rw")},
        "--device /dev/null --device /dev/zero:/dev/nought:r --device /dev/full:rw",
    ),
    "sysctls": ({"sysctls": {"net.ipv4.ip_forward": "1"}}, "--sysctl net.ipv4.ip_forward=1"),
    "ulimits": (
        {"ulimits": (Ulimit("nofile", 1024, 2048), Ulimit("nproc", 64, 64))},
        "--ulimit nofile=1024:2048 --ulimit nproc=64",
    ),
    "mem_limit": ({"mem_limit": 64 << 20}, "--memory 64m"),
    "memory": (
        {"mem_limit": 64 << 20, "memswap_limit": -1, "mem_reservation": 32 << 20, "shm_size": 8 << 20},
        "--memory 64m --memory-swap -1 --memory-reservation 32m --shm-size 8m",
    ),
    "cpus": (
        {"cpus": 0.5, "cpu_shares": 512, "cpuset": "0"},
        "--cpus 0.5 --cpu-shares 512 --cpuset-cpus 0",
    ),
    "pids_limit": ({"pids_limit": 100}, "--pids-limit 100"),
    "oom_score_adj": ({"oom_score_adj": 500}, "--oom-score-adj 500"),
    "healthcheck": (
        {"healthcheck": Healthcheck(("CMD-SHELL", "wget -q localhost"), 2.5, 1.0, 3.0, 4)},
        "--health-cmd 'wget -q localhost' --health-interval 2.5s --health-timeout 1s"
        " --health-start-period 3s --health-retries 4",
    ),
    "no healthcheck": ({"healthcheck": Healthcheck(("NONE",))}, "--no-healthcheck"),
    "stop": (
        {"stop_grace_period": 12.0, "stop_signal": "SIGINT"},
        "--stop-timeout 12 --stop-signal SIGINT",
    ),
    "logging": (
        {"logging_driver": "json-file", "logging_options": {"max-size": "1m", "max-file": "2"}},
        "--log-driver json-file --log-opt max-size=1m --log-opt max-file=2",
    ),
    "labels": ({"labels": {"team": "web", "empty": ""}}, "--label team=web --label empty="),
}
"""What the app says, and the options that say the same. TMP is a folder, FRONT a network."""


@pytest.fixture
async def engine(engine_host: str) -> AsyncIterator[Engine]:
    async with await Engine.connect(Endpoint(engine_host, "the test")) as engine:
        yield engine


@pytest.fixture
def front(api: EngineCalls) -> Iterator[str]:
    """The name of a network."""
    name = f"front-{uuid.uuid4().hex[:8]}"
    api.ask("POST", "/networks/create", {"Name": name})
    yield name
    api.sweep()
    api.ask("DELETE", f"/networks/{name}")
    for volume in ("cache", "files"):
        api.call("DELETE", f"/volumes/{volume}?force=1")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "web.env").write_text(ENV_FILE)
    (tmp_path / "profile.json").write_text('{\n  "defaultAction": "SCMP_ACT_ALLOW"\n}\n')
    return tmp_path


def replaced(value: Any, words: dict[str, str]) -> Any:
    """With each of `words` replaced in every text of a value."""
    if isinstance(value, str):
        return re.sub("|".join(words), lambda found: words[found[0]], value)
    if isinstance(value, dict):
        return {replaced(key, words): replaced(inner, words) for key, inner in value.items()}
    if isinstance(value, tuple):
        made = [replaced(inner, words) for inner in value]
        return type(value)(*made) if hasattr(value, "_fields") else tuple(made)
    return value


def told(inspected: dict[str, Any]) -> dict[str, Any]:
    """What was asked for, without what differs from container to container, and without nothing at all."""
    id = inspected["Id"]
    config = dict(inspected["Config"])
    if config["Hostname"] == id[:12]:
        del config["Hostname"]
    for name in ("AttachStdin", "AttachStdout", "AttachStderr"):  # the command line's own connection
        del config[name]
    config["Env"] = sorted(config["Env"])
    host = dict(inspected["HostConfig"])
    host.pop("ConsoleSize", None)
    networks = {
        name: sorted(alias for alias in network["Aliases"] or () if alias != id[:12])
        for name, network in inspected["NetworkSettings"]["Networks"].items()
    }
    mounts = sorted(str(without_nothing(mount)) for mount in inspected["Mounts"])
    return dict(without_nothing({"config": config, "host": host, "networks": networks, "mounts": mounts}))


def without_nothing(value: Any) -> Any:
    """The engine says null, [], 0 and the like for the same thing: that nothing was asked for."""
    if isinstance(value, dict):
        kept = {
            key: without_nothing(inner)
            for key, inner in value.items()
            if key not in ("MaskedPaths", "ReadonlyPaths")
        }
        paths = {key: value[key] for key in ("MaskedPaths", "ReadonlyPaths") if key in value}
        return {key: inner for key, inner in kept.items() if inner not in (None, "", 0, [], {})} | paths
    if isinstance(value, list):
        return [without_nothing(inner) for inner in value]
    return value


@pytest.mark.parametrize("case", SAME)
async def test_the_same_as_the_command_line_makes(
    engine: Engine, api: EngineCalls, place: Path, front: str, case: str
) -> None:
    fields, options = SAME[case]
    words = {"TMP": str(place), "FRONT": front}
    run = RunSpec(**{"command": ("sleep", "600"), "restart": "no", **replaced(fields, words)})
    environ = {**os.environ, "GIVEN": "from outside"}
    made = create_body(IMAGE, await resolved(run, environ))
    ours = await engine.containers.create(f"ours-{uuid.uuid4().hex[:8]}", made)
    command = [
        "docker", "--host", engine.endpoint.url, "create",
        *(replaced(word, words) for word in shlex.split(options)), IMAGE, *(run.command or ()),
    ]  # fmt: skip
    theirs = await asyncio.to_thread(
        subprocess.run, command, env=environ, capture_output=True, text=True, check=False
    )
    assert theirs.returncode == 0, theirs.stderr
    assert made.later == {}
    assert told(api.inspect(ours.id)) == told(api.inspect(theirs.stdout.strip()))


def test_every_attribute_is_compared() -> None:
    assert {name for fields, _ in SAME.values() for name in fields} == set(RunSpec._fields)


async def test_further_networks_are_connected(engine: Engine, api: EngineCalls, front: str) -> None:
    back = await engine.networks.create(f"back-{front}", labels={"side": "back"}, internal=True)
    try:
        run = RunSpec(command=("sleep", "600"), networks={front: ("web",), f"back-{front}": ("db", "data")})
        made = create_body(IMAGE, run)
        id = (await engine.containers.create("both", made)).id
        for name, aliases in made.later.items():
            await engine.networks.connect(name, id, aliases)
        networks = api.inspect(id)["NetworkSettings"]["Networks"]
        assert {name: set(network["Aliases"]) - {id[:12]} for name, network in networks.items()} == {
            front: {"web"},
            f"back-{front}": {"db", "data"},
        }
        await engine.containers.start(id)
        found = await engine.containers.inspect(id)
        assert found.addresses.keys() == {front, f"back-{front}"}
        assert all(address.startswith("198.") for address in found.addresses.values())
        [network] = await engine.networks.list(["side=back"])
        assert (network.id, network.name, network.driver) == (back, f"back-{front}", "bridge")
        with pytest.raises(Conflict, match="already exists"):
            await engine.networks.create(f"back-{front}")
        with pytest.raises(RequestRefused, match="active endpoints"):
            await engine.networks.remove(back)
        api.remove(id)
    finally:
        await engine.networks.remove(back)
    assert await engine.networks.list(["side=back"]) == []
    with pytest.raises(NotFound):
        await engine.networks.remove(back)


async def test_what_the_engine_refuses_to_create(engine: Engine, api: EngineCalls) -> None:
    run = RunSpec(command=("sleep", "600"))
    created = await engine.containers.create("taken", create_body(IMAGE, run))
    assert created.id == api.inspect("taken")["Id"]
    with pytest.raises(Conflict, match="already in use"):
        await engine.containers.create("taken", create_body(IMAGE, run))
    with pytest.raises(NotFound, match="No such image"):
        await engine.containers.create("other", create_body("holdfast-test/none:1", run))


async def test_warnings_of_the_engine_are_told(engine: Engine, api: EngineCalls) -> None:
    run = RunSpec(command=("sleep", "600"))
    creation = create_body(IMAGE, run)
    creation.body["HostConfig"]["OomKillDisable"] = True  # without a limit of memory, of which it warns
    created = await engine.containers.create("warned", creation)
    assert any("OOM" in warning for warning in created.warnings)


async def test_volumes_are_made_listed_and_removed(engine: Engine, api: EngineCalls) -> None:
    await engine.volumes.create("made-here", labels={"kind": "test"})
    try:
        assert [(volume.name, volume.labels) for volume in await engine.volumes.list(["kind=test"])] == [
            ("made-here", {"kind": "test"})
        ]
        run = RunSpec(command=("sleep", "600"), volumes=(Mount("volume", "made-here", "/v"),))
        id = (await engine.containers.create("user", create_body(IMAGE, run))).id
        with pytest.raises(Conflict, match="in use"):
            await engine.volumes.remove("made-here")
        api.remove(id)
    finally:
        await engine.volumes.remove("made-here")
    assert await engine.volumes.list(["kind=test"]) == []


async def test_the_end_of_a_container_is_awaited(engine: Engine, api: EngineCalls) -> None:
    id = api.run("sh", "-c", "trap 'exit 7' TERM; while :; do sleep 0.05; done")
    waiting = asyncio.create_task(engine.containers.wait(id))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    await engine.containers.stop(id)
    assert await asyncio.wait_for(waiting, 5) == 7
    assert await engine.containers.wait(id) == 7
    state = (await engine.containers.inspect(id)).state
    assert (state.status, state.running, state.exit_code, state.health) == ("exited", False, 7, "none")


async def test_the_end_of_a_log(engine: Engine, api: EngineCalls) -> None:
    id = api.run("sh", "-c", "for n in 1 2 3; do echo out $n; echo err $n >&2; done; printf open")
    api.wait(id)
    assert (await engine.containers.tail(id, 2))[-1] == "open"
    assert sorted(await engine.containers.tail(id, 100)) == [
        *(f"err {n}" for n in (1, 2, 3)), "open", *(f"out {n}" for n in (1, 2, 3)),
    ]  # fmt: skip
    terminal = api.run("sh", "-c", "echo on a terminal", Tty=True)
    api.wait(terminal)
    assert await engine.containers.tail(terminal, 5) == ["on a terminal"]


async def test_a_command_is_run_and_its_streams_are_apart(engine: Engine, api: EngineCalls) -> None:
    id = api.run(Env=["OWN=1"])
    command = ["sh", "-c", "echo $OWN $GIVEN $(id -u); echo 2026-11-24T09:13:51Z err >&2; exit 7"]
    output = {1: b"", 2: b""}
    async with engine.execs.run(id, command, user="12", environment={"GIVEN": "x"}) as process:
        async for stream, part in process:
            output[stream] += part
        assert await process.wait() == 7
    assert output == {1: b"1 x 12\n", 2: b"2026-11-24T09:13:51Z err\n"}


async def test_much_output_of_a_command_arrives_whole(engine: Engine, api: EngineCalls) -> None:
    id = api.run()
    output = b""
    async with engine.execs.run(id, ["seq", "1", "200000"]) as process:
        async for _stream, part in process:
            output += part
        assert await process.wait() == 0
    assert output == b"".join(b"%d\n" % number for number in range(1, 200001))


async def test_a_command_that_is_not_there(engine: Engine, api: EngineCalls) -> None:
    id = api.run()
    async with engine.execs.run(id, ["/no/such/command"]) as process:
        said = b"".join([part async for _stream, part in process])
        assert await process.wait() in (126, 127)
    assert b"no such file" in said
    api.kill(id)
    api.wait(id)
    with pytest.raises(Conflict, match="not running"):
        async with engine.execs.run(id, ["true"]):
            pass
