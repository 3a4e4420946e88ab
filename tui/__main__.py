"""The command `holdfast`, and `python -m tui`."""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # at once: `signal` itself takes two milliseconds
import os
import sys

if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
    # Ctrl+C ends what has not begun anything without a traceback: whoever begins something hears it.
    _signal.signal(_signal.SIGINT, _signal.SIG_DFL)

# What pauses a deploy to several engines does no harm before that can be paused (operations.running.signals).
_signal.signal(_signal.SIGUSR1, _signal.SIG_IGN)


def hear_interrupts() -> None:
    """Ctrl+C raises KeyboardInterrupt from now on, unless whoever started this wants it ignored."""
    if _signal.getsignal(_signal.SIGINT) is _signal.SIG_DFL:
        _signal.signal(_signal.SIGINT, _signal.default_int_handler)


def main() -> int:
    """Run the command line; the exit status."""
    arguments = sys.argv[1:]
    try:
        if not arguments:  # the dashboard, as it is mostly started: no parser is loaded for it
            from tui.cli.dashboard import run

            return run()
        from tui.cli.arguments import dispatch

        hear_interrupts()
        status = dispatch(arguments)
        output = sys.modules.get("tui.cli.output")
        return status or int(output is not None and output.is_lost())
    except KeyboardInterrupt:
        return 130
    except SystemExit as end:  # --help and --version
        return end.code if isinstance(end.code, int) else 0


def command() -> None:
    """As `main`, and then end at once.

    Python would first take apart every module, which takes 35 ms and does nothing for anybody: whoever began
    something has ended it by now.
    """
    status = main()
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:  # closed before we were started
                stream.flush()
        except BrokenPipeError:  # its reader has gone
            continue
        except OSError as error:
            status = status or 1
            if stream is sys.stdout:
                os.write(2, f"holdfast: standard output cannot be written: {error.strerror}\n".encode())
    os._exit(status)


if __name__ == "__main__":
    command()
