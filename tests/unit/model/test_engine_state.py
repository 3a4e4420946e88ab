"""An app over its engines: who runs what most run, and who does not."""

from __future__ import annotations

from typing import Any

import pytest

from tui.model.engine_state import AppHere, EngineState, counted_once, same_engines, spread
from tui.presentation.spreads import cell, spread_words, state_words

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


def reached(container: str = "abc", started: str = "12:00:00.5", **more: Any) -> EngineState:
    state = runs("v5")._replace(id="ID", host="box", **more)
    return state._replace(apps={"web": state.apps["web"]._replace(process=(container, started))})


def test_an_engine_that_is_reached_in_two_ways_is_counted_once() -> None:
    states = {"local": reached(), "edge-1": reached(), "edge-2": runs("v5"), "edge-3": runs("v5")}
    same = same_engines(states, {"edge-1"})
    assert same == {"local": "edge-1"}, "the one that apps are configured for stands for both"
    once = counted_once(states, same)
    assert spread_words(spread("web", once, ["edge-1"])) == "web   all 3 on v5"


@pytest.mark.parametrize(
    "other",
    [
        reached(started="12:00:07.1"),
        reached("def"),
        reached()._replace(host="box-2"),
        reached()._replace(id="OTHER"),
        reached()._replace(apps={}),
    ],
)
def test_a_cloned_machine_is_another_engine(other: EngineState) -> None:
    assert same_engines({"a": reached(), "b": other}) == {}
    assert same_engines({"a": EngineState(), "b": EngineState()}) == {}


def test_of_two_ways_one_that_answers_tells() -> None:
    states = {"edge-1": reached(error="away"), "local": reached()}
    once = counted_once(states, same_engines(states, {"edge-1"}))
    assert spread_words(spread("web", once, ["edge-1"])) == "web   edge-1 on v5"


def test_a_container_that_was_started_again_says_so() -> None:
    one = AppHere("web", 3, "v5", A, "running", "none", at=AT, restarts=5)
    assert state_words(one, known=True) == ("running, restarted 5 times", "warn")
    assert cell("state", one, None, AT, AT) == ("running ↻5", "warn")
    sick = one._replace(health="unhealthy", restarts=1)
    assert state_words(sick, known=True) == ("unhealthy, restarted once", "bad")
