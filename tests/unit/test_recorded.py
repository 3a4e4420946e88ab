"""What an earlier version wrote down is read as it is: its journals, evidence and records."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tui.evidence.files import all_evidence
from tui.journal.format import as_dict, decode, encode
from tui.journal.reader import summary
from tui.ledger.reading import read_entries
from tui.ledger.records import decode_outcome, decode_release, encode_outcome, encode_release
from tui.model.operation_id import OperationId
from tui.model.release import Outcome, Release
from tui.model.verb import VERBS

RECORDED = Path(__file__).parent / "recorded"
JOURNALS = sorted((RECORDED / "operations").iterdir())
LEDGER = RECORDED / "ledger/ENGINE"
RECORDS = sorted(LEDGER.glob("*/*.json"))


@pytest.mark.parametrize("path", JOURNALS, ids=lambda path: path.stem[16:-7])
def test_a_journal_is_read_to_its_last_line(path: Path) -> None:
    id = OperationId.read(path.stem)
    told = summary(path)
    assert id is not None and told is not None and told.ended is not None
    assert (told.started.verb, told.started.app, told.started.op) == (id.verb, id.app, id.text)
    assert id.verb in VERBS
    assert told.ended.ok is (path != JOURNALS[-2])


@pytest.mark.parametrize("path", JOURNALS, ids=lambda path: path.stem[16:-7])
def test_its_events_are_written_as_they_were(path: Path) -> None:
    """No field of a line is lost; only such as are new come to it."""
    for line in path.read_bytes().splitlines(keepends=True):
        event = decode(line)
        assert event is not None
        assert decode(encode(event)) == event
        said = json.loads(line)
        assert {name: as_dict(event)[name] for name in said} == said


def test_the_failure_says_what_serves() -> None:
    told = summary(JOURNALS[-2])
    assert told is not None and told.ended is not None and told.ended.error is not None
    assert told.ended.error.serves == "r3 v1.0.0"
    assert not told.ended.error.cancelled


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: f"{path.parent.name} {path.stem}")
def test_a_record_is_whole_and_written_as_it_was(path: Path) -> None:
    raw = path.read_bytes()
    if path.name.endswith(".outcome.json"):
        kept = decode_outcome(raw)
        assert isinstance(kept.value, Outcome)
        again = decode_outcome(encode_outcome(kept.value, kept.prior))
    else:
        kept = decode_release(raw)
        assert isinstance(kept.value, Release)
        again = decode_release(encode_release(kept.value, kept.prior))
    assert again == kept
    assert kept.unknown == ()


def test_the_ledger_is_one_whole_chain() -> None:
    files = {path.name: path.read_bytes() for path in (LEDGER / "hello").iterdir()}
    found = read_entries("hello", files)
    assert found.notes == []
    assert [entry.release.number for entry in found.entries] == [4, 3, 2, 1]
    assert [entry.good for entry in found.entries] == [False, True, True, True]
    assert found.entries[1].release.rollback_of == 1
    assert found.entries[0].release.run.environment["GREETING"] == "hi"


def test_what_is_known_of_images_is_still_known(tmp_path: Path) -> None:
    shutil.copytree(RECORDED / "evidence", tmp_path / "holdfast/evidence")
    found = all_evidence("hello", {"XDG_STATE_HOME": str(tmp_path)})
    assert len(found) == 3
    assert all(one.tested and one.built for one in found)
    assert {version for one in found for version in one.named} == {"v1.0.0", "v1.1.0", "v1.2.0"}
