"""Containers beside another one, in its namespaces: its processes, its network, its volumes, as root.

What keeps one running reads its standard input, and that is our connection: whatever ends us, the connection
ends, then what reads it, and the engine removes the container by itself (AutoRemove).
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from tui.engine.error_mapping import readable
from tui.engine.jsonmessage import parse
from tui.engine.takeover import take_over
from tui.engine.wire import Wire, segment
from tui.model.labels import COMPOSE, OWN

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

WAITING = ("-c", "read _")
"""What a shell is given to wait until its standard input ends: every shell has it built in."""

JOINED_IPC = ("shareable", "host")
"""Modes of a container's IPC that another one may join."""

CREATE_SECONDS = 300.0


class Debugs:
    """Makes them on one engine. All calls raise EngineError."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def probe(self, name: str, image: str, labels: Mapping[str, str]) -> str:
        """A container of an image that is never started, to look at its files; its ID."""
        host = {"NetworkMode": "none"}
        body = {"Image": image, "Entrypoint": ["never-started"], "Cmd": [], "HostConfig": host}
        return await self._create(name, {**body, "Labels": await self._labels(image, labels)})

    async def create(
        self,
        name: str,
        image: str,
        target: str,
        shell: Sequence[str],
        *,
        labels: Mapping[str, str],
        read_only: bool = False,
    ) -> str:
        """One beside the container of the ID `target`, which has to run; its ID. It waits in a shell.

        read_only   whether it may only read the volumes
        """
        joined = f"container:{target}"
        host: dict[str, Any] = {
            "AutoRemove": True,
            "PidMode": joined,
            "NetworkMode": joined,
            "VolumesFrom": [f"{target}:ro" if read_only else target],
            "CapAdd": ["SYS_PTRACE"],
        }
        if mode := await self._ipc(target):
            host["IpcMode"] = joined if mode == "shareable" else mode
        body = {
            "Image": image,
            "Entrypoint": [*shell, *WAITING],
            "Cmd": [],
            "User": "0:0",
            "OpenStdin": True,
            "StdinOnce": True,
            "AttachStdin": True,
            "Healthcheck": {"Test": ["NONE"]},
            "Labels": await self._labels(image, labels),
            "HostConfig": host,
        }
        return await self._create(name, body)

    @asynccontextmanager
    async def held(self, id: str) -> AsyncIterator[None]:
        """Its standard input is open for as long as the block lasts, or we are there. Start it within."""
        query = {"stream": "1", "stdin": "1"}
        path = (
            f"/containers/{segment(id)}/attach?{'&'.join(f'{key}={value}' for key, value in query.items())}"
        )
        _, writer = await take_over(self._wire, path, "tcp")
        try:
            yield
        finally:
            writer.close()

    async def _ipc(self, target: str) -> str:
        """How another one joins its IPC: "" where that is its own."""
        item = await self._wire.get(f"/containers/{segment(target)}/json")
        with readable("GET /containers/{id}/json"):
            mode = str(item["HostConfig"].get("IpcMode") or "")
        return mode if mode in JOINED_IPC else ""

    async def _labels(self, image: str, labels: Mapping[str, str]) -> dict[str, str]:
        """Those, and none of an app's or a Compose project's that its image would hand down."""
        item = await self._wire.get(f"/images/{segment(image)}/json")
        with readable("GET /images/{name}/json"):
            inherited = ((item.get("Config") or {}).get("Labels")) or {}
        return {**{name: "" for name in inherited if name.startswith((OWN, COMPOSE))}, **labels}

    async def _create(self, name: str, body: Mapping[str, Any]) -> str:
        answer = await self._wire.ask(
            "POST", "/containers/create", {"name": name}, body, seconds=CREATE_SECONDS
        )
        item = parse(answer)
        with readable("POST /containers/create"):
            return str(item["Id"])
