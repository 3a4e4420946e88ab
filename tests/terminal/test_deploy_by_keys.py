"""From pushed versions to a served page and back, by keys alone, on a real engine."""

from __future__ import annotations

import re
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import pytest

from tests.support.engine_calls import until
from tests.support.ports import free_port
from tests.support.project import Project
from tests.support.terminal import SIZES
from tests.terminal.test_whole_way import LONG, command

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.engine_calls import EngineCalls
    from tests.support.registry import Registry
    from tests.support.terminal import Terminal
    from tests.terminal.conftest import OpenTerminal


class Shop(Project):
    """A project whose web server publishes `port`; v0.1.0 and v0.2.0 of it are pushed."""

    port: int

    def page(self) -> str:
        """What is served now, "" for nothing."""
        try:
            address = f"http://127.0.0.1:{self.port}/index.html"
            with urllib.request.urlopen(address, timeout=5) as answer:
                return answer.read().decode()
        except (urllib.error.URLError, OSError):
            return ""

    def configure(self, old: str, new: str) -> None:
        path = self.folder / "holdfast.toml"
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))
        self.commit()


@pytest.fixture
def shop(tmp_path: Path, registry: Registry, api: EngineCalls) -> Iterator[Shop]:
    shop = Shop(tmp_path / "project", f"{registry.address}/team/web-{time.time_ns()}")
    shop.port = free_port()
    with (shop.folder / "holdfast.toml").open("a") as config:
        config.write(f'\n[apps.web.run]\nports = ["127.0.0.1:{shop.port}:8080"]\nnetworks = ["front"]\n')
        config.write('stop_signal = "SIGKILL"\n')  # busybox httpd does not heed SIGTERM
    shop.configure("timeout = 20\n", "timeout = 20\nbake = 0.2\n")
    shop.configure("[apps.web]\n", '[apps.web]\ncreate_networks = ["front"]\n')
    for version in ("v0.1.0", "v0.2.0"):
        shop.write("index.html", f"hello, this is {version}\n")
        shop.commit()
        for words in (("build", "web"), ("test", "web"), ("tag", "web", version), ("push", "web")):
            command(shop, api, *words)
    yield shop
    for container in api.containers():
        api.remove(container["Id"])
    for network in api.get("/networks"):
        if network["Name"] == "front":
            api.ask("DELETE", f"/networks/{network['Id']}")
    for volume in api.get("/volumes")["Volumes"] or ():
        api.ask("DELETE", f"/volumes/{volume['Name']}")


def opened(open_holdfast: OpenTerminal, shop: Shop, api: EngineCalls, **options: object) -> Terminal:
    terminal = open_holdfast("--host", api.url, cwd=shop.folder, **options)
    terminal.wait_for("● live")
    return terminal


def test_deployed_and_rolled_back_by_keys_alone(
    shop: Shop, open_holdfast: OpenTerminal, api: EngineCalls
) -> None:
    dashboard = opened(open_holdfast, shop, api)
    dashboard.wait_for("not deployed")
    dashboard.press("R")
    dashboard.wait_for("nothing to go back to")

    dashboard.press("D")
    dashboard.wait_for("Deploy which version of web?")
    dashboard.wait_for(re.compile(r"v0\.2\.0 +here and in the registry · tested"), LONG)
    dashboard.press("down")
    dashboard.answer("enter", "Deploy which version of web?")
    dashboard.wait_for("Deploy web v0.1.0 as r1", LONG)
    dashboard.wait_for("none: nothing serves now")
    assert shop.page() == ""
    dashboard.answer("y", "none: nothing serves now")
    dashboard.wait_for("✓ deployed", LONG)
    assert "v0.1.0" in shop.page()
    dashboard.wait_for(re.compile(r"web +v0\.1\.0 +● running"))

    dashboard.press("D")
    dashboard.wait_for("live, r1", LONG)
    dashboard.answer("enter", "Deploy which version of web?")
    dashboard.wait_for("Deploy web v0.2.0 as r2", LONG)
    dashboard.answer("y", "r1 v0.1.0, at every step")
    dashboard.wait_for(re.compile(r"release +r2"), LONG)  # it has ended: until then it refuses the next
    dashboard.wait_for("nothing served for")
    assert "v0.2.0" in shop.page()
    dashboard.wait_for(re.compile(r"r1 +v0\.1\.0 +○ kept"))
    dashboard.wait_for(re.compile(r"web +v0\.2\.0 +● running .* r1 v0\.1\.0"))

    dashboard.press("R")
    dashboard.wait_for(re.compile(r"r1 +v0\.1\.0 +[0-9a-f]{12} .* kept"))
    dashboard.answer("enter", "Roll web back to which release?")
    dashboard.answer("y", "way back")
    until(lambda: "v0.1.0" in shop.page(), LONG)
    dashboard.wait_for("✓ rolled back", LONG)
    dashboard.wait_for(re.compile(r"r3 +v0\.1\.0 +● live .* as r1"))
    assert {one["Names"][0]: one["State"] for one in api.containers() if "web" in one["Names"][0]} == {
        "/web": "running", "/web.r1": "exited", "/web.r2": "exited",
    }  # fmt: skip


@pytest.mark.parametrize("size", SIZES)
def test_records_differences_and_drift_are_read(
    shop: Shop, open_holdfast: OpenTerminal, api: EngineCalls, size: tuple[int, int]
) -> None:
    for version in ("v0.1.0", "v0.2.0"):
        command(shop, api, "deploy", "web", version, "--yes")
    dashboard = opened(open_holdfast, shop, api, size=size)

    dashboard.press("1")
    dashboard.wait_for(re.compile(r"r1 +v0\.1\.0 +○ kept"), LONG)
    dashboard.wait_for(re.compile(r"web +v0\.2\.0 +● running"))
    dashboard.press("j", "j", "enter")
    dashboard.wait_for("kept: its container waits, stopped")
    dashboard.press("tab")
    dashboard.wait_for("v0.2.0 -> v0.1.0")
    dashboard.press("escape")
    dashboard.wait_until_gone("against the live one")
    dashboard.press("v")
    dashboard.wait_for("Drift of web", LONG)
    dashboard.wait_for("looked at")
    dashboard.press("escape")
    dashboard.wait_for(re.compile(r"web +v0\.2\.0 .* (none|! \d)"))


def test_a_plan_is_shown_and_nothing_is_done(
    shop: Shop, open_holdfast: OpenTerminal, api: EngineCalls
) -> None:
    dashboard = opened(open_holdfast, shop, api)
    dashboard.press("1", "p")
    dashboard.wait_for("The plan for which version of web?")
    dashboard.wait_for("tested", LONG)
    dashboard.press("enter")
    dashboard.wait_for("Deploy web v0.2.0 as r1", LONG)
    dashboard.press("y", "enter")
    dashboard.wait_until_gone("Deploy web v0.2.0 as r1")
    assert shop.page() == ""


def test_an_engine_that_is_protected_wants_the_name_typed(
    shop: Shop, open_holdfast: OpenTerminal, api: EngineCalls
) -> None:
    with (shop.folder / "holdfast.toml").open("a") as config:
        config.write(f'\n[engines."{api.url}"]\nprotected = true\n')
    dashboard = opened(open_holdfast, shop, api)
    for typed in ("y", "web"):
        dashboard.press("D")
        dashboard.wait_for("tested", LONG)
        dashboard.press("enter")
        dashboard.wait_for("This engine is protected: type web to go on", LONG)
        dashboard.press(*typed, "enter")
        if typed != "web":
            dashboard.wait_for(re.compile(rf"│  {typed} +│"))
            assert "type web to go on" in dashboard.text()
            dashboard.press("escape")
            dashboard.wait_until_gone("type web to go on")
    dashboard.wait_for("✓ deployed", LONG)
    assert "v0.2.0" in shop.page()
