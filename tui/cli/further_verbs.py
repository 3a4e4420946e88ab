"""Verbs that look at one thing, or are for comfort: their arguments, and what does them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from tui.cli.asked import Asked

COMPLETE = "__complete"
"""What scripts of completion ask; no verb of people's."""

SHELLS = ("bash", "zsh", "fish")

MEGABYTES, HOURS = 5, 24
"""What a bundle takes of each log, and of events, where nobody says more."""


class FurtherVerb(NamedTuple):
    """add: its arguments. run: what does it, with what was given and by which parser; the exit status."""

    add: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace, Asked, argparse.ArgumentParser], int]


def _add_completion(made: argparse.ArgumentParser) -> None:
    made.add_argument("shell", choices=SHELLS, metavar="SHELL", help="bash, zsh or fish")


def _completion(given: argparse.Namespace, _: Asked, __: argparse.ArgumentParser) -> int:
    from tui.cli import completion

    return completion.run(given.shell)


def _add_man(_: argparse.ArgumentParser) -> None:
    """It takes none."""


def _man(_: argparse.Namespace, __: Asked, made: argparse.ArgumentParser) -> int:
    from tui.cli import man_page

    return man_page.run(made)


def _add_bundle(made: argparse.ArgumentParser) -> None:
    made.add_argument("app", nargs="?", default="", metavar="APP", help="the app; else the only one")
    made.add_argument("--output", "-o", default="", metavar="FILE", help="the file or folder; else here")
    made.add_argument(
        "--log-size", type=_number, default=MEGABYTES, metavar="MB",
        help=f"the newest so many MB of each log; {MEGABYTES} by default",
    )  # fmt: skip
    made.add_argument(
        "--hours", type=_number, default=HOURS, metavar="N", help=f"of events; {HOURS} by default"
    )
    made.add_argument("--json", action="store_true", help="one JSON document about what was written")


def _bundle(given: argparse.Namespace, asked: Asked, _: argparse.ArgumentParser) -> int:
    from tui.cli import bundle
    from tui.operations.bundling.there import Extent

    return bundle.run(asked, given.output, Extent(given.log_size << 20, given.hours), json=given.json)


def _add_logs(made: argparse.ArgumentParser) -> None:
    from tui.cli.options import add_logs

    made.add_argument("app", nargs="?", default="", metavar="APP", help="the app; else the only one")
    add_logs(made)


def _logs(given: argparse.Namespace, asked: Asked, _: argparse.ArgumentParser) -> int:
    from tui.cli import logs

    wanted = {name: getattr(given, name) for name in logs.LogsOptions._fields}
    return logs.run(asked, logs.LogsOptions(**wanted))


def _number(text: str) -> int:
    import argparse

    number = int(text)
    if not 1 <= number <= 1000:
        raise argparse.ArgumentTypeError(f"{text} is not from 1 to 1000")
    return number


FURTHER = {
    "bundle": FurtherVerb(_add_bundle, _bundle),
    "completion": FurtherVerb(_add_completion, _completion),
    "logs": FurtherVerb(_add_logs, _logs),
    "man": FurtherVerb(_add_man, _man),
}
