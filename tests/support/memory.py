"""How much memory a process takes."""

from __future__ import annotations

from pathlib import Path


def peak(pid: int) -> float:
    """The most resident memory that a process had since it began, in megabytes; 0.0 where it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024
