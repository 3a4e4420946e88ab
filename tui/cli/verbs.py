"""`holdfast build`, `deploy` and the other operations: from arguments to an operation in the foreground."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, NamedTuple

from tui.cli.asking import Declined, agree, confirm, insist, plan_text, somebody_is_there
from tui.cli.output import answer, answer_json, colours, say, say_error
from tui.engine.ref import AppKey
from tui.errors import HoldfastError, NothingToDo
from tui.journal.folder import listed, new_id, operations_folder
from tui.journal.format import encode
from tui.journal.reader import summary
from tui.model.operation import Ended, Result
from tui.model.operation_id import OperationId
from tui.model.verb import VERBS, Argument
from tui.operations.looking.endpoint_choice import Named, fleet, home, is_protected
from tui.operations.process.request import Request
from tui.operations.running.runner import failure
from tui.presentation.text import safe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tui.engine.client import Engine
    from tui.engine.ref import EngineRef
    from tui.model.app import AppSpec
    from tui.model.image import Image
    from tui.model.operation import Plan
    from tui.model.policy import Policy
    from tui.settings.schema import Settings

OFFERED = 10
"""Versions that are named where one is missing."""


class Usage(HoldfastError):
    """The arguments do not say what to do."""

    exit_status = 2


class Options(NamedTuple):
    """What the arguments of a verb say; `words` are those without an option: APP, VERSION."""

    verb: str
    words: tuple[str, ...] = ()
    engine: Named = Named()
    config: str = ""
    image: str = ""
    no_cache: bool = False
    pull: bool = False
    plan: bool = False
    yes: bool = False
    json: bool = False
    quiet: bool = False
    to: int = 0
    name: str = ""
    digest: str = ""
    again: bool = False
    force: bool = False
    confirm: str = ""
    sarif: str = ""
    key: str = ""
    only: str = ""


def run(options: Options) -> int:
    """Do it; the exit status."""
    try:
        return asyncio.run(_run(options))
    except HoldfastError as error:
        return say_not_begun(error, json=options.json, quiet=options.quiet)
    except KeyboardInterrupt:
        return say_not_begun(Declined("cancelled before anything was begun"), json=options.json)


def say_not_begun(error: HoldfastError, *, json: bool, quiet: bool = False) -> int:
    """Say why nothing was begun, as the outcome where JSON is wanted; the exit status."""
    problem = failure(error)
    if isinstance(error, NothingToDo):
        facts = (("nothing to do", error.message),)
        found = Result(image=error.image, digest=error.digest, release=error.release, facts=facts)
        if json:
            answer(encode(Ended(time.time(), True, 0.0, found)).decode())
        elif quiet:
            answer(f"{made}\n" if (made := error.digest or error.image) else "")
        else:
            answer(f"{safe(error.message)}\n")
        return 0
    if json:
        answer(encode(Ended(time.time(), False, 0.0, error=problem)).decode())
    else:
        say_error(error)
    return problem.code


async def _run(options: Options) -> int:
    from tui.settings.load import load

    settings = await asyncio.to_thread(load, options.config or None)
    if not options.quiet:
        for note in (*settings.trust_problems, *settings.not_obeyed):
            say(f"holdfast: {note}")
    request = await _request(options, settings)
    from tui.operations.process.prepared import prepared

    engine = request.engine.url
    async with prepared(request, settings) as planned:
        plan = planned.plan
        if options.plan:
            if not options.quiet:
                _show_plan(plan, engine, json=options.json)
            return 0
        if plan.typed:
            await insist(plan, engine, options.confirm)
        elif await asyncio.to_thread(_any_protected, settings, request):
            await confirm(plan_text(plan, engine, shown=colours(2)), engine, request.app, options.confirm)
        elif VERBS[options.verb].asks and not options.yes:
            await agree(plan, engine)
        from tui.cli import foreground
        from tui.cli.announcing import announced
        from tui.cli.rendering import rendering
        from tui.operations.running.notices import Notices

        before = await asyncio.to_thread(last_seconds, request.verb, AppKey.of(engine, request.app))
        shown = rendering(json=options.json, quiet=options.quiet, before=before)
        shown = announced(shown, settings, plain_out=options.json or options.quiet)
        try:
            problem = await foreground.run(planned, request, shown, Notices(settings.notify))
        finally:
            shown.close()
    return problem.code if problem is not None else 0


def _any_protected(settings: Settings, request: Request) -> bool:
    """Whether one of the engines that are changed is. Blocks for a moment."""
    return any(is_protected(settings.engines, one) for one in request.fleet or (request.engine,))


async def _request(options: Options, settings: Settings) -> Request:
    """What is asked for, and of which engine.

    Raises UnknownApp, WhichEngine, EngineError, and Usage where something is missing.
    """
    all_engines: tuple[EngineRef, ...] = ()
    if options.verb == "adopt":
        if len(options.words) != 1:
            raise Usage("which container?", "holdfast adopt CONTAINER; docker ps lists what runs")
        version, container = "", options.words[0]
        name = options.name or container
        engine = await asyncio.to_thread(home, settings.apps.get(name), settings, options.engine)
    else:
        app, version = meant(settings.apps, options, settings.own)
        name, container = app.name, ""
        if VERBS[options.verb].fleet:
            all_engines = await asyncio.to_thread(fleet, app, settings, options.engine)
        if options.only and (len(all_engines) < 2 or options.only != "behind"):
            raise Usage(
                f"--only {options.only} is of no use here", "--only behind, of an app of several engines"
            )
        if all_engines:
            engine = all_engines[0]
        else:
            engine = await asyncio.to_thread(home, app, settings, options.engine)
        if not version and options.verb == "promote":
            raise Usage("which version?", f"holdfast promote {app.name} VERSION --key NAME")
        if not version and _has_to_be_named(options):
            raise await _which_version(options.verb, app, engine, settings.policy)
    return Request(
        op=new_id(options.verb, name, time.time()),
        verb=options.verb,
        app=name,
        engine=engine,
        config=settings.file,
        version=version,
        image=options.image,
        no_cache=options.no_cache,
        pull=options.pull,
        to=options.to,
        container=container,
        digest=options.digest,
        again=options.again,
        force=options.force,
        sarif=options.sarif,
        key=options.key,
        only=options.only,
        fleet=all_engines,
    )


def _has_to_be_named(options: Options) -> bool:
    """Whether a missing version is asked for: the next one is taken only where somebody sees which."""
    unseen = not options.plan and not somebody_is_there()
    if options.verb == "deploy" and (options.digest or options.only):
        return False
    return options.verb in ("tag", "deploy") or (options.verb == "ship" and unseen)


def meant(apps: Mapping[str, AppSpec], options: Options, own: Sequence[str] = ()) -> tuple[AppSpec, str]:
    """The app and the version that the words name; the app may be left out where there is only one.

    own   the apps of the folder's own file: it is one of them that is left out, where there are any

    Raises UnknownApp, and Usage where there are too many words.
    """
    import difflib

    from tui.operations.process.prepared import app_named

    words = options.words
    takes_version = Argument.VERSION in VERBS[options.verb].takes
    if len(words) > 1 + takes_version:
        raise Usage(f'"{words[-1]}" is one word too many', f"holdfast {options.verb} --help")
    if takes_version and len(words) == 1 and 1 in (len(apps), len(own)):
        near = difflib.get_close_matches(words[0], list(apps), n=1)
        if not near:  # "webb" is a mistyped app, "v1.2" is none
            return app_named(apps, "", own), words[0]
    app = app_named(apps, words[0] if words else "", own)
    return app, words[1] if len(words) > 1 else ""


async def _which_version(verb: str, app: AppSpec, meant: EngineRef, policy: Policy) -> Usage:
    """Say which versions there are, or could be: which one it becomes is for people to decide."""
    from tui.engine.client import Engine
    from tui.operations.looking.suggested_versions import suggestions

    async with await Engine.connect(meant.endpoint) as engine:
        images = await engine.images.list()
        if verb == "deploy":
            offered, note = await _versions(engine, app, images, policy)
        else:
            local = [tag for image in images for tag in app.versions_of(image.tags)]
            found = await suggestions(app, engine, local)
            longest = max((len(one.tag) for one in found.offered), default=0)
            offered, note = [f"{one.tag:{longest}}  {one.why}" for one in found.offered], found.note
    return Usage(
        "which version?",
        f"holdfast {verb} {app.name} VERSION",
        (*offered, *([note] if note else [])),
    )


async def _versions(
    engine: Engine, app: AppSpec, images: Sequence[Image], policy: Policy
) -> tuple[list[str], str]:
    """The newest versions that can be deployed, and why there may be more."""
    from tui.ledger.ledger import Ledger
    from tui.model.offers import first_choice, offered_versions
    from tui.model.remote import RemoteTag, RemoteTags
    from tui.operations.looking.app_repository import Remote
    from tui.operations.looking.releases import read_releases
    from tui.presentation.versions import TrustWords, release_words
    from tui.registry.errors import RegistryError

    there, note = None, ""
    if app.has_registry:
        try:
            async with Remote(engine, app) as remote:
                tags = {tag: RemoteTag("") for tag in await remote.tags()}
                there = RemoteTags(app.repository, time.time(), tags)
        except RegistryError as error:
            note = f"the registry's tags are not known: {error.message}"
    offered = [one for one in offered_versions(app, images, there) if one.can_be_had]
    ledger = await Ledger.open(engine)
    releases = (await read_releases(engine, ledger, app.name)).releases
    first = first_choice(offered, releases)
    newest = sorted(offered, key=lambda one: one.tag != first)[:OFFERED]
    trust: Mapping[str, TrustWords] = {}
    if policy.trust is not None and there is not None:
        from tui.cli.version_words import trust_of

        trust = await trust_of(engine, app, policy, newest, releases)
        first = first_choice(newest, releases, [tag for tag, words in trust.items() if words.refused])
        newest.sort(key=lambda one: one.tag != first)
    longest, now = max((len(one.tag) for one in newest), default=0), time.time()
    lines = []
    for one in newest:
        said = trust.get(one.tag) or TrustWords()
        words = [*said.refused, *release_words(one, releases, now), *said.told]
        lines.append(f"{one.tag:{longest}}  {' · '.join(words)}".rstrip())
    if not lines and not note:
        note = "there is none yet: holdfast tag, and holdfast push where there is a registry"
    return lines, note


def _show_plan(plan: Plan, engine: str, *, json: bool) -> None:
    if json:
        answer_json(plan._asdict() | {
            "engine": engine,
            "steps": [step._asdict() for step in plan.steps],
            "facts": [{"name": name, "value": value} for name, value in plan.facts],
        })  # fmt: skip
        return
    answer(plan_text(plan, engine, shown=colours(1)))


def last_seconds(verb: str, app: AppKey) -> float | None:
    """How long the same took the last time that it went well. Blocks."""
    try:
        for path in listed(operations_folder()):
            id = OperationId.read(path.stem)
            if id is None or (id.verb, id.app) != (verb, app.app):
                continue
            one = summary(path)
            if one is None or one.ended is None or not one.ended.ok:
                continue
            if AppKey.of(one.started.engine, one.started.app) == app:
                return one.ended.seconds
    except OSError:  # the journal of this one will say what is wrong there
        pass
    return None
