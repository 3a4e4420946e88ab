"""Where the files of a build come from: the state of their git repository."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tui.model.digest import short_id
from tui.together import all_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SECONDS = 10.0
"""Time limit for git."""

MOST_BYTES = 1 << 16
"""What is read of one answer of git; the list of changed files may be very long, and one is enough."""

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")

_USERINFO = re.compile(r"(?<=://)[^/@]*@")


class GitState(NamedTuple):
    """The state of a repository; every field is empty where there is none.

    commit      40 hex digits, 64 where the repository is of SHA-256
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
    """What git said: `output` is None where it failed, `why` its own words then, and `code` how it ended."""

    output: str | None
    why: str = ""
    code: int = 0


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
    if not _COMMIT.fullmatch(digits):
        return GitState(dirty=True, unknown="git says what is no commit")
    status, describe, url = await all_of(
        _status(top, paths),
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


NO_PROGRAMS = {
    "safe.bareRepository": "explicit",
    "core.fsmonitor": "false",
    "core.hooksPath": "/dev/null",
    "log.showSignature": "false",
}
"""Looking at a repository starts no program that its configuration names."""

_FETCHES_NOTHING = {"GIT_ALLOW_PROTOCOL": "none", "GIT_NO_LAZY_FETCH": "1"}
"""What is missing of a partial clone would be fetched, by programs that its configuration names."""

STATUS = ("status", "--porcelain", "--untracked-files=all", "--ignore-submodules=dirty")
"""Within a submodule git would start the filters of its configuration: each is asked by itself."""

DEEPEST = 3
"""Submodules within one another that are looked at."""

NO_MATCH = 1
"""How `git config --get-regexp` ends where there is nothing of the kind."""

_FILTER = re.compile(r"filter\..*\.(clean|smudge|process|required)", re.DOTALL)


async def _status(top: str, paths: Sequence[str], depth: int = 0) -> _Said:
    """What differs from the commit at some paths of a repository, its submodules among them."""
    filters = await _without_filters(top)
    if isinstance(filters, str):
        return _Said(None, filters)
    found = await _git(top, *STATUS, "--", *paths, settings=filters)
    if found.output != "" or depth == DEEPEST:
        return found
    named = await _git(top, "config", "-f", ".gitmodules", "-z", "--get-regexp", r"^submodule\..*\.path$")
    for one in (named.output or "").split("\0"):
        name = one.partition("\n")[2]
        inner = f"{top}/{name}"
        if name and ".." not in name.split("/") and await asyncio.to_thread(os.path.lexists, f"{inner}/.git"):
            within = [path for path in paths if f"{path}/".startswith(f"{inner}/")]
            around = any(f"{inner}/".startswith(f"{path}/") for path in paths)
            if around or within:
                said = await _status(inner, [inner] if around else within, depth + 1)
                if said.output != "":
                    return said
    return found


async def _without_filters(folder: str) -> dict[str, str] | str:
    """Settings that switch off the filters which a repository's own configuration names: they are programs,
    and a status would start them. Why that cannot be known, where it cannot."""
    said = await _git(folder, "config", "--show-scope", "--name-only", "-z", "--get-regexp", r"^filter\.")
    if said.output is None:
        return {} if said.code == NO_MATCH else said.why
    if len(said.output) >= MOST_BYTES // 4:  # it may have been cut, and a character may be four bytes
        return "the repository's configuration names more filters than are looked at"
    words = said.output.split("\0")
    own = [
        name for scope, name in zip(words[::2], words[1::2], strict=False) if scope in ("local", "worktree")
    ]
    return {name: "false" if name.endswith(".required") else "" for name in own if _FILTER.fullmatch(name)}


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Variables that put settings before what any file says."""
    return {
        "GIT_CONFIG_COUNT": str(len(settings)),
        **{f"GIT_CONFIG_KEY_{number}": key for number, key in enumerate(settings)},
        **{f"GIT_CONFIG_VALUE_{number}": value for number, value in enumerate(settings.values())},
    }


async def _git(folder: str, *words: str, settings: Mapping[str, str] = {}) -> _Said:
    try:
        process = await asyncio.create_subprocess_exec(
            "git",
            "-C",
            folder,
            *words,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={
                **os.environ,
                **environment({**NO_PROGRAMS, **settings}),
                **_FETCHES_NOTHING,
                "GIT_OPTIONAL_LOCKS": "0",
                "LC_ALL": "C",
            },
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
        return _Said(
            None,
            f"git says: {first.removeprefix('fatal: ')}" if first else "git failed",
            process.returncode or 0,
        )
    return _Said(output.decode("utf-8", "replace").strip())


async def _some(stream: asyncio.StreamReader) -> bytes:
    """All of it, or its first MOST_BYTES."""
    found = b""
    while len(found) < MOST_BYTES and (part := await stream.read(MOST_BYTES)):
        found += part
    return found
