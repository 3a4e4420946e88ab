"""A shell in a container, or beside one that has none, in the terminal of the dashboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands.containers import CONTAINER_DEBUG, CONTAINER_SHELL
from tui.commands.equal import docker_command
from tui.engine.errors import EngineError
from tui.errors import HoldfastError
from tui.model.debugging import debug_images
from tui.model.reference import repository_problem, split_reference, valid_tag
from tui.model.registry_name import registry_host
from tui.operations.by_hand.debug import ROOT, debug, docker_arguments, fetch
from tui.operations.by_hand.shell import NoShell, find_shell, shell
from tui.presentation.text import safe
from tui.screens.confirm import Question
from tui.screens.dialogs import Choice, MenuDialog, NameDialog

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping

    from tui.commands.command import Command, Situation
    from tui.controllers.desk import Desk, Handler
    from tui.engine.client import Engine
    from tui.model.container import Container

BY_HAND = (0, 130)
"""What a shell ends with that was left: 130 where its last command was stopped by Ctrl+C."""

OTHER = "other"
"""The choice of an image that is not offered."""

HINT = "one with a shell, as busybox:1.36"
"""Stands in the empty line where an image is written."""


class Shell:
    """Lends it the terminal."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def handlers(self) -> Mapping[Command, Handler]:
        in_task = self._desk.in_task
        return {CONTAINER_SHELL: in_task(self._open), CONTAINER_DEBUG: in_task(self._debug)}

    async def _open(self, situation: Situation) -> None:
        container = situation.containers[0]
        question = Question(
            title=f"Open a shell in {container.name}?",
            subjects=(),
            facts=(self._desk.place,),
            equal=docker_command(CONTAINER_SHELL, [container.name, "sh"]),
            verb="Open",
        )
        if not await self._desk.consent.given(CONTAINER_SHELL, situation, question, container.name):
            return
        if (engine := self._lending()) is None:
            return
        try:
            command = await find_shell(engine, container.id)
        except NoShell:
            await self._debug(situation, because=f"{container.name} has no shell: ")
            return
        except EngineError as error:
            self._desk.stage.say(str(error), severity="error", timeout=8)
            return
        said = f"Shell in {safe(container.name)}; exit or Ctrl+D comes back."
        await self._lend(shell(engine, container.id, 0, 1, command), said, f"shell in {container.name}")

    def _lending(self) -> Engine | None:
        """The engine, where the terminal can be lent; else it is said why nothing is done."""
        if self._desk.app.cannot_lend:
            self._desk.stage.say(f"no shell: {self._desk.app.cannot_lend}", severity="warning", timeout=6)
            return None
        return self._desk.engine()

    async def _lend(self, work: Awaitable[int], above: str, what: str) -> None:
        """Lend it until `work` is done; `above` stands there first."""
        failed: EngineError | None = None
        code = 0
        with (
            self._desk.app.lent_terminal()
        ):  # an exception that leaves it would leave the dashboard suspended
            print(above, flush=True)
            try:
                code = await work
            except EngineError as error:
                failed = error
        if failed is not None:
            self._desk.stage.say(str(failed), severity="error", timeout=8)
        else:
            how = "has ended" if code in BY_HAND else f"ended with {code}"
            self._desk.stage.say(f"the {what} {how}", timeout=4)

    # Beside a container

    async def _debug(self, situation: Situation, because: str = "") -> None:
        container = situation.containers[0]
        if (engine := self._lending()) is None:
            return
        image = await self._image(container, because)
        if not image:
            return
        containers = self._desk.session.settings.containers
        read_only = containers.debug_read_only
        equal = docker_command(CONTAINER_DEBUG, docker_arguments(container.name, image, read_only=read_only))
        try:
            here = bool(await engine.images.inspect_id(image))
        except EngineError as error:
            self._desk.stage.say(safe(str(error)), severity="error", timeout=8)
            return
        title = f"Debug {container.name} from {image}?"
        if not here:
            host = registry_host(split_reference(image).repository)
            title = f"{image} is not on this engine: pull it from {host} to debug {container.name}?"
        question = Question(
            title=because + title,
            subjects=(),
            facts=(
                self._desk.place,
                "as root, in its namespaces: its processes, its network, its volumes"
                + (", which it can only read" if read_only else ""),
                f"its files are in {ROOT}, and what is changed there is changed",
                "it is removed at the end",
            ),
            equal=equal,
            verb="Debug" if here else "Pull and debug",
        )
        if not await self._desk.consent.given(CONTAINER_DEBUG, situation, question, container.name):
            return
        try:
            if not here:
                self._desk.stage.say(f"pulling {image} ...", timeout=8)
                await fetch(engine, image)
        except HoldfastError as error:
            self._desk.stage.say(safe(str(error)), severity="error", timeout=8)
            return
        work = debug(engine, container.id, image, 0, 1, read_only=read_only)
        said = f"Beside {safe(container.name)}, from {safe(image)}: its files are in {ROOT}."
        await self._lend(work, f"{said} exit or Ctrl+D comes back.", f"shell beside {container.name}")

    async def _image(self, container: Container, because: str) -> str:
        """What it is made of: as it is configured, else as it is chosen; "" for nothing."""
        if named := self._desk.session.settings.containers.debug_image:
            return named
        offered = debug_images(self._desk.store.images.values())
        title = f"{because}Debug {container.name} from which image?"
        chosen: str | None = OTHER
        if offered:
            choices = [Choice(image, str(number), image) for number, image in enumerate(offered, 1)]
            chosen = await self._desk.stage.ask(
                MenuDialog(title, [*choices, Choice(OTHER, "o", "another one ...")])
            )
        if chosen == OTHER:
            chosen = await self._desk.stage.ask(NameDialog(title, "", _refused, hint=HINT))
        return (chosen or "").strip()


def _refused(image: str) -> str:
    image = image.strip()
    if not image:
        return f"write an image: {HINT}"
    repository, tag, _ = split_reference(image)
    return repository_problem(repository) or (valid_tag(tag) if tag else "")
