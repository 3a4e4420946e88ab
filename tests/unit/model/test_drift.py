"""Each cause of drift by itself, and none where there is none."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.model.app import AppSpec, ReadySpec, RunSpec
from tui.model.drift import (
    CONFIGURATION,
    DEFINITION,
    DIGEST_GONE,
    FILES,
    FOREIGN,
    MUTABLE_TAG,
    NOT_RUNNING,
    NOT_THERE,
    PAUSED,
    RENAMED,
    TAG_HERE,
    TAG_IN_REGISTRY,
    Facts,
    FileChange,
    FileChanges,
    drift,
    tag_of,
    unforeseen,
)
from tui.model.release import Release
from tui.model.ways_back import WayBack

OLD, NEW = "sha256:" + "a" * 64, "sha256:" + "b" * 64
IMAGE, OTHER = "sha256:" + "1" * 64, "sha256:" + "2" * 64
APP = AppSpec("web", "reg:5000/web", "/home/me/holdfast.toml", run=RunSpec(user="app"))
RELEASE = Release("web", 12, "v1.4.0", f"reg:5000/web@{OLD}", OLD, IMAGE, RunSpec(user="app"))
AGREED = Facts(
    APP,
    RELEASE,
    image=IMAGE,
    made_of=f"reg:5000/web@{OLD}",
    registry_tag=OLD,
    registry_holds=True,
    engine_tag=IMAGE,
    changes=FileChanges(()),
    configuration=(),
    expected=True,
)


def causes(**facts: Any) -> dict[str, str]:
    """Kind -> sentence."""
    found = drift(AGREED._replace(**facts))
    assert all(cause.hint for cause in found)
    kinds = {cause.kind: cause.message for cause in found}
    assert len(kinds) == len(found)
    return kinds


def changed(*paths: str) -> FileChanges:
    return FileChanges(tuple(FileChange("added", path) for path in paths))


def test_no_drift() -> None:
    assert causes() == {}


def test_what_could_not_be_looked_at_is_no_cause_by_itself() -> None:
    assert causes(registry_tag=None, registry_holds=None, changes=None, configuration=None) == {}
    assert causes(engine_tag="") == {}  # pulled by its digest, it has no tag here


@pytest.mark.parametrize(
    ("facts", "kind", "said"),
    [
        ({"registry_tag": NEW}, TAG_IN_REGISTRY, "names bbbbbbbbbbbb now; r12 is aaaaaaaaaaaa"),
        ({"registry_tag": ""}, TAG_IN_REGISTRY, "reg:5000/web:v1.4.0 is gone"),
        ({"engine_tag": OTHER}, TAG_HERE, "names the image 222222222222 now"),
        ({"state": "paused"}, PAUSED, "the container web is paused"),
        ({"state": "exited", "ended": "it ended with exit code 137"}, NOT_RUNNING, "exit code 137"),
        ({"state": "restarting", "ended": "it ended with exit code 1"}, NOT_RUNNING, "again and again"),
        ({"release": None, "renamed": "web-old"}, RENAMED, "is called web-old, not web"),
        ({"registry_holds": False}, DIGEST_GONE, "does not have aaaaaaaaaaaa any more"),
        ({"changes": changed("/etc/motd")}, FILES, "/etc/motd (added)"),
        (
            {"configuration": ("mem_limit", "restart")},
            CONFIGURATION,
            "as r12 was deployed: mem_limit, restart",
        ),
        ({"image": OTHER}, CONFIGURATION, "runs the image 222222222222, and r12 is 111111111111"),
        ({"app": APP._replace(run=RunSpec(user="root"))}, DEFINITION, "otherwise than r12: run.user"),
        ({"app": APP._replace(ready=ReadySpec(tcp=80))}, DEFINITION, "otherwise than r12: ready.tcp"),
        ({"app": APP._replace(image="reg:5000/other")}, DEFINITION, "otherwise than r12: image"),
        ({"files": ("/app/.env",)}, DEFINITION, "contents of /app/.env"),
        ({"made_of": "reg:5000/web:v1.4.0"}, MUTABLE_TAG, "made of reg:5000/web:v1.4.0"),
        ({"release": None, "foreign": "c" * 64}, FOREIGN, "web (cccccccccccc) was not made by Holdfast"),
        ({"release": None}, NOT_THERE, "no container bears the name web"),
    ],
)
def test_each_cause(facts: dict[str, Any], kind: str, said: str) -> None:
    facts = facts if "release" not in facts else {"made_of": "", **facts}
    found = causes(**facts)
    assert list(found) == [kind]
    assert said in found[kind]


def test_all_causes_at_once() -> None:
    found = causes(
        registry_tag=NEW,
        registry_holds=False,
        engine_tag=OTHER,
        changes=changed("/x"),
        configuration=("cpus",),
        app=APP._replace(run=RunSpec()),
        made_of="web",
    )
    assert set(found) == {
        TAG_IN_REGISTRY, DIGEST_GONE, TAG_HERE, FILES, CONFIGURATION, DEFINITION, MUTABLE_TAG,
    }  # fmt: skip


def test_a_container_of_somebody_else_that_runs_a_tag_has_both_causes() -> None:
    assert list(causes(release=None, foreign="c" * 64, made_of="web:latest")) == [FOREIGN, MUTABLE_TAG]


def test_an_app_that_was_never_deployed_has_not_drifted() -> None:
    assert drift(Facts(APP)) == []


def test_a_lost_record_says_nothing_about_the_definition() -> None:
    assert causes(known=False, app=APP._replace(run=RunSpec())) == {}


def test_the_hint_knows_whether_the_tag_may_move() -> None:
    [never] = drift(AGREED._replace(registry_tag=NEW))
    [may] = drift(AGREED._replace(registry_tag=NEW, movable=True))
    assert "never moves" in never.hint
    assert may.hint.startswith("holdfast deploy web v1.4.0")


def test_the_order_of_networks_counts() -> None:
    one, other = {"front": (), "back": ()}, {"back": (), "front": ()}
    release = RELEASE._replace(run=RunSpec(networks=one))
    assert causes(release=release, app=APP._replace(run=RunSpec(networks=one))) == {}
    assert list(causes(release=release, app=APP._replace(run=RunSpec(networks=other)))) == [DEFINITION]


def test_values_of_variables_are_never_told() -> None:
    app = APP._replace(run=RunSpec(user="app", environment={"TOKEN": "hunter2"}))
    assert "hunter2" not in causes(app=app)[DEFINITION]


def test_many_files_are_counted() -> None:
    paths = [f"/srv/{number}" for number in range(12)]
    assert "/srv/4 (added) and 7 more" in causes(changes=changed(*paths))[FILES]
    cut = changed(*paths)._replace(complete=False)
    assert "and at least 7 more" in causes(changes=cut)[FILES]


@pytest.mark.parametrize(
    ("made_of", "tag"),
    [
        ("web", "web:latest"),
        ("reg:5000/web", "reg:5000/web:latest"),
        ("reg:5000/web:v1", "reg:5000/web:v1"),
        (f"reg:5000/web:v1@{OLD}", ""),
        (IMAGE, ""),
        ("111111111111", ""),
        ("", ""),
    ],
)
def test_what_is_a_tag(made_of: str, tag: str) -> None:
    assert tag_of(made_of) == tag


FILES_SEEN = [
    FileChange("changed", "/etc"),
    FileChange("added", "/etc/motd"),
    FileChange("changed", "/tmp"),
    FileChange("added", "/tmp/x"),
    FileChange("added", "/var/data"),
    FileChange("added", "/var/data/files"),
    FileChange("changed", "/run"),
    FileChange("deleted", "/app/a.pyc"),
]


@pytest.mark.parametrize(
    ("mounted", "ignored", "left"),
    [
        ((), (), ["/etc/motd", "/tmp/x", "/var/data", "/var/data/files", "/run", "/app/a.pyc"]),
        (("/var/data/files",), (), ["/etc/motd", "/tmp/x", "/run", "/app/a.pyc"]),
        (("/var/data/",), ("/tmp", "/run/*", "*.pyc"), ["/etc/motd"]),
        (("/var",), ("/tmp/*", "/run", "/app"), ["/etc/motd"]),
        (("/etc/motd2",), ("/tm", "/va?"), ["/etc/motd", "/tmp/x", "/run", "/app/a.pyc"]),
        ((), ("*",), []),
    ],
)
def test_which_files_count(mounted: tuple[str, ...], ignored: tuple[str, ...], left: list[str]) -> None:
    assert [change.path for change in unforeseen(FILES_SEEN, mounted, ignored)] == left


PATHS = st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map(lambda parts: "/" + "/".join(parts))


@given(st.lists(PATHS, unique=True), st.lists(PATHS, max_size=2), st.lists(PATHS, max_size=2))
def test_a_file_counts_unless_it_lies_where_nothing_counts(
    paths: list[str], mounted: list[str], ignored: list[str]
) -> None:
    found = {change.path for change in unforeseen([FileChange("added", p) for p in paths], mounted, ignored)}
    for path in paths:
        below = any(f"{path}/".startswith(f"{place}/") for place in (*mounted, *ignored))
        above = any(place.startswith(f"{path}/") for place in mounted)
        assert (path in found) == (not below and not above)


def test_the_remedy_is_one_that_works_in_that_state() -> None:
    def hint(**facts: Any) -> str:
        return drift(AGREED._replace(**facts))[0].hint

    stopped = {"state": "exited", "ended": "it ended with exit code 0"}
    assert "rollback web" not in hint(**stopped)
    assert "holdfast rollback web --to r12 makes it anew" in hint(**stopped, again=True)
    assert "holdfast rollback web goes back to r3" in hint(**stopped, ways=(WayBack(3),))
    gone: dict[str, Any] = {"release": None, "made_of": ""}
    assert hint(**gone, ways=(WayBack(3),)) == "holdfast rollback web brings r3 back"
    assert hint(**gone, ways=(WayBack(3, "why", untrusted=True), WayBack(2, "why"))) == (
        "holdfast rollback web --to r2 brings it back"
    )
    assert hint(**gone) == "holdfast deploy web VERSION"
    for facts in (stopped, gone):
        assert hint(**facts, again=True, ways=(WayBack(3),), interrupted=True).endswith(
            "holdfast recover web"
        )
