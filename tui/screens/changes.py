"""From a chosen command that changes something to its outcome: ask, do, say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tui.commands.command import Danger
from tui.commands.containers import fits
from tui.commands.equal import docker_command
from tui.model.digest import short_id
from tui.model.sizes import disk_size
from tui.operations import containers, images
from tui.presentation.amounts import size
from tui.presentation.containers import state
from tui.screens.confirm import Question
from tui.screens.dialogs import NameDialog, ask

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from textual.app import App

    from tui.commands.command import Command, Situation
    from tui.engine.client import Engine
    from tui.model.image import Image
    from tui.operations.done import Done
    from tui.screens.consent import Consent
    from tui.screens.main import MainScreen

_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+")
"""What the engine accepts as a container's name (moby, daemon/names)."""


class Changes:
    """Carries out commands on behalf of the App.

    `engine` gives the engine, None while none answers: it may restart while something is asked.
    `place` names host and engine.
    """

    def __init__(
        self,
        app: App[str],
        screen: MainScreen,
        consent: Consent,
        engine: Callable[[], Engine | None],
        place: str,
    ) -> None:
        self._app = app
        self._screen = screen
        self._consent = consent
        self._engine = engine
        self._place = place

    async def perform(self, command: Command, situation: Situation) -> None:
        """Ask what has to be asked, do it, and say what became of it."""
        noun = command.id.split(".")[0]
        if command.id == "container.rename":
            await self._rename(command, situation)
        elif noun == "container":
            await self._containers(command, situation)
        elif command.id == "image.prune":
            await self._prune(command)
        elif noun == "image":
            await self._images(command, situation)
        elif noun == "tag":
            await self._tags(command, situation)

    def _facts(self, *more: str) -> tuple[str, ...]:
        return (*more, f"on {self._place}")

    async def _containers(self, command: Command, situation: Situation) -> None:
        chosen = [container for container in situation.containers if fits(command.id, container)]
        force = command.id == "container.remove" and any(container.running for container in chosen)
        names = [container.name for container in chosen]
        subjects = tuple(f"{c.name}   {state(c)[0]}   {c.image}" for c in chosen)
        facts = ["running ones are killed first"] if force else []
        if len(chosen) < len(situation.containers):
            facts.append(
                f"{len(situation.containers) - len(chosen)} marked ones are left alone: they do not fit"
            )
        if command.id == "container.remove":
            facts.append("what was written inside is lost; named volumes stay")
        verb, named = command.title.split(" (")[0], _named(names, "container")
        equal = docker_command(command.id, names, force=force)
        question = Question(f"{verb} {named}?", subjects, self._facts(*facts), equal, verb)
        if not await self._consent.given(question, named, asked=command.danger is Danger.CONFIRM):
            return
        await self._do(
            self._busy(command, names),
            containers.PAST[command.id],
            lambda engine: containers.act(engine, command.id, chosen, force=force),
        )

    async def _rename(self, command: Command, situation: Situation) -> None:
        container = situation.containers[0]

        def refuse(name: str) -> str:
            if not _NAME.fullmatch(name):
                return "a name begins with a letter or digit and goes on with those, '_', '.' and '-'"
            return "that is its name already" if name == container.name else ""

        name = await ask(self._app, NameDialog(f"Rename {container.name} to", container.name, refuse))
        if not name:
            return
        question = Question(
            f"Rename {container.name} to {name}?",
            (),
            self._facts(),
            docker_command(command.id, [container.name, name]),
            "Rename",
        )
        if await self._consent.given(question, container.name, asked=False):
            await self._do(
                self._busy(command, [container.name]),
                f"renamed to {name}:",
                lambda engine: containers.rename(engine, container, name),
            )

    async def _images(self, command: Command, situation: Situation) -> None:
        users = {
            image.id: [container.name for container in self._screen.store.users_of(image.id)]
            for image in situation.images
        }
        # Its tags go one by one: an image in use would lose some of them before the engine refuses.
        chosen = [image for image in situation.images if not users[image.id]]
        used = [
            f"{_title(image)} is used by {users[image.id][0]}"
            for image in situation.images
            if users[image.id]
        ]
        if not chosen:
            more = f", and {len(used) - 1} more are used" if len(used) > 1 else ""
            self._app.notify(f"{used[0]}{more}: remove the container first", severity="warning", markup=False)
            return
        subjects = tuple(
            f"{' '.join(image.tags) or short_id(image.id)}   {size(image.size)}" for image in chosen
        )
        facts = [f"left alone: {', '.join(used[:3])}"] if used else []
        names = [tag for image in chosen for tag in (image.tags or (short_id(image.id),))]
        named = _named([_title(image) for image in chosen], "image")
        question = Question(
            f"Remove {named}?",
            subjects,
            self._facts(*facts),
            docker_command(command.id, names),
            "Remove",
        )
        if await self._consent.given(question, named):
            await self._do(
                self._busy(command, names), "removed", lambda engine: images.remove(engine, chosen)
            )

    async def _tags(self, command: Command, situation: Situation) -> None:
        tags = situation.tags
        last = [image for image in situation.images if set(image.tags) <= set(tags)]
        facts = [f"{_count(last, 'image')} will be gone with the last tag"] if last else []
        named = _named(tags, "tag")
        equal = docker_command(command.id, tags)
        question = Question(f"Untag {named}?", tags, self._facts(*facts), equal, "Untag")
        if await self._consent.given(question, named):
            await self._do(self._busy(command, tags), "untagged", lambda engine: images.untag(engine, tags))

    async def _prune(self, command: Command) -> None:
        store = self._screen.store
        used = frozenset(container.image_id for container in store.containers.values())
        chosen = images.prunable(list(store.images.values()), used)
        if not chosen:
            self._app.notify("nothing to prune: no dangling image is unused", markup=False)
            return
        subjects = tuple(f"{short_id(image.id)}   {size(image.size)}" for image in chosen)
        total = disk_size(sum(image.size for image in chosen))
        names = [short_id(image.id) for image in chosen]
        named = _count(chosen, "dangling image")
        question = Question(
            f"Prune {named}, up to {total}?",
            subjects,
            self._facts("layers shared with other images stay"),
            docker_command(command.id, names),
            "Prune",
        )
        if await self._consent.given(question, named):
            await self._do(self._busy(command, names), "pruned", lambda engine: images.prune(engine, chosen))

    async def _do(self, busy: _Busy, verb: str, act: Callable[[Engine], Awaitable[Sequence[Done]]]) -> None:
        """Do what was asked for, and say what became of it."""
        engine = self._engine()
        if engine is None:
            self._app.notify("the engine does not answer", severity="warning", markup=False)
            return
        with busy:
            done = await act(engine)
        self._say(verb, done)

    def _busy(self, command: Command, names: Sequence[str]) -> _Busy:
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        return _Busy(self._screen, f"◐ {command.title.split(' (')[0].lower()} {names[0]}{more}")

    def _say(self, verb: str, done: Sequence[Done]) -> None:
        failed = [one for one in done if one.error]
        worked = [one.name for one in done if not one.error]
        if worked:
            more = f" and {len(worked) - 3} more" if len(worked) > 3 else ""
            self._app.notify(f"{verb} {', '.join(worked[:3])}{more}", markup=False, timeout=3)
        if failed:
            lines = [f"{one.name}: {one.error}" for one in failed[:3]]
            lines += [f"{len(failed) - 3} more failed"] if len(failed) > 3 else []
            self._app.notify("\n".join(lines), severity="error", markup=False, timeout=10)


class _Busy:
    """Says in the header what is under way, while it is."""

    def __init__(self, screen: MainScreen, words: str) -> None:
        self._screen = screen
        self._words = words

    def __enter__(self) -> None:
        self._screen.say_busy(self._words)

    def __exit__(self, *_: object) -> None:
        if self._screen.busy == self._words:
            self._screen.say_busy("")


def _title(image: Image) -> str:
    return image.tags[0] if image.tags else short_id(image.id)


def _named(names: Sequence[str], noun: str) -> str:
    return names[0] if len(names) == 1 else _count(names, noun)


def _count(things: Sequence[object], noun: str) -> str:
    return f"{len(things)} {noun}" if len(things) == 1 else f"{len(things)} {noun}s"
