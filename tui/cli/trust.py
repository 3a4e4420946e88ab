"""`holdfast trust`: what stands behind the word."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.cli.output import say_error
from tui.cli.verbs import Usage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.cli.asked import Asked

USAGE = "[show | init [PATH]]"


class TrustOptions(NamedTuple):
    """What the arguments say: the words without an option, and the options of `init`."""

    words: Sequence[str] = ()
    name: str = ""
    passphrase: bool = False
    json: bool = False


def run(asked: Asked, options: TrustOptions) -> int:
    """Show what is in force, or make a key pair; the exit status."""
    what, *more = options.words or ("show",)
    if fault := _fault(what, more, options):
        error = Usage(fault, f"holdfast trust {USAGE}")
        say_error(error)
        return error.exit_status
    if what == "init":
        from tui.cli import trust_init

        path = more[0] if more else ""
        return trust_init.run(path, name=options.name, passphrase=options.passphrase, json=options.json)
    from tui.cli import trust_show

    return trust_show.run(asked, json=options.json)


def _fault(what: str, more: Sequence[str], options: TrustOptions) -> str:
    """What is wrong with the arguments, "" where nothing is."""
    if what not in ("show", "init"):
        return f'"{what}" is not known to trust'
    if len(more) > (what == "init"):
        return f'"{more[-1]}" is one word too many'
    if what == "show" and (options.name or options.passphrase):
        return f"{'--name' if options.name else '--passphrase'} is an option of trust init"
    return ""
