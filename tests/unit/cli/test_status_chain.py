"""`holdfast status APP` shows the chain of what is live, by its record."""

from __future__ import annotations

from tests.ui import fakes
from tui.cli.status import COLUMNS, AppStatus, _chain, _noted, fields, row
from tui.model.app import AppSpec
from tui.model.policy import Policy
from tui.model.recorded_chain import recorded_chain
from tui.operations.looking.releases import Deployed
from tui.presentation.lines import plain

NOW = 1_700_000_000.0
WEB = AppSpec("web", "registry.example.com/shop/web", "")


def status() -> AppStatus:
    releases = fakes.releases(NOW, "5" * 64)
    live = releases.live
    assert live is not None
    found = Deployed(releases, {})
    return AppStatus("web", "unix:///s", True, found, chain=recorded_chain(live, WEB, Policy()))


def test_the_chain_stands_beneath_with_commands() -> None:
    lines = [plain(line) for line in _chain(status(), NOW, several=False)]
    assert lines[1] == "chain of r5 v1.5.0, as it is recorded:"
    assert "  ✓ test       ok, 2h ago, the record" in lines
    assert lines[-1] == "      $ holdfast history web"


def test_a_note_says_of_which_engines_it_is() -> None:
    one = status()._replace(notes=("something",))
    other = one._replace(engine="ssh://edge-2", called="edge-2", notes=("something", "else"))
    said = [plain(line) for line in _noted([one._replace(called="edge-1"), other], several=True)]
    assert "web on edge-1, edge-2: something" in said
    assert "web on edge-2: else" in said
    assert "web: something" in [plain(line) for line in _noted([one], several=False)]


def test_json_has_it_too() -> None:
    chain = {link["kind"]: link for link in fields(status())["chain"]}
    assert chain["commit"]["check"] == "git show 0f3c2a91b7de"
    assert chain["deploy"]["by"] == "bob"


def test_what_is_kept_can_be_gone_back_to_by_choice_where_none_is_by_itself() -> None:
    one = status()
    ways = tuple(way._replace(why_not="it came after r1") for way in one.releases.ways)
    found = one.found._replace(releases=one.releases._replace(ways=ways))
    said = row(one._replace(found=found), NOW)[COLUMNS.index("back to")]
    assert said == "none by itself: 3 kept, by choice"
