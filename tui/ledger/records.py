"""Releases and their outcomes as the bytes of files, each carrying the hash of what it stands on. Pure.

r14.json            {"format": 1, "prior": SHA-256 of the bytes of the record before it, "release": {...}}
r14.outcome.json    {"format": 1, "prior": SHA-256 of the bytes of r14.json, "outcome": {...}}
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from tui.model.app import ReadySpec, RunSpec
from tui.model.codec import Unfit, plain, read
from tui.model.release import Outcome, Release

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

FORMAT = 1
"""Raised when older versions must not read what newer ones write; a further field does not need that."""

MOST = 999_999_999
"""The largest number of a release: a file beyond it is no record."""

_NAME = re.compile(r"r([1-9][0-9]{0,8})(\.outcome)?\.json", re.ASCII)

HASH_DIGITS = 12

_RESTORED, _CONTAINER, _GATE = "restored", "container", "gate"
"""Names in the evidence of a record by which it says what a Release has as fields: all versions read that."""

_AS_EVIDENCE = ("container", "gate_passed", "from_labels")
"""Those fields."""

_LABELS, _PASSED = "from labels", "passed"
"""What is written there."""


class Damaged(ValueError):
    """Bytes that are no record; the text says why."""


class ParsedRecord(NamedTuple):
    """What a record's bytes say.

    prior     the hash of what it stands on, "" for the first release
    unknown   fields that this version does not know, "release.run.NAME"
    """

    value: Release | Outcome
    prior: str
    unknown: tuple[str, ...] = ()


def release_file(number: int) -> str:
    """The name of a release's file."""
    return f"r{number}.json"


def outcome_file(number: int) -> str:
    """The name of its outcome's file."""
    return f"r{number}.outcome.json"


def number_of(name: str) -> int | None:
    """The number of a release by the name of its file; None for an outcome's and any other file."""
    found = _NAME.fullmatch(name)
    return int(found[1]) if found and not found[2] else None


def is_record(name: str) -> bool:
    """Whether a file of this name is a release's or an outcome's."""
    return _NAME.fullmatch(name) is not None


def numbers(names: Iterable[str]) -> list[int]:
    """The numbers of the releases among these files, ascending."""
    return sorted(number for name in names if (number := number_of(name)) is not None)


def outcomes(names: Iterable[str]) -> list[int]:
    """The numbers of the outcomes among these files, ascending."""
    found = (_NAME.fullmatch(name) for name in names)
    return sorted(int(name[1]) for name in found if name and name[2])


def digest(record: bytes) -> str:
    """What the record after this one carries of it."""
    return hashlib.sha256(record).hexdigest()


def prior_of(number: int, files: Mapping[str, bytes]) -> str:
    """What the record of this number carries: the hash of the newest one before it, or ""."""
    before = max((earlier for earlier in numbers(files) if earlier < number), default=0)
    return digest(files[release_file(before)]) if before else ""


def encode_release(release: Release, prior: str) -> bytes:
    """The bytes of a release: the same for the same release, every field in them."""
    fields = plain(release._replace(evidence=written_evidence(release)), Release)
    for name in _AS_EVIDENCE:
        del fields[name]
    return _encode("release", fields, prior)


def written_evidence(release: Release) -> dict[str, str]:
    """Its evidence as a record has it."""
    said = {
        _RESTORED: _LABELS if release.from_labels else "",
        _CONTAINER: release.container,
        _GATE: _PASSED if release.gate_passed else "",
    }
    return {name: value for name, value in said.items() if value} | dict(release.evidence)


def encode_outcome(outcome: Outcome, prior: str) -> bytes:
    """The bytes of an outcome. `said` is in them only where there is any: earlier versions do not know it."""
    fields = plain(outcome, Outcome)
    if not outcome.said:
        del fields["said"]
    return _encode("outcome", fields, prior)


def decode_release(record: bytes) -> ParsedRecord:
    """What `encode_release` made these bytes of. Raises Damaged."""
    kept = _decode(record, "release", Release, _AS_EVIDENCE)
    release = cast(Release, kept.value)
    evidence = dict(release.evidence)
    release = release._replace(
        from_labels=evidence.pop(_RESTORED, None) is not None,
        container=evidence.pop(_CONTAINER, ""),
        gate_passed=evidence.get(_GATE) == _PASSED,
    )
    if release.gate_passed:
        del evidence[_GATE]
    return kept._replace(value=release._replace(evidence=evidence))


def decode_outcome(record: bytes) -> ParsedRecord:
    """What `encode_outcome` made these bytes of. Raises Damaged."""
    return _decode(record, "outcome", Outcome)


def spec_hash(run: RunSpec, ready: ReadySpec) -> str:
    """12 hexadecimal digits that stand for a run configuration and its gate.

    Only what differs from the defaults counts: the next field that this program learns changes no hash. Nor
    does the order of a mapping, except that of the networks, the first of which is a container's own.
    """
    wanted = [
        {name: value for name, value in plain(spec, kind).items() if getattr(spec, name) != default(name)}
        for spec, kind, default in (
            (run, RunSpec, RunSpec._field_defaults.get),
            (ready, ReadySpec, ReadySpec._field_defaults.get),
        )
    ]
    text = json.dumps([*wanted, [*run.networks]], sort_keys=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:HASH_DIGITS]


def breaks(files: Mapping[str, bytes], kept: Mapping[int, ParsedRecord]) -> dict[int, str]:
    """Where the chain of an app's records does not hold: number of the suspect -> a sentence about it.

    files   the bytes of all of them
    kept    those of the releases that could be read
    """
    found: dict[int, str] = {}
    before = 0
    for number, priors in _priors(files, kept):
        if number in kept and kept[number].prior not in priors:
            if before:
                found[before] = (
                    f"r{before} is not what r{number} was recorded after: "
                    "it was changed, or one between them is missing"
                )
            else:
                found[number] = f"what r{number} was recorded after is missing"
        before = number
    return found


def strays(files: Mapping[str, bytes], kept: Mapping[int, ParsedRecord]) -> set[int]:
    """Records that stand on none that is there, and that nothing stands on: somebody put them there."""
    stood_on = {one.prior for one in kept.values()}
    return {
        number
        for number, priors in _priors(files, kept)
        if number in kept
        and kept[number].prior not in priors
        and digest(files[release_file(number)]) not in stood_on
        and outcome_file(number) not in files
    }


def _priors(files: Mapping[str, bytes], kept: Mapping[int, ParsedRecord]) -> Iterator[tuple[int, set[str]]]:
    """Each number, and what its record may carry: the hash of the one before, or of the readable one before.

    The one before was readable when the next was written, or never was.
    """
    before = readable = ""
    for number in numbers(files):
        yield number, {before, readable}
        before = digest(files[release_file(number)])
        if number in kept:
            readable = before


def _encode(name: str, value: Any, prior: str) -> bytes:
    fields = {"format": FORMAT, "prior": prior, name: value}
    return json.dumps(fields, indent=1, allow_nan=False).encode() + b"\n"


def _decode(
    record: bytes, name: str, kind: type[Release] | type[Outcome], foreign: Iterable[str] = ()
) -> ParsedRecord:
    """`foreign` are fields of the type that no record has by their names."""
    try:
        table = json.loads(record)
    except (ValueError, RecursionError) as error:
        raise Damaged(f"it is no JSON: {error}") from error
    if not isinstance(table, dict) or not isinstance(table.get("prior"), str):
        raise Damaged("it has no hash of what it stands on")
    if table.get("format") != FORMAT:
        raise Damaged(f"its format is {table.get('format')!r}: a newer version of Holdfast wrote it")
    unknown = [key for key in table if key not in ("format", "prior", name)]
    fields = table.get(name)
    if isinstance(fields, dict):
        unknown += [f"{name}.{key}" for key in foreign if key in fields]
        fields = {key: value for key, value in fields.items() if key not in foreign}
    try:
        value = read(fields, kind, unknown, name)
    except Unfit as error:
        raise Damaged(str(error)) from error
    return ParsedRecord(value, table["prior"], tuple(unknown))
