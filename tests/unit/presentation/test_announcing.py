"""What is around the screen: never a sequence from outside, and only what the terminal knows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.model.operation import DONE, RUNNING, PlanStep, Started, StepChanged
from tui.presentation.announcing import (
    Means,
    doing_words,
    means_of,
    notice,
    progress,
    title,
    title_words,
)
from tui.store.operation import Operation

XTERM = {"TERM": "xterm-256color"}


def operation(app: str = "web", done: int = 1, total: int = 3) -> Operation:
    steps = tuple(PlanStep(str(number), f"step {number}") for number in range(total))
    made = Operation(Started(1.0, f"op-{app}", "deploy", app, "e", "anna", "h", 7, steps))
    made.feed(StepChanged(2.0, str(number), DONE) for number in range(done))
    made.feed([StepChanged(2.0, str(done), RUNNING)])
    return made


def test_the_title_says_what_goes_on_and_where() -> None:
    assert title_words((), "prod") == "holdfast: prod"
    assert title_words((operation(),), "prod") == "deploy web 1/3 - holdfast: prod"
    several = [operation(name) for name in ("web", "api", "db", "mail")]
    assert doing_words(several) == "deploy web 1/3, deploy api 1/3 and 2 more"


@given(st.text())
def test_nothing_from_outside_ends_a_sequence(text: str) -> None:
    for sequence, head, tail in (
        (title(text), "\x1b]2;", "\x07"),
        (notice(text, Means(), "osc9"), "\x1b]9;holdfast: ", "\x07"),
        (notice(text, Means(), "osc777"), "\x1b]777;notify;holdfast;", "\x07"),
    ):
        assert sequence.startswith(head)
        assert sequence.endswith(tail)
        inner = sequence[len(head) : -len(tail)]
        assert not any(ord(char) < 32 or 127 <= ord(char) < 160 for char in inner)


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({"VTE_VERSION": "6800"}, "osc777"),
        ({"KONSOLE_VERSION": "230400"}, "osc777"),
        ({"TERM": "foot"}, "osc777"),
        ({"TERM_PROGRAM": "iTerm.app"}, "osc9"),
        ({"TERM_PROGRAM": "ghostty"}, "osc9"),
        ({}, "osc9"),
        ({"TERM": "linux"}, ""),
        ({"TERM": "dumb"}, ""),
    ],
)
def test_a_notice_is_what_the_terminal_takes(more: dict[str, str], kind: str) -> None:
    means = means_of({**XTERM, **more})
    assert means.notices == kind
    assert bool(notice("done", means, "auto")) == bool(kind)
    assert notice("done", means, "off") == ""


def test_tmux_is_passed_through_with_every_escape_doubled() -> None:
    sequence = notice("done", means_of({**XTERM, "TMUX": "/tmp/x,1,0"}), "osc9")
    assert sequence == "\x1bPtmux;\x1b\x1b]9;holdfast: done\x07\x1b\\"


@pytest.mark.parametrize(
    ("more", "known"),
    [
        ({"WT_SESSION": "1"}, True), ({"ConEmuANSI": "ON"}, True), ({"TERM": "xterm-ghostty"}, True),
        ({"VTE_VERSION": "7900"}, True), ({"VTE_VERSION": "6800"}, False), ({}, False),
        ({"TERM_PROGRAM": "iTerm.app"}, False),
    ],
)  # fmt: skip
def test_progress_is_only_shown_where_it_is_no_notice(more: dict[str, str], known: bool) -> None:
    means = means_of({**XTERM, **more})
    assert progress((operation(),), means) == ("\x1b]9;4;1;33\x07" if known else "")
    assert progress((), means) == ("\x1b]9;4;0;0\x07" if known else "")
