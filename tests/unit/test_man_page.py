"""docs/man/holdfast.1 follows from the parser, and who reads such pages has nothing to say to it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tui.cli.arguments import parser
from tui.cli.man_page import man_page
from tui.cli.texts import SHORT
from tui.model.verb import VERBS

PAGE = Path(__file__).parents[2] / "docs" / "man" / "holdfast.1"


def test_the_manual_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == man_page(parser()), "write it again: make docs"


def shown() -> str:
    env = {**os.environ, "MANWIDTH": "100", "LC_ALL": "C.UTF-8", "MANPAGER": "cat", "MAN_KEEP_FORMATTING": ""}
    done = subprocess.run(["man", "-l", str(PAGE)], capture_output=True, text=True, env=env, check=True)
    return " ".join(done.stdout.split())


@pytest.mark.skipif(shutil.which("man") is None, reason="no man here")
def test_it_tells_of_every_verb_and_option_as_they_are_typed() -> None:
    text = shown()
    for verb in SHORT:
        assert f"holdfast {verb}" in text
    for example in (line for verb in VERBS.values() for line in verb.examples):
        assert " ".join(example.split()) in text
    for option in ("--context NAME", "--to rN", "--log-size MB", "-y"):
        assert option in text


@pytest.mark.parametrize("command", [
    ["man", "--warnings=all", "-E", "UTF-8", "-l", "-Tutf8", "-Z", str(PAGE)],
    ["mandoc", "-T", "lint", "-W", "warning", str(PAGE)],
])  # fmt: skip
def test_nobody_who_reads_it_complains(command: list[str]) -> None:
    if shutil.which(command[0]) is None:
        pytest.skip(f"no {command[0]} here")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = done.stderr if command[0] == "man" else done.stdout + done.stderr
    assert (done.returncode, said) == (0, "")
