"""The columns of the list that has the focus are chosen, and kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands.view import LIST_COLUMNS
from tui.widgets.list_view import ListView

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.commands.command import Command, Situation
    from tui.controllers.configuration import Configuration
    from tui.controllers.desk import Desk, Handler


class Columns:
    """Asks for them; `configuration` keeps them."""

    def __init__(self, desk: Desk, configuration: Configuration) -> None:
        self._desk = desk
        self._configuration = configuration

    def handlers(self) -> Mapping[Command, Handler]:
        return {LIST_COLUMNS: self._desk.in_task(self._choose)}

    async def _choose(self, situation: Situation) -> None:
        from tui.screens.columns import ColumnsDialog
        from tui.screens.resources import ResourcesScreen

        shown = self._desk.app.screen
        rows = shown.rows if isinstance(shown, ResourcesScreen) else self._desk.screen.view
        if not isinstance(rows, ListView):
            self._desk.app.release_input()
            return
        pane = situation.pane.value
        id = f"columns.{pane}"
        if file := self._desk.session.settings.files.get(id):
            self._desk.app.release_input()
            said = f"{file} sets {id}, which has the last word: edit it there"
            self._desk.stage.say(said, severity="warning", timeout=6)
            return
        before = rows.wanted
        widths = {placed.column.id: placed.width for placed in rows.placed()}
        titles = {column.id: column.title for column in rows.COLUMNS}

        def show(wanted: tuple[str, ...]) -> None:
            rows.set_columns(rows.COLUMNS, wanted)
            rows.refresh_body()

        dialog = ColumnsDialog(f"Columns of the {pane}", titles, before, widths, show)
        answer = await self._desk.stage.ask(dialog)
        show(before if answer is None else answer)
        if answer is not None and answer != before:
            await self._configuration.keep(id, [*answer] or None)
