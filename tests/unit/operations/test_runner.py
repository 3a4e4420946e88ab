"""Every ending of an operation is one outcome, the last event."""

from __future__ import annotations

import asyncio

import pytest

from tui.errors import HoldfastError, Refused
from tui.model.operation import Ended, Plan, PlanStep, Result, Started, Warned
from tui.operations.running.runner import Planned, perform

PLAN = Plan("Do it", (PlanStep("one", "The first"),), warnings=("mind the gap",))


async def run(act):
    told = []
    ended = await perform(Planned(PLAN, act), op="op", name="build", app="web", engine="e", tell=told.append)
    assert told[-1] is ended
    assert sum(isinstance(event, Ended) for event in told) == 1
    return told


async def test_it_begins_with_who_and_what_and_ends_with_the_result():
    async def act(report):
        async with report.step("one"):
            return Result(image="sha256:ab")

    told = await run(act)

    assert isinstance(told[0], Started)
    assert told[0].plan == PLAN.steps
    assert told[0].by
    assert told[1] == Warned(told[1].t, "mind the gap")
    assert told[-1].ok
    assert told[-1].result.image == "sha256:ab"


@pytest.mark.parametrize("error", [HoldfastError("broken", "mend it", ("line",)), Refused("no", "yes")])
async def test_an_error_is_told_with_its_remedy_and_exit_status(error):
    async def act(report):
        raise error

    ended = (await run(act))[-1]

    assert not ended.ok
    assert ended.error == (error.exit_status, error.message, error.hint, error.detail, "")


async def test_a_mistake_of_ours_is_told_without_its_values():
    async def act(report):
        secret = "hunter22"
        raise ValueError(secret)

    ended = (await run(act))[-1]

    assert "mistake in Holdfast: ValueError" in ended.error.message
    assert any("test_runner.py" in line for line in ended.error.detail)
    assert "hunter22" not in repr(ended)


async def test_a_hidden_text_is_not_in_the_failure_either():
    async def act(report):
        report.hide(["hunter22"])
        raise HoldfastError("RUN echo hunter22 failed", "", ("hunter22",))

    assert "hunter22" not in repr(await run(act))


async def test_cancelling_is_an_outcome_too():
    begun = asyncio.Event()

    async def act(report):
        begun.set()
        await asyncio.sleep(60)

    task = asyncio.create_task(run(act))
    await begun.wait()
    task.cancel()
    told = await task

    assert told[-1].error.code == 130
