"""What tests make on an engine bears labels, so that it is found and removed even after a crash."""

from __future__ import annotations

import contextlib
import os
import re
import socket
from typing import TYPE_CHECKING

from tui.engine.errors import Conflict, NotFound, RequestRefused
from tui.journal.folder import journal_path, operations_folder
from tui.journal.reader import is_alive
from tui.model.labels import ACCOUNT, APP, HOST, TEST
from tui.operations.by_hand.debug import remove_left

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tui.engine.client import Engine
    from tui.model.operation import Result
    from tui.operations.running.report import Report
    from tui.operations.running.runner import Planned

_OPERATION = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


def labels_of(operation: str, app: str, host: str) -> dict[str, str]:
    """For everything that a test makes."""
    return {TEST: operation, APP: app, HOST: host, ACCOUNT: str(os.getuid())}


async def remove_leftovers(engine: Engine, alive: Callable[[str], bool], host: str) -> list[str]:
    """Remove what tests of this account on this host have left behind; the names of what went.

    `alive` says whether the operation of an ID still runs. What cannot be removed now is left for the next
    time. Raises EngineError where the engine does not answer.
    """
    removed: list[str] = []
    for operation in await left_over(engine, alive, host):
        with contextlib.suppress(RequestRefused):
            removed += await remove_test(engine, operation, host)
    return removed


async def left_over(engine: Engine, alive: Callable[[str], bool], host: str) -> list[str]:
    """The operations whose tests have left something behind. Raises EngineError."""
    labels = (TEST, *_ours(host))
    found: set[str] = set()
    for container in await engine.containers.list(labels=labels):
        found.add(_operation(container.labels))
    for network in await engine.networks.list(labels):
        found.add(_operation(network.labels))
    for volume in await engine.volumes.list(labels):
        found.add(_operation(volume.labels))
    return [operation for operation in sorted(found - {""}) if not alive(operation)]


def tidied(engine: Engine, planned: Planned) -> Planned:
    """As planned, but what killed tests have left behind is removed first."""

    async def run(report: Report) -> Result:
        for name in await remove_leftovers(engine, alive, socket.gethostname()):
            report.warn(f"an earlier test was killed: {name} was still there, and is removed")
        for name in await remove_left(engine):
            report.warn(f"a shell was killed: {name} was still there, and is removed")
        return await planned.run(report)

    return planned._replace(run=run)


def alive(op: str) -> bool:
    """Whether an operation of this account still runs."""
    return is_alive(journal_path(operations_folder(), op))


async def remove_test(engine: Engine, operation: str, host: str) -> list[str]:
    """Remove all that one test made; the names of what went. Raises EngineError."""
    labels = (f"{TEST}={operation}", *_ours(host))
    removed = []
    for container in await engine.containers.list(labels=labels):
        with contextlib.suppress(NotFound, Conflict):  # someone else removes it just now
            await engine.containers.remove(container.id, force=True, volumes=True)
            removed.append(container.name)
    for network in await engine.networks.list(labels):
        with contextlib.suppress(NotFound):
            await engine.networks.remove(network.id)
            removed.append(network.name)
    for volume in await engine.volumes.list(labels):
        with contextlib.suppress(NotFound):
            await engine.volumes.remove(volume.name)
            removed.append(volume.name)
    return removed


def _ours(host: str) -> tuple[str, str]:
    return f"{HOST}={host}", f"{ACCOUNT}={os.getuid()}"


def _operation(labels: Mapping[str, str]) -> str:
    """The operation's ID, "" for what cannot be one."""
    word = labels.get(TEST, "")
    return word if _OPERATION.fullmatch(word) else ""
