"""Commands that move on the screen: in lists, in outputs, from pane to pane."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands import apps, containers, images, log, releases, view
from tui.presentation.layout import PANES, home_of
from tui.widgets.list_view import ListView

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tui.commands.command import Command, Situation
    from tui.controllers.desk import Desk, Handler
    from tui.panes.log import LogPane
    from tui.panes.operation import OperationPane


class Lists:
    """Does in the focused list what a command stands for."""

    def __init__(self, desk: Desk) -> None:
        self._screen = desk.screen

    def handlers(self) -> Mapping[Command, Handler]:
        screen = self._screen
        return {
            view.LIST_DOWN: self._in_list(lambda rows: rows.move(1)),
            view.LIST_UP: self._in_list(lambda rows: rows.move(-1)),
            view.LIST_PAGE_DOWN: self._in_list(lambda rows: rows.page(1)),
            view.LIST_PAGE_UP: self._in_list(lambda rows: rows.page(-1)),
            view.LIST_FIRST: self._in_list(lambda rows: rows.move_to(0)),
            view.LIST_LAST: self._in_list(lambda rows: rows.move_to(len(rows.ordering) - 1)),
            view.LIST_FILTER: self._in_list(self._filter),
            view.LIST_SORT: self._in_list(lambda rows: rows.sort_next()),
            view.LIST_MARK: self._in_list(lambda rows: rows.mark()),
            view.LIST_MARK_ALL: self._in_list(lambda rows: rows.mark_all()),
            view.LIST_OPEN: self._in_list(lambda rows: rows.open_row()),
            releases.APP_UNFOLD: lambda _: screen.apps.unfold_app(),
            releases.APP_FOLD: lambda _: screen.apps.fold_app(),
            containers.CONTAINER_UNFOLD: lambda _: screen.containers.unfold(shown=True),
            containers.CONTAINER_FOLD: lambda _: screen.containers.unfold(shown=False),
            containers.CONTAINER_STOPPED: lambda _: screen.containers.show_or_hide_stopped(),
            images.IMAGE_UNFOLD: lambda _: screen.images.unfold(shown=True),
            images.IMAGE_FOLD: lambda _: screen.images.unfold(shown=False),
            images.TAG_UNFOLD: lambda _: screen.tags.unfold(shown=True),
            images.TAG_FOLD: lambda _: screen.tags.unfold(shown=False),
        }

    def _in_list(self, act: Callable[[ListView], object]) -> Handler:
        def handler(_: Situation) -> None:
            if isinstance(rows := self._screen.view, ListView):
                act(rows)

        return handler

    def _filter(self, rows: ListView) -> None:
        self._screen.ask_line("Filter", rows.filter_text, lambda text, _: rows.set_filter(text))


class Outputs:
    """Does in the log, or in the operation that has its place, what a command stands for."""

    def __init__(self, desk: Desk) -> None:
        self._screen = desk.screen

    def handlers(self) -> Mapping[Command, Handler]:
        screen = self._screen
        return {
            log.LOG_DOWN: self._in_output(lambda output: output.move(1)),
            log.LOG_UP: self._in_output(lambda output: output.move(-1)),
            log.LOG_PAGE_DOWN: self._in_output(lambda output: output.page(1)),
            log.LOG_PAGE_UP: self._in_output(lambda output: output.page(-1)),
            log.LOG_FIRST: self._in_output(lambda output: output.to_first()),
            log.LOG_LAST: self._in_output(lambda output: output.to_last()),
            log.LOG_LEFT: self._in_output(lambda output: output.sideways(-8)),
            log.LOG_RIGHT: self._in_output(lambda output: output.sideways(8)),
            log.LOG_FOLLOW: self._in_output(lambda output: output.follow_or_pause()),
            log.LOG_WRAP: lambda _: screen.log_pane.wrap_or_cut(),
            log.LOG_TIMESTAMPS: lambda _: screen.log_pane.show_or_hide_times(),
            log.LOG_FIELDS: lambda _: screen.log_pane.fields_or_lines(),
            log.LOG_SEARCH: self._in_output(self._search),
            log.LOG_NEXT: self._in_output(lambda output: output.find_next()),
            log.LOG_PREVIOUS: self._in_output(lambda output: output.find_previous()),
            apps.OPERATION_FOLD: lambda _: screen.operation.fold_step(),
            apps.OPERATION_ERROR: lambda _: screen.operation.to_error(),
        }

    def _in_output(self, act: Callable[[LogPane | OperationPane], object]) -> Handler:
        return lambda _: act(self._output)

    @property
    def _output(self) -> LogPane | OperationPane:
        screen = self._screen
        return screen.log_pane if screen.shown_operation is None else screen.operation

    def _search(self, output: LogPane | OperationPane) -> None:
        def search(text: str, final: bool) -> None:
            if final and text:
                output.find(text)

        self._screen.ask_line("Search", "", search)


class PaneMoves:
    """Goes from pane to pane, and back to where one came from."""

    def __init__(self, desk: Desk) -> None:
        self._app = desk.app
        self._screen = desk.screen

    def handlers(self) -> Mapping[Command, Handler]:
        return {
            **{command: self._going(pane) for pane, command in view.GO_TO.items()},
            view.PANE_NEXT: lambda _: self._turn(1),
            view.PANE_PREVIOUS: lambda _: self._turn(-1),
            view.PANE_ZOOM: lambda _: self._zoom(),
            view.VIEW_BACK: lambda _: self._back(),
            view.VIEW_LEAVE: lambda _: self._leave(),
        }

    def _going(self, pane: str) -> Handler:
        return lambda _: self._screen.go(pane)

    def _turn(self, by: int) -> None:
        now = self._screen.focus_on
        shown = [pane for pane in PANES if pane == now or self._screen.panes.view.shows(pane)]
        self._screen.go(shown[(shown.index(now) + by) % len(shown)])

    def _zoom(self) -> None:
        self._screen.panes.zoomed = not self._screen.panes.zoomed
        self._screen.go(self._screen.focus_on)

    def _leave(self) -> None:
        if not self._back():
            self._app.exit()

    def _back(self) -> bool:
        """Undo the last narrowing of the view: whether there was any."""
        screen, shown = self._screen, self._screen.view
        if isinstance(shown, ListView):
            if shown.marked():
                shown.unmark()
                return True
            if shown.filter_text:
                shown.set_filter("")
                return True
        elif shown is screen.operation:
            if screen.operation.clear_search():
                return True
        elif screen.log_pane.clear_search() or screen.log_pane.clear_filter():
            return True
        if screen.panes.zoomed:
            self._zoom()
            return True
        if screen.focus_on != (home := home_of(screen.panes.view)):
            screen.go(home)
            return True
        return False
