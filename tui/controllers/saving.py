"""Saving a log or the output of an operation to a file that somebody names."""

from __future__ import annotations

import asyncio
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tui.commands.log import LOG_SAVE
from tui.paths import state_folder
from tui.presentation.text import safe
from tui.screens.confirm import ConfirmDialog, Question
from tui.screens.dialogs import NameDialog
from tui.store.output_file import save_output
from tui.widgets.copying import written_path

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.commands.command import Command, Situation
    from tui.controllers.desk import Desk, Handler
    from tui.widgets.output_view import Saved


class Saving:
    """Asks where to, and again where that cannot be."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._stage = desk.stage

    def handlers(self) -> Mapping[Command, Handler]:
        return {LOG_SAVE: self._desk.in_task(self._save)}

    async def _save(self, _: Situation) -> None:
        screen = self._desk.screen
        saved = (screen.log_pane if screen.shown_operation is None else screen.operation).saved()
        if saved is None:
            self._stage.say("there is nothing to save yet", timeout=4)
            self._desk.app.release_input()
            return
        text = await asyncio.to_thread(_offered, saved.subject)
        while True:
            name = await self._stage.ask(NameDialog(f"Save {saved.what} to", text, _refuse))
            if not name or await self._written(saved, name):
                return
            text = name

    async def _written(self, saved: Saved, name: str, *, replace: bool = False) -> bool:
        """Whether it was written, or nobody wants it any more."""
        try:
            path, lines = await asyncio.to_thread(_write, saved, name, replace)
        except FileExistsError as error:
            question = Question(
                title=f"Replace {error.filename}?",
                subjects=(),
                facts=("what is in it is lost",),
                equal="",
                verb="Replace",
                keep="Another name",
            )
            if await self._stage.ask(ConfirmDialog(question)):
                return await self._written(saved, name, replace=True)
            return False
        except OSError as error:
            why = f"{error.strerror}: {error.filename}" if error.strerror else str(error)
            self._stage.say(safe(f"not saved: {why}"), severity="warning", timeout=8)
            return False
        self._stage.say(f"{lines:,} lines saved to {path}", timeout=8)
        return True


def _refuse(text: str) -> str:
    return "" if text.strip() else "it takes the name of a file"


def _offered(subject: str) -> str:
    """A name in the state folder, which is made: never among the files of a build context."""
    folder = state_folder() / "saved"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        folder = Path.home()
    name = re.sub(r"[^A-Za-z0-9_.-]+", "_", subject)[:100].strip("._") or "log"
    return written_path(folder / f"{name}-{time.strftime('%Y%m%d-%H%M%S')}.log")


def _write(saved: Saved, name: str, replace: bool) -> tuple[str, int]:
    try:
        path = Path(name.strip()).expanduser().absolute()
        return written_path(path), save_output(path, saved.chunks(), replace=replace)
    except (RuntimeError, ValueError) as error:  # no home of that name; a zero byte
        raise OSError(str(error)) from None
