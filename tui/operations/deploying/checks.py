"""What is looked at before a deploy: refused where it cannot work, said where it may surprise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.engine.errors import NotFound
from tui.errors import Refused
from tui.model.labels import DEBUG
from tui.model.switching import START_FIRST
from tui.operations.deploying.gate import EXEC
from tui.operations.deploying.host_checks import check_host_ports
from tui.operations.deploying.reachable import out_of_reach

if TYPE_CHECKING:
    from collections.abc import Collection

    from tui.engine.client import Engine
    from tui.model.app import AppSpec, RunSpec
    from tui.model.container import Container
    from tui.model.release import Release
    from tui.operations.deploying.surroundings import Surroundings
    from tui.operations.looking.releases import Deployed

OWN_NETWORKS = ("bridge", "default", "host", "none")


async def check_run(
    engine: Engine, app: AppSpec, release: Release, releases: Deployed, around: Surroundings
) -> list[str]:
    """Warnings about a release that is to be deployed. Raises Refused and other HoldfastErrors.

    Its configuration is that of the release; what may be created is what the app declares.
    """
    run = release.run
    if why := out_of_reach(engine.endpoint, release.ready, run):
        raise Refused(f"{app.name} could not prove that it serves: {why}", f"{EXEC} ([apps.{app.name}])")
    await _check_joined(engine, app, run)
    _check_networks(app, run, {network.name for network in around.networks})
    _check_volumes(app, run, {volume.name for volume in around.volumes})
    live = releases.live
    ours = {one.id for one in releases.containers.values()}
    listed = [one for one, _ in around.containers]
    _check_names(releases, [one.name for one in listed if one.id not in ours])
    _check_ports(release, [one for one in listed if one.running and one.id not in ours])
    warnings = []
    if release.order == START_FIRST:
        warnings += _check_side_by_side(run, releases)
    if live is not None:
        warnings += [
            f"{one.name} shares the network of {app.name}: it loses it with the old container"
            for one, network_of in around.containers
            if network_of == live.id and DEBUG not in one.labels
        ]
    warnings += [*_networks_lost(run, releases), *_unproved(engine, releases)]
    freed = {
        (port.public, port.protocol) for one in listed if one.running for port in one.ports if port.public
    }
    await check_host_ports(engine, app.name, run.ports, freed)
    return warnings


async def _check_joined(engine: Engine, app: AppSpec, run: RunSpec) -> None:
    """The container whose network is to be shared must be there, and run."""
    kind, _, name = run.network_mode.partition(":")
    if kind != "container":
        return
    where = f"network_mode of [apps.{app.name}.run]"
    try:
        joined = await engine.containers.inspect(name)
    except NotFound:
        raise Refused(
            f"the container {name}, whose network {app.name} is to share, is not on this engine",
            f"make it first, or change {where}",
        ) from None
    if not joined.state.steady:
        raise Refused(
            f"the container {name}, whose network {app.name} is to share, does not run",
            f"docker start {name}, or change {where}",
        )


def _unproved(engine: Engine, releases: Deployed) -> list[str]:
    """Whether the release that serves could prove itself once more, should it have to come back."""
    entry = releases.entries.get(releases.standing.live or 0)
    if entry is None or not (why := out_of_reach(engine.endpoint, entry.release.ready, entry.release.run)):
        return []
    number = entry.release.number
    return [f"r{number}, which serves now, could not prove from here that it does should it come back: {why}"]


def _networks_lost(run: RunSpec, releases: Deployed) -> list[str]:
    """Networks that somebody has connected the live container to: no release knows of them."""
    standing, live = releases.standing, releases.live
    if live is None or standing.live is None:
        return []
    entry = releases.entries.get(standing.live)
    known = {*OWN_NETWORKS, *run.networks, *(entry.release.run.networks if entry is not None else ())}
    return [
        f"somebody connected {live.name} to the network {name}, and the new release will not be: name it in "
        f"networks of [apps.{standing.app}.run], or docker network connect {name} {standing.app} afterwards"
        for name in live.networks
        if name not in known
    ]


def _check_names(releases: Deployed, others: list[str]) -> None:
    """That a name is taken which the new or the retired release gets is found before anything changes."""
    standing = releases.standing
    for number in (standing.next_number, standing.live):
        if number is not None and (name := standing.retired_name(number)) in others:
            raise Refused(
                f"the container {name} is no release of {standing.app}, and r{number} needs its name",
                f"docker rename {name} another-name, or docker rm {name}",
            )


def _check_networks(app: AppSpec, run: RunSpec, there: Collection[str]) -> None:
    for name in run.networks:
        if name not in OWN_NETWORKS and name not in there and name not in app.create_networks:
            raise Refused(
                f"the network {name} is not on this engine",
                f'docker network create {name}, or create_networks = ["{name}"] in [apps.{app.name}]',
            )


def _check_volumes(app: AppSpec, run: RunSpec, there: Collection[str]) -> None:
    for name in (mount.source for mount in run.volumes if mount.kind == "volume" and mount.source):
        if name not in there and name not in app.create_volumes:
            raise Refused(
                f"the volume {name} is not on this engine, and a new one would be empty",
                f'docker volume create {name}, or create_volumes = ["{name}"] in [apps.{app.name}]',
            )


def _check_ports(release: Release, others: list[Container]) -> None:
    """Another container that has a port is found before anything stops."""
    wanted = {(port.published, port.protocol): port.host_ip for port in release.run.ports if port.published}
    for other in others:
        for port in other.ports:
            host = wanted.get((str(port.public), port.protocol))
            anywhere = ("", "0.0.0.0", "::")
            if host is not None and (host in anywhere or port.ip in anywhere or host == port.ip):
                raise Refused(
                    f"port {port.public} is taken by the container {other.name}",
                    f"docker stop {other.name}, or publish another port in [apps.{release.app}.run]",
                )


def _check_side_by_side(run: RunSpec, releases: Deployed) -> list[str]:
    """For a while both run: they cannot share a port, and what they both write is named."""
    live = releases.live
    fixed = [port for port in run.ports if port.published]
    if fixed:
        raise Refused(
            f"both releases would run at once and cannot share port {fixed[0].published}",
            'order = "stop-first", or no fixed port and a proxy in front',
        )
    if live is None:
        return []
    return [
        f"both releases write {mount.source or mount.target} for a while"
        for mount in run.volumes
        if mount.kind != "tmpfs" and not mount.read_only and live.mounts.get(mount.target)
    ]
