"""An app over its engines: who runs what most run, and who does not."""

from __future__ import annotations

from typing import Any

import pytest

from tui.model.engine_state import AppHere, EngineState, spread
from tui.presentation.spreads import cell, spread_words

AT = 1_700_000_000.0
A, B = "sha256:" + "a" * 64, "sha256:" + "b" * 64


def runs(version: str, digest: str = "", release: int = 3) -> EngineState:
    here = AppHere("web", release, version, digest or f"sha256:{version}", "running", "healthy", at=AT)
    return EngineState(seen=AT, apps={"web": here})


NOTHING = EngineState(seen=AT, apps={"web": AppHere("web", at=AT)})
UNREAD = EngineState(seen=AT, apps={"web": AppHere("web")})
SILENT = EngineState(error="no answer")


@pytest.mark.parametrize(
    ("engines", "said"),
    [
        ({"a": runs("v1.6.0"), "b": runs("v1.6.0")}, "all 2 on v1.6.0"),
        ({"a": runs("v1.6.0")}, "a on v1.6.0"),
        (
            {"a": runs("v1.6.0"), "b": runs("v1.6.0"), "edge-2": runs("v1.5.2"), "c": runs("v1.6.0")},
            "3 of 4 on v1.6.0, edge-2 on v1.5.2",
        ),
        (
            {"a": runs("v1.6.0", A), "b": runs("v1.6.0", A), "c": runs("v1.6.0", B)},
            "2 of 3 on v1.6.0, c on other bytes bbbbbbbbbbbb",
        ),
        ({"a": runs("v1.6.0"), "b": NOTHING}, "1 of 2 on v1.6.0, not live on b"),
        ({"a": runs("v1.6.0"), "b": SILENT, "c": UNREAD}, "1 of 3 on v1.6.0, not known on b, c"),
        ({"a": NOTHING, "b": NOTHING}, "live on none of 2"),
        ({"a": NOTHING}, "not live"),
        ({"a": SILENT}, "not known on a"),
        (
            {"a": runs("v2"), "b": runs("v2"), **{f"e{n}": runs(f"v1.{n}") for n in range(5)}},
            "2 of 7 on v2, e0 on v1.0, e1 on v1.1, e2 on v1.2, 2 more differ",
        ),
    ],
)
def test_odd_ones_are_named(engines: dict[str, EngineState], said: str) -> None:
    assert spread_words(spread("web", engines, [*engines])) == f"web   {said}"


def test_of_as_many_the_newest_is_the_usual_one() -> None:
    found = spread("web", {"a": runs("v1", release=7), "b": runs("v2", release=8)})
    assert found.usual is not None
    assert found.usual.version == "v2"
    assert [name for name, _ in found.odd] == ["a"]


def test_an_engine_that_has_nothing_of_it_and_is_not_to_is_not_told_of() -> None:
    found = spread("web", {"a": runs("v1"), "b": EngineState(seen=AT), "c": SILENT}, ["a"])
    assert (found.absent, found.unknown) == ([], [])


def test_what_was_known_of_one_that_answers_no_more_is_still_told() -> None:
    found = spread("web", {"a": runs("v1")._replace(error="no answer")}, ["a"])
    assert found.usual is None
    assert spread_words(found) == "web   no answer from a (v1 before)"


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (runs("v2"), "web   2 of 3 on v2, no answer from away"),
        (runs("v1"), "web   2 of 3 on v2, no answer from away (v1 before)"),
        (NOTHING, "web   2 of 3 on v2, no answer from away (not live before)"),
    ],
)
@pytest.mark.parametrize("how", [{"error": "no answer"}, {"connecting": AT + 3}])
def test_one_that_is_away_runs_nothing_current(before: EngineState, said: str, how: dict[str, Any]) -> None:
    engines = {"a": runs("v2"), "b": runs("v2"), "away": before._replace(**how)}
    found = spread("web", engines, [*engines])
    assert spread_words(found) == said
    assert [*found.here] == ["a", "b"]


def test_what_is_known_of_one_that_is_away_is_never_of_now() -> None:
    here = runs("v1").apps["web"]
    assert cell("seen", here, None, AT, AT + 5, away=True) == ("5s ago", "warn")
    assert cell("seen", here, None, AT, AT + 5) == ("now", "muted")
    assert cell("state", here, None, AT, AT + 5, away=True) == ("no answer", "bad")
