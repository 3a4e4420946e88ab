"""The dashboard in lines, on the demo: what is so, a deploy by numbers, what changes, the way back."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.support.command import environment

if TYPE_CHECKING:
    from pathlib import Path

    from tests.terminal.conftest import OpenTerminal

LONG = 90.0


def test_a_release_life_by_numbers_without_one_escape_sequence(open_holdfast: OpenTerminal) -> None:
    terminal = open_holdfast("--plain", "--demo", size=(160, 100))
    terminal.wait_for(re.compile(r"^storefront: live r3, version v1\.4\.0, ", re.MULTILINE))

    terminal.wait_for("What next? 1 status")
    terminal.send("9\r")
    terminal.wait_for("Which app?")
    terminal.send("1\r")
    terminal.wait_for("Which version? ")
    terminal.send("v1.3.0\r")
    terminal.wait_for("Deploy? [y/N]")
    terminal.send("y\r")
    terminal.wait_for(re.compile(r"^storefront: live r4, version v1\.3\.0, ", re.MULTILINE), LONG)
    text = terminal.wait_for(re.compile(r"Number:\s*\Z"))
    assert re.search(r"^Start r4: done", text, re.MULTILINE)
    assert "Start r4: running" not in text

    terminal.send("10\r")
    terminal.wait_for(re.compile("Which app?.*Which app?", re.DOTALL))
    terminal.send("1\r")
    terminal.wait_for("Back to which release? ")
    terminal.send("r3\r")
    terminal.wait_for(re.compile(r"\? \[y/N\].*\? \[y/N\]", re.DOTALL))
    terminal.send("y\r")
    terminal.wait_for(re.compile(r"^storefront: live r5, version v1\.4\.0, ", re.MULTILINE), LONG)
    terminal.wait_for(re.compile(r"Number:\s*\Z"))
    terminal.send("0\r")
    assert terminal.wait_end() == 0
    assert b"\x1b" not in terminal.output


def test_without_a_terminal_it_says_how_things_are_and_ends(tmp_path: Path) -> None:
    env = environment(tmp_path, HOLDFAST_PLAIN="1", DOCKER_HOST="unix:///nowhere/docker.sock")
    done = subprocess.run(
        [sys.executable, "-m", "tui"], cwd=tmp_path, env=env, input="7\n0\n", capture_output=True, text=True,
        timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "out of reach" in done.stdout
    assert "\x1b" not in done.stdout + done.stderr


def test_who_only_looks_is_offered_nothing_else(tmp_path: Path) -> None:
    env = environment(tmp_path, DOCKER_HOST="unix:///nowhere/docker.sock")
    done = subprocess.run(
        [sys.executable, "-m", "tui", "--plain", "--read-only"], cwd=tmp_path, env=env, input="x\n",
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "4 drift, 0 leave" in done.stdout
    assert "x is none of them" in done.stdout


def test_a_line_that_is_far_too_long_is_said_and_the_next_is_read(tmp_path: Path) -> None:
    env = environment(tmp_path, DOCKER_HOST="unix:///nowhere/docker.sock")
    done = subprocess.run(
        [sys.executable, "-m", "tui", "--plain", "--read-only"], cwd=tmp_path, env=env,
        input="1" * 3_000_000 + "\nx\n0\n", capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "That line is longer than 4,096 bytes; nothing is done by it." in done.stdout
    assert "x is none of them" in done.stdout


def test_an_input_without_an_end_of_a_line_ends_it(tmp_path: Path) -> None:
    env = environment(tmp_path, DOCKER_HOST="unix:///nowhere/docker.sock")
    with open("/dev/zero", "rb") as zero:
        done = subprocess.run(
            [sys.executable, "-m", "tui", "--plain", "--read-only"], cwd=tmp_path, env=env,
            stdin=zero, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
    assert done.returncode == 2
    assert "the input goes on without an end of a line" in done.stderr


def test_of_many_engines_that_a_pulled_file_names_a_few_are_told_of(tmp_path: Path) -> None:
    env = environment(tmp_path, DOCKER_HOST="unix:///nowhere/docker.sock")
    named = "".join(
        f'[engines.e{number}]\nhost = "ssh://e{number}.example.com"\n[apps.a{number}]\nengine = "e{number}"\n'
        for number in range(20)
    )
    (tmp_path / "holdfast.toml").write_text(named)
    done = subprocess.run(
        [sys.executable, "-m", "tui", "--plain", "--read-only"], cwd=tmp_path, env=env, input="0\n",
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("is out of reach") == 3
    assert "does not answer" not in done.stdout
    assert "and 17 more are out of reach, for the same reason" in done.stdout
