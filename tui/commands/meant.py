"""Which apps a command is about: those of the rows that it is given for, never others beside them. Pure.

Light enough for the first paint.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.labels import APP, LEASE, RELEASE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tui.model.app import AppSpec
    from tui.model.container import Container


def app_of_container(container: Container, apps: Mapping[str, AppSpec], live: Mapping[str, str]) -> str:
    """The name of a container's app, configured or not; "" where it belongs to none.

    live   the apps of containers that the ledger knows, by ID

    Labels are copied into images: they count only together with the name that goes with them.
    """
    name, labels = container.name, container.labels
    if app := live.get(container.id, ""):
        return app
    if name in apps:
        return name
    app = labels.get(APP, "")
    if app and name in (app, f"{app}.r{labels.get(RELEASE)}"):
        return app
    if LEASE in labels and name.endswith(".lease"):
        return name.removesuffix(".lease")
    return app_of_references((container.image,), apps, "")


def app_of_references(references: Iterable[str], apps: Mapping[str, AppSpec], current: str) -> str:
    """The name of the app whose repository references are of, the current one first; "" for none."""
    references = tuple(references)
    for app in sorted(apps.values(), key=lambda app: app.name != current):
        if any(map(app.owns, references)):
            return app.name
    return ""


def meant(names: Iterable[str], apps: Mapping[str, AppSpec], current: str) -> tuple[tuple[AppSpec, ...], str]:
    """The apps to act on, and one that is meant and not configured, "" where there is none.

    names   those of the rows, "" for a row that belongs to none: then it is the current one's turn
    """
    found = dict.fromkeys(filter(None, names)) or dict.fromkeys(filter(None, (current,)))
    unknown = next((name for name in found if name not in apps), "") if apps else ""
    return (() if unknown else tuple(apps[name] for name in found if name in apps)), unknown
