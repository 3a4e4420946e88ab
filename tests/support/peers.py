"""The tools that others sign and verify by: cosign 3 and 2, oras, notation; scripts/peers fetches them."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = Path(__file__).parents[2] / ".cache" / "peers"
PATIENCE = 60.0


class PeerMissing(RuntimeError):
    """The tools are not there: they are not skipped."""


class Ended(NamedTuple):
    """How a tool ended, and all that it said."""

    status: int
    said: str


class Peers:
    """Runs them in a folder of their own, without this account's settings and no network but loopback."""

    def __init__(self, folder: Path) -> None:
        if not (FOLDER / "done").exists():
            raise PeerMissing("the tests need cosign, oras and notation: scripts/peers")
        self.folder = folder

    async def run(self, tool: str, *words: str, environ: Mapping[str, str] | None = None) -> Ended:
        """A tool with arguments, whatever becomes of it."""
        nowhere = {"HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": "127.0.0.1", "COSIGN_PASSWORD": ""}
        process = await asyncio.create_subprocess_exec(
            FOLDER / tool,
            *words,
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder), **nowhere, **(environ or {})},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            said, _ = await asyncio.wait_for(process.communicate(), PATIENCE)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        assert process.returncode is not None
        return Ended(process.returncode, said.decode(errors="replace"))

    async def does(self, tool: str, *words: str, environ: Mapping[str, str] | None = None) -> str:
        """The same, where nothing but success will do; what it said."""
        ended = await self.run(tool, *words, environ=environ)
        assert ended.status == 0, f"{tool} {' '.join(words)}: {ended.status} {ended.said}"
        return ended.said
