"""What `holdfast doctor` says of interrupted operations, variables, keys, and a silent engine."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tui.cli import doctor_engine_checks
from tui.cli.doctor_checks import had_changed, keys, unsettled
from tui.journal.reader import Summary
from tui.model.app import AppSpec
from tui.model.operation import Ended, Logged, Started, StepChanged, Warned
from tui.operations.looking.endpoint_choice import Named
from tui.settings.load import load
from tui.settings.schema import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

VERSION = {"Version": "28.0.0", "ApiVersion": "1.48", "MinAPIVersion": "1.24", "Os": "linux", "Arch": "amd64"}
INFO = {
    "Name": "here",
    "Driver": "overlay2",
    "DockerRootDir": "/var/lib/docker",
    "ID": "a",
    "SystemTime": "2026-11-24T12:00:00Z",
}


def one(verb: str, app: str = "web", *, ok: bool | None = True, engine: str = "unix:///s") -> Summary:
    """`ok` is None where it was interrupted."""
    started = Started(1.0, f"op-{verb}-{app}", verb, app, engine, "ann", "ci", 1)
    return Summary(Path(), started, Ended(2.0, ok, 1.0) if ok is not None else None, alive=False)


@pytest.mark.parametrize("later", ["recover", "deploy", "rollback", "ship"])
@pytest.mark.parametrize("verb", ["deploy", "rollback", "ship"])
def test_what_was_recovered_is_not_warned_about(verb: str, later: str) -> None:
    assert unsettled([one(later), one(verb, ok=None)]) == []


@pytest.mark.parametrize(
    "later",
    [one("recover", ok=False), one("recover", "other"), one("recover", engine="tcp://b"), one("build")],
)
def test_what_was_not_recovered_is(later: Summary) -> None:
    broken = one("deploy", ok=None)
    assert unsettled([later, broken]) == [broken]
    assert unsettled([broken, one("recover")]) == [broken]  # that was before


STARTED = Started(1.0, "op", "deploy", "web", "unix:///s", "ann", "ci", 1)


def test_what_was_interrupted_before_it_changed_anything_is_not_warned_about() -> None:
    told = [
        STARTED,
        Warned(1.0, "look"),
        StepChanged(1.0, "lease", "running"),
        StepChanged(2.0, "lease", "done", 1.0),
        StepChanged(3.0, "pull", "running"),
        Logged(3.0, "pull", 1, "layer"),
    ]
    assert not had_changed(told)
    assert not had_changed([STARTED, StepChanged(1.0, "ship-deploy/lease", "running")])
    assert had_changed([*told, StepChanged(4.0, "record r2", "running")])
    assert had_changed([*told, StepChanged(4.0, "networks", "running")])


def test_keys_that_no_command_has_are_named() -> None:
    found = [*keys(Settings(keys={"app.biuld": ("b",)}))]
    assert [(one.name, one.state) for one in found] == [("keys", "warning")]
    assert "app.biuld: there is no such command" in found[0].message
    assert [*keys(Settings())] == []


async def found_with(settings: Settings, host: str) -> list[doctor_engine_checks.Finding]:
    return [one async for one in doctor_engine_checks.engine_and_apps(settings, Named(host))]


async def test_every_variable_that_is_not_set_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SET_HERE", "x")
    monkeypatch.delenv("DB_PASSWORD", raising=False)
    Path("app.env").write_text("URL=$$x\nTOKEN=$MISSING_TOKEN\n")
    Path("holdfast.toml").write_text(
        '[apps.web.run]\nenvironment = ["DB_PASSWORD", "SET_HERE", "A=${MISSING_A}", "B=${MISSING_B:-b}"]\n'
        'env_file = ["app.env", "gone.env"]\n'
    )
    found = await found_with(load(None, {"HOME": str(tmp_path)}), f"unix://{tmp_path}/none.sock")
    said = [one.message for one in found if one.name == "app web" and one.state == "warning"]
    for name in ("app.env, line 2: in the value of TOKEN", "gone.env", "DB_PASSWORD", "MISSING_A"):
        assert any(name in one for one in said), (name, said)
    assert not any("SET_HERE" in one or "MISSING_B" in one for one in said)


@asynccontextmanager
async def engine_silent_to(path: Path, call: str) -> AsyncIterator[str]:
    """An engine that answers everything but one call."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (line := await reader.readline()) and line.strip():
            wanted = line.split()[1].decode()
            while (await reader.readline()).strip():
                pass
            if call in wanted:
                await reader.read()  # until whoever asks has gone
            body = json.dumps(INFO if "/info" in wanted else VERSION).encode()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))

    server = await asyncio.start_unix_server(serve, path)
    yield f"unix://{path}"
    server.close()


@pytest.mark.parametrize(
    ("call", "name", "then"),
    [("/_ping", "builder", "storage"), ("/info", "engine", "app web"), ("/version", "engine", "app web")],
)
async def test_an_engine_that_is_silent_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, name: str, then: str
) -> None:
    """What is not answered is said, and the rest is looked at all the same."""
    monkeypatch.chdir(tmp_path)
    for bound in ("CONNECT_SECONDS", "ANSWER_SECONDS"):
        monkeypatch.setattr(doctor_engine_checks, bound, 1.0)
    Path("holdfast.toml").write_text("[apps.web]\n")
    settings = load(None, {"HOME": str(tmp_path)})
    async with engine_silent_to(tmp_path / "s", call) as host:
        found = await found_with(settings, host)
    problems = [one for one in found if one.state == "problem"]
    assert [(one.name, "did not answer within" in one.message) for one in problems] == [(name, True)]
    assert then in [one.name for one in found]


def test_all_questions_together_end_before_twenty_seconds() -> None:
    assert (
        doctor_engine_checks.CONNECT_SECONDS + 2 * doctor_engine_checks.ANSWER_SECONDS
        < doctor_engine_checks.SECONDS
        < 20
    )


async def test_a_variable_that_names_another_engine_than_an_apps_own_is_warned_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/here.sock")
    web = AppSpec("web", "web", "holdfast.toml", engines=(f"unix://{tmp_path}/there.sock",))
    warned = [one for one in await found_with(Settings(apps={"web": web}), "") if one.state == "warning"]
    assert [one.name for one in warned] == ["app web"]
    assert warned[0].message.startswith("DOCKER_HOST names unix://")
