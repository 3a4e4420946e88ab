"""Whether an image is what a policy wants: what hangs on it in its registry, read and judged."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.model.verdict import Verdict, judged
from tui.registry.referrers import attachments, old_signatures
from tui.trust.reading import attested

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from tui.model.signing import Attested, VerifyKey
    from tui.model.verdict import Wanted
    from tui.registry.client import Registry

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

    It is looked at one place after the other until the requirements are met, or at all of them for
    `everything`. Never raises RegistryError: what is out of reach is a verdict. Raises KeyUnusable.
    """
    found: tuple[Attested, ...] = ()
    verdicts = judged(wanted, found, digests, keys, now, recorded, version)
    if not wanted and not everything:
        return Verified((), ())
    for digest in dict.fromkeys(digests):
        for look in (attachments, old_signatures):
            found += await attested(await look(registry, repository, digest), keys)
            verdicts = judged(wanted, found, digests, keys, now, recorded, version)
            if not everything and all(verdict.ok for verdict in verdicts):
                return Verified(verdicts, found)
    return Verified(verdicts, found)
