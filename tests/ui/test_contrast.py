"""Every cell of every screen can be read, in every theme, on dark and on light terminals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rich.color import Color, ColorType
from rich.style import Style
from rich.terminal_theme import DEFAULT_TERMINAL_THEME, MONOKAI

from tests.ui import fakes, test_engines_screen
from tests.ui.test_pictures import APPS, NOW, PAST, Still, released, still
from tui.commands.table import BY_ID
from tui.errors import Refused
from tui.model.version import Suggestion
from tui.operations.looking.suggested_versions import Suggestions
from tui.presentation.theme import find_themes
from tui.screens.confirm import ConfirmDialog, Question
from tui.screens.connection import ConnectionScreen
from tui.screens.dialogs import Choice, MenuDialog, NameDialog
from tui.screens.pickers import ReleaseDialog
from tui.screens.plans import PlanDialog, VersionDialog
from tui.settings.paths import shipped_themes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from rich.terminal_theme import TerminalTheme
    from textual.pilot import Pilot

    from tui.model.operation import Plan

THEMES = sorted(find_themes((shipped_themes(),))[0])
LEAST = 2.9
"""WCAG 2 asks for 3:1 of signs and large text, and nothing of what is disabled; rounding takes a little."""

LINES = frozenset("─│┃╭╮╰╯━▌▎▁▔▊▋█┌└╶╴▏▕▇▆▅▄▃▂▀▐■ ")

QUESTION = Question(
    "Remove 12 containers?", ("shop-web-1   ● running",), ("on unix:///x",), "docker rm a", "Remove"
)
TERMINALS = {"dark": MONOKAI, "light": DEFAULT_TERMINAL_THEME}


async def offers() -> AsyncIterator[Suggestions]:
    offered = (Suggestion("v1.0.1", "the next patch"), Suggestion("v1.1.0", "the next minor"))
    yield Suggestions(offered, "choose one")


async def planned() -> Plan:
    return fakes.deploy_plan()


async def refused() -> Plan:
    raise Refused("v1.4.0 is there with other bytes", "choose another version", ("one", "two"))


def _channel(value: int) -> float:
    part = value / 255
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _luminance(color: tuple[int, int, int]) -> float:
    red, green, blue = (_channel(value) for value in color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(style: Style, terminal: TerminalTheme) -> float:
    """Of a cell as a terminal draws it (WCAG 2, section 1.4.3); dim is half way to the background."""

    def drawn(color: Color | None, *, foreground: bool) -> tuple[int, int, int]:
        return tuple((color or Color.default()).get_truecolor(terminal, foreground=foreground))

    front, back = drawn(style.color, foreground=True), drawn(style.bgcolor, foreground=False)
    if style.reverse:
        front, back = back, front
    first, second = sorted((_luminance(front), _luminance(back)), reverse=True)
    return (first + 0.05) / (second + 0.05)


def cells(app: Still) -> Iterator[tuple[str, Style]]:
    """Every piece of text on the screen, and its style."""
    for strip in app.screen._compositor.render_strips():
        for text, style, _ in strip:
            if text.strip("".join(LINES)):
                yield text, style or Style()


def unreadable(app: Still, terminal: TerminalTheme) -> list[str]:
    found = [(contrast(style, terminal), text, style) for text, style in cells(app)]
    assert found
    return [f"{text!r} {ratio:.1f}: {style}" for ratio, text, style in found if ratio < LEAST]


def visits(app: Still) -> dict[str, Callable[[], object]]:
    """Every screen there is, by name: how it is opened."""
    web = released()["web"]
    choices = [Choice("a", "a", "Start"), Choice("b", "b", "Stop", "not running"), Choice("c", "c", "Remove")]

    def toasts() -> None:
        for severity in ("information", "warning", "error"):
            app.notify("something was said", title="Title", severity=severity, timeout=60)

    return {
        "main": lambda: None,
        "apps": lambda: app.main.go("apps"),
        "images": lambda: app.main.go("images"),
        "tags": lambda: app.main.go("tags"),
        "log": lambda: app.main.go("log"),
        "filter": lambda: app.main.perform(BY_ID["log.search"]),
        "operation": lambda: app.main.show_operation(fakes.deploy_failed(NOW), focus=True),
        "toasts": toasts,
        "palette": lambda: app.main.perform(BY_ID["view.palette"]),
        "help": lambda: app.main.perform(BY_ID["view.help"]),
        "themes": lambda: app.push_screen(MenuDialog("Theme", choices, first="c")),
        "menu, on what cannot be chosen": lambda: app.push_screen(MenuDialog("web", choices, first="b")),
        "confirmation": lambda: app.push_screen(ConfirmDialog(QUESTION)),
        "typed confirmation": lambda: app.push_screen(ConfirmDialog(QUESTION, typed="web")),
        "name": lambda: app.push_screen(NameDialog("Rename web to", "web", lambda _: "no")),
        "plan": lambda: app.push_screen(PlanDialog("Deploy web", planned)),
        "typed plan": lambda: app.push_screen(PlanDialog("Deploy web", planned, typed="web")),
        "refusal": lambda: app.push_screen(PlanDialog("Deploy web", refused)),
        "versions": lambda: app.push_screen(VersionDialog("Which?", offers(), lambda _: "no")),
        "releases": lambda: app.push_screen(ReleaseDialog("Back to?", web, web.ways_back, 0, NOW)),
        "no engine": lambda: app.push_screen(ConnectionScreen(app.store, "default", print, print)),
        "engines": lambda: app.push_screen(test_engines_screen.screen(app)),
        "apps on all engines": lambda: app.push_screen(test_engines_screen.screen(app, 1)),
    }


async def _all(app: Still, pilot: Pilot[str], theme: str) -> dict[str, list[str]]:
    """What cannot be read, by the name of the screen."""
    found: dict[str, list[str]] = {}
    for name, opened in visits(app).items():
        opened()
        await pilot.pause()
        for _ in range(3):  # each part of a dialog has the focus once
            await pilot.pause()
            for terminal in _terminals(theme):
                if wrong := unreadable(app, terminal):
                    found.setdefault(name, wrong)
            if theme == "mono":
                colours = {c.type for _, style in cells(app) for c in (style.color, style.bgcolor) if c}
                assert colours <= {ColorType.DEFAULT}, name
            if len(app.screen_stack) == 1:
                break
            app.screen.focus_next()
        while len(app.screen_stack) > 1:
            app.pop_screen()
        app.clear_notifications()
        if app.main._asking is not None:
            await pilot.press("escape")
    return found


def _terminals(theme: str) -> list[TerminalTheme]:
    """Where a theme says its own colours, the terminal's do not count."""
    return list(TERMINALS.values()) if theme == "mono" else [MONOKAI]


@pytest.mark.parametrize("theme", [*THEMES, "mono"])
async def test_every_cell_can_be_read(theme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    environ = {"NO_COLOR": "1"} if theme == "mono" else {}
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    app = still(theme, apps=APPS, operations=PAST, releases=released(), environ=environ)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.pause()
        assert await _all(app, pilot, theme) == {}
