"""A very small shell: what simulated containers run and what an exec session answers.

It knows `;`, `&&`, `||`, `while true; do ...; done`, `>&2`, quotes, `trap '...' TERM` and a dozen commands.
A script is an iterator of steps, so that whoever runs it decides how time passes.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, NamedTuple

from tui.demo.stream import STDERR, STDOUT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

SHELLS = ("sh", "/bin/sh", "bash", "/bin/bash", "ash", "/bin/ash")
TIRELESS = 10_000
"""Turns of a loop that never sleeps before it sleeps by itself."""


class Write(NamedTuple):
    """The process writes."""

    text: bytes
    stream: int = STDOUT


class Sleep(NamedTuple):
    """The process waits."""

    seconds: float


class Exit(NamedTuple):
    """The process ends."""

    code: int


class Trap(NamedTuple):
    """From now on a signal to end makes the process end with this code."""

    code: int


Step = Write | Sleep | Exit | Trap


class Surroundings(NamedTuple):
    """What commands tell of: the container's name of host, environment, processes, files, and where it is."""

    hostname: str = "demo"
    environment: Mapping[str, str] = {}
    processes: tuple[str, ...] = ("/bin/app",)
    files: Mapping[str, str] = {}
    directory: str = "/"


JOINING = ("&&", "||")
"""Begins a command that is only run where the one before went well, or did not."""


def _tokens(script: str) -> list[str]:
    lexer = shlex.shlex(script.replace("\n", " ; "), posix=True, punctuation_chars=";&|<>")
    lexer.whitespace_split = True
    lexer.commenters = "#"
    return list(lexer)


def _commands(tokens: list[str]) -> list[list[str]]:
    found: list[list[str]] = [[]]
    for token in tokens:
        if token in (";", ";;"):
            found.append([])
        elif token in JOINING:
            found.append([token])
        else:
            found[-1].append(token)
    return [command for command in found if command and (command[0] not in JOINING or command[1:])]


def _until_done(commands: list[list[str]], start: int) -> int:
    depth = 0
    for at in range(start, len(commands)):
        words = [word for word in commands[at] if word != "do"]
        depth += words[:1] == ["while"]
        if words[:1] == ["done"]:
            depth -= 1
            if not depth:
                return at
    return len(commands)


class Shell:
    """Runs scripts one after the other; `code` is the result of the last command."""

    def __init__(self, surroundings: Surroundings) -> None:
        self.surroundings = surroundings
        self.directory = surroundings.directory
        self.size = (24, 80)
        self.code = 0
        self._ended = False

    def ended(self) -> bool:
        """Whether the script said `exit`."""
        return self._ended

    def run(self, script: str) -> Iterator[Step]:
        """The steps of a script; the last one is no Exit unless the script says `exit`."""
        try:
            commands = _commands(_tokens(script))
        except ValueError:
            self.code = 2
            yield Write(b"sh: syntax error: unterminated quoted string\n", STDERR)
            return
        yield from self._sequence(commands)

    def _sequence(self, commands: list[list[str]]) -> Iterator[Step]:
        at = 0
        while at < len(commands) and not self.ended():
            words = commands[at]
            if words[0] in JOINING:
                if (words[0] == "&&") == bool(self.code):
                    at += 1
                    continue
                words = words[1:]
            if words[0] == "while":
                end = _until_done(commands, at)
                body = [[word for word in words if word != "do"] for words in commands[at + 1 : end]]
                yield from self._endless([words for words in body if words])
                at = end + 1
                continue
            yield from self._command(words)
            at += 1

    def _endless(self, commands: list[list[str]]) -> Iterator[Step]:
        turns = 0
        while not self.ended():
            turns += 1
            slept = False
            for step in self._sequence(commands):
                slept = slept or isinstance(step, Sleep)
                yield step
            if not slept and turns % TIRELESS == 0:
                yield Sleep(0.001)

    def _command(self, words: list[str]) -> Iterator[Step]:
        stream = STDOUT
        kept: list[str] = []
        for at, word in enumerate(words):
            if word == ">&" and words[at + 1 : at + 2] == ["2"]:
                stream = STDERR
                if kept and kept[-1] == "1":
                    kept.pop()
            elif not (word == "2" and at and words[at - 1] == ">&"):
                kept.append(word)
        if kept[:1] == ["exec"]:
            kept = kept[1:]
        if not kept:
            return
        name, arguments = kept[0].rpartition("/")[2], kept[1:]
        self.code = 0
        if name == "exit":
            self._ended = True
            self.code = int(arguments[0]) if arguments and arguments[0].isdigit() else 0
            yield Exit(self.code)
        elif name == "sleep":
            yield Sleep(_seconds(arguments))
        elif name == "read":  # nobody types
            yield Sleep(float("inf"))
        elif name == "trap":
            action = shlex.split(arguments[0]) if arguments else []
            yield Trap(int(action[1]) if action[:1] == ["exit"] and len(action) > 1 else 0)
        elif name in SHELLS and len(arguments) == 1:
            yield from self._file(arguments[0])
        elif name in COMMANDS:
            output = COMMANDS[name](self, arguments)
            if output:
                yield Write(output.encode("utf-8", "surrogateescape"), stream if not self.code else STDERR)
        else:
            self.code = 127
            yield Write(f"sh: {kept[0]}: not found\n".encode("utf-8", "surrogateescape"), STDERR)

    def _file(self, word: str) -> Iterator[Step]:
        """What a script in a file does; its `exit` ends the script alone."""
        path = _path(self, word)
        if path not in self.surroundings.files:
            self.code = 2
            yield Write(f"sh: can't open '{word}': No such file or directory\n".encode(), STDERR)
            return
        script = Shell(self.surroundings._replace(directory=self.directory))
        for step in script.run(self.surroundings.files[path]):
            if not isinstance(step, Exit):
                yield step
        self.code = script.code


def _seconds(arguments: list[str]) -> float:
    try:
        return float(arguments[0])
    except (IndexError, ValueError):
        return 1e9 if arguments == ["infinity"] else 0.0


def _echo(_shell: Shell, words: list[str]) -> str:
    if words[:1] == ["-e"]:
        return _escapes(" ".join(words[1:])) + "\n"
    if words[:1] == ["-n"]:
        return " ".join(words[1:])
    return " ".join(words) + "\n"


def _escapes(text: str) -> str:
    for escape, meant in (("\\n", "\n"), ("\\t", "\t"), ("\\r", "\r"), ("\\033", "\x1b"), ("\\e", "\x1b")):
        text = text.replace(escape, meant)
    return text


def _printf(_shell: Shell, words: list[str]) -> str:
    if not words:
        return ""
    text = _escapes(words[0])
    for word in words[1:]:
        text = text.replace("%s", word, 1).replace("%d", word, 1)
    return text


def _list(shell: Shell, words: list[str]) -> str:
    where = _path(shell, next((word for word in words if not word.startswith("-")), "."))
    prefix = where.rstrip("/") + "/"
    names = {
        path.removeprefix(prefix).split("/")[0]
        for path in shell.surroundings.files
        if path.startswith(prefix)
    }
    if where == "/":
        names |= {"bin", "dev", "etc", "home", "proc", "root", "sys", "tmp", "usr", "var"}
    elif not names:
        shell.code = 1
        return f"ls: {where}: No such file or directory\n"
    return "\n".join(sorted(names)) + "\n"


def _cat(shell: Shell, words: list[str]) -> str:
    shown = []
    for word in words:
        path = _path(shell, word)
        if path not in shell.surroundings.files:
            shell.code = 1
            return f"cat: can't open '{word}': No such file or directory\n"
        shown.append(shell.surroundings.files[path])
    return "".join(shown)


def _grep(shell: Shell, words: list[str]) -> str:
    flags = {letter for word in words if word.startswith("-") for letter in word[1:]}
    wanted, *paths = [word for word in words if not word.startswith("-")] or [""]
    lines: list[str] = []
    for word in paths:
        path = _path(shell, word)
        if path not in shell.surroundings.files:
            shell.code = 2
            return f"grep: {word}: No such file or directory\n"
        found = shell.surroundings.files[path].splitlines()
        lines += [line for line in found if wanted in line or wanted == "."]
    shell.code = 0 if lines else 1
    if "q" in flags:
        return ""
    return f"{len(lines)}\n" if "c" in flags else "".join(f"{line}\n" for line in lines)


def _test(shell: Shell, words: list[str]) -> str:
    words = [word for word in words if word != "]"]
    if words[:1] and words[0] in ("-e", "-f", "-s"):
        good = len(words) > 1 and _path(shell, words[1]) in shell.surroundings.files
    elif len(words) == 3 and words[1] in ("=", "!="):
        good = (words[0] == words[2]) == (words[1] == "=")
    else:
        good = bool(words and words[-1])
    shell.code = 0 if good else 1
    return ""


def _path(shell: Shell, word: str) -> str:
    if word in ("", "."):
        return shell.directory
    return word if word.startswith("/") else shell.directory.rstrip("/") + "/" + word


def _cd(shell: Shell, words: list[str]) -> str:
    shell.directory = _path(shell, words[0]) if words else "/root"
    return ""


def _ps(shell: Shell, _words: list[str]) -> str:
    rows = [
        f"{pid:5} root      0:0{pid % 10} {command}"
        for pid, command in enumerate(shell.surroundings.processes, 1)
    ]
    return "\n".join(["  PID USER     TIME  COMMAND", *rows]) + "\n"


def _env(shell: Shell, _words: list[str]) -> str:
    return "".join(f"{key}={value}\n" for key, value in shell.surroundings.environment.items())


def _false(shell: Shell, _words: list[str]) -> str:
    shell.code = 1
    return ""


def _help(_shell: Shell, _words: list[str]) -> str:
    return "This is a simulated container. Known: " + " ".join(sorted({*COMMANDS, "exit", "sleep"})) + "\n"


COMMANDS: Mapping[str, Callable[[Shell, list[str]], str]] = {
    "echo": _echo,
    "printf": _printf,
    "ls": _list,
    "cat": _cat,
    "cd": _cd,
    "ps": _ps,
    "env": _env,
    "printenv": _env,
    "true": lambda _shell, _words: "",
    ":": lambda _shell, _words: "",
    "clear": lambda _shell, _words: "\x1b[H\x1b[2J",
    "false": _false,
    "grep": _grep,
    "test": _test,
    "[": _test,
    "help": _help,
    "pwd": lambda shell, _words: f"{shell.directory}\n",
    "hostname": lambda shell, _words: f"{shell.surroundings.hostname}\n",
    "whoami": lambda _shell, _words: "root\n",
    "id": lambda _shell, _words: "uid=0(root) gid=0(root) groups=0(root)\n",
    "stty": lambda shell, _words: f"{shell.size[0]} {shell.size[1]}\n",
    "uname": lambda _shell, words: "Linux demo 6.1.0 #1 SMP x86_64 GNU/Linux\n" if words else "Linux\n",
}


class Program(NamedTuple):
    """What a container runs. `on_term`: the exit code on SIGTERM, None: it takes no notice."""

    steps: Iterator[Step]
    on_term: int | None


def program(command: list[str], surroundings: Surroundings) -> Program | None:
    """The program of a command, or None where it is none of those that the shell knows.

    A process without a trap is deaf to SIGTERM when it is the first of its container, as on Linux.
    """
    shell = Shell(surroundings)
    if command[:1] and command[0] in SHELLS:
        if len(command) > 2 and command[1] in ("-c", "-ec", "-lc"):
            return Program(_ending(shell, command[2]), None)
        return Program(_ending(shell, shlex.join(command)), None) if len(command) == 2 else None
    if command[:1] and command[0].rpartition("/")[2] in {*COMMANDS, "sleep"}:
        return Program(_ending(shell, shlex.join(command)), None)
    return None


def _ending(shell: Shell, script: str) -> Iterator[Step]:
    yield from shell.run(script)
    if not shell.ended():
        yield Exit(shell.code)
