"""Where no engine answers the dashboard says what it tried, why it failed, and what can be done."""

from __future__ import annotations

import os
import re
import socket
import sys
from typing import TYPE_CHECKING

from tests.terminal.conftest import TREE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.private_engine import PrivateEngine
    from tests.support.terminal import Terminal
    from tests.terminal.conftest import OpenTerminal


def said(terminal: Terminal) -> str:
    """What the connection screen says, as one line: it is wrapped as the size demands."""
    terminal.wait_for("No Docker Engine answers")
    text = terminal.wait_for(re.compile(r"It is tried again by\W+itself"))
    return " ".join(re.sub("[│╭╮╰╯─]", " ", text).split())


def unbroken(path: Path) -> str:
    """A pattern for a path that may be broken into lines anywhere."""
    return " ?".join(map(re.escape, str(path)))


def test_a_missing_socket(open_holdfast: OpenTerminal, tmp_path: Path) -> None:
    terminal = open_holdfast("--host", f"unix://{tmp_path}/none.sock")
    text = said(terminal)
    assert "there is no Docker socket at" in text
    assert re.search(unbroken(tmp_path / "none.sock"), text)
    assert "--host says" in text
    assert "correct it there, or start the engine that listens there" in " ".join(text.split())
    terminal.press("q")
    assert terminal.wait_end() == 0


def test_a_socket_that_was_left_behind(open_holdfast: OpenTerminal, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as gone:
        gone.bind(str(tmp_path / "left.sock"))
    terminal = open_holdfast("--host", f"unix://{tmp_path}/left.sock")
    text = said(terminal)
    assert "nothing listens at" in text
    assert "left its socket behind" in text
    assert "systemctl start docker" in text


def test_a_socket_that_this_account_may_not_use(open_terminal: OpenTerminal, tmp_path: Path) -> None:
    """Root may everything, so it is taken that right, and the socket belongs to somebody else."""
    path = tmp_path / "closed.sock"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()
        os.chown(path, 65534, 1)  # the group is daemon, everywhere
        path.chmod(0o660)
        without = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--inh-caps", "-all"]
        env = {**os.environ, "HOME": str(tmp_path), "PYTHONPATH": TREE}
        terminal = open_terminal(
            *without, sys.executable, "-m", "tui", "--host", f"unix://{path}", env=env, cwd=tmp_path
        )
        text = said(terminal)
    assert "this account may not use" in text
    assert "belongs to group daemon" in text
    assert "sudo usermod -aG daemon root" in text


def test_what_is_no_socket(open_holdfast: OpenTerminal, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no socket")
    text = said(open_holdfast("--host", f"unix://{tmp_path}/file"))
    assert "nothing listens at" in text or "is no socket" in text


def test_the_endpoint_of_the_environment_is_named(open_terminal: OpenTerminal, tmp_path: Path) -> None:
    env = {**os.environ, "HOME": str(tmp_path), "PYTHONPATH": TREE, "DOCKER_HOST": "unix:///none/of.sock"}
    terminal = open_terminal(sys.executable, "-m", "tui", env=env, cwd=tmp_path)
    text = said(terminal)
    assert "/none/of.sock" in text
    assert "DOCKER_HOST" in text


def test_the_dashboard_opens_when_the_engine_appears(
    open_holdfast: OpenTerminal, own_engine: PrivateEngine
) -> None:
    own_engine.kill()
    terminal = open_holdfast("--host", own_engine.host)
    terminal.wait_for("No Docker Engine answers")
    own_engine.start()
    own_engine.api.run(name="web")
    terminal.wait_until_gone("No Docker Engine answers")
    terminal.wait_for("● live")
    terminal.wait_for(re.compile(r"web +● running"))


def test_the_demo_opens_instead(open_holdfast: OpenTerminal, tmp_path: Path) -> None:
    terminal = open_holdfast("--host", f"unix://{tmp_path}/none.sock")
    terminal.wait_for("No Docker Engine answers")
    terminal.press("m")
    terminal.wait_for(re.compile(r"\bDEMO\b"))
    terminal.wait_for("● live")
    terminal.wait_for(re.compile(r"● (running|healthy)"))
    assert "none.sock" not in terminal.text()
    terminal.press("q")
    assert terminal.wait_end() == 0
