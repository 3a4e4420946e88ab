"""The configuration is read again: the screen stays, and so do what is typed meanwhile and where one was."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tui.demo.launch import DemoEngine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.terminal.conftest import OpenTerminal

RELOAD = "\x12"

LEFT = b"\x1b[?1049l"


def write(path: Path, *apps: str) -> None:
    (path / "holdfast.toml").write_text(
        "".join(f'[apps.{app}]\nimage = "127.0.0.1:1/shop/{app}"\n' for app in apps)
    )


@pytest.fixture
def engine() -> Iterator[str]:
    """A simulated engine; its endpoint."""
    demo = DemoEngine(containers=6, running=1.0)
    url = demo.start_process().url
    demo.wait_ready()
    yield url
    demo.stop_process()


def test_the_screen_the_keys_and_the_place_stay(
    open_holdfast: OpenTerminal, tmp_path: Path, engine: str
) -> None:
    write(tmp_path, "api", "mail", "web")
    terminal = open_holdfast("--host", engine, size=(120, 40))
    terminal.wait_for("● live")
    terminal.send("1/a\r")
    terminal.wait_for("3 · /a 2")
    terminal.send("j")
    terminal.wait_for(re.compile("▌ +mail"))

    write(tmp_path, "api", "away", "mail", "web")
    terminal.send(RELOAD)
    terminal.wait_for("4 · /a 3")
    terminal.wait_for(re.compile("▌ +mail"))
    terminal.wait_for("● live")
    terminal.send(f"{RELOAD}3z")  # at once: these come while it is read
    terminal.wait(lambda text: text.split("\n")[2].startswith(" 3 Tags"))
    terminal.wait_for("● live")

    (tmp_path / "holdfast.toml").write_text("[apps.web")
    terminal.send(f"{RELOAD}2")
    terminal.wait_for("Not read")
    terminal.wait(lambda text: text.split("\n")[2].startswith(" 2 Images"))
    assert LEFT not in terminal.output

    terminal.send("\x03")
    assert terminal.wait_end() == 0
    assert LEFT in terminal.output
    assert terminal.output.count(b"\x1b[?1049h") == 1
