"""A broken configuration: one message with file, key and remedy, and nothing is opened."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.terminal.conftest import TREE

if TYPE_CHECKING:
    from tests.support.terminal import Terminal
    from tests.terminal.conftest import OpenTerminal

BROKEN = {
    "no TOML": ('theme = "holdfast-dark\n', ["not valid TOML", "line 1"]),
    "unknown key": ('them = "holdfast-dark"\n', ["them is unknown", "did you mean theme?"]),
    "unknown key in a table": ("[log]\ntial = 5\n", ["[log] tial is unknown", "did you mean tail?"]),
    "wrong value": ('[log]\ntail = "many"\n', ["[log] tail = 'many'", "a whole number from 0 to 100000"]),
    "a value for a table": ("log = 5\n", ["log is a table", "write [log] above its keys"]),
    "a key of a later version": (
        "[apps.web]\nswarm = true\n",
        ["[apps.web] swarm is not taken", "Swarm comes in a later version"],
    ),
    "an app with a typo": (
        '[apps.web.run]\nports = ["80:web"]\nvolume = []\n',
        ["[apps.web.run] ports[0] = '80:web'", "[apps.web.run] volume is unknown: did you mean volumes?"],
    ),
    "no UTF-8": ("theme = '\udcff'\n", ["not valid TOML"]),
    "hostile": ('"\\u001b]52;c;eA==\\u0007" = 1\n', ["is unknown"]),
}


def refused(terminal: Terminal) -> str:
    """What it says, as one line, after it has ended as it should."""
    assert terminal.wait_end() == 2
    assert b"\x1b" not in terminal.output
    assert b"Traceback" not in terminal.output
    text = " ".join(terminal.output.decode().split())
    assert text.startswith("holdfast: ")
    assert "holdfast init --example shows everything that can be set" in text
    return text


@pytest.mark.parametrize("kind", BROKEN)
@pytest.mark.parametrize("place", [".config/holdfast/config.toml", "holdfast.toml", "bad.toml"])
def test_it_names_file_key_and_remedy(
    open_holdfast: OpenTerminal, tmp_path: Path, kind: str, place: str
) -> None:
    content, wanted = BROKEN[kind]
    path = tmp_path / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode(errors="surrogateescape"))
    arguments = ["--config", "bad.toml"] if place == "bad.toml" else []
    text = refused(open_holdfast(*arguments, "--demo", size=(200, 60)))
    assert place in text
    for words in wanted:
        assert words in text


def test_a_missing_file_is_named(open_holdfast: OpenTerminal) -> None:
    assert "none.toml: there is no such file (--config)" in refused(
        open_holdfast("--config", "none.toml", size=(200, 60))
    )


def test_every_problem_is_said_at_once(open_holdfast: OpenTerminal, tmp_path: Path) -> None:
    (tmp_path / "holdfast.toml").write_text("them = 1\n[log]\nwrap = 3\n[containers]\nsort = 'color'\n")
    text = refused(open_holdfast(size=(200, 60)))
    for words in ("them is unknown", "[log] wrap", "[containers] sort"):
        assert words in text


def test_a_file_of_ones_own_place_is_read(open_terminal: OpenTerminal, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere/holdfast"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text("nonsense\n")
    env = {**os.environ, "HOME": str(tmp_path), "PYTHONPATH": TREE, "XDG_CONFIG_HOME": str(folder.parent)}
    terminal = open_terminal(sys.executable, "-m", "tui", "--demo", size=(200, 60), env=env, cwd=tmp_path)
    assert str(Path("elsewhere/holdfast/config.toml")) in refused(terminal)


def test_broken_choices_of_the_screen_are_said_but_stop_nobody(
    open_holdfast: OpenTerminal, tmp_path: Path
) -> None:
    folder = tmp_path / ".config/holdfast"
    folder.mkdir(parents=True)
    (folder / "settings.toml").write_text("theme = \n")
    terminal = open_holdfast("--demo")
    terminal.wait_for("● live")
    terminal.wait_for(re.compile("settings.toml"))


def test_an_unknown_theme_is_said_and_another_is_used(open_holdfast: OpenTerminal) -> None:
    terminal = open_holdfast("--demo", "--theme", "nonesuch")
    terminal.wait_for("● live")
    terminal.wait_for("nonesuch")


def test_wrong_arguments_show_the_usage(open_holdfast: OpenTerminal) -> None:
    terminal = open_holdfast("--nonsense")
    assert terminal.wait_end() == 2
    assert b"usage: holdfast" in terminal.output
