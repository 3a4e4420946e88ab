"""What git is asked of a build's folder, and that nobody has to wait for it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tui.operations.source import source_of

if TYPE_CHECKING:
    from pathlib import Path


class JustEnded:
    """A process that ends between the moment it is given up and the moment it is killed."""

    returncode = 0

    async def communicate(self) -> tuple[bytes, None]:
        await asyncio.sleep(60)
        return b"", None

    def kill(self) -> None:
        raise ProcessLookupError

    async def wait(self) -> int:
        return 0


async def test_a_process_that_has_just_ended_can_be_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when a dialog is closed while the dashboard looks at the source."""

    async def started(*_: object, **__: object) -> JustEnded:
        return JustEnded()

    monkeypatch.setattr(asyncio, "create_subprocess_exec", started)
    looking = asyncio.create_task(source_of(str(tmp_path), str(tmp_path / "Dockerfile")))
    await asyncio.sleep(0.01)
    looking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await looking
