"""The options of operations and of logs, as argparse takes them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.model.verb import Argument

if TYPE_CHECKING:
    from collections.abc import Mapping


class Words(NamedTuple):
    """How an argument is written, and what argparse is told of it."""

    flags: tuple[str, ...]
    more: Mapping[str, Any]


def _flag(flag: str, about: str) -> Words:
    return Words((flag,), {"action": "store_true", "help": about})


def _valued(flags: str, name: str, about: str, **more: Any) -> Words:
    return Words(tuple(flags.split()), {"default": "", "metavar": name, "help": about, **more})


def _release(text: str) -> int:
    number = text.removeprefix("r")
    if not (number.isascii() and number.isdecimal()) or not 0 < int(number) < 10**9:
        raise argparse.ArgumentTypeError(f"{text} is no release: r12")
    return int(number)


def _absolute(text: str) -> str:
    """A path for a process that may stand elsewhere."""
    return str(Path(text).absolute()) if text else ""


OPTIONS = {
    Argument.NO_CACHE: _flag("--no-cache", "do every step anew"),
    Argument.PULL: _flag("--pull", "ask for newer base images"),
    Argument.IMAGE: _valued("--image", "IMAGE", "its ID or reference; else the newest build"),
    Argument.DIGEST: _valued("--digest", "SHA256", "exactly these bytes, whatever VERSION names now"),
    Argument.AGAIN: _flag("--again", "also where the same is live already"),
    Argument.ONLY: _valued("--only", "behind", "of a fleet: the engines that do not have what others have"),
    Argument.TO: _valued(
        "--to", "rN", "else the newest good one before; the live one is made anew from its record",
        type=_release, default=0,
    ),
    Argument.FORCE: _flag("--force", "also to one whose record or container is not to be trusted"),
    Argument.SARIF: _valued(
        "--sarif", "FILE", "write what was found into a file too, as SARIF 2.1.0", type=_absolute
    ),
    Argument.KEY: _valued("--key", "NAME", "the key that signs: one of [trust]; else its sign_key"),
    Argument.CONTAINER: _valued("--name --as", "APP", "what the app is called; else as the container"),
}  # fmt: skip
"""The options of operations. A version is a word without an option."""


def _tail(text: str) -> str:
    if text not in ("", "all") and not (text.isdecimal() and len(text) < 10):
        raise argparse.ArgumentTypeError(f'{text} is neither a number nor "all"')
    return text


def add_logs(made: argparse.ArgumentParser) -> None:
    """What `holdfast logs` takes besides an app."""
    made.add_argument("--follow", "-f", action="store_true", help="go on with what is written from now on")
    made.add_argument("--since", default="", metavar="TIME", help='"10m", "2h", "14:30", "2026-11-28 10:00"')
    made.add_argument("--until", default="", metavar="TIME", help="the same for the end")
    made.add_argument("--tail", type=_tail, default="", metavar="N", help="the newest N lines, or all")
    made.add_argument(
        "--grep", default="", metavar="TEXT", help="a text, /an expression/, !text for those without it"
    )
    made.add_argument("--release", type=_release, default=0, metavar="rN", help="of an earlier release")
    made.add_argument("--timestamps", "-t", action="store_true", help="when each line was written")
    made.add_argument("--json", action="store_true", help="each line as a line of JSON")
