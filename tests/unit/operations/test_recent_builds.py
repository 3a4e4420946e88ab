"""The last builds of an app, read from journals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.build_journals import ENGINE, write_build
from tui.model.build_times import Part, usual
from tui.operations.looking.builds import SHOWN, recent_builds
from tui.presentation.build_times import cell, state_words, steps_lines
from tui.presentation.lines import plain

if TYPE_CHECKING:
    from pathlib import Path


def test_the_newest_of_this_app_on_this_engine_are_told(tmp_path: Path) -> None:
    for number in range(SHOWN + 5):
        write_build(tmp_path, "web", number, 1000.0 + number)
    write_build(tmp_path, "api", 90, 5000.0)
    write_build(tmp_path, "web", 91, 5000.0, engine="unix:///elsewhere.sock")
    (tmp_path / "20231114-230000-build-web-ffffff.jsonl").write_text("no journal\n")
    found = recent_builds(tmp_path, "web", ENGINE)
    assert [one.t for one in found] == [1000.0 + number for number in range(SHOWN + 4, 4, -1)]
    assert recent_builds(tmp_path / "none", "web", ENGINE) == []


def test_where_the_time_went(tmp_path: Path) -> None:
    write_build(tmp_path, "web", 1, 1000.0)
    (one,) = recent_builds(tmp_path, "web", ENGINE)
    assert one.state == "done" and round(one.seconds, 3) == 15.0
    parts = {part: round(seconds, 3) for part, seconds in one.parts.items()}
    assert parts == {
        Part.STEPS: 12.5, Part.EXPORT: 1.1, Part.CONTEXT: 1.0, Part.BASES: 0.4, Part.PUSH: 0,
    }  # fmt: skip
    assert {step.stage for step in one.instructions} == {"build"}
    assert state_words(one) == "0 of 4 cached"


def test_a_failed_one_says_where_and_one_that_was_cut_off_that_it_was(tmp_path: Path) -> None:
    write_build(tmp_path, "web", 1, 1000.0, failed="npm ci", cached=1)
    write_build(tmp_path, "web", 2, 2000.0, ended=False)
    cut, failed = recent_builds(tmp_path, "web", ENGINE)
    assert state_words(failed) == "failed: [build 3/5] RUN npm ci, 1 of 2 cached"
    assert cut.state == "interrupted" and round(cut.seconds, 3) == 15.0
    lines = [plain(line) for line in steps_lines(failed, 76)]
    assert any("✗" in line and "npm ci" in line for line in lines)
    assert any("cached" in line and "COPY package.json" in line for line in lines)


def test_one_is_compared_with_the_median_of_good_ones(tmp_path: Path) -> None:
    for number, slow in enumerate((1.0, 1.0, 2.0)):
        write_build(tmp_path, "web", number, 1000.0 + number, slow=slow)
    write_build(tmp_path, "web", 4, 2000.0, failed="load build context", slow=9.0)
    found = recent_builds(tmp_path, "web", ENGINE)
    assert round(usual(found) or 0, 3) == 15.0
    assert usual(found[-1:]) is None
    words = [cell("usual", one, 30.0, usual(found), 3000.0, 20)[0] for one in found]
    assert words[1:] == ["+100%", "0%", "0%"]
    bars = [cell("bar", one, 30.0, usual(found), 3000.0, 20)[0] for one in found[1:3]]
    assert [len(one) for one in bars] == [20, 10]
