"""Signing and promoting from the dashboard: which version and which key are meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.ui import fakes
from tests.ui.test_operations import Processes, processes
from tui.model.operation import Plan
from tui.model.policy import Policy
from tui.model.signing import KeySource
from tui.model.trust import Trust
from tui.settings.schema import Settings

if TYPE_CHECKING:
    from tests.ui.conftest import Open

__all__ = ["processes"]

APPS = {"web": fakes.app("web")}
SOURCE = KeySource(env="KEY")


@pytest.fixture(autouse=True)
def plan(processes: Processes) -> None:
    processes.plan = Plan("The plan of it", fakes.BUILD)


def trusting(*keys: str) -> Settings:
    return Settings(apps=APPS, policy=Policy(trust=Trust(SOURCE, dict.fromkeys(keys, SOURCE))))


async def test_a_version_is_signed_once_its_plan_is_read(dashboard: Open, processes: Processes) -> None:
    async with dashboard(settings=trusting()) as robot:
        await robot.press("1", "X", "i")
        await robot.wait_for("The plan of it")
        assert (processes.last.verb, processes.last.app, processes.last.key) == ("sign", "web", "")
        await robot.press("y")
        await robot.wait(lambda: processes.journals)


async def test_the_only_further_key_promotes(dashboard: Open, processes: Processes) -> None:
    async with dashboard(settings=trusting("production")) as robot:
        await robot.do("app.promote")
        await robot.wait_for("The plan of it")
        assert (processes.last.verb, processes.last.key) == ("promote", "production")


async def test_of_several_keys_one_is_chosen(dashboard: Open, processes: Processes) -> None:
    async with dashboard(settings=trusting("staging", "production")) as robot:
        await robot.do("app.promote")
        await robot.wait_for("by which key?")
        await robot.press("escape")
        await robot.wait_gone("by which key?")
        assert processes.asked == []
        await robot.do("app.promote")
        await robot.wait_for("by which key?")
        await robot.press("down", "enter")
        await robot.wait_for("The plan of it")
        assert processes.last.key == "production"


async def test_the_menu_says_why_nothing_can_be_signed(dashboard: Open) -> None:
    async with dashboard(settings=Settings(apps=APPS), size=(120, 40)) as robot:
        await robot.press("1", "X")
        await robot.wait_for("no sign_key in [trust]")
        await robot.wait_for("no sign_keys in [trust]")


async def test_without_a_further_key_it_says_where_it_would_be(dashboard: Open, processes: Processes) -> None:
    async with dashboard(settings=Settings(apps=APPS)) as robot:
        await robot.do("app.promote")
        await robot.wait_for("by a further key: no sign_keys")  # a toast breaks its words where it likes
        assert processes.asked == []
