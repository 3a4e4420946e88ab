"""Several engines on one dashboard: going to and fro, each as it was left."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from tui.controllers import workspaces
from tui.demo.launch import DemoEngine
from tui.engine.endpoint import Endpoint
from tui.engine.ref import EngineRef
from tui.screens.connection import ConnectionScreen
from tui.screens.reading import ReadingScreen
from tui.store.store import LinkState

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import pytest

    from tests.ui.conftest import Open, Robot


@asynccontextmanager
async def engines(*names: str, containers: int = 6) -> AsyncIterator[dict[str, EngineRef]]:
    """Further simulated engines, by name."""
    running = {name: DemoEngine(containers=containers, running=0.5) for name in names}
    try:
        yield {name: EngineRef(await engine.start(), name) for name, engine in running.items()}
    finally:
        for engine in running.values():
            await asyncio.shield(engine.stop())


async def go(robot: Robot, ref: EngineRef) -> None:
    """Show an engine, and wait until everything on it is read."""
    robot.app.workspaces.show(ref)
    await robot.wait(lambda: robot.app.store.link.state is LinkState.LIVE)
    await robot.pilot.pause()


async def test_each_engine_keeps_cursor_filter_order_and_pane(dashboard: Open) -> None:
    async with dashboard() as robot, engines("edge") as others:
        first, app = robot.app.session.ref, robot.app
        await robot.select("fk00007")
        app.main.containers.set_filter("fk0000")
        await robot.do("list.sort")
        left = app.main.containers.cursor, app.main.containers.sorted_by
        await robot.press("2")

        await go(robot, others["edge"])
        assert len(app.store.containers) == 6
        assert " edge " in robot.lines()[0]
        assert app.main.focus_on == "containers"
        await robot.select("fk00003")
        await robot.press("3")

        await go(robot, first)
        assert (app.main.containers.cursor, app.main.containers.sorted_by) == left
        assert app.main.containers.filter_text == "fk0000"
        assert app.main.focus_on == "images"
        assert len(app.store.containers) == 12
        assert " edge " not in robot.lines()[0]

        await go(robot, others["edge"])
        assert app.main.focus_on == "tags"
        under = app.store.containers[app.main.containers.cursor or ""]
        assert under.name == "fk00003"


async def test_what_is_read_says_of_which_engine_it_is(dashboard: Open) -> None:
    async with dashboard() as robot, engines("edge") as others:
        await go(robot, others["edge"])
        for keys in (["i"], ["question_mark"]):
            await robot.press(*keys)
            await robot.wait(lambda: isinstance(robot.app.screen, ReadingScreen))
            await robot.pilot.pause()
            assert " edge " in robot.lines()[0]
            assert "● live" in robot.lines()[0]
            await robot.press("escape")
            await robot.wait(lambda: robot.app.screen is robot.app.main)


async def test_what_happens_on_an_engine_is_known_while_another_is_shown(dashboard: Open) -> None:
    async with dashboard() as robot, engines("edge") as others:
        first = robot.app.session.ref
        gone = next(iter(robot.app.store.containers))
        await go(robot, others["edge"])
        assert await robot.ask("DELETE", f"/v1.47/containers/{gone}?force=1") == 204
        was = robot.app.workspaces
        [store] = [one.store for one in was if one is not was.current]
        await robot.wait(lambda: gone not in store.containers)
        robot.app.workspaces.show(first)
        await robot.pilot.pause()
        assert gone not in robot.app.store.containers


async def test_an_engine_that_does_not_answer_is_left_at_once_and_says_so_where_it_is_shown(
    dashboard: Open, tmp_path: Path
) -> None:
    nobody = EngineRef(Endpoint(f"unix://{tmp_path}/nobody.sock", "a test"), "nobody")
    async with dashboard() as robot:
        first = robot.app.session.ref
        robot.app.workspaces.show(nobody)
        await robot.wait_for("No Docker Engine answers")
        robot.app.workspaces.show(first)
        await robot.wait(lambda: robot.app.screen is robot.app.main)
        await robot.wait_for("fk00003")
        assert "No Docker Engine answers" not in robot.text()
        robot.app.workspaces.show(nobody)
        await robot.wait(lambda: isinstance(robot.app.screen, ConnectionScreen))


async def test_one_that_answers_meanwhile_is_there_when_it_is_shown_again(
    dashboard: Open, tmp_path: Path
) -> None:
    async with dashboard() as robot, engines("late") as others:
        first, path = robot.app.session.ref, tmp_path / "late.sock"
        ref = EngineRef(Endpoint(f"unix://{path}", "a test"), "late")
        robot.app.workspaces.show(ref)
        await robot.wait_for("No Docker Engine answers")
        robot.app.workspaces.show(first)
        path.symlink_to(others["late"].endpoint.socket_path)
        [there] = [one for one in robot.app.workspaces if one.session.ref == ref]
        await robot.wait(lambda: there.store.link.state is LinkState.LIVE)
        robot.app.workspaces.show(ref)
        await robot.wait(lambda: robot.app.screen is robot.app.main)
        assert robot.app.store is there.store


async def test_few_are_kept_up_with_and_the_others_are_read_anew_with_their_cursor(
    dashboard: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workspaces, "LIVE", 2)
    async with dashboard() as robot, engines("a", "b") as others:
        app, first = robot.app, robot.app.session.ref
        await robot.select("fk00004")
        cursor = app.main.containers.cursor
        await go(robot, others["a"])
        await go(robot, others["b"])
        left = next(one for one in app.workspaces if one.session.ref == first)
        await robot.wait(lambda: left.session.engine is None)
        assert not left.is_live
        assert left.store.link.state is LinkState.LOST, "what is known of it is old"
        assert sum(one.is_live for one in app.workspaces) == 2
        await robot.control("create", name="late")
        await go(robot, first)
        assert app.main.containers.cursor == cursor


async def test_those_left_longest_ago_are_let_go_of(dashboard: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workspaces, "LIVE", 1)
    monkeypatch.setattr(workspaces, "KEPT", 2)
    async with dashboard() as robot, engines("a", "b", containers=2) as others:
        first = robot.app.session.ref
        for ref in (others["a"], others["b"], first, others["a"], others["b"]):
            await go(robot, ref)
        names = [one.session.ref.called for one in robot.app.workspaces]
        assert names == ["", "b"], "the first one stays"
        await go(robot, others["a"])
        assert len(robot.app.store.containers) == 2
