"""Arguments of the command line."""

from __future__ import annotations

import argparse
import shlex
from typing import TYPE_CHECKING, Any, NoReturn

from tui import __version__
from tui.cli.further_verbs import COMPLETE, FURTHER
from tui.cli.options import OPTIONS
from tui.cli.plainness import be_plain
from tui.cli.texts import DESCRIPTIONS, EXAMPLES, SHORT, STATUS
from tui.cli.wrapped import Wrapped
from tui.errors import HoldfastError
from tui.model.verb import VERBS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.cli.asked import Asked
    from tui.operations.looking.endpoint_choice import Named

DASHBOARD_ONLY = ("theme", "demo", "read_only")

LOOKS = ("status", "engines", "logs", "history", "drift", "verify", "doctor", "bundle", "completion", "man")
"""What changes nothing, and may be told so."""


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

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Names the word that was meant, where argparse lists all that there are."""
        if action.choices is None or value in action.choices:
            return
        from tui.settings.rules import nearest

        meant = nearest(str(value), map(str, action.choices))
        if action.dest == "verb":
            raise Wrong(f"there is no verb {value}{meant}", self.format_usage())
        raise Wrong(f"{action.metavar or action.dest} is not {value}{meant}", self.format_usage())


def parser() -> argparse.ArgumentParser:
    """The parser of everything that `holdfast` takes."""
    made = _Parser(
        prog="holdfast",
        description="A terminal dashboard that keeps Docker releases immutable.",
        epilog="Without a verb the dashboard opens; its help shows the keys. For more: holdfast VERB --help.",
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
    for verb in SHORT:
        if verb in VERBS:
            _add_operation(verbs, verb)
        else:
            _OTHERS[verb](_add_verb(verbs, verb))
    return made


def _add_history(made: argparse.ArgumentParser) -> None:
    _add_app(made)
    made.add_argument("--limit", type=_count, default=20, metavar="N", help="how many; 20 by default")
    made.add_argument("--operations", action="store_true", help="what this account did, from its journals")
    made.add_argument(
        "--show", default="", metavar="OP", help='one operation: its ID, the end of it, or "last"'
    )
    made.add_argument("--json", action="store_true", help="one JSON document; with --show its events")


def _add_status(made: argparse.ArgumentParser) -> None:
    _add_app(made)
    made.add_argument("--drift", action="store_true", help="look for drift too, which takes longer")
    made.add_argument("--json", action="store_true", help="one JSON document")


def _add_engines(made: argparse.ArgumentParser) -> None:
    made.add_argument("--apps", action="store_true", help="what runs where, and who differs")
    made.add_argument("--json", action="store_true", help="one JSON document, with the apps")


def _add_drift(made: argparse.ArgumentParser) -> None:
    _add_app(made)
    made.add_argument("--json", action="store_true", help="one JSON document")


def _add_verify(made: argparse.ArgumentParser) -> None:
    _add_app(made)
    made.add_argument(
        "wanted", nargs="?", default="", metavar="VERSION", help="a tag, a digest, or rN: its chain of trust"
    )
    made.add_argument("--json", action="store_true", help="one JSON document")
    made.add_argument("--deep", action="store_true", help="read the layers of every kept release too")


def _add_unlock(made: argparse.ArgumentParser) -> None:
    made.add_argument("app", metavar="APP", help="whose lease")
    made.add_argument("--plan", action="store_true", help="show whose it is, and do nothing")
    made.add_argument("--yes", "-y", action="store_true", help="do not ask; not enough on a protected engine")
    _add_confirm(made)
    made.add_argument("--json", action="store_true", help="one JSON document")


def _add_doctor(made: argparse.ArgumentParser) -> None:
    made.add_argument("--json", action="store_true", help="one JSON document")


def _add_demo(made: argparse.ArgumentParser) -> None:
    made.add_argument("--tour", action="store_true", help="walk through it by itself")


def _add_init(made: argparse.ArgumentParser) -> None:
    made.add_argument("folder", nargs="?", default=".", metavar="FOLDER", help="where to look and write")
    made.add_argument("--stdout", action="store_true", help="print the file instead of writing it")
    made.add_argument("--example", action="store_true", help="print a file with every key, explained")


def _add_trust(made: argparse.ArgumentParser) -> None:
    made.usage = "holdfast trust [show | init [PATH]] [options]"
    made.add_argument("words", nargs="*", default=[], help=argparse.SUPPRESS)
    made.add_argument(
        "--name", default="", metavar="NAME", help="of init: what the key is called; else as this machine"
    )
    made.add_argument("--passphrase", action="store_true", help="of init: seal the private key by one")
    made.add_argument("--json", action="store_true", help="one JSON document")


def _add_allow(made: argparse.ArgumentParser) -> None:
    made.add_argument("file", nargs="?", default="", metavar="FILE", help="else --config's, or holdfast.toml")
    what = made.add_mutually_exclusive_group()
    what.add_argument("--list", action="store_true", help="list the files that are allowed")
    what.add_argument("--revoke", action="store_true", help="allow it no longer")
    made.add_argument("--yes", "-y", action="store_true", help="do not ask")
    made.add_argument("--json", action="store_true", help="one JSON document")


_OTHERS = {
    "init": _add_init,
    "allow": _add_allow,
    "status": _add_status,
    "engines": _add_engines,
    "history": _add_history,
    "drift": _add_drift,
    "verify": _add_verify,
    "unlock": _add_unlock,
    "trust": _add_trust,
    "doctor": _add_doctor,
    "demo": _add_demo,
    **{name: verb.add for name, verb in FURTHER.items()},
}


def _add_app(made: argparse.ArgumentParser) -> None:
    made.add_argument("app", nargs="?", default="", metavar="APP", help="only this app")


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
    to.add_argument(
        "--plain", action="store_true", default=default or argparse.SUPPRESS,
        help="everything in lines, for screen readers",
    )  # fmt: skip


def _add_verb(verbs: Any, verb: str) -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = verbs.add_parser(
        verb,
        help=SHORT[verb],
        description=DESCRIPTIONS[verb],
        epilog="examples:\n"
        + "\n".join(f"  {line}" for line in EXAMPLES[verb])
        + (f"\n\n{STATUS}" if verb in VERBS else ""),
        formatter_class=Wrapped,
        allow_abbrev=False,
    )
    # What stands before the verb must not be overwritten by defaults of what could stand after it.
    _add_place(made, default=argparse.SUPPRESS)
    return made


def _add_operation(verbs: Any, verb: str) -> None:
    made = _add_verb(verbs, verb)
    made.add_argument("words", nargs="*", default=[], help=argparse.SUPPRESS, metavar="APP")
    made.usage = f"holdfast {verb} {VERBS[verb].usage} [options]"
    for argument, words in OPTIONS.items():
        if argument in VERBS[verb].takes:
            made.add_argument(*words.flags, **words.more)
    made.add_argument("--plan", action="store_true", help="show what would be done, and do nothing")
    made.add_argument("--yes", "-y", action="store_true", help="do not ask; not enough on a protected engine")
    _add_confirm(made)
    shown = made.add_mutually_exclusive_group()
    shown.add_argument("--json", action="store_true", help="every event as a line of JSON")
    shown.add_argument("--quiet", "-q", action="store_true", help="print nothing but the image or digest")


def _add_confirm(made: argparse.ArgumentParser) -> None:
    made.add_argument(
        "--confirm",
        default="",
        metavar="APP",
        help="the app's name, where nobody types it: on a protected engine, or with --force",
    )


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not 1 or more")
    return number


def parsed(made: argparse.ArgumentParser, arguments: Sequence[str]) -> argparse.Namespace:
    """The arguments. Words may also stand behind options, which argparse by itself does not take where they
    may be left out. Raises Wrong."""
    if any(not word.strip() or (word.startswith("--") and word.endswith("=")) for word in arguments):
        made.error(
            "an argument is empty, as where a variable is not set; "
            f"leave it out if nothing is meant: holdfast {shlex.join(arguments)}"
        )
    given, left = made.parse_known_args(arguments)
    words = getattr(given, "words", None)
    if left and (words is None or any(word.startswith("-") for word in left)):
        made.error(f"{left[0]} is not known{_of_verb(given.verb)}")
    if words is not None:
        words += left
    for name in DASHBOARD_ONLY if given.verb is not None else ():
        if given.verb == "demo" or (name == "read_only" and given.verb in LOOKS):
            continue  # it changes nothing anyway
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
    made = parser()
    if arguments and arguments[0] == COMPLETE:
        from tui.cli import completion_answers

        return completion_answers.run(made, arguments[1:])
    try:
        given = parsed(made, arguments)
    except Wrong as error:
        return _say_wrong(error, arguments)
    if "plain" in given:
        be_plain()
    match given.verb:
        case None:
            from tui.cli.dashboard import run

            return run(
                _named(given),
                config=given.config,
                theme=given.theme,
                demo=given.demo,
                read_only=given.read_only,
            )
        case "demo":
            from tui.cli.dashboard import run

            return run(
                config=given.config, theme=given.theme, demo=True, tour=given.tour, read_only=given.read_only
            )
        case "status":
            from tui.cli import status

            return status.run(_asked(given), drift=given.drift, json=given.json)
        case "engines":
            from tui.cli import engines

            return engines.run(_asked(given), apps=given.apps, json=given.json)
        case "history" if given.operations or given.show:
            from tui.cli import operations_history

            return operations_history.run(given.app, given.limit, given.show, json=given.json)
        case "history":
            from tui.cli import releases_history

            return releases_history.run(_asked(given), given.limit, json=given.json)
        case "drift":
            from tui.cli import drift

            return drift.run(_asked(given), json=given.json)
        case "verify":
            from tui.cli import verify

            return verify.run(_asked(given), given.wanted, json=given.json, deep=given.deep)
        case "unlock":
            from tui.cli import unlock

            return unlock.run(
                _asked(given), plan=given.plan, yes=given.yes, confirmed=given.confirm, json=given.json
            )
        case "trust":
            from tui.cli import trust

            said = trust.TrustOptions(given.words, given.name, given.passphrase, given.json)
            return trust.run(_asked(given), said)
        case "allow":
            from tui.cli import allow

            what = "list" if given.list else "revoke" if given.revoke else "allow"
            return allow.run(given.file or given.config or "", what, yes=given.yes, json=given.json)
        case "doctor":
            from tui.cli import doctor

            return doctor.run(_asked(given), json=given.json)
        case "init":
            from tui.cli import init

            return init.example() if given.example else init.run(given.folder, to_stdout=given.stdout)
        case verb if verb in FURTHER:
            return FURTHER[verb].run(given, _asked(given), made)
        case _:
            return _operation(given)


def _asked(given: argparse.Namespace) -> Asked:
    from tui.cli.asked import Asked

    return Asked(getattr(given, "app", ""), _named(given), given.config or "")


def _named(given: argparse.Namespace) -> Named:
    from tui.operations.looking.endpoint_choice import Named

    return Named(given.host or "", given.context or "")


def _operation(given: argparse.Namespace) -> int:
    from tui.cli import verbs

    taken = {
        argument.value: getattr(given, argument)
        for argument in VERBS[given.verb].takes
        if hasattr(given, argument)
    }
    return verbs.run(
        verbs.Options(
            verb=given.verb,
            words=tuple(given.words),
            engine=_named(given),
            config=given.config or "",
            plan=given.plan,
            yes=given.yes,
            json=given.json,
            quiet=given.quiet,
            confirm=given.confirm,
            name=getattr(given, "name", ""),
            **taken,
        )
    )
