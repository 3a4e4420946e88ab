"""However it is said which engine is meant: dashboard, command line and process mean the same one."""

from __future__ import annotations

import asyncio
import hashlib
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, NamedTuple, NoReturn

import pytest

from tests.support.allowing import allow_file
from tui.cli import dashboard
from tui.cli.arguments import dispatch
from tui.engine.client import Engine
from tui.engine.endpoint import DEFAULT_SOCKET, Endpoint
from tui.engine.ref import EngineRef
from tui.errors import HoldfastError
from tui.operations.process import __main__ as process
from tui.operations.process.request import Request
from tui.settings.load import load
from tui.store.store import Store
from tui.sync.session import EngineSession

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

PROD = "unix:///prod.sock"
BY_CONTEXT = Endpoint(PROD, "context prod")

APP = """\
[apps.web]
image = "registry:5000/web"
[apps.web.build]
context = "."
"""


class Way(NamedTuple):
    """A way of saying which engine: options, variables, `engine` in the configuration, Docker's own."""

    means: EngineRef
    options: tuple[str, ...] = ()
    environ: tuple[str, str] = ("", "")
    engine: str = ""
    docker: str = ""


WAYS = {
    "nothing": Way(EngineRef(Endpoint(f"unix://{DEFAULT_SOCKET}", "default socket"))),
    "--host": Way(EngineRef(Endpoint(PROD, "--host"), PROD, asked=True), ("--host", PROD)),
    "--context": Way(EngineRef(BY_CONTEXT, "prod", asked=True), ("--context", "prod")),
    "both": Way(
        EngineRef(Endpoint(PROD, "--host"), PROD, asked=True), ("--context", "other", "--host", PROD)
    ),
    "DOCKER_HOST": Way(EngineRef(Endpoint(PROD, "DOCKER_HOST"), PROD), environ=("DOCKER_HOST", PROD)),
    "DOCKER_CONTEXT": Way(EngineRef(BY_CONTEXT, "prod"), environ=("DOCKER_CONTEXT", "prod")),
    "engine, a context": Way(EngineRef(Endpoint(PROD, "the configuration"), "prod"), engine="prod"),
    "engine, an endpoint": Way(EngineRef(Endpoint(PROD, "the configuration"), PROD), engine=PROD),
    "docker context use": Way(EngineRef(BY_CONTEXT), docker="prod"),
    "a variable before the file": Way(
        EngineRef(Endpoint(PROD, "DOCKER_HOST"), PROD), environ=("DOCKER_HOST", PROD), engine="other"
    ),
    "an option before all": Way(
        EngineRef(BY_CONTEXT, "prod", asked=True),
        ("--context", "prod"),
        environ=("DOCKER_HOST", "unix:///x.sock"),
        engine="other",
        docker="other",
    ),
}


class Enough(HoldfastError):
    """The test knows what it wanted to know."""


@pytest.fixture(params=WAYS.values(), ids=WAYS)
def way(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Way:
    way: Way = request.param
    for name in ("DOCKER_HOST", "DOCKER_CONTEXT", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))
    monkeypatch.chdir(tmp_path)
    for name, url in (("prod", PROD), ("other", "unix:///other.sock")):
        folder = tmp_path / "docker/contexts/meta" / hashlib.sha256(name.encode()).hexdigest()
        folder.mkdir(parents=True)
        (folder / "meta.json").write_text(json.dumps({"Endpoints": {"docker": {"Host": url}}}))
    if way.docker:
        (tmp_path / "docker/config.json").write_text(json.dumps({"currentContext": way.docker}))
    if way.environ[0]:
        monkeypatch.setenv(*way.environ)
    engine = f'engine = "{way.engine}"\n' if way.engine else ""
    (tmp_path / "holdfast.toml").write_text(engine + APP)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    allow_file()
    return way


def opened(way: Way, monkeypatch: pytest.MonkeyPatch) -> EngineRef:
    """The engine that the dashboard opens."""
    seen: list[EngineRef] = []

    def show(settings: object, configured: object, engine: EngineRef, *, read_only: bool) -> int:
        seen.append(engine)
        return 0

    monkeypatch.setattr(dashboard, "_open", show)
    for stream in ("stdin", "stderr"):
        monkeypatch.setattr(f"sys.{stream}.isatty", lambda: True, raising=False)
    assert dispatch(way.options) == 0
    return seen[0]


def asked(way: Way, monkeypatch: pytest.MonkeyPatch) -> Request:
    """What an operation on the command line asks for."""
    seen: list[Request] = []

    @asynccontextmanager
    async def prepared(request: Request, _: object) -> AsyncIterator[NoReturn]:
        seen.append(request)
        raise Enough("")
        yield

    monkeypatch.setattr("tui.operations.process.prepared.prepared", prepared)
    assert dispatch(("build", "web", *way.options)) == 1
    return seen[0]


def connected(monkeypatch: pytest.MonkeyPatch) -> list[Endpoint]:
    """Where somebody connects to from now on."""
    seen: list[Endpoint] = []

    async def connect(endpoint: Endpoint) -> NoReturn:
        seen.append(endpoint)
        raise Enough("")

    monkeypatch.setattr(Engine, "connect", connect)
    return seen


def test_the_dashboard_means_it(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = opened(way, monkeypatch)
    assert shown == way.means
    assert EngineSession(shown, load(), Store()).request().engine == way.means


def test_an_operation_on_the_command_line_means_it(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked(way, monkeypatch).engine == way.means


@pytest.mark.parametrize("verb", ["status", "history", "drift", "unlock", "doctor", "deploy"])
def test_whatever_looks_at_it_means_it(
    verb: str, way: Way, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = connected(monkeypatch)
    assert dispatch((verb, *way.options, *(("web",) if verb != "doctor" else ()))) == 1
    assert seen == [way.means.endpoint]


async def test_the_process_goes_there_whatever_the_words_mean_by_now(
    way: Way, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = (await asyncio.to_thread(asked, way, monkeypatch)).line()
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("DOCKER_HOST", "unix:///now.sock")
    (tmp_path / "holdfast.toml").write_text(APP)
    seen = connected(monkeypatch)
    with pytest.raises(Enough):
        await process._run(Request.read(line))
    assert seen == [way.means.endpoint]


def test_the_file_of_the_command_line_is_the_process_s(tmp_path: Path) -> None:
    named = tmp_path / "other.toml"
    named.write_text(APP)
    settings = load(str(named))
    session = EngineSession(EngineRef(Endpoint(PROD, "--host")), settings, Store())
    assert session.request().config == str(named)
    session.take(load(str(named)))
    assert session.request().config == str(named)
    session.take(load())
    assert session.request().config == ""
