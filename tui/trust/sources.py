"""Where keys come from: a file, a variable, or what a command prints."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import stat
from typing import TYPE_CHECKING

from tui.files import open_file
from tui.trust.errors import KeyUnusable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.model.signing import KeySource

MOST_BYTES = 1 << 16
"""Of a key; the longest that are in use have some thousand."""

SECONDS = 30.0
"""Time limit for a command that prints a key."""

ENDED_SECONDS = 5.0
"""How long its end is waited for after it was killed."""

OTHERS = stat.S_IRWXG | stat.S_IRWXO


async def key_text(
    source: KeySource, environ: Mapping[str, str] = os.environ, *, private: bool, what: str = "key"
) -> bytes:
    """The bytes of a key. A private one in a file must be this account's alone. Raises KeyUnusable.

    what    it is, for people, where it is of no key but of what else is trusted
    """
    if source.command:
        return await _printed(source, environ)
    if source.env:
        if not (text := environ.get(source.env, "")):
            raise KeyUnusable(
                f"the key is to come from the variable {source.env}, which is not set",
                f"set {source.env}, or name a file",
            )
        return _bounded(text.encode(errors="surrogateescape"), source)
    return await asyncio.to_thread(_in_file, source.file, private, what)


def _in_file(path: str, private: bool, what: str) -> bytes:
    try:
        with open_file(path) as file:
            mode = os.fstat(file.fileno()).st_mode
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise KeyUnusable(
            f"the {what} {path} cannot be read: {error.strerror}", _remedy(error, what)
        ) from None
    if private and mode & OTHERS:
        raise KeyUnusable(
            f"the key {path} is open to others: its mode is {stat.S_IMODE(mode):04o}", f"chmod 600 {path}"
        )
    if not private and mode & stat.S_IWOTH:
        raise KeyUnusable(f"the {what} {path} can be changed by anybody", f"chmod o-w {path}")
    return _bounded(content, path, what)


def _remedy(error: OSError, what: str) -> str:
    if isinstance(error, FileNotFoundError):
        return "name the file that holds it" + (", or make a key pair" if what == "key" else "")
    return "let this account read it" if isinstance(error, PermissionError) else ""


def _bounded(content: bytes, source: object, what: str = "key") -> bytes:
    if len(content) > MOST_BYTES:
        raise KeyUnusable(
            f"the {what} from {source} is larger than {MOST_BYTES >> 10} KiB", f"is it a {what}?"
        )
    return content


async def _printed(source: KeySource, environ: Mapping[str, str]) -> bytes:
    """What a command prints; what it says besides is not read: it may be about the key."""
    try:
        process = await asyncio.create_subprocess_exec(
            *source.command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=dict(environ),
            start_new_session=True,  # so that what it starts ends with it
        )
    except (OSError, ValueError) as error:
        words = getattr(error, "strerror", None) or "its name or an argument holds a zero byte"
        raise KeyUnusable(
            f"the key is to come from {source}, which cannot be run: {words}", "is it installed?"
        ) from None
    try:
        async with asyncio.timeout(SECONDS):
            content = await _output(process)
            status = await process.wait() if len(content) <= MOST_BYTES else 0
    except TimeoutError:
        raise KeyUnusable(
            f"the key is to come from {source}, which did not end within {SECONDS:g} s",
            "run it by hand: does it wait for an answer?",
        ) from None
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        with contextlib.suppress(TimeoutError):  # what has left its group may hold the pipe open
            async with asyncio.timeout(ENDED_SECONDS):
                await process.communicate()  # what it had said already is let go of
    _bounded(content, source)
    if status != 0 or not content.strip():
        how = f"ended with status {status}" if status else "printed nothing"
        raise KeyUnusable(f"the key is to come from {source}, which {how}", "run it by hand to see why")
    return content


async def _output(process: asyncio.subprocess.Process) -> bytes:
    """What it prints; of too much, enough to see that."""
    assert process.stdout is not None
    content = b""
    while len(content) <= MOST_BYTES and (part := await process.stdout.read(MOST_BYTES)):
        content += part
    return content
