from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.containers import INSPECTED
from tests.unit.engine.conftest import VERSION, ScriptedEngine, answered, raw, streamed
from tests.unit.engine.test_payloads import LISTED
from tui.engine.client import Engine
from tui.engine.endpoint import Endpoint
from tui.engine.errors import (
    Conflict,
    ConnectionFailed,
    EngineError,
    EngineSilent,
    EngineStopping,
    EngineTooNew,
    EngineTooOld,
    MalformedAnswer,
    NoEngine,
    NotFound,
    RequestRefused,
    ServerFault,
    SocketMissing,
    StreamBroken,
)
from tui.engine.stdcopy import LogLine
from tui.model.engine import EngineInfo

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

FRAME = b"\x01\0\0\0\0\0\0\x25" + b"2026-11-24T09:13:51.542284819Z hello\n"


async def connect(scripted: ScriptedEngine, **changes: Any) -> Engine:
    scripted.scripts["/version"] = answered(VERSION | changes)
    return await Engine.connect(scripted.endpoint)


async def test_connecting_costs_one_request_and_the_newest_common_version_is_spoken(
    scripted: ScriptedEngine,
) -> None:
    for theirs, spoken in (("1.41", "1.41"), ("1.51", "1.51"), ("1.60", "1.51")):
        async with await connect(scripted, ApiVersion=theirs) as engine:
            assert engine.version.api == spoken
            assert scripted.requests == ["GET /version"]
            scripted.scripts["/images/json"] = answered([])
            assert await engine.images.list() == []
            assert scripted.requests[-1] == f"GET /v{spoken}/images/json"
        scripted.requests.clear()


async def test_an_older_engine_is_refused_with_both_versions(scripted: ScriptedEngine) -> None:
    with pytest.raises(EngineTooOld, match=r"19\.03\.1.*1\.40.*1\.41"):
        await connect(scripted, Version="19.03.1", ApiVersion="1.40")


async def test_an_engine_that_has_left_our_versions_behind_is_refused(scripted: ScriptedEngine) -> None:
    with pytest.raises(EngineTooNew, match=r"1\.52.*1\.51"):
        await connect(scripted, ApiVersion="1.60", MinAPIVersion="1.52")


async def test_podman_is_known(scripted: ScriptedEngine) -> None:
    scripted.scripts["/version"] = answered(VERSION, "200 OK", "Server: Libpod/5.4.2 (linux)")
    async with await Engine.connect(scripted.endpoint) as engine:
        assert engine.version.product == "Podman"


@pytest.mark.parametrize(
    "answer", [[], {}, {"ApiVersion": "x", "Version": "1"}, {"ApiVersion": 5}, None, "1.41"]
)
async def test_something_else_than_an_engine_is_none(scripted: ScriptedEngine, answer: object) -> None:
    scripted.scripts["/version"] = answered(answer)
    with pytest.raises(NoEngine, match="is no Docker Engine"):
        await Engine.connect(scripted.endpoint)


async def test_a_path_that_an_engine_knows_nothing_of_is_told() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        place = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        with pytest.raises(NoEngine) as refused:
            await Engine.connect(Endpoint(f"tcp://{place}/x", "--host"))
    assert refused.value.hint == f"without the path /x, unless a proxy has the engine there: tcp://{place}"


INFO = {"ID": "AB:CD", "SystemTime": "2026-11-24T12:00:00.5+01:00", "Name": "prod-1"}


async def test_an_engine_says_all_of_itself_at_once(scripted: ScriptedEngine, engine: Engine) -> None:
    more = {"Driver": "overlay2", "DockerRootDir": "/var/lib/docker", "LoggingDriver": "json-file"}
    scripted.scripts["/info"] = answered({**INFO, **more})
    assert await engine.info() == EngineInfo(
        id="AB:CD",
        name="prod-1",
        time=1795518000.5,
        storage_driver="overlay2",
        folder="/var/lib/docker",
        logging_driver="json-file",
    )
    assert len(scripted.requests) == 2


async def test_an_engine_that_says_little(scripted: ScriptedEngine, engine: Engine) -> None:
    scripted.scripts["/info"] = answered({**INFO, "RegistryConfig": None})
    assert await engine.info() == EngineInfo("AB:CD", "prod-1", 1795518000.5)


@pytest.mark.parametrize("wrong", [{"SystemTime": "noon"}, {"SystemTime": None}, {"ID": None}, {"Name": 5}])
async def test_what_cannot_be_read_of_an_engine(
    scripted: ScriptedEngine, engine: Engine, wrong: dict[str, object]
) -> None:
    scripted.scripts["/info"] = answered({**INFO, **wrong})
    with pytest.raises(MalformedAnswer):
        await engine.info()


async def test_no_socket_and_a_socket_left_behind(tmp_path: Path) -> None:
    with pytest.raises(SocketMissing, match=r"missing\.sock"):
        await Engine.connect(Endpoint(f"unix://{tmp_path}/missing.sock", "--host"))
    stale = tmp_path / "stale.sock"
    (await asyncio.start_unix_server(lambda *_: None, stale)).close()
    if not stale.exists():
        import socket

        with socket.socket(socket.AF_UNIX) as left:
            left.bind(str(stale))
    with pytest.raises(ConnectionFailed, match="nothing listens"):
        await Engine.connect(Endpoint(f"unix://{stale}", "--host"))


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("404 Not Found", NotFound),
        ("409 Conflict", Conflict),
        ("500 Internal Server Error", ServerFault),
        ("503 Service Unavailable", ServerFault),
        ("400 Bad Request", RequestRefused),
    ],
)
async def test_the_engines_own_words_reach_the_error(
    scripted: ScriptedEngine, engine: Engine, status: str, kind: type[RequestRefused]
) -> None:
    scripted.scripts["/containers/web/start"] = answered({"message": "no\n such \x1b[31mthing"}, status)
    with pytest.raises(kind) as caught:
        await engine.containers.start("web")
    assert type(caught.value) is kind
    assert caught.value.status == int(status[:3])
    assert caught.value.reason == "no such [31mthing"
    assert "no such" in str(caught.value)


async def test_an_error_that_is_no_json_and_one_with_a_secret(
    scripted: ScriptedEngine, engine: Engine
) -> None:
    scripted.scripts["/images/json"] = answered(b"<b>gateway</b>", "502 Bad Gateway")
    with pytest.raises(ServerFault, match="<b>gateway</b>"):
        await engine.images.list()
    scripted.scripts["/images/json"] = answered(
        {"message": "get https://me:hunter2@registry failed"}, "500 No"
    )
    with pytest.raises(ServerFault) as caught:
        await engine.images.list()
    assert "hunter2" not in str(caught.value)


async def test_an_engine_that_hangs_up_is_stopping(scripted: ScriptedEngine, engine: Engine) -> None:
    scripted.scripts["/containers/web/start"] = raw(b"")
    with pytest.raises(EngineStopping):
        await engine.containers.start("web")


async def test_an_answer_cut_in_the_middle(scripted: ScriptedEngine, engine: Engine) -> None:
    scripted.scripts["/images/json"] = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[{")
    with pytest.raises(StreamBroken):
        await engine.images.list()


@pytest.mark.parametrize("answer", [b"SSH-2.0-OpenSSH\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\0" * 100])
async def test_another_protocol_at_the_socket(
    scripted: ScriptedEngine, engine: Engine, answer: bytes
) -> None:
    scripted.scripts["/images/json"] = raw(answer)
    with pytest.raises(MalformedAnswer):
        await engine.images.list()


@pytest.mark.parametrize("body", [b"[{]", b"{}", b'[{"Id": 5}]', b"[5]", b"[[]]"])
async def test_lists_that_are_not_as_the_api_says(
    scripted: ScriptedEngine, engine: Engine, body: bytes
) -> None:
    scripted.scripts["/containers/json"] = answered(body)
    with pytest.raises(MalformedAnswer):
        await engine.containers.list()


async def test_a_call_after_closing_is_an_error_of_ours(scripted: ScriptedEngine) -> None:
    engine = await connect(scripted)
    await engine.close()
    with pytest.raises(ConnectionFailed):
        await engine.images.list()


async def test_an_engine_that_does_not_answer_in_time(
    scripted: ScriptedEngine, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silent(_reader: object, _writer: object) -> None:
        await asyncio.sleep(60)

    scripted.scripts["/slow"] = silent
    with pytest.raises(EngineSilent):
        await engine._wire.ask("GET", "/slow", seconds=0.05)
    with pytest.raises(EngineSilent):
        async with engine._wire.stream("GET", "/slow", seconds=0.05):
            pass
    await asyncio.wait_for(scripted.closed["/slow"].wait(), 1)


async def test_a_long_list_comes_in_batches_while_it_arrives(
    scripted: ScriptedEngine, engine: Engine
) -> None:
    items = [LISTED | {"Id": f"{number:064x}"} for number in range(1000)]
    body = json.dumps(items).encode()
    more = asyncio.Event()

    async def halves(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(
            f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body[: len(body) // 2]
        )
        await more.wait()
        writer.write(body[len(body) // 2 :])

    scripted.scripts["/containers/json"] = halves
    sizes, ids = [], []
    async for batch in engine.containers.batches():
        sizes.append(len(batch))
        ids += [container.id for container in batch]
        if len(ids) > 300:
            more.set()
    assert max(sizes) <= 64
    assert ids == [item["Id"] for item in items]
    assert scripted.requests[-1] == "GET /v1.51/containers/json?all=true"


async def test_many_ids_are_asked_for_in_short_requests(scripted: ScriptedEngine, engine: Engine) -> None:
    scripted.scripts["/containers/json"] = answered([LISTED])
    found = await engine.containers.list(ids=[f"{number:064x}" for number in range(200)])
    asked = scripted.requests[1:]
    assert len(asked) == len(found) == 3
    assert all(len(request) < 8000 and "filters=" in request for request in asked)
    await engine.containers.list(limit=5)
    assert scripted.requests[-1].endswith("all=true&limit=5")


@pytest.mark.parametrize(
    ("call", "request_line"),
    [
        (lambda c: c.start("a"), "POST /containers/a/start"),
        (lambda c: c.stop("a"), "POST /containers/a/stop"),
        (lambda c: c.restart("a"), "POST /containers/a/restart"),
        (lambda c: c.kill("a"), "POST /containers/a/kill?signal=SIGKILL"),
        (lambda c: c.pause("a"), "POST /containers/a/pause"),
        (lambda c: c.unpause("a"), "POST /containers/a/unpause"),
        (lambda c: c.rename("a", "b c"), "POST /containers/a/rename?name=b+c"),
        (lambda c: c.remove("a"), "DELETE /containers/a?force=false&v=false"),
        (lambda c: c.remove("a", force=True, volumes=True), "DELETE /containers/a?force=true&v=true"),
    ],
)
async def test_what_changes_containers(
    scripted: ScriptedEngine, engine: Engine, call: Callable[[Any], Awaitable[None]], request_line: str
) -> None:
    path = request_line.split(" ")[1].split("?")[0]
    scripted.scripts[path] = answered(b"", "204 No Content")
    await call(engine.containers)
    assert scripted.requests[-1] == request_line.replace(" /", " /v1.51/")


async def test_a_container_that_runs_already_is_started_without_error(
    scripted: ScriptedEngine, engine: Engine
) -> None:
    scripted.scripts["/containers/a/start"] = answered(b"", "304 Not Modified")
    await engine.containers.start("a")


async def test_a_name_from_outside_cannot_leave_its_place_in_the_path(
    scripted: ScriptedEngine, engine: Engine
) -> None:
    with pytest.raises(NotFound):
        await engine.containers.start("a?b=c#d \r\ne")
    assert scripted.requests[-1] == "POST /v1.51/containers/a%3Fb%3Dc%23d%20%0D%0Ae/start"


async def test_what_changes_images(scripted: ScriptedEngine, engine: Engine) -> None:
    scripted.scripts["/images/reg:5000/app:v1"] = answered([{"Untagged": "reg:5000/app:v1"}])
    scripted.scripts["/images/x/tag"] = answered(b"", "201 Created")
    assert await engine.images.remove("reg:5000/app:v1") == ["reg:5000/app:v1"]
    await engine.images.tag("x", "app", "v2")
    assert scripted.requests[1:] == [
        "DELETE /v1.51/images/reg:5000/app:v1?force=false",
        "POST /v1.51/images/x/tag?repo=app&tag=v2",
    ]


async def test_events_arrive_as_they_are_sent_and_the_end_is_an_end(
    scripted: ScriptedEngine, engine: Engine
) -> None:
    text = json.dumps({"Type": "container", "Action": "start", "Actor": {"ID": "a"}, "timeNano": 5}).encode()
    scripted.scripts["/events"] = streamed(text + b"\n" + text[:20], text[20:], then_wait=False)
    async with engine.events() as events:
        assert [event.action async for event in events] == ["start", "start"]


async def test_events_cut_in_the_middle_are_a_broken_stream(scripted: ScriptedEngine, engine: Engine) -> None:
    scripted.scripts["/events"] = raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n")
    async with engine.events() as events:
        with pytest.raises(StreamBroken):
            async for _ in events:
                pass
    scripted.scripts["/events"] = streamed(b'{"Type":', then_wait=False)
    async with engine.events() as events:
        with pytest.raises(StreamBroken):
            async for _ in events:
                pass


async def test_the_log_asks_for_everything_the_lines_need(scripted: ScriptedEngine, engine: Engine) -> None:
    scripted.scripts["/containers/a/logs"] = raw(b"HTTP/1.0 200 OK\r\n\r\n" + FRAME)
    async with engine.containers.logs("a", tail=7, since="2026-11-24T09:13:51.5Z", tty=False) as batches:
        lines = [line async for batch in batches for line in batch]
    assert lines == [LogLine(1, b"2026-11-24T09:13:51.542284819Z", b"hello")]
    target = scripted.requests[-1].split("?")[1]
    assert set(target.split("&")) == {
        "follow=true",
        "stdout=true",
        "stderr=true",
        "timestamps=true",
        "tail=7",
        "since=1795511631.500000000",
    }


async def test_the_engine_says_whether_a_log_is_framed_or_is_asked(
    scripted: ScriptedEngine, engine: Engine
) -> None:
    moment = b"2026-11-24T09:13:51Z "
    for kind, tty in (("application/vnd.docker.raw-stream", None), ("application/octet-stream", True)):
        head = b"HTTP/1.0 200 OK\r\nContent-Type: %b\r\n\r\n" % kind.encode()
        scripted.scripts["/containers/a/logs"] = raw(head + moment + b"in a terminal\r\n")
        inspected = INSPECTED | {"Config": INSPECTED["Config"] | {"Tty": tty}}
        scripted.scripts["/containers/a/json"] = answered(inspected if tty else {})
        async with engine.containers.logs("a", tail=-1) as batches:
            assert [line.text async for batch in batches for line in batch] == [b"in a terminal"]
    assert "tail=all" in scripted.requests[-2]


async def test_a_log_cut_inside_a_message_gives_what_came_and_then_breaks(
    scripted: ScriptedEngine, engine: Engine
) -> None:
    scripted.scripts["/containers/a/logs"] = raw(b"HTTP/1.0 200 OK\r\n\r\n" + FRAME + FRAME[:12])
    lines = []
    with pytest.raises(StreamBroken):
        async with engine.containers.logs("a", tail=1, tty=False) as batches:
            async for batch in batches:
                lines += batch
    assert [line.text for line in lines] == [b"hello"]


async def test_an_error_before_the_log_is_the_engines_answer(
    scripted: ScriptedEngine, engine: Engine
) -> None:
    scripted.scripts["/containers/a/logs"] = answered(
        {"message": "driver does not support reading"}, "501 No"
    )
    with pytest.raises(ServerFault, match="does not support reading"):
        async with engine.containers.logs("a", tail=1, tty=False):
            pass


async def follow_events(engine: Engine, entered: asyncio.Event) -> None:
    async with engine.events() as events:
        entered.set()
        async for _ in events:
            pass


async def follow_log(engine: Engine, entered: asyncio.Event) -> None:
    async with engine.containers.logs("a", tail=1, tty=False) as batches:
        entered.set()
        async for _ in batches:
            pass


async def follow_stats(engine: Engine, entered: asyncio.Event) -> None:
    async with engine.containers.stats("a") as samples:
        entered.set()
        async for _ in samples:
            pass


STREAMS = [
    (follow_events, "/events"),
    (follow_log, "/containers/a/logs"),
    (follow_stats, "/containers/a/stats"),
]


@pytest.mark.parametrize(("follow", "path"), STREAMS)
async def test_the_engine_sees_at_once_when_a_reader_is_cancelled(
    scripted: ScriptedEngine,
    engine: Engine,
    follow: Callable[[Engine, asyncio.Event], Awaitable[None]],
    path: str,
) -> None:
    scripted.scripts[path] = streamed()
    entered = asyncio.Event()
    task = asyncio.ensure_future(follow(engine, entered))
    await asyncio.wait_for(entered.wait(), 5)
    await asyncio.sleep(0.02)
    assert not scripted.closed[path].is_set()
    task.cancel()
    await asyncio.wait_for(scripted.closed[path].wait(), 1)
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize(("follow", "path"), STREAMS)
async def test_closing_the_engine_ends_its_streams(
    scripted: ScriptedEngine,
    engine: Engine,
    follow: Callable[[Engine, asyncio.Event], Awaitable[None]],
    path: str,
) -> None:
    scripted.scripts[path] = streamed()
    entered = asyncio.Event()
    task = asyncio.ensure_future(follow(engine, entered))
    await asyncio.wait_for(entered.wait(), 5)
    await engine.close()
    await asyncio.wait_for(scripted.closed[path].wait(), 1)
    done, _ = await asyncio.wait([task], timeout=1)
    assert task in done
    assert task.exception() is None or isinstance(task.exception(), EngineError)


async def test_closing_the_engine_ends_a_request_that_waits(scripted: ScriptedEngine, engine: Engine) -> None:
    async def silent(_reader: object, _writer: object) -> None:
        await asyncio.sleep(60)

    scripted.scripts["/images/json"] = silent
    task = asyncio.create_task(engine.images.list())
    while "GET /v1.51/images/json" not in scripted.requests:
        await asyncio.sleep(0.01)
    await engine.close()
    with pytest.raises(ConnectionFailed, match="closed"):
        await asyncio.wait_for(task, 1)


async def test_a_hundred_streams_at_once_are_not_held_back(scripted: ScriptedEngine, engine: Engine) -> None:
    scripted.scripts["/containers/a/stats"] = streamed()
    entered = [asyncio.Event() for _ in range(100)]
    tasks = [asyncio.create_task(follow_stats(engine, event)) for event in entered]
    await asyncio.wait_for(asyncio.gather(*(event.wait() for event in entered)), 5)
    scripted.scripts["/images/json"] = answered([])
    assert await engine.images.list() == []
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
