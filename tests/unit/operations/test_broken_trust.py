"""A fault in [trust] refuses what depends on it, and never the way back."""

from __future__ import annotations

import pytest

from tests.support.refs import ref
from tui.model.verb import VERBS
from tui.operations.process.prepared import UnknownApp, prepared
from tui.operations.process.request import Request
from tui.settings.load import ConfigError
from tui.settings.schema import Settings

BROKEN = Settings(trust_problems=("holdfast.toml: [trust] level = 'x' is not allowed",))


@pytest.mark.parametrize("verb", sorted(VERBS.keys() - {"adopt"}))
async def test_each_verb_is_refused_or_goes_on(verb: str) -> None:
    request = Request("op", verb, "web", ref("unix:///nowhere.sock"))
    # What goes on comes as far as to look for the app, of which none is configured.
    with pytest.raises(ConfigError if VERBS[verb].trusts else UnknownApp):
        async with prepared(request, BROKEN):
            raise AssertionError("it was planned")


def test_the_way_back_is_among_those_that_go_on() -> None:
    assert not any(VERBS[verb].trusts for verb in ("rollback", "recover", "prune", "build", "test"))
    assert {verb for verb in VERBS if VERBS[verb].trusts} == {"push", "sign", "promote", "deploy", "ship"}
