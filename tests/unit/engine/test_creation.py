"""What is asked of the engine to create a container, and what goes into its environment."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.engine.container.creation import create_body
from tui.engine.container.resolving import ProfileUnusable, VariableUnset, merged_environment, resolved
from tui.engine.env_files import EnvFileUnusable, parse_env_file, read_env_file
from tui.model.app import Mount, Port, RunSpec

if TYPE_CHECKING:
    from pathlib import Path

EMPTY = RunSpec(restart="no")


def body(run: RunSpec = EMPTY, **options: Any) -> dict[str, Any]:
    return create_body("web:1", run, **options).body


def test_what_is_not_set_is_left_to_image_and_engine() -> None:
    assert body() == {
        "Image": "web:1",
        "HostConfig": {"NetworkMode": "default", "RestartPolicy": {"Name": "no"}},
    }


def test_an_empty_entrypoint_takes_the_images_away() -> None:
    assert body(EMPTY._replace(entrypoint=()))["Entrypoint"] == []
    assert "Entrypoint" not in body()


def test_what_is_given_wins() -> None:
    run = RunSpec(
        environment={"A": "1", "B": None, "C": "3"},
        labels={"team": "web", "io.holdfast.app": "other"},
        ports=(Port(80, "8080"),),
        networks={"front": ("web",), "back": ()},
    )
    made = body(
        run,
        environment={"A": "2"},
        labels={"io.holdfast.app": "web"},
        ports=(Port(80, host_ip="127.0.0.1"),),
        networks={"own": ("web",)},
        restart="no",
    )
    assert made["Env"] == ["A=2", "B", "C=3"]
    assert made["Labels"] == {"team": "web", "io.holdfast.app": "web"}
    assert made["HostConfig"]["PortBindings"] == {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": ""}]}
    assert made["HostConfig"]["NetworkMode"] == "own"
    assert made["HostConfig"]["RestartPolicy"] == {"Name": "no"}
    assert "PortBindings" not in body(run, ports=())["HostConfig"]


def test_all_networks_but_the_first_are_connected_later() -> None:
    made = create_body("web:1", RunSpec(networks={"front": ("web", "www"), "back": ("db",), "mid": ()}))
    assert made.body["NetworkingConfig"] == {"EndpointsConfig": {"front": {"Aliases": ["web", "www"]}}}
    assert made.later == {"back": ("db",), "mid": ()}
    assert create_body("web:1", RunSpec(network_mode="host")).later == {}


@pytest.mark.parametrize(
    ("file", "read"),
    [
        (b"", {}),
        (b"A=1\nB=2", {"A": "1", "B": "2"}),
        (b"\xef\xbb\xbfA=1\r\n  B= 2 \r\n   \n", {"A": "1", "B": "2"}),
        (b"# a comment\n\n   # another\nA=#1 'x'\n", {"A": "#1 'x'"}),
        (b"A=x=y\nA=\n", {"A": ""}),
        (b"HOME\n", {"HOME": "/root"}),
        ("Ä=ö\n".encode(), {"Ä": "ö"}),
        (
            b"A='p$a ss' # no part of it\nB=\"x\\ty\"\nexport C: $HOME/${D:-e}\n",
            {"A": "p$a ss", "B": "x\ty", "C": "/root/e"},
        ),
    ],
)
def test_environment_files(file: bytes, read: dict[str, str]) -> None:
    assert parse_env_file(file, "web.env", {"HOME": "/root"}) == read


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (b"A=1\n=hunter2\n", "web.env, line 2: there is no name before the ="),
        (b"A=1\n\nB C=hunter2\n", "web.env, line 3: the name of a variable has a space in it"),
        (b"A=hunter2\xff\n", "web.env, line 1: not UTF-8"),
        (
            b"A=1\nPASSWORD=my$hunter2\n",
            "web.env, line 2: in the value of PASSWORD a $ is followed by a variable that is not set",
        ),
        (b"PASSWORD='hunter2\n", "web.env, line 1: the quote around the value of PASSWORD is not closed"),
        (b"A=hunter2\0\n", "web.env, line 1: it holds a zero byte"),
    ],
)
def test_a_bad_line_is_named_and_its_value_is_not(file: bytes, said: str) -> None:
    with pytest.raises(EnvFileUnusable) as caught:
        parse_env_file(file, "web.env", {})
    assert caught.value.message == said
    assert "hunter2" not in str(caught.value)
    assert caught.value.exit_status == 2


@given(st.dictionaries(st.from_regex(r"[A-Za-z_][A-Za-z0-9_.-]*", fullmatch=True), st.text()))
def test_what_is_written_is_read(variables: dict[str, str]) -> None:
    kept = {name: value for name, value in variables.items() if not set(value) & {"\\", "\0"}}
    lines = "".join(
        f"{name}='{quoted}'\n" for name, value in kept.items() for quoted in [value.replace("'", "\\'")]
    )
    assert parse_env_file(lines.encode("utf-8", "replace"), "f", {}) == {
        name: value.encode("utf-8", "replace").decode() for name, value in kept.items()
    }


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(EnvFileUnusable, match=r"none\.env: the env_file cannot be read: No such file"):
        read_env_file(str(tmp_path / "none.env"), {})
    (tmp_path / "large.env").write_bytes(b"#" * ((1 << 20) + 1))
    with pytest.raises(EnvFileUnusable, match="larger than 1 MiB"):
        read_env_file(str(tmp_path / "large.env"), {})


def test_later_files_and_then_the_environment_count(tmp_path: Path) -> None:
    (tmp_path / "1").write_text("A=1\nB=1\nC=1\n")
    (tmp_path / "2").write_text("B=2\nC=2\n")
    run = RunSpec(
        env_file=(str(tmp_path / "1"), str(tmp_path / "2")),
        environment={"C": "3", "USER": None},
    )
    assert merged_environment(run, {"USER": "me"}) == {"A": "1", "B": "2", "C": "3", "USER": "me"}


@pytest.mark.parametrize(
    ("run", "environ", "said"),
    [
        (
            RunSpec(environment={"TOKEN": None}),
            {},
            "environment: TOKEN is to be passed on, and is not set here",
        ),
        (RunSpec(interpolated={"TOKEN": "${SECRET}"}), {}, "SECRET is not set"),
        (RunSpec(interpolated={"TOKEN": "${SECRET:?ask ops}"}), {"SECRET": ""}, "SECRET is not set: ask ops"),
        (RunSpec(interpolated={"TOKEN": "${A:-${}}"}), {}, "TOKEN cannot be filled in"),
    ],
)
def test_a_variable_that_is_passed_on_has_to_be_set(run: RunSpec, environ: dict[str, str], said: str) -> None:
    with pytest.raises(VariableUnset, match=re.escape(said)) as raised:
        merged_environment(run, environ)
    assert raised.value.exit_status == 2
    assert "TOKEN=${TOKEN:-default}" in raised.value.hint


def test_a_variable_alone_in_a_file_has_to_be_set() -> None:
    with pytest.raises(EnvFileUnusable, match=r"web\.env, line 2: TOKEN is to be passed on"):
        parse_env_file(b"A=1\nTOKEN\n", "web.env", {})
    assert parse_env_file(b"TOKEN=1\nTOKEN\n", "web.env", {}) == {"TOKEN": "1"}


@pytest.mark.parametrize(
    ("text", "environ", "value"),
    [
        ("${LEVEL:-info}", {}, "info"),
        ("${LEVEL:-info}", {"LEVEL": ""}, "info"),
        ("${LEVEL-info}", {"LEVEL": ""}, ""),
        ("${LEVEL:-info}", {"LEVEL": "two\nlines"}, "two\nlines"),
        ("${LEVEL:+set}", {"LEVEL": "x"}, "set"),
        ("${OTHER}", {"OTHER": "1"}, "1"),
    ],
)
def test_a_default_by_the_syntax_of_compose(text: str, environ: dict[str, str], value: str) -> None:
    run = RunSpec(environment={"LEVEL": "never"}, interpolated={"LEVEL": text})
    assert merged_environment(run, environ) == {"LEVEL": value}


async def test_nothing_is_left_to_read_once_resolved(tmp_path: Path) -> None:
    (tmp_path / "web.env").write_text("A=1\n")
    (tmp_path / "profile.json").write_text('{\n "defaultAction": "SCMP_ACT_ALLOW"\n}')
    run = RunSpec(
        env_file=(str(tmp_path / "web.env"),),
        environment={"USER": None},
        security_opt=(f"seccomp={tmp_path}/profile.json", "no-new-privileges", "label:disable"),
    )
    ready = await resolved(run, {"USER": "me"})
    assert ready.env_file == ()
    assert ready.environment == {"A": "1", "USER": "me"}
    assert ready.security_opt == (
        'seccomp={"defaultAction":"SCMP_ACT_ALLOW"}', "no-new-privileges", "label=disable",
    )  # fmt: skip
    assert await resolved(ready, {}) == ready


@pytest.mark.parametrize("content", [None, "not JSON"])
async def test_a_bad_seccomp_profile_is_named(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "profile.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ProfileUnusable, match=r"profile\.json: the seccomp profile"):
        await resolved(RunSpec(security_opt=(f"seccomp={path}",)), {})


def test_the_body_is_json_with_nothing_of_ours_in_it() -> None:
    run = RunSpec(command=("a",), volumes=(Mount("tmpfs", "", "/t", options={"size": 1, "mode": 0o1777}),))
    assert json.loads(json.dumps(body(run))) == body(run)
