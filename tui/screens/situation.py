"""What commands decide on, read from what is known and from what is selected."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.commands.command import Scope, Situation
from tui.commands.meant import app_of_container, app_of_references, meant
from tui.presentation.folding import THE_LEDGER
from tui.store.store import LinkState, Store

if TYPE_CHECKING:
    from tui.model.app import AppSpec
    from tui.model.releases import Releases
    from tui.store.operation import Operation


class Selection(NamedTuple):
    """What the user has selected, and where.

    pane     the scope of the focused pane
    keys     of the marked rows, else of the one under the cursor: IDs, tags, or names of apps
    images   the ID of the image of each tag, "" where it is not on the engine
    project  the Compose project whose heading the cursor is on, "" for none
    fold     the app whose containers are folded in the row under the cursor, "" for none
    app      the current app, "" for none
    release  the number of the release under the cursor, 0 for none
    shown    the operation in the place of the log, None where a log is there
    """

    pane: Scope
    keys: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    project: str = ""
    fold: str = ""
    app: str = ""
    release: int = 0
    shown: Operation | None = None


def situation_of(store: Store, selection: Selection, *, read_only: bool = False) -> Situation:
    """All that decides whether a command is available now."""
    found = Situation(
        selection.pane,
        shown=selection.shown,
        live=store.link.state is not LinkState.LOST,
        read_only=read_only,
        elsewhere=store.elsewhere,
        trust=store.trust,
        release=selection.release,
    )
    match selection.pane:
        case Scope.CONTAINERS | Scope.LOG:
            containers = tuple(store.containers[key] for key in selection.keys if key in store.containers)
            if selection.project:
                containers = tuple(one for one in containers if one.is_of_project)
            found = found._replace(containers=containers, project=selection.project if containers else "")
        case Scope.IMAGES:
            found = found._replace(
                images=tuple(store.images[id] for id in selection.keys if id in store.images)
            )
        case Scope.TAGS:
            of = dict(zip(selection.keys, selection.images, strict=True))
            here = tuple(tag for tag in selection.keys if of[tag] in store.images)
            tags = here or selection.keys  # what only a registry has can be done nothing to here
            images = tuple(store.images[of[tag]] for tag in tags if of[tag] in store.images)
            found = found._replace(tags=tags, images=images)
    apps, unknown = _apps(store, selection, found)
    return found._replace(
        apps=apps,
        unknown=unknown,
        running=_running(store, selection, apps),
        releases=_releases(store, apps[0].name) if len(apps) == 1 else None,
    )


def _releases(store: Store, app: str) -> Releases | None:
    """Those of an app. One that was under way when they were read, and has ended since, is no obstacle."""
    releases = store.releases.get(app)
    if releases is None or not any(
        operation.ended is not None and operation.ended.t >= releases.at
        for operation in store.operations_of(app)[:1]
    ):
        return releases
    records = {number: good for number, good in releases.standing.records.items() if good is not None}
    return releases._replace(holder=None, standing=releases.standing._replace(records=records))


def _apps(store: Store, selection: Selection, found: Situation) -> tuple[tuple[AppSpec, ...], str]:
    """The apps of the rows that a command is given for, and one of them that is not configured."""
    apps, current = store.apps, selection.app
    names: list[str] = []
    match selection.pane:
        case Scope.APPS:
            names = list(selection.keys)
        case Scope.OPERATION:
            names = [selection.shown.started.app] if selection.shown is not None else []
        case Scope.TAGS:
            names = [app_of_references((tag,), apps, current) for tag in found.tags]
        case Scope.IMAGES:
            names = [app_of_references((*one.tags, *one.digests), apps, current) for one in found.images]
        case _ if found.containers:
            live = {
                slot.id: name
                for name, releases in store.releases.items()
                for slot in releases.standing.slots.values()
            }
            names = [app_of_container(one, apps, live) for one in found.containers]
            if found.project and len(set(names)) > 1:
                names = []  # a project is no app: what is done to one is not done to all that it has parts of
        case Scope.CONTAINERS:
            names = [selection.fold] if selection.fold != THE_LEDGER else []
    return meant(names, apps, current)


def _running(store: Store, selection: Selection, apps: tuple[AppSpec, ...]) -> tuple[Operation, ...]:
    names = {app.name for app in apps}
    looked_at = selection.shown if selection.pane is Scope.OPERATION else None
    running = [operation for operation in store.operations.values() if operation.running]

    def first(operation: Operation) -> tuple[bool, bool, float]:
        return operation is not looked_at, operation.started.app not in names, -operation.started.t

    return tuple(sorted(running, key=first))
