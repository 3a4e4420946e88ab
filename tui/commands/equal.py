"""The docker command that a command equals."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.commands.command import Command


def docker_command(command: Command, arguments: Sequence[str], *, force: bool = False) -> str:
    """The docker command line that does the same, quoted for a shell; "" where there is none."""
    if not command.docker:
        return ""
    base = f"{command.docker} --force" if force else command.docker
    return " ".join((base, *(shlex.quote(argument) for argument in arguments)))
