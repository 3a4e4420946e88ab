"""Proving an image on a real engine: what passes, what fails and why, and that nothing is left of it."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.busybox import IMAGE
from tui.engine.client import Engine
from tui.engine.endpoint import Endpoint
from tui.engine.env_files import EnvFileUnusable
from tui.model.app import AppSpec, Healthcheck, Mount, Port, ProofSpec, ReadySpec, RunSpec
from tui.model.operation import DONE, FAILED, Logged, StepChanged, Warned
from tui.operations.deploying.gate import NotReady
from tui.operations.running.report import Report
from tui.operations.testing import run_tests
from tui.operations.testing.run_tests import CommandFailed, NotTestable, RunTests

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from tests.support.engine_calls import EngineCalls
    from tui.model.operation import Event

OP = "20261124-093000-test-web-3f2a9c"
NAME = "web.test-3f2a9c"
NETWORK = f"holdfast-test-{OP}"
HTTPD = ("sh", "-c", "echo served >/www/page; exec httpd -f -p 80 -h /www")
SLEEP = ("sleep", "600")


@pytest.fixture
async def engine(engine_host: str) -> AsyncIterator[Engine]:
    async with await Engine.connect(Endpoint(engine_host, "the test")) as engine:
        yield engine


def standing(api: EngineCalls) -> list[str]:
    """What is on the engine: containers, networks that someone made, volumes."""
    networks = [network["Name"] for network in api.get("/networks")]
    volumes = api.get("/volumes")["Volumes"] or []
    return sorted(
        [
            *(container["Names"][0] for container in api.containers()),
            *(name for name in networks if name not in ("bridge", "host", "none")),
            *(volume["Name"] for volume in volumes),
        ]
    )


@pytest.fixture(autouse=True)
def nothing_left(api: EngineCalls) -> Iterator[None]:
    before = standing(api)
    yield
    assert standing(api) == before


class Trial:
    """The test of an app made of `run`, `ready` and `test`, and what it told."""

    def __init__(
        self,
        engine: Engine,
        run: dict[str, Any],
        ready: ReadySpec | None = None,
        test: ProofSpec | None = None,
    ) -> None:
        self.engine = engine
        self.app = AppSpec(
            "web", "example.com/web", "/app/holdfast.toml",
            run=RunSpec(**run), ready=ready or ReadySpec(stable=0.3), test=test or ProofSpec(),
        )  # fmt: skip
        self.events: list[Event] = []
        self.reached = asyncio.Event()

    def tell(self, event: Event) -> None:
        self.events.append(event)
        self.reached.set()

    async def operation(self) -> RunTests:
        return RunTests(self.engine, self.app, await self.engine.images.config(IMAGE), OP)

    async def run(self) -> None:
        report = Report(self.tell)
        try:
            await (await self.operation()).run(report)
        finally:
            report.close()

    async def until(self, text: str) -> None:
        """Wait until the log holds a text."""
        async with asyncio.timeout(15):
            while not any(text in line for lines in self.logs().values() for line in lines):
                self.reached.clear()
                await self.reached.wait()

    def steps(self) -> dict[str, str]:
        """Each step's last state."""
        return {event.step: event.state for event in self.events if isinstance(event, StepChanged)}

    def logs(self) -> dict[tuple[str, int], list[str]]:
        """By step and stream, what containers and commands wrote."""
        found: dict[tuple[str, int], list[str]] = {}
        for event in self.events:
            if isinstance(event, Logged):
                found.setdefault((event.step, event.stream), []).extend(event.text.split("\n"))
        return found

    def warnings(self) -> list[str]:
        return [event.message for event in self.events if isinstance(event, Warned)]


async def test_an_image_that_serves_passes(engine: Engine) -> None:
    trial = Trial(
        engine,
        {"command": HTTPD, "ports": (Port(80, "8080"),)},
        ReadySpec(http="80/page", interval=0.1),
        ProofSpec(
            ("sh", "-c", "wget -qO- http://127.0.0.1/page; echo $MODE >&2"), environment={"MODE": "try"}
        ),
    )
    await trial.run()
    assert trial.steps() == dict.fromkeys(("network", "create", "ready", "command", "remove"), DONE)
    assert trial.logs()["command", 1] == ["served"]
    assert trial.logs()["command", 2] == ["try"]
    assert trial.warnings() == []


async def test_the_plan_says_what_will_be_done_and_what_is_different(engine: Engine) -> None:
    trial = Trial(
        engine,
        {
            "volumes": (
                Mount("volume", "orders", "/o"),
                Mount("bind", "/etc", "/e"),
                Mount("volume", "", "/a"),
            ),
            "networks": {"front": ("www",)},
        },
        ReadySpec(http="80/page"),
        ProofSpec(("wget", "http://127.0.0.1/a b")),
    )
    plan = await (await trial.operation()).plan()
    assert [step.id for step in plan.steps] == ["network", "create", "ready", "command", "remove"]
    facts = dict(plan.facts)
    assert facts["container"] == NAME
    assert facts["network"] == NETWORK
    assert facts["ready when"] == "http 80/page answers below 400 within 60 s"
    assert facts["command"] == "wget 'http://127.0.0.1/a b'"
    assert plan.warnings == (
        "it gets fresh, empty volumes in the place of orders",
        "it can read and not write /etc of the host",
        "it has a network of its own, and does not see front",
    )


@pytest.mark.parametrize(
    ("run", "ready", "said"),
    [
        ({}, ReadySpec(stable=5), "it has run for 5 s"),
        (
            {"healthcheck": Healthcheck(("CMD", "true"))},
            ReadySpec(),
            "its health check says healthy within 60 s",
        ),
        ({"healthcheck": Healthcheck(("NONE",))}, ReadySpec(stable=2), "it has run for 2 s"),
        ({}, ReadySpec(tcp=80, timeout=9), "port 80 accepts connections within 9 s"),
        ({}, ReadySpec(exec=("test", "-e", "/a b")), "test -e '/a b' exits with 0 within 60 s"),
        ({}, ReadySpec(http="80/", status=204), "http 80/ answers 204 within 60 s"),
    ],
)
async def test_the_plan_says_when_it_is_ready(
    engine: Engine, run: dict[str, Any], ready: ReadySpec, said: str
) -> None:
    plan = await (await Trial(engine, run, ready).operation()).plan()
    assert dict(plan.facts)["ready when"] == said
    assert [step.id for step in plan.steps] == ["network", "create", "ready", "remove"]


async def test_what_cannot_be_tested_is_said_in_the_plan(engine: Engine) -> None:
    trial = Trial(engine, {"network_mode": "none"}, ReadySpec(tcp=80))
    with pytest.raises(NotTestable, match="probes a port"):
        await (await trial.operation()).plan()
    trial = Trial(engine, {"env_file": ("/none.env",)})
    with pytest.raises(EnvFileUnusable, match=r"/none\.env"):
        await (await trial.operation()).plan()


async def test_it_runs_as_it_would_be_deployed_but_apart(
    engine: Engine, api: EngineCalls, tmp_path: Path
) -> None:
    (tmp_path / "web.env").write_text("FROM_FILE=1\n")
    api.ask("POST", "/volumes/create", {"Name": "orders"})
    trial = Trial(
        engine,
        {
            "command": ("sh", "-c", "echo up; exec sleep 600"),
            "environment": {"MODE": "live", "OWN": "1"},
            "env_file": (str(tmp_path / "web.env"),),
            "ports": (Port(80, "18080"),),
            "volumes": (Mount("volume", "orders", "/orders"), Mount("bind", str(tmp_path), "/host")),
            "networks": {"front": ("www",), "back": ()},
            "restart": "always",
            "read_only": True,
            "user": "1000",
            "labels": {"traefik.enable": "true"},
        },
        ReadySpec(exec=("test", "-d", "/orders")),
        ProofSpec(SLEEP, environment={"MODE": "test"}),
    )
    task = asyncio.create_task(trial.run())
    try:
        await trial.until("up")
        found = api.inspect(NAME)
        assert {"MODE=test", "OWN=1", "FROM_FILE=1"} <= set(found["Config"]["Env"])
        assert found["Config"]["User"] == "1000"
        assert found["Config"]["Labels"].keys() == {
            "io.holdfast.test", "io.holdfast.app", "io.holdfast.host", "io.holdfast.account",
        }  # fmt: skip
        assert found["Image"] == api.get(f"/images/{IMAGE}/json")["Id"]
        host = found["HostConfig"]
        assert host["RestartPolicy"]["Name"] == "no"
        assert host["ReadonlyRootfs"] is True
        assert not host["PortBindings"]
        mounts = {mount["Destination"]: mount for mount in found["Mounts"]}
        assert mounts["/host"]["RW"] is False
        assert mounts["/orders"]["Name"] == f"{NETWORK}-orders"
        networks = found["NetworkSettings"]["Networks"]
        assert networks.keys() == {NETWORK}
        assert {"web", "www"} <= set(networks[NETWORK]["Aliases"])
    finally:
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert "orders" in standing(api)
        api.ask("DELETE", "/volumes/orders")


async def test_only_the_probed_port_is_published_and_on_the_loopback(
    engine: Engine, api: EngineCalls
) -> None:
    trial = Trial(
        engine,
        {"command": HTTPD, "ports": (Port(80, "18080"), Port(443, "18443"))},
        ReadySpec(tcp=80),
        ProofSpec(SLEEP),
    )
    task = asyncio.create_task(trial.run())
    await trial.until("tcp 80")
    ports = api.inspect(NAME)["HostConfig"]["PortBindings"]
    assert ports == {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": ""}]}
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_without_a_network_none_is_made(engine: Engine) -> None:
    trial = Trial(engine, {"command": SLEEP, "network_mode": "none"})
    await trial.run()
    assert trial.steps() == dict.fromkeys(("create", "ready", "remove"), DONE)


async def test_an_image_that_is_not_ready_fails_with_its_log(engine: Engine) -> None:
    trial = Trial(engine, {"command": ("sh", "-c", "echo no database >&2; exit 3")}, ReadySpec(http="80/"))
    with pytest.raises(NotReady, match=f"{NAME} ended with exit code 3 before it was ready") as caught:
        await trial.run()
    assert caught.value.detail == ("exit code 3", "last lines of its log:", "no database")
    assert trial.logs()["ready", 2] == ["no database"]
    assert trial.steps() == {"network": DONE, "create": DONE, "ready": FAILED, "remove": DONE}


async def test_an_image_without_a_process_that_stays_says_exactly_that(engine: Engine) -> None:
    trial = Trial(engine, {"command": ("echo", "done")})
    with pytest.raises(NotReady, match="no process that goes on running") as caught:
        await trial.run()
    assert "command in [apps.web.run]" in caught.value.hint
    assert "[apps.web.test]" in caught.value.hint
    assert caught.value.detail[-1] == "done"


async def test_a_command_that_is_not_in_the_image_does_not_start(engine: Engine) -> None:
    trial = Trial(engine, {"command": ("/no/such/server",)})
    with pytest.raises(NotReady, match=f"{NAME} did not start: .*no such file") as caught:
        await trial.run()
    assert "[apps.web.run]" in caught.value.hint
    assert trial.steps() == {"network": DONE, "create": DONE, "ready": FAILED, "remove": DONE}


async def test_a_failing_test_command_fails_with_its_last_lines(engine: Engine) -> None:
    trial = Trial(
        engine,
        {"command": SLEEP},
        test=ProofSpec(
            (
                "sh",
                "-c",
                "seq 50; sleep 0.5; echo assertion failed >&2; sleep 0.5; printf 'no newline'; exit 9",
            )
        ),
    )
    with pytest.raises(CommandFailed, match="failed with exit code 9") as caught:
        await trial.run()
    assert {"50", "assertion failed", "no newline"} <= set(caught.value.detail)
    assert len(caught.value.detail) == 20
    assert trial.logs()["command", 1] == [*(str(number) for number in range(1, 51)), "no newline"]
    assert trial.logs()["command", 2] == ["assertion failed"]
    assert trial.steps() == {
        "network": DONE, "create": DONE, "ready": DONE, "command": FAILED, "remove": DONE,
    }  # fmt: skip


async def test_output_of_the_test_command_is_live(engine: Engine) -> None:
    trial = Trial(
        engine, {"command": SLEEP}, test=ProofSpec(("sh", "-c", "echo first; sleep 3; echo second"))
    )
    task = asyncio.create_task(trial.run())
    await trial.until("first")
    assert trial.logs()["command", 1] == ["first"]
    await task
    assert trial.logs()["command", 1] == ["first", "second"]


async def test_a_hanging_test_command_is_given_up(engine: Engine) -> None:
    trial = Trial(
        engine, {"command": SLEEP}, test=ProofSpec(("sh", "-c", "echo begun; sleep 600"), timeout=1)
    )
    with pytest.raises(CommandFailed, match="did not end within 1 s") as caught:
        await trial.run()
    assert caught.value.detail == ("begun",)


async def test_a_container_that_ends_under_the_test_command_is_said(engine: Engine) -> None:
    trial = Trial(
        engine,
        {"command": ("sh", "-c", "sleep 1.5; echo crashed; exit 4")},
        test=ProofSpec(("sleep", "600")),
    )
    with pytest.raises(NotReady, match="ended with exit code 4 while the test command ran") as caught:
        await trial.run()
    assert caught.value.detail[-1] == "crashed"


async def test_one_that_ignores_its_stop_signal_is_removed_at_once(engine: Engine) -> None:
    trial = Trial(
        engine,
        {
            "command": ("sh", "-c", "trap '' TERM; echo up; while :; do sleep 1; done"),
            "stop_grace_period": 60.0,
        },
        test=ProofSpec(("sh", "-c", "trap '' TERM; echo hangs; sleep 600")),
    )
    task = asyncio.create_task(trial.run())
    await trial.until("hangs")
    began = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - began < 10
    assert trial.steps()["remove"] == DONE


@pytest.mark.parametrize("events", range(0, 12, 2))
async def test_cancelled_anywhere_it_leaves_nothing(engine: Engine, events: int) -> None:
    """Also when cancelled again while it cleans up; `nothing_left` looks."""
    trial = Trial(
        engine,
        {"command": HTTPD, "volumes": (Mount("volume", "orders", "/orders"),)},
        ReadySpec(tcp=80),
        ProofSpec(SLEEP),
    )
    task = asyncio.create_task(trial.run())
    async with asyncio.timeout(15):
        while len(trial.events) < events and not task.done():
            trial.reached.clear()
            await trial.reached.wait()
            if any(isinstance(event, StepChanged) and event.step == "command" for event in trial.events):
                break
    task.cancel()
    for _ in range(5):
        await asyncio.sleep(0.01)
        task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_flood_of_output_is_cut(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_tests, "LOG_BYTES", 1 << 12)
    trial = Trial(engine, {"command": ("sh", "-c", "yes 0123456789012345678901234567890123456789")})
    await trial.run()
    size = sum(len(line) + 1 for line in trial.logs()["ready", 1])
    assert 1 << 12 < size < 1 << 20
    assert any("the rest of its log is not shown" in warning for warning in trial.warnings())


async def test_secrets_of_its_environment_are_not_told(engine: Engine) -> None:
    trial = Trial(
        engine,
        {
            "command": ("sh", "-c", "echo with $DB_PASSWORD; exec sleep 600"),
            "environment": {"DB_PASSWORD": "hunter22"},
        },
        test=ProofSpec(("sh", "-c", "echo again $DB_PASSWORD; exit 1")),
    )
    with pytest.raises(CommandFailed):
        await trial.run()
    assert trial.logs()["ready", 1] == ["with ***"]
    assert "hunter22" not in str(trial.events)
