"""Operations in rows and words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui import fakes
from tui.commands.keymap import Keymap
from tui.model.image import Image
from tui.model.operation import DONE, FAILED, RUNNING, Ended, Failure, Paused, Progressed, Result, StepChanged
from tui.presentation.app_row import AppRow
from tui.presentation.apps import cell, newest_version
from tui.presentation.last_done import last_done, untested
from tui.presentation.lines import plain
from tui.presentation.log_lines import Look
from tui.presentation.operation_words import (
    GLYPHS,
    busy_words,
    ended_words,
    operation_state,
    running_seconds,
    steps_done,
)
from tui.presentation.operations import amounts, end_rows, output_row, step_row
from tui.presentation.text import width
from tui.store.operation import Operation, Step

KEYMAP = Keymap()
NOW = 1_700_000_000.0


def text(rows: list[list[tuple[str, str]]]) -> str:
    return "\n".join(plain(row).rstrip() for row in rows)


def running(current: int, total: int, unit: str = "bytes") -> Step:
    step = Step("1", "layer")
    step.state, step.started = RUNNING, NOW - 4.0
    step.current, step.total, step.unit = current, total, unit
    return step


@given(st.integers(20, 200), st.integers(0, 5), st.sampled_from(list(GLYPHS)), st.integers(0, 10**12))
def test_a_row_is_exactly_as_wide_as_asked(cells: int, depth: int, state: str, current: int) -> None:
    step = running(current, 10**11)
    step.state, step.title = state, "[build 1/3] 日本語 \x1b[31m " * 3
    row = step_row(step, depth, cells, NOW, opened=False)
    assert width(plain(row)) == cells
    assert "\x1b" not in plain(row)


def test_every_state_has_a_sign_and_a_word() -> None:
    step = Step("1", "RUN make")
    for state in ("waiting", "running", "done", "cached", "failed", "undone", "skipped"):
        step.state = state
        row = plain(step_row(step, 0, 80, NOW, opened=False))
        assert state in row
        assert GLYPHS[state][0] in row
    signs = [sign for name, (sign, _) in GLYPHS.items() if name not in ("interrupted", "cut off")]
    assert len(set(signs)) == len(signs)


def test_a_running_step_says_how_far_it_has_come_and_how_fast() -> None:
    assert amounts(running(12_300_000, 40_000_000), NOW) == "12.3 / 40 MB  3.1MB/s"
    assert amounts(running(0, 40_000_000), NOW) == "0 / 40 MB"
    assert amounts(running(900, 0), NOW).startswith("900 B")
    assert amounts(running(12_000, 20_000, "files"), NOW) == "12,000 / 20,000 files"
    row = plain(step_row(running(12_300_000, 40_000_000), 0, 100, NOW, opened=False))
    assert "━━━━━━──────────────" in row
    assert row.rstrip().endswith("4s")


def test_a_step_that_runs_in_what_was_interrupted_was_cut_off() -> None:
    assert "cut off" in plain(step_row(running(0, 0), 0, 80, NOW, opened=False, alive=False))


def test_output_stands_below_its_step_and_shows_its_stream() -> None:
    build = fakes.build_running(NOW)
    step = build.steps["7"]
    assert step.output is not None
    row = plain(output_row(step, 1, step.output.end - 1, Look(80)))
    assert row.startswith("     ▌npm WARN deprecated")
    assert width(row) == 80


def test_the_end_says_what_was_made_and_compares_with_the_last_time() -> None:
    said = text(end_rows(fakes.build_done(NOW, 5.0, 12.3), 120, 40.1, KEYMAP))
    assert "✓ built in 12.3s, last time 40.1s" in said
    assert fakes.IMAGE in said
    assert "base docker.io/library/node:14-alpine  sha256:4e4e" in said


def test_a_failure_says_why_and_what_to_do_and_shows_the_lines() -> None:
    said = text(end_rows(fakes.build_failed(NOW), 120, None, KEYMAP))
    assert "✗ build failed after 14.3s" in said
    assert "exit code: 1" in said
    assert "   4 | RUN npm ci   <<<" in said


def test_what_was_interrupted_says_so_and_what_to_do() -> None:
    said = text(end_rows(fakes.operation("push", "web", NOW, alive=False), 100, None, KEYMAP))
    assert "✗ push interrupted" in said
    assert "start it again" in said


def test_warnings_are_listed_while_it_runs() -> None:
    assert "! warning  Dockerfile line 1" in text(end_rows(fakes.build_running(NOW), 120, None, KEYMAP))


@pytest.mark.parametrize("cells", [10, 33, 80])
def test_the_end_fits_into_any_width(cells: int) -> None:
    for operation in (fakes.build_done(NOW, 5.0), fakes.build_failed(NOW)):
        assert all(width(plain(row)) == cells for row in end_rows(operation, cells, 1.0, KEYMAP))


def test_seconds_that_count_are_whole() -> None:
    assert [running_seconds(s) for s in (0.4, 12.9, 61.2, 3725.0)] == ["0s", "12s", "1m01s", "1h02m"]


def test_titles_say_how_it_stands() -> None:
    build = fakes.build_running(NOW)
    assert operation_state(build, NOW, KEYMAP, following=True) == "◐ running 12s · following"
    assert operation_state(build, NOW, KEYMAP, following=False) == "◐ running 12s · paused, f follows"
    build.feed([Paused(NOW, paused=True)])
    assert operation_state(build, NOW, KEYMAP, following=True) == "◐ paused 12s · following"
    assert operation_state(build, NOW, KEYMAP, following=False) == "◐ paused 12s · not following, f follows"
    assert busy_words([build]) == "◐ paused building web"
    build.feed([Paused(NOW, paused=False)])
    assert operation_state(build, NOW, KEYMAP, following=True) == "◐ running 12s · following"
    assert operation_state(fakes.build_failed(NOW), NOW, KEYMAP, following=True) == "✗ failed after 14.3s"
    assert operation_state(fakes.operation("build", "web", NOW), NOW, KEYMAP, following=True) == "◐ starting"


def test_the_header_names_what_runs() -> None:
    names = ("web", "api", "mail")
    running = [fakes.build_running(NOW, name) for name in names]
    assert busy_words([]) == ""
    assert busy_words(running[:1]) == "◐ building web"
    assert busy_words(running) == "◐ building web, building api and 1 more"


def test_one_sentence_says_how_it_ended() -> None:
    assert ended_words(fakes.build_done(NOW, 5.0, 12.3)) == "web built in 12.3s"
    assert ended_words(fakes.failed_test(NOW, 5.0)).startswith("api test failed: not ready within 60 s")
    assert "interrupted" in ended_words(fakes.operation("push", "web", NOW, alive=False))
    cancelled = fakes.operation("push", "web", NOW, [Ended(NOW, False, 1.0, error=Failure(130, "cancelled"))])
    assert ended_words(cancelled) == "web push cancelled"


def test_progress_counts_steps_without_steps_of_their_own() -> None:
    events = [
        StepChanged(NOW, "build", RUNNING),
        StepChanged(NOW, "1", DONE, 1.0, "one", "build"),
        StepChanged(NOW, "2", FAILED, 1.0, "two", "build"),
        StepChanged(NOW, "3", RUNNING, None, "three", "build"),
        Progressed(NOW, "3", 1, 2),
    ]
    assert steps_done(fakes.operation("build", "web", NOW, events, fakes.BUILD)) == (2, 4)


# Apps


def proof(now: float, image: str, *, ok: bool) -> Operation:
    return fakes.operation("test", "web", now - 60, [Ended(now - 50, ok, 10.0, Result(image=image))])


def test_what_was_done_last_is_said() -> None:
    assert cell("last", AppRow("web"), NOW)[0] == ""
    assert cell("last", AppRow("web", operations=[fakes.build_running(NOW)]), NOW)[0] == "◐ building 6/9"
    assert last_done([fakes.build_running(NOW)], NOW)[0] == "◐ building 6/9"
    assert last_done([fakes.failed_test(NOW, 3700.0)], NOW)[0] == "✗ test failed 1h"
    assert last_done([fakes.operation("push", "web", NOW, alive=False)], NOW)[0] == "✗ push interrupted"


def test_a_build_without_a_test_is_said_to_be_untested() -> None:
    build = fakes.build_done(NOW, 300.0)
    assert last_done([build], NOW)[0] == "✓ built 5m untested"
    assert untested([proof(NOW, fakes.IMAGE, ok=False), build])
    assert untested([proof(NOW, "sha256:other", ok=True), build])
    assert not untested([proof(NOW, fakes.IMAGE, ok=True), build])
    assert not untested([])


def test_the_newest_version_is_the_highest_not_the_latest() -> None:
    app = fakes.app("web")
    tags = ("v1.9.0", "v1.10.0", "v1.10.0-rc.1", "build-3f2a9c0de13f", "latest")
    image = Image("sha256:a", tuple(f"{app.image}:{tag}" for tag in tags), (), NOW, 1)
    other = Image("sha256:b", ("registry.example.com/shop/api:v9.0.0",), (), NOW, 1)
    assert newest_version(app, [image, other]) == "v1.10.0"
    assert newest_version(fakes.app("none"), [image, other]) == ""
