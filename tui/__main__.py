"""The command `holdfast`, and `python -m tui`."""

from __future__ import annotations

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


if __name__ == "__main__":
    sys.exit(main())
