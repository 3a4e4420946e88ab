"""An engine that answers without an end, under the program itself: its memory stays small, and it says why.

No time is asserted; what a flood of events costs a key is a figure of `python -m tests.bench --only floods`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.support.lying_engine import LyingEngine
from tests.support.memory import peak

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.support.terminal import Terminal
    from tests.terminal.conftest import OpenTerminal

TREE = os.path.abspath(f"{__file__}/../../..")

MOST = 250
"""Megabytes that the program may take, whatever it is told. By itself it takes about 40."""

ENDLESS = [
    "a string without an end",
    "a list in a list without an end",
    "objects without an end",
    "keys without an end",
    "labels of a list",
    "blanks without an end",
    "headers without an end",
    "a header without an end",
    "trailers without an end",
    "a gzip bomb",
    "an error without an end",
    "no HTTP",
    "wrong types",
]
"""What ends as soon as so much has come. What only time ends is in the tests of the engine's client."""


class Done(NamedTuple):
    """How a command ended, and the most memory that it had, in megabytes."""

    status: int
    said: str
    peak: float


def run(folder: Path, engine: LyingEngine, *arguments: str) -> Done:
    env = {**os.environ, "HOME": str(folder), "XDG_STATE_HOME": str(folder), "PYTHONPATH": TREE}
    command = [sys.executable, "-m", "tui", "--host", engine.host, *arguments]
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            command, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=said, stderr=said
        )
        most = 0.0
        try:
            while process.poll() is None:
                most = max(most, peak(process.pid))
                assert most < MOST, f"holdfast {' '.join(arguments)} took {most:.0f} MB"
                time.sleep(0.02)
        finally:
            process.kill()
            process.wait()
        said.seek(0)
        return Done(process.returncode, said.read(), most)


@pytest.mark.parametrize("kind", ENDLESS)
def test_status_says_what_is_wrong_with_an_endless_list(tmp_path: Path, kind: str) -> None:
    with LyingEngine(tmp_path, {"/containers/json": kind}) as engine:
        done = run(tmp_path, engine, "status")
    assert done.status in (1, 3)
    assert done.said.startswith("holdfast: ")
    assert "engine" in done.said.splitlines()[0]
    assert "Traceback" not in done.said


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/info", "a string without an end"),
        ("/info", "headers without an end"),
        ("/version", "a gzip bomb"),
        ("/_ping", "a string without an end"),
        ("/info", "values of an object"),
    ],
)
def test_doctor_says_what_is_wrong_and_goes_on(tmp_path: Path, path: str, kind: str) -> None:
    with LyingEngine(tmp_path, {path: kind}) as engine:
        done = run(tmp_path, engine, "doctor")
    assert done.status == 1
    assert (
        "problem  engine" in done.said or "problem  builder" in done.said or "problem  storage" in done.said
    )
    assert "Traceback" not in done.said
    assert "problem" in done.said.splitlines()[-1]


def test_an_engine_that_knows_no_filters_is_no_traceback(tmp_path: Path) -> None:
    """All its containers come where those of apps were asked for."""
    with LyingEngine(tmp_path, {}) as engine:
        done = run(tmp_path, engine, "status")
    assert (done.status, done.said.splitlines()[0]) == (0, "no app is configured or was released here")


class Watched:
    """The most memory that a terminal's program had while this was open."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._ended = threading.Event()
        self.peak = 0.0
        self._thread = threading.Thread(target=self._look, daemon=True)

    def _look(self) -> None:
        while not self._ended.wait(0.05):
            self.peak = max(self.peak, peak(self._terminal.pid))

    def __enter__(self) -> Watched:
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._ended.set()
        self._thread.join()


LOGS, STATS = "/containers/[0-9a-f]+/logs", "/containers/[0-9a-f]+/stats"


@pytest.mark.parametrize(
    "lies",
    [
        {"/events": "10,000 events a second"},
        {"/events": "a string without an end"},
        {"/events": "chunks of one byte without an end"},
        {LOGS: "a log's line without an end"},
        {LOGS: "a chunk's extension without an end"},
        {STATS: "objects without an end"},
    ],
    ids=str,
)
def test_the_dashboard_answers_keys_meanwhile(
    open_holdfast: OpenTerminal, tmp_path: Path, lies: Mapping[str, str]
) -> None:
    with LyingEngine(tmp_path, lies) as engine:
        terminal = open_holdfast("--host", engine.host)
        with Watched(terminal) as watched:
            terminal.wait_for("● live")
            for _ in range(5):
                terminal.press("?")
                terminal.wait_for("Help · keys")
                terminal.press("escape")
                terminal.wait(lambda text: "Help · keys" not in text and "4 Containers" in text)
            terminal.press("q")
            assert terminal.wait_end() == 0
    assert 20 < watched.peak < MOST


@pytest.mark.parametrize(
    "lies",
    [
        {"/events": "a list in a list without an end"},
        {"/images/json": "objects without an end"},
        {"/containers/json": "labels of a list"},
    ],
    ids=str,
)
def test_a_dashboard_that_is_lied_to_does_not_look_live(
    open_holdfast: OpenTerminal, tmp_path: Path, lies: Mapping[str, str]
) -> None:
    with LyingEngine(tmp_path, lies) as engine:
        terminal = open_holdfast("--host", engine.host)
        with Watched(terminal) as watched:
            assert "● live" not in terminal.wait_for("reconnecting, last seen")
            terminal.press("q")
            assert terminal.wait_end() == 0
    assert 20 < watched.peak < MOST


@pytest.mark.parametrize("kind", ["a string without an end", "headers without an end", "wrong types"])
def test_a_dashboard_that_cannot_connect_says_why(
    open_holdfast: OpenTerminal, tmp_path: Path, kind: str
) -> None:
    with LyingEngine(tmp_path, {"/version": kind}) as engine:
        terminal = open_holdfast("--host", engine.host)
        with Watched(terminal) as watched:
            terminal.wait_for("is no Docker Engine")
            terminal.press("q")
            assert terminal.wait_end() == 0
    assert 20 < watched.peak < MOST
