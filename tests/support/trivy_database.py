"""A database for the real Trivy with advisories of our own, and packages to go with them.

Trivy's database is a bbolt file: pages of 4096 bytes, two of them with meta data, one with free pages, then
the buckets, each a leaf of key and value pairs. A few advisories need no branches.
"""

from __future__ import annotations

import json
import struct
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PAGE = 4096
MAGIC, FORMAT = 0xED0CDAED, 2
LEAF, META, FREE = 2, 4, 16
BUCKET = 1

ALPINE, PIP = "alpine 3.18", "pip::GitHub Security Advisory Pip"


class Value(dict):
    """A value that is JSON; any other mapping is a bucket."""


def _fnv(content: bytes) -> int:
    digest = 0xCBF29CE484222325
    for byte in content:
        digest = ((digest ^ byte) * 0x100000001B3) & (2**64 - 1)
    return digest


class _Bolt:
    def __init__(self) -> None:
        self.pages: dict[int, bytes] = {FORMAT: struct.pack("<QHHI", 2, FREE, 0, 0).ljust(PAGE, b"\0")}
        self.next = 3

    def bucket(self, items: Mapping[str, Any]) -> int:
        """Its page, once those in it have theirs."""
        pairs = []
        for key, value in sorted(items.items()):
            if isinstance(value, Value):
                pairs.append((0, key.encode(), json.dumps(value).encode()))
            else:
                pairs.append((BUCKET, key.encode(), struct.pack("<QQ", self.bucket(value), 0)))
        heads, content = b"", b""
        for index, (flag, key, value) in enumerate(pairs):
            where = 16 * (len(pairs) - index) + len(content)
            heads += struct.pack("<IIII", flag, where, len(key), len(value))
            content += key + value
        page, count = self.next, -(-(16 + len(heads + content)) // PAGE)
        self.next += count
        head = struct.pack("<QHHI", page, LEAF, len(pairs), count - 1)
        self.pages[page] = (head + heads + content).ljust(count * PAGE, b"\0")
        return page

    def write(self, path: Path, root: Mapping[str, Any]) -> None:
        top = self.bucket(root)
        for number in (0, 1):
            meta = struct.pack("<IIIIQQQQQ", MAGIC, FORMAT, PAGE, 0, top, 0, FORMAT, self.next, number)
            meta += struct.pack("<Q", _fnv(meta))
            self.pages[number] = (struct.pack("<QHHI", number, META, 0, 0) + meta).ljust(PAGE, b"\0")
        path.write_bytes(b"".join(self.pages[number] for number in sorted(self.pages)))


class TrivyDatabase:
    """Advisories, written into a folder as Trivy wants it. age: seconds since it was built."""

    def __init__(self, folder: Path, age: float = 0.0) -> None:
        self.folder = folder
        self.age = age
        self._advisories: dict[str, dict[str, dict[str, Value]]] = {}
        self._holes: dict[str, Value] = {}

    def plant(
        self, id: str, package: str, severity: str = "CRITICAL", fixed: str = "", bucket: str = ALPINE
    ) -> None:
        """A hole in all versions of a package up to the one that mends it."""
        if bucket == PIP:
            about = Value(PatchedVersions=[fixed], VulnerableVersions=[f"<{fixed}"])
        else:
            about = Value(FixedVersion=fixed) if fixed else Value()
        self._advisories.setdefault(bucket, {}).setdefault(package, {})[id] = about
        levels = ("UNKNOWN", "LOW", "MEDIUM", "HIGH", "CRITICAL")
        self._holes[id] = Value(
            Title=f"planted in {package}", Severity=severity, VendorSeverity={"nvd": levels.index(severity)}
        )
        self.write()

    def write(self) -> None:
        """All of it, in the place of what is there."""
        place = self.folder / "db"
        place.mkdir(parents=True, exist_ok=True)
        sources = {
            name: Value(ID=name, Name=name, URL="https://example.invalid/") for name in self._advisories
        }
        root = {**self._advisories, "data-source": sources, "vulnerability": self._holes}
        new = place / "new"
        _Bolt().write(new, root)
        new.replace(place / "trivy.db")
        built = datetime.fromtimestamp(time.time() - self.age, UTC).isoformat()
        said = {"Version": 2, "NextUpdate": built, "UpdatedAt": built, "DownloadedAt": built}
        (place / "metadata.json").write_text(json.dumps(said))


def alpine(*packages: str, release: str = "3.18.0", version: str = "1.0.0-r0") -> dict[str, str]:
    """The files by which an image is Alpine with these packages: path -> content."""
    installed = [f"P:{name}\nV:{version}\nA:x86_64\no:{name}\nL:MIT\nT:x\n\n" for name in packages]
    return {
        "etc/alpine-release": release,
        "etc/os-release": f"ID=alpine\nVERSION_ID={release}\n",
        "lib/apk/db/installed": "".join(installed),
    }


def python(package: str, version: str = "1.0.0") -> dict[str, str]:
    """The files by which a Python package is installed."""
    folder = f"usr/lib/python3.11/site-packages/{package}-{version}.dist-info"
    return {f"{folder}/METADATA": f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n"}
