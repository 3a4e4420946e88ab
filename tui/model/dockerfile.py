"""A Dockerfile taken apart, as far as Holdfast needs it: where instructions stand, and what they begin from.

Grammar: https://docs.docker.com/reference/dockerfile/. No text is refused: engines say better what is wrong.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from tui.model.expansion import expand
from tui.model.reference import normalised, split_reference

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_DIRECTIVE = re.compile(r"#[ \t]*([A-Za-z][A-Za-z0-9]*)[ \t]*=[ \t]*(.*?)[ \t\r]*\Z")
_COMMENT = re.compile(r"[ \t]*#")
_FLAG = re.compile(r"--([a-z-]+)(?:=(\S*))?(?:\s+|\Z)")
_WORD = re.compile(r"""(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*'|["'\\])+""", re.DOTALL)
_HEREDOC = re.compile(r"\d*<<(-?)(?:\"([^\"<]+)\"|'([^'<]+)'|([^\"'<\s]+))\Z")
_WITH_HEREDOCS = frozenset({"RUN", "COPY", "ADD"})
_NUMBERED = re.compile(
    r"\[(?P<stage>[^\]\d/][^\]/]*? )? *(?P<index>\d+)/(?P<count>\d+)\] (?P<text>.*)\Z", re.DOTALL
)
_PLATFORM = re.compile(r"\A\[[a-z0-9]+/[^\] ]+ +")
_COUNTED = frozenset({"RUN", "COPY", "ADD", "WORKDIR"})
"""What BuildKit numbers, besides FROM."""

PORTS = 65535


class Instruction(NamedTuple):
    """One instruction.

    keyword   in upper case
    rest      what follows it, continuation lines joined and comments left out
    flags     "--name=value" before the arguments: (name, value), the value "" where there is none
    line      of its first line, from 1
    end       of its last line, here-documents included
    stage     the name of its stage, "stage-N" where it has none, "" before the first FROM
    """

    keyword: str
    rest: str
    line: int
    end: int
    flags: tuple[tuple[str, str], ...] = ()
    stage: str = ""

    @property
    def arguments(self) -> str:
        """What follows the flags."""
        return _split_flags(self.rest)[1]

    @property
    def text(self) -> str:
        return f"{self.keyword} {self.rest}".rstrip()


class Base(NamedTuple):
    """An image that a stage begins from.

    name       with build arguments filled in, otherwise as written: "node:14-alpine"
    stage      of the stage that begins here
    platform   of `--platform`, "" where it is not given
    line       of the FROM
    """

    name: str
    stage: str
    platform: str
    line: int


class Dockerfile(NamedTuple):
    """What `parse` found."""

    instructions: tuple[Instruction, ...]
    escape: str = "\\"
    syntax: str = ""

    def bases(self, args: Mapping[str, str] | None = None) -> list[Base]:
        """The images of all FROM lines; earlier stages and `scratch` are none.

        args   build arguments that are given; only those that an ARG before the first FROM declares count
        """
        values = self._arguments(args or {})
        bases: list[Base] = []
        earlier: set[str] = set()
        for instruction in self.stages:
            words = instruction.arguments.split()
            name = expand(_unquoted(words[0]), values, self.escape) if words else ""
            if name and name != "scratch" and name.lower() not in earlier:
                platform = expand(dict(instruction.flags).get("platform", ""), values, self.escape)
                bases.append(Base(name, instruction.stage, platform, instruction.line))
            earlier.add(instruction.stage)
        return bases

    @property
    def stages(self) -> list[Instruction]:
        """The FROM instructions."""
        return [instruction for instruction in self.instructions if instruction.keyword == "FROM"]

    @property
    def exposed_ports(self) -> tuple[tuple[int, str], ...]:
        """What the last stage's EXPOSE lines name: (port, "tcp" or "udp" or "sctp"), in order.

        Variables have the values that the file itself gives them.
        """
        stages = self.stages
        if not stages:
            return ()
        values = self._arguments({})
        ports: dict[tuple[int, str], None] = {}
        for instruction in self.instructions:
            if instruction.stage != stages[-1].stage or instruction.line < stages[-1].line:
                continue
            if instruction.keyword in ("ARG", "ENV"):
                values |= _assignments(instruction, values, self.escape)
            elif instruction.keyword == "EXPOSE":
                for word in expand(instruction.rest, values, self.escape).split():
                    ports |= dict.fromkeys(_ports(word))
        return tuple(ports)

    def instruction_at(self, title: str) -> Instruction | None:
        """The instruction that a build's step is about, None where it is about none or cannot be told.

        title   a step's: "[2/4] RUN make", "[build 3/4] COPY a b", "[internal] load metadata for ..."
        """
        loading = "[internal] load metadata for "
        if title.startswith(loading):
            return self._from_of(title.removeprefix(loading), "")
        found = _NUMBERED.match(_PLATFORM.sub("[", title))
        if found is None:  # an old BuildKit calls the fetching of an ADD by its URL
            return next((one for one in self.instructions if title in one.arguments.split()), None)
        words = found["text"].split()
        if not words:
            return None
        stage = (found["stage"] or "").strip()
        number = int(found["index"]), int(found["count"])
        if words[0] == "FROM" and len(words) > 1 and (exact := self._from_of(words[1], stage)):
            return exact
        numbers = self._numbers()
        wanted = _plain(found["text"])

        def likeness(instruction: Instruction) -> tuple[bool, bool, bool]:
            return (
                _plain(instruction.text) == wanted,
                not stage or instruction.stage == stage.lower(),
                number in numbers[instruction.line],
            )

        same = [one for one in self.instructions if one.keyword == words[0].upper()]
        best = max(same, key=likeness, default=None)
        if best is None:
            return None
        equal, of_stage, numbered = likeness(best)
        return best if equal or (of_stage and numbered) else None

    def _from_of(self, image: str, stage: str) -> Instruction | None:
        wanted = full_name(image)
        named = {base.line for base in self.bases() if full_name(base.name) == wanted}
        named |= {base.line for base in self.bases() if wanted.startswith(f"{full_name(base.name)}@")}
        lines = [one for one in self.stages if one.line in named]
        return next((one for one in lines if one.stage == stage), lines[0] if lines else None)

    def _numbers(self) -> dict[int, set[tuple[int, int]]]:
        """What an instruction's line may be numbered in titles, (index, count): BuildKit counts within the
        stage, the classic builder in the whole file."""
        numbers: dict[int, set[tuple[int, int]]] = {}
        counted: dict[str, list[int]] = {}
        for whole, instruction in enumerate(self.instructions, 1):
            numbers[instruction.line] = {(whole, len(self.instructions))}
            own = counted.setdefault(instruction.stage, [])
            is_image = instruction.keyword == "FROM" and instruction.arguments.split()[:1] != ["scratch"]
            if is_image or instruction.keyword in _COUNTED:
                own.append(instruction.line)
        for lines in counted.values():
            for within, line in enumerate(lines, 1):
                numbers[line].add((within, len(lines)))
        return numbers

    def _arguments(self, given: Mapping[str, str]) -> dict[str, str]:
        """The build arguments that are known before the first FROM."""
        values: dict[str, str] = {}
        for instruction in self.instructions:
            if instruction.keyword == "FROM":
                break
            if instruction.keyword == "ARG":
                declared = _assignments(instruction, values, self.escape)
                names = [_unquoted(word).partition("=")[0] for word in _words(instruction.rest)]
                values |= declared | {name: given[name] for name in names if name in given}
        return values


def parse(text: str) -> Dockerfile:
    """Take a Dockerfile apart. Never raises."""
    lines = text.removeprefix("\ufeff").split("\n")
    if lines[-1] == "":
        lines.pop()
    directives = _directives(lines)
    escape = directives.get("escape", "\\")
    if escape not in ("\\", "`"):
        escape = "\\"
    found = tuple(_staged(_instructions(lines, escape)))
    return Dockerfile(found, escape, directives.get("syntax", ""))


def _directives(lines: Sequence[str]) -> dict[str, str]:
    """Parser directives: comments `# name=value` at the very top."""
    directives: dict[str, str] = {}
    for line in lines:
        found = _DIRECTIVE.match(line.strip())
        if found is None:
            break
        directives.setdefault(found[1].lower(), found[2])
    return directives


def _instructions(lines: Sequence[str], escape: str) -> Iterator[Instruction]:
    mark = re.escape(escape)
    continued = re.compile(rf"(?<!{mark}){mark}[ \t\r]*\Z")
    at = 0
    while at < len(lines):
        first = at
        line = lines[at].strip(" \t\r")
        at += 1
        if not line or line.startswith("#"):
            continue
        parts = []
        while True:
            cut = continued.sub("", line)
            parts.append(cut)
            if len(cut) == len(line):
                break
            while at < len(lines) and (_COMMENT.match(lines[at]) or not lines[at].strip()):
                at += 1
            if at == len(lines):
                break
            line = lines[at].rstrip("\r")
            at += 1
        joined = "".join(parts).strip()
        if not joined:
            continue
        keyword, *after = joined.split(None, 1)
        rest = after[0] if after else ""
        if keyword.upper() in _WITH_HEREDOCS:
            at = _after_heredocs(rest, lines, at)
        yield Instruction(
            keyword=keyword.upper(), rest=rest, line=first + 1, end=at, flags=_split_flags(rest)[0]
        )


def _after_heredocs(rest: str, lines: Sequence[str], at: int) -> int:
    """The index of the line after the here-documents that an instruction opens."""
    for word in _words(rest) if "<<" in rest else ():
        if found := _HEREDOC.match(word):
            name = found[2] or found[3] or found[4]
            while at < len(lines):
                line = lines[at].rstrip("\r")
                at += 1
                if (line.lstrip("\t") if found[1] else line) == name:
                    break
    return at


def _staged(instructions: Iterator[Instruction]) -> Iterator[Instruction]:
    """The same with their stages' names."""
    stage, count = "", 0
    for instruction in instructions:
        if instruction.keyword == "FROM":
            words = instruction.arguments.split()
            named = len(words) == 3 and words[1].upper() == "AS"
            stage = words[2].lower() if named else f"stage-{count}"
            count += 1
        yield instruction._replace(stage=stage)


def _split_flags(rest: str) -> tuple[tuple[tuple[str, str], ...], str]:
    flags = []
    while found := _FLAG.match(rest):
        flags.append((found[1], found[2] or ""))
        rest = rest[found.end() :]
    return tuple(flags), rest


def _words(text: str) -> list[str]:
    """Split at white space that is not quoted."""
    return _WORD.findall(text)


def _unquoted(word: str) -> str:
    return re.sub(r"\"((?:[^\"\\]|\\.)*)\"|'([^']*)'", lambda found: found[1] or found[2] or "", word)


def _assignments(instruction: Instruction, known: Mapping[str, str], escape: str) -> dict[str, str]:
    """NAME=value pairs of an ARG or ENV, variables filled in from what is known before."""
    values = dict(known)
    found: dict[str, str] = {}
    words = _words(instruction.rest)
    if instruction.keyword == "ENV" and words and "=" not in words[0]:
        words = [f"{words[0]}={instruction.rest[len(words[0]) :].strip()}"]
    for word in words:
        name, separator, value = word.partition("=")
        if separator:
            raw = value if value.startswith("'") else expand(value, values, escape)
            found[name] = values[name] = _unquoted(raw)
    return found


def _ports(word: str) -> list[tuple[int, str]]:
    """ "8000-8002/tcp" -> its ports; none where it is no port."""
    numbers, _, protocol = word.partition("/")
    low, _, high = numbers.partition("-")
    if not (low.isascii() and low.isdigit() and len(low) <= len(str(PORTS))):
        return []
    first, last = int(low), int(high) if high.isascii() and high.isdigit() and len(high) <= 5 else int(low)
    return [(port, protocol.lower() or "tcp") for port in range(first, min(last, PORTS) + 1)]


def _plain(text: str) -> str:
    """For comparing: one space between words, the keyword in upper case, no excerpt of a here-document."""
    keyword, _, rest = " ".join(text.split()).partition(" ")
    if "<<" in rest and rest.endswith(")"):
        rest = rest.rpartition(" (")[0]
    return f"{keyword.upper()} {rest}"


def full_name(image: str) -> str:
    """The full name of an image, as BuildKit calls it: registry and tag are always in it.

    >>> full_name("node"), full_name("registry:5000/web@sha256:ab")
    ('docker.io/library/node:latest', 'registry:5000/web@sha256:ab')
    """
    repository, tag, digest = split_reference(image)
    name = normalised(repository)
    if tag or not digest:
        name += f":{tag or 'latest'}"
    return f"{name}@{digest}" if digest else name


def is_pinned(image: str) -> bool:
    """Whether an image is named by its digest, so that it can never become another one."""
    return bool(split_reference(image).digest)


def pin_warnings(
    bases: Sequence[Base], resolved: Mapping[str, str], name: str = "Dockerfile"
) -> list[tuple[int, str]]:
    """What to say about base images that can move: (line, sentence), each image once.

    resolved   full name -> digest, as the engine resolved it (BaseImage); an image that only the engine has
               is in no registry, and has none
    name       of the file
    """
    warnings: dict[str, tuple[int, str]] = {}
    for base in bases:
        if is_pinned(base.name) or "$" in base.name or base.name in warnings:
            continue
        full = full_name(base.name)
        digest = resolved.get(full) or resolved.get(base.name, "")
        where = f"{name} line {base.line}: {base.name}"
        if digest:
            text = f"{where} can move; pin it: {base.name}@{digest}"
        else:
            text = f"{where} can move, and no registry gave its digest: it is an image of this engine only"
        warnings[base.name] = (base.line, text)
    return list(warnings.values())
