"""The walk of docs/extending.md for a pane: two files changed and two new, and it is everywhere."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tui.commands.command import LIST_SCOPES
from tui.presentation.layout import LOG
from tui.widgets.list_view import ListView

if TYPE_CHECKING:
    from tests.ui.conftest import Open

TREE = Path(__file__).parents[2] / "tui"

CHANGED = {
    "commands/command.py": [
        ('    LOG = "log"\n', '    PROJECTS = "projects"\n    LOG = "log"\n'),
        ('Scope.CONTAINERS: "4"}', 'Scope.CONTAINERS: "4", Scope.PROJECTS: "9"}'),
    ],
    "screens/panes_screen.py": [
        ("\nclass PanesScreen", "\nfrom tui.panes.projects import ProjectsPane\n\nclass PanesScreen"),
        (
            '            "log": log,\n',
            '            "projects": ProjectsPane(store, keymap),\n            "log": log,\n',
        ),
    ],
}

NEW = {
    "presentation/projects.py": """
from tui.presentation.table import Column

COLUMNS = (Column("project", "PROJECT", 8, grow=1),)
SORTS = ("project",)
""",
    "panes/projects.py": """
from tui.presentation import projects as rows
from tui.presentation.text import safe
from tui.presentation.titles import list_title, pane_head, unread_title
from tui.store.store import Topic
from tui.widgets.list_view import ListView


class ProjectsPane(ListView):
    COLUMNS = rows.COLUMNS
    SORTS = rows.SORTS

    def __init__(self, store, keymap):
        self.store, self.keymap = store, keymap
        super().__init__(id="projects")

    def on_mount(self):
        self.store.subscribe(Topic.LINK, lambda _: self.link_changed(self.store.complete))
        self.describe()

    def cell(self, key, column):
        return safe(key), "text"

    def describe(self):
        title = unread_title(self.keymap, "projects")
        if self.store.complete:
            title = list_title(pane_head(self.keymap, "projects"), "0", "", 0, 0, self.sorted_by)
        self.set_title(*title)
""",
}

SCRIPT = """
import asyncio
from pathlib import Path
from typing import TYPE_CHECKING
from tui.app import Holdfast
from tui.commands.keymap import Keymap
from tui.commands.command import Scope
from tui.commands.table import BY_ID
from tui.engine.endpoint import Endpoint
from tui.engine.ref import EngineRef
from tui.presentation.first_screen import first_screen
from tui.presentation.help import help_lines
from tui.presentation.lines import plain
from tui.settings.schema import Settings
from tui.store.store import Link, LinkState, Store
from tui.sync.session import EngineSession
from tui.theming import ThemeShelf


async def never():
    await asyncio.Event().wait()


async def main():
    settings, store = Settings(), Store()
    endpoint = Endpoint("unix:///var/run/docker.sock", "default socket")
    store.set_link(Link(LinkState.CONNECTING, 0.0, endpoint.url))
    lines = first_screen(
        120, 40, [], store.link, Keymap(), 0.0, settings=settings.containers, apps=settings.apps
    )
    session = EngineSession(
        EngineRef(endpoint), settings, store, connect=never, clock=lambda: 0.0, journals=Path("/nowhere")
    )
    app = Holdfast(session, ThemeShelf("holdfast-dark", {"HOME": "/nowhere"}))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        drawn = [strip.text for strip in app.screen._compositor.render_strips()]
        assert drawn == [plain(line) for line in lines], "the first paint is another"
        assert any(line.startswith(" 9 Projects  … ") for line in drawn), drawn
        await pilot.press("9")
        await pilot.pause()
        assert app.screen.focus_on == "projects", app.screen.focus_on
        store.set_link(Link(LinkState.LIVE, 0.0, endpoint.url))
        await pilot.pause()
        drawn = [strip.text for strip in app.screen._compositor.render_strips()]
        assert any("9 Projects  0" in line for line in drawn), drawn
        assert any("PROJECT▾" in line for line in drawn), drawn
    assert "pane.projects" in BY_ID
    assert any("Go to the projects" in plain(line) for line in help_lines(Keymap(), Scope.APPS))
    print("it is there")


asyncio.run(main())
"""


def test_a_further_pane_takes_two_new_files_and_two_changed_ones(tmp_path: Path) -> None:
    assert len(CHANGED) + len(NEW) <= 4
    shutil.copytree(TREE, tmp_path / "tui", ignore=shutil.ignore_patterns("__pycache__"))
    for name, edits in CHANGED.items():
        path = tmp_path / "tui" / name
        text = path.read_text()
        for before, after in edits:
            assert text.count(before) == 1, (name, before)
            text = text.replace(before, after)
        path.write_text(text)
    for name, text in NEW.items():
        (tmp_path / "tui" / name).write_text(text)
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env=dict(os.environ) | {"PYTHONPATH": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "it is there", done.stdout + done.stderr


async def test_every_list_is_a_pane_of_the_screen(dashboard: Open) -> None:
    async with dashboard() as robot:
        views = robot.app.main.views
        assert list(views) == [*(scope.value for scope in LIST_SCOPES), LOG]
        for scope in LIST_SCOPES:
            view = views[scope.value]
            assert isinstance(view, ListView)
            assert view.id == scope.value
            assert view.COLUMNS
            await robot.do(f"pane.{scope.value}")
            assert robot.app.main.focus_on == scope.value
