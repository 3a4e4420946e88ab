"""Which containers can be adopted as an app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.engine.errors import NotFound
from tui.errors import HoldfastError, Refused
from tui.model.app_name import free_name, is_app_name, taken_by
from tui.model.labels import APP, LEDGER, RELEASE, TEST
from tui.model.labels import LEASE as LEASE_OF
from tui.model.remedies import taken_remedy
from tui.operations.looking.releases import read_releases
from tui.together import all_of

if TYPE_CHECKING:
    from tui.engine.client import Engine
    from tui.engine.container.adoption import Adoption
    from tui.engine.container.inspected import Inspected
    from tui.ledger.ledger import Ledger
    from tui.operations.looking.releases import Deployed

SWARM_SERVICE = "com.docker.swarm.service.name"


class NoSuchContainer(HoldfastError):
    """There is no such container, or it cannot be told what the app is to be called."""

    exit_status = 2


async def look(engine: Engine, wanted: str) -> Adoption:
    """The container of a name or an ID. Raises NoSuchContainer, EngineError."""
    try:
        return await engine.containers.adoption(wanted)
    except NotFound:
        raise NoSuchContainer(
            f"there is no container {wanted} on this engine", "docker ps lists what runs"
        ) from None


def refuse_unfit(one: Adoption, name: str) -> None:
    """Raises NoSuchContainer for a name that no app can have, Refused for what could not be deployed anew."""
    kept = one.container
    if not is_app_name(name):
        raise NoSuchContainer(
            f'"{name}" is no name of an app: it takes a-z, 0-9, ".", "_" and "-", 2 at least',
            f"holdfast adopt {kept.name} --name NAME: the container gets that name",
        )
    if whose := taken_by(name):
        raise NoSuchContainer(
            f'"{name}" is no name of an app: {whose} is called so',
            f"holdfast adopt {kept.name} --name {free_name(name)}: the container gets that name",
        )
    if name != kept.name and kept.id.startswith(name):
        raise NoSuchContainer(
            f"how is the app to be called? {name} is the ID of the container {kept.name}",
            f"holdfast adopt {kept.name}, or holdfast adopt {name} --name NAME",
        )
    if service := kept.labels.get(SWARM_SERVICE):
        raise Refused(
            f"the container {kept.name} is a task of the service {service}, and Swarm manages it",
            "a task cannot be taken from its service",
        )
    if one.container.removed:
        raise Refused(
            f"the container {kept.name} was started with --rm: it is gone once it stops, "
            "and there would be no way back to it",
            "start it anew without --rm, then adopt it",
        )
    if not kept.running:
        raise Refused(f"the container {kept.name} does not run", f"docker start {kept.name}")


async def refuse_our_own(engine: Engine, ledger: Ledger, kept: Inspected) -> None:
    """What the ledger calls a release is ours; labels alone say nothing: images pass them on."""
    ours = kept.release_labels
    if serving := next((label for label in (LEASE_OF, LEDGER, TEST) if label in ours), ""):
        raise Refused(
            f"the container {kept.name} bears the label {serving}: it is one of Holdfast's own",
            f"docker rename {kept.name} ANOTHER-NAME gives its name back; adopt one without that label",
        )
    app = ours.get(APP, "")
    if RELEASE not in ours or not is_app_name(app):
        return
    refuse_release(await read_releases(engine, ledger, app), kept)


def refuse_release(releases: Deployed, kept: Inspected) -> None:
    """Raises Refused where it is one of these already."""
    app = releases.standing.app
    for number, one in releases.containers.items():
        if one.id == kept.id:
            raise Refused(
                f"the container {one.name} is {releases.called(number)} of {app} already",
                f"holdfast status {app}",
            )


def refuse_taken(releases: Deployed, kept: Inspected) -> None:
    """Raises Refused where the app is there already, or another container has its name."""
    name, live = releases.standing.app, releases.live
    if live is not None:
        number = releases.called(releases.standing.live or 0)
        what = "it is" if live.id == kept.id else f"{name} has"
        raise Refused(f"{what} {number} of {name} already, and live", f"holdfast status {name}")
    if releases.foreign is not None and releases.foreign.id != kept.id:
        raise Refused(f"another container is called {name}", "choose another name")
    refuse_release(releases, kept)
    if releases.standing.open:
        mine = releases.foreign is not None
        remedy = taken_remedy(name, interrupted=True) if mine else f"holdfast recover {name}"
        raise Refused(f"a deploy of {name} was interrupted", remedy)


async def refuse_adopted_elsewhere(ledger: Ledger, kept: Inspected, name: str) -> None:
    """Raises Refused where the ledger has it as a release of another app, whatever it is called now."""
    others = [app for app in await ledger.apps() if app != name]
    for app, entries in zip(others, await all_of(*map(ledger.entries, others)), strict=True):
        for entry in entries:
            if entry.release.adopted and entry.release.container == kept.id:
                raise Refused(
                    f"the container {kept.name} is r{entry.release.number} of {app} already",
                    f"holdfast status {app}",
                )
