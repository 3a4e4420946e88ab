"""Files inside containers, running or not, as tar archives (Engine API, section Container, archive)."""

from __future__ import annotations

import asyncio
from functools import partial

from tui.engine.bounds import ANSWER_SECONDS
from tui.engine.errors import AnswerTooLarge
from tui.engine.wire import Wire, segment

LIMIT = 64 * 2**20
"""Bytes of the largest archive that is read."""


class Archives:
    """The files of one engine's containers. All calls raise EngineError; ids may be names too.

    The engine locks the container for as long as an archive of it is written or read: neither ever sees the
    half of the other, and whoever reads must not dawdle.
    """

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def get(
        self, id: str, path: str, *, limit: int = LIMIT, seconds: float = ANSWER_SECONDS, cut: bool = False
    ) -> bytes:
        """The tar of what is at an absolute path, its names beginning with the path's last part.

        NotFound where there is no such path or container. AnswerTooLarge beyond `limit` bytes, or what fits
        where it may be `cut`.
        """
        try:
            async with asyncio.timeout(seconds):
                return await self._wire.repeated(partial(self._read, id, path, limit, cut))
        except TimeoutError as error:
            raise self._wire.fault(error, reading=True) from error

    async def _read(self, id: str, path: str, limit: int, cut: bool) -> bytes:
        parts: list[bytes] = []
        size = 0
        async with self._wire.stream("GET", f"/containers/{segment(id)}/archive", {"path": path}) as answer:
            async for chunk in answer.chunks():
                parts.append(chunk)
                size += len(chunk)
                if size > limit and cut:
                    break
                if size > limit:
                    raise AnswerTooLarge(f"the archive of {path} is larger than {limit:,} bytes")
        return b"".join(parts)

    async def put(self, id: str, path: str, archive: bytes, *, seconds: float = ANSWER_SECONDS) -> None:
        """Unpack a tar in the folder at an absolute path, entry by entry; what is there is replaced.

        An entry that cannot be unpacked ends it with a ServerFault; what came before it stays unpacked.
        """
        await self._wire.ask(
            "PUT",
            f"/containers/{segment(id)}/archive",
            {"path": path},
            archive,
            headers={"Content-Type": "application/x-tar"},
            seconds=seconds,
            twice=True,
        )
