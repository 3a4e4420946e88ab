"""Commands on releases: which version, which release, the plan, then an operation; and what is to be read."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.commands.containers import APP_ADOPT
from tui.commands.releases import (
    APP_DEPLOY,
    APP_PLAN,
    APP_ROLLBACK,
    APP_SHIP,
    APP_UNLOCK,
    APP_VERIFY,
    RELEASE_SHOW,
)
from tui.controllers.operations import refused
from tui.engine.addresses import is_elsewhere
from tui.errors import HoldfastError
from tui.evidence.files import read_evidence
from tui.ledger.lease_reading import read_lease
from tui.model.offers import first_choice, offered_versions
from tui.model.reference import valid_tag
from tui.model.registry_name import registry_host
from tui.operations.looking.suggested_versions import Suggestions
from tui.operations.verbs.unlock import consequence, unlock
from tui.presentation.release_record import difference_lines, drift_lines, record_lines
from tui.presentation.text import safe
from tui.presentation.versions import version_choices
from tui.screens.confirm import Question
from tui.screens.dialogs import NameDialog
from tui.screens.pickers import ReleaseDialog
from tui.screens.plans import CHOOSE, VersionDialog
from tui.screens.reading import ReadingScreen
from tui.store.store import Topic

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence

    from tui.commands.command import Command, Situation
    from tui.controllers.desk import Desk, Handler
    from tui.controllers.operations import Operations
    from tui.controllers.version_trust import Verifying
    from tui.model.app import AppSpec
    from tui.model.evidence import Evidence
    from tui.model.offers import Offered
    from tui.model.releases import Releases as AppReleases
    from tui.operations.process.request import Request
    from tui.store.store import Change


class Releases:
    """Carries them out, by operations."""

    def __init__(self, desk: Desk, operations: Operations) -> None:
        self._desk = desk
        self._stage = desk.stage
        self._store = desk.store
        self._session = desk.session
        self._operations = operations
        self._said: dict[str, int | None] = {}

    def handlers(self) -> Mapping[Command, Handler]:
        return {
            APP_DEPLOY: self._desk.in_task(self._deploy),
            APP_ROLLBACK: self._desk.in_task(self._rollback),
            APP_SHIP: self._desk.in_task(self._ship),
            APP_PLAN: self._desk.in_task(self._plan),
            APP_ADOPT: self._desk.in_task(self._adopt),
            APP_UNLOCK: self._desk.in_task(self._unlock),
            APP_VERIFY: self._desk.in_task(self._verify),
            RELEASE_SHOW: lambda situation: self.show(situation.apps[0].name, situation.release),
        }

    # Into service, and back

    async def _deploy(self, situation: Situation) -> None:
        app = situation.apps[0]
        version = await self.version(app, f"Deploy which version of {app.name}?")
        if version:
            request = self._operations.request("deploy", app.name, version=version)
            await self._operations.run(APP_DEPLOY, situation, f"Deploy {app.name} {version}", request)

    async def version(self, app: AppSpec, title: str) -> str | None:
        """The version that is chosen, None where none is."""
        self._session.ask_registries()
        return await self._stage.ask(VersionDialog(title, self._versions(app), _no_version))

    def _offered(self, app: AppSpec) -> list[Offered]:
        return offered_versions(app, self._store.images.values(), self._store.remote.get(app.repository))

    async def _versions(self, app: AppSpec) -> AsyncIterator[Suggestions]:
        """What can be deployed, anew whenever the registry has said something new, for as long as asked."""
        news = asyncio.Event()
        end = self._store.subscribe(Topic.REMOTE, lambda _: news.set())
        verifying = self._verifying(app, news.set)
        try:
            while True:
                news.clear()
                offered = self._offered(app)
                known = await asyncio.to_thread(_known, app.name, offered)
                releases, now = self._store.releases.get(app.name), self._session.clock()
                policy, verdicts = self._session.settings.policy, {}
                if verifying is not None:
                    verifying.look(offered, releases, known)
                    verdicts = verifying.verdicts
                choices = version_choices(app, offered, releases, known, policy, now, verdicts)
                first = first_choice(offered, releases, [one.tag for one in choices if one.refused])
                yield Suggestions(choices, self._note(app, offered), first)
                await news.wait()
        finally:
            end()
            if verifying is not None:
                verifying.close()

    def _verifying(self, app: AppSpec, changed: Callable[[], None]) -> Verifying | None:
        """What verifies the versions in the background; None where nothing is to be verified."""
        if self._session.settings.policy.trust is None or not app.has_registry:
            return None
        from tui.controllers.version_trust import Verifying

        return Verifying(self._session, app, changed)

    def _note(self, app: AppSpec, offered: Sequence[Offered]) -> str:
        remote = self._store.remote.get(app.repository)
        if app.has_registry and remote is None:
            return "asking the registry ..."
        if remote is not None and remote.error:
            return f"the registry cannot be asked: {remote.error}"
        if not offered:
            push = ", <app.push> pushes it" if app.has_registry else ""
            how = self._desk.keymap.say(f"<app.build> builds one, <app.tag> names it{push}")
            return f"there is no version of {app.name} yet: {how}"
        return CHOOSE

    async def _rollback(self, situation: Situation) -> None:
        """The process for the likeliest choice plans already while the picker is open."""
        app, chosen = situation.apps[0], situation.release
        releases = self._store.releases[app.name]
        numbers = releases.ways_back
        likely = chosen if chosen in numbers else releases.way_back or numbers[0]
        prepared = self._operations.prepare(self._back(app, releases, likely))
        number: int | None = None
        try:
            title = f"Roll {app.name} back to which release?"
            number = await self._stage.ask(
                ReleaseDialog(title, releases, numbers, likely, self._session.clock())
            )
        finally:
            if number != likely:
                await prepared.abandon()
        if number is None:
            return
        if number != likely:
            prepared = self._operations.prepare(self._back(app, releases, number))
        title = f"Roll {app.name} back to {releases.called(number)}"
        await self._operations.run(APP_ROLLBACK, situation, title, prepared.request, prepared)

    def _back(self, app: AppSpec, releases: AppReleases, number: int) -> Request:
        """What is in doubt is chosen knowingly here: its plan says why, and wants the app's name typed."""
        way = releases.way(number)
        return self._operations.request(
            "rollback", app.name, to=number, force=way is not None and way.untrusted
        )

    async def _ship(self, situation: Situation) -> None:
        app = situation.apps[0]
        version = await self._stage.ask(
            VersionDialog(f"Ship {app.name} as which version?", self._operations.suggested(app), refused),
        )
        if version:
            request = self._operations.request("ship", app.name, version=version)
            await self._operations.run(APP_SHIP, situation, f"Ship {app.name} {version}", request)

    async def _plan(self, situation: Situation) -> None:
        app, chosen = situation.apps[0], situation.release
        releases = self._store.releases.get(app.name)
        if releases is not None and chosen in releases.ways_back:
            title = f"Roll {app.name} back to {releases.called(chosen)}"
            request = self._back(app, releases, chosen)
        else:
            version = await self.version(app, f"The plan for which version of {app.name}?")
            if not version:
                return
            title = f"Deploy {app.name} {version}"
            request = self._operations.request("deploy", app.name, version=version)
        await self._operations.planned(title, request)

    async def _adopt(self, situation: Situation) -> None:
        container = situation.containers[0]
        name = await self._stage.ask(
            NameDialog(f"Adopt {container.name} as the app", container.name, _no_name)
        )
        if not name:
            return
        request = self._operations.request("adopt", name, container=container.id)
        await self._operations.run(APP_ADOPT, situation, f"Adopt {container.name} as {name}", request)

    # The lease

    async def _unlock(self, situation: Situation) -> None:
        app, engine = situation.apps[0], self._session.engine
        try:
            lease = await read_lease(engine, app.name) if engine is not None else None
            if engine is None or lease is None:
                self._stage.say(f"nobody has the lease of {app.name}", timeout=4)
                return
            question = Question(
                title=f"Take the lease of {app.name} away?",
                subjects=(lease.text,),
                facts=(
                    f"it is {consequence(lease)}",
                    self._desk.keymap.say("what was begun stays as it is until <app.recover> recovers it"),
                    f"on {engine.endpoint.url}",
                ),
                equal=f"holdfast unlock {app.name}",
                verb="Unlock",
            )
            if await self._desk.consent.given(APP_UNLOCK, situation, question, app.name):
                await unlock(engine, lease)
                self._stage.say(safe(f"unlocked {app.name}; it was {lease.text}"), timeout=6)
        except HoldfastError as error:
            self._stage.say(safe(str(error)), severity="error", timeout=8)

    # To be read

    def show(self, name: str, number: int) -> None:
        """The record of a release, and how it differs from the live one."""
        releases = self._store.releases.get(name)
        if releases is None:
            return
        app, policy = self._store.apps.get(name), self._session.settings.policy
        now, keymap = self._session.clock(), self._desk.keymap
        remote = self._store.remote.get(app.repository) if app is not None else None
        plain = remote is not None and remote.plain
        engine = self._session.engine
        host = registry_host(app.image) if app is not None else ""
        elsewhere = engine is not None and is_elsewhere(host, engine.endpoint)
        pages = [
            (
                "record",
                record_lines(releases, number, now, keymap, app, policy, plain=plain, elsewhere=elsewhere),
            ),
            ("against the live one", difference_lines(releases, number)),
        ]
        if releases.notes:
            pages.append(("the ledger", [[(f"! {safe(note)}", "warn")] for note in releases.notes]))
        self._stage.push(ReadingScreen(safe(f"{name} {releases.called(number)}"), pages))

    async def _verify(self, situation: Situation) -> None:
        app = situation.apps[0]
        self._desk.screen.say_busy(f"◐ looking for drift of {app.name}")
        try:
            found = await self._session.look_for_drift(app)
        except HoldfastError as error:
            self._stage.say(safe(str(error)), severity="error", timeout=8)
            return
        finally:
            self._desk.screen.say_busy("")
        if found is None:
            self._stage.say("the engine does not answer", severity="warning", timeout=4)
            return
        lines = drift_lines(found, self._session.clock())
        self._stage.push(ReadingScreen(safe(f"Drift of {app.name}"), [("causes", lines)]))

    # Saying

    def changed(self, change: Change) -> None:
        """Offer to recover a deploy that was interrupted, once for each."""
        for name in change.put:
            releases = self._store.releases.get(name)
            number = releases.interrupted if releases is not None else None
            if releases is not None and number is not None and self._said.get(name) != number:
                self._offer_recovery(name, releases, number)
            self._said[name] = number

    def _offer_recovery(self, name: str, releases: AppReleases, number: int) -> None:
        how = self._desk.keymap.say("<pane.apps> goes to the apps, <app.recover> finishes or undoes it")
        said = f"the deploy of {name} {releases.called(number)} was interrupted: {how}"
        self._stage.say(safe(said), severity="warning", timeout=15)


def _known(app: str, offered: Sequence[Offered]) -> dict[str, Evidence]:
    """What this account knows of each ID and digest. Blocks."""
    return {id: read_evidence(app, id) for id in {id for one in offered for id in one.images if id}}


def _no_version(text: str) -> str:
    if text.startswith("sha256:"):
        return ""
    return valid_tag(text) if text else "write a version, or choose one"


def _no_name(text: str) -> str:
    return "" if text.strip() else "write a name"
