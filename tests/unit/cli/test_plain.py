"""Everything in lines: by an option, by a variable, and where the terminal can do nothing else."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.support.command import TREE, environment
from tests.support.terminal import Terminal
from tui.cli import plainness
from tui.cli.arguments import parsed, parser
from tui.cli.output import table_cells
from tui.model.chain import Link, LinkState
from tui.presentation.chain import chain_lines
from tui.presentation.console import SENTENCES, painted, table

LOOK = """
import sys
from tui.cli.output import colours, moves
from tui.cli.rendering import rendering
print(colours(1), moves(1), type(rendering(json=False, quiet=False, before=None)).__name__)
"""


@pytest.fixture(autouse=True)
def not_plain(monkeypatch):
    monkeypatch.delenv(plainness.VARIABLE, raising=False)
    monkeypatch.setenv("TERM", "xterm")


@pytest.mark.parametrize(("variables", "said"), [
    ({"TERM": "xterm"}, "True True Live"),
    ({"TERM": "xterm", "HOLDFAST_PLAIN": "1"}, "False False PlainLines"),
    ({"TERM": "dumb"}, "False False PlainLines"),
])  # fmt: skip
def test_a_terminal_is_written_on_without_colours_or_a_cursor_that_moves(variables, said, tmp_path):
    env = environment(tmp_path, **variables)
    terminal = Terminal((sys.executable, "-c", LOOK), env=env, cwd=Path(TREE))
    assert terminal.wait_end() == 0
    assert said in terminal.text()


@pytest.mark.parametrize(
    "words", [["--plain", "status"], ["status", "--plain"], ["deploy", "web", "v1", "--plain"]]
)
def test_the_option_may_stand_before_or_behind_a_verb(words):
    assert parsed(parser(), words).plain


def test_it_is_passed_on_to_what_is_started():
    environ: dict[str, str] = {}
    plainness.be_plain(environ)
    assert environ == {"HOLDFAST_PLAIN": "1"}
    assert os.environ.get("HOLDFAST_PLAIN") is None


def test_a_row_is_a_sentence_that_leaves_out_what_is_not_there():
    rows = [("web", "r3", "-", "healthy"), ("api", "none", "", "-")]
    lines = table(("app", "live", "lease", "health"), rows, {}, SENTENCES)
    assert [painted(line, colours=False) for line in lines] == [
        "web: live r3, health healthy",
        "api: live none",
    ]


def test_tables_are_sentences_where_that_is_wanted(monkeypatch):
    assert table_cells(0) != SENTENCES
    monkeypatch.setenv(plainness.VARIABLE, "1")
    assert table_cells(0) == SENTENCES


def test_signs_are_words(monkeypatch):
    links = [Link("test", LinkState.OK), Link("scan", LinkState.FAILED, detail="2 critical")]
    monkeypatch.setenv(plainness.VARIABLE, "1")
    lines = [painted(line, colours=False) for line in plainness.worded(chain_lines(links, 0.0))]
    assert "ok: test" in lines[0]
    assert "failed: scan" in lines[1]
    assert all(line.isascii() for line in lines)
