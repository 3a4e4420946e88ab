"""What others may have put into the ledger, a journal, a lease or this account's state."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.ledger.made import files, release
from tui.commands.keymap import Keymap
from tui.evidence.files import add_facts, read_evidence
from tui.journal.format import JournalMalformed, decode, encode
from tui.ledger import reading, records
from tui.ledger.lease_state import spoken
from tui.ledger.ledger import Ledger
from tui.ledger.mirror import Identity, Mirror
from tui.ledger.reading import read_entries
from tui.ledger.records import encode_release
from tui.model.app_name import is_app_name
from tui.model.container import Container
from tui.model.engine import EngineInfo
from tui.model.evidence import Evidence
from tui.model.labels import APP, RELEASE
from tui.model.operation import (
    Ended,
    Failure,
    Logged,
    PlanStep,
    Progressed,
    Result,
    Started,
    StepChanged,
    Warned,
)
from tui.presentation.amounts import age, age_changes_in, date, duration
from tui.presentation.console import local_time
from tui.presentation.operation_words import history_row, operation_title
from tui.presentation.release_record import moment
from tui.store.operation import Operation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

NO_DATES = [1e308, -1e308, 1e17, -1e17, 2.0**63, float("nan"), float("inf"), float("-inf")]


@pytest.mark.parametrize("seconds", NO_DATES)
def test_dates_that_no_calendar_has_are_said_to_be_none(seconds: float) -> None:
    assert date(seconds) == "no date"
    assert local_time(seconds) == "no date"
    assert moment(seconds, 1.0).startswith("no date")
    assert len(age(seconds)) < 8
    assert age_changes_in(seconds) > 0
    assert len(duration(seconds)) < 20
    assert len(spoken(seconds)) < 20


@pytest.mark.parametrize("seconds", [1e17, 1e308])
def test_a_journal_with_such_dates_is_shown(seconds: float) -> None:
    started = decode(encode(Started(seconds, "op", "deploy", "web", "e", "me", "here", 1)))
    assert isinstance(started, Started)
    operation = Operation(started)
    operation.feed([Ended(seconds, True, seconds)])
    assert "no date" in operation_title(operation, Keymap())
    assert "no date" in history_row(operation)[0]


EVENTS = [
    Started(1.0, "op", "deploy", "web", "e", "me", "here", 1, (PlanStep("a", "A"),)),
    StepChanged(1.0, "a", "done", 1.5, "A", "", 0.5),
    Logged(1.0, "a", 1, "text"),
    Progressed(1.0, "a", 1, 2),
    Warned(1.0, "look"),
    Ended(1.0, True, 2.0, Result("i", "d", ("t:1",), "r1", 0.5, (("a", "b"),))),
    Ended(1.0, False, 2.0, error=Failure(1, "no", "hint", ("line",))),
]
WRONG = [None, 5, -0.5, True, "x", [], [5], [[]], {}, {"x": 5}]


def altered(value: Any) -> Iterator[Any]:
    """The same with each of its parts of another kind."""
    yield from (other for other in WRONG if type(other) is not type(value))
    if isinstance(value, dict):
        for key in value:
            for other in altered(value[key]):
                yield {**value, key: other}
    elif isinstance(value, list):
        for at in range(len(value)):
            for other in altered(value[at]):
                yield [*value[:at], other, *value[at + 1 :]]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_a_line_of_wrong_types_is_no_line_of_a_journal(event: Any) -> None:
    line = encode(event)
    assert decode(line) == event
    for other in altered(json.loads(line)):
        try:
            found = decode(json.dumps(other).encode())
        except JournalMalformed:
            continue
        # What is read after all can be written again, and is of the same kind or of one not known.
        assert found is None or decode(encode(found)) == found


@pytest.mark.parametrize("line", [b"[" * 100_000, b'{"kind":"log","t":NaN,"step":"a","stream":1,"text":""}'])
def test_json_that_nobody_writes_is_no_line_either(line: bytes) -> None:
    with pytest.raises(JournalMalformed):
        decode(line)


NO_NAMES = ["..", ".", "", "/", "a/b", "../../etc", "A", "a b", "a\0b", "ä", "x" * 200, "~", "-a"]


@pytest.mark.parametrize("name", NO_NAMES)
def test_what_no_app_can_be_called_is_no_path(tmp_path: Path, name: str) -> None:
    assert not is_app_name(name)
    environ = {"XDG_STATE_HOME": str(tmp_path / "state")}
    mirror = Mirror(Identity("id", "host", "/"), environ)
    for touch in (mirror.read, mirror.set_aside, lambda app: mirror.write(app, {"r1.json": b"{}"})):
        with pytest.raises(OSError, match="no app can be called so"):
            touch(name)
    assert read_evidence(name, "sha256:a", environ) == Evidence("sha256:a")
    with pytest.raises(OSError, match="no app can be called so"):
        add_facts(name, "sha256:a", environ, commit="c")
    assert list(tmp_path.iterdir()) == []


class Labelled:
    """An engine without a ledger, and with containers that claim to be of apps."""

    def __init__(self, *apps: str) -> None:
        self.containers = self.archives = self.volumes = self
        self._listed = [
            Container(str(n), f"c{n}", "i", "i", "", 1.0, "running", labels={APP: app, RELEASE: "1"})
            for n, app in enumerate(apps)
        ]

    async def list(self, **_: object) -> list[Container]:
        return self._listed

    async def info(self, **_: object) -> EngineInfo:
        return EngineInfo("id", "host", 0.0)

    async def exists(self, _name: str) -> bool:
        return False

    async def get(self, *_: object, **__: object) -> bytes:
        from tui.engine.errors import NotFound

        raise NotFound(404, "no such container")

    async def inspect(self, *_: object) -> Container:
        return await self.get()  # type: ignore[return-value]


async def test_a_label_that_names_no_app_is_told_and_spoils_nothing(tmp_path: Path) -> None:
    engine: Any = Labelled("web", *NO_NAMES)
    ledger = Ledger(engine, {"XDG_STATE_HOME": str(tmp_path)})
    assert await ledger.apps() == ["web"]
    assert any('io.holdfast.app=".."' in note for note in ledger.notes)


def test_very_many_records_are_read_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them are gone through a few times, and not once for each of them."""
    passes = 0
    counted = records.numbers

    def counting(names: Iterable[str]) -> list[int]:
        nonlocal passes
        passes += 1
        return counted(names)

    monkeypatch.setattr(records, "numbers", counting)
    monkeypatch.setattr(reading, "numbers", counting)
    there = {f"r{n}.json": b"junk" for n in range(1, 1000)}
    there |= {f"r{n}.json": encode_release(release(n), "x" * 64) for n in range(1000, 1100)}
    assert len(read_entries("web", there).entries) == 1099
    assert passes < 10


def test_a_good_record_among_junk_is_still_itself() -> None:
    there = files(1, 2) | {"r7.json": b"\xff", "r8.json": b"[]", "r9.json": b"{" * 5000, "junk": b""}
    entries = {entry.release.number: entry for entry in read_entries("web", there).entries}
    assert entries[2].good
    assert entries[2].release == release(2)
    assert [entries[number].good for number in (7, 8, 9)] == [False, False, False]
