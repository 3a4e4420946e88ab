"""A named volume, and who has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.model.digest import short_id

if TYPE_CHECKING:
    from collections.abc import Mapping


class Volume(NamedTuple):
    """One volume.

    created     seconds since the epoch, 0.0 where the driver does not say it
    mountpoint  where it is on the engine's host, "" where the driver does not say it
    """

    name: str
    labels: Mapping[str, str] = {}
    driver: str = ""
    created: float = 0.0
    mountpoint: str = ""

    @property
    def anonymous(self) -> bool:
        """Whether the engine has chosen its name: 64 hexadecimal digits."""
        return len(self.name) == 64 and not set(self.name) - set("0123456789abcdef")

    @property
    def called(self) -> str:
        """Its name, or the beginning of one that nobody has chosen."""
        return f"{short_id(self.name)}…" if self.anonymous else self.name
