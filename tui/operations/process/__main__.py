"""An operation in a process of its own: `python -m tui.operations.process`.

It reads a request from standard input (one line), answers with the plan or why there is none, and waits for
"go". Then it writes its journal and nothing else, whatever becomes of the one who started it. If standard
input ends before "go", nobody wants it any more, and it ends without a trace.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys

from tui.errors import HoldfastError
from tui.model.operation import CANCELLED
from tui.operations.process.answers import Answer
from tui.operations.process.request import Request
from tui.operations.running.runner import failure, perform
from tui.operations.running.signals import ignore_pausing


def main() -> int:
    """Run the process; the exit status."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    ignore_pausing()
    line = sys.stdin.buffer.readline()
    if not line:
        return 0
    request = Request.read(line)
    try:
        return asyncio.run(_run(request))
    except HoldfastError as error:
        _say(Answer(failure=failure(error)))
        return error.exit_status


def _say(answer: Answer) -> None:
    with contextlib.suppress(OSError):  # nobody listens any more
        sys.stdout.write(answer.line())
        sys.stdout.flush()


async def _run(request: Request) -> int:
    task = asyncio.current_task()
    assert task is not None
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    from tui.journal.folder import operations_folder
    from tui.journal.writer import Journal
    from tui.operations.looking.endpoint_choice import refuse_elsewhere
    from tui.operations.process.prepared import prepared
    from tui.operations.running.notices import Notices
    from tui.settings.load import load

    try:
        settings = await asyncio.to_thread(load, request.config or None)
        if app := settings.apps.get(request.app):  # it may have another home since the engine was shown
            await asyncio.to_thread(refuse_elsewhere, app, settings, request.engine)
        async with prepared(request, settings) as planned:
            _say(Answer(plan=planned.plan))
            if (await asyncio.to_thread(sys.stdin.buffer.readline)).strip() != b"go":
                return 0
            journal = await asyncio.to_thread(Journal.create, operations_folder(), request.op)
            try:
                _say(Answer(started=str(journal.path)))
                _let_go()
                ended = await perform(
                    planned,
                    op=request.op,
                    name=request.verb,
                    app=request.app,
                    engine=request.engine.url,
                    tell=journal.write,
                    notices=Notices(settings.notify),
                )
            finally:
                journal.close()
    except asyncio.CancelledError:
        return CANCELLED
    return ended.error.code if ended.error is not None else 0


def _let_go() -> None:
    """Keep nothing of the terminal or of the one who started this."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(nothing, fd)
    os.close(nothing)


if __name__ == "__main__":
    sys.exit(main())
