"""in-toto Statements, and what of them is signed (DSSE). Pure.

https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md and
https://github.com/secure-systems-lab/dsse/blob/master/protocol.md
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.model.codec import Unfit
from tui.model.strict_json import MOST_BYTES, read_object

if TYPE_CHECKING:
    from collections.abc import Mapping

STATEMENT = "https://in-toto.io/Statement/v1"
EARLIER = "https://in-toto.io/Statement/v0.1"
"""Has the same fields, and is still written by other tools: it is read."""

PAYLOAD_TYPE = "application/vnd.in-toto+json"

MOST_SUBJECTS = 100
LONGEST_TEXT = 4096

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


class Subject(NamedTuple):
    """What a statement is about.

    name     for people; nothing is decided by it
    digest   of a manifest or an index: "sha256:..."
    """

    name: str
    digest: str
    annotations: Mapping[str, str] = {}


class Statement(NamedTuple):
    """Something said of subjects. predicate: JSON, whose form `predicate_type`, a URI, names."""

    subjects: tuple[Subject, ...]
    predicate_type: str
    predicate: Mapping[str, Any] = {}

    @property
    def digests(self) -> tuple[str, ...]:
        return tuple(subject.digest for subject in self.subjects)


def statement_bytes(statement: Statement) -> bytes:
    """As it is signed. Raises Unfit where `read_statement` would not read it."""
    body = json.dumps(
        {
            "_type": STATEMENT,
            "subject": [_subject(one) for one in statement.subjects],
            "predicateType": statement.predicate_type,
            "predicate": statement.predicate,
        },
        separators=(",", ":"),
    ).encode()
    read_statement(body)
    return body


def _subject(subject: Subject) -> dict[str, Any]:
    made: dict[str, Any] = {
        "name": subject.name,
        "digest": {"sha256": subject.digest.removeprefix("sha256:")},
    }
    return made | {"annotations": dict(subject.annotations)} if subject.annotations else made


def read_statement(payload: bytes, most: int = MOST_BYTES) -> Statement:
    """The statement that `payload` is. Raises Unfit, whose text says why."""
    found = read_object(payload, most)
    if found.get("_type") not in (STATEMENT, EARLIER):
        raise Unfit("it is no in-toto Statement v1")
    subjects = found.get("subject")
    if not isinstance(subjects, list) or not subjects:
        raise Unfit("it has no subject")
    if len(subjects) > MOST_SUBJECTS:
        raise Unfit(f"it has more than {MOST_SUBJECTS} subjects")
    kind, predicate = found.get("predicateType"), found.get("predicate", {})
    if not _is_text(kind) or not kind:
        raise Unfit("it has no predicateType")
    if not isinstance(predicate, dict):
        raise Unfit("its predicate is no object")
    return Statement(tuple(_read_subject(one) for one in subjects), str(kind), predicate)


def _read_subject(found: object) -> Subject:
    digests = found.get("digest") if isinstance(found, dict) else None
    hexadecimal = digests.get("sha256") if isinstance(digests, dict) else None
    digest = f"sha256:{hexadecimal}"
    if not isinstance(found, dict) or not DIGEST.fullmatch(digest):
        raise Unfit("a subject has no digest sha256")
    name, annotations = found.get("name", ""), found.get("annotations") or {}
    if not _is_text(name):
        raise Unfit("a subject's name is no text")
    if not isinstance(annotations, dict):
        raise Unfit("a subject's annotations are no object")
    # Of an annotation that is no text nothing depends: only these are shown.
    texts = {key: value for key, value in annotations.items() if _is_text(key) and _is_text(value)}
    return Subject(name, digest, texts)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_TEXT


def to_sign(payload_type: str, payload: bytes) -> bytes:
    """DSSE's pre-authentication encoding: the bytes that a signature is of.

    >>> to_sign("http://example.com/HelloWorld", b"hello world")
    b'DSSEv1 29 http://example.com/HelloWorld 11 hello world'
    """
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
