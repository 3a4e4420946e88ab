"""For every suite: nobody's own environment, and engines and registries that belong to the tests."""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING

import pytest

from tests.support import generated
from tests.support.engine_calls import EngineCalls
from tests.support.private_engine import PrivateEngine
from tests.support.registry import Registry, RegistryCalls
from tui.demo.launch import DemoEngine

if TYPE_CHECKING:
    from collections.abc import Iterator

generated.begin()

_FOREIGN = ("DOCKER_", "XDG_", "HOLDFAST_")
_LOOKS = ("NO_COLOR", "COLORFGBG", "TMUX", "TERM_PROGRAM", "TEXTUAL")
_SIZES = ("COLUMNS", "LINES")  # readline sets them for the children of a pytest that has loaded it
_TOLD = ("TEXTUAL_SNAPSHOT_",)  # by the plugin for pictures, to itself


def pytest_configure(config: pytest.Config) -> None:
    """Whatever the developer has set up for Docker or Holdfast must not change what a test sees."""
    home = tempfile.TemporaryDirectory(prefix="holdfast-home-")
    config.add_cleanup(home.cleanup)
    for name in list(os.environ):
        if name.startswith((*_FOREIGN, *_LOOKS)) and not name.startswith(_TOLD):
            del os.environ[name]
    for name in _SIZES:
        os.environ.pop(name, None)
        os.unsetenv(name)  # os.environ does not know of it
    os.environ["HOME"] = home.name
    os.environ["LANG"] = os.environ["LC_ALL"] = "C.UTF-8"


@pytest.fixture(scope="session")
def private_engine() -> Iterator[PrivateEngine]:
    """The engine that all tests share: leave no container on it, and do not stop it."""
    with PrivateEngine() as engine:
        yield engine


@pytest.fixture(scope="session")
def engine_host(private_engine: PrivateEngine) -> str:
    """Its endpoint, "unix:///..."."""
    return private_engine.host


@pytest.fixture
def own_engine() -> Iterator[PrivateEngine]:
    """An engine for one test, which may stop, kill and freeze it."""
    with PrivateEngine() as engine:
        yield engine


@pytest.fixture(scope="session")
def registry() -> Iterator[Registry]:
    """A registry that asks for no login."""
    with Registry() as registry:
        yield registry


@pytest.fixture(scope="session")
def registry_with_login() -> Iterator[Registry]:
    """A registry that nobody reads or writes without its `login`."""
    with Registry(login=("releaser", "correct horse")) as registry:
        yield registry


@pytest.fixture(scope="session")
def demo_engine() -> Iterator[DemoEngine]:
    """A simulated engine with its registry, in no hurry to seem busy; it holds the tests' image alone."""
    engine = DemoEngine(containers=0, pace=0.0)
    engine.start_process()
    engine.wait_ready()
    EngineCalls(engine.endpoint.url).import_busybox()
    yield engine
    engine.stop_process()


@pytest.fixture(params=["demo", "real"])
def kind(request: pytest.FixtureRequest) -> str:
    """Which engine a test has that is done on both: the simulated one, and a real one."""
    return str(request.param)


@pytest.fixture
def both_host(kind: str, request: pytest.FixtureRequest) -> str:
    """Its endpoint, "unix:///..."."""
    if kind == "real":
        return str(request.getfixturevalue("engine_host"))
    return str(request.getfixturevalue("demo_engine").endpoint.url)


@pytest.fixture
def both_api(both_host: str) -> Iterator[EngineCalls]:
    """Calls to it; what stands on it after the test is removed."""
    api = EngineCalls(both_host)
    yield api
    api.sweep()


@pytest.fixture
def both_registry(kind: str, request: pytest.FixtureRequest) -> RegistryCalls:
    """A registry that it pushes to."""
    own = request.getfixturevalue("registry" if kind == "real" else "demo_engine")
    return RegistryCalls(own.address if kind == "real" else own.registry)
