"""The command `holdfast`, and `python -m tui`."""

from __future__ import annotations

import os
import sys


def main() -> int:
    """Run the command line; the exit status."""
    arguments = sys.argv[1:]
    try:
        if not arguments:  # the dashboard, as it is mostly started: no parser is loaded for it
            from tui.cli.dashboard import run

            return run()
        from tui.cli.arguments import dispatch

        return dispatch(arguments)
    except KeyboardInterrupt:
        return 130


def command() -> None:
    """As `main`, and then end at once.

    Python would first take apart every module, which takes 35 ms and does nothing for anybody: whoever began
    something has ended it by now.
    """
    status = main()
    import contextlib

    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # closed before we were started
            with contextlib.suppress(OSError):  # its reader has gone
                stream.flush()
    os._exit(status)


if __name__ == "__main__":
    command()
