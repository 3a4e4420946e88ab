"""The way to an engine's host: one connection of ssh, made again when it is lost.

It forwards the engine's socket to one of ours, in a folder that nobody else may look into. All who speak to
the engine in one process share it.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from tui import own_folders
from tui.engine.errors import ConnectionFailed, EndpointUnusable, EngineError, SshFailed
from tui.engine.shielded import shielded
from tui.engine.ssh import command
from tui.engine.ssh.failures import Reached, broke, is_crowded, no_ports, not_connected, not_there, too_late
from tui.engine.ssh.hops import first_hop
from tui.engine.ssh.process import Bound, Sweeper, told
from tui.engine.ssh.relay import Relay
from tui.engine.turns import turn
from tui.model.ssh_address import read_ssh_address

if TYPE_CHECKING:
    from tui.engine.endpoint import Endpoint

CONNECT_SECONDS = 30.0
"""Within which a host must be reached, whatever stands in between; ssh itself gives up earlier mostly."""

TELL_SECONDS = 5.0
"""How long a tunnel that is there may take to forward something more."""

PROBE_SECONDS = 3.0
"""How long the engine may take to answer before that is left to those who ask it."""

LOOK = 0.01
"""Seconds between two looks whether ssh has connected: it says so by a socket."""

CROWDED = (0.3, 0.9)
"""Seconds after which a host is tried again that closes connections: it lets only so many come at once."""

BACK_SECONDS = 40.0
"""How long a connection that was there is tried to be had again. A lease is dead after a minute."""

FIRST_WAIT, LONGEST_WAIT = 0.2, 5.0
"""Seconds between those tries, doubled from one to the next."""

FAR_SECONDS = 0.08
"""A first connection and its answer, two round trips, that take longer come from far away. Near by they take
40 ms where the host puts off its second packet (Nagle)."""

JUST_NOW = 1.0
"""For so many seconds what ssh has said explains what fails."""

FORBIDDEN = "administratively prohibited"
"""What ssh says of a port that its host does not let it forward. It says so when somebody connects to it."""

TOGETHER = 8
"""Tunnels that one process begins at once; of those to or through the same host one after the other, because
it lets only so many come that have not logged in (MaxStartups)."""

TURN_SECONDS = 3.0
"""After so long the next one begins: a login that hangs holds up nobody, and no longer counts as a crowd."""

CLOSED = "the connection by ssh was closed"

_OPENING: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()
_FIRST: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, asyncio.Semaphore]] = WeakKeyDictionary()


class Tunnel:
    """The tunnel to an endpoint of ssh. `socket` is where it ends here, the same as long as it is open.

    is_far   whether answers take a while to come; until it is up that is not known, and assumed
    """

    def __init__(self, endpoint: Endpoint) -> None:
        agent = bool(os.environ.get("SSH_AUTH_SOCK"))
        address = read_ssh_address(endpoint.url)
        self._reached = Reached(address, endpoint.ssh_options, endpoint.source, agent)
        self._folder = own_folders.made()
        self.socket = f"{self._folder}/docker.sock"
        self._control = f"{self._folder}/ctl"
        self._sweeper: Sweeper | None = None
        self._ssh: Bound | None = None
        self._relay: Relay | None = None
        self._ports: dict[tuple[str, int], str] = {}
        self._port_turn = asyncio.Lock()
        self._coming: asyncio.Task[None] | None = None
        self._open = False
        self._closed = False
        self.is_far = True

    @property
    def is_up(self) -> bool:
        return self._open and self._ssh is not None and self._ssh.runs

    @property
    def is_relayed(self) -> bool:
        """Whether each connection takes a session, of which a host allows few."""
        return self._relay is not None

    async def up(self) -> None:
        """Return once connections to `socket` get through: one try for all who wait. Raises EngineError."""
        if self.is_up:
            return
        if self._closed:
            raise ConnectionFailed(CLOSED)
        if self._coming is None or self._coming.done():
            self._coming = asyncio.create_task(self._come_up(), name="ssh connects")
        coming = self._coming
        await asyncio.wait({coming})
        if coming.cancelled():
            raise ConnectionFailed(CLOSED)
        if (error := coming.exception()) is not None:
            raise error

    async def back(self) -> None:
        """As `up`, tried for BACK_SECONDS: it was there before. Raises EngineError."""
        if self.is_up:
            return
        clock = asyncio.get_running_loop().time
        end, wait = clock() + BACK_SECONDS, FIRST_WAIT
        while True:
            try:
                await self.up()
            except SshFailed as error:
                if not error.passing or clock() >= end:
                    raise
            else:
                return
            await asyncio.sleep(wait * (1 - 0.25 * random.random()))
            wait = min(wait * 2, LONGEST_WAIT)

    async def _come_up(self) -> None:
        if shutil.which("ssh") is None:
            raise EndpointUnusable(
                f"ssh is not installed, and {self._reached.source} names an engine by it",
                "apt-get install openssh-client",
            )
        first = await first_hop(self._reached.address, self._reached.options)
        async with turn(_one_by_one(first), TURN_SECONDS), turn(_opening(), TURN_SECONDS):
            for pause in CROWDED:
                try:
                    await self._try()
                except SshFailed as error:
                    if not is_crowded(error.detail):
                        raise
                else:
                    return
                await asyncio.sleep(pause * (1 + random.random()))
            await self._try()

    async def _try(self) -> None:
        await self._end()
        if self._sweeper is None:
            await asyncio.to_thread(own_folders.sweep)
            self._sweeper = await Sweeper.start(self._folder)
        reached = self._reached
        ssh = self._ssh = await Bound.start(command.tunnel(reached.address, reached.options, self._control))
        try:
            await self._connected(ssh)
            await self._forward(self.socket, reached.address.socket)
            clock = asyncio.get_running_loop().time
            began = clock()
            answers = await self._answers()
            self.is_far = clock() - began > FAR_SECONDS
            if not answers:
                await self._relayed(ssh)
        except BaseException:
            await shielded(self._end())
            raise
        self._open = True

    async def _connected(self, ssh: Bound) -> None:
        """Return once ssh has logged in: then its control socket is there."""
        with suppress(TimeoutError):
            async with asyncio.timeout(CONNECT_SECONDS):
                while not os.path.exists(self._control):  # noqa: PTH110, ASYNC240 - a look into memory
                    if not ssh.runs:
                        await ssh.ended.wait()
                        raise not_connected(ssh.said, self._reached)
                    await asyncio.sleep(LOOK)
                return
        raise too_late(self._reached, ssh.said, CONNECT_SECONDS)

    async def _forward(self, local: str, remote: str, *, cancel: bool = False) -> None:
        asked = command.forward(self._reached.address, self._control, local, remote, cancel=cancel)
        status, said = await told(asked, TELL_SECONDS)
        if status:
            known = self._ssh.said if self._ssh is not None else ()
            raise not_connected([*known, *said.splitlines()], self._reached)

    async def _answers(self) -> bool:
        """Whether a connection gets through to the engine. One that is slow to answer is none of ours."""
        try:
            reader, writer = await asyncio.open_unix_connection(self.socket)
        except OSError:
            return False
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                writer.write(b"GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n")
                return bool(await reader.read(1))
        except TimeoutError:
            return True
        except OSError:
            return False
        finally:
            writer.close()

    async def _relayed(self, ssh: Bound) -> None:
        """The socket cannot be had by forwarding: by the docker command there, or not at all."""
        await self._forward(self.socket, self._reached.address.socket, cancel=True)
        _unlink(self.socket)
        self._relay = Relay(self.socket, command.dial_stdio(self._reached.address, self._control))
        await self._relay.start()
        if not await self._answers():
            raise not_there(self._reached, [*ssh.said, *self._relay.said])

    async def port(self, address: str, port: int) -> str:
        """The path of a socket here behind which is a TCP port that the host has. Raises EngineError."""
        await self.up()
        async with self._port_turn:
            if self._ssh is not None and any(FORBIDDEN in line for line in self._ssh.said):
                raise no_ports(self._reached)
            if (address, port) not in self._ports:
                path = f"{self._folder}/p{len(self._ports)}"
                _unlink(path)
                await self._forward(path, f"[{address}]:{port}" if ":" in address else f"{address}:{port}")
                self._ports[address, port] = path
            return self._ports[address, port]

    def fault(self) -> EngineError | None:
        """Why connections fail now, where ssh has said it."""
        ssh = self._ssh
        if self._closed:
            return ConnectionFailed(CLOSED)
        if ssh is not None and not ssh.runs:
            return broke(self._reached, ssh.said)
        if ssh is not None and ssh.said and "open failed" in ssh.said[-1]:
            clock = asyncio.get_running_loop().time
            return not_there(self._reached, ssh.said) if clock() - ssh.spoke < JUST_NOW else None
        return None

    async def _end(self) -> None:
        """End what there is, so that it can be begun anew."""
        self._open = False
        ssh, relay = self._ssh, self._relay
        self._ssh = self._relay = None
        self._ports = {}
        if ssh is not None:
            ssh.let_go()
        if relay is not None:
            await relay.close()
        if ssh is not None:
            await ssh.end()
        _unlink(self.socket)
        _unlink(self._control)

    async def close(self) -> None:
        """End it, and remove its folder; whoever waits gets ConnectionFailed."""
        self._closed = True
        if self._coming is not None:
            self._coming.cancel()
            await asyncio.wait({self._coming})
        try:
            await self._end()
        finally:
            own_folders.remove(self._folder)
        if self._sweeper is not None:
            await self._sweeper.end()


def _unlink(path: str) -> None:
    with suppress(OSError):
        Path(path).unlink()


def _opening() -> asyncio.Semaphore:
    return _OPENING.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(TOGETHER))


def _one_by_one(first: str) -> asyncio.Semaphore:
    """The turn of those whose ways begin at the same host."""
    return _FIRST.setdefault(asyncio.get_running_loop(), {}).setdefault(first, asyncio.Semaphore(1))
