"""Releases in rows, in words, and to be read in full."""

from __future__ import annotations

import pytest

from tests.ui import fakes
from tui.commands.keymap import Keymap
from tui.model.app import AppSpec, Healthcheck, Mount, Port, RunSpec
from tui.model.container import Container
from tui.model.drift import Cause, Drift
from tui.model.evidence import Claim, Evidence
from tui.model.image import Image
from tui.model.offers import first_choice, offered_versions
from tui.model.policy import Policy
from tui.model.release import Entry, Outcome
from tui.model.releases import Holder, Releases
from tui.model.remote import RemoteTag, RemoteTags, Whereabouts
from tui.model.standing import Slot, Standing
from tui.presentation.app_row import AppRow
from tui.presentation.apps import COLUMNS, cell
from tui.presentation.lines import plain
from tui.presentation.operations import end_rows
from tui.presentation.release_record import difference_lines, drift_lines, record_lines, value_text
from tui.presentation.releases import drift_badge, holder_words, release_cell
from tui.presentation.table import place
from tui.presentation.versions import version_choices

KEYMAP = Keymap()
NOW = 1_700_000_000.0
LIVE = "5" * 64
RELEASES = fakes.releases(NOW, LIVE)


def row(**more: object) -> AppRow:
    container = Container(LIVE, "web", "", "", "", NOW, "running", health="healthy")
    return AppRow("web", "v1.9.0", RELEASES, container)._replace(**more)


def said(row: AppRow) -> list[str]:
    return [cell(column.id, row, NOW)[0] for column in COLUMNS]


def text(lines: list[list[tuple[str, str]]]) -> str:
    return "\n".join(plain(line) for line in lines)


def test_a_row_says_what_is_live_and_where_one_can_go_back() -> None:
    assert said(row()) == [
        "▸ web", "v1.5.0", "● healthy", "055f0d71c3b9", "2h", "bob", "✓ ok", "r4 v1.2.0", "?", "",
    ]  # fmt: skip


def test_what_the_first_paint_knows_is_only_the_name() -> None:
    assert said(AppRow("web")) == ["  web", *[""] * (len(COLUMNS) - 1)]


@pytest.mark.parametrize(
    ("releases", "words"),
    [
        (Releases(Standing("web"), at=NOW), "not deployed"),
        (Releases(Standing("web"), error="no answer"), "? unknown"),
        (Releases(Standing("web"), foreign="a" * 64, at=NOW), "! not ours"),
        (Releases(Standing("web", {}, {1: True}), at=NOW), "✗ not there"),
        (fakes.interrupted(NOW, LIVE), "! interrupted"),
    ],
)
def test_what_is_not_in_order_is_said_in_a_word(releases: Releases, words: str) -> None:
    assert cell("state", row(releases=releases), NOW)[0] == words


@pytest.mark.parametrize(
    ("releases", "words"),
    [
        (Releases(Standing("web"), at=NOW), "v1.9.0"),
        (Releases(Standing("web"), foreign="a" * 64, at=NOW), "-"),
        (Releases(Standing("web", {}, {1: True}), at=NOW), "-"),
    ],
)
def test_no_version_stands_beside_what_is_not_of_it(releases: Releases, words: str) -> None:
    assert cell("version", row(releases=releases), NOW)[0] == words


def test_a_container_that_is_gone_from_the_list_is_no_health() -> None:
    assert cell("state", row(container=None), NOW) == ("?", "warn")


def test_every_state_of_a_release_has_a_sign_and_a_word() -> None:
    states = [release_cell("state", RELEASES, number, NOW)[0] for number in RELEASES.numbers]
    assert states == ["● live", "○ kept", "✗ failed", "○ kept", "· ledger only"]
    assert release_cell("state", fakes.interrupted(NOW, LIVE), 6, NOW)[0] == "! interrupted"
    holder = Holder("alice", "op", "", "", True, "")
    busy = fakes.interrupted(NOW, LIVE)._replace(holder=holder)
    assert release_cell("state", busy, 6, NOW)[0] == "◐ under way"


def test_a_failed_release_says_why_and_a_roll_back_of_what() -> None:
    assert release_cell("last", RELEASES, 3, NOW) == (
        "r3 is not ready: GET http://127.0.0.1:80/health: 503", "bad",
    )  # fmt: skip
    assert release_cell("back", RELEASES, 4, NOW)[0] == "as r2"
    assert release_cell("last", RELEASES, 5, NOW)[0] == "gap 0.8 s"
    assert release_cell("test", RELEASES, 3, NOW)[0] == "! no"


def test_what_is_kept_can_be_gone_back_to_by_choice_where_none_is_by_itself() -> None:
    ways = tuple(way._replace(why_not="it came after r1") for way in RELEASES.ways)
    assert cell("back", row(releases=RELEASES._replace(ways=ways)), NOW)[0] == "by choice"
    assert cell("back", row(releases=RELEASES._replace(ways=())), NOW)[0] == "none"


def test_unknown_drift_is_not_none() -> None:
    cause = Cause("files changed", "")
    clean = Drift("web", (), (), NOW - 60, "r5 v1.5.0", 5)
    assert drift_badge(None, 5, NOW)[0] == "?"
    assert drift_badge(clean, 5, NOW) == ("none", "ok")
    assert drift_badge(clean._replace(unknown=(cause,)), 5, NOW)[0] == "none?"
    assert drift_badge(clean._replace(causes=(cause, cause)), 5, NOW)[0] == "! 2"
    assert drift_badge(clean, 6, NOW)[0] == "?"  # another release is live meanwhile
    assert drift_badge(clean, 5, NOW + 7200)[0] == "?"
    assert "no drift in what could be looked at" in text(drift_lines(Drift("web", (), (cause,), NOW), NOW))


def test_who_deploys_now_is_said_in_few_words() -> None:
    def words(verb: str, what: str, step: str = "stop r3", title: str = "no matter") -> str:
        return holder_words(Holder("alice", "op", title, step, True, "", verb=verb, what=what))

    assert words("deploy", "v1.4.0") == "alice deploys v1.4.0, stopping r3"
    assert words("rollback", "r1 v1.0.0") == "alice rolls back to r1 v1.0.0, stopping r3"
    assert words("rollback", "", "") == "alice rolls back"
    assert words("recover", "", "") == "alice recovers"
    assert "\x1b" not in words("deploy", "\x1b[2J")


def test_of_a_lease_without_a_verb_its_title_is_said() -> None:
    """A first version writes no other."""
    old = Holder("alice", "op", "Deploy web v1.4.0 as r4", "", True, "")
    assert holder_words(old) == "alice: Deploy web v1.4.0 as r4"
    assert holder_words(old._replace(title="")) == "alice: something"


@pytest.mark.parametrize("cells", [59, 79, 99, 119, 199])
def test_what_one_look_must_answer_is_there_at_every_width(cells: int) -> None:
    shown = {one.column.id for one in place(COLUMNS, cells)}
    assert {"app", "version", "state", "test", "last"} <= shown
    assert cells < 79 or {"back", "age", "drift"} <= shown
    assert cells < 119 or {"digest", "by"} <= shown


def test_the_record_shows_everything_but_values_of_variables() -> None:
    said = text(record_lines(RELEASES, 5, NOW, KEYMAP))
    assert "r5 v1.5.0" in said
    assert "bob on box" in said
    assert fakes.digest(5) in said
    assert "nothing served for 0.8 s" in said
    assert "DB_PASSWORD" in said
    assert "hunter2" not in said
    assert "80 -> 8080/tcp" in said
    assert "✓ commit     0f3c2a91b7de" in said
    assert "✓ test       ok, 2h ago, the record" in said
    assert "◌ test       nothing is known of it" in text(record_lines(RELEASES, 3, NOW, KEYMAP))
    app = AppSpec("web", "registry.example.com/shop/web", "")
    wanted = text(record_lines(RELEASES, 3, NOW, KEYMAP, app, Policy()))
    assert "– test       missing: has not passed its test" in wanted
    assert "X c in the apps" in text(record_lines(fakes.interrupted(NOW, LIVE), 6, NOW, KEYMAP))
    assert "no record" in text(record_lines(RELEASES, 9, NOW, KEYMAP))


def test_a_record_full_of_hostile_text_does_no_harm() -> None:
    evil = "\x1b]52;c;ZXZpbA==\x07\n\x1b[2J"
    release = fakes.release(
        NOW, 1, 5.0, version=evil, by=evil, evidence={evil: evil, "tested": "never"},
        run=RunSpec(command=(evil,), labels={evil: evil}, environment={evil: evil}),
    )  # fmt: skip
    entries = {1: Entry(release, Outcome(1, False, NOW, message=evil, said=(evil, "no database")))}
    releases = Releases(Standing("web", {}, {1: False}), entries, at=NOW)
    lines = record_lines(releases, 1, NOW, KEYMAP)
    assert all("\x1b" not in plain(line) and "\n" not in plain(line) for line in lines)
    assert "What it said last" in text(lines)
    assert "no database" in text(lines)


def test_values_are_written_in_one_line_with_secrets_masked() -> None:
    assert value_text(Port(80, "8080", "127.0.0.1")) == "127.0.0.1:8080 -> 80/tcp"
    assert value_text(Mount("volume", "cache", "/cache", True)) == "cache:/cache:ro"
    assert value_text(Mount("tmpfs", "", "/run", options={"size": 64})) == "tmpfs:/run:size=64"
    assert value_text(Healthcheck(("CMD", "true"), 5.0)) == "test CMD, true interval 5"
    assert value_text({"API_TOKEN": "abc", "plain": "x"}).endswith("plain=x")
    assert "abc" not in value_text({"API_TOKEN": "abc"})
    assert value_text({"front": ("web", "www")}) == "front=web, www"


def test_differences_go_from_the_live_one() -> None:
    said = text(difference_lines(RELEASES, 2))
    assert said.startswith("r5 v1.5.0 -> r2 v1.2.0")
    assert "WORKERS changed" in said
    assert "hunter2" not in said
    assert "the live one" in text(difference_lines(RELEASES, 5))
    none = RELEASES._replace(standing=Standing("web", {}, {5: True}))
    assert "nothing is live" in text(difference_lines(none, 5))


def test_where_a_roll_back_goes() -> None:
    assert RELEASES.way_back == 4
    assert RELEASES.ways_back == [4, 2, 1]
    first = Releases(Standing("web", {1: Slot(LIVE, "web", 1, True, True)}, {1: True}), at=NOW)
    assert first.way_back is None
    assert first.ways_back == []


def test_versions_stand_by_precedence_with_where_they_are() -> None:
    app = fakes.app("web")
    images = [
        Image("sha256:a", (f"{app.image}:v1.5.0",), (f"{app.image}@{fakes.digest(5)}",), NOW, 1),
        Image("sha256:b", (f"{app.image}:v1.10.0", f"{app.image}:build-0123456789ab"), (), NOW, 1),
        Image("sha256:c", ("registry.example.com/shop/api:v9.0.0",), (), NOW, 1),
    ]
    held = {"v1.5.0": RemoteTag(fakes.digest(5)), "v1.9.0": RemoteTag("sha256:9"), "latest": RemoteTag("x")}
    offered = offered_versions(app, images, RemoteTags(app.image, NOW, held))
    assert [one.tag for one in offered] == ["v1.10.0", "v1.9.0", "v1.5.0", "latest"]
    known = {"sha256:9": Evidence("sha256:9", claims=(Claim("test", True, NOW - 3700),))}
    said = {
        one.tag: one.why
        for one in version_choices(
            AppSpec("web", "registry:5000/web", "holdfast.toml"), offered, RELEASES, known, Policy(), NOW
        )
    }
    assert said["v1.10.0"] == "! refused: untested · only here, not pushed"
    assert said["v1.9.0"] == "in the registry · tested 1h ago"
    assert said["v1.5.0"] == "here and in the registry · live, r5 · tested 2h ago"  # as the ledger recorded
    assert first_choice(offered, RELEASES) == "v1.9.0"


def test_a_tag_put_onto_other_bytes_has_not_been_live_itself() -> None:
    app = fakes.app("web")
    moved = RemoteTags(app.image, NOW, {"v1.6.0": RemoteTag(fakes.digest(5))})
    choices = version_choices(app, offered_versions(app, [], moved), RELEASES, {}, Policy(), NOW)
    assert "in the registry · the bytes of v1.5.0: live, r5" in choices[0].why


def test_without_a_registry_versions_are_here() -> None:
    app = fakes.app("web")._replace(image="web")
    [one] = offered_versions(app, [Image("sha256:a", ("web:v1",), (), NOW, 1)], None)
    assert (one.tag, one.place, one.digest) == ("v1", Whereabouts.HERE, "sha256:a")


def test_a_failed_deploy_says_which_release_serves_again() -> None:
    failed = fakes.deploy_failed(NOW)
    said = text(end_rows(failed, 120, None, KEYMAP))
    assert "r5 v1.5.0 serves again" in said
    assert said.count("serves again") == 1
    assert failed.ended is not None
    assert failed.ended.error is not None
    failed.ended = failed.ended._replace(error=failed.ended.error._replace(code=130, message="cancelled"))
    assert "↶ r5 serves again" in text(end_rows(failed, 120, None, KEYMAP))
