"""A shell beside a container that has none: nothing is pulled that nobody was asked about."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

import pytest

from tui.operations.by_hand.shell import NoShell
from tui.screens.confirm import ConfirmDialog
from tui.screens.dialogs import NameDialog

if TYPE_CHECKING:
    from tests.ui.conftest import Open


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was pulled and opened."""
    made: list[str] = []

    async def fetch(_: object, image: str) -> None:
        made.append(f"pull {image}")

    async def debug(_: object, __: str, image: str, *___: object, **____: object) -> int:
        made.append(f"debug from {image}")
        return 0

    async def find_shell(*_: object) -> None:
        raise NoShell("it has none", "")

    for name, double in (("fetch", fetch), ("debug", debug), ("find_shell", find_shell)):
        monkeypatch.setattr(f"tui.controllers.shell.{name}", double)
    monkeypatch.setattr("tui.app.Holdfast.cannot_lend", "")
    monkeypatch.setattr("tui.app.Holdfast.lent_terminal", lambda _: nullcontext())
    return made


async def test_it_is_asked_before_an_image_is_pulled(dashboard: Open, done: list[str]) -> None:
    async with dashboard() as robot:
        await robot.select("fk00000")
        await robot.press("x")
        await robot.wait_for("fk00000 has no shell: Debug fk00000 from which image?")
        if not isinstance(robot.app.screen, NameDialog):
            await robot.press("o")
        await robot.wait_for("one with a shell, as busybox")
        await robot.press(*"ps aux", "enter")
        await robot.wait_for("is no part of a repository")
        await robot.press(*["backspace"] * 4, "enter")
        await robot.wait(lambda: isinstance(robot.app.screen, ConfirmDialog))
        await robot.wait_for("ps is not on this engine: pull it from docker.io")
        await robot.press("escape")
        await robot.wait(lambda: robot.app.screen is robot.app.main)
        assert done == []


async def test_what_is_pulled_is_what_was_agreed_to(dashboard: Open, done: list[str]) -> None:
    async with dashboard() as robot:
        await robot.select("fk00000")
        await robot.do("container.debug")
        await robot.wait_for("from which image?")
        if not isinstance(robot.app.screen, NameDialog):
            await robot.press("o")
        await robot.wait_for("one with a shell, as busybox")
        await robot.press(*"registry.example.com/tools:1", "enter")
        await robot.wait_for("pull it from registry.example.com")
        await robot.press("y")
        await robot.wait(lambda: len(done) == 2)
        assert done == ["pull registry.example.com/tools:1", "debug from registry.example.com/tools:1"]
