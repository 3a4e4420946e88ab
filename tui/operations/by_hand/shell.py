"""A shell inside a running container."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tui.engine.errors import EngineError
from tui.operations.by_hand.terminal import attach_terminal, terminal_size
from tui.together import all_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tui.engine.client import Engine

SHELLS = (
    ("/bin/bash",),
    ("/usr/bin/bash",),
    ("/usr/local/bin/bash",),
    ("/bin/ash",),
    ("/bin/sh",),
    ("/usr/bin/sh",),
    ("/usr/local/bin/sh",),
    ("/busybox/sh",),
    ("/bin/busybox", "sh"),
    ("/busybox/busybox", "sh"),
)
"""Shells in the order in which they are wanted; the last ones are those of images made of busybox alone."""


class NoShell(EngineError):
    """There is none of SHELLS in the container."""


async def shell(
    engine: Engine, container_id: str, input_fd: int, output_fd: int, command: Sequence[str] = ()
) -> int:
    """Give the terminal to a shell in the container until it is left; returns the shell's exit code.

    command   as `find_shell` found it, () where that is still to be asked

    Raises EngineError: NoShell, Conflict where the container does not run, NotFound where it is gone.
    """
    command = command or await find_shell(engine, container_id)
    columns, rows = terminal_size(output_fd)
    environment = {"TERM": terminal_name(os.environ)}
    async with await engine.execs.open(
        container_id, command, environment=environment, columns=columns, rows=rows
    ) as session:
        return await attach_terminal(session, input_fd, output_fd)


async def find_shell(engine: Engine, container_id: str) -> tuple[str, ...]:
    """The command of the best shell that the container has. Raises EngineError.

    Files are looked for instead of shells being tried: an image without a shell could not try any, and what
    a failed try writes would land on the terminal.
    """
    container = await engine.containers.inspect(container_id)
    found = await all_of(*(engine.containers.has_file(container.id, path) for path, *_ in SHELLS))
    for command, there in zip(SHELLS, found, strict=True):
        if there:
            return command
    raise NoShell(
        f"{container.name} has no shell",
        "looked for bash, ash, sh and busybox; images made from scratch often have none",
    )


def terminal_name(environ: Mapping[str, str]) -> str:
    """TERM for the container, which seldom knows more terminals than xterm."""
    local = environ.get("TERM", "")
    if "256color" in local or environ.get("COLORTERM"):
        return "xterm-256color"
    return local or "xterm"
