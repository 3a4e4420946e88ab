"""The one image that the tests need: Debian's static busybox, imported, never pulled."""

from __future__ import annotations

import io
import subprocess
import tarfile
from functools import lru_cache
from pathlib import Path

BUSYBOX = Path("/bin/busybox")
IMAGE = "holdfast-test/busybox:1"


def _folder(name: str, mode: int = 0o755) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type = tarfile.DIRTYPE
    member.mode = mode
    return member


@lru_cache(maxsize=1)
def archive() -> bytes:
    """A root file system with busybox and a link for each of its commands. Raises OSError without busybox."""
    names = subprocess.run([BUSYBOX, "--list"], capture_output=True, check=True, text=True).stdout.split()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for folder in ("bin", "etc", "www"):
            tar.addfile(_folder(folder))
        tar.addfile(_folder("tmp", 0o1777))
        tar.add(BUSYBOX.resolve(), "bin/busybox")
        for name in names:
            if name != "busybox":
                link = tarfile.TarInfo(f"bin/{name}")
                link.type = tarfile.SYMTYPE
                link.linkname = "busybox"
                tar.addfile(link)
    return packed.getvalue()
