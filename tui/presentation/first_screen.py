"""The whole screen as it looks before anything but the first containers is known.

Drawn once with plain escapes before Textual is imported, then once more by Textual: both must be the same
to the cell, so both come from the same functions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from tui.commands.command import Scope, Situation
from tui.commands.meant import app_of_container, meant
from tui.presentation import apps as app_rows
from tui.presentation import containers as container_rows
from tui.presentation.app_row import AppRow
from tui.presentation.folding import HEAD, fold_of, fold_words, stands_over
from tui.presentation.frame import Scroll, bar, title_line
from tui.presentation.grouping import GROUP, INDENT, Grouping, group_line, group_of, group_words, is_grouped
from tui.presentation.header import footer_keys, footer_line, header_line, tabs_line
from tui.presentation.layout import APPS, CONTAINERS, DEFAULT, LOG, Rect, arrange
from tui.presentation.table import chosen, heading, place, row, whole_row
from tui.presentation.text import fit, safe
from tui.presentation.titles import (
    apps_note,
    apps_title,
    containers_title,
    pane_head,
    tabs,
    unread_title,
)
from tui.settings.columns import ColumnSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tui.commands.keymap import Keymap
    from tui.model.app import AppSpec
    from tui.model.container import Container
    from tui.presentation.style import Line
    from tui.settings.columns import ViewSettings
    from tui.settings.schema import ContainerSettings
    from tui.store.store import Link


ALL_COLUMNS = ColumnSettings()


def first_screen(
    width: int,
    height: int,
    containers: Sequence[Container],
    link: Link,
    keymap: Keymap,
    now: float,
    *,
    settings: ContainerSettings,
    apps: Mapping[str, AppSpec],
    called: str = "",
    colour: str = "",
    read_only: bool = False,
    view: ViewSettings = DEFAULT,
    columns: ColumnSettings = ALL_COLUMNS,
) -> list[Line]:
    """The lines of the screen, each `width` cells."""
    found = arrange(width, height, CONTAINERS, apps=bool(apps), view=view)
    key = container_rows.sort_key(settings.sort, {})
    projects = is_grouped(settings.sort, projects=settings.projects)
    ordered = _rows(containers, key, show_stopped=settings.show_stopped, projects=projects)
    names = sorted(apps)
    first_one = ordered[_chosen(ordered)].container if ordered else None
    first = () if first_one is None else (first_one,)
    acted_on, unknown = meant(
        [app_of_container(one, apps, {}) for one in first], apps, names[0] if names else ""
    )
    situation = Situation(
        Scope.CONTAINERS,
        first,
        apps=acted_on,
        unknown=unknown,
        read_only=read_only,
    )
    pieces: list[tuple[Rect, list[Line]]] = [
        (found.header, [header_line(width, link, now, called=called, colour=colour, read_only=read_only)]),
        (found.footer, [footer_line(width, footer_keys(keymap, situation))]),
    ]
    if found.tabs is not None:
        pieces.append((found.tabs, [tabs_line(width, tabs(keymap), CONTAINERS)]))
    if found.divider is not None:
        pieces.append((found.divider, [[("│", "border")]] * found.divider.height))
    for name, rect in found.panes.items():
        pieces.append((rect, _pane(name, rect, containers, ordered, settings, names, now, keymap, columns)))
    screen: list[list[tuple[int, Line]]] = [[] for _ in range(height)]
    for rect, lines in pieces:
        for offset, line in enumerate(lines[: rect.height]):
            screen[rect.y + offset].append((rect.x, line))
    return [
        [span for _, line in sorted(parts, key=lambda part: part[0]) for span in line] for parts in screen
    ]


def _pane(
    name: str,
    rect: Rect,
    containers: Sequence[Container],
    ordered: Sequence[_Row],
    settings: ContainerSettings,
    apps: Sequence[str],
    now: float,
    keymap: Keymap,
    columns: ColumnSettings,
) -> list[Line]:
    cells, rows = rect.width - 1, rect.height - 1
    running = sum(container.state == "running" for container in containers)
    scroll = Scroll(0, 0, 0)
    body: list[Line] = []
    if name == CONTAINERS:
        title = containers_title(
            keymap,
            len(containers),
            running,
            order=settings.sort,
            complete=False,
            hidden=not settings.show_stopped,
        )
        scroll = Scroll(0, rows - 1, len(ordered))
        placed = place(chosen(container_rows.COLUMNS, columns.containers), cells)
        body = [heading(placed, cells, settings.sort)] if ordered else []
        under_cursor = _chosen(ordered)
        for number, one in enumerate(ordered[: rows - 1]):
            cursor = "cursor" if number == under_cursor else ""
            if one.heading is not None:
                sums = container_rows.sums((), {})
                body.append(group_line(placed, cells, one.heading, sums, cursor=cursor))
                continue
            if one.container is None:
                body.append(whole_row(cells, one.words, "muted", cursor=cursor))
                continue

            def cell(column: str, one: _Row = one) -> tuple[str, str]:
                assert one.container is not None
                text, style = container_rows.cell(column, one.container, None, now)
                return (one.indent + text if column == "name" else text), style

            body.append(row(placed, cells, cell, cursor=cursor))
    elif name == APPS:
        title = apps_title(keymap, len(apps))
        note: list[Line] = [[(fit(f"  {line}", cells), "muted")] for line in apps_note(keymap)]
        body = _apps(apps, cells, rows, now, columns) if apps else note
        scroll = Scroll(0, rows - 1, len(apps))
    elif name == LOG:
        title = (pane_head(keymap, name), "")
    else:
        title = unread_title(keymap, name)
    body += [[(" " * cells, "text")]] * (rows - len(body))
    lines = [title_line(*title, rect.width, name == CONTAINERS)]
    return lines + [[*line, bar(number, scroll)] for number, line in enumerate(body[:rows])]


class _Row(NamedTuple):
    """A row: a container, the words of what is folded, or what the heading of a project says."""

    container: Container | None = None
    indent: str = ""
    words: str = ""
    heading: tuple[str, str] | None = None


def _chosen(ordered: Sequence[_Row]) -> int:
    """The number of the row that the cursor is on: the first that is no heading."""
    return int(len(ordered) > 1 and ordered[0].heading is not None)


def _rows(
    containers: Sequence[Container],
    key: Callable[[Container], Any],
    *,
    show_stopped: bool,
    projects: bool,
) -> list[_Row]:
    """The rows in their order."""
    known = {container.id: container for container in containers}
    folding = Grouping(
        lambda id: key(known[id]),
        lambda id: fold_of(known[id]),
        lambda id: stands_over(known[id]),
        lambda id: group_of(known[id]) if projects else "",
    )
    folding.track(known, ())
    plain = [id for id, one in known.items() if not folding.fold(id) and (show_stopped or one.running)]
    shown = {folding.group(id) for id in plain}
    heads = [
        head
        for head in folding.heads()
        if (head[1:] in shown if head[0] == GROUP else show_stopped)  # what is folded does not run
    ]
    found: list[_Row] = []
    for _, id in sorted((folding.sort_key(id), id) for id in (*plain, *heads)):
        name = id[1:]
        if id[0] == GROUP:
            members = [known[member] for member in folding.rows_of(name)]
            found.append(_Row(heading=group_words(name, members, unfolded=True)))
        elif id[0] == HEAD:
            members = [known[member] for member in folding.members.get(name, ())]
            found.append(_Row(words=safe(fold_words(name, members, unfolded=False))))
        else:
            found.append(_Row(known[id], INDENT if folding.group(id) else ""))
    return found


def _apps(names: Sequence[str], cells: int, rows: int, now: float, columns: ColumnSettings) -> list[Line]:
    """The apps by name; what was done with them, and their versions, are not known yet."""
    placed = place(chosen(app_rows.columns(names), columns.apps), cells)
    body: list[Line] = [heading(placed, cells, app_rows.SORTS[0])]
    for name in names[: rows - 1]:
        cursor = "" if body[1:] else "cursor.unfocused"

        def cell(column: str, name: str = name) -> tuple[str, str]:
            return app_rows.cell(column, AppRow(name), now)

        body.append(row(placed, cells, cell, cursor=cursor))
    return body
