"""The dashboard on an engine that is reached by ssh, in a real terminal with a real sshd."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import tomli_w

from tests.support.sshd import Sshd

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.engine_calls import EngineCalls
    from tests.support.terminal import Terminal
    from tests.terminal.conftest import OpenTerminal

CONTAINER = re.compile(r"web +● running")


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[Sshd]:
    folder = tmp_path / "sshd"
    folder.mkdir()
    with Sshd(folder) as sshd:
        yield sshd


@pytest.fixture
def dashboard(open_holdfast: OpenTerminal, api: EngineCalls, sshd: Sshd, tmp_path: Path) -> Terminal:
    """Not live yet: what clients know of the host is what the test says before."""
    api.run(name="web")
    table = {"host": sshd.url(api.url), "ssh_options": [*sshd.client()]}
    folder = tmp_path / ".config" / "holdfast"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(tomli_w.dumps({"engines": {"far": table}}))
    return open_holdfast("--context", "far")


def test_it_is_live_and_comes_back(dashboard: Terminal, sshd: Sshd, api: EngineCalls) -> None:
    dashboard.wait_for(CONTAINER)
    dashboard.wait_for("● live")
    sshd.stop()
    dashboard.wait_for(re.compile(r"reconnecting, last seen \d+s ago"))
    dashboard.wait_for(CONTAINER)  # what was known stays
    sshd.start()
    dashboard.wait_for("● live")
    api.run(name="another")
    dashboard.wait_for(re.compile(r"another +● running"))
    dashboard.press("q")
    assert dashboard.wait_end() == 0


def test_a_connection_that_freezes_is_seen_to_be_old(dashboard: Terminal, sshd: Sshd) -> None:
    dashboard.wait_for("● live")
    with sshd.frozen():
        dashboard.wait_for("reconnecting", 12)
        dashboard.wait_for("● live")


@pytest.fixture
def unknown(sshd: Sshd) -> None:
    sshd.know()


def test_what_ssh_asks_is_asked_in_the_terminal(unknown: None, dashboard: Terminal) -> None:
    dashboard.wait_for("the key of 127.0.0.1 is not known here")
    dashboard.wait_for("l  run it here")
    dashboard.press("l")
    dashboard.wait_for("Are you sure you want to continue connecting")
    dashboard.send("yes\n")
    dashboard.wait_for("exit or Ctrl+D comes back")
    dashboard.wait_for(re.compile(r"@\S+[#$] "))
    dashboard.send("exit\n")
    dashboard.wait_for(CONTAINER)
    dashboard.wait_for("● live")
    dashboard.press("q")
    assert dashboard.wait_end() == 0


def test_asking_can_be_broken_off(unknown: None, dashboard: Terminal) -> None:
    dashboard.wait_for("l  run it here")
    dashboard.press("l")
    dashboard.wait_for("Are you sure you want to continue connecting")
    dashboard.send("\x03")
    dashboard.wait_for("No Docker Engine answers")
    dashboard.press("q")
    assert dashboard.wait_end() == 0
