"""The image that a verb is to look at: one of the engine's, or one of the registry's, which is pulled."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.model.evidence import Evidence
from tui.model.image import ImageConfig
from tui.model.operation import PlanStep
from tui.model.reference import split_reference, valid_tag
from tui.operations.deploying.pulling import PULL, pull, pulled
from tui.operations.deploying.targets import resolve_version
from tui.operations.looking.image_choice import NoSuchImage, chosen

if TYPE_CHECKING:
    from tui.engine.client import Engine
    from tui.model.app import AppSpec
    from tui.operations.deploying.targets import Target
    from tui.operations.running.report import Report


class Wanted(NamedTuple):
    """An image that is meant.

    image    what is known of it; of one that has to be pulled, that is its digest and its name
    target   what is to be pulled, None where the engine has it
    """

    image: ImageConfig
    evidence: Evidence = Evidence("")
    target: Target | None = None

    @property
    def steps(self) -> tuple[PlanStep, ...]:
        """Those that come before all others."""
        return (PlanStep(PULL, f"Pull {self.target.reference}"),) if self.target is not None else ()


async def wanted_image(engine: Engine, app: AppSpec, wanted: str) -> Wanted:
    """The image of an ID, a reference or a version; of "" the newest build. Raises HoldfastError."""
    try:
        one = await chosen(engine, app, wanted)
    except NoSuchImage as error:
        target = await _in_registry(engine, app, wanted, error)
        image = ImageConfig(
            id=target.digest,
            tags=(target.reference if "sha256:" in wanted else f"{app.image}:{_version(app, wanted)}",),
            digests=(),
            created=0.0,
            size=0,
            os="",
            architecture="",
        )
        return Wanted(image, target.evidence, target)
    return Wanted(one.image, one.evidence)


async def here(engine: Engine, one: Wanted, report: Report) -> ImageConfig:
    """The same, once the engine has it. Raises HoldfastError."""
    if one.target is None:
        return one.image
    async with report.step(PULL):
        await pull(engine, one.target.reference, one.target.host, report)
    return await pulled(engine, one.target.reference)


def _version(app: AppSpec, wanted: str) -> str:
    """The tag or the digest of a reference that is the app's; what is none may be a tag itself."""
    taken = split_reference(wanted)
    return (taken.digest or taken.tag) if app.owns(wanted) else wanted


async def _in_registry(engine: Engine, app: AppSpec, wanted: str, missing: NoSuchImage) -> Target:
    """What is meant where only the registry can have it.

    Raises NoSuchImage for what could be nowhere but here, NoSuchVersion and other HoldfastErrors.
    """
    version = _version(app, wanted)
    if not app.has_registry or not version or (valid_tag(version) and not version.startswith("sha256:")):
        raise missing
    return await resolve_version(engine, app, version)
