"""Files of apps as they are written: read again they say the same, and hold no surprise."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from tests.unit.engine.test_adoption import RUNS
from tui.engine.container.adoption import adoption
from tui.engine.container.comparison import as_inspected
from tui.engine.container.creation import create_body
from tui.errors import HoldfastError, Refused
from tui.model.app import Mount, Port, RunSpec, Ulimit
from tui.settings.app_file import AppFile, app_file, write_app
from tui.settings.load import load

ENVIRON = {"XDG_CONFIG_HOME": "/nowhere"}


def written(run: RunSpec, environ: dict[str, str] | None = None, **more: Any) -> AppFile:
    return app_file("web", "reg:5000/web", run, ["Adopted."], environ=environ or ENVIRON, **more)


@given(RUNS)
def test_what_was_read_of_a_container_is_read_again(run: RunSpec) -> None:
    run = adoption(as_inspected(create_body("web", run), {}), {}).run
    file = written(run)
    assert file.left == ()
    assert file.app.run == run


@pytest.mark.parametrize(
    "run",
    [
        RunSpec(),
        RunSpec(
            ports=(Port(80, "8080"), Port(81, "8081", "127.0.0.1"), Port(53, "53", "::1", "udp"), Port(9))
        ),
        RunSpec(ulimits=(Ulimit("nofile", 1, 2), Ulimit("nproc", 3, 3), Ulimit("core", 0, 0))),
        RunSpec(volumes=(Mount("volume", "files", "/f", True, {"selinux": "z", "nocopy": True}),)),
        RunSpec(environment={"A": None, "B": "1=2", "C": 'quo"te\n\x1b'}),
        RunSpec(labels={"a.b/c": "é \U0001f600"}, command=("echo", "$HOME", "")),
        RunSpec(networks={"front": ("a",), "back": ()}),
    ],
)
def test_the_whole_way_through_the_files(run: RunSpec, home: dict[str, str]) -> None:
    file = written(run, home)
    write_app(file)
    assert load(None, home).apps["web"] == file.app
    assert (file.app.run, file.app.image, file.app.origin) == (run, "reg:5000/web", file.path)
    path = Path(file.path)
    assert path == Path(home["XDG_CONFIG_HOME"]) / "holdfast/apps.d/web.toml"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(path.parent) == ["web.toml"]


def test_the_engine_is_named() -> None:
    assert written(RunSpec(), engine="prod").app.engines == ("prod",)


def test_secrets_are_in_the_file_and_not_in_what_is_shown() -> None:
    run = RunSpec(
        environment={"API_TOKEN": "hunter2", "URL": "postgres://me:hunter2@db/x", "LEVEL": "info"},
        command=("serve", "--password", "hunter2"),
        labels={"secret": "hunter2"},
    )
    file = written(run)
    assert file.text.count("hunter2") == 4
    shown = "\n".join(file.shown)
    assert "hunter2" not in shown
    assert 'LEVEL = "info"' in shown


def test_secrets_in_a_list_of_variables_are_masked_too() -> None:
    file = written(RunSpec(environment={"AWAY": None, "API_TOKEN": "hunter2"}))
    assert "hunter2" in file.text
    assert "hunter2" not in "\n".join(file.shown)


def test_what_a_configuration_does_not_take_is_left_out_and_said() -> None:
    file = written(RunSpec(user="who@example.com", hostname="web"))
    assert file.app.run == RunSpec(hostname="web")
    [left] = file.left
    assert left.startswith("user = 'who@example.com' is not allowed")


def test_an_image_that_is_no_repository_is_refused() -> None:
    with pytest.raises(HoldfastError, match="cannot be written as an app") as caught:
        app_file("web", "Not A Repository", RunSpec(), [], environ=ENVIRON)
    assert caught.value.detail


def test_comments_cannot_break_out() -> None:
    file = app_file("web", "web", RunSpec(), ["one\nimage = 'x'\x1b"], environ=ENVIRON)
    assert file.app.image == "web"
    assert "\x1b" not in file.text


def test_a_file_is_never_overwritten(home: dict[str, str]) -> None:
    file = written(RunSpec(), home)
    write_app(file)
    before = Path(file.path).read_bytes()
    with pytest.raises(Refused, match="exists and is not overwritten"):
        write_app(written(RunSpec(user="other"), home))
    assert Path(file.path).read_bytes() == before
    assert os.listdir(os.path.dirname(file.path)) == ["web.toml"]


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "holdfast").write_text("a file")
    with pytest.raises(HoldfastError, match="cannot be written"):
        write_app(written(RunSpec(), {"XDG_CONFIG_HOME": str(tmp_path)}))
