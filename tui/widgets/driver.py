"""A terminal driver that takes over a screen which has been painted already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.drivers.linux_driver import LinuxDriver

if TYPE_CHECKING:
    from textual.app import App

ALTERNATE_SCREEN = "\x1b[?1049h"


class PaintedDriver(LinuxDriver):
    """Leaves the alternate screen as it is at the first start: switching to it again would clear it."""

    def __init__(
        self,
        app: App[object],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._painted = True

    def write(self, data: str) -> None:
        if self._painted and data == ALTERNATE_SCREEN:
            self._painted = False
            return
        super().write(data)
