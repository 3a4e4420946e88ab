"""What is kept of a container that failed: how it ended before anything else."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from tests.support.containers import inspected_container
from tui.model.release import SAID_BYTES, SAID_LINES, last_said
from tui.operations.deploying.gate import LOG_LINES, last_words


def engine_with(log: list[str]) -> Any:
    async def tail(id: str, count: int) -> list[str]:
        return log[-count:]

    return SimpleNamespace(containers=SimpleNamespace(tail=tail))


async def test_its_own_exit_code_is_kept_and_a_check_that_passed_is_not() -> None:
    checks = {"Status": "healthy", "Log": [{"ExitCode": 0, "Output": ""}] * 10}
    state = inspected_container(Status="exited", ExitCode=3, Health=checks).state
    words = await last_words(engine_with([f"line {number}" for number in range(40)]), "id", state)
    assert last_said(words) == words
    assert words[:2] == ("exit code 3", "last lines of its log:")
    assert words[-1] == "line 39"
    assert not any("exit code 0" in line for line in words)


async def test_all_that_is_shown_has_room_in_the_ledger() -> None:
    checks = {"Status": "unhealthy", "Log": [{"ExitCode": 1, "Output": "a\nb\nc\nd\ne"}]}
    state = inspected_container(Status="exited", ExitCode=3, Health=checks).state
    words = await last_words(engine_with(["x"] * 40), "id", state)
    assert len(words) == 2 + LOG_LINES + 3 == SAID_LINES
    assert last_said(words) == words


def test_how_it_ended_stays_however_long_the_rest_is() -> None:
    kept = last_said(["exit code 3", *("x" * 400 for _ in range(30))])
    assert kept[0] == "exit code 3"
    assert sum(len(line) + 1 for line in kept) <= SAID_BYTES
    assert last_said(kept) == kept
    assert last_said([]) == last_said(["x" * SAID_BYTES]) == ()
