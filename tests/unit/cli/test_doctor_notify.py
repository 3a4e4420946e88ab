"""What doctor says of who is told of endings."""

from __future__ import annotations

import pytest

from tui.cli.doctor_notify import notifying
from tui.settings.schema import NotifySettings

XTERM = {"TERM": "xterm-256color"}


@pytest.mark.parametrize(
    ("settings", "environ", "said"),
    [
        (NotifySettings(), XTERM, []),
        (NotifySettings(webhook="https://a.example.com/SECRET"), XTERM, [("ok", "https://a.example.com/…")]),
        (NotifySettings(webhook="http://a.example.com/SECRET"), XTERM, [("problem", "is not https")]),
        (NotifySettings(webhook="http://a.example.com/SECRET", allow_plain=True), XTERM, [("ok", "is told")]),
        (NotifySettings(webhook="http://127.0.0.1:8/SECRET"), XTERM, [("ok", "http://127.0.0.1:8/…")]),
        (NotifySettings(command=("/nowhere/tell",)), XTERM, [("problem", "/nowhere/tell is not found")]),
        (NotifySettings(command=("sh", "-c", "x")), XTERM, [("ok", "sh is run")]),
        (NotifySettings(terminal="auto"), XTERM, []),
        (NotifySettings(terminal="auto"), {"TERM": "linux"}, [("warning", "TERM=linux")]),
        (NotifySettings(terminal="auto"), {**XTERM, "TMUX": "x"}, [("note", "allow-passthrough")]),
    ],
)
def test_each_is_looked_at(
    settings: NotifySettings, environ: dict[str, str], said: list[tuple[str, str]]
) -> None:
    found = [*notifying(settings, environ)]
    assert [one.state for one in found] == [state for state, _ in said]
    for one, (_, words) in zip(found, said, strict=True):
        assert words in one.message
        assert "SECRET" not in f"{one.message}{one.remedy}"
