"""What an app's file asks for and is not allowed to (`tui.settings.reach`) is refused where it is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.errors import HoldfastError
from tui.settings.reach import REMEDY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.model.app import AppSpec


class Withheld(HoldfastError):
    """A file that may have come with a repository asks for it, and is not allowed to."""

    exit_status = 2


def refuse_parts(app: AppSpec, parts: Iterable[str]) -> None:
    """Raises Withheld for the first of these parts that is withheld: without it another thing is done."""
    for part in parts:
        if part in app.withheld:
            file, what = app.withheld[part]
            raise Withheld(
                f"{app.name}: {what} is asked for by {file}, which may have come with a repository", REMEDY
            )
