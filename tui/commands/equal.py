"""The docker command that a command equals."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_DOCKER = {
    "container.start": "docker start",
    "container.stop": "docker stop",
    "container.restart": "docker restart",
    "container.kill": "docker kill",
    "container.pause": "docker pause",
    "container.unpause": "docker unpause",
    "container.rename": "docker rename",
    "container.remove": "docker rm",
    "container.shell": "docker exec -it",
    "container.log": "docker logs --follow",
    "container.inspect": "docker inspect",
    "image.remove": "docker rmi",
    "image.prune": "docker rmi",
    "image.inspect": "docker inspect",
    "image.history": "docker history",
    "tag.remove": "docker rmi",
    "tag.inspect": "docker inspect",
    "tag.history": "docker history",
}


def docker_command(command_id: str, arguments: Sequence[str], *, force: bool = False) -> str:
    """The docker command line that does the same, quoted for a shell; "" where there is none."""
    base = _DOCKER.get(command_id)
    if base is None:
        return ""
    if force:
        base += " --force"
    return " ".join((base, *(shlex.quote(argument) for argument in arguments)))
