"""The whole release life in the demo, by keys alone, on a machine that need not have Docker."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from tests.support.terminal import SIZES
from tests.terminal.conftest import TREE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.terminal import Terminal
    from tests.terminal.conftest import OpenTerminal

LONG = 60.0


def chosen(terminal: Terminal, app: str) -> None:
    """Put the cursor of the apps on one."""
    terminal.press("1")
    for _ in range(5):
        if re.search(f"▌ +▸ {app}", terminal.text()):
            return
        terminal.press("j")
        terminal.wait(lambda text: "▌" in text)
    terminal.wait_for(re.compile(f"▌ +▸ {app}"))


def begun(terminal: Terminal, key: str, *answers: str) -> None:
    """Begin a verb by its key: each question is answered, then the plan is."""
    terminal.press(key)
    for answer in answers:
        terminal.wait_for(re.compile("Enter (goes on|shows the plan)"))
        terminal.send(f"{answer}\r")
    terminal.wait_for("(y)")
    terminal.press("y")


def test_first_steps_are_shown_once_and_come_back(open_holdfast: OpenTerminal, tmp_path: Path) -> None:
    def opened() -> Terminal:
        return open_holdfast("--demo", size=(80, 24), env=env)

    env = {**os.environ, "HOME": str(tmp_path), "PYTHONPATH": TREE, "XDG_STATE_HOME": str(tmp_path / "new")}
    terminal = opened()
    terminal.wait_for("D on storefront, v1.5.0")
    terminal.press("enter")
    terminal.wait_until_gone("First steps")
    terminal.wait_for(re.compile("▌ +▸ mailer"))
    terminal.press("j")
    terminal.wait_for(re.compile("▌ +▸ payments"))
    terminal.send("\x03")
    assert terminal.wait_end() == 0

    terminal = opened()
    terminal.wait_for("● live")
    assert "First steps" not in terminal.text()
    terminal.press("?")
    terminal.wait_for("D on storefront, v1.5.0")


def test_the_tour_walks_by_itself_until_a_key_is_pressed(open_holdfast: OpenTerminal) -> None:
    terminal = open_holdfast("demo", "--tour", size=SIZES[-1])
    terminal.wait_for("The plan says what will happen", LONG)
    terminal.wait_for("deploy failed after", LONG)
    terminal.wait_for("the release before serves again")
    terminal.wait_for(re.compile("storefront build .*✓ done"), LONG)

    terminal.press("j")

    terminal.wait_for("The tour has ended")
    terminal.wait_for(re.compile("▌ +▸ storefront"))  # the key did nothing else
    terminal.send("\x03")
    assert terminal.wait_end() == 0


def test_the_whole_release_life(open_holdfast: OpenTerminal, tmp_path: Path) -> None:
    terminal = open_holdfast("--demo", size=SIZES[-1])
    terminal.wait_for("● live")
    terminal.wait_for("storefront")
    chosen(terminal, "storefront")

    begun(terminal, "D", "v1.5.0")
    terminal.wait_for("deploy failed after", LONG)
    terminal.wait_for("r3 v1.4.0 serves again")

    for key, verb in (("B", "build"), ("T", "test")):
        terminal.press(key)
        terminal.wait_for(re.compile(rf"storefront {verb} .*✓ done"), LONG)
    begun(terminal, "G", "v1.6.0")
    terminal.wait_for(re.compile(r"storefront tag .*✓ done"), LONG)
    begun(terminal, "P")
    terminal.wait_for(re.compile(r"storefront push .*✓ done"), LONG)
    begun(terminal, "D", "v1.6.0")
    terminal.wait_for(re.compile(r"storefront +v1\.6\.0 +● healthy"), LONG)
    terminal.wait_for("✓ deployed in", LONG)
    begun(terminal, "R", "")
    terminal.wait_for(re.compile(r"storefront +v1\.4\.0 +● healthy"), LONG)

    terminal.send("\x03")
    assert terminal.wait_end() == 0
    assert not (tmp_path / ".local/state/holdfast").exists(), "nothing of the demo is among the real"
