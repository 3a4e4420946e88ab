"""What is said for a moment never covers list and log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets._toast import Toast, ToastHolder

if TYPE_CHECKING:
    from tests.ui.conftest import Open


async def test_whatever_is_said_takes_three_boxes_at_most(dashboard: Open) -> None:
    async with dashboard() as robot:
        for number in range(40):
            robot.app.notify(f"done {number}")
            robot.app.notify(f"odd {number}", severity="warning")
            robot.app.notify(f"failed {number}", severity="error")
        await robot.wait_for("failed 39")
        await robot.wait(lambda: len(robot.app.screen.query(ToastHolder)) == 3)
        assert len(robot.app.screen.query(Toast)) == 3
        text = robot.text()
        for shown in ("done 39", "odd 38", "odd 39", "37 more", "failed 37", "failed 38"):
            assert shown in text
        assert "done 38" not in text
        assert "failed 36" not in text
