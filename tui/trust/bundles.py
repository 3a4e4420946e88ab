"""What is attached to an image, made: DSSE bundles as cosign 3 has them, and `.sig` as cosign 2 has it.

https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_bundle.proto and
https://github.com/containers/image/blob/main/docs/containers-signature.5.md
"""

from __future__ import annotations

import asyncio
import base64
import json
from typing import TYPE_CHECKING, Any

from tui.model.attachment import BUNDLE, SIGNATURE_ANNOTATION, SIMPLE_SIGNING, Attachment
from tui.model.predicates import SIGNED, claim_of
from tui.model.statement import PAYLOAD_TYPE, Statement, Subject, statement_bytes, to_sign
from tui.model.unsigned import created, unsigned
from tui.trust.errors import SigningRefused

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.trust.keys import Signer

SIMPLE_TYPE = "cosign container image signature"
SIMPLE_TYPES = (SIMPLE_TYPE, "atomic container signature")


async def attachments(statements: Iterable[Statement], signer: Signer | None) -> tuple[Attachment, ...]:
    """What is to be attached: a bundle of each statement, in their order, then what cosign 2 reads.

    The latter is of signatures, and of their first subject alone: it stands under the tag of what it is of.

    Without a signer they are attached as they are, and a signature is none. Raises SigningRefused before any
    is made where one tells of a failure; Unfit for a statement that nobody would read.
    """
    return await asyncio.to_thread(_made, tuple(statements), signer)


def _made(statements: tuple[Statement, ...], signer: Signer | None) -> tuple[Attachment, ...]:
    if signer is None:
        return tuple(unsigned(one) for one in statements if one.predicate_type != SIGNED)
    if failed := [claim.kind for one in statements if not (claim := claim_of(one)).passed]:
        raise SigningRefused(
            f"a failure is not signed: {' and '.join(failed)}",
            "a signature of it would verify as any other; mend the image, or attach it unsigned",
        )
    made = [_signed(one, signer) for one in statements]
    signatures = [one for one in statements if one.predicate_type == SIGNED]
    return (*made, *(_simple(subject, signer) for one in signatures for subject in one.subjects[:1]))


def _signed(statement: Statement, signer: Signer) -> Attachment:
    payload = statement_bytes(statement)
    bundle = {
        "mediaType": BUNDLE,
        "verificationMaterial": {"publicKey": {"hint": _encoded(signer.fingerprint)}},
        "dsseEnvelope": {
            "payload": _encoded(payload),
            "payloadType": PAYLOAD_TYPE,
            "signatures": [{"sig": _encoded(signer.sign(to_sign(PAYLOAD_TYPE, payload)))}],
        },
    }
    annotations = {
        "dev.sigstore.bundle.content": "dsse-envelope",
        "dev.sigstore.bundle.predicateType": statement.predicate_type,
    }
    return Attachment(BUNDLE, _compact(bundle), annotations | created(statement))


def _simple(subject: Subject, signer: Signer) -> Attachment:
    payload = _compact(
        {
            "critical": {
                "identity": {"docker-reference": subject.name},
                "image": {"docker-manifest-digest": subject.digest},
                "type": SIMPLE_TYPE,
            },
            "optional": dict(subject.annotations) or None,
        }
    )
    return Attachment(SIMPLE_SIGNING, payload, {SIGNATURE_ANNOTATION: _encoded(signer.sign(payload))})


def _compact(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()
