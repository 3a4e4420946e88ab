"""What commands decide on, read from the main screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands.command import Scope, Situation
from tui.commands.meant import app_of_container, app_of_references, meant
from tui.presentation.folding import THE_LEDGER
from tui.store.store import LinkState, Store

if TYPE_CHECKING:
    from tui.model.app import AppSpec
    from tui.model.image import Image
    from tui.model.releases import Releases
    from tui.screens.main import MainScreen
    from tui.store.operation import Operation


def scope_of(screen: MainScreen) -> Scope:
    """The scope of the focused pane: the place of the log may hold an operation."""
    return Scope.OPERATION if screen.view is screen.operation else Scope(screen.focus_on)


def situation_of(screen: MainScreen) -> Situation:
    """All that decides whether a command is available now."""
    store, view = screen.store, screen.view
    found = Situation(
        scope_of(screen),
        shown=screen.shown_operation,
        live=store.link.state is not LinkState.LOST,
        read_only=screen.read_only,
    )
    if view is screen.containers or view is screen.log_pane:
        keys = screen.containers.selected() if view is screen.containers else [screen.log_pane.container_id]
        found = found._replace(
            containers=tuple(store.containers[key] for key in keys if key in store.containers)
        )
    elif view is screen.images:
        images = tuple(store.images[id] for id in screen.images.selected() if id in store.images)
        found = found._replace(images=images)
    elif view is screen.tags:
        chosen = screen.tags.selected()
        here = tuple(tag for tag in chosen if screen.tags.image_of(tag) in store.images)
        tags = here or tuple(chosen)  # what only a registry has can be done nothing to here
        images = tuple(store.images[id] for tag in tags if (id := screen.tags.image_of(tag)) in store.images)
        found = found._replace(tags=tags, images=images)
    apps, unknown = _apps(screen, found)
    return found._replace(
        apps=apps,
        unknown=unknown,
        running=_running(screen, apps),
        releases=_releases(store, apps[0].name) if len(apps) == 1 else None,
        elsewhere=screen.apps.elsewhere,
        release=screen.apps.release if view is screen.apps else 0,
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


def belongs(image: Image, app: AppSpec) -> bool:
    """Whether an image is in the repository of an app."""
    return any(map(app.owns, (*image.tags, *image.digests)))


def _apps(screen: MainScreen, situation: Situation) -> tuple[tuple[AppSpec, ...], str]:
    """The apps of the rows that a command is given for, and one of them that is not configured."""
    view, apps = screen.view, screen.configured
    current = screen.apps.current.name if screen.apps.current is not None else ""
    names: list[str] = []
    if view is screen.apps:
        names = screen.apps.selected_apps()
    elif view is screen.operation:
        names = [screen.operation.operation.started.app] if screen.operation.operation is not None else []
    elif view is screen.tags:
        names = [app_of_references((tag,), apps, current) for tag in situation.tags]
    elif view is screen.images:
        names = [app_of_references((*one.tags, *one.digests), apps, current) for one in situation.images]
    elif situation.containers:
        live = {
            slot.id: name
            for name, releases in screen.store.releases.items()
            for slot in releases.standing.slots.values()
        }
        names = [app_of_container(one, apps, live) for one in situation.containers]
    elif view is screen.containers:
        fold = screen.containers.folding.fold(screen.containers.cursor or "")
        names = [fold] if fold != THE_LEDGER else []
    return meant(names, apps, current)


def _running(screen: MainScreen, apps: tuple[AppSpec, ...]) -> tuple[Operation, ...]:
    names = {app.name for app in apps}
    looked_at = screen.shown_operation if screen.view is screen.operation else None
    running = [operation for operation in screen.store.operations.values() if operation.running]

    def first(operation: Operation) -> tuple[bool, bool, float]:
        return operation is not looked_at, operation.started.app not in names, -operation.started.t

    return tuple(sorted(running, key=first))
