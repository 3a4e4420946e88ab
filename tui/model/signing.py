"""Keys, by name, and what was read of what hangs on an image. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.model.evidence import Claim


ANY = r"[^/@\s]*"
"""What a "*" stands for. With "/" and "@" in it, a branch could be called so that it passes for another."""


class KeySource(NamedTuple):
    """Where a key is; exactly one of these is set.

    file      its path
    env       the variable that holds it
    command   what prints it
    """

    file: str = ""
    env: str = ""
    command: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.file or (f"env:{self.env}" if self.env else f"the command {self.command[0]}")


class Identity(NamedTuple):
    """Whom the certificate of a signature has to name, where nobody keeps a key.

    issuer    who vouched for it: the URL of an OpenID Connect provider, exactly
    subject   a URL or a mail address, exactly but for each "*", which stands for anything without "/" and "@"
    root      the file that says which authorities and logs count, "" for those of the public instance
    """

    issuer: str
    subject: str
    root: str = ""

    @property
    def pattern(self) -> str:
        """What the subject has to be as a whole, as a regular expression of Python's, and of Go's."""
        import re

        return ANY.join(re.escape(part) for part in self.subject.split("*"))


class VerifyKey(NamedTuple):
    """A key, or an identity, whose signatures count.

    name       for people, and for the record
    pem        the public key, "" for an identity
    until      when it ended, seconds since the epoch, 0.0 for never: from then on it vouches only for what
               was recorded before
    identity   None for a key
    """

    name: str
    pem: str
    until: float = 0.0
    identity: Identity | None = None

    @property
    def noun(self) -> str:
        """What it is, in a word."""
        return "key" if self.identity is None else "identity"


class Attested(NamedTuple):
    """What one bundle, `.sig` or unsigned statement says.

    claim            its kind is "" where what is said is nothing that is known
    predicate_type   the URI of what is said, or the media type of what is only known to be there
    digests          of which manifests it is said
    key              the name of the listed key or identity that signed it, "" where none of them did
    signed           whether anybody did
    source           the digest of its bytes
    told             what else it tells, for people
    fault            why it could not be read, a sentence: then nothing else is known of it
    """

    claim: Claim
    predicate_type: str = ""
    digests: tuple[str, ...] = ()
    key: str = ""
    signed: bool = False
    source: str = ""
    told: Mapping[str, str] = {}
    fault: str = ""
