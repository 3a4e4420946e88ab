"""What is known of a failed build, and what is made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tui.model.build import BuildStep
    from tui.model.dockerfile import Dockerfile


class Failed(NamedTuple):
    """A failed build.

    core     what the engine said, without the names of the layers that it came through
    words    all that it said
    code     the exit status where the engine names it by itself, else 0
    step     that broke it, and its last lines of output
    name     of the Dockerfile
    title    of the step, as the beginning of a sentence
    """

    core: str
    words: str
    code: int
    step: BuildStep | None
    output: tuple[str, ...]
    dockerfile: Dockerfile
    name: str
    title: str


class Cause(NamedTuple):
    """Why it failed.

    line              of the Dockerfile, 0 for that of the step
    is_guess          whether the engine's own words are to be shown too
    is_unreachable    whether the engine does not reach a registry
    """

    message: str
    hint: str = ""
    line: int = 0
    is_guess: bool = True
    is_unreachable: bool = False
