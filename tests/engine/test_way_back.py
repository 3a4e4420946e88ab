"""Ways back on an engine that has lost what they need, and a registry that has it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.engine.test_adopt import Adopting, adopting, configure, docker, home, images
from tests.engine.test_creation import front
from tests.support.allowing import allow_file
from tui.errors import HoldfastError
from tui.model.operation import Warned
from tui.operations.deploying import homeward
from tui.operations.orchestrators import standalone

if TYPE_CHECKING:
    from tests.support.engine_calls import EngineCalls
    from tests.support.registry import Registry

__all__ = ["adopting", "front", "home", "images"]


async def test_the_way_back_pulls_what_is_not_on_the_engine_any_more(
    images: str, adopting: Adopting, api: EngineCalls, registry: Registry, tmp_path: Path
) -> None:
    configure(images)
    await adopting.work("deploy", "web", version="v2")
    proof = tmp_path / "proof" / "ok"
    proof.parent.mkdir()
    proof.touch()
    configure(images, f'volumes = ["{proof.parent}:/proof"]\n')
    text = Path("holdfast.toml").read_text()
    probed = text.replace("stable = 0.1\n", 'exec = ["test", "-e", "/proof/ok"]\ntimeout = 1\n')
    Path("holdfast.toml").write_text(probed)
    allow_file()
    await adopting.work("deploy", "web", version="v1")
    proof.unlink()  # neither r2 nor what is made anew of it passes now
    api.remove("web.r1")
    api.ask("DELETE", f"/images/{api.get(f'/images/{images}:v2/json')['Id']}?force=1")
    Path("holdfast.toml").write_text(probed.replace('["sleep", "601"]', '["false"]'))
    allow_file()

    ended = await adopting.do("deploy", "web", version="v1")

    assert not ended.ok
    now = api.inspect("web")
    assert now["State"]["Running"]
    assert now["Config"]["Labels"]["io.holdfast.rollback-of"] == "1"
    assert now["Config"]["Image"] == f"{images}@{registry.digest(images.partition('/')[2], 'v2')}"


async def test_what_does_not_arrive_in_time_locks_nobody_out(
    images: str, adopting: Adopting, api: EngineCalls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A registry that takes the call and sends nothing: the way back ends, and says for what it waited."""
    configure(images)
    await adopting.work("deploy", "web", version="v2")
    proof = tmp_path / "proof" / "ok"
    proof.parent.mkdir()
    proof.touch()
    configure(images, f'volumes = ["{proof.parent}:/proof"]\n')
    text = Path("holdfast.toml").read_text()
    probed = text.replace("stable = 0.1\n", 'exec = ["test", "-e", "/proof/ok"]\ntimeout = 1\n')
    Path("holdfast.toml").write_text(probed)
    allow_file()
    await adopting.work("deploy", "web", version="v1")
    proof.unlink()
    api.remove("web.r1")
    api.ask("DELETE", f"/images/{api.get(f'/images/{images}:v2/json')['Id']}?force=1")
    Path("holdfast.toml").write_text(probed.replace('["sleep", "601"]', '["false"]'))
    allow_file()

    async def never(*_: object) -> None:
        await asyncio.Event().wait()

    with monkeypatch.context() as silent:
        silent.setattr(standalone, "pull", never)
        silent.setattr(homeward, "PULL_SECONDS", 0.2)
        ended = await adopting.do("deploy", "web", version="v1")

    assert ended.error is not None
    assert ended.error.code == 6
    assert "the image of r1 did not arrive within" in ended.error.message
    assert not any(one["Names"] == ["/web.lease"] for one in api.containers())
    Path("holdfast.toml").write_text(text)
    allow_file()
    await adopting.work("deploy", "web", version="v2")
    assert api.inspect("web")["State"]["Running"]


async def test_what_is_adopted_and_fails_its_gate_is_no_way_back_by_itself(
    images: str, adopting: Adopting, api: EngineCalls, engine_host: str
) -> None:
    configure(images)
    text = Path("holdfast.toml").read_text()
    failing = 'exec = ["test", "-e", "/never"]\ntimeout = 1\n'
    Path("holdfast.toml").write_text(text.replace("stable = 0.1\n", failing))
    allow_file()
    docker(engine_host, f"run -d --name web --network none --stop-timeout 1 {images}:v1 sleep 600")

    await adopting.work("adopt", "web")
    told = [event.message for event in adopting.told if isinstance(event, Warned)]
    assert any("no roll back goes back to it by itself" in one for one in told)
    assert api.inspect("web")["State"]["Running"]

    Path("holdfast.toml").write_text(text)
    allow_file()
    await adopting.work("deploy", "web", version="v2")
    with pytest.raises(HoldfastError) as refused:
        await adopting.do("rollback", "web")
    assert refused.value.exit_status == 4
    assert any("it was adopted, and has not passed its gate" in line for line in refused.value.detail)
