"""What an app loses by what is done to its containers by hand: said before it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands.meant import app_of_container
from tui.model.labels import APP, LEASE, LEDGER, RELEASE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tui.commands.container_actions import ContainerAction
    from tui.model.container import Container
    from tui.model.releases import Releases

MOST = 6
"""Sentences that a question holds."""


def losses(
    action: ContainerAction, containers: Iterable[Container], known: Mapping[str, Releases]
) -> list[str]:
    """A sentence for each container that is a release of an app, or kept beside them: live ones first.

    known   what is known of the releases of apps, by name
    """
    found = sorted(sentence for one in containers for sentence in _of(action, one, known))
    said = [sentence for _, sentence in found]
    return said if len(said) <= MOST else [*said[:MOST], f"and {len(said) - MOST} more of Holdfast's own"]


def _of(
    action: ContainerAction, container: Container, known: Mapping[str, Releases]
) -> Iterator[tuple[int, str]]:
    """What there is to say of one, and how much it counts: 0 most."""
    if LEDGER in container.labels and container.name == "holdfast-ledger":
        if action.removes:
            yield 2, "it holds the volume of the ledger: Holdfast makes it anew, and no release is lost"
        return
    if LEASE in container.labels and container.name.endswith(".lease"):
        if action.removes:
            app = container.name.removesuffix(".lease")
            yield 1, f"the lease of {app}: whoever changes {app} now loses it on the way"
        return
    app, number = _release_of(container, known)
    if not app:
        return
    releases = known.get(app)
    if container.name == app:
        if action.serves:
            yield 0, f"live release r{number} of {app}: {action.serves}"
    elif action.removes and (releases is None or releases.way(number) is not None):
        yield 1, f"a way back of {app} (r{number}): going there makes its container anew"


def _release_of(container: Container, known: Mapping[str, Releases]) -> tuple[str, int]:
    """The app and the number of a release's container; of one that only its labels tell of, too."""
    for app, releases in known.items():
        for number, slot in releases.standing.slots.items():
            if slot.id == container.id:
                return app, number
    app = app_of_container(container, {}, {})
    said = container.labels.get(RELEASE, "")
    same = container.labels.get(APP) == app and app not in known
    return (app, int(said)) if app and same and said.isascii() and said.isdecimal() else ("", 0)
