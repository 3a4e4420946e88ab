"""Whether an image is what a policy wants: what hangs on it in its registry, read and judged."""

from __future__ import annotations

import asyncio
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from tui.model.verdict import Answer, Verdict, judged
from tui.registry.referrers import attachments, old_signatures
from tui.together import all_of
from tui.trust.reading import attested

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from tui.model.signing import Attested, VerifyKey
    from tui.model.verdict import Wanted
    from tui.registry.client import Registry

SECONDS = 30.0
"""Time limit for all that is asked of a registry about one image."""

_NEVER: Mapping[str, float] = {}


class Verified(NamedTuple):
    """What was found of an image.

    verdicts   one for each requirement, in their order
    attested   all that was read; less than hangs on it, where less was enough
    """

    verdicts: tuple[Verdict, ...]
    attested: tuple[Attested, ...]

    @property
    def ok(self) -> bool:
        return all(verdict.ok for verdict in self.verdicts)


async def verify(
    registry: Registry,
    repository: str,
    digests: Sequence[str],
    wanted: Collection[Wanted],
    keys: Collection[VerifyKey],
    now: float,
    recorded: Mapping[str, float] = _NEVER,
    *,
    version: str = "",
    everything: bool = False,
) -> Verified:
    """Judge an image, asked for as a version, by what hangs on any of its digests: the one pulled first.

    All of them are looked at, as a newer failure may hang on either; at what cosign 2 leaves only where
    something is missing still, or for `everything`. Never raises RegistryError: what is out of reach, or does
    not come within SECONDS, is a verdict. Raises KeyUnusable.
    """
    if not wanted and not everything:
        return Verified((), ())
    places = tuple(dict.fromkeys(digests))
    found: tuple[Attested, ...] = ()
    try:
        async with asyncio.timeout(SECONDS):
            for look in (attachments, old_signatures):
                read = await all_of(*(look(registry, repository, digest) for digest in places))
                found += await attested(chain.from_iterable(read), keys)
                verdicts = judged(wanted, found, digests, keys, now, recorded, version)
                if not everything and all(verdict.ok for verdict in verdicts):
                    break
    except TimeoutError:
        why = f"what hangs on it did not come from the registry {registry.host} within {SECONDS:g} s"
        verdicts = tuple(Verdict(one.kind, Answer.UNREACHABLE, why=why) for one in wanted)
    return Verified(verdicts, found)
