"""Tab in real shells, at a real terminal."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.command import TREE, environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.terminal import Terminal
    from tests.terminal.conftest import OpenTerminal

CONFIG = """\
[apps.web]
image = "registry.invalid/web"
[apps.webhooks]
image = "registry.invalid/webhooks"
[engines.prod]
host = "tcp://192.0.2.1:2376"
allow_plain = true
"""

SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], 'PS1="% "', 'eval "$(holdfast completion bash)"'),
    "zsh": (
        ["zsh", "-f", "-i"], 'PROMPT="%% "; autoload -Uz compinit; compinit -u -D',
        'eval "$(holdfast completion zsh)"',
    ),
    "fish": (
        ["fish", "--no-config", "-i"],
        'function fish_prompt; echo "% "; end; set -g fish_autosuggestion_enabled 0',
        "holdfast completion fish | source",
    ),
}  # fmt: skip

READY = "it is ready"


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest, open_terminal: OpenTerminal, tmp_path: Path) -> Terminal:
    command, prompt, completion = SHELLS[request.param]
    (tmp_path / ".config/holdfast").mkdir(parents=True)
    (tmp_path / ".config/holdfast/config.toml").write_text(CONFIG)
    (tmp_path / "afile.toml").touch()
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin/holdfast"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m tui "$@"\n')
    program.chmod(0o755)
    env = environment(tmp_path, PYTHONPATH=TREE, TERM="xterm-256color")
    env["PATH"] = f"{program.parent}:{env['PATH']}"
    terminal: Terminal = open_terminal(*command, env=env, cwd=tmp_path, size=(100, 40))
    terminal.wait_for(re.compile(r"[$#%>] *$", re.MULTILINE))
    terminal.send(f"{prompt}\r{completion}; echo it is 'ready'\r")
    terminal.wait_for(re.compile(f"^{READY}\n% *$", re.MULTILINE))  # what is typed before would stand above
    return terminal


def last_line(wanted: str) -> Callable[[str], bool]:
    return lambda text: any(line.rstrip() == wanted for line in text.splitlines())


@pytest.mark.parametrize(("typed", "becomes"), [
    ("holdfast stat", "% holdfast status"),
    ("holdfast deploy --dig", "% holdfast deploy --digest"),
    ("holdfast build webh", "% holdfast build webhooks"),
    ("holdfast build --context=pr", "% holdfast build --context=prod"),
    ("holdfast build --context pr", "% holdfast build --context prod"),
    ("holdfast --config afi", "% holdfast --config afile.toml"),
])  # fmt: skip
def test_tab_completes(shell: Terminal, typed: str, becomes: str) -> None:
    shell.send(f"{typed}\t")
    shell.wait(last_line(becomes), what=becomes)


def test_what_there_is_is_listed(shell: Terminal) -> None:
    shell.send("holdfast build \t")
    shell.wait(lambda text: "build web" in text)
    shell.send("\t\t")
    shell.wait_for("webhooks")


def test_nothing_is_said_where_the_configuration_is_broken(shell: Terminal, tmp_path: Path) -> None:
    (tmp_path / ".config/holdfast/config.toml").write_text("[apps.web\n")
    shell.send("holdfast build w\t")
    shell.send("xyz")
    text = shell.wait(last_line("% holdfast build wxyz"))
    assert not re.search("error|Traceback|holdfast:", text.split(READY)[-1])
