"""What can be seen of the engine's host only from there: free disk, and ports that processes have."""

from __future__ import annotations

import asyncio
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tui.engine.bounds import RECENT
from tui.errors import Refused
from tui.files import read_file
from tui.model.sizes import disk_size

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from tui.engine.client import Engine
    from tui.model.app import Port

SCARCE_BYTES = 1 << 30
ANYWHERE = ("", "0.0.0.0", "::")

LISTENING = {"tcp": "0A", "udp": "07"}
"""The state of a socket that others can reach, in /proc/net (Linux, net/tcp_states.h)."""


class Listener(NamedTuple):
    """A port that a process of this machine has; the address is "" for all, or in hexadecimal digits."""

    protocol: str
    port: int
    address: str


async def check_room(engine: Engine, needed: int = 0) -> list[str]:
    """Whether the engine's disk has room. Raises Refused where so many bytes cannot fit."""
    info = await engine.info(within=RECENT)
    folder = info.folder if engine.is_on_this_machine(info) else ""
    if not folder or not await asyncio.to_thread(os.path.isdir, folder):
        return []
    free = (await asyncio.to_thread(shutil.disk_usage, folder)).free
    if free < needed:
        raise Refused(
            f"the image is {disk_size(needed)} packed, and only {disk_size(free)} are free where "
            f"the engine keeps its images ({folder})",
            "holdfast prune, or docker system prune, makes room",
        )
    if free >= SCARCE_BYTES:
        return []
    return [f"only {disk_size(free)} are free where the engine keeps its images ({folder})"]


async def check_host_ports(
    engine: Engine, app: str, ports: Iterable[Port], freed: Collection[tuple[int, str]]
) -> None:
    """A port that a process of the host has is found before anything stops. Raises Refused.

    freed   port and protocol of what containers publish that stop first, or are looked at by themselves
    """
    wanted = [port for port in ports if port.published.isdigit() and port.protocol in LISTENING]
    wanted = [port for port in wanted if (int(port.published), port.protocol) not in freed]
    if not wanted or not engine.is_on_this_machine(await engine.info(within=RECENT)):
        return
    there = await asyncio.to_thread(listeners)
    for port in wanted:
        if any(takes(one, port) for one in there):
            raise Refused(
                f"port {port.published}/{port.protocol} of this host is taken by a process outside of "
                "containers",
                f"ss -lnp 'sport = :{port.published}' shows which; "
                f"or publish another port in [apps.{app}.run]",
            )


def takes(listener: Listener, port: Port) -> bool:
    """Whether nobody else can have a port because of a listener."""
    if (listener.protocol, listener.port) != (port.protocol, int(port.published)):
        return False
    return port.host_ip in ANYWHERE or listener.address in ("", packed(port.host_ip))


def packed(address: str) -> str:
    """An address as /proc/net writes it: words of 32 bits in the machine's order.

    >>> packed("127.0.0.1")
    '0100007F'
    """
    import socket
    import sys

    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    raw = socket.inet_pton(family, address)
    if sys.byteorder == "little":
        raw = b"".join(raw[start : start + 4][::-1] for start in range(0, len(raw), 4))
    return raw.hex().upper()


CONNECTIONS_BYTES = 64 << 20
"""What is read of the kernel's table of connections."""


def listeners(folder: Path = Path("/proc/net")) -> list[Listener]:
    """All that can be reached; nothing where the kernel does not tell. Blocks."""
    found = []
    for name in ("tcp", "tcp6", "udp", "udp6"):
        protocol = name.removesuffix("6")
        with suppress(OSError):
            text = read_file(folder / name, CONNECTIONS_BYTES).decode("ascii", "replace")
            for line in text.splitlines()[1:]:
                words = line.split()
                if len(words) > 3 and words[3] == LISTENING[protocol]:
                    address, _, port = words[1].partition(":")
                    found.append(Listener(protocol, int(port, 16), address.strip("0") and address))
    return found
