"""What a verb knows of whatever runs the releases of an app.

The rules of a deploy, of its undoing and of its recovery are made of `Standing` and `RolloutStep`, and are
the same for all; an orchestrator reads the one and makes the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from contextlib import AbstractAsyncContextManager

    from tui.ledger.lease_state import Owner
    from tui.model.app import AppSpec, RunSpec
    from tui.model.engine import Usage
    from tui.model.image import ImageConfig
    from tui.model.release import Entry, Outcome, Release
    from tui.model.retention import Going
    from tui.model.step import RolloutStep
    from tui.model.ways_back import WayBack
    from tui.operations.deploying.retention import Leftover
    from tui.operations.looking.releases import Deployed
    from tui.operations.running.report import Report


class HeldLease(Protocol):
    """The lease of an app, while it is held. `again`: how often it had to be taken again."""

    again: int

    def tell(self, step: str) -> None:
        """Others are told the step from now on; nothing is looked at."""
        ...

    async def guard(self, step: str) -> None:
        """Return only while it is ours beyond doubt; others are told the step. Raises LeaseLost."""
        ...


class Stage(Protocol):
    """The releases of one app while steps are made on them."""

    def take(self, releases: Deployed) -> None:
        """As they have been read anew."""
        ...

    def container(self, number: int) -> str:
        """The ID of what runs a release, "" where there is none."""
        ...

    async def make(self, step: RolloutStep, id: str) -> None:
        """Make a step, but those that only write the ledger; `id` is told what it waits for.

        Raises HoldfastError.
        """
        ...


class Foreseen(NamedTuple):
    """What is known of a deploy while nothing has been changed.

    warnings   sentences
    facts      for the plan: (name, value) each
    outgoing   images that nobody needs once it is good
    missing    networks and volumes that the app declares and that are not there: "network web" ...
    """

    warnings: Sequence[str] = ()
    facts: Sequence[tuple[str, str]] = ()
    outgoing: Sequence[Going] = ()
    missing: Sequence[str] = ()


class Orchestrator(Protocol):
    """Where the releases of apps run, and what is written of them. All calls raise HoldfastError.

    host    the name of its host
    url     where it is
    notes   sentences about what was found wrong with the ledger
    """

    @property
    def host(self) -> str: ...

    @property
    def url(self) -> str: ...

    @property
    def notes(self) -> Sequence[str]: ...

    # -- the releases of an app

    async def read(self, app: str) -> Deployed:
        """As they stand now."""
        ...

    async def read_undisturbed(self, app: str) -> Deployed:
        """As they stand while nobody changes them. Raises Leased where somebody does."""
        ...

    async def read_again(self, before: Deployed) -> Deployed:
        """As they stand now; quicker where nothing has been recorded since `before`."""
        ...

    async def read_own(self, before: Deployed, number: int) -> Deployed:
        """As they stand now that a release was made; quicker, for whoever has made it.

        before   as they stood under the lease that was held ever since, so that nobody else recorded anything
        """
        ...

    async def ways_back(self, releases: Deployed) -> tuple[WayBack, ...]:
        """What can be gone back to."""
        ...

    async def differing(self, releases: Deployed, number: int, *, live: bool) -> tuple[str, ...]:
        """In what the container of a release is not as it was recorded."""
        ...

    async def run_of(self, releases: Deployed, number: int) -> RunSpec | None:
        """The configuration that the container of a release has, None where there is no container."""
        ...

    async def record(self, release: Release) -> None:
        """Write it down, before anything is changed."""
        ...

    async def outcome(self, app: str, outcome: Outcome) -> None:
        """Write down how it turned out."""
        ...

    def leased(
        self, app: str, owner: Owner, report: Report | None = None
    ) -> AbstractAsyncContextManager[HeldLease]:
        """Who has it changes the app; see `operations.leased`."""
        ...

    async def left_behind(self, app: str) -> bool:
        """Whether somebody who ended has left a lease or parts of a test."""
        ...

    # -- images

    async def image(self, reference: str) -> ImageConfig | None:
        """An image that is here, None where there is none."""
        ...

    async def runnable(self, app: AppSpec, reference: str, known: ImageConfig | None = None) -> ImageConfig:
        """An image that is here and can run here. Raises where it is not, or cannot.

        known   as it was found there just now
        """
        ...

    async def pull(self, reference: str, host: str, report: Report, step: str) -> None:
        """Fetch an image from the registry `host`; how far that is, is told of the step."""
        ...

    async def unneeded(self, app: AppSpec, releases: Deployed) -> list[Going]:
        """Whole images that no release of these needs any more, and that a registry has."""
        ...

    async def leftover(self, app: AppSpec, releases: Deployed, leaving: Sequence[int]) -> Leftover:
        """All that retention does not keep, once the releases that are leaving are gone."""
        ...

    async def usage(self) -> Usage:
        """How much room images and volumes take."""
        ...

    async def remove_image(self, reference: str) -> None:
        """Raises NotFound where it is gone already."""
        ...

    async def remove_volume(self, name: str) -> None:
        """Raises NotFound where it is gone already."""
        ...

    # -- a deploy

    async def foresee(
        self,
        app: AppSpec,
        release: Release,
        former: Entry | None,
        releases: Deployed,
        steps: Sequence[RolloutStep],
        *,
        size: int,
        image: ImageConfig | None,
    ) -> Foreseen:
        """Look whether `release` can be made; what cannot work is refused.

        former   whose configuration it has, None where it has its own
        size     bytes that have to be pulled
        image    its image, None where it has to be pulled
        """
        ...

    async def missing(self, app: AppSpec) -> list[str]:
        """Networks and volumes that the app declares and that are not there: "network web" each."""
        ...

    async def create_declared(self, app: AppSpec, lease: HeldLease, report: Report, step: str) -> None:
        """Create networks and volumes that the app declares, where they are missing."""
        ...

    async def stage(
        self,
        app: AppSpec,
        releases: Deployed,
        report: Report,
        release: Release | None = None,
        former: Entry | None = None,
        *,
        volumes_going: Collection[str] = (),
    ) -> Stage:
        """Where steps are made; `release` is the new one, if any, with the configuration of `former`.

        volumes_going   that whoever makes the steps removes afterwards
        """
        ...
