"""The dashboard opens where the folder's app lives, where nobody has named another engine."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tui.operations.looking.endpoint_choice import Named
from tui.operations.looking.opening import opening
from tui.settings.load import load

if TYPE_CHECKING:
    from collections.abc import Iterator

DEFAULT = "unix:///var/run/docker.sock"


@pytest.fixture(autouse=True)
def listening(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The socket of the second of three engines, which alone answers."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in ("DOCKER_HOST", "DOCKER_CONTEXT"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "config/holdfast").mkdir(parents=True)
    configure("")
    path = tmp_path / "two.sock"
    with socket.socket(socket.AF_UNIX) as unix:
        unix.bind(str(path))
        unix.listen()
        yield path


def configure(more: str) -> None:
    here = Path.cwd()
    tables = [f'[engines.{name}]\nhost = "unix://{here}/{name}.sock"\n' for name in ("one", "two", "three")]
    Path("config/holdfast/config.toml").write_text(more + "".join(tables))


def opened(text: str) -> str:
    Path("holdfast.toml").write_text(text)
    return opening(load(), Named()).url


def test_on_the_first_engine_of_a_fleet_that_answers(listening: Path) -> None:
    app = '[apps.web]\nimage = "web"\nengines = ["one", "two", "three"]\n'
    assert opened(app) == f"unix://{listening}"
    assert not opening(load(), Named()).asked, "it was not asked for: other apps live elsewhere"
    listening.unlink()
    assert opened(app) == f"unix://{listening.parent}/one.sock", "none answers: it says of the first why"


def test_on_the_one_that_an_app_lives_on(listening: Path) -> None:
    assert opened('[apps.web]\nimage = "web"\nengine = "two"\n') == f"unix://{listening}"


def test_where_somebody_named_another_it_is_that(listening: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = '[apps.web]\nimage = "web"\nengines = ["two", "three"]\n'
    here = listening.parent
    assert opened(app) == f"unix://{listening}"
    assert opening(load(), Named(context="three")).url == f"unix://{here}/three.sock"
    monkeypatch.setenv("DOCKER_HOST", "unix:///srv/x.sock")
    assert opened(app) == "unix:///srv/x.sock"
    monkeypatch.delenv("DOCKER_HOST")
    configure('engine = "one"\n')
    assert opened(app) == f"unix://{here}/one.sock"


def test_what_may_not_be_reached_and_what_is_left_alone_is_passed_over(listening: Path) -> None:
    evil = 'engines = ["ssh://root@evil.example.com", "two"]\n'
    assert opened(f'[apps.web]\nimage = "web"\n{evil}') == f"unix://{listening}"
    assert opened('[apps.web]\nimage = "web"\nengine = "ssh://root@evil.example.com"\n') == DEFAULT
    with Path("config/holdfast/config.toml").open("a") as file:
        file.write("enabled = false\n")  # of the last table, the third
    assert opened('[apps.web]\nimage = "web"\nengine = "three"\n') == DEFAULT


def test_an_app_without_an_engine_lives_where_docker_is() -> None:
    assert opened('[apps.web]\nimage = "a"\n[apps.api]\nimage = "b"\nengine = "two"\n') == DEFAULT
