"""The commands by which anybody can check what is said of an image. Pure.

They are made to be copied into a shell: nothing of them is a stranger's word that is not quoted, and a commit
or a digest is one, or there is no command.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from tui.model.evidence import ClaimKind
from tui.model.predicates import BUILT, JUDGED, SCANNED, TESTED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.model.signing import Identity, KeySource
    from tui.model.trust import Trust

    By = str | tuple[str, ...]
    """By what cosign verifies: a key as `key_word` has it, or the options of an identity."""

OFFLINE = "--insecure-ignore-tlog=true"
"""cosign 2 and 3 look into a public log otherwise, where what a key signs need not stand."""
PLAIN = "--allow-insecure-registry"

TYPES: Mapping[str, str] = {
    ClaimKind.TEST: TESTED,
    ClaimKind.SCAN: SCANNED,
    ClaimKind.PROVENANCE: BUILT,
    ClaimKind.VERDICT: JUDGED,
}
"""What is said of an image by kind, as a predicate's URI."""

_COMMIT = re.compile("[0-9a-f]{7,64}")
_DIGEST = re.compile("sha256:[0-9a-f]{64}")


def commit_check(commit: str) -> str:
    """The change itself; "" for what is no commit."""
    return f"git show {commit}" if _COMMIT.fullmatch(commit) else ""


def key_word(name: str, source: KeySource | None = None) -> str:
    """A public key as cosign takes it: its file or variable; NAME.pub where a command prints it."""
    if source is not None and source.file:
        return source.file
    return f"env://{source.env}" if source is not None and source.env else f"{name}.pub"


def key_words(trust: Trust | None) -> dict[str, By]:
    """The name of a listed key or identity -> what cosign takes for it."""
    if trust is None:
        return {}
    found: dict[str, By] = {key.name: key_word(key.name, key.source) for key in trust.verify_keys}
    return found | {one.name: identity_words(one.identity(trust.trusted_root)) for one in trust.identities}


def identity_words(identity: Identity) -> tuple[str, ...]:
    """An identity as cosign takes it."""
    whom = f"--certificate-identity={identity.subject}"
    if "*" in identity.subject:
        whom = f"--certificate-identity-regexp=^{identity.pattern}$"
    root = (f"--trusted-root={identity.root}",) if identity.root else ()
    return (whom, f"--certificate-oidc-issuer={identity.issuer}", *root)


def signature_check(repository: str, digest: str, key: By, *, plain: bool = False) -> str:
    """cosign's look at a signature; "" where there is no digest in a registry, or no key.

    key     as `key_word` or `identity_words` has it
    plain   whether the registry is spoken to without TLS
    """
    return _cosign(("verify",), repository, digest, key, plain=plain)


def claim_check(
    kind: str, repository: str, digest: str, key: By, *, uri: str = "", plain: bool = False
) -> str:
    """The same of a claim; `uri` where its predicate is another than ours for this kind."""
    uri = uri or TYPES.get(kind, "")
    words = ("verify-attestation", f"--type={uri}")
    return _cosign(words, repository, digest, key, plain=plain) if uri else ""


def _cosign(words: tuple[str, ...], repository: str, digest: str, key: By, *, plain: bool) -> str:
    if not key or not is_digest(digest):
        return ""
    # A name may begin with a dash: "--key=..." stays one word.
    by = (f"--key={key}", OFFLINE) if isinstance(key, str) else key
    told = (*words, *by, *((PLAIN,) if plain else ()), f"{repository}@{digest}")
    return shlex.join(("cosign", *told))


def push_check(repository: str, digest: str, *, plain: bool = False) -> str:
    """Docker's look at what the registry has; "" where there is no digest."""
    if not is_digest(digest):
        return ""
    insecure = ("--insecure",) if plain else ()
    return shlex.join(("docker", "manifest", "inspect", *insecure, f"{repository}@{digest}"))


def verify_check(app: str, version: str) -> str:
    """Our own look at all of it."""
    return shlex.join(filter(None, ("holdfast", "verify", app, version)))


def operation_check(op: str) -> str:
    """All that an operation of this account did; "" where it is not named."""
    return shlex.join(("holdfast", "history", "--show", op)) if op and not op.startswith("-") else ""


def is_digest(text: str) -> bool:
    """Whether a text is a whole digest."""
    return _DIGEST.fullmatch(text) is not None
