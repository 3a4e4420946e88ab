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
DIVIDER = 64
FRAME = {"1 Apps": (1, 0), "2 Images": (12, 0), "3 Tags": (36, 0), "4 Containers": (1, 65), "5 Log": (36, 65)}
"""Line and column of each pane at that size."""

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


def stands(terminal: Terminal) -> bool:
    """Whether every title is at its place, and the line between left and right is whole."""
    lines = terminal.lines()
    titled = all(
        "".join(terminal.cell(line, column + 1 + x).data for x in range(len(title))) == title
        for title, (line, column) in FRAME.items()
    )
    divided = all(terminal.cell(line, DIVIDER).data == "│" for line in range(1, SIZE[1] - 1))
    return titled and divided and "Holdfast" in lines[0] and "? help" in lines[-1]


def wait_for_frame(terminal: Terminal) -> None:
    terminal.wait(lambda _: stands(terminal), what="the whole frame")


def look_at_details(terminal: Terminal, name: str = "") -> None:
    """Open and close all that shows text of the container under the cursor."""
    terminal.press("i")
    terminal.wait_for(f"{name} · details")
    terminal.press("tab")
    terminal.wait_for(f"{name} · graphs")
    terminal.press("tab")
    terminal.wait_for(f"{name} · raw")
    terminal.press("q")
    wait_for_frame(terminal)  # all of it: a key that comes while it is drawn acts on nothing


def test_labels(open_holdfast: OpenTerminal, api: EngineCalls) -> None:
    for number, text in enumerate(HOSTILE.values()):
        labels = {"com.docker.compose.project": text, text: text}
        api.create(name=f"web-{number:02}", Labels=labels)
    terminal = open_holdfast("--host", api.url, size=SIZE)
    terminal.wait_for("● live")
    terminal.wait_for(f"0 running of {len(HOSTILE)}")
    for number, text in enumerate(HOSTILE.values()):
        terminal.wait_for(re.compile(rf"web-{number:02} +○ created"))
        if text.isprintable() and text.isascii():
            terminal.wait_for(text[:8])
    wait_for_frame(terminal)
    terminal.press("o", "g")  # by name
    for number in range(len(HOSTILE)):
        terminal.wait_for(f"▌ web-{number:02}")
        look_at_details(terminal, f"web-{number:02}")
        terminal.press("down")
    wait_for_frame(terminal)
    assert_harmless(terminal)


LOGS = {
    "clipboard": (r"a\033]52;c;ZXZpbA==\007clip\n", "clip"),
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
def test_logs(open_holdfast: OpenTerminal, api: EngineCalls, tty: bool) -> None:
    script = "; ".join(f"printf '{written}'" for written, _ in LOGS.values())
    api.run("sh", "-c", f"{script}; echo the end; sleep 600", name="talker", Tty=tty)
    terminal = open_holdfast("--host", api.url, size=SIZE)
    terminal.wait_for("the end")
    for _, shown in LOGS.values():
        terminal.wait_for(shown)
    terminal.wait_for("● live")
    wait_for_frame(terminal)
    terminal.press("5", "w", "t")
    terminal.wait_for(re.compile(r"\d\d:\d\d:\d\d.*the end"))
    for _, shown in LOGS.values():
        terminal.wait_for(shown)
    terminal.press("w", "right", "right", "left", "left", "4")
    wait_for_frame(terminal)
    assert_harmless(terminal)


@pytest.mark.parametrize("tty", [False, True], ids=["multiplexed", "tty"])
def test_a_line_of_a_mebibyte(open_holdfast: OpenTerminal, api: EngineCalls, tty: bool) -> None:
    long = "head -c 1048576 /dev/zero | tr '\\000' x"
    api.run("sh", "-c", f"echo first; {long}; echo; echo the end; sleep 600", name="long", Tty=tty)
    terminal = open_holdfast("--host", api.url, size=SIZE)
    terminal.wait_for("the end")
    terminal.wait_for("● live")
    wait_for_frame(terminal)
    terminal.press("5", "w")
    terminal.wait_for("x" * 120)
    terminal.press("g")
    terminal.wait_for("first")
    wait_for_frame(terminal)
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
    wait_for_frame(terminal)
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


def test_names_and_images(open_holdfast: OpenTerminal, liar: Http) -> None:
    texts = [text for kind, text in HOSTILE.items() if kind != "long"]
    for text in texts:
        wanted = {"name": f"n{text}", "image": f"i{text}:1", "state": "running"}
        liar.ask("POST", f"/_ctl/create?{urllib.parse.urlencode(wanted)}")
    terminal = open_holdfast("--host", liar.url, size=SIZE)
    terminal.wait_for("● live")
    terminal.wait_for(f"{len(texts) + 3} running of {len(texts) + 3}")
    wait_for_frame(terminal)
    for number in range(len(texts) + 3):
        terminal.wait(lambda _, line=3 + number: terminal.cell(line, DIVIDER + 1).data == "▌")  # type: ignore[misc]
        look_at_details(terminal)
        terminal.press("X")
        terminal.wait_for("Rename")
        terminal.press("t")
        terminal.answer("q", "docker stop")
        wait_for_frame(terminal)
        terminal.press("down")
    terminal.wait_for(re.compile("5 Log +\\w"))
    wait_for_frame(terminal)
    terminal.press("2", "end", "3", "end")
    wait_for_frame(terminal)
    assert_harmless(terminal)


@pytest.mark.parametrize("kind", ["markup", "clipboard", "clear", "C1", "line feed"])
def test_messages_of_the_engine(open_holdfast: OpenTerminal, liar: Http, kind: str) -> None:
    terminal = open_holdfast("--host", liar.url, size=SIZE)
    terminal.wait_for("● live")
    terminal.press("X")
    terminal.wait_for("Rename")
    terminal.press("t")
    ids = {found["Names"][0].removeprefix("/"): found["Id"] for found in liar.get("/containers/json")}
    offered = re.compile(rf"docker stop ({'|'.join(map(re.escape, ids))})(?!\S)")  # all of it, drawn in parts
    id = ids[offered.findall(terminal.wait_for(offered))[0]]
    fault = {"path": f"/containers/{id}/stop", "status": 500, "message": f"fault: {HOSTILE[kind]}"}
    liar.ask("POST", f"/_ctl/fail?{urllib.parse.urlencode(fault)}")
    terminal.answer("y", "docker stop")
    terminal.wait_for("fault:")
    if kind == "markup":
        terminal.wait_for("[bold red]x[/]")
    assert_harmless(terminal)
