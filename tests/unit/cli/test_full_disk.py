"""A result that a full disk does not take is not lost without a word."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.support.lying_engine import LyingEngine
from tests.support.shell import TREE

ANSWERS = [("--version",), ("--help",), ("history", "--operations", "--json"), ("init", "--stdout")]
ALONE = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}

TELLING = """
from tui.cli.rendering import JsonLines
from tui.model.operation import Ended, Warned
lines = JsonLines()
lines.tell(Warned(1.0, "one"))
lines.tell(Ended(2.0, True, 1.0))
lines.close()
"""


def run(folder, output, *words):
    environ = {**ALONE, "HOME": str(folder), "XDG_STATE_HOME": str(folder), "PYTHONPATH": TREE}
    return subprocess.run(
        [sys.executable, *words], cwd=folder, env=environ, stdout=output, stderr=subprocess.PIPE, text=True,
        stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("words", ANSWERS, ids=" ".join)
def test_an_answer_that_cannot_be_written_is_told_and_is_no_success(tmp_path, words):
    with open("/dev/full", "wb") as full:
        done = run(tmp_path, full, "-m", "tui", *words)
    assert done.returncode == 1
    assert done.stderr == "holdfast: standard output cannot be written: No space left on device\n"


@pytest.mark.parametrize("words", ["status", "status --json", "doctor", "doctor --json"])
def test_what_an_engine_says_is_not_lost_without_a_word_either(tmp_path, words):
    with LyingEngine(tmp_path, {}) as engine, open("/dev/full", "wb") as full:
        done = run(tmp_path, full, "-m", "tui", "--host", engine.host, *words.split())
    assert done.returncode == 1
    assert done.stderr == "holdfast: standard output cannot be written: No space left on device\n"


@pytest.mark.parametrize("words", ANSWERS, ids=" ".join)
def test_a_reader_that_has_gone_is_no_error(tmp_path, words):
    reading, writing = os.pipe()
    os.close(reading)
    done = run(tmp_path, writing, "-m", "tui", *words)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


def test_an_operation_goes_on_and_says_where_it_is_told(tmp_path):
    with open("/dev/full", "wb") as full:
        done = run(tmp_path, full, "-c", TELLING)
    assert done.returncode == 0
    assert done.stderr.count("cannot be written: No space left on device") == 1
    assert "holdfast history --show last" in done.stderr
