"""An incident bundle of an app that runs, on the simulated and on a real engine."""

from __future__ import annotations

import json
import tarfile
import time
from typing import TYPE_CHECKING

import pytest

from tui.cli.arguments import dispatch
from tui.engine.client import Engine
from tui.engine.endpoint import Endpoint

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.engine_calls import EngineCalls

SECRET = "Zq9!vt+3/rather-long"


def created(api: EngineCalls, *command: str, **labels: str) -> str:
    named = {f"io.holdfast.{name}": value for name, value in labels.items()}
    env = [f"LINK={SECRET}", "SIZE=7"]
    return api.run(*command, name="web", Env=env, Labels={"io.holdfast.app": "web", **named})


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, both_host: str) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("DOCKER_HOST", both_host)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "holdfast.toml").write_text('[apps.web]\nimage = "web"\n')
    return tmp_path


def opened(path: Path) -> dict[str, str]:
    with tarfile.open(path) as tar:
        files = {member.name: tar.extractfile(member) for member in tar.getmembers()}
        return {name.partition("/")[2]: file.read().decode() for name, file in files.items() if file}


def test_the_live_container_s_log_state_and_events_without_what_it_was_told(
    home: Path, both_api: EngineCalls, capfd: pytest.CaptureFixture[str]
) -> None:
    both_api.import_busybox()
    created(both_api, "sh", "-c", f"echo it says {SECRET}; echo done; sleep 100", release="1")
    time.sleep(1)

    assert dispatch(["bundle", "web", "--output", str(home / "x.tar.gz")]) == 0

    said = capfd.readouterr()
    assert said.out == f"{home}/x.tar.gz\n"
    files = opened(home / "x.tar.gz")
    raw = "\n".join(files.values())
    assert SECRET not in raw
    assert "running" in files["containers/web.txt"]
    assert "LINK" in files["containers/web.txt"]
    assert any(json.loads(line)["action"] == "start" for line in files["events.jsonl"].splitlines())
    assert json.loads(files["engine.json"])["endpoint"].startswith("unix://")
    assert "causes" in json.loads(files["drift.json"])


@pytest.mark.parametrize("kind", ["real"], indirect=True)
def test_a_log_that_never_ends_is_bounded_and_the_newest_of_it(
    home: Path, both_api: EngineCalls, both_host: str, kind: str
) -> None:
    both_api.import_busybox()
    created(both_api, "sh", "-c", f"yes 'filler {SECRET} filler' | head -200000; yes more")
    time.sleep(3)
    began = time.monotonic()

    assert dispatch(["bundle", "web", "--output", str(home / "x.tar.gz"), "--log-size", "1"]) == 0

    assert time.monotonic() - began < 150
    files = opened(home / "x.tar.gz")
    assert 0 < len(files["logs/web.log"]) < 3_000_000
    assert SECRET not in files["logs/web.log"]
    [entry] = [one for one in json.loads(files["manifest.json"])["files"] if one["name"] == "logs/web.log"]
    assert entry["left_out"]


@pytest.mark.parametrize("kind", ["real"], indirect=True)
async def test_the_newest_lines_are_those_that_are_kept(
    both_api: EngineCalls, both_host: str, kind: str
) -> None:
    both_api.import_busybox()
    id = created(both_api, "sh", "-c", "seq 1 30000")
    async with await Engine.connect(Endpoint(both_host, "the test")) as engine:
        await engine.containers.wait(id)
        end = await engine.log_end(id, tty=False, most=10_000, seconds=20)
        whole = await engine.log_end(id, tty=False, most=10_000_000, seconds=20)
    assert end.lines[-1].text == b"30000"
    assert sum(len(line.text) + len(line.at) for line in end.lines) <= 10_000
    assert "the last" in end.cut
    assert (len(whole.lines), whole.cut) == (30_000, "")
