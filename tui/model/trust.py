"""`[trust]`: who signs here, whose signatures count, and what is required of an image. Pure.

Apart from `tui.model.policy`: most configurations have none of it, and nothing of it is imported then.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from tui.model.evidence import ClaimKind, Requirement
from tui.model.signing import Identity
from tui.model.verdict import Answer, Wanted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tui.model.signing import KeySource
    from tui.model.verdict import Verdict


class Level(StrEnum):
    """What becomes of an image that lacks something: it is refused, or only told of."""

    STRICT = "strict"
    AUDIT = "audit"


class ListedKey(NamedTuple):
    """One of `verify_keys`: a public key that is still to be loaded.

    name    for people, and for the record
    until   when it ended, seconds since the epoch, 0.0 for never
    """

    name: str
    source: KeySource
    until: float = 0.0

    @property
    def of(self) -> str:
        """Where it is from, for people."""
        return f"{self.source}"


class ListedIdentity(NamedTuple):
    """One of `identities`: who signs without a key of their own; issuer and subject are those of `Identity`.

    name    for people, and for the record
    until   when it ended, seconds since the epoch, 0.0 for never
    """

    name: str
    issuer: str
    subject: str
    until: float = 0.0

    def identity(self, root: str) -> Identity:
        """Whom it names, where a file says what is trusted."""
        return Identity(self.issuer, self.subject, root)

    @property
    def of(self) -> str:
        """Whom it names, for people."""
        return f"{self.subject}, vouched for by {self.issuer}"


class Trust(NamedTuple):
    """`[trust]`.

    sign_key         what push and sign sign by, None where nothing is signed
    sign_keys        further ones by name, for `sign` and `promote --key NAME`
    passphrase       the variable that has the passphrase of a private key
    verify_keys      whose signatures count
    identities       whose count besides, where they were made without a key
    trusted_root     the file that says by which authorities and logs, "" for those of the public instance
    require          what is wanted of an image before it is deployed
    level            what becomes of one that lacks it
    scope            repositories that `require` is for, as shell patterns; () for all
    accept_unsigned  whether a claim that nobody signed will do; never for a signature
    """

    sign_key: KeySource | None = None
    sign_keys: Mapping[str, KeySource] = {}
    passphrase: str = "COSIGN_PASSWORD"
    verify_keys: tuple[ListedKey, ...] = ()
    identities: tuple[ListedIdentity, ...] = ()
    trusted_root: str = ""
    require: tuple[Wanted, ...] = ()
    level: Level = Level.STRICT
    scope: tuple[str, ...] = ()
    accept_unsigned: bool = False

    def covers(self, repository: str) -> bool:
        """Whether what is required is required of the images of a repository, "registry:5000/shop/web"."""
        from fnmatch import fnmatchcase

        return not self.scope or any(fnmatchcase(repository, pattern) for pattern in self.scope)

    def required(self, repository: str) -> tuple[Wanted, ...]:
        """What is wanted of the images of a repository."""
        if not self.covers(repository):
            return ()
        return tuple(one._replace(unsigned=self._unsigned(one.kind)) for one in self.require)

    def believed(self, kind: str) -> Wanted | None:
        """A claim of a kind by which another machine may stand in for this one; None where nobody may."""
        unsigned = self._unsigned(kind)
        return Wanted(kind, unsigned=unsigned) if self.names or unsigned else None

    @property
    def names(self) -> tuple[str, ...]:
        """Of all whose signatures count: keys, and then identities."""
        return (*(key.name for key in self.verify_keys), *(one.name for one in self.identities))

    def _unsigned(self, kind: str) -> bool:
        return self.accept_unsigned and kind != ClaimKind.SIGNATURE


def lacking(verdict: Verdict, app: str, version: str, *, enforced: bool) -> Requirement:
    """What a verdict that is not OK says of an image of an app; `version` as it is asked for, or ""."""
    return Requirement(
        verdict.kind,
        lacks=verdict.lacks,
        short=_SHORT[verdict.answer].format(kind=verdict.kind),
        remedy=_remedy(verdict, f"{app} {version}".strip()),
        enforced=enforced,
        unreachable=verdict.why if verdict.answer is Answer.UNREACHABLE else "",
    )


def unmet(verdicts: Iterable[Verdict]) -> tuple[Verdict, ...]:
    """Those that are not OK."""
    return tuple(verdict for verdict in verdicts if not verdict.ok)


_SHORT: Mapping[Answer, str] = {
    Answer.OK: "",
    Answer.ABSENT: "no {kind}",
    Answer.WRONG_KEY: "{kind} by another key",
    Answer.ENDED_KEY: "{kind} by an ended key",
    Answer.OTHER_IMAGE: "{kind} of another image",
    Answer.OTHER_VERSION: "{kind} of another version",
    Answer.TOO_OLD: "{kind} too old",
    Answer.FAILED: "{kind} failed",
    Answer.UNREACHABLE: "{kind} not verified",
}

_MAKES: Mapping[str, str] = {
    ClaimKind.SIGNATURE: "holdfast sign {of}, where the key is",
    ClaimKind.TEST: "holdfast push {of}, where it has passed its test and the key is",
    ClaimKind.SCAN: "holdfast push {of}, where it has passed its scan and the key is",
    ClaimKind.PROVENANCE: "holdfast push {of}, where it was built and the key is",
    ClaimKind.VERDICT: "holdfast promote {of}, where the key is",
}


def _remedy(verdict: Verdict, of: str) -> str:
    makes = _MAKES.get(verdict.kind, "holdfast push {of}, where it is built").format(of=of)
    match verdict.answer:
        case Answer.UNREACHABLE:
            return f"nobody knows what it has: try again, or holdfast verify {of}"
        case Answer.WRONG_KEY:
            listing = (
                "list that key or identity in [trust] where it is to count (holdfast trust says which do)"
            )
            return f"{listing}; else {makes}"
        case Answer.ENDED_KEY:
            return f"holdfast sign {of} by a key that counts, or list the key that came after it"
        case Answer.OTHER_VERSION:
            return f"the tag may have been moved to an older image; else {makes}"
        case Answer.OTHER_IMAGE:
            return f"somebody may have copied it from another image; {makes}"
        case Answer.FAILED:
            return f"mend the image; then {makes}"
        case _:
            return makes
