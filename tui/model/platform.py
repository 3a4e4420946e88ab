"""Which manifest of an index an engine takes, where that is beyond doubt.

Engines choose by containerd's rules (https://github.com/containerd/platforms): they bring spellings into one
form ("x86_64" is "amd64", "Linux" is "linux"), take what their processor runs besides its own, and of equals
the first. These rules differ between versions, and the engine's own variant is not known here. So they are
not copied: where they could matter, there is no answer.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

ALSO_RUNS: Mapping[str, tuple[str, ...]] = {"amd64": ("386",), "arm64": ("arm",)}
"""What processors run besides their own."""

ARCHITECTURES = frozenset({
    "386", "amd64", "arm", "arm64", "loong64", "mips", "mips64", "mips64le", "mipsle", "ppc64", "ppc64le",
    "riscv64", "s390x", "sparc64", "unknown", "wasm",
})  # fmt: skip
"""As Go spells them, and what builders call no architecture."""

_OS = re.compile("[a-z0-9]+")
_VARIANT = re.compile("([a-z][a-z0-9.]*)?")
_ALIASES = frozenset({"macos"})
_BASE: Mapping[str, str] = {"amd64": "v1", "arm64": "v8"}
"""The variant that every processor of the kind has: as good as none."""


class Listed(NamedTuple):
    """An entry of an index. os, architecture, variant: as it names them, all "" where it names no platform.

    picky   whether it names an os.version or os.features besides, of which not every engine takes notice
    """

    digest: str
    os: str = ""
    architecture: str = ""
    variant: str = ""
    picky: bool = False

    @property
    def names_none(self) -> bool:
        return not (self.os or self.architecture or self.variant or self.picky)

    @property
    def is_normal(self) -> bool:
        """Whether every engine reads its platform as it is written."""
        return self.names_none or bool(
            _OS.fullmatch(self.os)
            and self.os not in _ALIASES
            and self.architecture in ARCHITECTURES
            and _VARIANT.fullmatch(self.variant)
        )

    @property
    def is_attestation(self) -> bool:
        """Builders keep these beside the images, as images for no platform."""
        return self.os == "unknown"


def is_normal(listed: Collection[Listed]) -> bool:
    """Whether every engine reads the platforms of an index as they are written."""
    return all(one.is_normal for one in listed)


def taken(listed: Collection[Listed], platform: str) -> str:
    """The digest of what an engine of a platform ("linux/amd64") takes of an index, if it takes any of it.

    "" where that is not beyond doubt. Of a `platform` that is not known ("") the only image is taken.
    """
    if not is_normal(listed):
        return ""
    system, _, architecture = platform.partition("/")
    kinds = (architecture, *ALSO_RUNS.get(architecture, ()))
    could = [
        one
        for one in listed
        if one.names_none
        or (one.os == system and one.architecture in kinds)
        or (not platform and not one.is_attestation)
    ]
    own = [one for one in could if one.architecture == architecture]
    # Its own comes before all else, but for sure only where every processor of the kind runs it.
    if own and not any(one.names_none for one in could) and all(_runs_anywhere(one) for one in own):
        could = own
    digests = {one.digest for one in could}
    return digests.pop() if len(digests) == 1 else ""


def _runs_anywhere(one: Listed) -> bool:
    return not one.picky and one.variant in ("", _BASE.get(one.architecture, ""))
