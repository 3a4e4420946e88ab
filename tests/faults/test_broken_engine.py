"""An engine that crashes, comes back, or freezes, under a dashboard that is open."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest

from tests.support.engine_calls import until
from tests.support.terminal import SIZES

if TYPE_CHECKING:
    from tests.support.private_engine import PrivateEngine
    from tests.support.terminal import Terminal
    from tests.terminal.conftest import OpenTerminal


def row(name: str, state: str) -> re.Pattern[str]:
    return re.compile(rf"{re.escape(name)} +{re.escape(state)}")


def states(engine: PrivateEngine) -> dict[str, str]:
    """What the engine itself says of its containers."""
    return {found["Names"][0][1:]: found["State"] for found in engine.api.containers()}


def shown(text: str) -> dict[str, str]:
    return dict(re.findall(r"(\S+) +[●■○‖] (running|exited|created|paused)", text))


@pytest.mark.parametrize("size", SIZES)
def test_a_crashed_engine_is_found_again(
    open_holdfast: OpenTerminal, own_engine: PrivateEngine, size: tuple[int, int]
) -> None:
    api = own_engine.api
    for name in ("stays", "goes", "ends"):
        api.run(name=name, HostConfig={"RestartPolicy": {"Name": "no"}})
    terminal = open_holdfast("--host", own_engine.host, size=size)
    terminal.wait_for("● live")
    terminal.wait_for(row("stays", "● running"))

    own_engine.kill()
    text = terminal.wait_for("reconnecting, last seen")
    assert "● live" not in text
    assert "stays" in text, "what was known stays on the screen"
    terminal.wait_for(re.compile(r"last seen [1-9]\d?s ago"))  # and it says how old it is

    own_engine.start()
    api.remove("goes")
    api.run(name="new")
    terminal.wait_for("● live")
    terminal.wait(lambda text: shown(text) == states(own_engine), what=f"{states(own_engine)}")
    assert {"stays", "ends", "new"} == states(own_engine).keys()
    api.stop("new")
    terminal.wait_for(row("new", "■ exited 137"))


def test_a_stopped_engine_is_found_again(open_holdfast: OpenTerminal, own_engine: PrivateEngine) -> None:
    own_engine.api.run(name="web")
    terminal = open_holdfast("--host", own_engine.host)
    terminal.wait_for("● live")
    own_engine.stop()
    terminal.wait_for("reconnecting, last seen")
    own_engine.start()
    terminal.wait_for("● live")
    terminal.wait_for(re.compile(r"web +■ exited"))
    own_engine.api.start("web")
    terminal.wait_for(row("web", "● running"))


def test_keys_that_change_something_say_that_the_engine_does_not_answer(
    open_holdfast: OpenTerminal, own_engine: PrivateEngine
) -> None:
    own_engine.api.run(name="web")
    terminal = open_holdfast("--host", own_engine.host)
    terminal.wait_for("● live")
    own_engine.kill()
    terminal.wait_for("reconnecting, last seen")
    terminal.press("x")
    terminal.wait_for("the engine does not answer")
    terminal.press("X", "t")
    terminal.wait_for("Stop: the engine does not answer")


def answers_keys(terminal: Terminal) -> None:
    """Help opens and closes, the cursor moves."""
    terminal.press("?")
    terminal.wait_for("Help", 2)
    terminal.press("escape")
    terminal.wait_until_gone("Help ·", 2)
    for key, wanted in (("j", "▌ web-1"), ("k", "▌ web-0")):
        terminal.press(key)
        terminal.wait_for(wanted, 2)


def test_a_frozen_engine_freezes_no_keys(open_holdfast: OpenTerminal, own_engine: PrivateEngine) -> None:
    api = own_engine.api
    for number in range(2):
        api.create(name=f"web-{number}")
    terminal = open_holdfast("--host", own_engine.host)
    terminal.wait_for("● live")
    terminal.press("o")  # by name
    terminal.wait_for("by name")
    terminal.press("g")
    terminal.wait_for("▌ web-0")
    with own_engine.frozen():
        end = time.monotonic() + 3
        while time.monotonic() < end:
            answers_keys(terminal)
    api.start("web-0")
    terminal.wait_for(row("web-0", "● running"))
    terminal.wait_for("● live")


def test_an_engine_that_stays_frozen_does_not_look_live(
    open_holdfast: OpenTerminal, own_engine: PrivateEngine
) -> None:
    own_engine.api.run(name="web")
    terminal = open_holdfast("--host", own_engine.host)
    terminal.wait_for("● live")
    with own_engine.frozen():
        terminal.wait_for("reconnecting, last seen", 30)
        terminal.press("?")
        terminal.wait_for("Help", 2)
        terminal.press("escape")
    terminal.wait_for("● live", 30)
    own_engine.api.stop("web")
    terminal.wait_for(row("web", "■ exited 137"))


def test_a_dashboard_that_starts_on_a_frozen_engine_can_be_left(
    open_holdfast: OpenTerminal, own_engine: PrivateEngine
) -> None:
    own_engine.api.run(name="web")
    with own_engine.frozen():
        terminal = open_holdfast("--host", own_engine.host)
        terminal.wait_for("○ connecting")
        terminal.wait_for("4 Containers")
        terminal.press("q")
        assert terminal.wait_end() == 0
    with own_engine.frozen():
        terminal = open_holdfast("--host", own_engine.host)
        terminal.wait_for("○ connecting")
    terminal.wait_for("● live")
    terminal.wait_for(row("web", "● running"))


def test_a_log_goes_on_after_the_engine_has_come_back(
    open_holdfast: OpenTerminal, own_engine: PrivateEngine
) -> None:
    talking = "n=0; while :; do n=$((n+1)); echo line-$n; usleep 200000; done"
    own_engine.api.run("sh", "-c", talking, name="talker")
    terminal = open_holdfast("--host", own_engine.host)
    terminal.wait_for(re.compile(r"line-\d"))
    own_engine.kill()
    terminal.wait_for("reconnecting, last seen")
    own_engine.start()
    terminal.wait_for("● live")
    own_engine.api.call("POST", "/containers/talker/restart?t=0")
    said: set[str] = set()

    def more() -> bool:
        said.update(re.findall(r"line-\d+", terminal.text()))
        return len(said) > 12

    until(more)
