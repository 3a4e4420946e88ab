"""Builds by the classic builder: a stream of steps, an image at its end, failures inside the stream."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.engine.contract.conftest import tar
from tests.engine.contract.wire import IMAGE, Wire


def build(wire: Wire, dockerfile: str, query: str = "", **files: bytes) -> list[Any]:
    """The messages of a build."""
    reply = wire.call("POST", f"/build?{query}", tar(Dockerfile=dockerfile.encode(), **files))
    assert reply.status == 200, reply
    return [json.loads(line) for line in reply.body.splitlines() if line.strip()]


def text(messages: list[Any]) -> str:
    return "".join(message.get("stream", "") for message in messages)


def test_steps_and_an_image(wire: Wire) -> None:
    dockerfile = f'FROM {IMAGE}\nENV A=b\nRUN echo working\nCOPY data /data\nLABEL x=y\nCMD ["sleep","5"]\n'
    messages = build(wire, dockerfile, "t=contract/built:1&t=contract/built:2&nocache=1", data=b"12345")
    told = text(messages)
    assert f"Step 1/6 : FROM {IMAGE}" in told
    assert "working\n" in told
    (image,) = [message["aux"]["ID"] for message in messages if "aux" in message]
    assert f"Successfully built {image[7:19]}\n" in told
    assert "Successfully tagged contract/built:2\n" in told
    inspected = wire.get("/images/contract/built:1/json")
    assert inspected["Id"] == image
    assert inspected["Config"]["Cmd"] == ["sleep", "5"]
    assert "A=b" in inspected["Config"]["Env"]
    assert inspected["Config"]["Labels"] == {"x": "y"}
    commands = [entry["CreatedBy"] for entry in wire.get("/images/contract/built:1/history")]
    assert any("echo working" in command for command in commands)
    assert "CMD" in commands[0]


def test_the_same_again_uses_the_cache(wire: Wire) -> None:
    dockerfile = f"FROM {IMAGE}\nRUN echo cached\n"
    build(wire, dockerfile, "t=contract/cached:1")
    assert " ---> Using cache\n" in text(build(wire, dockerfile, "t=contract/cached:1"))


def test_labels_come_from_the_request_too(wire: Wire) -> None:
    build(wire, f"FROM {IMAGE}\nENV A=b\n", "t=contract/labelled:1&labels=%7B%22q%22%3A%22r%22%7D")
    assert wire.get("/images/contract/labelled:1/json")["Config"]["Labels"] == {"q": "r"}


def test_a_failing_step_ends_the_stream_with_its_code(wire: Wire) -> None:
    messages = build(wire, f"FROM {IMAGE}\nRUN exit 3\n", "t=contract/failed:1&rm=1&forcerm=1")
    assert messages[-1]["errorDetail"]["code"] == 3
    assert messages[-1]["error"] == "The command '/bin/sh -c exit 3' returned a non-zero code: 3"
    assert wire.call("GET", "/images/contract/failed:1/json").status == 404


@pytest.mark.parametrize(
    ("dockerfile", "query", "word"),
    [("FRUM x\n", "", "unknown instruction: FRUM"), ("FROM scratch\n", "dockerfile=Other", "Other")],
)
def test_what_cannot_be_read_is_refused(wire: Wire, dockerfile: str, query: str, word: str) -> None:
    reply = wire.call("POST", f"/build?{query}", tar(Dockerfile=dockerfile.encode()))
    assert reply.status in (400, 500)
    assert word in reply.message
