"""A lease that is taken away is on record as every operation is."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from tui.engine.errors import EngineError
from tui.journal.folder import operations_folder
from tui.journal.reader import summaries
from tui.journal.writer import JournalFailed
from tui.ledger.lease_state import LeaseState, Owner
from tui.operations.verbs.unlock import unlock

if TYPE_CHECKING:
    from pathlib import Path

LEASE = LeaseState(
    "web", "a" * 64, Owner("bob", "there", 1, "op", "Deploy web"), "stop r1", 1.0, 1.0, 2.0, 60.0
)


class Containers:
    def __init__(self, error: EngineError | None = None) -> None:
        self.error = error
        self.removed: list[str] = []

    async def remove(self, id: str, *, force: bool = False) -> None:
        if self.error is not None:
            raise self.error
        self.removed.append(id)


def engine(containers: Containers) -> Any:
    return SimpleNamespace(containers=containers, endpoint=SimpleNamespace(url="unix:///run/e.sock"))


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


async def test_the_lease_that_was_shown_goes_and_the_journal_says_whose_it_was() -> None:
    containers = Containers()
    await unlock(engine(containers), LEASE)
    assert containers.removed == [LEASE.id]
    (written,) = summaries(operations_folder())
    assert (written.started.verb, written.started.app, written.alive) == ("unlock", "web", False)
    assert "bob on there" in written.started.plan[0].title
    assert written.ended is not None
    assert written.ended.ok


async def test_what_went_wrong_is_on_record_too() -> None:
    with pytest.raises(EngineError):
        await unlock(engine(Containers(EngineError("the engine is stopping"))), LEASE)
    (written,) = summaries(operations_folder())
    assert written.ended is not None
    assert written.ended.error is not None
    assert written.ended.error.message == "the engine is stopping"


async def test_nothing_is_taken_away_that_cannot_be_put_on_record(tmp_path: Path) -> None:
    (tmp_path / "holdfast").write_text("a file, where the folder would be")
    containers = Containers()
    with pytest.raises(JournalFailed):
        await unlock(engine(containers), LEASE)
    assert containers.removed == []
