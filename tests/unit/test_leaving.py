"""What is said when the dashboard is left while operations run, and when it is left before it is there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.ui import fakes
from tui.cli.dashboard import _say_what_goes_on
from tui.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Sequence

INTERRUPTED = """
import os, runpy, signal, sys

_, module, *arguments = sys.argv

class Interrupts:
    def find_spec(self, name, *_):
        if name == module:
            os.kill(os.getpid(), signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)  # as where nobody ignores it
sys.meta_path.insert(0, Interrupts())
sys.argv = ["holdfast", *arguments]
runpy.run_module("tui", run_name="__main__")
"""
"""Runs the command line with these arguments, and interrupts it when it imports a module."""

NOW = 1_700_000_000.0


def test_operations_that_go_on_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    store = Store()
    planned = fakes.operation("build", "mail", NOW, pid=0)
    store.put_operations([fakes.build_running(NOW), fakes.failed_test(NOW, 5.0), planned])
    _say_what_goes_on([store])
    assert capsys.readouterr().err == "web build goes on; holdfast shows it again\n"


@pytest.mark.parametrize(
    ("module", "arguments"),
    [
        ("tui.cli.dashboard", ()),
        ("tui.errors", ()),
        ("tui.operations.looking.endpoint_choice", ()),
        ("tui.cli.arguments", ("status",)),
        ("tui.cli.texts", ("--version",)),
        ("tui.settings.load", ("status", "--host", "unix:///nowhere.sock")),
    ],
)
def test_an_interrupt_before_anything_is_there_shows_no_traceback(
    module: str, arguments: Sequence[str]
) -> None:
    run = [sys.executable, "-c", INTERRUPTED, module, *arguments]
    shell = ["sh", "-c", '"$@"; echo "ended $?"', "sh", *run]
    ended = subprocess.run(shell, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True)
    assert (ended.stdout, ended.stderr) == ("ended 130\n", "")
