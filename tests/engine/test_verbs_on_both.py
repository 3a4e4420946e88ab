"""Verbs that other tests do on a real engine alone: here on the simulated one and a real one, as commands."""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.engine.test_deploy import Shop, api, serving, shop
from tests.support.engine_calls import until
from tui.cli.arguments import dispatch

if TYPE_CHECKING:
    from tests.support.engine_calls import EngineCalls

__all__ = ["api", "shop"]

TREE = Path(__file__).parents[2]


@pytest.fixture
def live(shop: Shop) -> Shop:
    """With a release that serves."""

    async def release() -> None:
        await shop.release("v0.1.0")
        await shop.work("deploy", version="v0.1.0")

    asyncio.run(release())
    return shop


def said(shop: Shop, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any]:
    """The exit status of a command and the JSON that it has printed."""
    capsys.readouterr()
    status = dispatch([*words, "--host", shop.host, "--json"])
    return status, json.loads(capsys.readouterr().out)


def put(api: EngineCalls, container: str, path: str, text: str) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as tar:
        member = tarfile.TarInfo(path)
        member.size = len(text)
        tar.addfile(member, io.BytesIO(text.encode()))
    api.ask("PUT", f"/containers/{container}/archive?path=/", packed.getvalue())


def test_status_says_what_serves_and_what_can_be_gone_back_to(
    live: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    asyncio.run(live.release("v0.2.0"))
    asyncio.run(live.work("deploy", version="v0.2.0"))
    status, found = said(live, capsys, "status")
    assert status == 0
    [app] = found["apps"]
    assert app["app"] == "web"
    text = json.dumps(app)
    assert "v0.2.0" in text
    assert "v0.1.0" in text
    assert dispatch(["status", "web", "--host", live.host]) == 0
    shown = capsys.readouterr().out
    assert "r2" in shown
    assert "r1 v0.1.0" in shown


def test_drift_of_a_fresh_deploy_is_none_and_of_a_changed_file_is_said(
    live: Shop, api: EngineCalls, capsys: pytest.CaptureFixture[str]
) -> None:
    status, found = said(live, capsys, "drift", "web")
    assert (status, found["apps"][0]["causes"]) == (0, []), found
    put(api, "web", "www/forged.html", "not what was deployed\n")
    status, found = said(live, capsys, "drift", "web")
    assert status == 1
    assert "/www/forged.html" in json.dumps(found)


def test_drift_of_a_tag_that_moved_on_the_engine(
    live: Shop, api: EngineCalls, capsys: pytest.CaptureFixture[str]
) -> None:
    asyncio.run(live.release("v0.2.0"))
    api.tag(f"{live.project.image}:v0.2.0", f"{live.project.image}:v0.1.0")
    status, found = said(live, capsys, "drift", "web")
    assert status == 1
    assert "v0.1.0" in json.dumps(found["apps"][0]["causes"])


def test_a_test_that_fails_says_what_it_said_and_leaves_nothing(shop: Shop, api: EngineCalls) -> None:
    before = serving(api)
    shop.configure('command = ["grep"', 'command = ["grep", "-c", "orders", "/www/index.html"]\n# ["grep"')
    asyncio.run(shop.work("build"))
    error = asyncio.run(shop.fail("test"))
    assert "1" in error.message
    assert "0" in shop.output().splitlines()
    assert serving(api) == before
    assert not [one for one in api.get("/networks") if one["Name"].startswith("holdfast-test-")]


def test_an_interrupted_deploy_is_recovered(live: Shop, api: EngineCalls) -> None:
    asyncio.run(live.release("v0.2.0"))
    live.configure("bake = 0.2", "bake = 60")
    words = [sys.executable, "-m", "tui", "deploy", "web", "v0.2.0", "--yes", "--host", live.host]
    process = subprocess.Popen(
        words,
        env={**os.environ, "PYTHONPATH": str(TREE)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=live.project.folder,
    )
    until(lambda: serving(api) == {"web": "running", "web.r1": "exited", "web.lease": "created"})
    process.send_signal(signal.SIGKILL)
    process.wait()
    live.configure("bake = 60", "bake = 0.2")
    asyncio.run(live.work("recover"))
    assert serving(api).get("web") == "running"
    assert "web.lease" not in serving(api)
    assert "v0." in live.page()
    asyncio.run(live.work("deploy", version="v0.2.0", again=True))
    assert "v0.2.0" in live.page()


def test_a_container_of_somebody_s_becomes_an_app(
    shop: Shop, api: EngineCalls, capsys: pytest.CaptureFixture[str]
) -> None:
    environment = ["COLOUR=blue"]
    api.run("sleep", "600", name="older", Env=environment, HostConfig={"RestartPolicy": {"Name": "always"}})
    assert dispatch(["adopt", "older", "--yes", "--host", shop.host]) == 0
    status, found = said(shop, capsys, "history", "older")
    assert status == 0
    assert "adopt" in json.dumps(found)
    written = Path(os.environ["XDG_CONFIG_HOME"], "holdfast/apps.d/older.toml").read_text()
    assert 'COLOUR = "blue"' in written
    assert 'restart = "always"' in written
    status, found = said(shop, capsys, "status", "older")
    assert status == 0
    assert '"r1"' in json.dumps(found) or '"release": 1' in json.dumps(found)
