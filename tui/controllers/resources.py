"""Volumes, networks and events: their screen, and what is done to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands import resources as commands
from tui.engine.errors import EngineError
from tui.model.labels import LEDGER
from tui.model.uses import users
from tui.operations.by_hand import resources
from tui.presentation.amounts import size
from tui.presentation.details import raw_lines, sections_lines
from tui.presentation.resources import owner, users_lines
from tui.presentation.text import safe
from tui.screens.reading import ReadingScreen
from tui.sync.resources import ResourcesFollower

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from tui.commands.command import Command, Scope, Situation
    from tui.controllers.changes import Changes
    from tui.controllers.desk import Desk, Handler
    from tui.engine.client import Engine
    from tui.model.uses import Uses
    from tui.operations.by_hand.bulk import Done


class Resources:
    """Carries them out. What was read stays for the next time that the screen is opened."""

    def __init__(self, desk: Desk, changes: Changes, choose: Callable[[Command, Situation], None]) -> None:
        self._desk = desk
        self._changes = changes
        self._choose = choose
        self._follower = ResourcesFollower(desk.session.connected, desk.session.clock)

    def handlers(self) -> Mapping[Command, Handler]:
        desk = self._desk
        return {
            **{view: self._opening(view) for view in (
                commands.VIEW_VOLUMES, commands.VIEW_NETWORKS, commands.VIEW_EVENTS
            )},
            commands.VOLUME_INSPECT: desk.in_task(self._inspect),
            commands.NETWORK_INSPECT: desk.in_task(self._inspect),
            commands.VOLUME_SIZES: desk.in_task(self._count),
            commands.VOLUME_REMOVE: desk.in_task(self._remove_volumes),
            commands.VOLUME_PRUNE: desk.in_task(self._prune_volumes),
            commands.NETWORK_REMOVE: desk.in_task(self._remove_networks),
            commands.NETWORK_PRUNE: desk.in_task(self._prune_networks),
        }  # fmt: skip

    def _opening(self, command: Command) -> Handler:
        def handler(situation: Situation) -> None:
            from tui.screens.resources import PAGES

            self._open(PAGES[command], situation)

        return handler

    def _open(self, page: Scope, situation: Situation) -> None:
        from tui.screens.resources import ResourcesScreen

        desk = self._desk
        bare = type(situation)(pane=page, read_only=situation.read_only)
        desk.stage.push(
            ResourcesScreen(
                self._follower,
                desk.keymap,
                page,
                situation=lambda: bare._replace(live=desk.session.engine is not None),
                choose=self._choose,
                clock=desk.session.clock,
                columns=desk.session.settings.columns,
            )
        )

    # Looking

    async def _inspect(self, situation: Situation) -> None:
        engine = self._desk.engine()
        if engine is None or not (situation.volumes or situation.networks):
            return
        try:
            if situation.volumes:
                name = situation.volumes[0].name
                details, who = await engine.volumes.details(name), self._users(name)
            else:
                network = situation.networks[0]
                details, who = (
                    await engine.networks.details(network.id),
                    self._users(network.id, network.name),
                )
        except EngineError as error:
            self._desk.stage.say(str(error), severity="error")
            return
        pages = [
            ("details", sections_lines(details)),
            ("used by", users_lines(who)),
            ("raw", raw_lines(details.raw)),
        ]
        self._desk.stage.push(ReadingScreen(safe(details.title), pages))

    def _users(self, *names: str) -> list[Uses]:
        return users(self._follower.uses, *names)

    async def _count(self, _: Situation) -> None:
        self._desk.stage.say("the engine counts what is in the volumes ...", timeout=3)
        try:
            await self._follower.count_sizes()
        except EngineError as error:
            self._desk.stage.say(str(error), severity="error")

    # Changing

    async def _remove_volumes(self, situation: Situation) -> None:
        chosen = [one for one in situation.volumes if not self._users(one.name)]
        used = {one.name: self._users(one.name) for one in situation.volumes}
        held = [f"{name} is used by {who[0].container}" for name, who in used.items() if who]
        if not chosen:
            self._left_alone(held)
            return
        facts = ["what is in them is lost: no roll back brings it back"]
        facts += [
            f"{one.name} holds the ledger: the history of every app would be lost"
            for one in chosen
            if LEDGER in one.labels
        ]
        facts += [
            f"{one.called} carries on the data of {owner(one.labels)}"
            for one in chosen[:3]
            if resources.owned(one) and LEDGER not in one.labels
        ]
        await self._ask_and_do(
            commands.VOLUME_REMOVE, situation, "Remove", [one.name for one in chosen], "volume", facts, held,
            lambda engine: resources.remove_volumes(engine, chosen),
        )  # fmt: skip

    async def _prune_volumes(self, situation: Situation) -> None:
        chosen = resources.prunable_volumes(self._follower.volumes.values(), self._follower.uses)
        if not chosen:
            self._desk.stage.say("nothing to prune: every volume without a name is used")
            return
        sizes = [self._follower.sizes.get(one.name, 0) for one in chosen]
        facts = [f"{size(sum(sizes))} together"] if sum(sizes) else []
        await self._ask_and_do(
            commands.VOLUME_PRUNE, situation, "Prune", [one.name for one in chosen], "volume",
            [*facts, "volumes with a name stay, and those that carry on the data of an app"], [],
            lambda engine: resources.remove_volumes(engine, chosen),
        )  # fmt: skip

    async def _remove_networks(self, situation: Situation) -> None:
        wanted = [one for one in situation.networks if not one.predefined]
        chosen = [one for one in wanted if not self._users(one.id, one.name)]
        held = [
            f"{one.name} is used by {who[0].container}"
            for one in wanted
            if (who := self._users(one.id, one.name))
        ]
        if not chosen:
            self._left_alone(held)
            return
        await self._ask_and_do(
            commands.NETWORK_REMOVE, situation, "Remove", [one.name for one in chosen], "network", [], held,
            lambda engine: resources.remove_networks(engine, chosen),
        )  # fmt: skip

    async def _prune_networks(self, situation: Situation) -> None:
        chosen = resources.prunable_networks(self._follower.networks.values(), self._follower.uses)
        if not chosen:
            self._desk.stage.say("nothing to prune: every network is used")
            return
        await self._ask_and_do(
            commands.NETWORK_PRUNE, situation, "Prune", [one.name for one in chosen], "network", [], [],
            lambda engine: resources.remove_networks(engine, chosen),
        )  # fmt: skip

    def _left_alone(self, held: Sequence[str]) -> None:
        more = f", and {len(held) - 1} more are used" if len(held) > 1 else ""
        self._desk.stage.say(safe(f"{held[0]}{more}: remove the container first"), severity="warning")

    async def _ask_and_do(
        self,
        command: Command,
        situation: Situation,
        verb: str,
        names: Sequence[str],
        noun: str,
        facts: Sequence[str],
        held: Sequence[str],
        act: Callable[[Engine], Awaitable[Sequence[Done]]],
    ) -> None:
        """Ask before it is done; `held` are those that are left alone, and why."""
        named = names[0] if len(names) == 1 else f"{len(names)} {noun}s"
        left = [f"left alone: {', '.join(held[:3])}"] if held else []
        if await self._changes.asked(command, situation, verb, named, names, [*facts, *left]):
            await self._changes.do(command, names, f"{verb.lower()}d", act)
            self._follower.read_again()
