"""What a row of an app says. Light, for the first paint."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.model.container import Container
    from tui.model.drift import Drift
    from tui.model.releases import Releases
    from tui.store.operation import Operation


class AppRow(NamedTuple):
    """All that a row of an app says.

    newest      the highest version here, for an app of which nothing is live
    container   of the live release
    operations  of the app, newest first
    opened      whether its releases stand beneath it
    elsewhere   the engine that it lives on, "" where that is this one
    """

    name: str
    newest: str = ""
    releases: Releases | None = None
    container: Container | None = None
    operations: Sequence[Operation] = ()
    drift: Drift | None = None
    opened: bool = False
    elsewhere: str = ""
