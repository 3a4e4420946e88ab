"""Which of an app's versions have what the policy wants: each is verified in its registry, a few at once."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, NamedTuple

from tui.errors import HoldfastError
from tui.model.evidence import Evidence
from tui.model.verdict import Answer, Verdict
from tui.operations.looking.app_repository import Remote
from tui.operations.looking.image_chain import platform_manifests
from tui.operations.looking.trusted_keys import verify_keys
from tui.operations.looking.verification import verify
from tui.together import all_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from tui.engine.client import Engine
    from tui.model.app import AppSpec
    from tui.model.policy import Policy
    from tui.model.signing import VerifyKey
    from tui.model.verdict import Wanted

NEWEST = 10
"""Versions that are verified, where many are listed."""
AT_ONCE = 5
SECONDS = 10.0
"""Time limit for each."""


class Version(NamedTuple):
    """One to be verified. digest: of its manifest, "" where the registry is still to be asked."""

    tag: str
    digest: str = ""
    evidence: Evidence = Evidence("")


async def verify_versions(
    engine: Engine,
    app: AppSpec,
    policy: Policy,
    versions: Sequence[Version],
    recorded: Mapping[str, float],
    tell: Callable[[str, tuple[Verdict, ...]], None],
) -> None:
    """Tell the verdicts on each version as they come; what cannot be asked is a verdict. Raises nothing."""
    if policy.trust is None:
        return
    try:
        keys = await verify_keys(policy.trust)
        async with Remote(engine, app) as remote:
            looking = _Looking(remote, app, policy, keys, recorded, _platform(engine))
            gate = asyncio.Semaphore(AT_ONCE)

            async def one(version: Version) -> None:
                async with gate:
                    tell(version.tag, await looking.at(version))

            await all_of(*map(one, versions))
    except HoldfastError as error:
        for version in versions:
            tell(version.tag, _unreachable(policy.wanted(app.image, version.evidence), error.message))


class _Looking:
    """Verifies versions in one registry."""

    def __init__(
        self,
        remote: Remote,
        app: AppSpec,
        policy: Policy,
        keys: Collection[VerifyKey],
        recorded: Mapping[str, float],
        platform: str,
    ) -> None:
        self._remote = remote
        self._app = app
        self._policy = policy
        self._keys = keys
        self._recorded = recorded
        self._platform = platform

    async def at(self, version: Version) -> tuple[Verdict, ...]:
        """The verdicts on what is wanted of it. Raises no HoldfastError."""
        wanted = self._policy.wanted(self._app.image, version.evidence)
        if not wanted:
            return ()
        try:
            async with asyncio.timeout(SECONDS):
                return await self._verdicts(version, wanted)
        except TimeoutError:
            return _unreachable(wanted, f"the registry did not answer within {SECONDS:g} s")
        except HoldfastError as error:
            return _unreachable(wanted, error.message)

    async def _verdicts(self, version: Version, wanted: Collection[Wanted]) -> tuple[Verdict, ...]:
        digest = version.digest or await self._remote.digest(version.tag)
        if not digest:
            return tuple(Verdict(one.kind, Answer.ABSENT) for one in wanted)
        manifest = await self._remote.manifest(digest)
        found = await verify(
            self._remote.registry,
            self._app.image,
            [digest, *platform_manifests(manifest, self._platform)],
            wanted,
            self._keys,
            time.time(),
            self._recorded,
            version="" if self._policy.may_move(version.tag) else version.tag,
        )
        return found.verdicts


def _platform(engine: Engine) -> str:
    return f"{engine.version.os}/{engine.version.arch}"


def _unreachable(wanted: Collection[Wanted], why: str) -> tuple[Verdict, ...]:
    return tuple(Verdict(one.kind, Answer.UNREACHABLE, why=why) for one in wanted)
