"""What is painted before Textual is there is what Textual draws then, to the cell."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.ui import fakes
from tui.app import Holdfast
from tui.commands.keymap import Keymap
from tui.engine.endpoint import Endpoint
from tui.engine.ref import EngineRef
from tui.model.container import Container
from tui.model.policy import EngineSettings
from tui.operations.looking.endpoint_choice import settings_of
from tui.presentation.first_screen import first_screen
from tui.presentation.lines import plain
from tui.settings.schema import Settings
from tui.store.store import Link, LinkState, Store
from tui.sync.session import EngineSession
from tui.theming import ThemeShelf

if TYPE_CHECKING:
    from rich.style import Style

NOW = 1_700_000_000.0


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (100, 24), (120, 40), (200, 60)])
@pytest.mark.parametrize("count", [0, 1, 12])
async def test_both_are_the_same(size: tuple[int, int], count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    async def never() -> Any:
        await asyncio.Event().wait()

    monkeypatch.delenv("NO_COLOR", raising=False)
    names = [f"app{number}" if number else "an-app-with-a-long-name" for number in range(count)]
    settings = Settings(
        apps={name: fakes.app(name) for name in names},
        engines={"/var/run/docker.sock": EngineSettings("bright_red")} if count else {},
    )
    ref = EngineRef(Endpoint("unix:///var/run/docker.sock", "default socket"))
    containers = [
        Container(f"{number:064x}", f"web-{number}", "app:1", "sha256:a", "", NOW - 50, "running", since=NOW)
        for number in range(3)
    ] + fakes.kept_containers(NOW)
    store = Store()
    store.set_link(Link(LinkState.CONNECTING, 0.0, "unix:///var/run/docker.sock"))
    store.set_colour(settings_of(settings.engines, ref).colour)
    lines = first_screen(
        *size, containers, store.link, Keymap(), NOW,
        settings=settings.containers, apps=settings.apps, colour=store.colour,
    )  # fmt: skip
    store.put_containers(containers)
    app = Holdfast(
        EngineSession(
            ref,
            settings,
            store,
            connect=never,
            clock=lambda: NOW,
            journals=Path("/nowhere"),
        ),
        ThemeShelf("holdfast-dark", {"HOME": "/nowhere"}),
    )
    monkeypatch.setattr(app.logs, "rest", lambda container_id: None)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        drawn = app.screen._compositor.render_strips()
        assert [strip.text for strip in drawn] == [plain(line) for line in lines]
        for strip, line in zip(drawn, lines, strict=True):
            looks = [look(char, segment.style) for segment in strip for char in segment.text]
            assert looks == [look(char, app.paint(style)) for text, style in line for char in text]


def look(char: str, style: Style | None) -> tuple[object, ...]:
    """What can be seen of a cell: a blank has no foreground."""
    assert style is not None
    return (char, style.bgcolor, style.underline) if char == " " else (char, style)
