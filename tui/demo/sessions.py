"""Exec sessions: a process beside a container's first one, on a terminal or on pipes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tui.demo.shell import SHELLS, Exit, Shell, Sleep, Surroundings, Write, program
from tui.demo.stream import STDOUT

if TYPE_CHECKING:
    from tui.demo.objects import JSON, Container

Send = Callable[[bytes, int], Awaitable[None]]
"""Sends what the process wrote, and by which stream."""

BANNER = "\r\n\r\nA simulated shell. 'help' lists what it knows.\r\n\r\n"


@dataclass(slots=True)
class Session:
    """One exec session, as GET /exec/{id}/json tells of it."""

    id: str
    container: Container
    config: JSON
    running: bool = False
    exit_code: int | None = None
    pid: int = 0
    size: tuple[int, int] = (24, 80)
    typed: asyncio.Queue[bytes] = field(default_factory=asyncio.Queue)
    task: asyncio.Task[None] | None = None

    @property
    def command(self) -> list[str]:
        return [str(word) for word in self.config.get("Cmd") or ()]

    @property
    def tty(self) -> bool:
        return bool(self.config.get("Tty"))

    def inspected(self) -> JSON:
        """GET /exec/{id}/json."""
        return {
            "ID": self.id,
            "Running": self.running,
            "ExitCode": self.exit_code,
            "ProcessConfig": {
                "tty": self.tty,
                "entrypoint": self.command[0],
                "arguments": self.command[1:],
                "privileged": bool(self.config.get("Privileged")),
            },
            "OpenStdin": bool(self.config.get("AttachStdin")),
            "OpenStderr": bool(self.config.get("AttachStderr")),
            "OpenStdout": bool(self.config.get("AttachStdout")),
            "CanRemove": False,
            "ContainerID": self.container.id,
            "DetachKeys": "",
            "Pid": self.pid,
        }


async def run(session: Session, surroundings: Surroundings, send: Send) -> int:
    """Run a session's command to its end; returns its exit code."""
    command = session.command
    if command[0] in SHELLS and len(command) == 1:
        shell = Shell(surroundings)
        return await (_terminal(session, shell, send) if session.tty else _piped(session, shell, send))
    if command == ["cat"]:
        while typed := await session.typed.get():
            await send(typed, STDOUT)
        return 0
    chosen = program(command, surroundings)
    if chosen is None:
        name = command[0]
        await send(
            f'OCI runtime exec failed: exec failed: unable to start container process: exec: "{name}": '
            "executable file not found in $PATH: unknown\r\n".encode(),
            STDOUT,
        )
        return 127
    for step in chosen.steps:
        if isinstance(step, Write):
            await send(_cooked(step.text) if session.tty else step.text, step.stream)
        elif isinstance(step, Sleep):
            await asyncio.sleep(step.seconds)
        elif isinstance(step, Exit):
            return step.code
    return 0


def _cooked(text: bytes) -> bytes:
    """A terminal's output: newlines with carriage returns."""
    return text.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


async def _script(session: Session, shell: Shell, text: str, send: Send) -> None:
    shell.size = session.size
    for step in shell.run(text):
        if isinstance(step, Write):
            await send(_cooked(step.text) if session.tty else step.text, step.stream)
        elif isinstance(step, Sleep):
            await _asleep(session, step.seconds)


async def _asleep(session: Session, seconds: float) -> None:
    """Wait, or until Ctrl+C is typed; what else is typed meanwhile is lost."""
    try:
        async with asyncio.timeout(seconds):
            while b"\x03" not in await session.typed.get():
                pass
    except TimeoutError:
        return


async def _piped(session: Session, shell: Shell, send: Send) -> int:
    text = b""
    while not shell.ended() and (typed := await session.typed.get()):
        text += typed
        *lines, text = text.split(b"\n")
        for line in lines:
            await _script(session, shell, line.decode("utf-8", "replace"), send)
    return shell.code


async def _terminal(session: Session, shell: Shell, send: Send) -> int:
    """Read lines as a terminal does: echoed, edited with backspace; Ctrl+D on an empty line ends."""
    await send(BANNER.encode(), STDOUT)
    line = ""
    prompt = True
    while not shell.ended():
        if prompt:
            await send(f"{shell.directory} # ".encode(), STDOUT)
            prompt = False
        typed = await session.typed.get()
        if not typed:
            return shell.code
        for char in typed.decode("utf-8", "replace"):
            if char in "\r\n":
                await send(b"\r\n", STDOUT)
                await _script(session, shell, line, send)
                line, prompt = "", True
                if shell.ended():
                    break
            elif char == "\x04" and not line:
                await send(b"\r\n", STDOUT)
                return shell.code
            elif char == "\x03":
                await send(b"^C\r\n", STDOUT)
                line, prompt = "", True
            elif char in "\x7f\b":
                if line:
                    line = line[:-1]
                    await send(b"\b \b", STDOUT)
            elif char >= " ":
                line += char
                await send(char.encode(), STDOUT)
    return shell.code
