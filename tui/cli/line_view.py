"""`holdfast --plain`: the dashboard's work in lines: what is so, what changes, and verbs by numbered menus.

Everything that is done is a command of this very program, started as somebody would type it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING

from tui.cli.asked import Asked, read_settings
from tui.cli.completing import RELEASE, VERSION, Wanted
from tui.cli.output import answer, say_error
from tui.cli.plainness import be_plain, in_words
from tui.cli.status import COLUMNS, look, notes, row
from tui.engine.errors import NotAllowed
from tui.errors import HoldfastError
from tui.operations.looking.endpoint_choice import Place, places
from tui.operations.looking.engine_look import connected
from tui.operations.process.launch import import_path
from tui.presentation.console import SENTENCES, painted, table
from tui.presentation.text import safe
from tui.settings.reach import MOST_NAMED
from tui.sync.backoff import delays

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tui.cli.status import AppStatus
    from tui.operations.looking.endpoint_choice import Named
    from tui.settings.schema import Settings

GATHER = 0.5
"""Seconds in which what happens on an engine is gathered into one look."""

LOG_LINES = 40

LONGEST = 4096
"""Bytes of a line that is typed."""

ENDLESS = 16 * 2**20
"""Bytes more of it, after which no end of the line is waited for."""

LOOKS = {"status": "status", "log of the live container": "log", "history": "history", "drift": "drift"}
CHANGES = {
    "build": "build", "test": "test", "tag": "tag", "push": "push", "deploy": "deploy",
    "roll back": "rollback",
}  # fmt: skip
OFFERED = 9
"""Versions and releases that a menu has."""


class NoLine(HoldfastError):
    """What is typed is no line."""

    exit_status = 2


def run(asked: Named, *, config: str, read_only: bool) -> int:
    """Until it is left; the exit status."""
    be_plain()
    try:
        return asyncio.run(_LineView(Asked("", asked, config), read_only=read_only).run())
    except HoldfastError as error:
        say_error(error)
        return error.exit_status
    except KeyboardInterrupt:
        return 130


class _LineView:
    """What was said last of each app, so that only what is new is said."""

    def __init__(self, asked: Asked, *, read_only: bool) -> None:
        self._asked = asked
        self._read_only = read_only
        self._said: dict[tuple[str, str], str] = {}
        self._quiet = False
        self._settings: Settings | None = None

    async def run(self) -> int:
        settings = self._settings = await read_settings(self._asked)
        _tell("Holdfast in lines. A number chooses, Enter alone says again what there is, 0 leaves.")
        await self._look()
        following = [
            asyncio.create_task(self._follow(place), name=f"following {place.called}")
            for place in await asyncio.to_thread(places, settings, "", self._asked.engine)
        ]
        try:
            while await self._ask_what():
                pass
        finally:
            for task in following:
                task.cancel()
            await asyncio.gather(*following, return_exceptions=True)
        return 0

    # Looking

    async def _follow(self, place: Place) -> None:
        """Say what changes on an engine, for as long as it is looked at."""
        pauses = delays(iter(random.random, 2.0))
        lost = False
        while True:
            try:
                async with connected(place.engine) as engine, engine.events() as stream:
                    if lost:
                        self._news(f"{place.called} answers again")
                        lost, pauses = False, delays(iter(random.random, 2.0))
                        await self._look()
                    async for event in stream:
                        if event.kind == "container" and not event.action.startswith("exec_"):
                            await asyncio.sleep(GATHER)
                            await self._look()
            except NotAllowed:  # which is said already, and stays so
                return
            except HoldfastError as error:
                if not lost:
                    self._news(f"{place.called} does not answer: {error.message}")
                lost = True
            await asyncio.sleep(next(pauses))

    async def _look(self, *, again: bool = False) -> None:
        """Say how each app is, where that is another than was said; `again`: in any case."""
        if self._quiet or self._settings is None:
            return
        found, problems, left = await look(self._settings, self._asked, drift=False)
        now = time.time()
        for one in found:
            said = "\n".join(_lines(one, now))
            key = "\n".join(_lines(one, now, told_apart=True))
            if again or self._said.get((one.engine, one.app)) != key:
                self._news(said)
            self._said[one.engine, one.app] = key
        foreign = 0
        for problem in problems if again or not self._said else ():
            foreign += isinstance(problem.why, NotAllowed)
            if not isinstance(problem.why, NotAllowed) or foreign <= MOST_NAMED:
                self._news(f"{problem.engine or 'the engine'} is out of reach: {problem.why.message}")
        if foreign > MOST_NAMED:
            self._news(f"and {foreign - MOST_NAMED} more are out of reach, for the same reason")
        for one_left in left if again else ():
            self._news(f"{one_left.engine} is left alone: {one_left.why}")
        if not (found or problems or left):
            self._news("no app is configured or was released here; holdfast init writes holdfast.toml")

    def _news(self, text: str) -> None:
        if not self._quiet:
            _tell(text)

    # Doing

    async def _ask_what(self) -> bool:
        """Ask what to do, and do it; False where that is to leave."""
        verbs = LOOKS if self._read_only else LOOKS | CHANGES
        chosen = await _choose("What next?", [*verbs], leaves="leave")
        if chosen is None:
            return False
        if not chosen:
            await self._look(again=True)
            return True
        app = await self._which_app()
        if app is not None:
            await self._do(verbs[chosen], app)
        return True

    async def _which_app(self) -> str | None:
        """The app that is meant, "" where there is none to choose, None where it is not wanted after all."""
        names = [*self._settings.apps] if self._settings is not None else []
        if len(names) < 2:
            return names[0] if names else ""
        return await _choose("Which app?", names, leaves="none") or None

    async def _do(self, verb: str, app: str) -> None:
        words = [verb, app] if app else [verb]
        match verb:
            case "log":
                await self._log(app)
                return
            case "deploy":
                version = await self._one_of("Which version?", app, verb, VERSION)
            case "rollback":
                version = await self._one_of("Back to which release?", app, verb, RELEASE)
            case "tag":
                await self._start(
                    [*_self(), *self._place(), "tag", app], app
                )  # which says what could be next
                version = await _line("Version, or Enter for none: ")
            case _:
                await self._start([*_self(), *self._place(), *words], app)
                return
        if version:
            words += ["--to", version] if verb == "rollback" else [version]
            await self._start([*_self(), *self._place(), *words], app)

    async def _one_of(self, question: str, app: str, verb: str, kind: str) -> str | None:
        """A version or release, of those that Tab would offer, or as it is typed."""
        from tui.cli.completion_answers import values

        given = {"context": self._asked.engine.context, "host": self._asked.engine.host}
        wanted = Wanted(kind, verb=verb, words=(app,), given=given | {"config": self._asked.config})
        try:
            offered = await asyncio.to_thread(lambda: [*values(wanted)][:OFFERED])
        except HoldfastError as error:
            _tell(f"what there is cannot be said: {error.message}")
            offered = []
        return await _choose(question, [one.value for one in offered], leaves="none", typed=True)

    def _place(self) -> list[str]:
        engine, config = self._asked.engine, self._asked.config
        words = ["--host", engine.host] if engine.host else []
        words += ["--context", engine.context] if engine.context else []
        return [*words, *(["--config", config] if config else [])]

    async def _start(self, command: Sequence[str], app: str) -> None:
        """Let it have the terminal until it has ended. Then say what has become of the app."""
        self._quiet = True
        try:
            with _deaf():
                env = {**os.environ, "PYTHONPATH": import_path()}
                process = await asyncio.create_subprocess_exec(*command, env=env)
                status = await process.wait()
        except OSError as error:
            status = 1
            _tell(f"{command[0]} cannot be started: {error.strerror}")
        finally:
            self._quiet = False
        if status:
            _tell(f"ended with exit status {status}")
        await self._look()

    async def _log(self, app: str) -> None:
        """The last lines of what bears the app's name."""
        if self._settings is None:
            return
        for place in await asyncio.to_thread(places, self._settings, app, self._asked.engine):
            try:
                async with connected(place.engine) as engine:
                    lines = await engine.containers.tail(app, LOG_LINES)
            except HoldfastError as error:
                _tell(f"{place.called}: {error.message}")
                continue
            _tell(f"{place.called}: the last {len(lines)} lines of {app}")
            for line in lines:
                answer(f"{safe(line)}\n")


def _self() -> list[str]:
    """This program, as it is started again: nothing is imported from the folder that one stands in."""
    return [sys.executable, "-P", "-m", "tui"]


def _lines(one: AppStatus, now: float, *, told_apart: bool = False) -> Iterator[str]:
    """How an app is, and what is to be known of it; to be told apart from how it was, without its age."""
    cells = row(one, now)
    if told_apart:
        cells = tuple(cell for name, cell in zip(COLUMNS, cells, strict=True) if name != "age")
        yield " ".join(cells)
    else:
        yield from (painted(line, colours=False) for line in table(COLUMNS, [cells], {}, SENTENCES))
    yield from (painted(line, colours=False) for line in notes(one))


def _tell(text: str) -> None:
    """A line, or several."""
    answer("".join(f"{in_words(safe(line))}\n" for line in text.split("\n")))


async def _choose(question: str, names: Sequence[str], *, leaves: str, typed: bool = False) -> str | None:
    """One of the names by its number; "" for Enter alone, None for 0 and where nobody can answer any more.

    typed   whether another may be written too
    """
    numbered = [f"{number} {name}" for number, name in enumerate(names, 1)]
    _tell(f"{question} {', '.join([*numbered, f'0 {leaves}'])}")
    while True:
        said = await _line("Number or name: " if typed else "Number: ")
        if said in (None, "0"):
            return None
        if said in ("", *names):
            return said
        assert said is not None
        if said.isdecimal() and 1 <= int(said) <= len(names):
            return names[int(said) - 1]
        if typed and not said.isdecimal():
            return said
        _tell(f"{said} is none of them")


async def _line(question: str) -> str | None:
    """What is typed up to Enter, None at the end.

    Read by a thread, only while it is asked for, and no byte more: what is started from here reads the same.
    """
    loop = asyncio.get_running_loop()
    while True:
        answer(question)
        typed: asyncio.Future[tuple[str, int]] = loop.create_future()
        threading.Thread(target=_read, args=(loop, typed), name="typed", daemon=True).start()
        text, beyond = await typed
        if not beyond:
            return text.strip() if text.endswith("\n") else None
        if beyond >= ENDLESS:
            raise NoLine("the input goes on without an end of a line", "a number and Enter is an answer")
        _tell(f"That line is longer than {LONGEST:,} bytes; nothing is done by it.")


def _read(loop: asyncio.AbstractEventLoop, typed: asyncio.Future[tuple[str, int]]) -> None:
    """A line, and how many bytes of it are left out. Blocks."""
    raw, beyond = bytearray(), 0
    with contextlib.suppress(OSError):  # the terminal has gone
        while beyond < ENDLESS and (byte := os.read(0, 1)):
            if len(raw) < LONGEST:
                raw += byte
            else:
                beyond += 1
            if byte == b"\n":
                break
    found = raw.decode("utf-8", "replace"), beyond
    with contextlib.suppress(RuntimeError):  # nobody waits for it any more
        loop.call_soon_threadsafe(lambda: None if typed.done() else typed.set_result(found))


@contextlib.contextmanager
def _deaf() -> Iterator[None]:
    """Ctrl+C is for the command that has the terminal."""
    before = signal.signal(signal.SIGINT, lambda *_: None)  # not SIG_IGN, which it would inherit
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
