"""Where the files of a build come from: the state of their git repository."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
from typing import NamedTuple

SECONDS = 10.0
"""Time limit for git; a repository that takes longer is treated as none."""

_USERINFO = re.compile(r"(?<=://)[^/@]*@")


class Source(NamedTuple):
    """The state of a repository; every field is empty where there is none, or no git.

    commit      40 hex digits
    committed   seconds since the epoch
    dirty       whether files differ from the commit, or are not in it
    describe    the version as git describes it, e.g. "v1.2.0-3-gabc1234"
    url         of the remote "origin", without credentials
    """

    commit: str = ""
    committed: int = 0
    dirty: bool = False
    describe: str = ""
    url: str = ""

    @property
    def short(self) -> str:
        """The commit's first 12 digits, "-dirty" behind them where it is."""
        return self.commit[:12] + ("-dirty" if self.dirty else "") if self.commit else ""


async def source_of(folder: str, *files: str) -> Source:
    """The state of the repository around a folder; dirty looks at the folder and `files` only."""
    commit = await _git(folder, "log", "-1", "--format=%H %ct")
    if not commit:
        return Source()
    digits, _, stamp = commit.partition(" ")
    status, describe, url = await asyncio.gather(
        _git(folder, "status", "--porcelain", "--untracked-files=all", "--", folder, *files),
        _git(folder, "describe", "--tags", "--always", "--abbrev=12"),
        _git(folder, "remote", "get-url", "origin"),
    )
    dirty = status is None or bool(status)
    return Source(digits, int(stamp or 0), dirty, describe or "", _USERINFO.sub("", url or ""))


async def _git(folder: str, *words: str) -> str | None:
    """What git says, None where it fails: no git, no repository, a file outside of it."""
    try:
        process = await asyncio.create_subprocess_exec(
            "git",
            "-C",
            folder,
            *words,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
        )
    except OSError:
        return None
    try:
        output, _ = await asyncio.wait_for(process.communicate(), SECONDS)
    except (TimeoutError, asyncio.CancelledError) as error:
        with contextlib.suppress(ProcessLookupError):  # it has ended this very moment
            process.kill()
        await process.wait()
        if isinstance(error, asyncio.CancelledError):
            raise
        return None
    return output.decode("utf-8", "replace").strip() if process.returncode == 0 else None
