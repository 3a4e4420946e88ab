"""What lies in a registry beside an image, as bytes. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.model.statement import PAYLOAD_TYPE

if TYPE_CHECKING:
    from collections.abc import Mapping

BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
"""cosign 3, and what is signed here: a DSSE envelope with what verifies it."""
UNSIGNED = PAYLOAD_TYPE
"""A statement that nobody has signed; cosign passes it by."""
SIMPLE_SIGNING = "application/vnd.dev.cosign.simplesigning.v1+json"
"""cosign 2, under the tag `sha256-....sig`."""
NOTATION = "application/vnd.cncf.notary.signature"
"""A signature of notation's: that it is there is told, no more."""

SIGNATURE_ANNOTATION = "dev.cosignproject.cosign/signature"
"""Of a layer of SIMPLE_SIGNING: the signature, base64."""


class Attachment(NamedTuple):
    """One blob that is attached to an image, or is to be.

    media_type     what it is: BUNDLE, UNSIGNED, SIMPLE_SIGNING, NOTATION; others are not fetched
    blob           its bytes
    annotations    of its manifest, or of its layer for SIMPLE_SIGNING
    digest         of the blob, checked; "" for one that is to be attached
    subject        the digest of the manifest or index that it hangs on; "" likewise
    fault          why it could not be had, a sentence: then the rest may be empty
    """

    media_type: str
    blob: bytes = b""
    annotations: Mapping[str, str] = {}
    digest: str = ""
    subject: str = ""
    fault: str = ""
