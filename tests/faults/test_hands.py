"""What hands did to the containers of an app: it is named, it does no harm, and there is a way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.deploying import App, import_images

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.private_engine import PrivateEngine

pytestmark = pytest.mark.timeout(200)


@pytest.fixture
def engine(private_engine: PrivateEngine) -> Iterator[PrivateEngine]:
    import_images(private_engine, "v1", "v2", "v3")
    yield private_engine
    private_engine.api.sweep()  # the other suites begin with an empty one


def commit(engine: PrivateEngine, container: str, repository: str) -> None:
    """What `docker commit` does: the image gets the container's labels."""
    engine.api.ask("POST", f"/commit?container={container}&repo={repository}&tag=1", {})


def run_copy(engine: PrivateEngine, name: str, image: str, **labels: str) -> str:
    """Somebody's own container of that image."""
    given = {f"io.holdfast.{key}": value for key, value in labels.items()}
    id = engine.api.create("sleep", "600", name=name, Image=image, Labels=given)
    engine.api.start(id)
    return id


async def test_a_container_with_copied_labels_is_no_release(engine: PrivateEngine, tmp_path: Path) -> None:
    app = App(tmp_path, engine, "copied")
    await app.work("deploy", version="v1")
    await app.work("deploy", version="v2")
    commit(engine, app.name, "debug")
    strange = [
        run_copy(engine, "copied-debug", "debug:1"),
        run_copy(engine, "copied-huge", "debug:1", release="999999999"),
        run_copy(engine, "copied-next", "debug:1", release="3"),
        run_copy(engine, "copied-same", "faulty:v2", app="copied", release="7", digest="sha256:00"),
    ]

    releases, notes = await app.releases()
    problem = await app.fail("recover")
    await app.work("deploy", version="v3")

    assert notes == []
    assert releases.standing.next_number == 3
    assert releases.standing.open == []
    assert set(releases.strangers) == {"copied-debug", "copied-huge", "copied-next", "copied-same"}
    assert "copied-huge" in " ".join(releases.stranger_notes())
    assert "nothing to recover" in problem.message
    now = {one["Id"]: one["State"] for one in engine.api.containers()}
    assert [now[id] for id in strange] == ["running"] * 4
    await app.work("rollback")
    assert engine.api.inspect("copied")["Config"]["Labels"]["io.holdfast.rollback-of"] == "2"


async def test_a_stranger_under_the_apps_name_can_be_adopted(engine: PrivateEngine, tmp_path: Path) -> None:
    app = App(tmp_path, engine, "taken")
    await app.work("deploy", version="v1")
    commit(engine, app.name, "debug")
    engine.api.remove(app.name)
    own = run_copy(engine, "taken", "debug:1")

    problem = await app.fail("deploy", version="v2")
    assert problem.code == 4
    assert "holdfast adopt taken" in problem.hint
    await app.work("adopt")
    await app.work("deploy", version="v2")

    assert engine.api.inspect("taken.r2")["Id"] == own


async def test_a_name_that_a_release_needs_is_found_to_be_taken_before_anything_changes(
    engine: PrivateEngine, tmp_path: Path
) -> None:
    app = App(tmp_path, engine, "names")
    await app.work("deploy", version="v1")
    for name in ("names.r1", "names.r2"):
        own = run_copy(engine, name, "faulty:v1")
        problem = await app.fail("deploy", version="v2")
        assert problem.code == 4
        assert f"docker rename {name}" in problem.hint
        assert app.states()["names"] == "running"
        engine.api.remove(own)
    await app.work("deploy", version="v2")
