"""An earlier release as what a deploy puts into service: its exact bytes and its exact configuration."""

from __future__ import annotations

import asyncio
import socket
import time
from typing import TYPE_CHECKING, NamedTuple

from tui.errors import HoldfastError, Refused
from tui.model.chain_facts import proved_facts
from tui.model.differences import differences
from tui.model.recorded_trust import unrecorded
from tui.model.registry_name import registry_host
from tui.model.release import Soundness
from tui.model.ways_back import default_of, doubt_of, passed_over
from tui.operations.deploying.homeward import image_here
from tui.operations.deploying.sources import Deployable
from tui.operations.deploying.targets import Target
from tui.operations.looking.run_files import file_hashes
from tui.operations.running.runner import whoami

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from tui.model.app import AppSpec
    from tui.model.release import Entry, Release
    from tui.model.standing import Standing
    from tui.model.verdict import Wanted
    from tui.operations.deploying.orchestrator import Orchestrator
    from tui.operations.looking.releases import Deployed


class Choice(NamedTuple):
    """What is gone back to, and what speaks against it: sentences; whether it is gone to all the same."""

    entry: Entry
    doubts: tuple[str, ...] = ()
    forced: bool = False


class NoSuchRelease(HoldfastError):
    """There is no release of that number to go back to."""

    exit_status = 2


class FromRelease:
    """What an earlier release was, or what the live one was recorded as.

    to         its number, 0 for the newest one that nothing speaks against
    force      whether it may be one whose record or container is not to be trusted
    required   what is required of images now
    """

    def __init__(
        self,
        orchestrator: Orchestrator,
        app: AppSpec,
        op: str,
        to: int = 0,
        *,
        force: bool = False,
        required: Sequence[Wanted] = (),
    ) -> None:
        self._orchestrator = orchestrator
        self._app = app
        self._op = op
        self._to = to
        self._force = force
        self._required = required

    async def find(self, read: Callable[[], Awaitable[Deployed]]) -> Deployable:
        releases = await read()
        choice = await self._chosen(releases)
        number = choice.entry.release.number
        past = number in releases.containers
        entry = choice.entry
        if entry.release.from_labels and (run := await self._orchestrator.run_of(releases, number)):
            entry = entry._replace(release=entry.release._replace(run=run))
        earlier = entry.release
        target = await self._target(releases, earlier)
        # The container, if it is there, has the contents of files that were referred to.
        changed = [] if past else await _changed_files(earlier)

        async def release(standing: Standing) -> Release:
            return earlier.made_anew(
                number=standing.next_number,
                reference=target.reference,
                previous=standing.live or 0,
                by=whoami(),
                host=socket.gethostname(),
                at=time.time(),
                op=self._op,
            )

        name = self._app.name
        title = f"Roll {name} back to r{number} {earlier.version}"
        if number == releases.standing.live:
            title = f"Make {name} {releases.called(number)} anew"
        return Deployable(
            releases=releases,
            target=target,
            title=title,
            what=releases.called(number),
            release=release,
            name="rollback",
            verb="Roll back",
            former=entry,
            warnings=(*choice.doubts, *self._unverified(earlier), *changed),
            facts=[*_differences(releases, earlier), *proved_facts(entry)],
            typed=name if choice.forced else "",
        )

    def _unverified(self, earlier: Release) -> list[str]:
        """What is wanted of an image now, and was not when it was released. The way back stays open."""
        lacks = unrecorded(earlier.evidence, self._required)
        if not lacks:
            return []
        return [
            f"r{earlier.number} has no verified {' or '.join(lacks)} on record, which [trust] requires now"
        ]

    async def _chosen(self, releases: Deployed) -> Choice:
        app = self._app
        ways = await self._orchestrator.ways_back(releases)
        number = self._to or default_of(ways)
        if number is None:
            raise Refused(
                f"{app.name} has no earlier release that a roll back may go to by itself",
                f"holdfast rollback {app.name} --to rN says what it needs"
                if ways
                else f"holdfast history {app.name} shows what there is",
                tuple(f"{releases.called(way.number)}: {way.why_not}" for way in ways),
            )
        entry = releases.entries.get(number)
        if entry is None:
            known = ", ".join(f"r{one}" for one in releases.standing.good) or "none"
            raise NoSuchRelease(f"{app.name} has no release r{number}", f"good ones: {known}")
        if number == releases.standing.live:
            return await self._live(releases, entry)
        way = next((way for way in ways if way.number == number), None)
        if way is None:
            raise _no_way_back(entry)
        if not self._to:
            passed = passed_over(ways, number)
            return Choice(
                entry,
                tuple(f"{releases.called(one.number)} is passed over: {one.why_not}" for one in passed),
            )
        return self._doubted(entry, way.why_not, untrusted=way.untrusted)

    async def _live(self, releases: Deployed, entry: Entry) -> Choice:
        """The live one is made anew from its record, and what its container has become is named."""
        number = entry.release.number
        changed = entry.integrity.state is Soundness.CHAIN_BROKEN
        if entry.outcome is None or (not entry.good and not changed):
            raise _no_way_back(entry)
        choice = self._doubted(entry, doubt_of(entry), untrusted=True)
        if found := await self._orchestrator.differing(releases, number, live=True):
            words = f"the container of r{number} is not as recorded: {', '.join(found)}"
            return choice._replace(doubts=(*choice.doubts, words))
        return choice

    def _doubted(self, entry: Entry, why: str, *, untrusted: bool) -> Choice:
        """`why` is what speaks against it, "" where nothing does. Raises Refused."""
        if not why:
            return Choice(entry)
        number = entry.release.number
        if untrusted and not self._force:
            raise Refused(
                f"r{number} is not to be trusted: {why}",
                f"holdfast rollback {self._app.name} --to r{number} --force goes there all the same",
            )
        return Choice(entry, (f"r{number}: {why}",), untrusted)

    async def _target(self, releases: Deployed, earlier: Release) -> Target:
        """Its image where it is here, else where to pull it from; the network is needed only then."""
        here = await image_here(self._orchestrator, releases, earlier)
        if here is not None:
            return Target(
                version=earlier.version,
                reference=here.name,
                digest=earlier.digest,
                image=here.image.id,
                host="",
                local=True,
                found=here.image,
            )
        if not earlier.digest:
            raise _image_gone(earlier)
        host = registry_host(self._app.image)
        return Target(
            version=earlier.version,
            reference=earlier.reference,
            digest=earlier.digest,
            image="",
            host=host,
            local=False,
        )


async def number_of_version(orchestrator: Orchestrator, app: AppSpec, version: str) -> int:
    """The newest good release of a version or of a digest; the live one only where it is the only one.

    Raises NoSuchRelease.
    """
    releases = await orchestrator.read(app.name)
    known = {n: releases.entries[n].release for n in releases.standing.good if n in releases.entries}
    found = [n for n, release in known.items() if version in (release.version, release.digest)]
    if not found:
        had = ", ".join(dict.fromkeys(release.version for release in known.values() if release.version))
        raise NoSuchRelease(f"{app.name} has no good release of {version}", f"good ones: {had or 'none'}")
    return next((n for n in found if n != releases.standing.live), found[0])


def _no_way_back(entry: Entry) -> Refused:
    number, release = entry.release.number, entry.release
    if doubt := doubt_of(entry):
        return Refused(f"r{number} is no way back: {doubt}", "choose a good release")
    if entry.good or release.adopted:
        return _image_gone(release)
    return Refused(f"r{number} never passed its gate: it is no way back", "choose a good release")


def _image_gone(release: Release) -> Refused:
    return Refused(
        f"the image of r{release.number} ({release.image[7:19]}) is gone, and it was local only",
        f"build {release.version or 'it'} again and deploy that",
    )


async def _changed_files(earlier: Release) -> list[str]:
    """Files that were referred to and are something else now."""
    now = await asyncio.to_thread(file_hashes, earlier.run)
    return [
        f"{file.path} has changed since r{earlier.number}: its present contents are used"
        for file in earlier.files
        if now.get(file.path) != file.sha256
    ]


def _differences(releases: Deployed, earlier: Release) -> list[tuple[str, str]]:
    """What is different from the live release, values of variables left out."""
    live = releases.standing.live
    entry = releases.entries.get(live) if live is not None else None
    if entry is None:
        return []
    found = differences(entry.release, earlier)
    nothing = [("changes", "nothing: the bytes and the configuration are the same")]
    return [(f"changes {name}", words) for name, words in found] or nothing
