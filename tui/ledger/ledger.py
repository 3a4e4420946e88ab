"""The releases of every app on one engine: written once, read by everybody, never lost by pruning."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, NamedTuple, Self

from tui.engine.bounds import RECENT
from tui.engine.errors import AnswerTooLarge, ServerFault
from tui.errors import Refused
from tui.ledger.anchor import FOLDER, Anchor
from tui.ledger.belonging import unrecorded
from tui.ledger.errors import LedgerConflict, LedgerUnreadable
from tui.ledger.labels import number_of as claimed
from tui.ledger.mirror import Identity, Mirror
from tui.ledger.reading import bounded, read_entries, unreadable
from tui.ledger.reconciling import reconcile
from tui.ledger.records import (
    digest,
    encode_outcome,
    encode_release,
    is_record,
    numbers,
    outcome_file,
    outcomes,
    prior_of,
    release_file,
)
from tui.ledger.tars import FILE_BYTES, Contents, NoTar, contents, folders, largest, pack_new
from tui.ledger.way_out import refuse_beyond, way_out
from tui.model.app_name import is_app_name
from tui.model.labels import APP, RELEASE
from tui.together import all_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping

    from tui.engine.client import Engine
    from tui.model.container import Container
    from tui.model.release import Entry, Outcome, Release

Records = dict[str, bytes]
"""By the names of their files."""


class Files(NamedTuple):
    """An app's files by name, and those that are there and cannot be read: name -> why."""

    read: Records
    unread: dict[str, str]


class Ledger:
    """The ledger of one engine. All calls raise EngineError and LedgerUnreadable.

    Nothing is asked of the engine before something is read.

    notes   sentences about what was found wrong and what was done about it, each once
    """

    def __init__(self, engine: Engine, environ: Mapping[str, str] = os.environ) -> None:
        self.notes: list[str] = []
        self._engine = engine
        self._environ = environ
        self._anchor = Anchor(engine)
        self._copied: Mirror | None = None
        self._known: dict[str, Records] = {}

    @classmethod
    async def open(cls, engine: Engine, environ: Mapping[str, str] = os.environ) -> Self:
        """The ledger of an engine, with this machine's copy of it. Changes nothing. Raises EngineError."""
        ledger = cls(engine, environ)
        await ledger.find_copy()
        return ledger

    async def find_copy(self) -> None:
        """Which of this machine's copies is of this engine, and what its host is called."""
        if self._copied is None:
            info = await self._engine.info(within=RECENT)
            self._copied = Mirror(Identity(info.id, info.name, info.folder), self._environ)

    @property
    def _mirror(self) -> Mirror:
        assert self._copied is not None, "it was not looked for"
        return self._copied

    @property
    def host(self) -> str:
        """The name of the engine's host as the engine knows it, once something was read."""
        return self._mirror.engine.host

    async def entries(self, app: str, labelled: Awaitable[list[Container]] | None = None) -> list[Entry]:
        """The releases of an app, newest first.

        labelled   its containers by the labels of releases, where they are being asked for already

        What the engine has lost is restored from this machine's copy, or told by the labels of containers as
        far as those know it. The integrity of each says whether its record can be trusted.
        """
        files, claiming = await all_of(
            self._files(app), labelled or self._engine.containers.list(labels=[f"{APP}={app}", RELEASE])
        )
        reading = await asyncio.to_thread(read_entries, app, files.read, files.unread)
        for note in reading.notes:
            self._note(note)
        recorded = {entry.release.number for entry in reading.entries}
        taken = {entry.release.number for entry in reading.entries if entry.is_damaged}
        if taken:
            self._note(f"what is no record of {app} is left alone, its number not used: {way_out(app)}")
        lost: list[Entry] = []
        if any(claimed(one) not in recorded for one in claiming):
            lost = unrecorded(app, recorded, claiming, await self._anchor.made_at(), taken)
        for entry in lost:
            number = entry.release.number
            self._note(f"the record of r{number} of {app} is lost: only its container tells of it")
        known = recorded | {entry.release.number for entry in lost}
        alone = [number for number in outcomes((*files.read, *files.unread)) if number not in known]
        orphans = [unreadable(app, number, "only its outcome is there") for number in alone]
        return sorted([*reading.entries, *lost, *orphans], key=lambda entry: -entry.release.number)

    async def is_recorded(self, app: str, number: int) -> bool:
        """Whether the engine has a record of this release; much quicker than reading it."""
        return await self._anchor.has(f"{app}/{release_file(number)}")

    async def written(self, app: str, number: int) -> Entry | None:
        """A release as it was read and written from here: nothing is asked. None where it is not known."""
        files = self._known.get(app, {})
        if outcome_file(number) not in files:
            return None
        reading = await asyncio.to_thread(read_entries, app, dict(files))
        return next((entry for entry in reading.entries if entry.release.number == number), None)

    async def record(self, release: Release) -> None:
        """Write a release down, before anything is changed. LedgerConflict where its number is taken."""
        app, number = release.app, release.number
        refuse_beyond(app, number)
        files = self._known.get(app)
        if files is None or (number > 1 and number - 1 not in numbers(files)):
            await self._files(app)
            files = self._known[app]
        await self._write(app, release_file(number), encode_release(release, prior_of(number, files)))

    async def outcome(self, app: str, outcome: Outcome) -> None:
        """Write down how a release turned out. LedgerConflict where that has been written otherwise."""
        name = release_file(outcome.number)
        files = self._known.get(app, {})
        if name not in files:
            await self._files(app)
            files = self._known[app]
        if name not in files:
            raise LedgerConflict(f"r{outcome.number} of {app} has no record that its outcome belongs to")
        await self._write(app, outcome_file(outcome.number), encode_outcome(outcome, digest(files[name])))

    async def apps(self) -> list[str]:
        """The apps that have releases on the engine, or had."""
        await self.find_copy()
        tar, containers, copied = await all_of(
            self._anchor.read("", cut=True), self._engine.containers.list(labels=[APP]), self._copied_apps()
        )
        found = {*copied}
        for one in containers:
            app = one.labels.get(APP, "")  # an engine that knows no filters lists all
            if is_app_name(app):
                found.add(app)
            elif app:
                self._note(f'{one.name} bears the label {APP}="{app[:100]}", which no app can be called')
        if tar is not None:
            paths = [path.strip("/").split("/") for path in await asyncio.to_thread(folders, tar)]
            found |= {parts[1] for parts in paths if len(parts) == 2}
        return sorted(filter(is_app_name, found))

    async def _files(self, app: str) -> Files:
        """The files of an app; what is whole is on the engine and in the copy alike once this is done."""
        found, _ = await all_of(self._on_engine(app), self.find_copy())
        try:
            copy = await asyncio.to_thread(self._mirror.read, app)
        except OSError as error:
            self._no_copy(error)
            copy = {}
        state = await asyncio.to_thread(reconcile, app, found.files, found.unread, copy)
        if state.other:
            await self._set_aside(app, state.other)
        for note in bounded(
            f"{name} of {app} on the engine is no record, this machine's copy counts: {way_out(app, name)}"
            for name in state.instead
        ):
            self._note(note)
        files = state.files
        if state.lost:
            files |= await self._restore(app, state.lost)
        await self._copy(app, state.uncopied)
        self._known[app] = state.readable
        return Files(files, state.unread)

    async def _on_engine(self, app: str) -> Contents:
        try:
            tar = await self._anchor.read(app)
        except AnswerTooLarge as error:
            part = await self._anchor.read(app, cut=True)
            path, size = await asyncio.to_thread(largest, part or b"")
            raise LedgerUnreadable(
                f"the ledger of {app} is too large to be read: {path or app} has {size:,} bytes",
                f"remove what is no record: {way_out(*path.split('/', 1))}",
            ) from error
        if tar is None:
            return Contents({}, {})
        try:
            return await asyncio.to_thread(contents, tar, app, is_record)
        except NoTar as error:
            raise LedgerUnreadable(f"what the engine gave of the ledger cannot be read: {error}") from error

    async def _restore(self, app: str, lost: Records) -> Records:
        try:
            await self._anchor.write(await asyncio.to_thread(pack_new, app, lost))
        except ServerFault:
            there = await self._on_engine(app)  # another client restores it at the same time
            if any(name not in there.files and name not in there.unread for name in lost):
                raise
            return {name: there.files.get(name, raw) for name, raw in lost.items()}
        found = numbers(lost)
        which = f"r{found[0]} to r{found[-1]}" if len(found) > 1 else ", ".join(sorted(lost)[:1])
        self._note(
            f"the engine had lost {len(lost)} records of {app} ({which}): restored from this machine's copy"
        )
        return lost

    async def _write(self, app: str, name: str, contents: bytes) -> None:
        if len(contents) > FILE_BYTES:
            raise Refused(
                f"{name} of {app} would be larger than {FILE_BYTES:,} bytes",
                "put what is long into files: env_file, a mounted volume",
            )
        try:
            await self._anchor.write(pack_new(app, {name: contents}))
        except ServerFault:
            files = await self._files(app)
            if name not in files.read and name not in files.unread:
                raise
            if files.read.get(name) != contents:
                raise LedgerConflict(
                    f"{FOLDER}/{app}/{name} has been written by somebody else",
                    f"somebody else changes {app} at the same time: look at it, then try again",
                ) from None
        self._known.setdefault(app, {})[name] = contents
        await self._copy(app, {name: contents})

    async def _copy(self, app: str, files: Records) -> None:
        if files:
            try:
                await asyncio.to_thread(self._mirror.write, app, files)
            except OSError as error:
                self._no_copy(error)

    async def _set_aside(self, app: str, other: list[str]) -> None:
        try:
            where = await asyncio.to_thread(self._mirror.set_aside, app)
        except OSError as error:
            self._no_copy(error)
            return
        self._note(
            f"the engine has other records of {app} than this machine's copy ({', '.join(other)}): "
            f"the engine's count, the copy is kept in {where}"
        )

    async def _copied_apps(self) -> list[str]:
        try:
            return await asyncio.to_thread(self._mirror.apps)
        except OSError as error:
            self._no_copy(error)
            return []

    def _no_copy(self, error: OSError) -> None:
        self._note(f"{self._mirror.folder}: no copy of the ledger can be kept here: {error.strerror}")

    def _note(self, sentence: str) -> None:
        if sentence not in self.notes:
            self.notes.append(sentence)
