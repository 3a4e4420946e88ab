"""`holdfast engines` and `status` ask every engine by itself, and leave alone what is to be left alone."""

from __future__ import annotations

import asyncio
import hashlib
import json
import socket
import time
from typing import TYPE_CHECKING

import pytest

from tui.cli.arguments import dispatch
from tui.demo.launch import DemoEngine
from tui.operations.looking import engine_look

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CONFIG = """\
[engines.quick]
host = "{quick}"
colour = "red"
[engines.silent]
host = "{silent}"
[engines.away]
host = "unix://{folder}/away.sock"
[apps.web]
image = "shop/web"
engines = ["quick", "silent", "away"]
"""


@pytest.fixture(scope="module")
def quick() -> Iterator[str]:
    engine = DemoEngine(containers=4, running=0.5)
    endpoint = asyncio.run(engine.start())
    yield endpoint.url
    engine.stop_process()


@pytest.fixture
def silent(tmp_path: Path) -> Iterator[str]:
    """A socket on which somebody listens and says nothing."""
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "silent.sock"))
        listening.listen(64)
        yield f"unix://{tmp_path}/silent.sock"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quick: str, silent: str) -> Path:
    for name in ("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tui.engine.contexts.DEFAULT_SOCKET", "/nowhere.sock")
    monkeypatch.setattr("tui.engine.endpoint.DEFAULT_SOCKET", "/nowhere.sock")
    monkeypatch.setattr(engine_look, "LIMIT", 1.0)
    (tmp_path / "holdfast").mkdir()
    config = tmp_path / "holdfast" / "config.toml"
    config.write_text(CONFIG.format(quick=quick, silent=silent, folder=tmp_path))
    context = tmp_path / ".docker" / "contexts" / "meta" / hashlib.sha256(b"lab").hexdigest()
    context.mkdir(parents=True)
    made = {"Name": "lab", "Endpoints": {"docker": {"Host": quick}}}
    (context / "meta.json").write_text(json.dumps(made))
    return tmp_path


def told(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, object]]:
    return {one["engine"]: one for one in json.loads(capsys.readouterr().out)["engines"]}


def test_each_says_how_it_is_and_none_waits_for_another(capsys: pytest.CaptureFixture[str]) -> None:
    began = time.monotonic()
    assert dispatch(["engines", "--json"]) == 3
    assert time.monotonic() - began < 3.0
    found = told(capsys)
    assert [*found] == ["quick", "silent", "away"], "lab is quick; there is no default socket"
    assert found["quick"]["answers"]
    assert found["quick"]["names"] == ["quick", "lab"]
    assert (found["quick"]["running"], found["quick"]["containers"]) == (2, 4)
    why = {"message": "no answer within 1 s", "hint": "look closer: holdfast --context silent doctor"}
    assert found["silent"]["error"] == why
    assert "there is no Docker socket at" in str(found["away"]["error"])
    assert found["away"]["configured"] == ["web"]


def test_what_is_left_alone_is_not_asked_unless_it_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = folder / "holdfast" / "config.toml"
    text = config.read_text()
    text = text.replace("[engines.silent]", '[engines.silent]\nmaintenance = "until 2999-01-01"')
    config.write_text(text.replace("[engines.away]", "[engines.away]\nenabled = false"))
    assert dispatch(["engines"]) == 0
    said = capsys.readouterr().out
    assert "silent: left alone: maintenance until 2999-01-01" in said
    assert "away: left alone: enabled = false" in said
    assert dispatch(["status", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [one["called"] for one in told["apps"]] == ["quick"]
    assert [one["engine"] for one in told["left_alone"]] == ["silent", "away"]
    assert dispatch(["engines", "--context", "away"]) == 3
    assert "there is no Docker socket at" in capsys.readouterr().err


def test_the_apps_are_shown_over_all_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert dispatch(["engines", "--apps"]) == 3
    lines = capsys.readouterr().out.splitlines()
    at = lines.index("web   not live on quick, not known on silent, away")
    assert [line.split()[0] for line in lines[at + 2 : at + 5]] == ["away", "quick", "silent"]


def test_status_names_the_engine_that_does_not_answer_in_time(capsys: pytest.CaptureFixture[str]) -> None:
    began = time.monotonic()
    assert dispatch(["status", "--json"]) == 3
    assert time.monotonic() - began < 3.0
    told = json.loads(capsys.readouterr().out)
    assert [one["called"] for one in told["apps"]] == ["quick"]
    assert {one["engine"]: one["message"] for one in told["errors"]}["silent"] == "no answer within 1 s"


def test_a_name_of_a_context_is_neither_a_line_nor_bad_utf_8(
    folder: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    for number, name in enumerate(["evil\nholdfast: all is well", "half \udcff"]):
        context = folder / ".docker" / "contexts" / "meta" / f"{number}"
        context.mkdir(parents=True)
        made = {"Name": name, "Endpoints": {"docker": {"Host": f"unix:///away-{number}.sock"}}}
        (context / "meta.json").write_text(json.dumps(made))
    assert dispatch(["engines", "--json"]) == 3
    names = [
        one["engine"]
        for one in json.loads(capsysbinary.readouterr().out.decode("utf-8", "strict"))["engines"]
    ]
    assert any("half" in name for name in names)
    assert dispatch(["engines"]) == 3
    assert b"\nholdfast: all is well" not in capsysbinary.readouterr().err


@pytest.fixture
def shop() -> Iterator[str]:
    """An engine on which apps are live."""
    engine = DemoEngine(apps=True)
    yield asyncio.run(engine.start()).url
    engine.stop_process()


def test_an_engine_that_is_reached_in_two_ways_is_one_in_the_list_of_apps(
    folder: Path, shop: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "again.sock").hardlink_to(shop.removeprefix("unix://"))
    (folder / "holdfast" / "config.toml").write_text(
        f'[engines.local]\nhost = "unix://{folder}/again.sock"\n[engines.edge-1]\nhost = "{shop}"\n'
        '[apps.storefront]\nimage = "shop/storefront"\nengines = ["edge-1"]\n'
    )
    (folder / ".docker").rename(folder / "no.docker")
    assert dispatch(["engines", "--apps"]) == 0
    said = capsys.readouterr().out
    assert "local: the same engine as edge-1" in said
    assert "edge-1, also as local" in said
    assert "storefront   edge-1 on v1.4.0" in said
    assert dispatch(["engines", "--json"]) == 0
    assert {name: one["same_as"] for name, one in told(capsys).items()} == {"edge-1": None, "local": "edge-1"}


def test_an_engine_that_a_clone_may_not_name_is_said_to_be_not_allowed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, quick: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "holdfast/config.toml").write_text(f'engine = "{quick}"\n')
    (folder / "clone").mkdir()
    monkeypatch.chdir(folder / "clone")
    (folder / "clone/holdfast.toml").write_text('[engines.sneaky]\nhost = "ssh://root@evil.example.com"\n')
    assert dispatch(["engines"]) == 0
    said = capsys.readouterr()
    [row] = [line for line in said.out.splitlines() if line.startswith("sneaky")]
    assert "- not allowed" in row
    assert "no answer" not in said.out
    assert "left alone" not in said.out
    [told] = [line for line in said.err.splitlines() if "is not reached" in line]
    assert told.startswith("holdfast: sneaky is not reached: ")
    assert "holdfast allow" in said.err


def test_of_many_engines_that_a_clone_may_not_name_a_few_are_told_of(
    folder: Path, monkeypatch: pytest.MonkeyPatch, quick: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "holdfast/config.toml").write_text(f'engine = "{quick}"\n')
    (folder / "clone").mkdir()
    monkeypatch.chdir(folder / "clone")
    named = "".join(
        f'[engines.e{number}]\nhost = "ssh://root@e{number}.example.com"\n'
        f'[apps.a{number}]\nengine = "e{number}"\n'
        for number in range(20)
    )
    (folder / "clone/holdfast.toml").write_text(named)
    for verb in ("engines", "status", "history", "drift"):
        dispatch([verb])
        told = [line for line in capsys.readouterr().err.splitlines() if "not reached" in line]
        assert len(told) == 4, verb
        assert told[-1] == "holdfast: and 17 more are not reached, for the same reason"
