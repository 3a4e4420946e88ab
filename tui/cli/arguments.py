"""Arguments of the command line."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tui import __version__
from tui.cli.dashboard import run

if TYPE_CHECKING:
    from collections.abc import Sequence


def parser() -> argparse.ArgumentParser:
    """The parser of everything that `holdfast` takes."""
    made = argparse.ArgumentParser(
        prog="holdfast",
        description="A terminal dashboard that keeps Docker releases immutable.",
        epilog="Without a verb the dashboard opens. ? shows its keys.",
    )
    made.add_argument("--version", action="version", version=f"holdfast {__version__}")
    made.add_argument(
        "--host", "-H", metavar="URL", help="the engine's endpoint, e.g. unix:///var/run/docker.sock"
    )
    made.add_argument("--context", metavar="NAME", help="the Docker context to use")
    made.add_argument("--config", metavar="FILE", help="a configuration file, read after all others")
    made.add_argument("--theme", metavar="NAME", help="the theme for this time")
    made.add_argument("--demo", action="store_true", help="open on a simulated engine: nothing is real")
    made.add_argument(
        "--read-only", action="store_true", help="make everything that changes anything unavailable"
    )
    return made


def dispatch(arguments: Sequence[str]) -> int:
    """Do what the arguments say; the exit status (2 for a usage error)."""
    given = parser().parse_args(arguments)
    return run(
        host=given.host,
        docker_context=given.context,
        config=given.config,
        theme=given.theme,
        demo=given.demo,
        read_only=given.read_only,
    )
