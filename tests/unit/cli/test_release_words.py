"""Releases in the tables of `status` and `history`, from values as the engine and the ledger give them."""

from __future__ import annotations

import pytest

from tests.support.containers import inspected_container
from tui.cli import releases_history as listing
from tui.cli import status
from tui.cli.asked import Asked, apps_at
from tui.cli.release_words import health_role, release_fields
from tui.engine.errors import EngineError
from tui.ledger.lease_state import LeaseState, Owner
from tui.model.app import AppSpec, RunSpec
from tui.model.drift import FILES, Cause, Drift
from tui.model.engine import EngineInfo
from tui.model.release import Entry, Outcome, Release
from tui.model.releases import Releases, State
from tui.model.standing import Slot, Standing
from tui.model.ways_back import WayBack, ways_back
from tui.operations.looking.endpoint_choice import Place
from tui.operations.looking.releases import Deployed
from tui.presentation.console import painted
from tui.settings.schema import Settings

DIGEST = "sha256:" + "ab" * 32


def container(number, *, running=True, health="none"):
    state = {"Status": "running"} if running else {"Status": "exited", "ExitCode": 3}
    return inspected_container(f"id{number}", image_id=DIGEST, Health={"Status": health}, **state)


def entry(number, good=True, message="", **changes):
    release = Release(
        "web",
        number,
        f"v0.{number}.0",
        f"web@{DIGEST}",
        DIGEST,
        "",
        RunSpec(user=str(number)),
        by="ann",
        host="ci",
        at=100.0,
    )
    outcome = None if good is None else Outcome(number, good, 160.0, 0.25 if good else None, message)
    return Entry(release._replace(**changes), outcome)


def releases(*entries, live=None, kept=(), one=None):
    slots = {number: Slot(f"id{number}", f"web.r{number}", number, False, False) for number in kept}
    if live is not None:
        slots[live] = Slot(f"id{live}", "web", live, one is None or one.running, True)
    records = {one.release.number: one.good for one in entries}
    containers = {live: one or container(live)} if live is not None else {}
    by_number = {one.release.number: one for one in entries}
    standing = Standing("web", slots, records)
    ways = ways_back(standing, by_number)
    return Deployed(Releases(standing, by_number, ways=ways), containers)


ALL = releases(
    entry(5, None), entry(4), entry(3, False, "exit code 7\nits log"), entry(2), entry(1), live=4, kept=(2,)
)


def shown(found, **changes):
    one = status.AppStatus("web", "unix:///s", True, found)._replace(**changes)
    row = dict(zip(status.COLUMNS, status.row(one, 100.0 + 7200), strict=True))
    return row, [painted(line, colours=False) for line in status.notes(one)]


def test_what_has_become_of_each():
    states = [ALL.releases.state(number) for number in (5, 4, 3, 2, 1)]
    assert states == ["open", "live", "failed", "kept", "ledger only"]


def test_a_row_of_status():
    row, notes = shown(ALL)
    assert row == {
        "app": "web", "live": "r4", "version": "v0.4.0", "digest": "ab" * 6, "health": "running", "age": "2h",
        "by": "ann", "back to": "r2 v0.2.0 and 1 more", "drift": "see --drift", "lease": "-",
    }  # fmt: skip
    assert notes == ["web: the deploy of r5 was interrupted; holdfast recover web"]


@pytest.mark.parametrize(("running", "health", "said"), [
    (True, "healthy", "healthy"), (True, "unhealthy", "unhealthy"), (True, "none", "running"),
    (False, "unhealthy", "exited (3)"),
])  # fmt: skip
def test_health(running, health, said):
    found = releases(entry(1), live=1, one=container(1, running=running, health=health))
    row, notes = shown(found)
    assert row["health"] == said
    assert any("does not run" in note for note in notes) is not running


def test_what_was_restarted_says_so():
    one = container(1)
    one = one._replace(state=one.state._replace(restart_count=5))
    row, _ = shown(releases(entry(1), live=1, one=one))
    assert row["health"] == "running, restarted 5 times"


@pytest.mark.parametrize(("running", "health", "role"), [
    (True, "healthy", "ok"), (True, "", "ok"), (True, "starting", "busy"), (True, "unhealthy", "bad"),
    (False, "healthy", "bad"),
])  # fmt: skip
def test_the_colour_of_health_follows_the_container(running, health, role):
    assert health_role(container(1, running=running, health=health)) == role
    assert health_role(None) == "muted"


def test_nothing_is_live():
    row, notes = shown(releases())
    assert row["live"] == "none"
    assert set(row.values()) == {"web", "none", "-", "see --drift"}
    assert notes == []
    none = releases().releases._replace(foreign="id0")
    _, notes = shown(Deployed(none, {}, foreign=container(0)))
    assert notes == [
        "web: the container web was not made by Holdfast; holdfast adopt web takes it over, or "
        "docker rename web ANOTHER-NAME gives the name back"
    ]


def test_a_stopped_release_names_what_works_then():
    """With one release a roll back goes nowhere by itself: the live one is made anew."""
    _, notes = shown(releases(entry(1), live=1, one=container(1, running=False)))
    assert notes == [
        "web: the live release does not run; docker start web, or holdfast rollback web --to r1 makes it anew"
    ]
    _, notes = shown(releases(entry(2), entry(1), live=2, kept=(1,), one=container(2, running=False)))
    assert "or holdfast rollback web goes back to r1" in notes[0]
    _, notes = shown(releases(entry(2, None), entry(1), live=1, one=container(1, running=False)))
    assert notes[0] == "web: the live release does not run; holdfast recover web"


def test_what_is_passed_over_stands_at_the_end_with_each_reason():
    adopted = {"adopted": True}
    found = releases(entry(4), entry(3, **adopted), entry(2, **adopted), entry(1, **adopted), live=4)
    row, notes = shown(found, notes=("the ledger is young",))
    assert row["back to"] == "none by itself: 3 kept, by choice"
    assert notes == [
        "web: the ledger is young",
        "web: no roll back goes to r3 v0.3.0, r2 v0.2.0, r1 v0.1.0 by itself: it was adopted, and has not "
        "passed its gate",
    ]


def test_of_many_reasons_the_first_are_said():
    ways = tuple(WayBack(number, f"reason {number}") for number in (5, 4, 3, 2, 1))
    found = releases(entry(6), live=6)
    _, notes = shown(found._replace(releases=found.releases._replace(ways=ways)))
    assert notes == [
        "web: no roll back goes to r5 by itself: reason 5",
        "web: no roll back goes to r4 by itself: reason 4",
        "web: no roll back goes to r3 by itself: reason 3",
        "web: nor to 2 more, of which --json says why",
    ]


SIGNED = {"signature key": "ci", "signature at": "90", "test key": "ci", "tested": "80", "scanned": "70"}


def test_who_signed_what_was_deployed_is_in_the_history():
    one = listing.Listed("unix:///s", entry(1, evidence=SIGNED), State.LIVE)
    assert dict(zip(listing.COLUMNS, listing.row(one), strict=True))["evidence"] == (
        "tested, signed by ci, scanned"
    )
    fields = release_fields(one.entry, State.LIVE)
    assert {"kind": "signature", "key": "ci", "at": 90.0} in fields["verified"]
    unsigned = entry(1, evidence={"test key": "unsigned", "tested": "80"})
    assert listing.evidence_words(unsigned) == "tested elsewhere, unsigned"
    assert release_fields(unsigned, State.LIVE)["verified"] == [{"kind": "test", "key": "", "at": None}]


async def test_status_knows_whether_the_registry_is_spoken_to_without_tls():
    class Plain:
        async def info(self, **_):
            return EngineInfo("", "", 0.0, registries={"registry:5000": False})

    release = entry(1, reference=f"registry:5000/web@{DIGEST}").release
    assert await status._spoken_plainly(Plain(), release)
    assert not await status._spoken_plainly(Plain(), release._replace(digest=""))


@pytest.mark.parametrize(("heard", "cell", "note"), [
    (190.0, "bob@prod", "being changed by bob on prod"),
    (100.0, "bob@prod (dead)", "a dead lease: bob on prod"),
])  # fmt: skip
def test_a_lease(heard, cell, note):
    lease = LeaseState("web", "l", Owner("bob", "prod", 7, "op", "deploy v2"), "", 90.0, heard, 200.0, 60.0)
    row, notes = shown(ALL, lease=lease)
    assert row["lease"] == cell
    assert any(note in one for one in notes)
    assert any("interrupted" in one for one in notes) is not lease.alive


def test_drift_is_told_with_its_causes_and_unknown_is_no_agreement():
    cause = Cause(FILES, "files were changed", "ignore them")
    row, notes = shown(ALL, drift=Drift("web", (cause,), (), 0.0))
    assert row["drift"] == "1 found"
    assert notes[-1] == "web: drift: files were changed; ignore them"
    assert shown(ALL, drift=Drift("web", (), (cause,), 0.0))[0]["drift"] == "unknown"
    assert shown(ALL, drift=Drift("web", (), (), 0.0))[0]["drift"] == "none"


def row_of(number, *, busy=False, **changes):
    one = ALL.entries[number]
    one = one._replace(release=one.release._replace(**changes))
    cells = listing.row(listing.Listed("unix:///s", one, ALL.releases.state(number), busy))
    return dict(zip(listing.COLUMNS, cells, strict=True))


def test_rows_of_history():
    row = row_of(4, rollback_of=2, evidence={"tested": "1", "commit": "c" * 40})
    assert (row["release"], row["of"], row["gap"], row["by"]) == ("r4", "r2", "0.2s", "ann@ci")
    assert row["evidence"] == f"tested, commit {'c' * 12}"
    assert row["outcome"] == "live"
    assert row_of(3)["outcome"] == "failed: exit code 7"
    assert row_of(2, adopted=True)["evidence"] == "adopted"
    assert row_of(5)["outcome"] == "interrupted: holdfast recover"
    assert row_of(5, busy=True)["outcome"] == "being deployed"


def test_what_the_newest_failed_release_said_is_shown_to_everybody():
    def said(number, *lines):
        one = entry(number, False, "ended")
        one = one._replace(outcome=one.outcome._replace(said=lines))
        return listing.Listed("unix:///s", one, State.FAILED)

    shown = [
        painted(line, colours=False)
        for line in listing.said_lines([said(3, "no \x1b[2Jdatabase", "password=hunter2"), said(2, "older")])
    ]
    assert shown[1] == "what r3 v0.3.0 said last:"
    assert "database" in shown[2]
    assert "hunter2" not in shown[3]
    assert not any("\x1b" in line or "older" in line for line in shown)
    assert [*listing.said_lines([said(3), said(2, "older")])] == []
    assert release_fields(said(3, "no").entry, "failed")["said"] == ["no"]


def test_text_from_outside_is_made_harmless():
    assert "\x1b" not in "".join(row_of(2, version="\x1b[2J", by="\x1b]0;x").values())


def test_a_release_as_json_keeps_its_configuration_to_itself():
    secret = entry(1, run=RunSpec(environment={"TOKEN": "hush"}))
    fields = release_fields(secret, "live")
    assert "hush" not in str(fields)
    assert (fields["release"], fields["good"], fields["rollback_of"]) == ("r1", True, "")


def test_what_should_serve_and_is_gone_has_a_sentence_and_a_remedy():
    row, notes = shown(releases(entry(2), entry(1), kept=(1,)))
    assert row["live"] == "none"
    assert notes[0] == (
        "web: no container bears the app's name: r2 v0.2.0 was live last, and nothing serves; "
        "holdfast recover web brings r2 back"
    )
    assert shown(releases(entry(1, False)))[1] == []


def test_drift_that_nobody_looked_for_says_how_to():
    assert shown(ALL)[0]["drift"] == "see --drift"


async def test_what_runs_on_an_engine_is_listed_though_it_is_configured_for_another():
    there = AppSpec("web", "web", "holdfast.toml", engines=("prod",))
    settings = Settings(apps={"web": there, "api": AppSpec("api", "api", "holdfast.toml")})
    place = Place("", ("api",), EngineError(""))

    class Known:
        async def apps(self):
            return ["api", "web", "old"]

    assert await apps_at(place, settings, Asked(), Known()) == ["api", "web", "old"]


def test_of_several_engines_it_is_said_how_many_are_passed_over_and_where_the_reasons_stand():
    ways = tuple(WayBack(number, f"reason {number}") for number in (3, 2, 1))
    found = releases(entry(4), live=4)
    one = status.AppStatus(
        "web", "unix:///s", True, found._replace(releases=found.releases._replace(ways=ways))
    )
    assert [painted(line, colours=False) for line in status.notes(one, several=True)] == [
        "web: no roll back goes to 3 earlier ones by itself; holdfast status web --context NAME says why"
    ]
