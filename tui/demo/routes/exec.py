"""Exec: sessions in containers. Starting one takes the connection over for both directions."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING

from aiohttp import web

from tui.demo.refused import Refused, not_running
from tui.demo.routes.answers import RAW, answer, body, done, number
from tui.demo.sessions import Send, Session, run
from tui.demo.stream import STDOUT, frame

if TYPE_CHECKING:
    from tui.demo.objects import Container
    from tui.demo.router import Router
    from tui.demo.simulation import Simulation


class Hijacked(asyncio.Protocol):
    """The connection once HTTP has left it: what comes is typed, b"" at its end."""

    def __init__(self, session: Session, transport: asyncio.Transport) -> None:
        self.session = session
        self.transport = transport
        self.lost = False
        self._writable = asyncio.Event()
        self._writable.set()

    def data_received(self, data: bytes) -> None:
        self.session.typed.put_nowait(data)

    def eof_received(self) -> bool:
        self.session.typed.put_nowait(b"")
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        self._writable.set()
        self.session.typed.put_nowait(b"")

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    async def send(self, text: bytes, stream: int) -> None:
        await self._writable.wait()
        if not self.lost:
            self.transport.write(text if self.session.tty else frame(stream, text))


class ExecRoutes:
    """POST /containers/{id}/exec, /exec/{id}/start, /exec/{id}/resize, GET /exec/{id}/json."""

    def __init__(self, simulation: Simulation, router: Router) -> None:
        self.simulation = simulation
        self.state = simulation.state
        self.sessions: dict[str, Session] = {}
        self._made = 0
        router.add("POST", "/containers/{}/exec", self.create)
        router.add("POST", "/exec/{}/start", self.start)
        router.add("POST", "/exec/{}/resize", self.resize)
        router.add("GET", "/exec/{}/json", self.inspect)
        self.state.watchers.append(self._changed)

    def _changed(self, container: Container, action: str) -> None:
        """Sessions end with their container."""
        if action not in ("die", "destroy"):
            return
        for session in self.sessions.values():
            if session.container is container and session.task:
                session.task.cancel()
        if action == "destroy":
            kept = {key: found for key, found in self.sessions.items() if found.container is not container}
            self.sessions = kept

    def _find(self, key: str) -> Session:
        if key not in self.sessions:
            raise Refused(404, f"No such exec instance: {key}")
        return self.sessions[key]

    async def create(self, request: web.BaseRequest, reference: str) -> web.Response:
        config = await body(request)
        container = self.state.find(reference)
        if not config.get("Cmd"):
            raise Refused(400, "No exec command specified")
        if container.state == "paused":
            raise Refused(409, f"Container {reference} is paused, unpause the container before exec")
        if not container.pid:
            raise not_running(container.id)
        self._made += 1
        key = hashlib.sha256(f"{self.simulation.seed} exec {self._made}".encode()).hexdigest()
        session = self.sessions[key] = Session(key, container, config)
        self._tell(session, "exec_create")
        return answer({"Id": key}, 201)

    def _tell(self, session: Session, action: str) -> None:
        words = session.command
        text = f"{action}: {words[0]} {' '.join(words[1:])}"
        self.state.noticed(session.container, text, execID=session.id)

    async def inspect(self, _request: web.BaseRequest, key: str) -> web.Response:
        return answer(self._find(key).inspected())

    async def resize(self, request: web.BaseRequest, key: str) -> web.Response:
        session = self._find(key)
        if not session.running:
            raise Refused(500, "cannot resize a stopped container: unknown")
        session.size = (number(request, "h") or 24, number(request, "w") or 80)
        return done(200)

    async def start(self, request: web.BaseRequest, key: str) -> web.StreamResponse:
        options = await body(request)
        session = self._find(key)
        if session.running or session.exit_code is not None:
            text = f"Error: Exec command {key} has already run\r\n".encode()
            return web.Response(body=frame(STDOUT, text), content_type=RAW)
        if not session.container.pid:
            raise not_running(session.container.id)
        if options.get("Detach"):
            session.task = self.simulation.runtime.spawn(self._run(session, self._nowhere))
            return done(200)
        return await self._hijack(request, session)

    async def _nowhere(self, _text: bytes, _stream: int) -> None:
        """Where a detached session writes to."""

    async def _hijack(self, request: web.BaseRequest, session: Session) -> web.StreamResponse:
        transport = request.transport
        if not isinstance(transport, asyncio.Transport):
            raise ConnectionResetError("the client left")
        upgraded = request.headers.get("Upgrade", "").lower() == "tcp"
        first = "101 UPGRADED" if upgraded else "200 OK"
        more = "Connection: Upgrade\r\nUpgrade: tcp\r\n" if upgraded else ""
        connection = Hijacked(session, transport)
        transport.set_protocol(connection)
        transport.write(f"HTTP/1.1 {first}\r\nContent-Type: {RAW}\r\n{more}\r\n".encode())
        session.task = self.simulation.runtime.spawn(self._run(session, connection.send))
        try:
            await asyncio.wait([session.task])
        finally:
            session.task.cancel()
            transport.close()
        raise ConnectionResetError("the session ended with its connection")

    async def _run(self, session: Session, send: Send) -> None:
        session.running = True
        session.pid = 20_000 + self._made
        self._tell(session, "exec_start")
        code = 137
        try:
            surroundings = self.simulation.runtime.surroundings(session.container)
            code = await run(session, surroundings, send)
        finally:
            session.running = False
            session.exit_code = code
            if session.container.id in self.state.containers:
                self.state.noticed(session.container, "exec_die", execID=session.id, exitCode=str(code))
