"""The releases of every app on one engine: written once, read by everybody, never lost by pruning."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Self, TypeVar

from tui.engine.errors import ServerFault
from tui.errors import Refused
from tui.ledger.anchor import FOLDER, Anchor
from tui.ledger.belonging import unrecorded
from tui.ledger.errors import LedgerConflict, LedgerUnreadable
from tui.ledger.labels import number_of as claimed
from tui.ledger.mirror import Identity, Mirror
from tui.ledger.reading import read_entries
from tui.ledger.records import (
    digest,
    encode_outcome,
    encode_release,
    is_record,
    number_of,
    numbers,
    outcome_file,
    prior_of,
    release_file,
)
from tui.ledger.tars import FILE_BYTES, NoTar, folders, pack_new, unpack
from tui.model.app_name import is_app_name
from tui.model.release import APP, RELEASE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tui.engine.client import Engine
    from tui.model.release import Entry, Outcome, Release

Files = dict[str, bytes]
"""Records by the names of their files."""

T = TypeVar("T")


class Ledger:
    """The ledger of one engine, made by `open`. All calls raise EngineError and LedgerUnreadable.

    notes   sentences about what was found wrong and what was done about it, each once
    """

    def __init__(self, engine: Engine, mirror: Mirror) -> None:
        self.notes: list[str] = []
        self._engine = engine
        self._anchor = Anchor(engine)
        self._mirror = mirror
        self._known: dict[str, Files] = {}

    @classmethod
    async def open(cls, engine: Engine, environ: Mapping[str, str] = os.environ) -> Self:
        """The ledger of an engine, with this machine's copy of it. Changes nothing. Raises EngineError."""
        id, host, storage = await asyncio.gather(engine.id(), engine.host_name(), engine.storage())
        return cls(engine, Mirror(Identity(id, host, storage.folder), environ))

    async def entries(self, app: str) -> list[Entry]:
        """The releases of an app, newest first.

        What the engine has lost is restored from this machine's copy, or told by the labels of containers as
        far as those know it. A record that cannot be trusted says so in its evidence (CHAIN, DAMAGED).
        """
        files, labelled = await asyncio.gather(
            self._files(app), self._engine.containers.list(labels=[f"{APP}={app}", RELEASE])
        )
        reading = await asyncio.to_thread(read_entries, app, files)
        for note in reading.notes:
            self._note(note)
        recorded = {entry.release.number for entry in reading.entries}
        lost: list[Entry] = []
        if any(claimed(one) not in recorded for one in labelled):
            lost = unrecorded(app, recorded, labelled, await self._anchor.made_at())
        for entry in lost:
            number = entry.release.number
            self._note(f"the record of r{number} of {app} is lost: only its container tells of it")
        return sorted([*reading.entries, *lost], key=lambda entry: -entry.release.number)

    async def is_recorded(self, app: str, number: int) -> bool:
        """Whether the engine has a record of this release; much quicker than reading it."""
        return await self._anchor.has(f"{app}/{release_file(number)}")

    async def record(self, release: Release) -> None:
        """Write a release down, before anything is changed. LedgerConflict where its number is taken."""
        app, number = release.app, release.number
        files = self._known.get(app)
        if files is None or (number > 1 and number - 1 not in numbers(files)):
            files = await self._files(app)
        await self._write(app, release_file(number), encode_release(release, prior_of(number, files)))

    async def outcome(self, app: str, outcome: Outcome) -> None:
        """Write down how a release turned out. LedgerConflict where that has been written otherwise."""
        name = release_file(outcome.number)
        files = self._known.get(app, {})
        if name not in files:
            files = await self._files(app)
        if name not in files:
            raise LedgerConflict(f"r{outcome.number} of {app} has no record that its outcome belongs to")
        await self._write(app, outcome_file(outcome.number), encode_outcome(outcome, digest(files[name])))

    async def apps(self) -> list[str]:
        """The apps that have releases on the engine, or had."""
        tar, containers, copied = await asyncio.gather(
            self._anchor.read(""), self._engine.containers.list(labels=[APP]), self._copied_apps()
        )
        found = {*copied}
        for one in containers:
            app = one.labels[APP]
            if is_app_name(app):
                found.add(app)
            elif app:
                self._note(f'{one.name} bears the label {APP}="{app[:100]}", which no app can be called')
        if tar is not None:
            paths = [path.strip("/").split("/") for path in await self._unpacked(folders, tar)]
            found |= {parts[1] for parts in paths if len(parts) == 2}
        return sorted(filter(is_app_name, found))

    async def _files(self, app: str) -> Files:
        """The files of an app, on the engine and in this machine's copy alike once this is done."""
        files = await self._on_engine(app)
        try:
            copy = await asyncio.to_thread(self._mirror.read, app)
        except OSError as error:
            self._no_copy(error)
            copy = {}
        other = [name for name in copy if name in files and copy[name] != files[name]]
        lost = {name: contents for name, contents in copy.items() if name not in files}
        if any(number_of(name) is not None for name in other):
            await self._set_aside(app, other)
            copy, lost = {}, {}
        if lost:
            files = await self._restore(app, files, lost)
        await self._copy(app, {name: raw for name, raw in files.items() if copy.get(name) != raw})
        self._known[app] = files
        return files

    async def _on_engine(self, app: str) -> Files:
        tar = await self._anchor.read(app)
        if tar is None:
            return {}
        found = await self._unpacked(unpack, tar)
        names = {path.removeprefix(f"{app}/"): contents for path, contents in found.items()}
        return {name: contents for name, contents in names.items() if is_record(name)}

    async def _restore(self, app: str, files: Files, lost: Files) -> Files:
        try:
            await self._anchor.write(await asyncio.to_thread(pack_new, app, lost))
        except ServerFault:
            files = await self._on_engine(app)  # another client restores it at the same time
            lost = {name: contents for name, contents in lost.items() if name not in files}
            if lost:
                raise
            return files
        found = numbers(lost)
        which = f"r{found[0]} to r{found[-1]}" if len(found) > 1 else ", ".join(sorted(lost))
        self._note(
            f"the engine had lost {len(lost)} records of {app} ({which}): restored from this machine's copy"
        )
        return files | lost

    async def _write(self, app: str, name: str, contents: bytes) -> None:
        if len(contents) > FILE_BYTES:
            raise Refused(
                f"{name} of {app} would be larger than {FILE_BYTES:,} bytes",
                "put what is long into files: env_file, a mounted volume",
            )
        try:
            await self._anchor.write(pack_new(app, {name: contents}))
        except ServerFault:
            there = (await self._files(app)).get(name)
            if there is None:
                raise
            if there != contents:
                raise LedgerConflict(
                    f"{FOLDER}/{app}/{name} has been written by somebody else",
                    f"somebody else changes {app} at the same time: look at it, then try again",
                ) from None
        self._known.setdefault(app, {})[name] = contents
        await self._copy(app, {name: contents})

    async def _copy(self, app: str, files: Files) -> None:
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

    @staticmethod
    async def _unpacked(how: Callable[[bytes], T], tar: bytes) -> T:
        try:
            return await asyncio.to_thread(how, tar)
        except NoTar as error:
            raise LedgerUnreadable(f"what the engine gave of the ledger cannot be read: {error}") from error
