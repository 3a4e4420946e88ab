"""`holdfast logs`: what a release of an app writes, on all of its engines in one order."""

from __future__ import annotations

import asyncio
import errno
import os
import time
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, NamedTuple

from tui.cli.asked import read_settings
from tui.cli.output import NOT_WRITTEN, colours, say_error, say_errors, write_all
from tui.engine.client import Engine
from tui.errors import HoldfastError
from tui.ledger.ledger import Ledger
from tui.model.json_text import json_text
from tui.model.line_match import line_match
from tui.model.time_range import time_range
from tui.operations.looking.endpoint_choice import places
from tui.operations.looking.releases import read_releases
from tui.operations.process.prepared import UnknownApp, app_named
from tui.presentation.ansi import ansi_line
from tui.presentation.console import painted
from tui.presentation.log_lines import local_time, source_names
from tui.store.matching import matching
from tui.store.output import SOURCES, joined
from tui.sync.merging import Merging, in_order

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from tui.cli.asked import Asked
    from tui.engine.stdcopy import LogLine
    from tui.model.line_match import LineMatch
    from tui.model.time_range import TimeRange
    from tui.operations.looking.endpoint_choice import Place
    from tui.settings.schema import Settings

    Line = tuple[int, bytes, bytes]

CELLS = 1 << 16
"""Of a line that are shown on a terminal."""

WAITING = 64
"""Parts that wait for standard output before more is read."""

STREAMS = ("holdfast", "stdout", "stderr")

TO_TERMINAL = 120
"""Cells that names are cut for."""


class LogsOptions(NamedTuple):
    """What was asked for. tail: "" for [log] tail, "all" for all; release: 0 for the live one."""

    since: str = ""
    until: str = ""
    follow: bool = False
    tail: str = ""
    grep: str = ""
    release: int = 0
    timestamps: bool = False
    json: bool = False


class Wrong(HoldfastError):
    """What was asked for cannot be."""

    exit_status = 2


class NotThere(HoldfastError):
    """There is no such container."""


class _ReaderGone(Exception):
    """Nobody reads standard output any more."""


class _Container(NamedTuple):
    """A container whose log is wanted. called: what stands before its lines."""

    engine: Engine
    id: str
    called: str
    tty: bool


class _Printing:
    """Writes lines that are wanted to standard output, which may be slow."""

    def __init__(self, names: Sequence[str], options: LogsOptions, match: LineMatch | None) -> None:
        self._names = tuple(names)
        self._options = options
        self._match = match
        self._terminal = os.isatty(1)
        self._colours = colours(1)
        self._before = source_names(self._names, TO_TERMINAL) if len(names) > 1 else ()

    async def put(self, lines: list[Line]) -> None:
        if self._match is not None:
            lines = [lines[place] for place in matching(self._match, joined([text for _, _, text in lines]))]
        written = b"".join([self._written(*line) for line in lines])
        try:
            await asyncio.to_thread(write_all, 1, written)
        except OSError as error:
            if error.errno == errno.EPIPE:  # "holdfast logs | head"
                raise _ReaderGone from None
            raise NotThere(f"{NOT_WRITTEN}: {error.strerror}") from None

    def _written(self, mark: int, at: bytes, text: bytes) -> bytes:
        source = mark >> 2
        if self._options.json:
            fields = {
                "t": at.decode("ascii", "replace"),
                "container": self._names[source],
                "stream": STREAMS[mark & 3],
                "text": text.decode("utf-8", "replace"),
            }
            return json_text(fields).encode("utf-8", "replace") + b"\n"
        if not self._terminal:  # as it was written
            name = self._names[source].encode("utf-8", "replace") + b" | " if self._before else b""
            stamp = at + b" " if self._options.timestamps else b""
            return b"%b%b%b\n" % (stamp, name, text)
        spans = [(local_time(at), "log.time")] if self._options.timestamps else []
        if self._before:
            spans.append(self._before[source])
        spans += ansi_line(text, "log.stderr" if mark & 3 == 2 else "log", CELLS)
        return painted(spans, colours=self._colours).encode("utf-8", "replace") + b"\n"


def run(asked: Asked, options: LogsOptions) -> int:
    """Show it; the exit status."""
    try:
        return asyncio.run(_run(asked, options))
    except HoldfastError as error:
        say_error(error)
        return error.exit_status
    except _ReaderGone:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    except KeyboardInterrupt:
        return 130


async def _run(asked: Asked, options: LogsOptions) -> int:
    settings = await read_settings(asked)
    try:
        match = line_match(options.grep)
        between = _between(options, time.time())
    except ValueError as error:
        raise Wrong(str(error)) from None
    app = _app(settings, asked.app) if asked.app else _only(settings)
    errors: list[HoldfastError] = []
    async with AsyncExitStack() as stack:
        found: list[_Container] = []
        known = places(settings, app, asked.engine)
        for place in known:
            try:
                found.append(await _container(stack, place, app, options.release, several=len(known) > 1))
            except HoldfastError as error:
                errors.append(error)
        say_errors(errors)
        if found:
            printing = _Printing([one.called for one in found], options, match)
            await _show(found[:SOURCES], between, options, _tail(options, between, settings), printing)
    return max((error.exit_status for error in errors), default=0)


def _between(options: LogsOptions, now: float) -> TimeRange:
    words = f"{options.since}..{options.until}" if options.until else options.since
    return time_range(words, now)


def _tail(options: LogsOptions, between: TimeRange, settings: Settings) -> int:
    if options.tail:
        return -1 if options.tail == "all" else int(options.tail)
    return -1 if between.since is not None else settings.log.tail


def _app(settings: Settings, name: str) -> str:
    """Raises UnknownApp: it may be meant as the name of a container."""
    try:
        return app_named(settings.apps, name).name
    except UnknownApp as error:
        of_others = "a container outside of apps has docker logs, and its log in the dashboard"
        error.hint = f"{error.hint}; {of_others}" if error.hint else of_others
        raise


def _only(settings: Settings) -> str:
    """The app that is meant where none is named."""
    names = settings.own or tuple(settings.apps)
    if len(names) == 1:
        return names[0]
    said = f"name one of {', '.join(names)}" if names else "holdfast init writes holdfast.toml"
    raise Wrong("which app is meant? " + ("several are configured" if names else "none is configured"), said)


async def _container(
    stack: AsyncExitStack, place: Place, app: str, number: int, *, several: bool
) -> _Container:
    """The container of a release on an engine. Raises HoldfastError."""
    engine = await stack.enter_async_context(await Engine.connect(place.engine.endpoint))
    found = await read_releases(engine, await Ledger.open(engine), app)
    where = f" on {place.called}" if several else ""
    one = found.containers.get(number) if number else found.live
    if one is None and number:
        kept = ", ".join(f"r{each}" for each in sorted(found.containers, reverse=True))
        raise NotThere(
            f"r{number} of {app} has no container{where} any more, and its log went with it",
            f"there are {kept}" if kept else "",
        )
    if one is None:
        raise NotThere(f"no release of {app} is live{where}", f"holdfast status {app} says how it stands")
    return _Container(engine, one.id, f"{one.name}@{place.called}" if several else one.name, one.tty)


async def _show(
    containers: Sequence[_Container], between: TimeRange, options: LogsOptions, tail: int, printing: _Printing
) -> None:
    since = "" if between.since is None else f"{between.since:.9f}"
    until = "" if between.until is None else f"{between.until:.9f}"
    async with AsyncExitStack() as stack:
        streams = [
            await stack.enter_async_context(
                one.engine.containers.logs(
                    one.id, tail=tail, since=since, until=until, follow=options.follow, tty=one.tty
                )
            )
            for one in containers
        ]
        if not options.follow:
            await in_order([_lines(stream) for stream in streams], printing.put)
        elif len(streams) == 1:
            async for batch in streams[0]:
                await printing.put([*batch])
        else:
            await _follow([_lines(stream) for stream in streams], printing)


async def _lines(stream: AsyncIterator[list[LogLine]]) -> AsyncIterator[list[Line]]:
    async for batch in stream:
        yield [*batch]


async def _follow(streams: Sequence[AsyncIterator[list[Line]]], printing: _Printing) -> None:
    """Until all of them end, which they do with their containers."""
    ready: asyncio.Queue[list[Line]] = asyncio.Queue()
    merging = Merging(ready.put_nowait, len(streams))
    room = asyncio.Event()
    room.set()

    async def one(source: int, stream: AsyncIterator[list[Line]]) -> None:
        merging.begun(source)
        async for batch in stream:
            merging.take(source, batch)
            await room.wait()

    async def show() -> None:
        while lines := await ready.get():
            if ready.qsize() > WAITING:  # the reader is slow: so is the engine then
                room.clear()
            await printing.put(lines)
            if ready.empty():
                room.set()

    showing = asyncio.create_task(show())
    reading = asyncio.gather(*(one(source, stream) for source, stream in enumerate(streams)))
    try:
        await asyncio.wait((showing, reading), return_when=asyncio.FIRST_COMPLETED)
        if not showing.done():
            merging.flush()
            ready.put_nowait([])
        else:
            reading.cancel()
        await showing
        await reading
    finally:
        merging.close()
        showing.cancel()
        reading.cancel()
        await asyncio.gather(showing, reading, return_exceptions=True)
