"""From a chosen command that changes something to its outcome: ask, do, say."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from tui.commands.container_actions import ACTIONS, REMOVE
from tui.commands.containers import CONTAINER_RENAME
from tui.commands.equal import docker_command
from tui.commands.images import IMAGE_PRUNE, IMAGE_REMOVE, TAG_REMOVE
from tui.model.compose_project import waves
from tui.model.digest import short_id
from tui.model.sizes import disk_size
from tui.operations.by_hand import containers, images
from tui.presentation.amounts import size
from tui.presentation.containers import state
from tui.presentation.losing import losses
from tui.screens.confirm import Question
from tui.screens.dialogs import NameDialog

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from tui.commands.command import Command, Situation
    from tui.commands.container_actions import ContainerAction
    from tui.controllers.desk import Desk, Handler
    from tui.engine.client import Engine
    from tui.model.image import Image
    from tui.operations.by_hand.bulk import Done
    from tui.screens.main import MainScreen

_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+")
"""What the engine accepts as a container's name (moby, daemon/names)."""


class Changes:
    """Changes containers, images and tags."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._stage = desk.stage
        self._consent = desk.consent

    def handlers(self) -> Mapping[Command, Handler]:
        return {
            **{action.command: self._desk.in_task(partial(self._containers, action)) for action in ACTIONS},
            CONTAINER_RENAME: self._desk.in_task(self._rename),
            IMAGE_REMOVE: self._desk.in_task(self._images),
            IMAGE_PRUNE: self._desk.in_task(self._prune),
            TAG_REMOVE: self._desk.in_task(self._tags),
        }

    def _facts(self, *more: str) -> tuple[str, ...]:
        return (*more, self._desk.place)

    async def _containers(self, action: ContainerAction, situation: Situation) -> None:
        command = action.command
        chosen = [container for container in situation.containers if action.fits(container)]
        force = action is REMOVE and any(container.running for container in chosen)
        ordered = waves(chosen, dependents_first=action.dependents_first)
        names = [container.name for wave in ordered for container in wave]
        subjects = tuple(f"{c.name}   {state(c)[0]}   {c.image}" for wave in ordered for c in wave)
        facts = ["running ones are killed first"] if force else []
        if len(chosen) < len(situation.containers):
            left = len(situation.containers) - len(chosen)
            facts.append(
                f"{left} {'' if situation.project else 'marked '}ones are left alone: they do not fit"
            )
        if situation.project and len(ordered) > 1:
            first = (
                "what needs others goes first" if action.dependents_first else "what others need goes first"
            )
            facts.append(f"in this order, {first}")
        if action.loses:
            facts.append(action.loses)
        facts = [*losses(action, chosen, self._desk.store.releases), *facts]
        verb, named = command.title.split(" (")[0], situation.project or _named(names, "container")
        equal = docker_command(command, names, force=force)
        question = Question(
            title=f"{verb} the project {named}?" if situation.project else f"{verb} {named}?",
            subjects=subjects,
            facts=self._facts(*facts),
            equal=equal,
            verb=verb,
            whole=bool(situation.project),
        )
        if await self._consent.given(command, situation, question, named):
            await self._do(
                self._busy(command, names),
                action.done,
                lambda engine: containers.act(
                    engine, action.call, chosen, dependents_first=action.dependents_first
                ),
            )

    async def _rename(self, situation: Situation) -> None:
        container = situation.containers[0]

        def refuse(name: str) -> str:
            if not _NAME.fullmatch(name):
                return "a name begins with a letter or digit and goes on with those, '_', '.' and '-'"
            return "that is its name already" if name == container.name else ""

        name = await self._stage.ask(NameDialog(f"Rename {container.name} to", container.name, refuse))
        if not name:
            return
        question = Question(
            title=f"Rename {container.name} to {name}?",
            subjects=(),
            facts=self._facts(),
            equal=docker_command(CONTAINER_RENAME, [container.name, name]),
            verb="Rename",
        )
        if await self._consent.given(CONTAINER_RENAME, situation, question, container.name):
            await self._do(
                self._busy(CONTAINER_RENAME, [container.name]),
                f"renamed to {name}:",
                lambda engine: containers.rename(engine, container, name),
            )

    async def _images(self, situation: Situation) -> None:
        users = {
            image.id: [container.name for container in self._desk.store.users_of(image.id)]
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
            self._stage.say(f"{used[0]}{more}: remove the container first", severity="warning")
            return
        subjects = tuple(
            f"{' '.join(image.tags) or short_id(image.id)}   {size(image.size)}" for image in chosen
        )
        facts = [f"left alone: {', '.join(used[:3])}"] if used else []
        names = [tag for image in chosen for tag in (image.tags or (short_id(image.id),))]
        named = _named([_title(image) for image in chosen], "image")
        question = Question(
            title=f"Remove {named}?",
            subjects=subjects,
            facts=self._facts(*facts),
            equal=docker_command(IMAGE_REMOVE, names),
            verb="Remove",
        )
        if await self._consent.given(IMAGE_REMOVE, situation, question, named):
            await self._do(
                self._busy(IMAGE_REMOVE, names), "removed", lambda engine: images.remove(engine, chosen)
            )

    async def _tags(self, situation: Situation) -> None:
        tags = situation.tags
        last = [image for image in situation.images if set(image.tags) <= set(tags)]
        facts = [f"{_count(last, 'image')} will be gone with the last tag"] if last else []
        named = _named(tags, "tag")
        equal = docker_command(TAG_REMOVE, tags)
        question = Question(
            title=f"Untag {named}?", subjects=tags, facts=self._facts(*facts), equal=equal, verb="Untag"
        )
        if await self._consent.given(TAG_REMOVE, situation, question, named):
            await self._do(
                self._busy(TAG_REMOVE, tags), "untagged", lambda engine: images.untag(engine, tags)
            )

    async def _prune(self, situation: Situation) -> None:
        store = self._desk.store
        used = frozenset(container.image_id for container in store.containers.values())
        chosen = images.prunable(list(store.images.values()), used)
        if not chosen:
            self._stage.say("nothing to prune: no dangling image is unused")
            return
        subjects = tuple(f"{short_id(image.id)}   {size(image.size)}" for image in chosen)
        total = disk_size(sum(image.size for image in chosen))
        names = [short_id(image.id) for image in chosen]
        named = _count(chosen, "dangling image")
        question = Question(
            title=f"Prune {named}, up to {total}?",
            subjects=subjects,
            facts=self._facts("layers shared with other images stay"),
            equal=docker_command(IMAGE_PRUNE, names),
            verb="Prune",
        )
        if await self._consent.given(IMAGE_PRUNE, situation, question, named):
            await self._do(
                self._busy(IMAGE_PRUNE, names), "pruned", lambda engine: images.prune(engine, chosen)
            )

    async def asked(
        self,
        command: Command,
        situation: Situation,
        verb: str,
        named: str,
        names: Sequence[str],
        facts: Sequence[str],
    ) -> bool:
        """Whether the user agrees to do it to what has these names; `named` is all of them in a word."""
        question = Question(
            title=f"{verb} {named}?",
            subjects=tuple(names),
            facts=self._facts(*facts),
            equal=docker_command(command, names),
            verb=verb,
        )
        return await self._consent.given(command, situation, question, named)

    async def do(
        self,
        command: Command,
        names: Sequence[str],
        verb: str,
        act: Callable[[Engine], Awaitable[Sequence[Done]]],
    ) -> None:
        """Do what was asked for, say in the header that it is under way, and what became of it."""
        await self._do(self._busy(command, names), verb, act)

    async def _do(self, busy: _Busy, verb: str, act: Callable[[Engine], Awaitable[Sequence[Done]]]) -> None:
        """Do what was asked for, and say what became of it."""
        engine = self._desk.engine()
        if engine is None:
            return
        with busy:
            done = await act(engine)
        self._say(verb, done)

    def _busy(self, command: Command, names: Sequence[str]) -> _Busy:
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        return _Busy(self._desk.screen, f"◐ {command.title.split(' (')[0].lower()} {names[0]}{more}")

    def _say(self, verb: str, done: Sequence[Done]) -> None:
        failed = [one for one in done if one.error]
        worked = [one.name for one in done if not one.error]
        if worked:
            more = f" and {len(worked) - 3} more" if len(worked) > 3 else ""
            self._stage.say(f"{verb} {', '.join(worked[:3])}{more}", timeout=3)
        if failed:
            lines = [f"{one.name}: {one.error}" for one in failed[:3]]
            lines += [f"{len(failed) - 3} more failed"] if len(failed) > 3 else []
            self._stage.say("\n".join(lines), severity="error", timeout=10)


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
