"""`holdfast init`: a starting holdfast.toml from what a folder holds."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

from tui.cli.output import answer, say, say_error
from tui.errors import HoldfastError
from tui.presentation.text import safe
from tui.settings.paths import LOCAL_CONFIG

if TYPE_CHECKING:
    from tui.settings.scaffold import Outline, Project


def run(folder: str, *, to_stdout: bool) -> int:
    """Write the file, or print it; the exit status."""
    from tui.settings.scaffold import look, outline, scaffold, write_new

    path = os.path.normpath(os.path.join(folder, LOCAL_CONFIG))  # noqa: PTH118 -- as it was typed
    try:
        found = look(folder)
        text = scaffold(folder, found)
        if not to_stdout:
            write_new(path, text)
    except HoldfastError as error:
        say_error(error)
        return error.exit_status
    if to_stdout:
        answer(text)  # a file's content, made harmless where it was put together
        for note in found.notes:
            say(f"holdfast: {note}")
        return 0
    said = outline(folder, found)
    with_apps = f"{'app' if len(said.names) == 1 else 'apps'} {', '.join(said.names)}"
    steps = _next(folder, found, said, asks=_asks(path))
    lines = [f"{path} is written, with the {with_apps}", *_told(found), *steps]
    answer("".join([safe(line) + "\n" for line in lines]))
    return 0


def example() -> int:
    """Print a configuration with every key in it, explained; the exit status."""
    from tui.files import read_file
    from tui.settings.paths import shipped_example

    path = shipped_example()
    try:
        answer(read_file(path).decode())
    except OSError as error:
        say_error(HoldfastError(f"{path}: cannot be read: {error.strerror}"))
        return 1
    return 0


def _told(found: Project) -> list[str]:
    """What was found."""
    facts = [
        ("Dockerfile", ", ".join(found.dockerfiles) or "none"),
        ("git remote", found.remote or "none"),
        ("compose file", found.compose or "none"),
    ]
    return [
        *(f"  {name + ':':13} {value}" for name, value in facts),
        *(f"  note: {note}" for note in found.notes),
    ]


def _asks(path: str) -> bool:
    """Whether the file asks for what has to be allowed first: a mount beyond its folder, say."""
    from tui.settings.load import asks_of

    try:
        return bool(asks_of(path)[1])
    except HoldfastError:  # whatever is wrong with it is said by the first verb that reads it
        return False


def _next(folder: str, found: Project, said: Outline, *, asks: bool) -> list[str]:
    """What to do now; `asks` where something has to be allowed."""
    names, built = said.names, said.built
    steps = ["look at it: is the image's repository the right one?"]
    for key, needed in said.needed.items():
        steps.append(f"where Compose has not made {', '.join(needed)} yet: uncomment {key}")
    if built and not found.dockerfiles:
        steps.append("write a Dockerfile, and [apps.NAME.build] to say where it is")
    if built and found.in_git:  # a build takes what git does not know for an uncommitted change
        steps.append(f"git add {LOCAL_CONFIG}, and commit it: no version is made of uncommitted changes")
    there = "" if os.path.normpath(folder) == "." else f"cd {shlex.quote(folder)} && "
    one = "" if len(names) == 1 else f" {names[0]}"
    then = f"build{one}" if built else f"deploy {names[0]} VERSION"
    if asks:
        steps.append(f"{there}holdfast allow: it asks for what lies beyond its folder")
    steps += [f"{there}holdfast doctor", f"{there}holdfast {then}"]
    return ["next:", *(f"  {number}. {step}" for number, step in enumerate(steps, 1))]
