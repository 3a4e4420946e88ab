"""What becomes of what an engine says of a build."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tui.engine.build_check import BuildImpossible, check
from tui.engine.building import _Events
from tui.engine.errors import BuildFailed
from tui.model.app import BuildSpec

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

UNREADABLE = (
    b'{"errorDetail":{"message":"rpc error: code = Internal desc = grpc: failed to unmarshal the received '
    b'message: string field contains invalid UTF-8"},"error":"..."}\r\n'
)
"""Engine 28.5."""


class Said:
    """An answer that says just this."""

    async def chunks(self) -> AsyncIterator[bytes]:
        yield UNREADABLE


@pytest.mark.parametrize("misnamed", [(), (r"src/caf\xe9",)])
async def test_a_name_that_an_engine_does_not_take_is_told(misnamed: tuple[str, ...]) -> None:
    events = _Events(BuildSpec("/app", "/app/Dockerfile"), "FROM scratch\n", lambda: None, None, misnamed)
    with pytest.raises(BuildFailed) as told:
        _ = [event async for event in events.of(Said())]  # type: ignore[arg-type]
    assert ("names are not UTF-8" in told.value.message) == bool(misnamed)
    assert told.value.detail == misnamed or not misnamed


@pytest.mark.parametrize("name", [".dockerignore", "Dockerfile.dockerignore"])
def test_an_ignore_file_that_never_ends_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    spec = BuildSpec(context=str(tmp_path), dockerfile=f"{tmp_path}/Dockerfile")
    assert check(spec) == "FROM scratch\n"
    os.mkfifo(tmp_path / name)
    with pytest.raises(BuildImpossible, match=f"{name} cannot be read: it is a FIFO"):
        check(spec)
