"""Apps are made, edited, copied, removed: by a form where their file is the program's own, else in an
editor."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.commands.apps import APP_COPY, APP_EDIT, APP_FORGET, APP_NEW
from tui.errors import HoldfastError, Refused
from tui.presentation.settings import Place
from tui.settings.paths import is_made_here
from tui.settings.where import line_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tui.commands.command import Command, Situation
    from tui.controllers.configuration import Configuration
    from tui.controllers.desk import Desk, Handler
    from tui.model.app import AppSpec
    from tui.screens.app_form import Written
    from tui.settings.form import Draft, Faults
    from tui.settings.form_file import AppText


class AppForms:
    """Opens them. What was kept is read as every other file is, by `configuration`."""

    def __init__(self, desk: Desk, configuration: Configuration) -> None:
        self._desk = desk
        self._configuration = configuration
        self._left: dict[str, tuple[Draft, AppText | None]] = {}
        """What was written and not saved, by the app, "" for new ones."""

    def handlers(self) -> Mapping[Command, Handler]:
        return {
            APP_NEW: self._desk.in_task(lambda _: self._open("", {}, None)),
            APP_EDIT: self._desk.in_task(self._edit),
            APP_COPY: self._desk.in_task(self._copy),
            APP_FORGET: self._desk.in_task(self._forget),
        }

    async def _edit(self, situation: Situation) -> None:
        app = situation.apps[0]
        if not is_made_here(app.origin):
            await self._in_editor(app)
            return
        file = await self._file_of(app)
        if isinstance(file, Refused):
            await self._in_editor(app)
            self._desk.stage.say(str(file), severity="warning", timeout=8)
        elif file is not None:
            await self._open(app.name, file.table, file)

    async def _file_of(self, app: AppSpec) -> AppText | Refused | None:
        """The file of an app that was made here; None where it cannot be read, which is said."""
        from tui.settings.form_file import read_file_of

        try:
            return await asyncio.to_thread(read_file_of, app.origin, app.name)
        except Refused as error:
            return error
        except HoldfastError as error:
            self._say(error)
            return None

    async def _in_editor(self, app: AppSpec) -> None:
        """Have the file edited that defines an app, where it does, and read again."""
        self._desk.app.release_input()
        line = await asyncio.to_thread(line_of, app.origin, f"apps.{app.name}")
        if await self._configuration.edit(Place(app.origin, line)):
            await self._configuration.take()

    async def _copy(self, situation: Situation) -> None:
        from tui.settings.form_file import table_of_files

        app = situation.apps[0]
        if app.withheld:
            said = f"{app.name} asks for what is not allowed here yet: holdfast allow says for what"
            self._desk.app.release_input()
            self._desk.stage.say(said, severity="warning", timeout=6)
            return
        try:
            table, _ = await asyncio.to_thread(table_of_files, app.name, self._desk.session.settings.file)
        except HoldfastError as error:
            self._say(error)
            return
        await self._open(f"{app.name}-2", {"image": app.image, **table}, None)

    async def _forget(self, situation: Situation) -> None:
        from tui.presentation.app_form import left_behind
        from tui.screens.confirm import Question
        from tui.settings.form_file import remove

        app = situation.apps[0]
        file = await self._file_of(app)
        if file is None or isinstance(file, Refused):
            if file is not None:
                self._say(file)
            return
        releases = self._desk.store.releases.get(app.name)
        slots = releases.standing.slots.values() if releases is not None else ()
        live = releases.live_slot if releases is not None else None
        facts = left_behind(
            app.name,
            len(releases.numbers) if releases is not None else 0,
            live.name if live is not None else "",
            [slot.name for slot in slots if live is None or slot.id != live.id],
        )
        question = Question(
            title=f"Remove {app.name} from the configuration?",
            subjects=(app.origin,),
            facts=(*facts, self._desk.place),
            equal="",
            verb="Remove",
        )
        if not await self._desk.consent.given(APP_FORGET, situation, question, app.name):
            return
        try:
            await asyncio.to_thread(remove, file, app.name)
        except HoldfastError as error:
            self._say(error)
            return
        if await self._configuration.take() is not None:
            self._desk.stage.say(f"{app.name} is configured no more; the engine keeps what it has", timeout=5)

    def _leave(self, about: str, left: Draft | None, file: AppText | None) -> None:
        """A form was left, with something in it that was not saved where `left` is not None."""
        self._left.pop(about, None)
        if left is not None:
            self._left[about] = left, file
            said = "nothing was saved; what was written is there again when the form is opened"
            self._desk.stage.say(said, timeout=4)

    def _say(self, error: HoldfastError) -> None:
        self._desk.app.release_input()
        self._desk.stage.say(str(error), severity="error", timeout=10)

    # The form

    async def _open(self, name: str, table: Mapping[str, Any], file: AppText | None) -> None:
        """A form that holds a table: of a `file` that is there, None for a new app."""
        from tui.screens.app_form import AppForm, AppFormScreen
        from tui.settings.form import drafted

        drafting = Drafting(self._desk, self._configuration, file, name if file is not None else "")
        before = drafted(name, table)
        left, of = self._left.get(name, (before, file))
        draft = left if of == file else before  # the file has changed since
        fixed = f"it stays {name}: its containers and its ledger are called so; a copy can have another"
        form = AppForm(
            draft={id: [*rows] for id, rows in draft.items()},
            before=before,
            fixed=fixed if file is not None else "",
            written=drafting.written,
            doubts=drafting.doubts,
            left=lambda left: self._leave(name, left, file),
            save=drafting.save,
            suggested=lambda: suggestions(self._desk),
        )
        kept = await self._desk.stage.ask(AppFormScreen(form))
        if kept:
            self._desk.screen.apps.point_at(kept)
            self._desk.stage.say(f"{kept} is configured in {drafting.path_of(kept)}", timeout=5)


class Drafting:
    """What comes of a form, and keeping it. file: that of an app that is there, called `name`."""

    def __init__(self, desk: Desk, configuration: Configuration, file: AppText | None, name: str) -> None:
        self._desk = desk
        self._configuration = configuration
        self._file = file
        self._name = name
        self._folder = str(Path.cwd())

    def _named(self, draft: Draft) -> str:
        from tui.settings.form import NAME

        return self._name or "".join(draft.get(NAME, [])[:1]).strip()

    def path_of(self, name: str) -> str:
        return self._text_file(name).path

    def _text_file(self, name: str) -> AppText:
        from tui.settings.form_file import new_file

        return self._file or new_file(name)

    def _table(self, draft: Draft, file: AppText) -> tuple[dict[str, Any], Faults]:
        from tui.settings.form import table_of
        from tui.settings.moved import table_elsewhere

        table, faults = table_of(draft, file.table)
        return table_elsewhere(table, self._folder), faults

    def written(self, draft: Draft) -> Written:
        """What would stand in the file, and what is wrong with it."""
        from tui.screens.app_form import Written
        from tui.settings.form import NAME
        from tui.settings.form_file import faults_of, text_of

        name = self._named(draft)
        file = self._text_file(name or "NAME")
        table, faults = self._table(draft, file)
        faults = {**faults_of(file, name or "app", table, draft, str(Path.home())), **faults}
        taken = self._desk.session.settings.apps.get(name)
        if not name:
            faults[NAME, 0] = "an app has a name"
        elif taken is not None and self._file is None:
            faults[NAME, 0] = f"there is such an app already, in {taken.origin}"
        return Written(file.path, text_of(file, name or "NAME", table, masked=True), faults)

    async def doubts(self, draft: Draft) -> Faults:
        """What is not there yet: it may come, so it refuses nothing."""
        from tui.settings.apps import read_apps
        from tui.settings.reading import SettingsFile

        file = self._text_file(self._named(draft) or "NAME")
        table, _ = self._table(draft, file)
        app = read_apps({"app": table}, SettingsFile(file.path, [], str(Path.home()))).get("app", {})
        build = app.get("build")
        context = build.get("context") if isinstance(build, dict) else None
        if not isinstance(context, str) or await asyncio.to_thread(os.path.isdir, context):
            return {}
        return {("build.context", 0): f"there is no such folder now: {context}"}

    async def save(self, draft: Draft) -> Faults | None:
        """Put it into its file; what is wrong with it all the same, by field and row, {} where it is said."""
        from tui.settings.form_file import check, placed, text_of, write

        name = self._named(draft)
        file = self._text_file(name)
        table, _ = self._table(draft, file)
        text = text_of(file, name, table)
        problems = await asyncio.to_thread(check, file, text, self._desk.session.settings.file)
        if problems:
            return placed(problems, draft)
        try:
            await asyncio.to_thread(write, file, text)
        except HoldfastError as error:
            self._desk.stage.say(str(error), severity="error", timeout=10)
            return {}
        await self._configuration.take()
        return None


async def suggestions(desk: Desk) -> Mapping[str, Sequence[str]]:
    """What there is to choose from, on this engine and in this folder."""
    from tui.engine.contexts import context_names
    from tui.engine.errors import EngineError
    from tui.model.reference import split_reference
    from tui.settings.dockerfiles import find_dockerfiles

    tags = [tag for image in desk.store.images.values() for tag in image.tags]
    found: dict[str, Sequence[str]] = {"image": sorted({split_reference(tag).repository for tag in tags})}
    folder = Path.cwd()
    dockerfiles = await asyncio.to_thread(find_dockerfiles, str(folder))
    found["build.dockerfile"] = dockerfiles
    places = dict.fromkeys(str((folder / one).parent) for one in dockerfiles)
    found["build.context"] = [str(folder), *(place for place in places if place != str(folder))]
    contexts = await asyncio.to_thread(context_names)
    found["engines"] = list(dict.fromkeys((*desk.session.settings.engines, *contexts)))
    engine = desk.session.engine
    if engine is None:
        return found
    try:
        networks, volumes = await engine.networks.list(), await engine.volumes.list()
    except EngineError:
        return found
    own = [one.name for one in networks if one.name not in ("bridge", "host", "none")]
    found["run.networks"] = sorted(own)
    named = [one.name for one in volumes if len(one.name) < 64 and not one.name.startswith("holdfast-")]
    found["run.volumes"] = [f"{name}:/" for name in sorted(named)]
    return found
