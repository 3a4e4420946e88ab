"""GET /containers/{id}/stats: numbers that wander smoothly, made from the time alone.

Counters are integrals of smooth rates, so that any two readings fit together and nothing is kept
per stream. The JSON is formatted from one template: a thousand streams are cheap.
"""

from __future__ import annotations

import hashlib
import json
import math
from typing import NamedTuple

from tui.demo.objects import JSON, SECOND, Container
from tui.demo.words import NEVER, stamp

CORES = 4
MEMORY = 8 << 30


class Load(NamedTuple):
    """How hard a container works.

    cores     mean use of processor cores
    memory    bytes, mean
    limit     bytes
    network   bytes a second, received; 0.6 of it is sent
    disk      bytes a second, written; 0.3 of it is read
    pids      processes
    swing     how far it wanders around its means, 0 to 1
    """

    cores: float = 0.02
    memory: int = 30 << 20
    limit: int = MEMORY
    network: float = 1000.0
    disk: float = 200.0
    pids: int = 3
    swing: float = 0.5


_CPU = (
    '{"cpu_usage":{"total_usage":%d,"usage_in_kernelmode":%d,"usage_in_usermode":%d},'
    '"system_cpu_usage":%d,"online_cpus":%d,"throttling_data":{"periods":0,"throttled_periods":0,"throttled_time":0}}'
)
_TEMPLATE = (
    '{"read":"%s","preread":"%s","pids_stats":{"current":%d},"blkio_stats":{"io_service_bytes_recursive":['
    '{"major":254,"minor":0,"op":"read","value":%d},{"major":254,"minor":0,"op":"write","value":%d}],'
    '"io_serviced_recursive":null,"io_queue_recursive":null,"io_service_time_recursive":null,'
    '"io_wait_time_recursive":null,"io_merged_recursive":null,"io_time_recursive":null,"sectors_recursive":null},'
    '"num_procs":0,"storage_stats":{},"cpu_stats":' + _CPU + ',"precpu_stats":' + _CPU + ","
    '"memory_stats":{"usage":%d,"stats":{"active_anon":%d,"active_file":0,"inactive_anon":0,"inactive_file":%d,'
    '"pgfault":1168,"pgmajfault":0,"unevictable":0},"limit":%d},"name":%s,"id":"%s"%s}\n'
)
_NETWORK = (
    ',"networks":{"eth0":{"rx_bytes":%d,"rx_packets":%d,"rx_errors":0,"rx_dropped":0,'
    '"tx_bytes":%d,"tx_packets":%d,"tx_errors":0,"tx_dropped":0}}'
)


class Meter:
    """The statistics of one container. `name` is kept as JSON; make a new meter after a rename."""

    def __init__(self, container: Container, load: Load) -> None:
        self.id = container.id
        self.name = json.dumps(f"/{container.name}")
        self.started = container.started
        self.load = load
        self.networked = container.networks.keys() - {"none", "host"} != set()
        digest = hashlib.sha256(container.id.encode()).digest()
        self.slow = 2 * math.pi / (40 + digest[0] % 40)
        self.fast = 2 * math.pi / (7 + digest[1] % 9)
        self.phase = digest[2] / 40

    def _elapsed(self, seconds: float) -> float:
        """The integral of 1 + swing * (0.6 sin + 0.4 sin): the work done, in mean seconds."""
        slow = 0.6 / self.slow * (math.cos(self.phase) - math.cos(self.slow * seconds + self.phase))
        fast = 0.4 / self.fast * (math.cos(self.phase) - math.cos(self.fast * seconds + self.phase))
        return seconds + self.load.swing * (slow + fast)

    def _cpu(self, seconds: float) -> tuple[int, int, int, int, int]:
        total = int(self.load.cores * self._elapsed(seconds) * SECOND)
        return total, total // 5, total - total // 5, int((10**6 + seconds) * CORES * SECOND), CORES

    def line(self, now: int, frozen: bool = False) -> bytes:
        """One reading at `now` (ns); frozen, every reading has the same numbers."""
        seconds = 100.0 if frozen else max(0.0, (now - self.started) / SECOND)
        load = self.load
        work = self._elapsed(seconds)
        wave = math.sin(self.slow * seconds + self.phase)
        memory = int(load.memory * (1 + 0.15 * load.swing * wave))
        read, written = int(load.disk * 0.3 * work), int(load.disk * work)
        received, sent = int(load.network * work), int(load.network * 0.6 * work)
        network = _NETWORK % (received, received // 700, sent, sent // 700) if self.networked else ""
        before = max(0.0, seconds - 1)
        cache = memory // 8
        values = (
            *(stamp(now), stamp(now - SECOND), load.pids),
            *(read // 4096 * 4096, written // 4096 * 4096),
            *self._cpu(seconds),
            *self._cpu(before),
            *(memory + cache, memory, cache, load.limit),
            *(self.name, self.id, network),
        )
        return (_TEMPLATE % values).encode()


def stopped(container: Container) -> bytes:
    """The reading of a container that does not run: nothing but zeros."""
    usage: JSON = {"total_usage": 0, "usage_in_kernelmode": 0, "usage_in_usermode": 0}
    idle: JSON = {
        "cpu_usage": usage,
        "throttling_data": {"periods": 0, "throttled_periods": 0, "throttled_time": 0},
    }
    empty = dict.fromkeys(
        (
            "io_service_bytes_recursive",
            "io_serviced_recursive",
            "io_queue_recursive",
            "io_service_time_recursive",
            "io_wait_time_recursive",
            "io_merged_recursive",
            "io_time_recursive",
            "sectors_recursive",
        )
    )
    body: JSON = {
        "read": NEVER,
        "preread": NEVER,
        "pids_stats": {},
        "blkio_stats": empty,
        "num_procs": 0,
        "storage_stats": {},
        "cpu_stats": idle,
        "precpu_stats": idle,
        "memory_stats": {},
        "name": f"/{container.name}",
        "id": container.id,
    }
    return json.dumps(body, separators=(",", ":")).encode() + b"\n"
