"""Where the files of a build come from: the state of their git repository."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
from pathlib import Path
from typing import NamedTuple

from tui.model.digest import short_id

SECONDS = 10.0
"""Time limit for git."""

MOST_BYTES = 1 << 16
"""What is read of one answer of git; the list of changed files may be very long, and one is enough."""

_USERINFO = re.compile(r"(?<=://)[^/@]*@")


class GitState(NamedTuple):
    """The state of a repository; every field is empty where there is none.

    commit      40 hex digits
    committed   seconds since the epoch
    dirty       whether files differ from the commit, or are not in it, or git does not tell
    describe    the version as git describes it, e.g. "v1.2.0-3-gabc1234"
    url         of the remote "origin", without credentials
    unknown     why there is a repository, and git does not tell its state: a clause; "" where it does
    """

    commit: str = ""
    committed: int = 0
    dirty: bool = False
    describe: str = ""
    url: str = ""
    unknown: str = ""

    @property
    def short(self) -> str:
        """The commit's first 12 digits, "-dirty" behind them where it is."""
        return short_id(self.commit) + ("-dirty" if self.dirty else "") if self.commit else ""


class _Said(NamedTuple):
    """What git said: `output` is None where it failed, and `why` its own words then."""

    output: str | None
    why: str = ""


async def source_of(folder: str, *others: str) -> GitState:
    """The state of the repository around a folder; dirty looks at the folder and `others` only."""
    top = await asyncio.to_thread(_repository, folder)
    if not top:
        return GitState()
    paths = await asyncio.to_thread(_absolute, folder, *others)
    last = await _git(top, "log", "-1", "--format=%H %ct")
    if not last.output:
        return GitState(dirty=True, unknown=last.why or "git knows no commit")
    digits, _, stamp = last.output.partition(" ")
    status, describe, url = await asyncio.gather(
        _git(top, "status", "--porcelain", "--untracked-files=all", "--", *paths),
        _git(top, "describe", "--tags", "--always", "--abbrev=12"),
        _git(top, "remote", "get-url", "origin"),
    )
    dirty = status.output is None or bool(status.output)
    return GitState(
        commit=digits,
        committed=int(stamp)
        if stamp.isdecimal() and len(stamp) < 12
        else 0,  # git takes any number for a date
        dirty=dirty,
        describe=describe.output or "",
        url=_USERINFO.sub("", url.output or ""),
        unknown=status.why if status.output is None else "",
    )


def _absolute(*paths: str) -> list[str]:
    return [str(Path(path).absolute()) for path in paths]


def _repository(folder: str) -> str:
    """The folder, here or above, that is a repository's own, whatever git thinks of it; "" for none. Blocks.

    Git is asked there, and finds that one: a folder that came with a repository may look like a bare one, and
    its configuration would name programs to run.
    """
    here = Path(folder).absolute()
    return next((str(place) for place in (here, *here.parents) if os.path.lexists(place / ".git")), "")


_NO_PROGRAMS = {"safe.bareRepository": "explicit", "core.fsmonitor": "false", "core.hooksPath": "/dev/null"}

NO_PROGRAMS = {
    "GIT_CONFIG_COUNT": str(len(_NO_PROGRAMS)),
    **{f"GIT_CONFIG_KEY_{number}": key for number, key in enumerate(_NO_PROGRAMS)},
    **{f"GIT_CONFIG_VALUE_{number}": value for number, value in enumerate(_NO_PROGRAMS.values())},
}
"""Looking at a repository starts no program that a configuration names."""


async def _git(folder: str, *words: str) -> _Said:
    try:
        process = await asyncio.create_subprocess_exec(
            "git",
            "-C",
            folder,
            *words,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, **NO_PROGRAMS, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
        )
    except OSError as error:
        return _Said(None, f"git cannot be started: {error.strerror}")
    assert process.stdout
    assert process.stderr
    saying = asyncio.create_task(_some(process.stderr))
    try:
        async with asyncio.timeout(SECONDS):
            output = await _some(process.stdout)
            if len(output) >= MOST_BYTES:  # enough is known, whatever more there is
                return _Said(output.decode("utf-8", "replace").strip())
            errors = await saying
            await process.wait()
    except TimeoutError:
        return _Said(None, f"git did not answer within {SECONDS:g} s")
    finally:
        saying.cancel()
        await asyncio.wait([saying])
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):  # it has ended this very moment
                process.kill()
            await process.communicate()  # what it had said already is let go of
    if process.returncode != 0:
        first = errors.decode("utf-8", "replace").strip().partition("\n")[0]
        return _Said(None, f"git says: {first.removeprefix('fatal: ')}" if first else "git failed")
    return _Said(output.decode("utf-8", "replace").strip())


async def _some(stream: asyncio.StreamReader) -> bytes:
    """All of it, or its first MOST_BYTES."""
    found = b""
    while len(found) < MOST_BYTES and (part := await stream.read(MOST_BYTES)):
        found += part
    return found
