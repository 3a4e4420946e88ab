"""A screen of its own for the volumes, the networks and the events of one engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical

from tui.commands import resources, view
from tui.commands.command import RESOURCE_SCOPES, Command, Scope, Situation
from tui.panes.resources import EventsList, NetworksList, VolumesList
from tui.presentation.header import footer_line
from tui.presentation.help import help_lines
from tui.presentation.resources import event_lines, event_name
from tui.presentation.text import safe
from tui.screens.dialogs import Choice, MenuDialog
from tui.screens.keyed import KeyedScreen
from tui.screens.reading import ReadingScreen
from tui.widgets.bars import Bar, TopBar
from tui.widgets.line_input import LineInput

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual import events
    from textual.app import ComposeResult

    from tui.commands.keymap import Keymap
    from tui.panes.resources import ResourceList
    from tui.presentation.style import Line
    from tui.settings.columns import ColumnSettings
    from tui.sync.resources import ResourcesFollower
    from tui.widgets.list_view import ListView

MOVES: dict[Command, Callable[[ListView], object]] = {
    view.LIST_DOWN: lambda rows: rows.move(1),
    view.LIST_UP: lambda rows: rows.move(-1),
    view.LIST_PAGE_DOWN: lambda rows: rows.page(1),
    view.LIST_PAGE_UP: lambda rows: rows.page(-1),
    view.LIST_FIRST: lambda rows: rows.move_to(0),
    view.LIST_LAST: lambda rows: rows.move_to(len(rows.ordering) - 1),
    view.LIST_SORT: lambda rows: rows.sort_next(),
    view.LIST_MARK: lambda rows: rows.mark(),
    view.LIST_MARK_ALL: lambda rows: rows.mark_all(),
}

PAGES = {
    resources.VIEW_VOLUMES: Scope.VOLUMES,
    resources.VIEW_NETWORKS: Scope.NETWORKS,
    resources.VIEW_EVENTS: Scope.EVENTS,
}
"""The page that a command opens."""


COPIES = (view.LIST_COPY, view.LIST_COMMAND)


class ResourcesScreen(KeyedScreen[None], inherit_bindings=False):
    """Tab turns the page, `X` offers what can be done, Escape or q goes back.

    situation   what holds of the engine, with nothing selected
    choose      does a command, or says why not
    """

    DEFAULT_CSS = """
    ResourcesScreen Vertical { height: 100%; }
    ResourcesScreen ListView { height: 1fr; }
    ResourcesScreen #keys { height: 1; dock: bottom; }
    ResourcesScreen LineInput { dock: bottom; }
    """
    AUTO_FOCUS = ""

    def __init__(
        self,
        follower: ResourcesFollower,
        keymap: Keymap,
        page: Scope,
        *,
        situation: Callable[[], Situation],
        choose: Callable[[Command, Situation], None],
        clock: Callable[[], float],
        columns: ColumnSettings,
    ) -> None:
        super().__init__()
        self._follower = follower
        self._keymap = keymap
        self._page = page
        self._situation = situation
        self._choose = choose
        self._lists: dict[Scope, ResourceList] = {
            Scope.VOLUMES: VolumesList(follower, self._pages(Scope.VOLUMES), clock),
            Scope.NETWORKS: NetworksList(follower, self._pages(Scope.NETWORKS), clock),
            Scope.EVENTS: EventsList(follower, self._pages(Scope.EVENTS), clock),
        }
        for scope, rows in self._lists.items():
            rows.set_columns(rows.COLUMNS, columns._asdict()[scope.value])

    def compose(self) -> ComposeResult:
        if self.engine_line is not None:
            yield TopBar(self.engine_line)
        with Vertical():
            yield from self._lists.values()
        yield Bar(self._draw_footer, id="keys")
        yield LineInput(id="line")

    def on_mount(self) -> None:
        self.query_one("#line").display = False
        self._unsubscribe = self._follower.subscribe(self._changed)
        self.run_worker(self._follower.run(), name="resources")
        self._show(self._page)

    def on_unmount(self) -> None:
        self._unsubscribe()

    def _changed(self) -> None:
        for rows in self._lists.values():
            rows.take()

    @property
    def rows(self) -> ResourceList:
        """The list of the page that is shown."""
        return self._lists[self._page]

    @property
    def _list(self) -> ResourceList:
        return self.rows

    def _pages(self, page: Scope) -> str:
        return "  ".join(f"[{one.value}]" if one is page else one.value for one in RESOURCE_SCOPES)

    def _show(self, page: Scope) -> None:
        self._page = page
        for scope, rows in self._lists.items():
            rows.display = scope is page
        self._list.focus()
        self.query_one("#keys", Bar).refresh()

    def _turn(self, by: int) -> None:
        at = RESOURCE_SCOPES.index(self._page) + by
        self._show(RESOURCE_SCOPES[at % len(RESOURCE_SCOPES)])

    def _draw_footer(self, width: int) -> Line:
        keys = [("Esc", "back"), ("Tab", "turn the page")]
        if self._page is not Scope.EVENTS:
            keys += [("X", "actions"), (self._key(view.LIST_MARK), "mark")]
        keys += [("Enter", "inspect"), (self._key(view.LIST_FILTER), "filter")]
        if self._page is not Scope.EVENTS:
            keys.append((self._key(view.LIST_SORT), "sort"))
        if self._page is Scope.VOLUMES:
            keys.append((self._key(resources.VOLUME_SIZES), "count sizes"))
        return footer_line(width, [*keys, (self._key(view.VIEW_HELP), "help")])

    def _key(self, command: Command) -> str:
        return self._keymap.hint(command)

    # Keys

    def selected(self) -> Situation:
        """What is selected here."""
        keys, found = self._list.selected(), self._situation()
        follower = self._follower
        match self._page:
            case Scope.VOLUMES:
                volumes = tuple(follower.volumes[key] for key in keys if key in follower.volumes)
                return found._replace(pane=self._page, volumes=volumes)
            case Scope.NETWORKS:
                networks = tuple(follower.networks[key] for key in keys if key in follower.networks)
                return found._replace(pane=self._page, networks=networks)
        return found._replace(pane=self._page)

    def take(self, event: events.Key) -> bool:
        match event.key:
            case "tab":
                self._turn(1)
            case "shift+tab":
                self._turn(-1)
            case "X":
                self._menu()
            case key:
                command = self._keymap.find(self._page, key) or self._keymap.find(
                    self._page, event.character or ""
                )
                if command is None:
                    return False
                self._do(command)
        return True

    def _do(self, command: Command) -> None:
        if command in MOVES:
            MOVES[command](self._list)
        elif command in PAGES:
            self._show(PAGES[command])
        elif command in COPIES or (command.scope is self._page and command is not resources.VOLUME_INSPECT):
            self._choose(command, self.selected())
        elif command is view.LIST_OPEN or command is resources.VOLUME_INSPECT:
            self._open()
        elif command is view.LIST_FILTER:
            self.query_one(LineInput).ask("Filter", self._list.filter_text)
        elif command is view.LIST_COLUMNS:
            self._choose(command, self.selected())
        elif command is view.VIEW_HELP:
            lines = help_lines(self._keymap, self._page)
            self.app.push_screen(ReadingScreen("Help", [("keys", lines)]))
        elif command in (view.VIEW_BACK, view.VIEW_LEAVE):
            self._back()
        elif command is view.VIEW_QUIT:
            self.app.exit()
        else:
            said = f"{command.title}: not among the {self._page.value}; Esc goes back"
            self.notify(safe(said), markup=False, timeout=4)

    def _back(self) -> None:
        rows = self._list
        if rows.marked():
            rows.unmark()
        elif rows.filter_text:
            rows.set_filter("")
        else:
            self.dismiss()

    def _open(self) -> None:
        if self._page is Scope.EVENTS:
            key = self._list.cursor
            if key is not None and (event := self._follower.events.get(int(key))) is not None:
                title = safe(f"{event.kind} {event_name(event)}")
                self.app.push_screen(ReadingScreen(title, [("event", event_lines(event))]))
            return
        inspect = resources.VOLUME_INSPECT if self._page is Scope.VOLUMES else resources.NETWORK_INSPECT
        self._choose(inspect, self.selected())

    def _menu(self) -> None:
        situation = self.selected()
        offered = self._keymap.menu(self._page)
        commands = {command.id: command for command in offered.values()}
        if not commands:
            return
        choices = [
            Choice(one.id, letter, one.title, self._keymap.unavailable(one, situation))
            for letter, one in offered.items()
        ]
        things = [one.name for one in situation.volumes] + [one.name for one in situation.networks]
        more = f" and {len(things) - 1} more" if len(things) > 1 else ""
        title = f"{things[0]}{more}" if things else self._page.value.capitalize()

        def chosen(id: str | None) -> None:
            if id:
                self._choose(commands[id], situation)

        self.app.push_screen(MenuDialog(title, choices), chosen)

    # What the lists say

    def on_list_view_opened(self, _: ListView.Opened) -> None:
        self._open()

    def on_line_input_changed_text(self, message: LineInput.ChangedText) -> None:
        self._list.set_filter(message.text)
        if message.final:
            self.query_one("#line").display = False
            self._list.focus()
