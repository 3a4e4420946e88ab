"""Commands that only look: inspect, copy."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from tui.engine.errors import EngineError
from tui.model.reference import split_reference
from tui.presentation.clipboard import clipboard_sequence
from tui.presentation.details import layers_lines, raw_lines, sections_lines
from tui.presentation.images import digest_of
from tui.presentation.text import safe
from tui.screens.reading import ReadingScreen

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import App

    from tui.commands.command import Situation
    from tui.engine.client import Engine


class Looking:
    """Carries them out on behalf of the App; `engine` gives the engine, None while none answers."""

    def __init__(self, app: App[str], engine: Callable[[], Engine | None]) -> None:
        self._app = app
        self._engine = engine

    async def inspect(self, situation: Situation, page: int) -> None:
        """Everything about the selected image or container; `page` is shown first."""
        engine = self._engine()
        if engine is None:
            self._app.notify("the engine does not answer", severity="warning", markup=False)
            return
        try:
            if situation.images:
                details = await engine.images.details(situation.images[0].id)
            else:
                details = await engine.containers.details(situation.containers[0].id)
        except EngineError as error:
            self._app.notify(str(error), severity="error", markup=False)
            return
        pages = [("details", sections_lines(details))]
        if situation.images:
            pages.append(("layers", layers_lines(details.layers, time.time())))
        pages.append(("raw", raw_lines(details.raw)))
        self._app.push_screen(ReadingScreen(safe(details.title), pages, page))

    def copy(self, situation: Situation) -> None:
        """Copy the most exact name of what is selected."""
        texts = [c.id for c in situation.containers] or [
            f"{split_reference(tag).repository}@{digest}" if (digest := digest_of(image, tag)) else tag
            for tag, image in zip(situation.tags, situation.images, strict=False)
        ]
        texts = texts or [(image.digests or (image.id,))[0] for image in situation.images]
        self.put_on_clipboard(texts or _released(situation) or [app.image for app in situation.apps])

    def put_on_clipboard(self, texts: list[str]) -> None:
        """Through the terminal, also where that is far away."""
        driver = self._app._driver
        if texts and driver is not None:
            driver.write(clipboard_sequence("\n".join(texts), in_tmux="TMUX" in os.environ))
            more = f" and {len(texts) - 1} more" if len(texts) > 1 else ""
            self._app.notify(f"copied {safe(texts[0])}{more}", markup=False, timeout=3)


def _released(situation: Situation) -> list[str]:
    """What the release under the cursor runs, or the live one of the app."""
    releases = situation.releases
    if releases is None:
        return []
    entry = releases.entries.get(situation.release) if situation.release else releases.live
    return [entry.release.reference] if entry is not None else []
