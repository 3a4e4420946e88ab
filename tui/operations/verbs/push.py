"""Pushing versions: never over other bytes, and read back afterwards."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from tui.engine.errors import TransferBroken
from tui.engine.transfers import LayerProgress, Pushed
from tui.errors import HoldfastError, Refused
from tui.evidence.files import name_version
from tui.model.digest import short_id
from tui.model.operation import CACHED, DONE, FAILED, RUNNING, SKIPPED, WAITING, Plan, PlanStep, Result
from tui.operations.attesting.attest import ATTEST, Attest, place_of
from tui.operations.attesting.signing_keys import push_signer
from tui.operations.looking.app_repository import RegistryTag, Remote
from tui.operations.looking.image_choice import chosen
from tui.operations.running.runner import Planned
from tui.registry.errors import RegistryError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tui.engine.client import Engine
    from tui.model.app import AppSpec
    from tui.model.image import ImageConfig
    from tui.model.policy import Policy
    from tui.operations.running.report import Report

TRIES = 4
WAIT_SECONDS = 0.5
"""Before the second try of a push whose connection broke; doubled for each further one."""

COURTESY_SECONDS = 30.0
"""Time limit for attaching what nobody signs."""

DONE_STATES = {"pushed": DONE, "exists": CACHED, "mounted": CACHED}


class NothingToPush(HoldfastError):
    """The image has no version, or the app no registry."""

    exit_status = 2


class NotSigned(HoldfastError):
    """The bytes and the tags have arrived, and what is known of them could not be attached."""


class OtherBytesPushed(HoldfastError):
    """The registry answers with other bytes than were pushed: somebody has to look at it."""

    exit_status = 6


async def plan(
    engine: Engine, app: AppSpec, policy: Policy, version: str = "", wanted: str = "", op: str = ""
) -> Planned:
    """Push versions of one image; without `version` all it has. Raises HoldfastError.

    The key that signs is loaded here: a broken one refuses before anything is pushed.
    """
    if not app.has_registry:
        raise NothingToPush(
            f'{app.origin}: [apps.{app.name}] image = "{app.image}" names no registry',
            f'set image = "registry.example.com/{app.image}"',
        )
    image, evidence, tags = await chosen(engine, app, wanted or version)
    if version and version not in tags:
        raise NothingToPush(
            f"{image.id[7:19]} is not {app.image}:{version}", f"holdfast tag {app.name} {version}"
        )
    tags = (version,) if version else tags
    if not tags:
        raise NothingToPush(
            f"the image {image.id[7:19]} of {app.name} has no version yet", f"holdfast tag {app.name} VERSION"
        )
    for missing in policy.missing(evidence, app):
        if missing.enforced:
            raise Refused(f"{image.id[7:19]} {missing.lacks}", missing.remedy)
    attest = await Attest.of(app, policy, evidence, await push_signer(policy.trust), op)
    async with Remote(engine, app) as remote:
        held = {tag: await remote.held(tag, image) for tag in tags}
    push = Pushing(engine, app, policy, image, tags, attest)
    return Planned(push.plan(held, remote.host), push.run)


class Pushing:
    """Pushing versions of one image."""

    def __init__(
        self,
        engine: Engine,
        app: AppSpec,
        policy: Policy,
        image: ImageConfig,
        tags: Sequence[str],
        attest: Attest,
    ) -> None:
        self._engine = engine
        self._app = app
        self._policy = policy
        self._image = image
        self._tags = tags
        self._attest = attest

    def plan(self, held: Mapping[str, RegistryTag], host: str) -> Plan:
        """What will be done where the registry has these. Raises Refused."""
        app, image = self._app, self._image
        steps = [PlanStep("guard", "Ask the registry what it has")]
        facts = [("image", image.id), ("registry", host), *self._attest.facts]
        warnings = []
        for tag in self._tags:
            self._refuse_other_bytes(tag, held[tag])
            steps.append(PlanStep(f"push {tag}", f"Push {app.image}:{tag}"))
            if held[tag].same:
                facts.append((tag, f"there already, {held[tag].digest}"))
            elif held[tag].digest:
                warnings.append(f"{tag} moves away from {short_id(held[tag].digest)}: [policy] allows it")
            else:
                facts.append((tag, "new"))
        steps += [PlanStep("verify", "Read the digest back"), *self._attest.steps]
        equal = " && ".join(f"docker push {app.image}:{tag}" for tag in self._tags)
        title = f"Push {app.name} {', '.join(self._tags)}"
        return Plan(
            title=title,
            steps=tuple(steps),
            facts=tuple(facts),
            warnings=tuple(warnings),
            equal=equal,
            verb="Push",
        )

    def _refuse_other_bytes(self, tag: str, held: RegistryTag) -> None:
        if held.digest and not held.same and not self._policy.may_move(tag):
            raise Refused(
                f"{self._app.image}:{tag} is in the registry already, with other bytes "
                f"({short_id(held.digest)})",
                f"give this image another version: holdfast tag {self._app.name} VERSION",
            )

    async def run(self, report: Report) -> Result:
        app, image = self._app, self._image
        references = tuple(f"{app.image}:{tag}" for tag in self._tags)
        digests: dict[str, str] = {}
        async with Remote(self._engine, app) as remote:
            held: dict[str, RegistryTag] = {}
            async with report.step("guard"):
                for tag in self._tags:
                    held[tag] = await remote.held(tag, image)
                    self._refuse_other_bytes(tag, held[tag])
            for tag in self._tags:
                if held[tag].same:
                    digests[tag] = held[tag].digest
                    report.state(f"push {tag}", CACHED, seconds=0.0)
                    continue
                async with report.step(f"push {tag}"):
                    digests[tag] = await self._push(tag, remote, report)
            async with report.step("verify"):
                for tag in self._tags:
                    await self._verify(tag, digests[tag], remote, report)
                    now = time.time()
                    await asyncio.to_thread(name_version, app.name, image.id, tag, digests[tag], now)
            if self._attest.steps:
                await self._attached(remote, digests, report)
        return Result(image=image.id, digest=next(iter(digests.values())), tags=references)

    async def _attached(self, remote: Remote, digests: Mapping[str, str], report: Report) -> None:
        """Attach what is known of it: unsigned only as a courtesy, which the push does not depend on."""
        courtesy = self._attest.signer is None
        image = self._image
        platform = "/".join(part for part in (image.os, image.architecture, image.variant) if part)
        for digest in dict.fromkeys(digests.values()):
            versions = [tag for tag in digests if digests[tag] == digest]
            try:
                async with asyncio.timeout(COURTESY_SECONDS if courtesy else None):
                    place = await place_of(remote.registry, self._app, digest, platform)
                    await self._attest.run(report, place, versions)
            except (RegistryError, TimeoutError) as error:
                report.state(ATTEST, SKIPPED if courtesy else FAILED)
                words = error.message if isinstance(error, RegistryError) else "the registry takes too long"
                if not courtesy:
                    raise self._not_signed(error, words, versions) from None
                report.warn(f"what is known of {versions[0]} is not attached to it: {words}")

    def _not_signed(self, error: Exception, words: str, versions: Sequence[str]) -> NotSigned:
        detail = (
            (*error.detail, *([error.hint] if error.hint else [])) if isinstance(error, RegistryError) else ()
        )
        return NotSigned(
            f"{self._app.image}:{versions[0]} has arrived, bytes and tag, and is not signed: {words}",
            f"holdfast sign {self._app.name} {versions[0]}",
            detail,
        )

    async def _push(self, tag: str, remote: Remote, report: Report) -> str:
        """Push one tag, again where the connection broke; its digest."""
        wait = WAIT_SECONDS
        for attempt in range(1, TRIES + 1):
            try:
                return await self._push_once(tag, remote, report)
            except TransferBroken as error:
                if attempt == TRIES:
                    raise
                report.warn(f"{error.message}: trying again in {wait:g} s ({attempt} of {TRIES - 1})")
            await asyncio.sleep(wait)
            wait *= 2
        raise AssertionError("unreachable: the last try returns or raises")

    async def _push_once(self, tag: str, remote: Remote, report: Report) -> str:
        layers = _Layers(f"push {tag}", report)
        digest = ""
        async with self._engine.images.push(self._app.image, tag, remote.credentials) as events:
            async for event in events:
                if isinstance(event, Pushed):
                    digest = event.digest
                else:
                    layers.take(event)
        return digest

    async def _verify(self, tag: str, pushed: str, remote: Remote, report: Report) -> None:
        there = await remote.digest(tag)
        if not pushed:  # an engine that does not say what it pushed
            held = await remote.held(tag, self._image)
            pushed = held.digest if held.same else "other bytes"
        if there != pushed:
            raise OtherBytesPushed(
                f"{self._app.image}:{tag} was pushed as {pushed}, and the registry has {there or 'nothing'}",
                "somebody else may have pushed the tag at the same moment: find out which bytes are meant",
            )
        report.log("verify", f"{self._app.image}:{tag}@{there}", 0)


class _Layers:
    """Layers as steps beneath the push, and their bytes together as its own progress."""

    def __init__(self, step: str, report: Report) -> None:
        self._step = step
        self._report = report
        self._state: dict[str, str] = {}
        self._amounts: dict[str, tuple[int, int]] = {}

    def take(self, event: LayerProgress) -> None:
        id = f"{self._step} {event.layer}"
        state = DONE_STATES.get(event.state, RUNNING if event.current else WAITING)
        if self._state.get(event.layer) != state:
            self._state[event.layer] = state
            self._report.state(id, state, title=f"layer {event.layer}", parent=self._step)
        if event.total or event.current:
            self._amounts[event.layer] = event.current, max(event.total, event.current)
            self._report.progress(id, *self._amounts[event.layer])
            self._report.progress(self._step, *_sums(tuple(self._amounts.values())))


def _sums(amounts: Sequence[tuple[int, int]]) -> tuple[int, int]:
    return sum(current for current, _ in amounts), sum(total for _, total in amounts)
