"""What is said when the dashboard is left while operations run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.ui import fakes
from tui.cli.dashboard import _say_what_goes_on
from tui.store.store import Store

if TYPE_CHECKING:
    import pytest

NOW = 1_700_000_000.0


def test_operations_that_go_on_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    store = Store()
    planned = fakes.operation("build", "mail", NOW, pid=0)
    store.put_operations([fakes.build_running(NOW), fakes.failed_test(NOW, 5.0), planned])
    _say_what_goes_on(store)
    assert capsys.readouterr().err == "web build goes on; holdfast shows it again\n"
