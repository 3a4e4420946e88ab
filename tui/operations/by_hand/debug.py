"""A shell beside a running container that has none, from an image that has one (decision 172)."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import socket
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from tui.engine.credentials import credentials_for
from tui.engine.errors import Conflict, EngineError, NotFound
from tui.engine.shielded import shielded
from tui.model.labels import ACCOUNT, DEBUG, DEBUG_BY, HOST
from tui.model.registry_name import registry_host
from tui.operations.by_hand.shell import NoShell, find_shell, shell
from tui.own_folders import began

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from tui.engine.client import Engine

NAME = "holdfast-debug-"
"""How their names begin."""

REMOVE_SECONDS = 10.0
"""Time limit for removing one at the end: the engine does it by itself too."""

ROOT = "/proc/1/root"
"""Where the files of the container are that it is for."""


def docker_arguments(container: str, image: str, *, read_only: bool) -> list[str]:
    """What `docker run` takes for the same, without what it takes from an IPC that can be joined."""
    volumes = f"{container}:ro" if read_only else container
    return [
        "-it", "--rm", "--pid", f"container:{container}", "--network", f"container:{container}",
        "--volumes-from", volumes, "--cap-add", "SYS_PTRACE", "--user", "0", image, "sh",
    ]  # fmt: skip


async def fetch(engine: Engine, image: str) -> None:
    """Have an image on the engine: it is pulled where it is not there. Raises HoldfastError."""
    if await engine.images.inspect_id(image):
        return
    async with engine.images.pull(image, await credentials_for(registry_host(image))) as events:
        async for _ in events:
            pass


async def debug(
    engine: Engine, container_id: str, image: str, input_fd: int, output_fd: int, *, read_only: bool = False
) -> int:
    """Give the terminal to a shell beside a container until it is left; returns the shell's exit code.

    The image has to be on the engine. Nothing is left of it, however this ends. Raises EngineError.
    """
    async with beside(engine, container_id, image, read_only=read_only) as (id, command):
        return await shell(engine, id, input_fd, output_fd, command)


@asynccontextmanager
async def beside(
    engine: Engine, container_id: str, image: str, *, read_only: bool = False
) -> AsyncIterator[tuple[str, Sequence[str]]]:
    """A container beside another one, running for as long as the block lasts: its ID, and its shell."""
    await remove_left(engine)
    command = await _shell_of(engine, image)
    id = await engine.debugs.create(
        _name(), image, container_id, command, labels=_labels(container_id), read_only=read_only
    )
    try:
        async with engine.debugs.held(id):
            await engine.containers.start(id)
            yield id, command
    finally:
        await shielded(_remove(engine, id))


async def remove_left(engine: Engine) -> list[str]:
    """Remove those whose process on this host is gone; their names. Raises EngineError."""
    labels = (DEBUG, f"{HOST}={socket.gethostname()}", f"{ACCOUNT}={os.getuid()}")
    removed = []
    for container in await engine.containers.list(labels=labels):
        pid, _, at = container.labels.get(DEBUG_BY, "").partition("-")
        lives = pid.isdecimal() and len(pid) <= 10 and str(began(int(pid))) == at
        if not lives and container.labels.get(DEBUG):
            await _remove(engine, container.id)
            removed.append(container.name)
    return removed


async def _shell_of(engine: Engine, image: str) -> tuple[str, ...]:
    """The best shell that an image has: it is looked for in a container that is never started."""
    id = await engine.debugs.probe(_name(), image, _labels(image))
    try:
        return await find_shell(engine, id)
    except NoShell:
        raise NoShell(
            f"{image} has no shell", "another image will do: debug_image in [containers] names it"
        ) from None
    finally:
        await shielded(_remove(engine, id))


async def _remove(engine: Engine, id: str) -> None:
    with contextlib.suppress(EngineError, TimeoutError):  # it ends with our connection all the same
        async with asyncio.timeout(REMOVE_SECONDS):
            with contextlib.suppress(NotFound, Conflict):  # the engine removes it just now
                await engine.containers.remove(id, force=True, volumes=True)


def _name() -> str:
    return f"{NAME}{secrets.token_hex(4)}"


def _labels(target: str) -> dict[str, str]:
    """That it is one, for what, and whose."""
    pid = os.getpid()
    return {
        DEBUG: target,
        DEBUG_BY: f"{pid}-{began(pid)}",
        HOST: socket.gethostname(),
        ACCOUNT: str(os.getuid()),
    }
