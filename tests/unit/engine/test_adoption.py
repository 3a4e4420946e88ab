"""A container's configuration read back: what was asked for, without what the image and the engine say."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.engine.test_attributes import COMMANDS, MADE, NAMES, RUNS, WORDS
from tui.engine.container.adoption import adoption
from tui.engine.container.comparison import as_inspected, differences
from tui.engine.container.creation import create_body
from tui.engine.container.inherited import merged
from tui.engine.container.mounts import mounts
from tui.model.app import Healthcheck, Mount, Port, RunSpec

IMAGES: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "Env": st.dictionaries(NAMES, WORDS, max_size=3).map(
            lambda env: [f"{name}={value}" for name, value in env.items()]
        ),
        "Cmd": COMMANDS.map(list),
        "Entrypoint": COMMANDS.map(list),
        "Labels": st.dictionaries(NAMES, WORDS, max_size=2),
        "User": st.sampled_from(["", "app"]),
        "WorkingDir": st.sampled_from(["", "/", "/www"]),
        "StopSignal": st.sampled_from(["SIGINT", "SIGQUIT"]),
        "ExposedPorts": st.just({"80/tcp": {}}),
        "Healthcheck": st.just({"Test": ["CMD-SHELL", "true"], "Interval": 10**9, "Retries": 3}),
    },
)


@given(RUNS, IMAGES)
def test_a_container_made_of_what_was_read_is_the_same(run: RunSpec, image: dict[str, Any]) -> None:
    first = as_inspected(create_body("web", run), image)
    found = adoption(first, {"Config": image}).run
    again = as_inspected(create_body("web", found), image)
    assert adoption(again, {"Config": image}).run == found
    assert differences(first, {"Config": image}, run, "web") == []
    assert differences(first, {"Config": image}, found, "web") == []
    for key in ("Entrypoint", "Cmd", "User", "WorkingDir", "StopSignal", "Healthcheck", "Labels"):
        was, now = first["Config"].get(key) or None, again["Config"].get(key) or None
        assert was == now, key
    assert set(first["Config"]["Env"]) == set(again["Config"]["Env"])


ITEM: dict[str, Any] = {
    "Id": "ab" * 32,
    "Name": "/web",
    "Image": "sha256:" + "1" * 64,
    "Created": "2026-11-24T11:46:46Z",
    "State": {"Status": "created", "ExitCode": 0, "StartedAt": "0001-01-01T00:00:00Z", "FinishedAt": ""},
    "Config": {"Hostname": "ab" * 6, "Image": "web:v1", "Env": None, "Labels": None},
    "HostConfig": {"NetworkMode": "default", "RestartPolicy": {"Name": "", "MaximumRetryCount": 0}},
    "NetworkSettings": {"Networks": {"bridge": {"Aliases": None}}},
    "Mounts": [],
}


def item(**changes: Any) -> dict[str, Any]:
    """The container with other values in its sections."""
    made: dict[str, Any] = json.loads(json.dumps(ITEM))
    for section, values in changes.items():
        made[section] = {**made[section], **values} if isinstance(values, dict) else values
    return made


def test_a_container_that_asks_for_nothing() -> None:
    found = adoption(ITEM, {}, "json-file")
    assert found.run == RunSpec(restart="no")
    assert (found.left, found.unnamed, found.names, found.container.removed) == ((), {}, (), False)
    assert (found.container.image, found.container.image_id) == ("web:v1", "sha256:" + "1" * 64)


def test_what_the_image_and_the_engine_say_is_left_out() -> None:
    image = {
        "Env": ["PATH=/bin", "A=1"],
        "Cmd": ["serve"],
        "Labels": {"vendor": "Team"},
        "User": "app",
        "WorkingDir": "/app",
        "StopSignal": "SIGQUIT",
        "Healthcheck": {"Test": ["CMD", "true"], "Interval": 5 * 10**9},
        "ExposedPorts": {"80/tcp": {}},
    }
    config = merged({"Hostname": "ab" * 6, "Env": ["A=2"], "Healthcheck": {"Interval": 10**9}}, image)
    host = {
        "NetworkMode": "bridge",
        "RestartPolicy": {"Name": "always"},
        "Memory": 100,
        "MemorySwap": 200,
        "ShmSize": 64 << 20,
        "LogConfig": {"Type": "local", "Config": {}},
    }
    found = adoption(item(Config=config, HostConfig=host), {"Config": image}, "local").run
    assert found == RunSpec(
        environment={"A": "2"}, restart="always", mem_limit=100, healthcheck=Healthcheck(interval=1.0)
    )


@pytest.mark.parametrize(
    ("entrypoint", "command", "read"),
    [
        (["run"], ["serve"], (None, None)),
        (["run"], ["other"], (None, ("other",))),
        (["run"], None, (("run",), None)),
        (["sh"], None, (("sh",), None)),
        (["sh"], ["serve"], (("sh",), ("serve",))),
        (None, ["x"], ((), ("x",))),
    ],
)
def test_entrypoint_and_command(entrypoint: Any, command: Any, read: Any) -> None:
    image = {"Config": {"Entrypoint": ["run"], "Cmd": ["serve"]}}
    run = adoption(item(Config={"Entrypoint": entrypoint, "Cmd": command}), image).run
    assert (run.entrypoint, run.command) == read
    made = merged(create_body("web", run).body, image["Config"])
    assert (made.get("Entrypoint") or None, made.get("Cmd") or None) == (entrypoint, command)


def test_labels_of_compose_are_not_taken_over() -> None:
    labels = {"com.docker.compose.project": "shop", "io.holdfast.app": "x", "team": "web"}
    assert adoption(item(Config={"Labels": labels}), {}).run.labels == {"team": "web"}


def test_all_exposed_ports_published_anywhere() -> None:
    config = {"ExposedPorts": {"80/tcp": {}, "53/udp": {}}}
    host = {"PublishAllPorts": True, "PortBindings": {"80/tcp": [{"HostIp": "", "HostPort": "8080"}]}}
    ports = adoption(item(Config=config, HostConfig=host), {}).run.ports
    assert ports == (Port(80, "8080"), Port(53, protocol="udp"))


@pytest.mark.parametrize(
    ("section", "values", "said"),
    [
        ("Config", {"Tty": True}, "a terminal"),
        ("HostConfig", {"Links": ["/db:/web/db"]}, "links"),
        ("HostConfig", {"PidMode": "host"}, "process namespace"),
        ("HostConfig", {"Runtime": "nvidia"}, "runtime"),
        ("HostConfig", {"DeviceRequests": [{"Count": -1}]}, "GPUs"),
        ("HostConfig", {"SecurityOpt": ['seccomp={"defaultAction":"SCMP_ACT_ALLOW"}']}, "seccomp profile"),
        ("HostConfig", {"Mounts": [{"Type": "npipe", "Target": "/pipe"}]}, "npipe"),
        ("Config", {"Env": ["AWAY"]}, "AWAY of its image is taken away"),
        (
            "NetworkSettings",
            {"Networks": {"front": {"IPAMConfig": {"IPv4Address": "198.18.0.9"}}}},
            "fixed address in the network front",
        ),
    ],
)
def test_what_an_app_has_no_word_for_is_said(section: str, values: dict[str, Any], said: str) -> None:
    [left] = adoption(item(**{section: values}), {}).left
    assert said in left


def test_a_variable_of_the_image_that_is_taken_away_is_none_that_is_passed_on() -> None:
    item = as_inspected(create_body("web", RunSpec(environment={"A": "1"})), {})
    item["Config"]["Env"].append("AWAY")
    assert adoption(item, {"Config": {"Env": ["AWAY=1"]}}).run.environment == {"A": "1"}


def test_a_profile_is_not_taken_for_a_path() -> None:
    host = {"SecurityOpt": ['seccomp={"a":1}', "no-new-privileges"], "MaskedPaths": [], "ReadonlyPaths": []}
    run = adoption(item(HostConfig=host), {}).run
    assert run.security_opt == ("no-new-privileges", "systempaths=unconfined")


def test_networks_begin_with_the_containers_own() -> None:
    ends = {
        "back": {"Aliases": ["db", "ab" * 6, "web"]},
        "front": {"Aliases": ["www"]},
    }
    found = adoption(item(HostConfig={"NetworkMode": "front"}, NetworkSettings={"Networks": ends}), {}).run
    assert list(found.networks.items()) == [("front", ("www",)), ("back", ("db",))]
    beside = {"bridge": {"Aliases": None}, "front": {"Aliases": None}}
    found = adoption(item(NetworkSettings={"Networks": beside}), {}).run
    assert list(found.networks) == ["bridge", "front"]


def test_volumes_without_a_name_are_named_by_their_id() -> None:
    id = "c" * 64
    mounted = [
        {"Type": "volume", "Name": id, "Source": "/d/c", "Destination": "/data", "RW": True},
        {"Type": "volume", "Name": "files", "Source": "/d/f", "Destination": "/files", "RW": True},
        {"Type": "bind", "Source": "/from/another", "Destination": "/x", "RW": False},
    ]
    host = {"Mounts": [{"Type": "volume", "Source": "files", "Target": "/files/"}]}
    found = adoption(item(HostConfig=host, Mounts=mounted), {})
    assert found.run.volumes == (
        Mount("volume", "files", "/files"),
        Mount("volume", id, "/data"),
        Mount("bind", "/from/another", "/x", read_only=True),
    )
    assert found.unnamed == {id: "/data"}
    assert adoption(item(HostConfig=host, Mounts=mounted[::-1]), {}) == found
    made = item(HostConfig=host, Mounts=mounted[:2])
    named = RunSpec(restart="no", volumes=(Mount("volume", "files", "/files"),))
    assert differences(made, {}, named, "web") == []
    both = named._replace(volumes=(*named.volumes, Mount("volume", id, "/data")))
    assert differences(made, {}, both, "web") == []
    assert differences(made, {}, RunSpec(restart="no"), "web") == ["volumes"]


@pytest.mark.parametrize(
    ("bind", "mount"),
    [
        ("/a:/b", Mount("bind", "/a", "/b", options=MADE)),
        ("/a/:/b/:ro,z", Mount("bind", "/a", "/b", True, {**MADE, "selinux": "z"})),
        ("/a:/b:rw,rslave", Mount("bind", "/a", "/b", options={**MADE, "propagation": "rslave"})),
        ("files:/b:nocopy", Mount("volume", "files", "/b", options={"nocopy": True})),
    ],
)  # fmt: skip
def test_the_older_form_of_mounts(bind: str, mount: Mount) -> None:
    assert mounts(item(HostConfig={"Binds": [bind]})).mounts == (mount,)


def test_variables_from_elsewhere_are_not_compared() -> None:
    made = as_inspected(create_body("web", RunSpec(environment={"A": "then", "B": "1"})), {})
    now = RunSpec(environment={"A": "now", "B": "1"})
    assert differences(made, {}, now, "web") == ["environment"]
    assert differences(made, {}, now, "web", unsure=["A"]) == []


def test_the_apps_own_alias_is_no_difference() -> None:
    made = as_inspected(create_body("web", RunSpec(networks={"front": ("www", "web")})), {})
    assert differences(made, {}, RunSpec(networks={"front": ("www",)}), "web") == []
    assert differences(made, {}, RunSpec(networks={"front": ("other",)}), "web") == ["networks"]
