"""Many engines are looked at side by side: nobody waits for one that does not answer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tui.engine.endpoint import Endpoint
from tui.engine.errors import NoEngine
from tui.engine.ref import EngineRef
from tui.model.engine_state import EngineState
from tui.model.policy import EngineSettings
from tui.operations.looking import engine_look
from tui.operations.looking.engine_look import EngineLook
from tui.operations.looking.engines import KnownEngine
from tui.sync import engines
from tui.sync.engines import AT_ONCE, EnginesFollower

if TYPE_CHECKING:
    from collections.abc import Sequence

NOW = 1_700_000_000.0


def engine(name: str, **said: object) -> KnownEngine:
    ref = EngineRef(Endpoint(f"unix:///{name}.sock", "a test"), name)
    return KnownEngine(ref.url, (name,), ref, EngineSettings(**said))  # type: ignore[arg-type]


class Look(EngineLook):
    """Answers as its name says: "slow-..." never, "away-..." that nobody listens, others soon."""

    begun: list[str]
    at_once: int
    most: int

    async def _asked(self) -> EngineState:
        name = self.known.called
        type(self).begun.append(name)
        type(self).at_once += 1
        type(self).most = max(type(self).most, type(self).at_once)
        try:
            await asyncio.sleep(3600 if name.startswith("slow") else 0.01)
        finally:
            type(self).at_once -= 1
        if name.startswith("away"):
            raise NoEngine("nobody listens there", "start it")
        return self.state._replace(seen=self._clock(), error="", hint="", tried=self._clock())


@pytest.fixture
def look() -> type[Look]:
    return type("Fresh", (Look,), {"begun": [], "at_once": 0, "most": 0})


class Running:
    """A follower that runs within `async with`."""

    def __init__(self, look: type[Look], known: Sequence[KnownEngine]) -> None:
        self.follower = EnginesFollower(lambda: NOW, lambda one: look(one, clock=lambda: NOW))
        self.follower.take(known)

    async def __aenter__(self) -> EnginesFollower:
        self._task = asyncio.create_task(self.follower.run())
        return self.follower

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


async def until(so: object, seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not so():  # type: ignore[operator]
            await asyncio.sleep(0.005)


async def test_at_most_eight_first_connections_begin_at_once(look: type[Look]) -> None:
    known = [engine(f"e{number}") for number in range(60)]
    async with Running(look, known) as follower:
        await until(lambda: all(state.answers for state in follower.states.values()))
    assert look.most == AT_ONCE


async def test_those_that_answer_wait_for_none_that_does_not(
    look: type[Look], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "PATIENT", 0.05)
    monkeypatch.setattr(engine_look, "LIMIT", 0.5)
    known = [*(engine(f"slow-{number}") for number in range(20)), engine("quick")]
    async with Running(look, known) as follower:
        quick = known[-1].key
        began = asyncio.get_running_loop().time()
        await until(lambda: follower.states[quick].answers)
        assert asyncio.get_running_loop().time() - began < 0.4, "20 silent ones, 8 at a time, 0.05 s each"
        assert not follower.states[known[0].key].tried
        await until(lambda: follower.states[known[0].key].error)
        assert follower.states[known[0].key].error == "no answer within 0 s"


async def test_one_that_fails_says_why_and_is_known_as_it_was(
    look: type[Look], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "AGAIN", 0.02)
    one = engine("away-1")
    async with Running(look, [one]) as follower:
        follower.states[one.key] = EngineState(seen=NOW - 12, containers=3)
        await until(lambda: follower.states[one.key].error)
        state = follower.states[one.key]
        assert (state.error, state.hint) == ("nobody listens there", "start it")
        assert (state.seen, state.containers, state.answers) == (NOW - 12, 3, False)
        await until(lambda: look.begun.count("away-1") > 2)


async def test_what_is_left_alone_is_asked_only_where_somebody_asks(look: type[Look]) -> None:
    known = [engine("off", enabled=False), engine("mended", maintenance=NOW + 60), engine("on")]
    async with Running(look, known) as follower:
        await until(lambda: follower.states[known[2].key].answers)
        await asyncio.sleep(0.05)
        assert look.begun == ["on"]
        follower.ask(known[1].key)
        await until(lambda: follower.states[known[1].key].answers)
    assert look.begun == ["on", "mended"]


async def test_what_is_known_stays_while_nobody_looks(look: type[Look]) -> None:
    known = [engine("a"), engine("b")]
    running = Running(look, known)
    told: list[str] = []
    running.follower.subscribe(told.append)
    async with running as follower:
        await until(lambda: all(state.answers for state in follower.states.values()))
    assert sorted(told) == sorted(one.key for one in known)
    follower.take([known[1], engine("c")])
    assert [bool(state.seen) for state in follower.states.values()] == [True, False]
