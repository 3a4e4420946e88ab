"""Variables that come from outside: all there, or said; and there again after going back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.engine.test_moved_versions import local, other_bytes
from tests.support.allowing import allow_file

if TYPE_CHECKING:
    import pytest

    from tests.engine.operating import Operations
    from tests.support.engine_calls import EngineCalls

__all__ = ["local"]

RUN = """
[apps.web.run]
env_file = [".env"]
environment = ["FROM_OUTSIDE", "LEVEL=${LEVEL:-info}"]
"""


async def test_going_back_brings_every_variable_back_and_needs_no_file_of_this_machine(
    local: Operations, both_api: EngineCalls, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = both_api
    folder = local.project.folder
    with (folder / "holdfast.toml").open("a") as config:
        config.write(RUN)
    allow_file(str(folder / "holdfast.toml"))
    (folder / ".env").write_text('KEY="-----BEGIN-----\nabc\n-----END-----"\n')
    local.project.write(".dockerignore", ".env\nholdfast.toml\n")
    local.project.write(".gitignore", ".env\n")
    local.project.commit()
    monkeypatch.setenv("FROM_OUTSIDE", "two\nlines")
    await local.work("ship", version="v0.1.0")
    had = {*api.inspect("web")["Config"]["Env"]}
    wanted = {"FROM_OUTSIDE=two\nlines", "LEVEL=info", "KEY=-----BEGIN-----\nabc\n-----END-----"}
    assert wanted <= had

    monkeypatch.setenv("LEVEL", "debug")
    await other_bytes(local)
    await local.work("ship", version="v0.2.0")
    assert "LEVEL=debug" in api.inspect("web")["Config"]["Env"]

    (folder / ".env").unlink()
    monkeypatch.delenv("FROM_OUTSIDE")
    problem = await local.fail("deploy", version="v0.1.0")
    assert (problem.code, ".env" in problem.message) == (2, True)
    ended = await local.work("rollback")

    assert ended.result.release == "r3"
    assert {*api.inspect("web")["Config"]["Env"]} == had
    (folder / ".env").write_text("KEY=1\n")
    problem = await local.fail("deploy", version="v0.2.0")
    assert problem.code == 2
    assert "FROM_OUTSIDE is to be passed on, and is not set here" in problem.message
