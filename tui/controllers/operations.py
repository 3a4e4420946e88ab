"""From a chosen command to an operation: ask, start, show, follow, cancel, say how it ended."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from tui.commands.apps import APP_HISTORY, APP_PUSH, APP_SCAN, APP_TAG, APP_TEST, OPERATION_CANCEL
from tui.commands.command import Asks
from tui.commands.table import TABLE
from tui.controllers.preparing import Preparing
from tui.errors import HoldfastError
from tui.journal.folder import new_id
from tui.model.operation import CANCELLED, Failure, Started
from tui.model.reference import valid_tag
from tui.model.verb import verb_named
from tui.operations.process.launch import NotPlanned, cancel
from tui.operations.running.runner import failure, whoami
from tui.presentation.operation_words import begun_words, ended_words, goes_back, history_row
from tui.presentation.text import safe
from tui.screens.confirm import IS_PROTECTED, Question
from tui.screens.dialogs import Choice, MenuDialog
from tui.screens.plans import PlanDialog, VersionDialog

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from textual.worker import Worker

    from tui.commands.command import Command, Situation
    from tui.controllers.desk import Desk, Handler
    from tui.controllers.preparing import Launch, Process
    from tui.model.app import AppSpec
    from tui.model.image import Image
    from tui.model.operation import Plan
    from tui.operations.looking.suggested_versions import Suggestions
    from tui.operations.process.request import Request
    from tui.store.operation import Operation
    from tui.store.store import Change


class Operations:
    """Starts operations, shows and cancels them. `launch` starts the process of one."""

    def __init__(self, desk: Desk, launch: Launch) -> None:
        self._desk = desk
        self._stage = desk.stage
        self._screen = desk.screen
        self._session = desk.session
        self._launch = launch
        self._launching: dict[str, Worker[None]] = {}
        self._running: set[str] = set()
        self._greeted = False

    def handlers(self) -> Mapping[Command, Handler]:
        in_task = self._desk.in_task
        return {
            **{command: self._beginning(command) for command in TABLE if command.begins},
            APP_TEST: self._on_image(APP_TEST, "test"),
            APP_SCAN: self._on_image(APP_SCAN, "scan"),
            APP_TAG: in_task(self._tag),
            APP_PUSH: in_task(self._push),
            APP_HISTORY: in_task(self._history),
            OPERATION_CANCEL: in_task(self._cancel),
        }

    def _beginning(self, command: Command) -> Handler:
        """What begins a verb that is told nothing but the app."""
        verb = command.begins

        def at_once(situation: Situation) -> None:
            self._begin(command, situation, [self.request(verb, app.name) for app in situation.apps])

        async def planned(situation: Situation) -> None:
            name = situation.apps[0].name
            await self.run(command, situation, f"{verb.capitalize()} {name}", self.request(verb, name))

        return at_once if command.asks is Asks.NOTHING else self._desk.in_task(planned)

    def _on_image(self, command: Command, verb: str) -> Handler:
        """What begins a verb that is told the app and its selected image."""

        def begin(situation: Situation) -> None:
            app = situation.apps[0]
            self._begin(command, situation, [self.request(verb, app.name, image=_image(situation, app))])

        return begin

    # Showing

    def look(self, name: str, *, opened: bool) -> None:
        """Show the newest operation of an app; `opened` also gives it the focus."""
        found = self._desk.store.operations_of(name)
        if found:
            self.show(found[0], focus=opened, only_beside=not opened)
        elif opened:
            said = f"nothing was done with {name} yet: {self._desk.keymap.say('<app.build> builds it')}"
            self._stage.say(safe(said), timeout=4)

    def show(self, operation: Operation, *, focus: bool = False, only_beside: bool = False) -> None:
        """Show an operation; what its journal holds is read now, if it was not before."""
        self._screen.show_operation(operation, focus=focus, only_beside=only_beside)
        if not operation.complete:
            self._screen.operation.say("reading its journal ...")
            self._screen.run_worker(self._read(operation), group="journal", exclusive=True)

    async def _read(self, operation: Operation) -> None:
        found = await self._session.journals.open(operation.id)
        if self._screen.shown_operation is operation:
            self._screen.operation.say("" if found is not None else "its journal is gone")

    # Starting

    def request(self, verb: str, app: str, **more: Any) -> Request:
        """What is asked of an operation process; `more` are further fields of Request."""
        return self._session.request()._replace(
            op=new_id(verb, app, self._session.clock()), verb=verb, app=app, **more
        )

    def _expect(self, request: Request, plan: Plan | None = None) -> Operation:
        """Show an operation before its process says anything."""
        steps, title = (plan.steps, plan.title) if plan is not None else ((), "")
        started = Started(
            t=self._session.clock(),
            op=request.op,
            verb=request.verb,
            app=request.app,
            engine=request.engine.url,
            by=whoami(),
            host="",
            pid=0,
            plan=steps,
            title=title,
            engines=plan.engines if plan is not None else (),
        )
        operation = self._session.starting.expect(started)
        self._screen.show_operation(operation)
        return operation

    def _begin(self, command: Command, situation: Situation, requests: Sequence[Request]) -> None:
        """Start what asks nothing, unless the engine is protected; at once: no key comes first."""
        if self._desk.consent.needs_time:
            self._stage.app.run_worker(self._begin_asked(command, situation, requests))
        else:
            for request in requests:
                self._start(request)

    async def _begin_asked(self, command: Command, situation: Situation, requests: Sequence[Request]) -> None:
        for request in requests:
            if await self._desk.consent.asks(command, situation) is Asks.NOTHING:
                self._start(request)
            else:
                title = f"{request.verb.capitalize()} {request.app}"
                await self.run(command, situation, title, request)

    def _start(self, request: Request) -> None:
        operation = self._expect(request)
        self._launching[operation.id] = self._stage.app.run_worker(self._launched(request, operation))

    async def _launched(self, request: Request, operation: Operation) -> None:
        launched: Process | None = None
        going = False
        try:
            launched = await self._launch(request)
            await launched.plan()
            going = True
            await launched.go()
        except HoldfastError as error:
            self._session.starting.end(operation, self._session.clock(), _failure(error))
        except asyncio.CancelledError:
            if launched is not None and not going:
                await asyncio.shield(launched.abandon())
            if not going:
                self._session.starting.end(operation, self._session.clock(), Failure(CANCELLED, "cancelled"))
            raise
        finally:
            self._launching.pop(operation.id, None)
            self._session.journals.nudge()

    def prepare(self, request: Request) -> Preparing:
        """Let its process plan already."""
        return Preparing(request, self._launch)

    async def run(
        self,
        command: Command,
        situation: Situation,
        title: str,
        request: Request,
        prepared: Preparing | None = None,
    ) -> None:
        """Start what changes something for others, once its plan is read; it plans while the dialog opens.

        `prepared` is the same request, where its process was started even before.
        """
        prepared = prepared or self.prepare(request)
        plan: Plan | None = None

        async def again() -> Plan:
            nonlocal prepared
            assert prepared is not None
            await prepared.abandon()
            prepared = self.prepare(request._replace(again=True))
            return await prepared.plan()

        try:
            asks = await self._desk.consent.asks(command, situation)
            protected = asks is Asks.TYPED or await self._session.protects(request.fleet)
            typed = request.app if protected else ""
            why = await self._desk.consent.why_typed() if asks is Asks.TYPED else IS_PROTECTED
            plan = await self._stage.ask(PlanDialog(title, prepared.plan, typed=typed, why=why, again=again))
            if plan is None and not prepared.is_refused:  # a dialog that closes in silence may have done it
                said = f"not {verb_named(request.verb).done}: nothing was changed"
                self._stage.say(said, timeout=4)
        finally:
            if plan is None:
                await prepared.abandon()
        if plan is None:
            return
        operation = self._expect(request, plan)
        try:
            await prepared.go()
        except HoldfastError as error:
            self._session.starting.end(operation, self._session.clock(), _failure(error))
        self._session.journals.nudge()

    async def planned(self, title: str, request: Request) -> None:
        """Show a plan, and do nothing."""
        prepared = self.prepare(request)
        try:
            await self._stage.ask(PlanDialog(title, prepared.plan, only_look=True))
        finally:
            await prepared.abandon()

    async def _push(self, situation: Situation) -> None:
        app = situation.apps[0]
        version = next(iter(app.tags_of(situation.tags)), "")
        image = "" if version else _image(situation, app)
        name = f"{app.name} {version}" if version else app.name
        request = self.request("push", app.name, version=version, image=image)
        await self.run(APP_PUSH, situation, f"Push {name}", request)

    async def _tag(self, situation: Situation) -> None:
        app = situation.apps[0]
        version = await self._stage.ask(
            VersionDialog(f"A version for {app.name}", self.suggested(app), refused)
        )
        if version:
            request = self.request("tag", app.name, version=version, image=_image(situation, app))
            await self.run(APP_TAG, situation, f"Tag {app.name} {version}", request)

    async def suggested(self, app: AppSpec) -> AsyncIterator[Suggestions]:
        """What is offered by the tags of engine and registry, once they are read: never one of them."""
        from tui.operations.looking.suggested_versions import (
            Suggestions,
            local_suggestions,
            suggestions,
        )  # as slow as asking a registry

        local = [tag for image in self._desk.store.images.values() for tag in app.versions_of(image.tags)]
        engine = self._session.engine
        if engine is None or not app.has_registry:
            yield await local_suggestions(app, local)
            return
        yield Suggestions([])
        try:
            yield await suggestions(app, engine, local)
        except HoldfastError as error:
            first = await local_suggestions(app, local)
            yield first._replace(note=f"the registry's tags are not known: {error.message}")

    # Looking back, and stopping

    async def _history(self, situation: Situation) -> None:
        app = situation.apps[0]
        found = self._desk.store.operations_of(app.name)
        if not found:
            self._stage.say(f"nothing was done with {app.name} yet", timeout=4)
            return
        choices = [Choice(operation.id, "", history_row(operation)[0]) for operation in found]
        chosen = await self._stage.ask(MenuDialog(f"History of {app.name}", choices))
        if chosen and chosen in self._desk.store.operations:
            self.show(self._desk.store.operations[chosen], focus=True)

    async def _cancel(self, situation: Situation) -> None:
        operation = situation.running[0]
        started = operation.started
        if goes_back(operation):
            said = f"{started.app} {started.verb} is being undone already"
            self._stage.say(safe(said), timeout=4)
            return
        question = Question(
            title=f"Stop the {started.verb} of {started.app}?",
            subjects=(started.title,) if started.title else (),
            facts=(_when_cancelled(started),),
            equal="",
            verb="Stop it",
            keep="Let it go on",
        )
        if not await self._desk.consent.given(OPERATION_CANCEL, situation, question, started.app):
            return
        if (worker := self._launching.get(operation.id)) is not None:
            worker.cancel()
        elif not await asyncio.to_thread(cancel, operation):
            self._stage.say("it has ended meanwhile", timeout=4)

    # Saying

    def changed(self, change: Change) -> None:
        """Say what became of operations that nobody looks at."""
        found = [self._desk.store.operations[id] for id in change.put]
        shown = self._screen.shown_operation
        if shown is not None and shown.id in change.put and not shown.complete:
            self.show(shown)  # it ended before anybody could follow it
        if not self._greeted:
            self._greeted = True
            self._greet(found)
        for operation in found:
            if operation.running:
                self._running.add(operation.id)
            elif operation.id in self._running:
                self._running.discard(operation.id)
                if not self._screen.sees(operation):
                    self._stage.say(
                        safe(ended_words(operation)),
                        severity="information" if operation.state == "done" else "error",
                        timeout=8,
                    )
                self._welcome(operation)  # last: it says more, and takes the other's place
                self._point_to_findings(operation)

    def _welcome(self, operation: Operation) -> None:
        """An app that has been made, and is not on the screen."""
        name = operation.started.app
        adopted = operation.started.verb == "adopt" and operation.state == "done"
        if adopted and name not in self._desk.store.apps:
            how = self._desk.keymap.say("<view.reload> reads the configuration again and shows it")
            said = f"{name} is an app now; {how}"
            self._stage.say(safe(said), timeout=20)

    def _point_to_findings(self, operation: Operation) -> None:
        from tui.model.scan_gate import JUDGE

        judging = operation.steps.get(JUDGE)
        if judging is not None and judging.started is not None:
            said = self._desk.keymap.say("<app.findings> shows what was found")
            self._stage.say(said, timeout=8)

    def _greet(self, found: Sequence[Operation]) -> None:
        """What runs already is what one has come for."""
        running = [operation for operation in found if operation.running]
        if running and self._screen.shown_operation is None:
            newest = max(running, key=lambda one: one.started.t)
            if self._screen.reads_log:
                self._stage.say(begun_words(newest, self._desk.keymap), timeout=8)
            else:
                self.show(newest)


def _belongs(image: Image, app: AppSpec) -> bool:
    """Whether an image is in the repository of an app."""
    return any(map(app.owns, (*image.tags, *image.digests)))


def _image(situation: Situation, app: AppSpec) -> str:
    """The ID of the selected image where it is one of the app's."""
    return next((image.id for image in situation.images if _belongs(image, app)), "")


def _failure(error: HoldfastError) -> Failure:
    return error.failure if isinstance(error, NotPlanned) else failure(error)


def refused(version: str) -> str:
    """What is wrong with a version that was typed, "" where nothing is."""
    return valid_tag(version) if version else "write a version, or choose one"


def _when_cancelled(started: Started) -> str:
    """What becomes of it then."""
    if started.engines:
        return "engines under way go back to the release before; those that have it already keep it"
    return verb_named(started.verb).when_cancelled
