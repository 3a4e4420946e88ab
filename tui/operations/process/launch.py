"""Starting an operation process, and stopping one."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Self

from tui.errors import HoldfastError
from tui.journal.folder import journal_path, operations_folder
from tui.journal.reader import is_alive
from tui.model.operation import Failure
from tui.model.secrets import mask_text
from tui.operations.process.answers import Answer
from tui.operations.running.signals import PAUSING

if TYPE_CHECKING:
    from tui.model.operation import Plan
    from tui.operations.process.request import Request
    from tui.store.operation import Operation

ANSWER_BYTES = 1 << 22
LAST_WORDS = 1 << 16


class NotPlanned(HoldfastError):
    """The operation process said why it cannot do it; `failure` has its exit status too."""

    def __init__(self, problem: Failure) -> None:
        super().__init__(problem.message, problem.hint, problem.detail)
        self.failure = problem


class Launched:
    """An operation process that was started and has not been told to go yet.

    It is in a session of its own, so that closing the terminal does not reach it.
    """

    def __init__(self, process: asyncio.subprocess.Process, request: Request) -> None:
        self._process = process
        self.request = request

    @classmethod
    async def start(cls, request: Request) -> Self:
        """Start it; it plans while the screen draws. Raises HoldfastError."""
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-P",  # nothing is imported from the folder that one stands in: it may be a stranger's
                "-m",
                "tui.operations.process",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                start_new_session=True,
                limit=ANSWER_BYTES,
                env={**os.environ, "PYTHONPATH": import_path()},
            )
        except OSError as error:
            raise HoldfastError(f"no process could be started: {error.strerror}") from error
        launched = cls(process, request)
        await launched._say(request.line())
        return launched

    async def plan(self) -> Plan:
        """The plan, as soon as the process has made it. Raises NotPlanned."""
        plan = (await self._answer()).plan
        assert plan is not None, "it answers in the order in which it is asked"
        return plan

    async def go(self) -> str:
        """Let it do what it planned; its journal's path. Raises NotPlanned."""
        await self._say("go")
        return (await self._answer()).started

    async def abandon(self) -> None:
        """It is not wanted after all."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()

    async def _say(self, words: str) -> None:
        stdin = self._process.stdin
        assert stdin is not None
        with contextlib.suppress(OSError):  # it has ended: its answer says why
            stdin.write(words.encode() + b"\n")
            await stdin.drain()

    async def _ended(self) -> Failure:
        """Why it ended without an answer, by its last words."""
        stderr = self._process.stderr
        assert stderr is not None
        words = (await stderr.read()).decode("utf-8", "replace")[-LAST_WORDS:].splitlines()
        status = await self._process.wait()
        said = tuple(mask_text(line) for line in words[-8:])
        return Failure(1, f"the operation process ended by itself ({status})", "", said)

    async def _answer(self) -> Answer:
        stdout = self._process.stdout
        assert stdout is not None
        try:
            line = await stdout.readline()
            if not line:
                raise NotPlanned(await self._ended())
            answer = Answer.read(line)
        except ValueError as error:  # longer than ANSWER_BYTES, or no answer at all
            await self.abandon()
            raise NotPlanned(Failure(1, "what the operation process answered cannot be read")) from error
        if answer.failure is not None:
            await self._process.wait()
            raise NotPlanned(answer.failure)
        return answer


def import_path() -> str:
    """So that the process finds this very package, wherever it is started."""
    import tui

    package = str(Path(tui.__file__).resolve().parent.parent)
    given = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    before = os.pathsep.join(path for path in given if Path(path).is_absolute())
    return f"{package}{os.pathsep}{before}" if before else package


def cancel(operation: Operation) -> bool:
    """Ask an operation's process to stop, undo and say so: False where it does not run any more."""
    return _tell(operation, signal.SIGTERM)


def pause(operation: Operation) -> bool:
    """Have a deploy to several engines begin no other one, or go on: False where it does not run any more."""
    return _tell(operation, PAUSING)


def _tell(operation: Operation, number: signal.Signals) -> bool:
    path = journal_path(operations_folder(), operation.id)
    if not is_alive(path):  # its process ID may be someone else's by now
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(operation.started.pid, number)
        return True
    return False
