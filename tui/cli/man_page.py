"""`holdfast man`: the manual page, made from the parser of the command line."""

from __future__ import annotations

import argparse
import shutil
import sys
from typing import TYPE_CHECKING

from tui import __version__
from tui.cli.output import answer
from tui.cli.texts import DESCRIPTIONS, EXAMPLES, SHORT, STATUS
from tui.model.verb import VERBS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

DATE = "2026-11-28"
"""When the words around those of the parser were changed last: the same tree gives the same page."""

EVERYWHERE = ("help", "host", "context", "config", "plain")
"""Options that every verb takes: told once."""

ABOUT = (
    "Holdfast makes releases of Docker images immutable, on a terminal: the bytes that were tested are the "
    "bytes that run, a version never moves, and the last good release is one key away.",
    "Without a verb the dashboard opens; its help (?) shows the keys. With one it does the same without a "
    "screen, for scripts and CI. What is live, what can be gone back to and who is deploying now is kept on "
    "the Docker Engine itself: no server, no agent, no database.",
    "The engine is found as docker finds it: --host, --context, DOCKER_HOST, DOCKER_CONTEXT, Docker's "
    "current context, the default socket.",
)

ENVIRONMENT = {
    "DOCKER_HOST, DOCKER_CONTEXT": "Which engine is meant, where neither an option nor the app says so.",
    "DOCKER_CONFIG": "The folder of Docker's own configuration: logins to registries, contexts.",
    "NO_COLOR": "Where it is set, nothing is coloured.",
    "HOLDFAST_PLAIN": "Where it is set, everything is said in lines, as by --plain.",
    "COSIGN_PASSWORD": "The passphrase of a private key, where no terminal can be asked for it.",
    "XDG_CONFIG_HOME, XDG_STATE_HOME": "Where the files below are, in place of ~/.config and ~/.local/state.",
}

FILES = {
    "/etc/holdfast/config.toml": "The configuration of everybody here.",
    "~/.config/holdfast/config.toml": "Your own; it is read after that.",
    "./holdfast.toml": "The folder's, read after both. What it asks for beyond its folder counts once you "
    "have allowed it (holdfast allow).",
    "~/.config/holdfast/settings.toml": "What was chosen in the dashboard; the program writes it.",
    "~/.local/state/holdfast": "Journals of operations, copies of the releases' records, evidence.",
}


def run(made: argparse.ArgumentParser) -> int:
    """Show it by man on a terminal, print it elsewhere; the exit status."""
    page = man_page(made)
    if not sys.stdout or not sys.stdout.isatty() or (man := shutil.which("man")) is None:
        answer(page)
        return 0
    return _shown(man, page)


def _shown(man: str, page: str) -> int:
    import subprocess

    return subprocess.run([man, "-l", "-"], input=page.encode(), check=False).returncode


def man_page(made: argparse.ArgumentParser) -> str:
    """The page in man's own words, man(7)."""
    lines = [
        f'.TH HOLDFAST 1 "{DATE}" "Holdfast {__version__}" "User Commands"',
        '.\\" Made from the parser of the command line by `make docs`: changes belong there.',
        ".SH NAME",
        f"holdfast \\- {_text('immutable releases of Docker images, on a terminal')}",
        ".SH SYNOPSIS",
        *_synopsis("holdfast", "[options]"),
        ".br",
        *_synopsis("holdfast", "VERB [APP] [options]"),
        ".SH DESCRIPTION",
        *_paragraphs(ABOUT),
        ".SH OPTIONS",
        "Which engine and which configuration is meant can be said before or behind the verb.",
        *_options(made, ()),
        ".SH VERBS",
    ]
    below = next(one for one in made._actions if isinstance(one, argparse._SubParsersAction)).choices
    for verb in SHORT:
        lines += _verb(verb, below[verb])
    lines += [".SH EXIT STATUS", *_statuses()]
    lines += [".SH ENVIRONMENT", *_listed(ENVIRONMENT.items())]
    lines += [".SH FILES", *_listed(FILES.items())]
    lines += [".SH SEE ALSO", ".BR docker (1),", ".BR ssh (1)"]
    return "\n".join(lines) + "\n"


def _verb(name: str, made: argparse.ArgumentParser) -> Iterator[str]:
    yield f".SS {_text(f'holdfast {name}')}"
    yield from _synopsis(f"holdfast {name}", _words(name, made))
    yield ".PP"
    yield from _paragraphs([f"{SHORT[name][:1].upper()}{SHORT[name][1:]}.", DESCRIPTIONS[name]])
    yield from _options(made, EVERYWHERE)
    yield from (".PP", "Examples:", ".PP", ".nf", ".RS 4")
    yield from map(_text, EXAMPLES[name])
    yield from (".RE", ".fi")


def _words(name: str, made: argparse.ArgumentParser) -> str:
    """What stands behind a verb."""
    if name in VERBS:
        return f"{VERBS[name].usage} [options]"
    if made.usage:
        return made.usage.partition(f"holdfast {name} ")[2]
    words = [one for one in made._actions if not one.option_strings]
    named = [f"[{_named(one)}]" if one.nargs in ("?", "*") else _named(one) for one in words]
    return " ".join([*named, "[options]"])


def _named(action: argparse.Action) -> str:
    return str(action.metavar or action.dest.upper())


def _options(made: argparse.ArgumentParser, without: Iterable[str]) -> Iterator[str]:
    for action in made._actions:
        if not action.option_strings or action.dest in without or action.help == argparse.SUPPRESS:
            continue
        value = "" if action.nargs == 0 else f" \\fI{_text(_named(action))}\\fR"
        flags = ", ".join(f"\\fB{_text(flag)}\\fR{value}" for flag in action.option_strings)
        yield from (".TP", flags, _text(f"{action.help or ''}."))


def _statuses() -> Iterator[str]:
    """The list in the help of verbs, an entry each."""
    for part in STATUS.removeprefix("exit status: ").split("; "):
        number, _, meaning = part.partition(" ")
        yield from (".TP", f"\\fB{number}\\fR", _text(meaning))


def _synopsis(command: str, words: str) -> Iterator[str]:
    yield f"\\fB{_text(command)}\\fR {_text(words)}"


def _listed(items: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, about in items:
        yield from (".TP", f"\\fI{_text(name)}\\fR", _text(about))


def _paragraphs(texts: Iterable[str]) -> Iterator[str]:
    for number, text in enumerate(texts):
        yield from ((".PP",) if number else ())
        yield _text(text)


def _text(text: str) -> str:
    """A line as roff prints it: nothing in it is a request, and a hyphen can be typed."""
    plain = text.replace("\\", "\\e").replace("-", "\\-").replace("~", "\\(ti").replace("^", "\\(ha")
    plain = plain.replace("'", "\\(aq") if plain.startswith("'") else plain
    return f"\\&{plain}" if plain.startswith((".", "'")) else plain
