"""The docker commands that do the same."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from tui.engine.endpoint import DEFAULT_SOCKET

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.commands.command import Command, Situation
    from tui.engine.ref import EngineRef


def docker_command(command: Command, arguments: Sequence[str], *, force: bool = False) -> str:
    """The docker command line that does the same, quoted for a shell; "" where there is none."""
    if not command.docker:
        return ""
    base = f"{command.docker} --force" if force else command.docker
    return " ".join((base, *(shlex.quote(argument) for argument in arguments)))


def logs_commands(names: Sequence[str], options: Sequence[str], ref: EngineRef) -> list[str]:
    """The docker command lines that show the same logs: docker shows one at a time."""
    return [_line(ref, "logs", *options, name) for name in names]


def inspect_command(situation: Situation, ref: EngineRef) -> str:
    """The docker command line that shows what is selected; of an app, its live container."""
    for noun, names in (
        ("container", [container.name for container in situation.containers]),
        ("image", [*situation.tags] or [(image.tags or (image.id,))[0] for image in situation.images]),
        ("volume", [volume.name for volume in situation.volumes]),
        ("network", [network.name for network in situation.networks]),
        ("container", [app.name for app in situation.apps]),
    ):
        if names:
            return _line(ref, noun, "inspect", *names)
    return _line(ref, "events")


def _line(ref: EngineRef, *words: str) -> str:
    """A command line for an engine: by its Docker context's name, else by where it is unless docker looks there."""
    place: tuple[str, ...] = ()
    if ref.called:
        place = "--context", ref.called
    elif ref.url != f"unix://{DEFAULT_SOCKET}":
        place = "--host", ref.url
    return shlex.join(("docker", *place, *words))
