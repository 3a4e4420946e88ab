"""The first line: what does not fit is left out whole."""

from __future__ import annotations

import pytest

from tui.commands.command import Scope, Situation
from tui.commands.keymap import Keymap
from tui.model.app import AppSpec
from tui.model.engine import EngineVersion
from tui.presentation.header import footer_keys, header_line
from tui.presentation.lines import plain
from tui.presentation.text import width
from tui.store.store import Link, LinkState

VERSION = EngineVersion("Docker Engine", "28.5.2", "1.51", "linux", "amd64")
DETAILS = ("unix:///var/run/docker.sock", "build-1", "Docker Engine 28.5.2", "API 1.51")
BUSY = "◐ building web, testing api"


def header(cells: int, state: LinkState = LinkState.LIVE, **more: object) -> str:
    link = Link(state, 0.0, "unix:///var/run/docker.sock", VERSION, "build-1")
    line = plain(header_line(cells, link, 12.0, **more))  # type: ignore[arg-type]
    assert width(line) == cells
    return line


@pytest.mark.parametrize("busy", ["", BUSY])
@pytest.mark.parametrize("marks", [{}, {"demo": True}, {"read_only": True}])
@pytest.mark.parametrize("state", [LinkState.LIVE, LinkState.LOST])
def test_nothing_is_cut_in_mid_word(state: LinkState, marks: dict[str, bool], busy: str) -> None:
    wholes = ("Holdfast", "DEMO", "READ-ONLY", *DETAILS, "● live", "✗ reconnecting, last seen 12s ago")
    for cells in range(60, 200):
        line = header(cells, state, busy=busy, **marks)
        assert "·  " not in line
        rest = f" {line} "
        for whole in wholes:
            rest = rest.replace(f" {whole} ", "  ")
        words = rest.replace("·", " ").split()
        if words and words[-1] == "…":
            words.pop()
        else:
            assert words in ([], busy.split())
        assert words == busy.split()[: len(words)]


@pytest.mark.parametrize("colour", ["bright_red", "#88c0d0"])
@pytest.mark.parametrize("cells", [20, 60, 100])
def test_the_engine_s_colour_is_seen_however_little_fits(colour: str, cells: int) -> None:
    link = Link(LinkState.LIVE, 0.0, "unix:///var/run/docker.sock", VERSION, "build-1")
    line = header_line(cells, link, 12.0, colour=colour)
    assert width(plain(line)) == cells
    assert line[1] == ("  ", f"header on {colour}")
    assert plain(line[2:])[: cells - 12] == plain(header_line(cells - 2, link, 12.0)[1:])[: cells - 12]


def test_what_says_least_goes_first() -> None:
    assert all(detail in header(100) for detail in DETAILS)
    assert header(80).split("  ")[0] == " Holdfast"
    assert "build-1 · Docker Engine 28.5.2 " in header(80)
    assert "API" not in header(80)
    assert "Docker Engine 28.5.2 " in header(70)
    assert "Docker" not in header(60)
    assert "unix:///var/run/docker.sock " in header(60)


@pytest.mark.parametrize("busy", ["", BUSY])
@pytest.mark.parametrize("marks", [{}, {"read_only": True}, {"called": "prod"}])
def test_that_everybody_can_listen_is_said_at_every_width(marks: dict[str, object], busy: str) -> None:
    said = [" not encrypted, and open to everybody ", " not encrypted ", " PLAIN "]
    found = [
        next(words for words in said if words in header(cells, is_open=True, busy=busy, **marks))
        for cells in range(160, 41, -1)
    ]
    assert found == sorted(found, key=said.index)
    assert {*found} >= {*said[:2]}
    assert said[2] in header(34, is_open=True)
    assert said[0] in header(100, is_open=True, **marks)
    assert not any(words in header(120, busy=busy, **marks) for words in said)


def test_what_is_under_way_stays_before_what_the_engine_is() -> None:
    line = header(80, busy=BUSY)
    assert BUSY in line
    assert "Docker" not in line
    assert "◐ building …  ● live" in header(62, busy=BUSY)


def test_an_engine_that_never_answered_was_not_seen_some_time_ago() -> None:
    never = Link(LinkState.LOST, 0.0, "unix:///var/run/docker.sock", attempt=3)
    line = plain(header_line(120, never, 1_800_000_000.0))
    assert "✗ no answer" in line
    assert "last seen" not in line


def test_where_an_app_lives_on_several_engines_the_footer_begins_with_what_is_done_on_all() -> None:
    web = AppSpec("web", "registry:5000/web", "", engines=("one", "two"))
    words = [word for _, word in footer_keys(Keymap(), Situation(Scope.APPS, apps=(web,)))]
    assert words[:4] == ["help", "deploy to all", "roll all back", "deploy"]
    alone = Situation(Scope.APPS, apps=(web._replace(engines=("one",)),))
    assert [word for _, word in footer_keys(Keymap(), alone)][:2] == ["help", "deploy"]
