"""What an engine refuses because its disk is full comes with a remedy."""

from __future__ import annotations

from tui.engine.errors import ServerFault, refusal


def test_a_full_disk_has_a_remedy() -> None:
    error = refusal(500, "mkdir /var/lib/docker/overlay2/ab-init: No space left on device")
    assert isinstance(error, ServerFault)
    assert "docker system df" in error.hint
    assert "prune" in error.hint


def test_another_fault_has_none_of_that() -> None:
    assert refusal(500, "something broke").hint == ""
