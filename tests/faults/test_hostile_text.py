"""Whatever names, labels, logs and errors hold is shown, never obeyed, and moves no frame."""

from __future__ import annotations

import re
import urllib.parse
from typing import TYPE_CHECKING

import pytest

from tests.support.http import Http
from tui.demo.launch import DemoEngine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.engine_calls import EngineCalls
    from tests.support.terminal import Terminal
    from tests.terminal.conftest import OpenTerminal

SIZE = (200, 60)
DIVIDER, TITLES = 64, {"1 Apps": 1, "2 Images": 65, "3 Tags": 65, "4 Containers": 65, "5 Log": 65}

HOSTILE = {
    "markup": "[bold red]x[/] [link=http://evil]y[/link] [/]",
    "clipboard": "\x1b]52;c;ZXZpbA==\x07",
    "clear": "\x1b[2Jcleared\x1b[H",
    "title": "\x1b]0;evil\x1b\\",
    "C1": "\x9b2J\x9d52;c;ZXZpbA==\x9c",
    "carriage return": "over\rwritten",
    "line feed": "two\nlines",
    "tab": "a\tb\tc",
    "backspace": "abc\b\b\b\x7f",
    "wide": "日本語プロジェクト名前",
    "combining": "e\u0301\u0301\u0301a\u0308o\u0302",
    "joined emoji": "👩‍👩‍👧‍👦🏳️‍🌈👍🏽",
    "right to left": "\u202egnol\u202c \u2067x\u2069",
    "zero width": "a\u200bb\u2060c\ufeffd",
    "lone surrogate's replacement": "\ufffd\ufffe",
    "long": "x" * 4000,
}
"""What labels of containers can hold."""

OBEYED = (
    rb"\x1b\]52",  # writes the clipboard
    rb"\x1b\]0;evil",
    rb"\x1b\[2J",
    rb"\x1b\[H",
    rb"\xc2[\x80-\x9f]",  # C1
    rb"\xe2\x80[\x8b-\x8f\xaa-\xae]|\xe2\x81[\xa0-\xaf]|\xef\xbb\xbf",  # zero width and direction
)


def assert_harmless(terminal: Terminal) -> None:
    for sequence in OBEYED:
        assert not re.search(sequence, terminal.output), sequence


def frame(terminal: Terminal) -> dict[str, tuple[int, int]]:
    """Line and column of each title, and that the line between left and right is whole."""
    lines = terminal.lines()
    assert "Holdfast" in lines[0]
    assert "? help" in lines[-1]
    for number in range(1, len(lines) - 1):
        assert terminal.cell(number, DIVIDER).data == "│", f"line {number}: {lines[number]}"
    found = {}
    for number in range(len(lines)):
        for title in TITLES:
            for column in (0, DIVIDER + 1):
                said = "".join(terminal.cell(number, column + 1 + x).data for x in range(len(title)))
                if said == title:
                    found[title] = (number, column)
    return found


def assert_frame_stands(terminal: Terminal) -> None:
    assert frame(terminal) == {
        "1 Apps": (1, 0),
        "2 Images": (12, 0),
        "3 Tags": (36, 0),
        "4 Containers": (1, 65),
        "5 Log": (36, 65),
    }


@pytest.mark.parametrize("kind", HOSTILE)
def test_labels(open_holdfast: OpenTerminal, api: EngineCalls, kind: str) -> None:
    labels = {"com.docker.compose.project": HOSTILE[kind], HOSTILE[kind]: HOSTILE[kind]}
    api.run(name="labelled", Labels=labels)
    api.run(name="plain")
    terminal = open_holdfast("--host", api.url, size=SIZE)
    terminal.wait_for("● live")
    terminal.wait_for(re.compile(r"labelled +● running"))
    terminal.wait_for(re.compile(r"plain +● running"))
    terminal.wait_for(re.compile(r"5 Log +(labelled|plain)"))
    assert_frame_stands(terminal)
    terminal.send("/labelled\r")
    terminal.wait_for("/labelled 1")
    terminal.wait_for(re.compile(r"▌ labelled +● running"))
    terminal.press("i")
    terminal.wait_for("labelled · details")
    terminal.wait_for(re.compile("com.docker.compose.project"))
    terminal.press("tab")
    terminal.wait_for("labelled · raw")
    terminal.press("escape")
    terminal.wait_for("4 Containers")
    assert_frame_stands(terminal)
    assert_harmless(terminal)


LOGS = {
    "clipboard": (r"a\033]52;c;ZXZpbA==\007b\n", None),
    "clear": (r"before\033[2J\033[Hafter\n", "after"),
    "screen": (r"\033[?1049h\033[?25l\033[?1000h\033c\033[10;10Hmoved\n", "moved"),
    "title": (r"\033]0;evil\007named\n", "named"),
    "device control": (r"\033P+q544e\033\\asked\033[6n\033[c\n", "asked"),
    "unfinished": (r"open \033]52;c;\nnext\n", "next"),
    "colours": (r"\033[31mred\033[0m plain\n", "red plain"),
    "progress": (r"10 %%\r20 %%\r100 %% finished\n", "100 % finished"),
    "tabs": (r"a\tb\tc\n", "c"),
    "backspaces": (r"abc\010\010\010xyz\n", "xyz"),
    "no UTF-8": (r"bad \377\376\300\200 bytes\n", "bytes"),
    "C1": (r"\302\2332J\302\23552;c;ZXZpbA==\302\234see\n", "see"),
    "NUL": (r"nul\000nul\n", "nul"),
    "markup": (r"[bold red]x[/] [/link]\n", "[bold red]x[/] [/link]"),
    "wide": (r"日本語 wide\n", "wide"),
    "combining": (r"e\314\201\314\201\314\201 combined\n", "combined"),
    "direction": (r"\342\200\256gnol\342\200\254 left\n", "left"),
}


@pytest.mark.parametrize("tty", [False, True], ids=["multiplexed", "tty"])
@pytest.mark.parametrize("kind", LOGS)
def test_logs(open_holdfast: OpenTerminal, api: EngineCalls, kind: str, tty: bool) -> None:
    written, shown = LOGS[kind]
    api.run("sh", "-c", f"printf '{written}'; echo the end; sleep 600", name="talker", Tty=tty)
    terminal = open_holdfast("--host", api.url, size=SIZE)
    terminal.wait_for("the end")
    if shown:
        terminal.wait_for(shown)
    terminal.wait_for("● live")
    assert_frame_stands(terminal)
    terminal.press("5", "w", "t")
    terminal.wait_for(re.compile(r"\d\d:\d\d:\d\d.*the end"))
    assert_frame_stands(terminal)
    assert_harmless(terminal)


@pytest.mark.parametrize("tty", [False, True], ids=["multiplexed", "tty"])
def test_a_line_of_a_mebibyte(open_holdfast: OpenTerminal, api: EngineCalls, tty: bool) -> None:
    long = "head -c 1048576 /dev/zero | tr '\\000' x"
    api.run("sh", "-c", f"echo first; {long}; echo; echo the end; sleep 600", name="long", Tty=tty)
    terminal = open_holdfast("--host", api.url, size=SIZE)
    terminal.wait_for("the end")
    terminal.wait_for("● live")
    assert_frame_stands(terminal)
    terminal.press("5", "w")
    terminal.wait_for("x" * 120)
    terminal.press("g")
    terminal.wait_for("first")
    assert_frame_stands(terminal)
    terminal.press("G")
    terminal.wait_for("the end")
    terminal.press("4", "q")
    assert terminal.wait_end() == 0


def test_a_mebibyte_without_an_end_of_line(open_holdfast: OpenTerminal, api: EngineCalls) -> None:
    long = "head -c 1048576 /dev/zero | tr '\\000' x"
    api.run("sh", "-c", f"echo first; {long}; sleep 600", name="long")
    terminal = open_holdfast("--host", api.url, size=SIZE)
    terminal.wait_for("● live")
    terminal.wait_for("first")
    assert_frame_stands(terminal)
    terminal.press("?")
    terminal.wait_for("Help")


# -- what only an engine that is not Docker would let pass: names, images, messages


@pytest.fixture
def liar() -> Iterator[Http]:
    """An engine that takes names of any kind."""
    demo = DemoEngine(containers=3, running=1.0)
    url = demo.start_process().url
    try:
        demo.wait_ready()
        yield Http(url)
    finally:
        demo.stop_process()


@pytest.mark.parametrize("kind", [kind for kind in HOSTILE if kind != "long"])
def test_names_and_images(open_holdfast: OpenTerminal, liar: Http, kind: str) -> None:
    wanted = {"name": f"n{HOSTILE[kind]}", "image": f"i{HOSTILE[kind]}:1", "state": "running"}
    liar.ask("POST", f"/_ctl/create?{urllib.parse.urlencode(wanted)}")
    terminal = open_holdfast("--host", liar.url, size=SIZE)
    terminal.wait_for("● live")
    terminal.wait_for("4 running of 4")
    terminal.wait_for(re.compile("5 Log +\\w"))
    assert_frame_stands(terminal)
    terminal.press("i")
    terminal.wait_for("· details")
    terminal.press("escape")
    terminal.wait_for("? help")
    terminal.press("X")
    terminal.wait_for("Rename")
    terminal.press("t")
    terminal.wait_for("docker stop")
    terminal.press("escape")
    terminal.wait_until_gone("docker stop")
    assert_frame_stands(terminal)
    terminal.press("2", "3")
    terminal.wait_for(re.compile(r"3 Tags +\d+ of"))
    assert_frame_stands(terminal)
    assert_harmless(terminal)


@pytest.mark.parametrize("kind", ["markup", "clipboard", "clear", "C1", "line feed"])
def test_messages_of_the_engine(open_holdfast: OpenTerminal, liar: Http, kind: str) -> None:
    terminal = open_holdfast("--host", liar.url, size=SIZE)
    terminal.wait_for("● live")
    fault = {"path": "/containers/", "status": 500, "message": f"fault: {HOSTILE[kind]}", "times": 1}
    terminal.press("X")
    terminal.wait_for("Rename")
    terminal.press("t")
    terminal.wait_for("docker stop")
    liar.ask("POST", f"/_ctl/fail?{urllib.parse.urlencode(fault)}")
    terminal.press("y")
    terminal.wait_for("fault:")
    if kind == "markup":
        terminal.wait_for("[bold red]x[/]")
    assert_harmless(terminal)
