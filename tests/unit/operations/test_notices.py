"""Whoever wants to know how an operation ended is told, and never fails it."""

from __future__ import annotations

import asyncio
import json
import os
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from tui.errors import HoldfastError
from tui.model.operation import Ended, Event, Plan, PlanStep, Result, Warned
from tui.notices import program, webhook
from tui.operations.running.notices import Notices
from tui.operations.running.runner import Planned, perform
from tui.settings.schema import NotifySettings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tui.operations.running.report import Report

PLAN = Plan("Deploy web v2 as r2", (PlanStep("one", "The first"),))


async def done(_: Report) -> Result:
    return Result(image="sha256:ab", digest="sha256:cd", release="r2 v2", tags=("web:v2",))


async def broken(_: Report) -> Result:
    raise HoldfastError("it broke, password=hunter2secret", "mend it")


async def ended(settings: NotifySettings, act: Any = done, engine: str = "unix:///e.sock") -> list[Event]:
    """What is told by an operation that has taken no time."""
    told: list[Event] = []
    await perform(
        Planned(PLAN, act),
        op="op-1",
        name="deploy",
        app="web",
        engine=engine,
        tell=told.append,
        notices=Notices(settings),
    )
    assert isinstance(told[-1], Ended)
    return told


def warned(told: list[Event]) -> list[str]:
    return [event.message for event in told if isinstance(event, Warned)]


class Hook:
    """A webhook: `answers` are its next statuses, 0 for none at all; 200 then."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.bodies: list[dict[str, Any]] = []
        self.url = ""

    async def take(self, request: web.BaseRequest) -> web.Response:
        self.bodies.append(await request.json())
        status = self.answers.pop(0) if self.answers else 200
        if not status:
            await asyncio.sleep(60)
        return web.Response(status=status, headers={"Location": f"{self.url}elsewhere"})


@asynccontextmanager
async def hooked() -> AsyncIterator[Hook]:
    hook = Hook()
    runner = web.ServerRunner(web.Server(hook.take), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
    hook.url = f"http://127.0.0.1:{port}/services/T0/SECRETPATH"
    try:
        yield hook
    finally:
        await runner.cleanup()


def wanting(url: str = "", **more: Any) -> NotifySettings:
    return NotifySettings(webhook=url, after=0)._replace(**more)


async def test_a_webhook_is_told_what_became_of_it() -> None:
    async with hooked() as hook:
        told = await ended(wanting(hook.url))
        assert warned(told) == []
        [body] = hook.bodies
    assert body["text"] == "web deployed in 0 s: r2 v2 serves"
    assert (body["state"], body["verb"], body["app"], body["release"]) == ("done", "deploy", "web", "r2 v2")
    assert body["title"] == PLAN.title
    assert body["tags"] == ["web:v2"]
    assert body["exit_status"] == 0


async def test_nothing_secret_is_told() -> None:
    async with hooked() as hook:
        await ended(wanting(hook.url), broken, engine="tcp://anna:hunter2secret@prod:2376")
        text = json.dumps(hook.bodies)
    assert '"state": "failed"' in text
    assert "mend it" in text
    assert "hunter2secret" not in text


async def test_only_long_ones_that_end_as_wanted_are_told() -> None:
    async with hooked() as hook:
        await ended(wanting(hook.url, after=3600))
        await ended(wanting(hook.url, on=("failed",)))
        assert hook.bodies == []
        await ended(wanting(hook.url, on=("failed",)), broken)
        assert len(hook.bodies) == 1


@pytest.mark.parametrize("status", [500, 503, 429])
async def test_what_may_help_is_tried_once_more(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "PAUSE_SECONDS", 0.01)
    async with hooked() as hook:
        hook.answers = [status]
        assert warned(await ended(wanting(hook.url))) == []
        assert len(hook.bodies) == 2
        hook.bodies, hook.answers = [], [status, status, status]
        [warning] = warned(await ended(wanting(hook.url)))
        assert len(hook.bodies) == 2
    assert f"it answered {status}" in warning
    assert "127.0.0.1" in warning
    assert "SECRETPATH" not in warning


@pytest.mark.parametrize("status", [302, 404])
async def test_a_refusal_is_final_and_no_redirect_is_followed(status: int) -> None:
    async with hooked() as hook:
        hook.answers = [status]
        [warning] = warned(await ended(wanting(hook.url)))
        assert len(hook.bodies) == 1
    assert f"it answered {status}" in warning


async def test_one_that_does_not_answer_is_a_warning_within_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "TRY_SECONDS", 0.2)
    monkeypatch.setattr(webhook, "PAUSE_SECONDS", 0.01)
    async with hooked() as hook:
        hook.answers = [0, 0]
        began = time.monotonic()
        told = await ended(wanting(hook.url))
        assert time.monotonic() - began < 3
    [warning] = warned(told)
    assert "no answer within 0.2 s" in warning
    assert told[-1].ok  # type: ignore[union-attr]
    assert told[-1].seconds < 0.2  # type: ignore[union-attr]  # how long the operation took, not the telling


async def test_plain_text_stays_on_this_machine_unless_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    async def no_try(_: object, url: object, content: bytes) -> tuple[str, bool]:
        asked.append(str(url))
        return "", False

    monkeypatch.setattr(webhook, "_try", no_try)
    url = "http://hooks.example.com/x"
    [warning] = warned(await ended(wanting(url)))
    assert "is not https" in warning
    assert "allow_plain" in warning
    assert asked == []
    assert warned(await ended(wanting(url, allow_plain=True))) == []
    assert asked == [url]


def script(folder: Path, text: str) -> tuple[str, ...]:
    path = folder / "tell"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return (str(path), "a b")


async def test_a_command_has_the_outcome_in_its_environment(tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = script(tmp_path, f'env | grep ^HOLDFAST_ > {out}; echo "words=$1" >> {out}')
    assert warned(await ended(wanting(command=words), broken)) == []
    said = dict(line.partition("=")[::2] for line in out.read_text().splitlines())
    assert said["HOLDFAST_STATE"] == "failed"
    assert said["HOLDFAST_APP"] == "web"
    assert said["HOLDFAST_EXIT_STATUS"] == "1"
    assert said["HOLDFAST_HINT"] == "mend it"
    assert said["words"] == "a b"
    assert "hunter2secret" not in out.read_text()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("echo first; echo no such channel >&2; exit 3", "ended with 3: no such channel"),
        ("kill -9 $$", "signal 9"),
    ],
)
async def test_a_command_that_fails_is_a_warning(text: str, said: str, tmp_path: Path) -> None:
    told = await ended(wanting(command=script(tmp_path, text)))
    [warning] = warned(told)
    assert said in warning
    assert told[-1].ok  # type: ignore[union-attr]


async def test_a_command_that_is_not_there_is_a_warning(tmp_path: Path) -> None:
    [warning] = warned(await ended(wanting(command=("/nowhere/tell",))))
    assert "tell of [notify] cannot be started" in warning


async def test_a_command_is_ended_in_time_with_what_it_has_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "SECONDS", 0.3)
    pid = tmp_path / "pid"
    words = script(tmp_path, f"sleep 60 & echo $! > {pid}; yes | head -c 1000000; wait")
    began = time.monotonic()
    [warning] = warned(await ended(wanting(command=words)))
    assert "did not end within 0.3 s" in warning
    assert time.monotonic() - began < 5
    child = int(pid.read_text())
    for _ in range(100):
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return
        if "Z" in (await asyncio.to_thread(open(f"/proc/{child}/stat").read)).split():  # noqa: SIM115
            return
        await asyncio.sleep(0.02)
    raise AssertionError("what it started is still there")


async def test_a_child_that_goes_on_is_not_waited_for(tmp_path: Path) -> None:
    words = script(tmp_path, "sleep 5 &")
    began = time.monotonic()
    assert warned(await ended(wanting(command=words))) == []
    assert time.monotonic() - began < 3


async def test_a_system_that_gives_no_pipe_fails_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none() -> tuple[int, int]:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(program.os, "pipe", none)
    told = await ended(wanting(command=("true",)))
    assert warned(told) == ["not told how this ended: OSError Too many open files"]
    assert told[-1].ok  # type: ignore[union-attr]


async def test_a_cancelled_telling_leaves_the_outcome_as_it_was(tmp_path: Path) -> None:
    told: list[Event] = []
    words = script(tmp_path, "sleep 30")
    task = asyncio.create_task(
        perform(
            Planned(PLAN, done),
            op="op-1",
            name="deploy",
            app="web",
            engine="e",
            tell=told.append,
            notices=Notices(wanting(command=words)),
        )
    )
    await asyncio.sleep(0.3)
    assert not task.done()
    task.cancel()
    result = await task
    assert result.ok
    assert told[-1] is result
