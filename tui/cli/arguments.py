"""Arguments of the command line."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any, NoReturn

from tui import __version__
from tui.errors import HoldfastError

if TYPE_CHECKING:
    from collections.abc import Sequence

VERBS = ("build", "test", "tag", "push")
"""Verbs that are operations."""

DASHBOARD_ONLY = ("theme", "demo", "read_only")

_ASKS = (
    "On a terminal the plan is shown and you are asked first, unless --yes is given. "
    "Without a terminal (cron, CI) nobody could answer: the command itself is the consent."
)

_STATUS = (
    "exit status: 0 done; 1 failed and undone; 2 usage or configuration; 3 engine or registry out of reach; "
    "4 refused (a version would move, or a policy is not met); 5 leased by someone else; "
    "6 needs attention; 130 cancelled"
)

_DESCRIPTIONS = {
    "build": "Build the image of an app. Ctrl+C cancels; closing the terminal does not.",
    "test": "Run an image as it would be deployed, wait until it is ready, and run the app's test command "
    "in it. Whatever was started is removed again.",
    "tag": "Give an image of an app a version. A version never moves to another image: exit status 4. "
    f"{_ASKS}",
    "push": "Push an image's version to its registry, and read back what arrived there. "
    f"A version in the registry is never overwritten: exit status 4. {_ASKS}",
    "history": "List what was done, the newest first, or show one operation with all of its output.",
    "doctor": "Check everything that Holdfast needs, and say what to do where something is wrong. "
    "Exit status 1 where there is a problem.",
    "init": "Write a starting holdfast.toml from what a folder holds: its Dockerfile, git remote and compose "
    "file. A file that is there already is never overwritten.",
}

_EXAMPLES = {
    "build": ["holdfast build", "holdfast build web --no-cache", "image=$(holdfast build web --quiet)"],
    "test": ["holdfast test web", "holdfast test web --image 3f2a9c71b0de"],
    "tag": ["holdfast tag web v1.4.0", "holdfast tag web            suggests versions"],
    "push": ["holdfast push web v1.4.0", "holdfast push web v1.4.0 --plan", "holdfast push --yes --json"],
    "history": [
        "holdfast history web",
        "holdfast history --show last",
        "holdfast history --json --limit 100",
    ],
    "doctor": ["holdfast doctor", "holdfast --context prod doctor"],
    "init": ["holdfast init", "holdfast init services/web --stdout"],
}

_SHORT = {
    "build": "build an app's image",
    "test": "run an image and prove that it works",
    "tag": "give an image a version, which never moves",
    "push": "push a version, and read it back",
    "history": "what was done, with the output of each step",
    "doctor": "check engine, registries, terminal and configuration",
    "init": "write a starting holdfast.toml",
}


class Wrong(HoldfastError):
    """The arguments are wrong. usage: the lines that show how they are right."""

    exit_status = 2

    def __init__(self, message: str, usage: str) -> None:
        super().__init__(message)
        self.usage = usage


class _Parser(argparse.ArgumentParser):
    """Says what is wrong to its caller, instead of ending the program."""

    def error(self, message: str) -> NoReturn:
        raise Wrong(message, self.format_usage())


def parser() -> argparse.ArgumentParser:
    """The parser of everything that `holdfast` takes."""
    made = _Parser(
        prog="holdfast",
        description="A terminal dashboard that keeps Docker releases immutable.",
        epilog="Without a verb the dashboard opens; ? shows its keys. holdfast VERB --help shows more.",
        allow_abbrev=False,
    )
    made.add_argument("--version", action="version", version=f"holdfast {__version__}")
    _add_place(made, default=None)
    made.add_argument("--theme", metavar="NAME", help="the theme for this time")
    made.add_argument("--demo", action="store_true", help="open on a simulated engine: nothing is real")
    made.add_argument(
        "--read-only", action="store_true", help="make everything that changes anything unavailable"
    )
    verbs = made.add_subparsers(dest="verb", metavar="VERB", title="verbs")
    for verb in VERBS:
        _add_operation(verbs, verb)
    history = _add_verb(verbs, "history")
    history.add_argument("app", nargs="?", default="", metavar="APP", help="only operations on this app")
    history.add_argument("--limit", type=_count, default=20, metavar="N", help="how many; 20 by default")
    history.add_argument(
        "--show", default="", metavar="OP", help='one operation: its ID, the end of it, or "last"'
    )
    history.add_argument("--json", action="store_true", help="one JSON document; with --show its events")
    doctor = _add_verb(verbs, "doctor")
    doctor.add_argument("--json", action="store_true", help="one JSON document")
    init = _add_verb(verbs, "init")
    init.add_argument("folder", nargs="?", default=".", metavar="FOLDER", help="where to look and write")
    init.add_argument("--stdout", action="store_true", help="print the file instead of writing it")
    return made


def _add_place(to: argparse.ArgumentParser, default: Any) -> None:
    """Which engine and configuration; taken before and after a verb."""
    to.add_argument(
        "--host", "-H", metavar="URL", default=default,
        help="the engine's endpoint, e.g. unix:///var/run/docker.sock",
    )  # fmt: skip
    to.add_argument("--context", metavar="NAME", default=default, help="the Docker context to use")
    to.add_argument(
        "--config", metavar="FILE", default=default, help="a configuration file, read after all others"
    )


def _add_verb(verbs: Any, verb: str) -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = verbs.add_parser(
        verb,
        help=_SHORT[verb],
        description=_DESCRIPTIONS[verb],
        epilog="examples:\n"
        + "\n".join(f"  {line}" for line in _EXAMPLES[verb])
        + (f"\n\n{_STATUS}" if verb in VERBS else ""),
        formatter_class=_Wrapped,
        allow_abbrev=False,
    )
    # What stands before the verb must not be overwritten by defaults of what could stand after it.
    _add_place(made, default=argparse.SUPPRESS)
    return made


class _Wrapped(argparse.RawDescriptionHelpFormatter):
    """Keeps the lines of examples, and wraps the rest."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        wrap = argparse.HelpFormatter._fill_text
        parts = text.split("\n\n")
        return "\n\n".join([part if "\n" in part else wrap(self, part, width, indent) for part in parts])


def _add_operation(verbs: Any, verb: str) -> None:
    made = _add_verb(verbs, verb)
    takes_version = verb in ("tag", "push")
    made.add_argument("words", nargs="*", default=[], help=argparse.SUPPRESS, metavar="APP")
    made.usage = f"holdfast {verb} [APP] {'[VERSION] ' if takes_version else ''}[options]"
    if verb == "build":
        made.add_argument("--no-cache", action="store_true", help="do every step anew")
        made.add_argument("--pull", action="store_true", help="ask for newer base images")
    else:
        made.add_argument(
            "--image", default="", metavar="IMAGE", help="its ID or reference; else the newest build"
        )
    made.add_argument("--plan", action="store_true", help="show what would be done, and do nothing")
    made.add_argument("--yes", "-y", action="store_true", help="do not ask")
    shown = made.add_mutually_exclusive_group()
    shown.add_argument("--json", action="store_true", help="every event as a line of JSON")
    shown.add_argument("--quiet", "-q", action="store_true", help="print nothing but the image or digest")


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not 1 or more")
    return number


def parsed(made: argparse.ArgumentParser, arguments: Sequence[str]) -> argparse.Namespace:
    """The arguments. Words may also stand behind options, which argparse by itself does not take where they
    may be left out. Raises Wrong."""
    given, left = made.parse_known_args(arguments)
    words = getattr(given, "words", None)
    if left and (words is None or any(word.startswith("-") for word in left)):
        made.error(f"{left[0]} is not known{_of_verb(given.verb)}")
    if words is not None:
        words += left
    for name in DASHBOARD_ONLY if given.verb is not None else ():
        if getattr(given, name):
            made.error(f"--{name.replace('_', '-')} is an option of the dashboard, not of {given.verb}")
    return given


def _say_wrong(error: Wrong, arguments: Sequence[str]) -> int:
    from tui.cli.output import say

    if "--json" in arguments and any(word in VERBS for word in arguments):
        from tui.cli.verbs import say_not_begun

        return say_not_begun(error, json=True)
    say(f"{error.usage}holdfast: {error.message}")
    return error.exit_status


def _of_verb(verb: str | None) -> str:
    return f" to {verb}: holdfast {verb} --help" if verb else ""


def dispatch(arguments: Sequence[str]) -> int:
    """Do what the arguments say; the exit status (2 for a usage error)."""
    try:
        given = parsed(parser(), arguments)
    except Wrong as error:
        return _say_wrong(error, arguments)
    match given.verb:
        case None:
            from tui.cli.dashboard import run

            return run(
                host=given.host,
                docker_context=given.context,
                config=given.config,
                theme=given.theme,
                demo=given.demo,
                read_only=given.read_only,
            )
        case "history":
            from tui.cli import history

            return history.run(given.app, given.limit, given.show, json=given.json)
        case "doctor":
            from tui.cli import doctor

            return doctor.run(given.host or "", given.context or "", given.config or "", json=given.json)
        case "init":
            from tui.cli import init

            return init.run(given.folder, to_stdout=given.stdout)
        case _:
            return _operation(given)


def _operation(given: argparse.Namespace) -> int:
    from tui.cli import verbs

    return verbs.run(
        verbs.Options(
            given.verb,
            tuple(given.words),
            given.host or "",
            given.context or "",
            given.config or "",
            getattr(given, "image", ""),
            getattr(given, "no_cache", False),
            getattr(given, "pull", False),
            given.plan,
            given.yes,
            given.json,
            given.quiet,
        )
    )
