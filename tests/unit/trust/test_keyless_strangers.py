"""What a stranger puts into a bundle beside a statement: no crash, no word, no long time, no identity."""

from __future__ import annotations

import base64
import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.keyless import DIGEST, OURS, key, read, signature
from tui.model.attachment import BUNDLE, Attachment
from tui.model.evidence import Claim, ClaimKind
from tui.trust.reading import read_attached

if TYPE_CHECKING:
    from collections.abc import Callable


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for name, part in inner for place in places(part, (*path, name)))]


GOOD = OURS.bundle(signature())
VALUES = [None, True, 0, -1, 2**64, 1e400, "", "0", "-1", "9" * 5000, "e30=", "AAAA", "\u2014 a b\n"]
JUNK = st.sampled_from([*VALUES, [], {}, [{}], [[]]]) | st.binary(max_size=200).map(
    lambda some: base64.b64encode(some).decode()
)


@given(st.sampled_from(places(GOOD["verificationMaterial"])[1:]), JUNK)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_material_of_a_strangers_is_a_crash_or_a_word(
    root: str, capfd: pytest.CaptureFixture[str], place: tuple[Any, ...], junk: Any
) -> None:
    bundle = json.loads(json.dumps(GOOD))
    spot = bundle["verificationMaterial"]
    for name in place[:-1]:
        spot = spot[name]
    changed = spot[place[-1]] != junk
    spot[place[-1]] = junk
    blob = json.dumps(bundle).replace("Infinity", "1e400").encode()
    [found] = read_attached([Attachment(BUNDLE, blob)], [key(root)])
    assert (found.key == "ci") <= (not changed or place[-1] in ("keyId", "logIndex", "hashAlgorithm"))
    assert capfd.readouterr() == ("", "")


@given(st.integers(0, 20_000), st.integers(0, 7))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_with_one_bit_changed_it_says_the_same_or_is_nobodys(root: str, place: int, bit: int) -> None:
    blob = bytearray(json.dumps(GOOD).encode())
    blob[place % len(blob)] ^= 1 << bit
    [found] = read_attached([Attachment(BUNDLE, bytes(blob))], [key(root)])
    if found.key:
        assert (found.digests, found.claim) == ((DIGEST,), Claim(ClaimKind.SIGNATURE, True, 7.0))


def long_proof(entry: dict[str, Any]) -> None:
    entry["inclusionProof"]["hashes"] = ["A" * 44] * 8000


def marks_without_end(entry: dict[str, Any]) -> None:
    entry["inclusionProof"]["checkpoint"]["envelope"] = "a\n1\nAAAA\n\n" + "\u2014 x" * 60_000


def a_mark_without_end(entry: dict[str, Any]) -> None:
    entry["inclusionProof"]["checkpoint"]["envelope"] = "a\n1\nAAAA\n\n" + "\u2014" * 100_000


def a_number_of_many_digits(entry: dict[str, Any]) -> None:
    entry["inclusionProof"]["checkpoint"]["envelope"] = "a\n" + "1" * 500_000 + "\nAAAA\n\n\u2014 a b\n"


def a_long_body(entry: dict[str, Any]) -> None:
    entry["canonicalizedBody"] = "A" * 500_000


@pytest.mark.parametrize(
    "grow", [long_proof, marks_without_end, a_mark_without_end, a_number_of_many_digits, a_long_body]
)
def test_a_large_one_takes_little_time(root: str, grow: Callable[[dict[str, Any]], None]) -> None:
    read(GOOD, key(root))  # the library is loaded
    bundle = json.loads(json.dumps(GOOD))
    grow(bundle["verificationMaterial"]["tlogEntries"][0])
    began = time.process_time()
    found = read(bundle, key(root))
    assert time.process_time() - began < 1.0
    assert (found.key, found.fault) == ("", "")
