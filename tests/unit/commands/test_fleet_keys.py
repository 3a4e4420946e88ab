"""What the key that pauses is called while something is paused, and while it is not."""

from __future__ import annotations

from tests.ui import fakes
from tui.commands.command import Scope, Situation
from tui.commands.fleets import OPERATION_PAUSE
from tui.commands.keymap import Keymap
from tui.model.operation import Paused
from tui.presentation.header import footer_keys

NOW = 1_700_000_000.0


def test_the_bar_says_what_the_key_would_do_now() -> None:
    going = fakes.operation("deploy", "web", NOW)
    going.started = going.started._replace(engines=("edge-1", "edge-2"))
    situation = Situation(Scope.OPERATION, apps=(fakes.app("web"),), running=(going,), shown=going)
    keymap = Keymap({})
    hint = keymap.hint(OPERATION_PAUSE)
    for paused, word in ((False, "pause"), (True, "go on"), (False, "pause")):
        going.feed([Paused(NOW, paused=paused)])
        keys = {key.rpartition(" ")[2]: said for key, said in footer_keys(keymap, situation)}
        assert keys[hint] == word
