"""What a deploy puts into service: a version's bytes, or an earlier release as it was."""

from __future__ import annotations

import asyncio
import socket
import time
from typing import TYPE_CHECKING, NamedTuple, Protocol

from tui.model.digest import short_id
from tui.model.evidence import facts_of
from tui.model.recorded_trust import verified_facts
from tui.model.reference import valid_tag
from tui.model.release import Referenced, Release
from tui.operations.deploying.known_versions import moved_words, refuse_moved
from tui.operations.deploying.live_already import live_already, nothing_to_do
from tui.operations.deploying.targets import LOCAL_ONLY, Target, resolve_version
from tui.operations.deploying.trusted import refuse_lacking, repository, said_facts, verified
from tui.operations.looking.run_files import file_hashes
from tui.operations.running.runner import whoami
from tui.together import all_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from tui.engine.client import Engine
    from tui.model.app import AppSpec
    from tui.model.evidence import Requirement
    from tui.model.policy import Policy
    from tui.model.release import Entry
    from tui.model.standing import Standing
    from tui.operations.looking.app_repository import Remote
    from tui.operations.looking.releases import Deployed
    from tui.operations.looking.verification import Verified
    from tui.operations.running.report import Report


class Deployable(NamedTuple):
    """What was found to be put into service.

    releases   of the app, as they stood then
    target     its bytes
    title      what is done, but for the number that the release gets: "Deploy web v1.4.0"
    release    as it will be recorded where things stand so
    what       what is put into service, in words: "v1.4.0"
    name, verb the verb, and the word on the button
    former     the release whose configuration it has, None where it has that of the app
    warnings   sentences
    facts      for the plan: (name, value) each
    lets_in    what it lacks and is let in without, for the plan: "no signature, no test"; "" for nothing
    typed      what has to be typed before it is done, "" where saying yes is enough
    fetch      brings its image to the engine where no registry has it, None where one has
    """

    releases: Deployed
    target: Target
    title: str
    what: str
    release: Callable[[Standing], Awaitable[Release]]
    name: str = "deploy"
    verb: str = "Deploy"
    former: Entry | None = None
    warnings: Sequence[str] = ()
    facts: Sequence[tuple[str, str]] = ()
    lets_in: str = ""
    typed: str = ""
    fetch: Callable[[Report], Awaitable[None]] | None = None


class Source(Protocol):
    """Where a deploy has it from."""

    async def find(self, read: Callable[[], Awaitable[Deployed]]) -> Deployable:
        """Find it; `read` gives the releases, or refuses. Raises HoldfastError."""
        ...


class FromVersion:
    """A version of an app, with the configuration that the app has now.

    digest   the exact bytes that are meant, whatever `version` names
    again    also where they are live already
    """

    def __init__(
        self,
        engine: Engine,
        app: AppSpec,
        policy: Policy,
        op: str,
        version: str,
        *,
        digest: str = "",
        again: bool = False,
    ) -> None:
        self._engine = engine
        self._app = app
        self._policy = policy
        self._op = op
        self._version = version
        self._digest = digest
        self._again = again

    async def find(self, read: Callable[[], Awaitable[Deployed]]) -> Deployable:
        async with repository(self._engine, self._app, self._policy) as remote:
            releases, target = await all_of(read(), self._resolved(remote))
            target = await self._unmoved(target, releases)
            if not self._again:
                live = await live_already(
                    releases, self._app, version=target.version, digest=target.digest, image=target.image
                )
                if live is not None:  # nothing is put into service: so nothing has to let it in
                    raise nothing_to_do(releases, live)
            found = await verified(remote, self._app, self._policy, target, releases.entries)
        lacking = self._lacking(target, found)
        called = f"{self._app.name} {self._version or short_id(target.digest)}"
        target = target._replace(warnings=(*target.warnings, *refuse_lacking(lacking, called)))
        made = found_version(self._app, self._op, releases, target, found)
        return made._replace(lets_in=", ".join(one.short for one in lacking))

    async def _resolved(self, remote: Remote | None) -> Target:
        """The bytes that are meant. An image's ID is the digest where there is no registry."""
        if not self._digest:
            return await resolve_version(self._engine, self._app, self._version, remote)
        digest = f"sha256:{self._digest.removeprefix('sha256:')}"
        found = await resolve_version(self._engine, self._app, digest, remote)
        return found._replace(version=self._version if not valid_tag(self._version) else "")

    async def _unmoved(self, target: Target, releases: Deployed) -> Target:
        """Other bytes than the version named before are refused, unless they are meant."""
        app = self._app
        words = await moved_words(self._engine, app, self._policy, target.version, target, releases.entries)
        if not self._digest:
            refuse_moved(app, words, target)
        elif words:
            return target._replace(warnings=(*target.warnings, f"{words}, which is meant"))
        return target

    def _lacking(self, target: Target, found: Verified | None) -> list[Requirement]:
        """What the policy wants of it, or would have wanted, and does not find."""
        verdicts = found.verdicts if found is not None else None
        missing = self._policy.missing(target.evidence, self._app, self._version, verdicts)
        asked = {verdict.kind for verdict in verdicts or ()}
        return [one for one in missing if one.enforced or one.kind in asked]


class FromBuild:
    """A version of an app before it has bytes: what a deploy of it will be, as far as that can be said."""

    def __init__(self, app: AppSpec, op: str, version: str) -> None:
        self._app = app
        self._op = op
        self._version = version

    async def find(self, read: Callable[[], Awaitable[Deployed]]) -> Deployable:
        version = self._version
        target = Target(
            version=version,
            reference=f"{self._app.image}:{version}",
            digest="",
            image="",
            host="",
            local=False,
            warnings=() if self._app.has_registry else (LOCAL_ONLY,),
        )
        return found_version(self._app, self._op, await read(), target)


def found_version(
    app: AppSpec, op: str, releases: Deployed, target: Target, found: Verified | None = None
) -> Deployable:
    """An app as it is configured now, with these bytes; `found` is what others have said of them."""
    evidence = facts_of(target.evidence)
    if found is not None:
        evidence |= verified_facts(found.verdicts, found.attested, (target.digest, target.manifest))
    if target.manifest not in ("", target.digest):
        evidence["manifest"] = target.manifest

    async def release(standing: Standing) -> Release:
        files = await asyncio.to_thread(file_hashes, app.run)
        return Release(
            app=app.name,
            number=standing.next_number,
            version=target.version,
            reference=target.reference,
            digest=target.digest,
            image=target.image,
            run=app.run,
            ready=app.ready,
            files=tuple(Referenced(path, digest) for path, digest in files.items()),
            order=app.order,
            evidence=evidence,
            by=whoami(),
            host=socket.gethostname(),
            at=time.time(),
            op=op,
            previous=standing.live or 0,
        )

    what = target.version or short_id(target.digest)
    title = f"Deploy {app.name} {what}"
    return Deployable(
        releases=releases,
        target=target,
        title=title,
        what=what,
        release=release,
        warnings=target.warnings,
        facts=said_facts(app, target, found) if found is not None else (),
    )
