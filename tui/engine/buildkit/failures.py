"""Why a build failed, from the engine's sentences: those of BuildKit 0.8 to 0.25 and of the classic builder.

The engine has no codes for them. What no rule knows is passed on in its own words.
"""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from tui.engine.buildkit.base_images import base_cause
from tui.engine.buildkit.causes import Cause, Failed
from tui.engine.errors import BaseUnreachable, BuildFailed
from tui.model.dockerfile import parse
from tui.model.secrets import mask_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.model.build import BuildStep
    from tui.model.dockerfile import Dockerfile

AROUND = 2
"""Lines of the Dockerfile that are shown before and after the failing ones."""

SHOWN = 12
"""Lines of an instruction that are shown at most."""

WORDS = 4000
"""Characters that are read of what the engine said."""

TITLE = 120
"""Characters of a step's title that a sentence holds."""

INSTRUCTIONS = (
    "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER",
    "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
)  # fmt: skip

SYNTAX = 'begin it with "# syntax=docker/dockerfile:1", which makes BuildKit fetch a newer one'

_PREFIX = re.compile(
    r"(?:failed to solve(?: with frontend [\w.]+)?|failed to create LLB definition|failed to build"
    r"|rpc error: code = \w+ desc =|failed to load cache key|failed to compute cache key|ERROR"
    r"|failed to parse Dockerfile|creating build container|executor failed running \[.*\](?=: )"
    r"|process \".*\" did not complete successfully"
    r"|building at STEP \".*\"(?=: ))(?:: | )?"
)
_EXIT = re.compile(r"(?:exit code|non-zero code): (\d+)\Z|: while running runtime: exit status (\d+)\Z")
_PARSE_ERROR = re.compile(r"dockerfile parse error (?:on )?line (\d+): (.*)", re.I)
_PODMAN_UNKNOWN = re.compile(r"Build error: (Unknown instruction): \"(\w+)\"")
_NOT_STARTED = re.compile(r"exec: \"([^\"]+)\": (?:stat |executable file )")
_NO_SPACE = re.compile(r"no space left on device", re.I)
_NO_NETWORK = re.compile(
    r"could not resolve host|temporary failure (?:in name resolution|resolving)|bad address|no such host"
    r"|network is unreachable|connection timed out|i/o timeout|connection refused|no route to host"
    r"|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|unable to resolve host|name or service not known",
    re.I,
)
_WRONG_PLATFORM = re.compile(r"exec format error", re.I)
_COPIED = re.compile(r"(?:\[[^\]]*\] )?(?:COPY|ADD) ", re.I)
_FROM_FLAG = re.compile(r"--from=(\S+)")
_NOT_FOUND = re.compile(
    r"\"(/[^\"]*)\":? not found|stat (\S+): file does not exist|lstat (\S+): no such file or directory"
    r"|forbidden path outside the build context: (\S+)|copier: stat: \"([^\"]+)\": no such file"
)
_ENGINE_FOLDER = re.compile(r"\A/.*?/(?:merged|buildkit-mount\d+|libpod_builder\d+/build)(?=/)")
_TARGET = re.compile(
    r"target stage \"?([^\s\"]+)\"? could not be found|build target (\S+) in Dockerfile"
    r"|target \"([^\"]+)\" was not found"
)
_NO_FILE = re.compile(
    r"failed to read dockerfile: open |cannot locate specified dockerfile"
    r"|libpod_builder\d+/build/\S*: no such file",
    re.I,
)
_EMPTY = re.compile(r"dockerfile(?: \(.*\))? cannot be empty|file with no instructions", re.I)
_NO_FROM = re.compile(r"no build stage in current context")
_BLANK = re.compile(r"base name \((.*)\) should not be blank")
_BAD_NAME = re.compile(
    r"(?:failed to parse stage name \"(?P<name>.*)\": )?(?P<why>invalid reference format.*)"
)
_SECRET = re.compile(r"secret \"?([^\s\":]+)\"?(?: not found)?: not found")
_SSH = re.compile(r"unset ssh forward key (\S+)|no SSH key \"([^\"]+)\" forwarded")
_REQUIRES = re.compile(r"the (--\S+) option requires BuildKit")
_USER = re.compile(r"unable to find (user|group) ([^\s:]+)")
_CANCELLED = re.compile(r"(?:\A|: )context canceled\Z")

_CODES = {
    126: "what was to be run is no program, or may not be executed",
    127: "the command is not in the image: install it, or check how it is spelled and PATH",
    137: "it was killed, most often because memory ran out: give the engine more, or let it use less",
    139: "it crashed (segmentation fault)",
    143: "it was asked to end (SIGTERM)",
}


def explain(
    said: str, *, code: int = 0, step: BuildStep | None = None, output: tuple[str, ...] = (),
    dockerfile: str = "", name: str = "Dockerfile",
) -> BuildFailed:  # fmt: skip
    """The error for what the engine said.

    code         the exit status where the engine names it apart from its sentence, 0 where it does not
    step         that broke the build, and its last lines of output
    dockerfile   the file's text, "" where it is not known
    name         what the file is called
    """
    words = _plain(said)
    failed = Failed(
        core=_core(words),
        words=words,
        code=code,
        step=step,
        output=output,
        dockerfile=parse(dockerfile),
        name=name,
        title=_title(step),
    )
    cause = next((cause for rule in _RULES if (cause := rule(failed))), None) or _otherwise(failed)
    about = step and failed.dockerfile.instruction_at(step.title)
    line = cause.line or (about.line if about else 0)
    detail = [*_excerpt(dockerfile, name, line, failed.dockerfile)]
    if output:
        detail += ["last output:", *output]
    if cause.is_guess:
        detail += ["the engine said:", words]
    kind = BaseUnreachable if cause.is_unreachable else BuildFailed
    shown = tuple(mask_text(text) for text in detail)
    return kind(
        mask_text(cause.message), mask_text(cause.hint), shown, step=step.id if step else "", line=line
    )


def _plain(text: str) -> str:
    """As one line of plain text; what is secret in it is masked only when it is shown."""
    return " ".join("".join(char if char.isprintable() else " " for char in text[:WORDS]).split())


def _core(words: str) -> str:
    """What remains of an error without the names of the layers that it came through."""
    while found := _PREFIX.match(words):
        if found.end() == len(words):
            break
        words = words[found.end() :].removeprefix(": ")
    return words


def _title(step: BuildStep | None) -> str:
    """The step as the beginning of a sentence."""
    if step is None:
        return "the build"
    title = _plain(step.title)
    return f'step "{title if len(title) <= TITLE else title[: TITLE - 1] + "…"}"'


def _excerpt(text: str, name: str, line: int, dockerfile: Dockerfile) -> list[str]:
    """The lines around one, with numbers; those of its instruction marked."""
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    if not 0 < line <= len(lines):
        return []
    own = next((one for one in dockerfile.instructions if one.line <= line <= one.end), None)
    last = min(own.end, line + SHOWN - 1) if own else line
    first, end = max(1, line - AROUND), min(len(lines), last + AROUND)
    width = len(str(end))
    marked = [
        f"{'>' if line <= number <= last else ' '} {number:{width}} | {lines[number - 1].rstrip()}"
        for number in range(first, end + 1)
    ]
    return [f"{name}:", *marked]


def _cancelled(failed: Failed) -> Cause | None:
    if not _CANCELLED.search(failed.core):
        return None
    return Cause("the build was cancelled", is_guess=False)


def _syntax(failed: Failed) -> Cause | None:
    if podman := _PODMAN_UNKNOWN.search(failed.core):
        word = podman[2]
        line = next((one.line for one in failed.dockerfile.instructions if one.keyword == word.upper()), 0)
        why = f"unknown instruction: {word}"
        where = f"{failed.name} line {line}" if line else failed.name
        return Cause(f"{where}: {why}", _syntax_hint(failed, line, why), line, is_guess=False)
    found = _PARSE_ERROR.search(failed.core)
    if found is None:
        return None
    line, why = int(found[1]), found[2]
    return Cause(f"{failed.name} line {line}: {why}", _syntax_hint(failed, line, why), line, is_guess=False)


def _syntax_hint(failed: Failed, line: int, why: str) -> str:
    before = [one for one in failed.dockerfile.instructions if one.line < line <= one.end]
    lowered = why.lower()
    if lowered.startswith("unknown instruction"):
        if any("<<" in one.rest for one in before):
            return f"this engine's Dockerfile frontend knows no here-documents: {SYNTAX}"
        word = why.split(": ", 1)[-1].split()[0]
        near = difflib.get_close_matches(word.upper(), INSTRUCTIONS, 1)
        return f"did you mean {near[0]}?" if near and "did you mean" not in why else ""
    if lowered.startswith("unknown flag"):
        return "" if "did you mean" in why else f"this engine's Dockerfile frontend may be too old: {SYNTAX}"
    keyword = next((one.keyword for one in failed.dockerfile.instructions if one.line == line), "")
    anchor = f"#{keyword.lower()}" if keyword in INSTRUCTIONS else ""
    return f"https://docs.docker.com/reference/dockerfile/{anchor}"


def _no_dockerfile(failed: Failed) -> Cause | None:
    if _NO_FILE.search(failed.words):
        hint = f"build.dockerfile names it; is it excluded by {failed.name}.dockerignore or .dockerignore?"
        return Cause(f"there is no {failed.name} among what was sent to the engine", hint)
    if _EMPTY.search(failed.core):
        return Cause(f"{failed.name} is empty", "its first instruction is FROM and an image", is_guess=False)
    if _NO_FROM.search(failed.core):
        first = next((one for one in failed.dockerfile.instructions if one.keyword != "ARG"), None)
        where = f" before {first.keyword} in line {first.line}" if first else ""
        hint = "only ARG may stand before the first FROM"
        return Cause(f"{failed.name} has no FROM{where}", hint, first.line if first else 0, is_guess=False)
    return None


def _name(failed: Failed) -> Cause | None:
    if blank := _BLANK.search(failed.core):
        line = _from_with(failed, blank[1])
        hint = "give its build argument a value in build.args, or a default: ARG NAME=value before the FROM"
        return Cause(f"FROM {blank[1]} names no image: it is empty", hint, line, is_guess=False)
    found = _BAD_NAME.search(failed.core)
    if found is None:
        return None
    written = found["name"] or (failed.step.title.partition("FROM ")[2].split(" ")[0] if failed.step else "")
    line = _from_with(failed, written)
    hint = "names of images are in lower case: [registry/]name[:tag]"
    if "$" in written or written.endswith(":"):
        hint = "is a build argument in it empty? give it a value in build.args, or a default in its ARG"
    return Cause(f'"{written}" is not the name of an image', hint, line)


def _from_with(failed: Failed, written: str) -> int:
    """The line of the FROM whose image is written like this, or becomes this."""
    words = [(one, one.arguments.split()) for one in failed.dockerfile.stages]
    lines = [one.line for one, parts in words if parts and parts[0] == written]
    lines += [base.line for base in failed.dockerfile.bases() if base.name == written]
    lines += [one.line for one, parts in words if parts and "$" in parts[0]]
    return lines[0] if lines else 0


def _target(failed: Failed) -> Cause | None:
    found = _TARGET.search(failed.words)
    if found is None:
        return None
    wanted = found[1] or found[2] or found[3]
    names = [one.stage for one in failed.dockerfile.stages]
    near = difflib.get_close_matches(wanted, names, 1)
    hint = f"did you mean {near[0]}? " if near else ""
    hint += f"its stages: {', '.join(names)}" if names else "build.target names a stage: FROM image AS stage"
    return Cause(f'{failed.name} has no stage "{wanted}"', hint, is_guess=False)


def _space(failed: Failed) -> Cause | None:
    if not (_NO_SPACE.search(failed.words) or any(_NO_SPACE.search(line) for line in failed.output)):
        return None
    hint = "see what takes it: docker system df; free it: docker builder prune, docker image prune"
    return Cause(f"{failed.title} failed: no space is left on the engine's disk", hint)


def _mounts(failed: Failed) -> Cause | None:
    if secret := _SECRET.search(failed.core):
        hint = f'give it in build.secrets: id "{secret[1]}" with a file or env'
        return Cause(
            f'{failed.title} failed: the build is given no secret "{secret[1]}"', hint, is_guess=False
        )
    if _SSH.search(failed.core):
        hint = "no SSH agent is forwarded to builds here: use a secret instead, --mount=type=secret"
        return Cause(f"{failed.title} failed: it wants an SSH key of this machine", hint)
    if required := _REQUIRES.search(failed.core):
        hint = (
            "this engine builds with the classic builder: use one that has BuildKit, or leave the option out"
        )
        return Cause(f"{failed.title} failed: {required[1]} needs BuildKit", hint, is_guess=False)
    return None


def _copy(failed: Failed) -> Cause | None:
    title = failed.step.title if failed.step else ""
    if not _COPIED.match(title) and "COPY failed" not in failed.core and "ADD failed" not in failed.core:
        return None
    if "no source files were specified" in failed.core:
        hint = "a pattern matches nothing in the build context, or .dockerignore excludes what it matches"
        return Cause(f"{failed.title} failed: there is nothing to copy", hint)
    found = _NOT_FOUND.search(failed.core)
    if found is None:
        return None
    path = _ENGINE_FOLDER.sub("", next(group for group in found.groups() if group))
    if stage := _FROM_FLAG.search(title):
        hint = "check the path; what an image holds: docker run --rm -it IMAGE ls"
        return Cause(f'{failed.title} failed: {path} is not in "{stage[1]}"', hint)
    if found[4]:
        hint = "only what is inside the folder build.context can be copied"
        return Cause(f"{failed.title} failed: {path} lies outside the build context", hint, is_guess=False)
    hint = "paths begin at the folder build.context; a line of .dockerignore may exclude it"
    return Cause(f"{failed.title} failed: {path.lstrip('/')} is not in the build context", hint)


def _ended(failed: Failed) -> Cause | None:
    """A program that did not end with 0."""
    found = _EXIT.search(failed.words)
    code = failed.code or (int(found[1] or found[2]) if found else 0)
    text = "\n".join(failed.output)
    started = _NOT_STARTED.search(failed.core) or (_NOT_STARTED.search(text) if code else None)
    if started:
        program = started[1]
        hint = f"check its spelling, and that the image has {program}"
        if program.endswith("sh"):
            hint = 'an image without a shell can only run RUN ["program", "argument"], or SHELL names another'
        return Cause(f"{failed.title} failed: the image has no {program}", hint)
    if not code:
        return None
    hint = _CODES.get(code, "")
    if _WRONG_PLATFORM.search(text):
        hint = "the image is for another platform than the engine: set build.platform, or install emulation"
    elif _NO_NETWORK.search(text):
        hint = "it did not reach the network: check the engine's DNS and proxy, then try again"
    return Cause(f"{failed.title} failed with exit code {code}", hint, is_guess=False)


def _user(failed: Failed) -> Cause | None:
    found = _USER.search(failed.core)
    if found is None:
        return None
    hint = f"make it before: RUN add{found[1]} {found[2]}, or use its number"
    return Cause(f"{failed.title} failed: the image has no {found[1]} {found[2]}", hint)


def _unreachable(failed: Failed) -> Cause | None:
    """ADD of a URL, and what else the engine fetches itself."""
    if not _NO_NETWORK.search(failed.core):
        return None
    hint = "the engine itself fetches it: check its network, DNS and proxy, then try again"
    return Cause(f"{failed.title} failed: {failed.core}", hint, is_guess=False)


def _otherwise(failed: Failed) -> Cause:
    return Cause(f"{failed.title} failed: {failed.core}", is_guess=False)


_RULES: tuple[Callable[[Failed], Cause | None], ...] = (
    _cancelled, _syntax, _no_dockerfile, _name, _target, _space, base_cause, _mounts, _copy, _ended, _user,
    _unreachable,
)  # fmt: skip
