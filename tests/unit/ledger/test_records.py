"""Records keep every field, byte for byte, and show when one was changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import get_type_hints

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.support.values import values
from tests.unit.ledger.made import files, release
from tui.ledger.reading import read_entries
from tui.ledger.records import (
    Damaged,
    decode_outcome,
    decode_release,
    digest,
    encode_outcome,
    encode_release,
    number_of,
    outcome_file,
    release_file,
    spec_hash,
)
from tui.model.app import Mount, Port, ReadySpec, RunSpec
from tui.model.release import FROM_LABELS, WHOLE, Outcome, Release, Soundness

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(values(Release), st.text("0123456789abcdef", max_size=64))
def test_a_release_comes_back_as_it_was(one: Release, prior: str) -> None:
    record = encode_release(one, prior)
    kept = decode_release(record)
    assert (kept.value, kept.prior, kept.unknown) == (one, prior, ())
    assert isinstance(kept.value, Release)
    assert encode_release(kept.value, prior) == record
    assert [*kept.value.run.networks] == [*one.run.networks]  # the first one is the container's own


@given(values(Outcome))
def test_an_outcome_comes_back_as_it_was(one: Outcome) -> None:
    assert decode_outcome(encode_outcome(one, "12")).value == one


def test_an_outcome_of_an_earlier_version_loads_and_is_written_as_it_was() -> None:
    earlier = (
        b'{\n "format": 1,\n "prior": "12",\n "outcome": {\n  "at": 5.0,\n  "container": "",\n'
        b'  "gap_seconds": null,\n  "good": false,\n  "message": "no",\n  "number": 3\n }\n}\n'
    )
    kept = decode_outcome(earlier)
    assert (kept.value, kept.unknown) == (Outcome(3, False, 5.0, message="no"), ())
    assert isinstance(kept.value, Outcome)
    assert encode_outcome(kept.value, "12") == earlier


def test_what_a_container_said_is_kept_and_has_a_bound() -> None:
    lines = tuple(f"line {number}" for number in range(30))
    there = files(1)
    prior = digest(there[release_file(1)])

    def read(*said: str) -> tuple[str, ...]:
        there[outcome_file(1)] = encode_outcome(Outcome(1, False, 5.0, message="no", said=said), prior)
        outcome = read_entries("web", there).entries[0].outcome
        assert outcome is not None
        return outcome.said

    assert read(*lines[10:]) == lines[10:]
    assert read(*lines) == ("line 0", *lines[11:])  # it says how it ended
    assert read("x" * 3000, "ä" * 1000, "y" * 1000) == ("ä" * 1000, "y" * 1000)
    assert read("x" * 2**19) == ()


def test_a_record_of_any_length_is_cut() -> None:
    long = "x" * 2**19
    one = release(by=long, evidence={**{f"n{number}": "v" for number in range(1000)}, "tested": long})
    entry = read_entries("web", {release_file(1): encode_release(one, "")}).entries[0]
    assert len(str(entry)) < 20_000
    one = release(evidence={"tested": long, long: "v"})
    entry = read_entries("web", {release_file(1): encode_release(one, "")}).entries[0]
    assert all(len(name) + len(value) < 500 for name, value in entry.release.evidence.items())


def test_what_a_record_says_among_its_evidence_is_read_as_fields_and_written_there() -> None:
    """A first version wrote it there, and reads it there."""
    adopted = release(adopted=True, container="c1", gate_passed=True)
    told = release(2, container="c2", from_labels=True)
    for one, evidence in (
        (adopted, {"container": "c1", "gate": "passed"}),
        (told, {"restored": "from labels", "container": "c2"}),
    ):
        record = encode_release(one, "")
        table = json.loads(record)["release"]
        assert list(table["evidence"].items()) == list(evidence.items())
        assert decode_release(record) == (one, "", ())
    entry = read_entries("web", {release_file(2): encode_release(told, "")}).entries[0]
    assert entry.integrity == FROM_LABELS
    assert entry.release.evidence == {}


def test_a_field_of_ours_that_a_newer_version_writes_by_its_name_is_not_understood() -> None:
    table = json.loads(encode_release(release(), ""))
    table["release"]["from_labels"] = 5
    kept = decode_release(json.dumps(table).encode())
    assert (kept.value, kept.unknown) == (release(), ("release.from_labels",))


def test_every_field_is_written_also_where_it_is_not_set() -> None:
    table = json.loads(encode_release(release(), ""))["release"]
    assert set(table) == set(Release._fields) - {"container", "gate_passed", "from_labels"}
    assert set(table["run"]) == set(RunSpec._fields)
    assert set(table["ready"]) == set(ReadySpec._fields)


def test_values_keep_their_types() -> None:
    mount = Mount("bind", "/a", "/b", options={"create_host_path": True, "mode": 1, "propagation": "rshared"})
    one = release(run=RunSpec(volumes=(mount,), stop_grace_period=3, environment={"FROM_OUTSIDE": None}))
    kept = decode_release(encode_release(one, "")).value
    assert isinstance(kept, Release)
    assert kept == one
    assert type(kept.run.volumes[0].options["create_host_path"]) is bool
    assert type(kept.run.volumes[0].options["mode"]) is int


def test_what_a_newer_version_wrote_is_named_and_left_out() -> None:
    table = json.loads(encode_release(release(run=RunSpec(ports=(Port(80),))), ""))
    table["signed"] = "by"
    table["release"]["run"]["of_later"] = "all"
    table["release"]["run"]["ports"][0]["mode"] = "host"
    del table["release"]["run"]["pids_limit"]
    kept = decode_release(json.dumps(table).encode())
    assert kept.value == release(run=RunSpec(ports=(Port(80),)))
    assert sorted(kept.unknown) == ["release.run.of_later", "release.run.ports[0].mode", "signed"]


@given(st.binary(max_size=40) | JSON.map(lambda value: json.dumps(value).encode()))
def test_what_is_no_record_is_damaged(record: bytes) -> None:
    with pytest.raises(Damaged):
        decode_release(record)
    with pytest.raises(Damaged):
        decode_outcome(record)


@given(st.data())
def test_a_record_with_one_value_exchanged_is_read_or_damaged(data: st.DataObject) -> None:
    table = json.loads(encode_release(release(run=RunSpec(ports=(Port(80),))), ""))
    place = data.draw(st.sampled_from([table, table["release"], table["release"]["run"]]))
    place[data.draw(st.sampled_from(sorted(place)))] = data.draw(JSON)
    try:
        kept = decode_release(json.dumps(table).encode())
    except Damaged:
        return
    assert isinstance(kept.value, Release)
    encode_release(kept.value, kept.prior)


@pytest.mark.parametrize("cut", range(0, 400, 7))
def test_a_record_that_is_cut_is_damaged(cut: int) -> None:
    with pytest.raises(Damaged):
        decode_release(encode_release(release(), "")[:cut])


def test_a_format_of_the_future_is_not_guessed_at() -> None:
    record = encode_release(release(), "").replace(b'"format": 1', b'"format": 2')
    with pytest.raises(Damaged, match="newer"):
        decode_release(record)


@pytest.mark.parametrize(
    ("name", "number"),
    [("r1.json", 1), ("r140.json", 140), ("r1.outcome.json", None), ("r01.json", None), ("r0.json", None),
     ("r1.json.bak", None), ("R1.json", None), ("r-1.json", None), ("r².json", None), (".new-x", None)],
)  # fmt: skip
def test_only_the_name_of_a_record_is_one(name: str, number: int | None) -> None:
    assert number_of(name) == number


def test_the_hash_of_a_configuration() -> None:
    run = RunSpec(environment={"A": "1", "B": "2"}, networks={"front": (), "back": ()})
    ready = ReadySpec(http="80/")
    same = spec_hash(run, ready)
    assert len(same) == 12
    assert set(same) <= set("0123456789abcdef")
    assert spec_hash(run._replace(environment={"B": "2", "A": "1"}), ready) == same
    assert spec_hash(run, ready._replace(timeout=60)) == same
    assert spec_hash(run._replace(networks={"back": (), "front": ()}), ready) != same
    assert spec_hash(run, ready._replace(http="80/health")) != same


@given(values(RunSpec), values(ReadySpec))
def test_equal_configurations_have_equal_hashes(run: RunSpec, ready: ReadySpec) -> None:
    kept = decode_release(encode_release(release(run=run, ready=ready), "")).value
    assert isinstance(kept, Release)
    assert spec_hash(kept.run, kept.ready) == spec_hash(run, ready)


@given(st.sampled_from(RunSpec._fields), st.data())
def test_every_attribute_of_a_configuration_counts(field: str, data: st.DataObject) -> None:
    other = data.draw(values(get_type_hints(RunSpec, localns={"Mapping": Mapping})[field]))
    assume(other != RunSpec._field_defaults[field])
    assert spec_hash(RunSpec(**{field: other}), ReadySpec()) != spec_hash(RunSpec(), ReadySpec())


def test_a_ledger_that_is_whole_says_nothing() -> None:
    reading = read_entries("web", files(1, 2, 3, unfinished=3))
    assert reading.notes == []
    assert [(entry.release.number, entry.good) for entry in reading.entries] == [
        (3, None),
        (2, True),
        (1, True),
    ]


def test_a_changed_record_is_named() -> None:
    changed = files(1, 2, 3)
    changed[release_file(2)] = changed[release_file(2)].replace(b"v1.2.0", b"v6.6.6")
    reading = read_entries("web", changed)
    assert any(note.startswith("the ledger of web is not whole: r2 is not what r3") for note in reading.notes)
    assert any("the outcome of r2 of web cannot be trusted" in note for note in reading.notes)
    found = {entry.release.number: entry for entry in reading.entries}
    assert found[2].integrity.state is Soundness.CHAIN_BROKEN
    assert found[1].integrity == WHOLE
    assert found[2].release.evidence == {}
    assert found[2].good is False  # its outcome is that of the record as it was


def test_a_missing_record_is_named() -> None:
    lacking = files(1, 2, 3)
    del lacking[release_file(2)], lacking[outcome_file(2)]
    assert "r1 is not what r3" in read_entries("web", lacking).notes[0]
    first = files(1, 2)
    del first[release_file(1)]
    assert "what r2 was recorded after is missing" in read_entries("web", first).notes[0]


def test_a_record_that_cannot_be_read_keeps_its_number_and_is_never_good() -> None:
    damaged = files(1, 2)
    damaged[release_file(2)] = b"{"
    reading = read_entries("web", damaged)
    assert reading.entries[0].release.number == 2
    assert reading.entries[0].good is False
    assert reading.entries[0].integrity.state is Soundness.DAMAGED
    assert any("r2 of web cannot be read" in note for note in reading.notes)


def test_the_record_of_another_app_is_not_taken() -> None:
    assert read_entries("web", files(1, app="shop")).entries[0].good is False


@pytest.mark.parametrize("number", ["1e999", "Infinity", "NaN", "1" + "0" * 400, "true", '"1"'])
def test_a_time_that_is_no_number_is_damaged(number: str) -> None:
    record = encode_release(release(at=12.5), "").replace(b'"at": 12.5', f'"at": {number}'.encode())
    with pytest.raises(Damaged):
        decode_release(record)
