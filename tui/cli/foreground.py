"""Running one operation in the foreground: the same runner as an operation process, with a journal."""

from __future__ import annotations

import asyncio
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tui.errors import HoldfastError
from tui.journal.folder import operations_folder
from tui.journal.writer import Journal, JournalFailed
from tui.model.operation import CANCELLED, Ended, Started, Warned
from tui.operations.running.runner import perform
from tui.operations.running.signals import ignore_pausing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.cli.rendering import Rendering
    from tui.model.operation import Event, Failure
    from tui.operations.process.request import Request
    from tui.operations.running.notices import Notices
    from tui.operations.running.runner import Planned

STOPPING = "stopping: what was begun is being undone"
STILL_STOPPING = "still undoing what was begun; stopping that half-way would do harm"

CANCELLING = (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)
"""Ctrl+C, Ctrl+\\, and what a service manager sends."""


class Stopped(HoldfastError):
    """It was cancelled before anything was begun."""

    exit_status = CANCELLED

    def __init__(self) -> None:
        super().__init__("cancelled before anything was begun")


async def run(
    planned: Planned, request: Request, rendering: Rendering, notices: Notices | None = None
) -> Failure | None:
    """Do what was planned; why it failed, or None. CANCELLING cancels it, a closed terminal does not.

    Raises HoldfastError where it could not even begin, or its journal could not be written.
    """
    journal = await asyncio.to_thread(Journal.create, operations_folder(), request.op)

    def tell(event: Event) -> None:
        """Also what cannot be journalled is shown; how it ended counts, whatever becomes of the journal."""
        try:
            journal.write(event)
        except JournalFailed as error:
            if not isinstance(event, Ended):
                if not isinstance(event, Started):  # else it has not even begun
                    rendering.tell(event)
                raise
            rendering.tell(Warned(event.t, f"{error.message}: how this ended is not in it"))
        rendering.tell(event)

    try:
        task = asyncio.create_task(
            perform(
                planned,
                op=request.op,
                name=request.verb,
                app=request.app,
                engine=request.engine.url,
                tell=tell,
                notices=notices,
            ),
            name=request.op,
        )
        with _signals(task, rendering):
            await asyncio.wait([task])
        if task.cancelled():  # else it has ended by saying so
            raise Stopped
        return task.result().error
    finally:
        await asyncio.to_thread(journal.close)


@contextmanager
def _signals(task: asyncio.Task[Ended], rendering: Rendering) -> Iterator[None]:
    """While it lasts: CANCELLING cancels the task, once; SIGHUP (a closed terminal) does nothing."""
    loop = asyncio.get_running_loop()
    asked = False

    def stop() -> None:
        nonlocal asked
        rendering.stopping(STILL_STOPPING if asked else STOPPING)
        if not asked:
            asked = True
            task.cancel()

    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    ignore_pausing()
    for number in CANCELLING:
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in CANCELLING:
            loop.remove_signal_handler(number)
        signal.signal(signal.SIGHUP, before)
