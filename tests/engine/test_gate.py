"""The gate against real containers: what is ready passes, what is not fails with the reason."""

from __future__ import annotations

import asyncio
import time
import uuid
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.busybox import IMAGE
from tui.engine.client import Engine
from tui.engine.endpoint import Endpoint
from tui.engine.timestamps import seconds
from tui.model.app import ReadySpec
from tui.operations.deploying.gate import NotReady, gate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from tests.support.engine_calls import EngineCalls

    Serve = Callable[..., str]

HTTPD = "echo served >/www/page; exec httpd -f -p 80 -h /www"
SECOND = 1_000_000_000


@pytest.fixture
async def engine(engine_host: str) -> AsyncIterator[Engine]:
    async with await Engine.connect(Endpoint(engine_host, "the test")) as engine:
        yield engine


@pytest.fixture
def serve(api: EngineCalls) -> Iterator[Serve]:
    """Starts a shell script whose port 80 is published on the loopback; its container's ID."""
    network = f"gate-{uuid.uuid4().hex[:8]}"
    api.ask("POST", "/networks/create", {"Name": network})

    def start(script: str, **config: Any) -> str:
        host = {
            "NetworkMode": network,
            "PortBindings": {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": ""}]},
            **config.pop("HostConfig", {}),
        }
        return api.run("sh", "-c", script, ExposedPorts={"80/tcp": {}}, HostConfig=host, **config)

    yield start
    api.sweep()
    api.ask("DELETE", f"/networks/{network}")


def check(command: str, **times: float) -> dict[str, Any]:
    """A health check, with its times in seconds."""
    return {
        "Test": ["CMD-SHELL", command],
        "Retries": 2,
        **{name: int(seconds * SECOND) for name, seconds in times.items()},
    }


async def passed(engine: Engine, id: str, ready: ReadySpec) -> list[str]:
    """What the gate said until it let the container pass."""
    said: list[str] = []
    await gate(engine, id, ready, say=said.append)
    return said


async def refused(engine: Engine, id: str, ready: ReadySpec) -> NotReady:
    with pytest.raises(NotReady) as caught:
        await passed(engine, id, ready)
    return caught.value


# -- probes


async def test_http_is_waited_for(engine: Engine, serve: Serve) -> None:
    id = serve(f"sleep 0.8; {HTTPD}")
    began = time.monotonic()
    said = await passed(engine, id, ReadySpec(http="80/page", interval=0.1))
    assert time.monotonic() - began > 0.4
    assert said == ["http 80/page: asking", "http 80/page: no HTTP answer yet"]


async def test_http_with_the_wrong_status_is_not_ready(engine: Engine, serve: Serve) -> None:
    id = serve(HTTPD)
    error = await refused(engine, id, ReadySpec(http="80/none", timeout=0.8, interval=0.1))
    assert "was not ready within 0.8 s: http 80/none: HTTP status 404 instead of below 400" in error.message
    assert error.exit_code is None
    await passed(engine, id, ReadySpec(http="80/none", status=404))
    error = await refused(engine, id, ReadySpec(http="80/page", status=204, timeout=0.8, interval=0.1))
    assert "HTTP status 200 instead of 204" in error.message


async def test_a_redirect_counts_and_is_not_followed(engine: Engine, serve: Serve) -> None:
    id = serve(r"exec nc -ll -p 80 -e printf 'HTTP/1.1 302 Found\r\nLocation: /none\r\n\r\n'")
    await passed(engine, id, ReadySpec(http="80/", timeout=5))
    await passed(engine, id, ReadySpec(http="80/", status=302, timeout=5))


async def test_informational_answers_come_before_the_answer(engine: Engine, serve: Serve) -> None:
    words = r"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"
    id = serve(rf"exec nc -ll -p 80 -e printf '{words}'")
    await passed(engine, id, ReadySpec(http="80/", status=200, timeout=5))


async def test_what_is_not_http_is_not_ready(engine: Engine, serve: Serve) -> None:
    id = serve("exec nc -ll -p 80 -e echo SSH-2.0-busybox")
    error = await refused(engine, id, ReadySpec(http="80/", timeout=0.8, interval=0.1))
    assert "the answer is not HTTP" in error.message


async def test_tcp_waits_until_something_listens(engine: Engine, serve: Serve) -> None:
    """The published port accepts connections from the beginning: the engine's proxy listens there."""
    id = serve(f"sleep 1; {HTTPD}")
    began = time.monotonic()
    said = await passed(engine, id, ReadySpec(tcp=80, interval=0.1))
    assert time.monotonic() - began > 0.6
    assert said == ["tcp 80: asking", "tcp 80: nothing listens yet"]


async def test_tcp_takes_who_speaks_first(engine: Engine, serve: Serve) -> None:
    id = serve("exec nc -ll -p 80 -e echo 220 ready")
    await passed(engine, id, ReadySpec(tcp=80, timeout=5))


async def test_nothing_that_listens_is_not_ready(engine: Engine, serve: Serve) -> None:
    id = serve("exec sleep 600")
    error = await refused(engine, id, ReadySpec(tcp=80, timeout=1, interval=0.1))
    assert "was not ready within 1 s: tcp 80: nothing listens yet" in error.message


async def test_a_command_is_asked(engine: Engine, serve: Serve) -> None:
    id = serve("sleep 0.6; touch /tmp/up; exec sleep 600")
    probe = ("sh", "-c", "test -e /tmp/up || { echo not up; exit 3; }")
    said = await passed(engine, id, ReadySpec(exec=probe, interval=0.1))
    assert said == ["sh: asking", "sh: exit code 3: not up"]
    error = await refused(engine, id, ReadySpec(exec=("/none",), timeout=0.8, interval=0.1))
    assert "no such file" in error.message


async def test_a_port_that_is_not_published_is_said_at_once(engine: Engine, serve: Serve) -> None:
    error = await refused(engine, serve("exec sleep 600"), ReadySpec(tcp=81))
    assert "does not publish port 81" in error.message


async def test_a_port_may_be_reached_elsewhere(engine: Engine, serve: Serve) -> None:
    id = serve(HTTPD)
    address = (await engine.containers.inspect(id)).published["80/tcp"][0]
    asked = []

    async def where(port: int) -> tuple[str, int]:
        asked.append(port)
        return address

    await gate(engine, id, ReadySpec(http="8080/page", timeout=5), say=lambda _: None, address=where)
    assert set(asked) == {8080}


# -- health checks


async def test_a_health_check_is_waited_for(engine: Engine, serve: Serve) -> None:
    id = serve("sleep 0.8; touch /tmp/up; exec sleep 600", Healthcheck=check("test -e /tmp/up", Interval=0.5))
    said = await passed(engine, id, ReadySpec())
    assert said == ["its health check says starting", "its health check says healthy"]


async def test_an_unhealthy_container_fails_at_once_with_what_its_check_said(
    engine: Engine, serve: Serve
) -> None:
    id = serve("echo began; exec sleep 600", Healthcheck=check("echo no database; exit 1", Interval=0.2))
    began = time.monotonic()
    error = await refused(engine, id, ReadySpec(timeout=60))
    assert time.monotonic() - began < 50  # and not only when its time is up
    assert error.message.endswith("is unhealthy")
    assert error.detail == (
        "last lines of its log:",
        "began",
        "its last health check failed with exit code 1: no database",
    )


async def test_a_health_check_that_never_ends_is_not_ready(engine: Engine, serve: Serve) -> None:
    id = serve("exec sleep 600", Healthcheck=check("sleep 600", Interval=0.2, Timeout=600))
    error = await refused(engine, id, ReadySpec(timeout=1))
    assert "was not ready within 1 s: its health check says starting" in error.message


async def test_a_probe_counts_only_while_the_health_check_does_not_say_no(
    engine: Engine, serve: Serve
) -> None:
    starting = serve(HTTPD, Healthcheck=check("exit 1", Interval=60))
    await passed(engine, starting, ReadySpec(http="80/page"))
    bad = serve(f"sleep 3; {HTTPD}", Healthcheck=check("exit 1", Interval=0.2))
    error = await refused(engine, bad, ReadySpec(http="80/page", interval=0.1))
    assert error.message.endswith("is unhealthy")


async def test_a_health_check_that_is_switched_off_is_none(engine: Engine, serve: Serve) -> None:
    id = serve("exec sleep 600", Healthcheck={"Test": ["NONE"]})
    assert await passed(engine, id, ReadySpec(stable=0.3)) == ["it runs, and must for 0.3 s"]


# -- running


async def test_without_anything_to_ask_it_must_run_for_some_time(engine: Engine, serve: Serve) -> None:
    id = serve("exec sleep 600")
    began = time.monotonic()
    await passed(engine, id, ReadySpec(stable=0.8, timeout=0.1))
    assert time.monotonic() - began >= 0.8


async def test_an_end_is_noticed_at_once(engine: Engine, serve: Serve, api: EngineCalls) -> None:
    id = serve("echo out; echo bad >&2; sleep 2; exit 3")
    error = await refused(engine, id, ReadySpec(http="80/page", interval=30))
    ended = seconds(api.inspect(id)["State"]["FinishedAt"])
    assert ended is not None
    assert time.time() - ended < 15  # and not only when it is asked again
    assert error.message.endswith("ended with exit code 3 before it was ready")
    assert error.exit_code == 3
    assert error.detail[:2] == ("exit code 3", "last lines of its log:")
    assert set(error.detail[2:]) == {"out", "bad"}


async def test_an_end_before_the_gate_is_noticed(engine: Engine, serve: Serve, api: EngineCalls) -> None:
    id = serve("seq 100")
    api.wait(id)
    error = await refused(engine, id, ReadySpec(stable=5))
    assert error.exit_code == 0
    assert error.detail[0] == "exit code 0"
    assert error.detail[-15:] == tuple(str(number) for number in range(86, 101))


async def test_one_that_is_started_again_and_again_fails(engine: Engine, serve: Serve) -> None:
    id = serve("sleep 0.3; exit 4", HostConfig={"RestartPolicy": {"Name": "always"}})
    error = await refused(engine, id, ReadySpec(stable=20))
    assert "ended with exit code" in error.message


async def test_one_that_somebody_restarts_fails(engine: Engine, serve: Serve) -> None:
    id = serve("exec sleep 600", StopTimeout=0)
    task = asyncio.create_task(refused(engine, id, ReadySpec(stable=20)))
    await asyncio.sleep(0.5)
    await engine.containers.restart(id)
    assert "ended with exit code" in (await asyncio.wait_for(task, 5)).message


async def test_one_that_was_never_started_fails(engine: Engine, api: EngineCalls) -> None:
    error = await refused(engine, api.create("/no/such/command"), ReadySpec())
    assert error.detail == ("exit code 0", "its log is empty")


async def test_a_log_that_cannot_be_read_is_said(engine: Engine, serve: Serve, api: EngineCalls) -> None:
    id = serve("exit 5", HostConfig={"LogConfig": {"Type": "none"}})
    api.wait(id)
    error = await refused(engine, id, ReadySpec())
    assert error.exit_code == 5
    assert "its log cannot be read" in error.detail[-1]


async def test_a_cancelled_gate_lets_go_of_everything(engine: Engine, serve: Serve) -> None:
    id = serve("exec sleep 600")
    task = asyncio.create_task(passed(engine, id, ReadySpec(tcp=80, interval=0.1)))
    await asyncio.sleep(0.5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert (await engine.containers.inspect(id)).running


def test_the_image_of_these_tests_has_no_health_check_of_its_own(api: EngineCalls) -> None:
    assert not api.get(f"/images/{IMAGE}/json")["Config"].get("Healthcheck")
