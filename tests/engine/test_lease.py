"""The lease on a real engine: one holder at a time, also when processes are killed and frozen."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tui.engine.client import Engine
from tui.engine.endpoint import Endpoint
from tui.engine.errors import EngineError
from tui.journal.folder import operations_folder
from tui.journal.writer import Journal
from tui.ledger.anchor import REPOSITORY, TAG, create_unstarted
from tui.ledger.errors import Leased, LeaseLost, NotOurs
from tui.ledger.lease import Lease
from tui.ledger.lease_reading import read_lease, remove_lease
from tui.ledger.lease_state import Owner, Times, lease_labels

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from tests.support.engine_calls import EngineCalls
    from tests.support.private_engine import PrivateEngine

ALICE = Owner("alice", "ops1", 1, "op-a", "deploy v1.4.0")
BOB = Owner("bob", "ops2", 2, "op-b", "deploy v1.5.0")
QUICK = Times(renew=0.3, dead=2.0)
SLOW = Times(renew=600.0, dead=1200.0)
TREE = Path(__file__).parents[2]


@pytest.fixture
async def engine(api: EngineCalls, engine_host: str) -> AsyncIterator[Engine]:
    async with await Engine.connect(Endpoint(engine_host, "the test")) as engine:
        yield engine


class Holder:
    """The process tests.support.lease_holder, once it holds the lease."""

    def __init__(self, host: str, times: Times = QUICK) -> None:
        command = [sys.executable, "-m", "tests.support.lease_holder", host, "web", *map(str, times)]
        self.process = subprocess.Popen(
            command, cwd=TREE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        assert self.said() == "held"

    def said(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def create(self, name: str) -> str:
        """What comes of it, in its words."""
        assert self.process.stdin
        self.process.stdin.write(f"{name}\n")
        return self.said()

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.stdout.close()


@pytest.fixture
def holder(engine_host: str, api: EngineCalls) -> Iterator[Holder]:
    holder = Holder(engine_host)
    yield holder
    holder.close()


def names(api: EngineCalls) -> list[str]:
    return sorted(container["Names"][0].removeprefix("/") for container in api.containers())


async def taken(engine: Engine, owner: Owner, seconds: float = 10.0) -> tuple[Lease, float]:
    """The lease as soon as it can be had, and how long that took."""
    began = time.monotonic()
    while True:
        try:
            return await Lease.acquire(engine, "web", owner, times=QUICK), time.monotonic() - began
        except Leased:
            assert time.monotonic() < began + seconds
            await asyncio.sleep(0.05)


async def written(engine: Engine, true: Callable[[str, float], bool]) -> None:
    """Wait until what is told of the lease is so."""
    async with asyncio.timeout(10):
        while (state := await read_lease(engine, "web")) is None or not true(state.step, state.renewed):
            await asyncio.sleep(0.02)


async def test_who_comes_second_is_told_who_was_first(engine: Engine, api: EngineCalls) -> None:
    async with await Lease.acquire(engine, "web", ALICE, times=QUICK) as lease:
        with pytest.raises(Leased) as caught:
            await Lease.acquire(engine, "web", BOB, times=QUICK)
        assert "alice on ops1 (process 1): deploy v1.4.0" in caught.value.message
        assert (caught.value.state.id, caught.value.state.owner) == (lease.id, ALICE)
        async with await Lease.acquire(engine, "shop", BOB):
            assert names(api) == ["shop.lease", "web.lease"]
    assert names(api) == []
    async with await Lease.acquire(engine, "web", BOB):
        pass


async def test_of_two_who_take_it_at_once_one_gets_it(engine: Engine, engine_host: str) -> None:
    async with await Engine.connect(Endpoint(engine_host, "the test")) as other:
        for _ in range(5):
            tries = (Lease.acquire(engine, "web", ALICE), Lease.acquire(other, "web", BOB))
            done = await asyncio.gather(*tries, return_exceptions=True)
            won = [one for one in done if isinstance(one, Lease)]
            refused = [one for one in done if isinstance(one, Leased)]
            assert (len(won), len(refused)) == (1, 1)
            assert refused[0].state.owner == won[0].owner
            await won[0].guard("a step")
            await won[0].release()


async def test_what_is_being_done_is_told(engine: Engine) -> None:
    async with await Lease.acquire(engine, "web", ALICE, times=QUICK) as lease:
        await lease.guard("stop r41")
        await written(engine, lambda step, _: step == "stop r41")
        state = await read_lease(engine, "web")
        assert state is not None
        assert (state.owner, state.alive, state.id) == (ALICE, True, lease.id)
        assert "stopping r41" in state.text
        before = state.renewed
        await written(engine, lambda _, renewed: renewed > before + 0.5)
    assert await read_lease(engine, "web") is None


async def test_a_living_one_is_never_taken_over(engine: Engine) -> None:
    times = Times(renew=0.5, dead=8.0)
    async with await Lease.acquire(engine, "web", ALICE, times=times) as lease:
        end = time.monotonic() + times.dead + 1.5
        while time.monotonic() < end:
            with pytest.raises(Leased):
                await Lease.acquire(engine, "web", BOB, times=times)
            await asyncio.sleep(0.1)
        await lease.guard("still ours")


async def test_that_of_a_killed_process_is_taken_over_after_its_time(
    engine: Engine, api: EngineCalls, holder: Holder
) -> None:
    assert holder.create("theirs") == "done"
    await written(engine, lambda step, _: step == "create theirs")
    holder.process.kill()
    holder.process.wait()
    with pytest.raises(Leased, match=r"frozen on there \(process \d+\): deploy v1, create theirs"):
        await Lease.acquire(engine, "web", BOB, times=QUICK)
    lease, seconds = await taken(engine, BOB)
    assert QUICK.dead / 2 < seconds
    await lease.guard("ours now")
    await lease.release()
    assert names(api) == ["theirs"]


async def test_one_whose_owner_died_before_it_said_anything_is_taken_over(
    engine: Engine, api: EngineCalls
) -> None:
    await engine.images.import_empty(REPOSITORY, TAG)
    await create_unstarted(engine, "web.lease", lease_labels("web", ALICE))
    with pytest.raises(Leased, match="alice on ops1"):
        await Lease.acquire(engine, "web", BOB, times=QUICK._replace(dead=5.0))
    lease, _ = await taken(engine, BOB)
    await lease.release()
    assert names(api) == []


async def test_a_frozen_process_changes_nothing_once_it_was_taken_over(
    engine: Engine, api: EngineCalls, holder: Holder
) -> None:
    os.kill(holder.process.pid, signal.SIGSTOP)
    lease, _ = await taken(engine, BOB)
    os.kill(holder.process.pid, signal.SIGCONT)
    said = holder.create("never")
    assert said.startswith("lost: the lease of web was lost: it is being changed by bob on ops2")
    assert holder.create("never").startswith("lost")
    assert names(api) == ["web.lease"]
    await lease.guard("still ours")
    await lease.release()


async def test_nor_when_the_other_is_done_already(engine: Engine, api: EngineCalls, holder: Holder) -> None:
    os.kill(holder.process.pid, signal.SIGSTOP)
    lease, _ = await taken(engine, BOB)
    await lease.release()
    os.kill(holder.process.pid, signal.SIGCONT)
    assert holder.create("never").startswith("lost: the lease of web was lost;")
    assert names(api) == []


async def test_a_frozen_process_that_nobody_took_over_goes_on(api: EngineCalls, holder: Holder) -> None:
    os.kill(holder.process.pid, signal.SIGSTOP)
    await asyncio.sleep(QUICK.dead + 0.5)
    os.kill(holder.process.pid, signal.SIGCONT)
    assert holder.create("theirs") == "done"
    assert names(api) == ["theirs", "web.lease"]


async def test_one_that_was_pruned_is_taken_again(engine: Engine, api: EngineCalls) -> None:
    async with await Lease.acquire(engine, "web", ALICE, times=SLOW) as lease:
        first = lease.id
        api.remove(first)
        await lease.guard("stop r41")
        assert (lease.again, lease.lost) == (1, None)
        assert lease.id != first
        with pytest.raises(Leased, match="alice"):
            await Lease.acquire(engine, "web", BOB)
    assert names(api) == []


async def test_nobody_notices_a_pruning_between_two_changes(engine: Engine, api: EngineCalls) -> None:
    async with await Lease.acquire(engine, "web", ALICE, times=Times(renew=0.3, dead=60.0)) as lease:
        api.remove(lease.id)
        async with asyncio.timeout(10):
            while lease.again == 0:
                await asyncio.sleep(0.02)
        assert names(api) == ["web.lease"]


async def test_one_that_was_pruned_and_taken_by_somebody_else_is_lost(
    engine: Engine, api: EngineCalls
) -> None:
    async with await Lease.acquire(engine, "web", ALICE, times=SLOW) as lease:
        await remove_lease(engine, lease.id)
        async with await Lease.acquire(engine, "web", BOB, times=SLOW):
            with pytest.raises(LeaseLost, match="bob on ops2") as caught:
                await lease.guard("stop r41")
            assert caught.value.exit_status == 6
            assert await lease.release()
            assert names(api) == ["web.lease"]  # bob's
        with pytest.raises(LeaseLost):
            await lease.guard("stop r41")  # nor when it is free again


async def test_what_was_not_renewed_for_too_long_is_renewed_before_a_change(engine: Engine) -> None:
    now = 0.0
    lease = await Lease.acquire(engine, "web", ALICE, times=SLOW, clock=lambda: now)
    now = SLOW.dead / 2
    await lease.guard("stop r41")
    state = await read_lease(engine, "web")
    assert state is not None
    assert state.step == "stop r41"  # written before the change, not soon after it
    await lease.release()


async def test_one_that_is_gone_after_its_time_is_not_taken_again(engine: Engine, api: EngineCalls) -> None:
    now = 0.0
    lease = await Lease.acquire(engine, "web", ALICE, times=SLOW, clock=lambda: now)
    api.remove(lease.id)
    now = SLOW.dead / 2
    with pytest.raises(LeaseLost):
        await lease.guard("stop r41")
    assert await lease.release()
    assert names(api) == []


async def test_it_is_given_back_also_while_being_cancelled(engine: Engine, api: EngineCalls) -> None:
    held = asyncio.Event()

    async def work() -> None:
        async with await Lease.acquire(engine, "web", ALICE):
            held.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(work())
    await held.wait()
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait({task})
    assert task.cancelled()
    assert names(api) == []


@pytest.mark.parametrize("delay", [0.0, 0.005, 0.02, 0.05])
async def test_nothing_is_left_when_taking_it_is_cancelled(
    engine: Engine, api: EngineCalls, delay: float
) -> None:
    task = asyncio.create_task(Lease.acquire(engine, "web", ALICE))
    await asyncio.sleep(delay)
    task.cancel()
    await asyncio.wait({task})
    if not task.cancelled():
        await task.result().release()
    assert names(api) == []


async def test_a_lease_that_was_removed_is_let_go(engine: Engine, api: EngineCalls) -> None:
    lease = await Lease.acquire(engine, "web", ALICE, times=SLOW)
    state = await read_lease(engine, "web")
    assert state is not None
    assert state.owner == ALICE
    await remove_lease(engine, state.id)
    assert names(api) == []
    assert await lease.release()


async def test_a_container_of_that_name_that_is_no_lease_is_left_alone(
    engine: Engine, api: EngineCalls
) -> None:
    api.create(name="web.lease")
    with pytest.raises(NotOurs, match="no lease"):
        await Lease.acquire(engine, "web", ALICE)
    with pytest.raises(NotOurs):
        await read_lease(engine, "web")
    assert names(api) == ["web.lease"]


async def test_without_the_engine_nothing_is_held_or_changed(own_engine: PrivateEngine) -> None:
    async with await Engine.connect(Endpoint(own_engine.host, "the test")) as engine:
        lease = await Lease.acquire(engine, "web", ALICE, times=QUICK)
        own_engine.stop()
        with pytest.raises(EngineError):
            await lease.guard("stop r41")
        own_engine.start()
        await lease.guard("stop r41")  # it has outlived the engine's restart
        own_engine.stop()
        assert not await lease.release()
        own_engine.start()
        taken_over, _ = await taken(engine, BOB)
        assert await taken_over.release()


async def test_nobody_waits_for_a_process_of_this_machine_that_has_ended(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    alice = ALICE._replace(host=socket.gethostname())
    journal = Journal.create(operations_folder(), alice.op)
    lost = await Lease.acquire(engine, "web", alice, times=SLOW)
    with pytest.raises(Leased):
        await Lease.acquire(engine, "web", BOB, times=SLOW)

    journal.close()  # as the end of its process does

    state = await read_lease(engine, "web", SLOW)
    assert state is not None
    assert not state.alive
    assert "that process has ended" in state.text
    bob = await Lease.acquire(engine, "web", BOB, times=SLOW)
    with pytest.raises(LeaseLost):
        await lost.guard("a change")
    await bob.release()
    await lost.release()


@pytest.mark.parametrize("owner", [ALICE, ALICE._replace(host=socket.gethostname())])
async def test_of_processes_that_cannot_be_seen_nothing_is_claimed(engine: Engine, owner: Owner) -> None:
    """On another machine, or with its journal under another account."""
    held = await Lease.acquire(engine, "web", owner, times=SLOW)

    with pytest.raises(Leased):
        await Lease.acquire(engine, "web", BOB, times=SLOW)

    await held.release()
