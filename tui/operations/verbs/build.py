"""Building an app's image, and keeping what is known of how it was made."""

from __future__ import annotations

import asyncio
import os
import shlex
import time
from typing import TYPE_CHECKING

from tui.engine.credentials import credentials_for
from tui.errors import HoldfastError
from tui.evidence.files import add_facts
from tui.files import read_file
from tui.model.build import BaseImage, BuildBytes, BuildOutput, BuildStep, BuildWarning, BuiltImage
from tui.model.build_tag import build_tag
from tui.model.dockerfile import parse, pin_warnings
from tui.model.labels import APP
from tui.model.operation import Plan, PlanStep, Result
from tui.model.secrets import is_secret_name, mask_value
from tui.operations.looking.git_state import source_of
from tui.operations.running.runner import Planned
from tui.together import all_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui.engine.client import Engine
    from tui.model.app import AppSpec, BuildSecret, BuildSpec
    from tui.model.build import BuildEvent
    from tui.operations.looking.git_state import GitState
    from tui.operations.running.report import Report

BUILD, NAME = "build", "name"

CLASSIC = "this engine offers only the classic builder: no secrets, and the whole context is sent every time"


class NotBuildable(HoldfastError):
    """The app says nothing about building."""

    exit_status = 2


class NoImage(HoldfastError):
    """The build ended well, and named no image."""


async def plan(engine: Engine, app: AppSpec, op: str) -> Planned:
    """Build an app's image. Raises HoldfastError."""
    build = await find_build(engine, app, op)
    return Planned(build.plan(), build.run)


async def find_build(engine: Engine, app: AppSpec, op: str, clock: Callable[[], float] = time.time) -> Build:
    """What would be built now, and by which builder; `op` is the operation's ID. Raises HoldfastError."""
    spec = app.build
    if spec is None:
        raise NotBuildable(
            f"{app.origin}: [apps.{app.name}] has no [apps.{app.name}.build], so it is not built here",
            f'add [apps.{app.name}.build] with context = ".", or put into service what is there already: '
            f"holdfast deploy {app.name} VERSION",
        )
    builder, source, _ = await all_of(
        engine.builds.builder(),
        source_of(spec.context, spec.dockerfile),
        asyncio.to_thread(engine.builds.load),
    )
    return Build(engine, app, spec, op, source, builder, clock)


class Build:
    """The build of one app, made by `find_build`. `source` is what is built."""

    def __init__(
        self,
        engine: Engine,
        app: AppSpec,
        spec: BuildSpec,
        op: str,
        source: GitState,
        builder: int,
        clock: Callable[[], float],
    ) -> None:
        self.source = source
        self._engine = engine
        self._app = app
        self._spec = spec
        self._op = op
        self._builder = builder
        self._clock = clock

    def plan(self) -> Plan:
        """What will be done."""
        spec = self._spec
        facts = [("context", spec.context), ("Dockerfile", spec.dockerfile)]
        if self.source.commit:
            facts.append(("commit", self.source.short))
        warnings = []
        if self.source.unknown:
            warnings.append(
                f"whether the files are those of a commit is not known ({self.source.unknown}): "
                "this image can be given no version"
            )
        elif self.source.dirty:
            warnings.append("the files differ from the commit: this image can be given no version")
        if self._builder == 1:
            warnings.append(CLASSIC)
        return Plan(
            title=f"Build {self._app.name}",
            steps=(
                PlanStep(BUILD, "Build with BuildKit" if self._builder == 2 else "Build (classic builder)"),
                PlanStep(NAME, "Name the image"),
            ),
            facts=tuple(facts),
            warnings=tuple(warnings),
            equal=equal(spec, self._app.image),
            verb="Build",
        )

    async def run(self, report: Report) -> Result:
        spec, source = self._spec, self.source
        report.hide(await asyncio.to_thread(_secret_values, spec.secrets))
        report.hide(value for name, value in spec.args.items() if is_secret_name(name))
        began = self._clock()
        made = _Made(report)
        async with report.step(BUILD):
            async with self._engine.builds.run(
                spec,
                id=self._op,
                builder=self._builder,
                args=_arguments(spec, source),
                labels=_labels(self._app.name, spec, source),
                credentials=credentials_for,
            ) as events:
                async for event in events:
                    made.take(event)
            if not made.image:
                raise NoImage("the build ended, and the engine named no image", "look at the engine's log")
        seconds = self._clock() - began
        for warning in await asyncio.to_thread(_unpinned, spec, made.bases):
            report.warn(warning)
        tag = build_tag(made.image)
        async with report.step(NAME):
            await self._engine.images.tag(made.image, self._app.image, tag)
            await asyncio.to_thread(
                add_facts,
                self._app.name,
                made.image,
                built=self._clock(),
                seconds=seconds,
                commit=source.commit,
                dirty=source.dirty,
                source=source.url,
                bases=made.bases,
            )
        facts = [("commit", source.short)] if source.commit else []
        facts += [(f"base {name}", digest) for name, digest in made.bases.items()]
        return Result(image=made.image, tags=(f"{self._app.image}:{tag}",), facts=tuple(facts))


class _Made:
    """Carries a build's events into the report, and keeps what it made."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._amounts: dict[str, dict[str, tuple[int, int]]] = {}
        self.image = ""
        self.bases: dict[str, str] = {}

    def take(self, event: BuildEvent) -> None:
        report = self._report
        match event:
            case BuildStep():
                report.state(
                    event.id,
                    event.state,
                    title=event.title,
                    parent=BUILD,
                    seconds=event.seconds,
                    started=event.started,
                )
                if event.error:
                    report.log(event.id, event.error, 2)
            case BuildOutput():
                report.log(event.step, event.text, event.stream)
            case BuildBytes():
                items = self._amounts.setdefault(event.step, {})
                items[event.item] = event.current, event.total
                current = sum(done for done, _ in items.values())
                total = sum(max(done, whole) for done, whole in items.values())
                known = any(whole for _, whole in items.values())
                report.progress(event.step, current, total if known else 0)
            case BuildWarning():
                where = f"Dockerfile line {event.line}: " if event.line else ""
                more = f" ({event.url})" if event.url else ""
                report.warn(f"{where}{event.message}{more}")
            case BaseImage():
                self.bases[event.name] = event.digest
            case BuiltImage():
                self.image = event.id


def _secret_values(secrets: Sequence[BuildSecret]) -> list[str]:
    """The values of secrets, so that none of them gets through; what is missing is found by the build."""
    values = []
    for secret in secrets:
        if secret.env:
            values.append(os.environ.get(secret.env, ""))
            continue
        try:
            text = read_file(secret.file).decode("utf-8", "replace")
        except OSError:
            continue
        values += [text, text.strip(), *(line.strip() for line in text.splitlines())]
    return values


def _arguments(spec: BuildSpec, source: GitState) -> dict[str, str]:
    """Build arguments; SOURCE_DATE_EPOCH makes the same commit give the same image where that is possible
    (https://reproducible-builds.org/specs/source-date-epoch/)."""
    if not source.committed or source.dirty:
        return dict(spec.args)
    return {"SOURCE_DATE_EPOCH": str(source.committed), **spec.args}


def _labels(app: str, spec: BuildSpec, source: GitState) -> dict[str, str]:
    """The image's labels: OCI image annotations, and the app's name."""
    labels = {APP: app}
    if source.commit:
        base = "org.opencontainers.image."
        created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(source.committed))
        labels |= {
            f"{base}revision": source.commit + ("-dirty" if source.dirty else ""),
            f"{base}version": source.describe + ("-dirty" if source.dirty else ""),
            f"{base}created": created,
        }
        if source.url:
            labels[f"{base}source"] = source.url
    return {**labels, **spec.labels}


def _unpinned(spec: BuildSpec, bases: dict[str, str]) -> list[str]:
    """Sentences about base images whose tag can move."""
    try:
        text = read_file(spec.dockerfile).decode("utf-8", "replace")
    except OSError:  # gone since the build read it
        return []
    return [sentence for _, sentence in pin_warnings(parse(text).bases(spec.args), bases)]


def equal(spec: BuildSpec, image: str) -> str:
    """The docker command that builds the same; an argument that is secret by its name is masked."""
    words = ["docker", "build", "-t", image, "-f", spec.dockerfile]
    for option, value in (
        ("--target", spec.target),
        ("--platform", spec.platform),
        ("--network", spec.network),
    ):
        if value:
            words += [option, value]
    for name, value in spec.args.items():
        words += ["--build-arg", f"{name}={mask_value(name, value)}"]
    for secret in spec.secrets:
        words += ["--secret", f"id={secret.id},{'env' if secret.env else 'src'}={secret.env or secret.file}"]
    for source in spec.cache_from:
        words += ["--cache-from", source]
    words += ["--no-cache"] if spec.no_cache else []
    words += ["--pull"] if spec.pull else []
    return shlex.join([*words, spec.context])
