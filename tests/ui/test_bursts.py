"""Keys in bursts, in every screen: nothing crashes, and none acts beneath a dialog that it was meant for."""

from __future__ import annotations

import asyncio
import os
import time
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from textual.events import Key

from tests.support.generated import FUZZ
from tests.ui import fakes
from tests.ui.test_operations import Processes, processes, said
from tests.ui.test_releases import LIVE, Engine, container, engine
from tui.settings.schema import Settings

if TYPE_CHECKING:
    from tests.ui.conftest import Open, Robot

__all__ = ["engine", "processes"]

SETTINGS = Settings(apps={name: fakes.app(name) for name in ("api", "web")})
OPENINGS = {
    "apps": "1",
    "images": "2",
    "tags": "3",
    "containers": "4",
    "log": "5",
    "menu of a container": "4 X",
    "confirmation": "4 X t",
    "name": "4 X n",
    "shell": "4 x",
    "details": "4 i",
    "details, many times": "4 i i i escape escape",
    "search in details": "4 i slash",
    "menu of an image": "2 X",
    "menu of an app": "1 X",
    "build": "1 B",
    "version": "1 G",
    "push": "1 P",
    "plan": "1 D",
    "releases": "1 R",
    "roll back": "1 R enter enter enter",
    "history": "1 h",
    "form of an app": "1 n",
    "form of an app, its file": "1 n w tab",
    "help": "question_mark",
    "palette": "colon",
    "settings": "comma",
    "themes": "comma enter",
    "volumes": "6",
    "what can be done to a volume": "6 X",
    "networks": "7",
    "events": "8",
    "filter": "4 slash",
    "search in the log": "5 slash",
}
KEYS = [
    *"aBcCdDefghijklmnNoPqRrstTuvwxXyz12345GGK*",
    *("escape", "escape", "escape", "enter", "enter", "tab", "shift+tab", "up", "down", "left", "right"),
    *("space", "slash", "colon", "comma", "question_mark", "ctrl+p", "ctrl+z", "ctrl+r", "ctrl+c", "end"),
]
CHARACTERS = {"space": " ", "slash": "/", "colon": ":", "comma": ",", "question_mark": "?"}
EXAMPLES = int(os.environ.get(FUZZ, "4"))


def burst(robot: Robot, keys: list[str]) -> None:
    """All at once, as over a slow line: nothing is drawn between two of them."""
    for key in keys:
        character = CHARACTERS.get(key, key if len(key) == 1 else None)
        robot.app.post_message(Key(key, character))


class Watch:
    """Sees which keys the main screen acts on, and when a screen was closed last."""

    def __init__(self, robot: Robot) -> None:
        app = robot.app
        self.acted: list[str] = []
        self.late: list[str] = []
        self._closed = 0.0
        press, pop = app.main.press, app.pop_screen

        def pressed(event: Key) -> None:
            self.acted.append(event.key)
            if event.time < self._closed:
                self.late.append(event.key)
            press(event)

        def popped() -> object:
            self._closed = time.monotonic()
            return pop()

        app.main.press = pressed  # type: ignore[method-assign]
        app.pop_screen = popped  # type: ignore[method-assign,assignment]
        app.exit = lambda *_, **__: None  # type: ignore[method-assign]


async def to_the_main_screen(robot: Robot) -> None:
    app = robot.app

    def there() -> bool:
        if app.screen is app.main and app.main.takes_keys:
            return True
        burst(robot, ["escape"])
        return False

    await robot.wait(there)


@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(st.sampled_from(list(OPENINGS)), st.lists(st.sampled_from(KEYS), min_size=3, max_size=12)),
        min_size=14,
        max_size=14,
    )
)
def test_no_burst_of_keys_crashes_or_acts_beneath(
    dashboard: Open, engine: Engine, processes: Processes, bursts: list[tuple[str, list[str]]]
) -> None:
    engine.has(fakes.releases(time.time(), LIVE))

    async def run() -> None:
        async with dashboard(settings=SETTINGS) as robot:
            robot.app.store.put_containers([*robot.app.store.containers.values(), container()])
            watch = Watch(robot)
            for opening, keys in bursts:
                burst(robot, [*OPENINGS[opening].split(), *keys])
                await robot.pilot.pause()
            await to_the_main_screen(robot)
            assert robot.app._exception is None
            assert watch.late == []

    asyncio.run(run())


async def test_a_burst_closes_what_it_opened(dashboard: Open, engine: Engine, processes: Processes) -> None:
    """And afterwards the main screen hears keys as before."""
    engine.has(fakes.releases(time.time(), LIVE))
    async with dashboard(settings=SETTINGS) as robot:
        robot.app.store.put_containers([*robot.app.store.containers.values(), container()])
        watch = Watch(robot)
        for opening, keys in OPENINGS.items():
            burst(robot, [*keys.split(), "escape", "escape", "q", "q", "escape"])
            await robot.pilot.pause()
            await to_the_main_screen(robot)
            assert watch.late == [], opening
            await robot.wait(lambda: robot.app._gate.passes(time.monotonic()))  # drawn
            watch.acted.clear()
            burst(robot, ["z", "z", "2"])
            await robot.wait(lambda: watch.acted)
            await robot.pilot.pause()
            assert watch.acted == ["z", "z", "2"], opening
            assert robot.app.main.focus_on == "images"


async def test_a_terminal_that_cannot_be_lent_is_a_sentence(dashboard: Open) -> None:
    async with dashboard() as robot:
        await robot.press("x")
        await said(robot, "no shell: this terminal cannot be left to another program and taken back")
        await robot.press("ctrl+z")
        await said(robot, "not suspended: this terminal cannot be left to another program and taken back")
        await robot.press("2")
        await robot.wait(lambda: robot.app.main.focus_on == "images")
