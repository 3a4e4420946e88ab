"""Containers of one Compose project as a group under a heading, which says how they are together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.presentation.folding import Folding, fold_of, stands_over
from tui.presentation.table import MARGIN
from tui.presentation.text import cut, fit, safe, width

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from tui.model.container import Container
    from tui.presentation.style import Line, Span
    from tui.presentation.table import Placed

GROUP = "\1"
"""What the key of a heading begins with; the name of the project follows."""

LEAST = 2
"""Containers of a project that make a group: one alone says by itself whose it is."""

GROUPED = ("state", "name", "project")
"""Orders in which projects stand together. By any other each row is compared with all others."""

INDENT = "  "
"""Before the name of a container that stands under a heading."""


def group_of(container: Container) -> str:
    """The project that a container stands under, "" for none: a release of an app stands with that app."""
    if not container.project or stands_over(container) or fold_of(container):
        return ""
    return container.project


def is_grouped(order: str, *, projects: bool) -> bool:
    """Whether projects stand together in an order; `projects`: whether they should at all."""
    return projects and order in GROUPED


class Grouping(Folding):
    """A folding some of whose rows stand under headings, each where the first of its rows would stand.

    row_key, fold, over   as for Folding
    group                 the project of a row, "" for none
    """

    def __init__(
        self,
        row_key: Callable[[str], Any],
        fold: Callable[[str], str],
        over: Callable[[str], str],
        group: Callable[[str], str],
    ) -> None:
        self._group = group
        super().__init__(row_key, fold, over)

    def clear(self) -> None:
        super().clear()
        self._project: dict[str, str] = {}
        self._rows: dict[str, dict[str, Any]] = {}
        self._tops: dict[str, Any] = {}

    def group(self, key: str) -> str:
        """The project whose heading a row is, or under whose heading it stands; "" for neither."""
        project = key[1:] if key.startswith(GROUP) else self._project.get(key, "")
        return project if project in self._tops else ""

    def members_of(self, project: str) -> Collection[str]:
        """The rows of a group, in any order."""
        return self._rows.get(project, {})

    def rows_of(self, project: str) -> list[str]:
        """The rows of a group, in their order."""
        rows = self._rows.get(project, {})
        return sorted(rows, key=rows.__getitem__)

    def heads(self) -> list[str]:
        return [*super().heads(), *(GROUP + project for project in self._tops)]

    def sort_key(self, key: str) -> Any:
        """A heading stands where the first of its rows would; the name keeps two of them apart."""
        project = self.group(key)
        if not project:
            first, *rest = super().sort_key(key)
            return (0, rest[0], "", *rest[1:]) if first == 0 else (first, *rest)
        if key.startswith(GROUP):
            return (0, self._tops[project], project, 0)
        return (0, self._tops[project], project, 1, self._rows[project][key])

    def take(self, put: Iterable[str], removed: Iterable[str]) -> tuple[Iterable[str], Iterable[str]]:
        put, removed = tuple(put), tuple(removed)
        projects = {self._project.get(key, "") for key in (*put, *removed)} | set(map(self._group, put))
        tops = {project: self._tops.get(project) for project in sorted(projects - {""})}
        placed, gone = super().take(put, removed)
        more: list[str] = []
        less: list[str] = []
        for project, old in tops.items():
            top = self._tops.get(project)
            if top is None:
                less += [GROUP + project] if old is not None else []
            else:
                more.append(GROUP + project)
            if top != old:
                more += self._rows.get(project, {})
        return dict.fromkeys((*placed, *more)), (*gone, *less)

    def track(self, put: Iterable[str], removed: Iterable[str]) -> set[str]:
        put, removed = tuple(put), tuple(removed)
        touched = super().track(put, removed)
        projects = {self._leave(key) for key in removed}
        for key in put:
            projects |= {self._leave(key), project := self._group(key)}
            if project:
                self._project[key] = project
                self._rows.setdefault(project, {})[key] = self._row_key(key)
        for project in projects - {""}:
            rows = self._rows.get(project, {})
            if len(rows) >= LEAST:
                self._tops[project] = min(rows.values())
            else:
                self._tops.pop(project, None)
            if not rows:
                self._rows.pop(project, None)
        return touched

    def _leave(self, key: str) -> str:
        project = self._project.pop(key, "")
        self._rows.get(project, {}).pop(key, None)
        return project


def group_words(project: str, members: Collection[Container], *, unfolded: bool) -> tuple[str, str]:
    """E.g. ("▾ shop", "3 of 4 running, 1 unhealthy"), both safe."""
    running = sum(one.state == "running" for one in members)
    words = [f"{running} of {len(members)} running"]
    words += [
        f"{count} {word}"
        for word, count in (
            ("unhealthy", sum(one.state == "running" and one.health == "unhealthy" for one in members)),
            ("restarting", sum(one.state == "restarting" for one in members)),
            ("paused", sum(one.state == "paused" for one in members)),
        )
        if count
    ]
    return f"{'▾' if unfolded else '▸'} {safe(project)}", ", ".join(words)


def group_line(
    placed: Sequence[Placed],
    cells: int,
    words: tuple[str, str],
    sums: Mapping[str, Span],
    *,
    cursor: str = "",
) -> Line:
    """A heading: what it says before the first column that has a sum, then the sums in their columns."""
    over = f" {cursor}" if cursor else ""
    summed = [place for place in placed if place.column.id in sums]
    room = (summed[0].x - 1 if summed else cells) - MARGIN
    name, state = cut(words[0], max(room, 0)), words[1]
    line: Line = [("▌" if cursor else " ", f"accent{over}"), (" ", f"mark{over}")]
    line.append((name, f"accent{over}"))
    taken = width(name)
    line.append((fit(f"  {state}", max(room - taken, 0)), f"muted{over}"))
    x = MARGIN + max(room, taken)
    for column, start, wide in summed:
        line.append((" " * (start - x), f"text{over}"))
        text, style = sums[column.id]
        line.append((fit(text, wide, "right" if column.right else "left"), style + over))
        x = start + wide
    line.append((" " * (cells - x), f"text{over}"))
    return line
