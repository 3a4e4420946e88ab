"""What the machine does besides the benchmark: times taken beside other work are too long."""

from __future__ import annotations

import contextlib
import os

import psutil


def _busy() -> float:
    """Processor seconds that anything on this machine has used since it started."""
    times = psutil.cpu_times()
    return float(times.user + times.nice + times.system + times.irq + times.softirq)


def _own() -> float:
    """Processor seconds of the benchmark, the programs under test and the engines, ended ones included."""
    spent = sum(os.times()[:4])
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            spent += sum(process.cpu_times()[:4])
    return spent


class OtherWork:
    """Counts from when it is made."""

    def __init__(self) -> None:
        self._busy, self._own, self._since = _busy(), _own(), os.times().elapsed

    def percent(self) -> float:
        """The part of the whole machine that others have used, 0 to 100."""
        seconds = (os.times().elapsed - self._since) * (os.cpu_count() or 1)
        others = (_busy() - self._busy) - (_own() - self._own)
        return max(0.0, 100 * others / seconds) if seconds else 0.0
