"""The first rows stand on the screen before Textual has started, and it takes them over without a jump."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.engine_calls import until
from tests.support.screen import Screen
from tests.support.terminal import SIZES
from tests.terminal.conftest import TREE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pyte.screens import Char

    from tests.support.engine_calls import EngineCalls
    from tests.support.terminal import Terminal
    from tests.terminal.conftest import OpenTerminal

TEXTUAL = b"\x1b[?1000h"
"""What Textual writes at its start: it turns the mouse on."""

TITLES = (" 1 Apps ", " 2 Images ", " 3 Tags ", " 4 Containers ", " 5 Log ")

COLOURS = {
    "truecolor": {"TERM": "xterm-256color", "COLORTERM": "truecolor"},
    "256 colours": {"TERM": "xterm-256color", "COLORTERM": ""},
    "16 colours": {"TERM": "xterm", "COLORTERM": ""},
    "no colours": {"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"},
}


def environment(tmp_path: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "HOME": str(tmp_path), "PYTHONPATH": TREE, **more}


def pictures(output: bytes, size: tuple[int, int]) -> Iterator[Screen]:
    """The screen after the first paint, and then after each piece that Textual writes to some place."""
    screen = Screen(*size)
    start = output.index(TEXTUAL)
    screen.feed(output[:start])
    yield screen
    for piece in re.split(rb"(?=\x1b\[\d+;\d+H)", output[start:]):
        screen.feed(piece)
        yield screen


def look(cell: Char) -> tuple[object, ...]:
    """What can be seen of a cell: a blank has no foreground, unless it is reversed, and no weight."""
    ground = (cell.data, cell.bg, cell.underscore, cell.strikethrough, cell.reverse)
    if cell.data == " ":
        return (*ground, cell.fg) if cell.reverse else ground
    return (*ground, cell.fg, cell.bold, cell.italics)


def containers(screen: Screen) -> list[list[tuple[object, ...]]]:
    """The cells of the containers pane, but for ages, which a second may change, and "…" in the title."""
    lines = screen.lines()
    [top] = [number for number, line in enumerate(lines) if "4 Containers" in line and "running of" in line]
    left = lines[top].index("4 Containers") - 1
    age = lines[top + 1].index(" UP", left) + len(" UP") - 1
    below = [number for number, line in enumerate(lines) if number > top and "5 Log" in line]
    bottom = below[0]
    columns = [x for x in range(left, len(lines[0])) if not age - 4 < x <= age]
    pane = [[screen.cell(y, x) for x in columns] for y in range(top, bottom)]
    pane[0] = [cell._replace(data=cell.data.replace("…", " ")) for cell in pane[0]]
    return [[look(cell) for cell in line] for line in pane]


def cursor_at(terminal: Terminal) -> int:
    """The row of the containers that the cursor is on, from 0 at the top; -1 while there is none."""
    rows = re.findall(r"(.) web-\d +● running", terminal.text())
    return rows.index("▌") if "▌" in rows else -1


@pytest.fixture
def three(api: EngineCalls) -> EngineCalls:
    """Three running containers."""
    for number in range(3):
        api.run(name=f"web-{number}")
    return api


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("colours", COLOURS)
def test_textual_takes_over_what_was_painted(
    open_terminal: OpenTerminal, three: EngineCalls, tmp_path: Path, size: tuple[int, int], colours: str
) -> None:
    env = environment(tmp_path, **COLOURS[colours])
    terminal = open_terminal(
        sys.executable, "-m", "tui", "--host", three.url, size=size, env=env, cwd=tmp_path
    )
    terminal.wait_for("● live")
    terminal.wait_for(re.compile(r"5 Log +web"))
    screens = pictures(bytes(terminal.output), size)
    first = next(screens)
    titles = [line.find(title) for line in first.lines() for title in TITLES]
    painted = containers(first)
    words = ["".join(str(cell[0]) for cell in line) for line in painted]
    assert "NAME" in words[1]
    assert all("web-" in line and "● running" in line for line in words[2:5])
    pieces = 0
    for screen in screens:
        lines = screen.lines()
        if any(re.search(r"running.*\d(%|[kMG]?B)", line) for line in lines):
            break  # the first statistics
        changed = [
            pair
            for now, before in zip(containers(screen), painted, strict=True)
            for pair in zip(now, before, strict=True)
            if pair[0] != pair[1]
        ]
        assert changed == [], f"piece {pieces} of Textual's"
        assert [line.find(title) for line in lines for title in TITLES] == titles
        pieces += 1
    assert pieces > 10


def test_colours_are_as_few_as_the_terminal_has(
    open_terminal: OpenTerminal, three: EngineCalls, tmp_path: Path
) -> None:
    for colours, codes, none_of in (
        ("truecolor", rb"\x1b\[[\d;]*38;2;", rb"\x1b\[[\d;]*38;5;"),
        ("256 colours", rb"\x1b\[[\d;]*38;5;", rb"\x1b\[[\d;]*[34]8;2;"),
        ("16 colours", rb"\x1b\[[\d;]*\b(3|9)[0-7]\b", rb"\x1b\[[\d;]*[34]8;[25];"),
    ):
        env = environment(tmp_path, **COLOURS[colours])
        terminal = open_terminal(sys.executable, "-m", "tui", "--host", three.url, env=env, cwd=tmp_path)
        terminal.wait_for("● live")
        assert re.search(codes, terminal.output), colours
        assert not re.search(none_of, terminal.output), colours


def test_a_key_pressed_before_anything_is_there_is_kept(
    open_holdfast: OpenTerminal, three: EngineCalls
) -> None:
    terminal = open_holdfast("--host", three.url)
    terminal.send("j")
    terminal.wait_for("● live")
    terminal.wait(lambda _: cursor_at(terminal) == 1, what="the cursor on the second row")
    assert not re.search(r"(^|\s)j(\s|$)", terminal.text())


def test_keys_pressed_before_textual_is_there_are_kept_and_not_echoed(
    open_holdfast: OpenTerminal, three: EngineCalls
) -> None:
    terminal = open_holdfast("--host", three.url)
    until(lambda: b"web-0" in terminal.output)
    assert TEXTUAL not in terminal.output
    terminal.press("j", "down")
    terminal.wait_for("● live")
    terminal.wait(lambda _: cursor_at(terminal) == 2, what="the cursor on the third row")
    between = bytes(terminal.output).partition(TEXTUAL)[0].rpartition(b"\x1b[0m")[2]
    assert b"j" not in between
    assert b"^[" not in between


def test_enter_pressed_before_textual_is_there_is_enter(
    open_holdfast: OpenTerminal, three: EngineCalls
) -> None:
    terminal = open_holdfast("--host", three.url)
    until(lambda: b"web-0" in terminal.output)
    assert TEXTUAL not in terminal.output
    terminal.send("/web-1\rX")
    terminal.wait_for("Kill (SIGKILL, at once)")
    assert "/web-1 1" in terminal.text()


def test_leaving_by_ctrl_c_before_textual_is_there_says_nothing(
    open_holdfast: OpenTerminal, three: EngineCalls
) -> None:
    terminal = open_holdfast("--host", three.url)
    until(lambda: b"web-0" in terminal.output)
    assert TEXTUAL not in terminal.output
    terminal.send("\x03")
    assert terminal.wait_end() == 0
    assert b"Traceback" not in terminal.output
    assert b"\x1b[?1049l" in terminal.output
    assert terminal.output.rfind(b"\x1b[?25h") > terminal.output.rfind(b"\x1b[?25l")


def test_without_a_terminal_it_says_so(three: EngineCalls, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tui", "--host", three.url],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, env=environment(tmp_path), cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stdout == ""
    assert "the dashboard needs a terminal" in done.stderr
    assert "\x1b" not in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["dumb", "unknown"])
def test_a_terminal_that_cannot_move_its_cursor_gets_lines(
    open_terminal: OpenTerminal, three: EngineCalls, tmp_path: Path, name: str
) -> None:
    env = environment(tmp_path, TERM=name)
    terminal = open_terminal(sys.executable, "-m", "tui", "--host", three.url, env=env, cwd=tmp_path)
    terminal.wait_for("What next?")
    terminal.send("0\r")
    assert terminal.wait_end() == 0
    assert b"\x1b" not in terminal.output
