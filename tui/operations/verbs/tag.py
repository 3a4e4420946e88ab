"""Giving an image a version, which then never moves."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from tui.engine.errors import NotFound
from tui.errors import HoldfastError, NothingToDo, Refused
from tui.evidence.files import name_version
from tui.model.build_tag import BUILT, is_build_tag
from tui.model.digest import short_id
from tui.model.operation import Plan, PlanStep, Result
from tui.model.reference import valid_tag
from tui.operations.looking.app_repository import Remote
from tui.operations.looking.image_choice import Chosen, chosen
from tui.operations.running.runner import Planned
from tui.registry.errors import RegistryError

if TYPE_CHECKING:
    from tui.engine.client import Engine
    from tui.model.app import AppSpec
    from tui.model.policy import Policy
    from tui.operations.running.report import Report


class IllegalTag(HoldfastError):
    """The tag has characters that a tag cannot have, or is not for versions."""

    exit_status = 2


def refuse_dirty(what: str, version: str, commit: str, policy: Policy) -> None:
    """A version that nobody could build again is refused, unless the policy or the version itself says so."""
    if policy.allow_dirty or policy.may_move(version) or version.endswith("-dirty"):
        return
    named = f"name it {short_id(commit)}-dirty, " if commit else ""
    raise Refused(
        f"{what} is built from uncommitted changes, or from files whose commit git does "
        "not tell: nobody could build it again",
        f"commit and build again, {named}or set allow_dirty = true in [policy]",
    )


def refuse_illegal(version: str) -> None:
    """Raises IllegalTag for what cannot be a version."""
    if problem := valid_tag(version):
        raise IllegalTag(f'"{version}" cannot be a tag: {problem}', "e.g. v1.4.0")
    if is_build_tag(version):
        raise IllegalTag(f'"{version}": tags that begin with "{BUILT}" name builds', "e.g. v1.4.0")


async def plan(
    engine: Engine, app: AppSpec, policy: Policy, version: str, wanted: str = "", *, part: bool = False
) -> Planned:
    """Name one image of an app. Raises HoldfastError.

    part   whether it is a part of something else, which goes on where the image is named so already
    """
    refuse_illegal(version)
    one = await chosen(engine, app, wanted)
    tag = _Tag(engine, app, policy, version, one)
    if not part and version in one.tags and version in one.evidence.named:
        raise NothingToDo(
            f"{app.image}:{version} names {short_id(one.image.id)} already", "nothing is changed"
        )
    return Planned(await tag.plan(), tag.run)


class _Tag:
    """Naming one image."""

    def __init__(self, engine: Engine, app: AppSpec, policy: Policy, version: str, one: Chosen) -> None:
        self._engine = engine
        self._app = app
        self._policy = policy
        self._version = version
        self._chosen = one
        self._reference = f"{app.image}:{version}"

    async def plan(self) -> Plan:
        """What will be done. Raises HoldfastError."""
        image, evidence = self._chosen.image, self._chosen.evidence
        movable = self._policy.may_move(self._version)
        if evidence.dirty:
            refuse_dirty(short_id(image.id), self._version, evidence.commit, self._policy)
        warnings = [
            f"this image {missing.lacks}: {missing.remedy}"
            for missing in self._policy.missing(evidence, self._app)
        ]
        before = await self._held()
        if before and before != image.id:
            if not movable:
                raise Refused(
                    f"{self._reference} is {short_id(before)} already, and a version never moves",
                    f"choose another version for {short_id(image.id)}",
                )
            warnings.append(f"{self._version} moves away from {short_id(before)}: [policy] allows it")
        warnings += await self._check_registry(self._chosen, movable=movable)
        return Plan(
            title=f"Tag {self._app.name} {self._version}",
            steps=(PlanStep("tag", f"Name {short_id(image.id)} {self._reference}"),),
            facts=(("image", image.id), ("tag", self._reference)),
            warnings=tuple(warnings),
            equal=f"docker tag {short_id(image.id)} {self._reference}",
            verb="Tag",
        )

    async def _held(self) -> str:
        """The ID of the image that bears the tag on this engine, "" where none does."""
        try:
            return (await self._engine.images.config(self._reference)).id
        except NotFound:
            return ""

    async def _check_registry(self, one: Chosen, *, movable: bool) -> list[str]:
        """Refuse what could not be pushed anyway; a registry out of reach is asked again by the push."""
        if not self._app.has_registry:
            return []
        try:
            async with Remote(self._engine, self._app) as remote:
                held = await remote.held(self._version, one.image)
        except RegistryError as error:
            return [f"whether the registry has this version is unknown: {error.message}"]
        if not held.digest or held.same or movable:
            return []
        raise Refused(
            f"{self._reference} is in the registry already, with other bytes ({short_id(held.digest)})",
            "choose another version",
        )

    async def run(self, report: Report) -> Result:
        image = self._chosen.image
        async with report.step("tag"):
            before = await self._held()  # it may have been given away while the plan was read
            if before and before != image.id and not self._policy.may_move(self._version):
                raise Refused(f"{self._reference} was given to {short_id(before)} meanwhile")
            if before != image.id:
                await asyncio.shield(self._engine.images.tag(image.id, self._app.image, self._version))
            name, engine = self._app.name, (await self._engine.info()).id
            await asyncio.to_thread(
                name_version, name, image.id, self._version, "", time.time(), engine=engine
            )
        return Result(image=image.id, tags=(self._reference,))
