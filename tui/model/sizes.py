"""Bytes in words. What writes them takes 10 ms to import: not before the first paint."""

from __future__ import annotations


def disk_size(count: float) -> str:
    """Bytes on a disk or a wire as the docker command line writes them, in powers of 1000: "1.98 MB"."""
    from humanize import naturalsize

    return naturalsize(count, format="%.3g")


def memory_size(count: float) -> str:
    """Bytes of memory as people set limits, in powers of 1024: "64 MiB"."""
    from humanize import naturalsize

    return naturalsize(count, binary=True, format="%.4g")
