"""What forged, broken and missing files in an app's ledger do to the others, and to this machine's copy."""

from __future__ import annotations

import pytest

from tests.unit.ledger.made import files, release
from tui.errors import Refused
from tui.ledger.reading import SAID, read_entries, sound
from tui.ledger.reconciling import reconcile
from tui.ledger.records import MOST, digest, encode_release, prior_of, release_file
from tui.ledger.way_out import refuse_beyond
from tui.model.standing import Standing

HUGE = "r999999999.json"
R3 = release_file(3)


def forged(number: int = 999_999_999, prior: str = "0" * 64) -> bytes:
    return encode_release(release(number), prior)


@pytest.mark.parametrize(
    "record",
    [
        files(1, 2, 3)[R3],
        b"{",
        forged(),
        forged(prior=digest(files(1, 2, 3)[R3])),
    ],
    ids=["a copy of another", "no record", "out of the chain", "in the chain"],
)
def test_a_forged_number_is_neither_believed_nor_copied_nor_restored(record: bytes) -> None:
    genuine = files(1, 2, 3)
    state = reconcile("web", {**genuine, HUGE: record}, {}, {})
    assert state.uncopied == genuine
    assert HUGE not in state.readable
    entries = {entry.release.number: entry for entry in read_entries("web", state.files).entries}
    assert entries[999_999_999].is_damaged
    assert [entries[number].good for number in (1, 2, 3)] == [True] * 3
    again = reconcile("web", genuine, {}, {**genuine, HUGE: record})
    assert (again.lost, again.other, again.uncopied) == ({}, [], {})


def test_a_record_that_nothing_stands_on_and_that_stands_on_none_is_not_copied() -> None:
    genuine = files(1, 2, 3)
    state = reconcile("web", {**genuine, "r4.json": forged(4)}, {}, {})
    assert state.uncopied == genuine
    assert reconcile("web", genuine, {}, {**genuine, "r4.json": forged(4)}).lost == {}


def test_the_copy_stands_in_for_what_cannot_be_read() -> None:
    genuine = files(1, 2, 3)
    without = {name: raw for name, raw in genuine.items() if name != R3}
    for engine, unread in ((without, {R3: "it is a link"}), ({**genuine, R3: b"junk"}, {})):
        state = reconcile("web", engine, unread, genuine)
        assert (state.instead, state.lost, state.unread, state.other) == ([R3], {}, {}, [])
        reading = read_entries("web", state.files, state.unread)
        assert [entry.good for entry in reading.entries] == [True, True, True]
        assert reading.notes == []


def test_what_cannot_be_read_anywhere_is_said_and_keeps_its_slot() -> None:
    state = reconcile("web", files(1, 2), {R3: "it is a link"}, {})
    reading = read_entries("web", state.files, state.unread)
    assert reading.notes == ["the record of r3 of web cannot be read: it is a link"]
    assert [(entry.release.number, entry.good) for entry in reading.entries] == [
        (3, False), (2, True), (1, True),
    ]  # fmt: skip


def test_a_record_of_another_history_sets_the_copy_aside() -> None:
    other = files(1)
    other["r1.json"] = encode_release(release(1, by="somebody"), "")
    state = reconcile("web", other, {}, files(1, 2))
    assert state.other == ["r1.json"]
    assert state.lost == {}
    assert "r1.json" in state.uncopied


def test_a_record_stands_on_the_newest_that_can_be_read() -> None:
    """Whether the junk before it is there or has been removed."""
    there = {**files(1, 2), R3: b"junk"}
    readable = sound("web", there).files
    there["r4.json"] = encode_release(release(4), prior_of(4, readable))
    assert not any("not whole" in note for note in read_entries("web", there).notes)
    del there[R3]
    assert read_entries("web", there).notes == []


def test_numbers_of_what_cannot_be_read_decide_nothing_and_are_not_used() -> None:
    records = {1: True, 2: True, 3: False, 4: False, 999_999_999: False}
    assert Standing("web", {}, records, frozenset({3, 4, 999_999_999})).next_number == 5
    assert Standing("web", {}, records, frozenset({999_999_999})).next_number == 5
    assert Standing("web", {}, {1: False}, frozenset({1})).next_number == 2


def test_a_number_that_no_record_can_have_is_refused() -> None:
    refuse_beyond("web", MOST)
    with pytest.raises(Refused, match="r1000000000"):
        refuse_beyond("web", MOST + 1)


def test_very_many_files_that_are_no_records_are_said_in_few_sentences() -> None:
    junk = {release_file(number): b"junk" for number in range(1, 3001)}
    notes = read_entries("web", junk).notes
    assert len(notes) == SAID + 1
    assert notes[-1] == f"and {3000 - SAID} more like that"
    assert reconcile("web", junk, {}, {}).uncopied == {}


def test_names_without_end_are_cut() -> None:
    long = "x" * 100_000
    one = {"r1.json": encode_release(release(1, by=long, host=long, op=long, version=long), "")}
    shown = read_entries("web", one).entries[0].release
    assert all(len(text) < 300 for text in (shown.by, shown.host, shown.op, shown.version))
    of_another = read_entries("web", {"r1.json": encode_release(release(1, app=long), "")})
    assert all(len(note) < 500 for note in of_another.notes)
