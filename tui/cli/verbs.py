"""`holdfast build`, `test`, `tag` and `push`: from arguments to an operation in the foreground."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from typing import TYPE_CHECKING, NamedTuple

from tui.cli.output import answer, answer_json, colours, say_error
from tui.errors import HoldfastError
from tui.journal.folder import listed, new_id, operations_folder
from tui.journal.format import encode
from tui.journal.reader import summary
from tui.model.operation import Ended
from tui.operations.request import Request
from tui.operations.runner import CANCELLED, failure

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tui.model.app import AppSpec
    from tui.model.operation import Plan
    from tui.settings.schema import Settings

ASKING = ("tag", "push")
"""Verbs that change what others see, and so ask first on a terminal."""


class Usage(HoldfastError):
    """The arguments do not say what to do."""

    exit_status = 2


class Declined(HoldfastError):
    """It was planned, and is not wanted after all."""

    exit_status = CANCELLED


class Options(NamedTuple):
    """What the arguments of a verb say; `words` are those without an option: APP, VERSION."""

    verb: str
    words: tuple[str, ...] = ()
    host: str = ""
    docker_context: str = ""
    config: str = ""
    image: str = ""
    no_cache: bool = False
    pull: bool = False
    plan: bool = False
    yes: bool = False
    json: bool = False
    quiet: bool = False


def run(options: Options) -> int:
    """Do it; the exit status."""
    try:
        return asyncio.run(_run(options))
    except HoldfastError as error:
        return say_not_begun(error, json=options.json)
    except KeyboardInterrupt:
        return say_not_begun(Declined("cancelled before anything was begun"), json=options.json)


def say_not_begun(error: HoldfastError, *, json: bool) -> int:
    """Say why nothing was begun, as the outcome where JSON is wanted; the exit status."""
    problem = failure(error)
    if json:
        answer(encode(Ended(time.time(), False, 0.0, error=problem)).decode())
    else:
        say_error(error)
    return problem.code


async def _run(options: Options) -> int:
    from tui.settings.load import load

    settings = await asyncio.to_thread(load, options.config or None)
    app, version = meant(settings.apps, options)
    if options.verb == "tag" and not version:
        return await _suggest(options, settings, app)
    request = Request(
        new_id(options.verb, app.name, time.time()),
        options.verb,
        app.name,
        version,
        options.image,
        options.host,
        options.docker_context,
        options.config,
        options.no_cache,
        options.pull,
    )
    from tui.operations.verbs import prepared

    async with prepared(request) as (verb, engine):
        plan = await verb.plan()
        if options.plan:
            _show_plan(plan, engine, json=options.json)
            return 0
        if options.verb in ASKING and not options.yes and not await _agreed(plan, engine):
            raise Declined("nothing was changed", "--yes does it without asking")
        from tui.cli import foreground
        from tui.cli.rendering import rendering

        before = await asyncio.to_thread(last_seconds, request.verb, request.app)
        shown = rendering(json=options.json, quiet=options.quiet, before=before)
        try:
            problem = await foreground.run(verb, plan, request, engine, shown)
        finally:
            shown.close()
    return problem.code if problem is not None else 0


def meant(apps: Mapping[str, AppSpec], options: Options) -> tuple[AppSpec, str]:
    """The app and the version that the words name; the app may be left out where there is only one.

    Raises UnknownApp, and Usage where there are too many words.
    """
    import difflib

    from tui.operations.verbs import app_named

    words = options.words
    takes_version = options.verb in ("tag", "push")
    if len(words) > 1 + takes_version:
        raise Usage(f'"{words[-1]}" is one word too many', f"holdfast {options.verb} --help")
    if takes_version and len(words) == 1 and len(apps) == 1:
        near = difflib.get_close_matches(words[0], list(apps), n=1)
        if not near:  # "webb" is a mistyped app, "v1.2" is none
            return app_named(apps, ""), words[0]
    app = app_named(apps, words[0] if words else "")
    return app, words[1] if len(words) > 1 else ""


async def _suggest(options: Options, settings: Settings, app: AppSpec) -> int:
    """Say which versions there could be: which one it becomes is for people to decide."""
    from tui.engine.client import Engine
    from tui.model.reference import normalised, split_reference
    from tui.operations.suggest import suggestions
    from tui.operations.where import endpoint

    configured = app.engines[0] if len(app.engines) == 1 else settings.engine
    async with await Engine.connect(endpoint(options.host, options.docker_context, configured)) as engine:
        names = [split_reference(tag) for image in await engine.images.list() for tag in image.tags]
        local = [name.tag for name in names if normalised(name.repository) == normalised(app.image)]
        found = await suggestions(app, engine, local)
    longest = max((len(one.tag) for one in found.offered), default=0)
    offered = [f"{one.tag:{longest}}  {one.why}" for one in found.offered]
    notes = [found.note] if found.note else []
    raise Usage("which version?", f"holdfast tag {app.name} VERSION", (*offered, *notes))


def _show_plan(plan: Plan, engine: str, *, json: bool) -> None:
    if json:
        answer_json(plan._asdict() | {
            "engine": engine,
            "steps": [step._asdict() for step in plan.steps],
            "facts": dict(plan.facts),
        })  # fmt: skip
        return
    answer(_plan_text(plan, engine, shown=colours(1)))


def _plan_text(plan: Plan, engine: str, *, shown: bool) -> str:
    from tui.presentation.console import painted, plan_lines

    plan = plan._replace(facts=(("engine", engine), *plan.facts))
    return "".join([painted(one, colours=shown) + "\n" for one in plan_lines(plan)])


async def _agreed(plan: Plan, engine: str) -> bool:
    """Show the plan and ask, on a terminal; elsewhere nobody could answer, and the command itself says it."""
    if not (sys.stdin and sys.stdin.isatty() and sys.stderr and sys.stderr.isatty()):
        return True
    sys.stderr.write(_plan_text(plan, engine, shown=colours(2)) + f"{plan.verb}? [y/N] ")
    sys.stderr.flush()
    try:
        said = await _line(sys.stdin.fileno())
    except asyncio.CancelledError:
        sys.stderr.write("\n")
        raise
    return said.strip().lower() in ("y", "yes")


async def _line(fd: int) -> str:
    """What is typed, up to Enter; waiting for it can be cancelled, unlike a thread that reads."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(fd, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(fd)
    try:
        return os.read(fd, 4096).decode("utf-8", "replace")
    except OSError:  # the terminal has gone
        return ""


def last_seconds(verb: str, app: str) -> float | None:
    """How long the same took the last time that it went well. Blocks."""
    try:
        for path in listed(operations_folder()):
            if of(path) == (verb, app) and (one := summary(path)) and one.ended and one.ended.ok:
                return one.ended.seconds
    except OSError:  # the journal of this one will say what is wrong there
        pass
    return None


def of(path: Path) -> tuple[str, str]:
    """The verb and the app of a journal, by its name (see journal.folder.new_id)."""
    verb, _, rest = path.stem[16:].partition("-")
    return verb, rest[:-7]
